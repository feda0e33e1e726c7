"""How full a sliding window was while somebody wanted it."""

from collections.abc import Iterator


def mean_use(accepted: list[float], refused: list[float], most: int, window: float) -> float | None:
    """Return the mean share of the window that was used while there was demand.

    Demand lasts as long as calls follow each other within a window. The first window of such a spell
    fills up and does not count; None where no spell lasted longer than that, or where nothing is limited.
    """
    if not most:
        return None
    held = wanted = 0.0
    for start, end in _spells(sorted([*accepted, *refused]), window):
        began = start + window
        if end > began:
            wanted += end - began
            held += sum(_overlap(at, window, began, end) for at in accepted if start <= at <= end)
    return round(held / (most * wanted), 4) if wanted else None


def _spells(moments: list[float], window: float) -> Iterator[tuple[float, float]]:
    if not moments:
        return
    start = last = moments[0]
    for at in moments[1:]:
        if at - last > window:
            yield start, last
            start = at
        last = at
    yield start, last


def _overlap(at: float, window: float, began: float, end: float) -> float:
    """Return for how long a call of this moment filled its place between two bounds."""
    return max(0.0, min(at + window, end) - max(at, began))
