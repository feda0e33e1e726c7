"""Compares what participants show, so that a further device of somebody can be told from somebody else of that name."""

from collections.abc import Iterable, Sequence
from functools import cache

from attendance.matching.policy import Policy
from attendance.matching.weigh import Reader


class Texts:
    """What the participants of a meeting show, without devices and other words that name nobody."""

    def __init__(self, names: Sequence[Sequence[str]], reader: Reader, policy: Policy) -> None:
        """Take the displayed names of each participant."""
        self._names, self._reader, self._policy = names, reader, policy
        self._of = cache(self._pieces)

    def again(self, row: int, others: Iterable[int]) -> float:
        """Give how much likelier a participant is a further device of the one others are, for showing the same or not."""
        shown = self._of(row)
        known = [told for other in others if (told := self._of(other))]
        if not known:
            return 1.0
        return self._policy.alike if any(shown & told for told in known) else self._policy.unlike

    def forget(self) -> None:
        """Let go of what was remembered: it would stay until it is collected."""
        vars(self).clear()

    def _pieces(self, row: int) -> frozenset[tuple[str, ...]]:
        """Give what a participant shows, each text as its pieces."""
        return frozenset(pieces for name in self._names[row] if (pieces := self._reader.pieces(name)))
