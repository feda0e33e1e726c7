"""The figures to reach (the table "Matching" of the benchmarks), and which of them were met."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attendance.bench.matching import Figures

MET, MISSED = "met", "missed"
# (scene, visits) -> least recall, most times the floor, most megabytes, all under the balanced policy.
ROOMS = {("mixed", 10_000): (0.92, 4, 200), ("mixed", 50_000): (0.87, 4, 400), ("names", 10_000): (0.87, 5, 200)}
PRECISION, STRICT_PRECISION, FIRST = 0.995, 0.999, 0.9
# Walk-ins -> most calibration error.
CALIBRATION = {0.12: 0.02, 0.7: 0.05}


def judge(scene: str, visits: int, walk_ins: float, medians: "Mapping[str, Figures]") -> list[str]:
    """Give a line for each figure to reach that this room has something to say about."""
    found = [*_balanced(scene, visits, walk_ins, medians), *_strict(scene, medians)]
    where = f"{scene} {visits:,} at {walk_ins:.0%}"
    return [f"{MET if met else MISSED} {where}: {what}" for met, what in found]


def summary(verdicts: list[str]) -> str:
    """Count what was met and name what was missed."""
    missed = [line.removeprefix(f"{MISSED} ") for line in verdicts if line.startswith(MISSED)]
    met = [line.removeprefix(f"{MET} ") for line in verdicts if line.startswith(MET)]
    return f"Met: {'; '.join(met) or 'none'}.\nMissed: {'; '.join(missed) or 'none'}."


def _balanced(
    scene: str, visits: int, walk_ins: float, medians: "Mapping[str, Figures]"
) -> Iterator[tuple[bool, str]]:
    one = medians.get("balanced")
    if one is None:
        return
    quality = one.quality
    yield quality.precision >= PRECISION, f"precision {quality.precision:.4f} (>= {PRECISION})"
    yield quality.first >= FIRST, f"first candidate right {quality.first:.3f} (>= {FIRST})"
    if walk_ins in CALIBRATION:
        most = CALIBRATION[walk_ins]
        yield quality.calibration <= most, f"calibration error {quality.calibration:.3f} (<= {most})"
    if (scene, visits) in ROOMS and walk_ins == 0.12:
        yield from _size(one, medians, *ROOMS[scene, visits])
    better = [name for name, peer in medians.items() if name not in ("balanced", "strict") and peer.quality.f1 > quality.f1]
    yield not better, f"F1 {quality.f1:.3f} better than every peer" + (f", but for {', '.join(better)}" if better else "")


def _size(
    one: "Figures", medians: "Mapping[str, Figures]", recall: float, times: float, most: float
) -> Iterator[tuple[bool, str]]:
    yield one.quality.recall >= recall, f"recall {one.quality.recall:.3f} (>= {recall})"
    if floor := medians.get("floor"):
        ratio = one.cpu / floor.cpu
        yield ratio <= times, f"CPU time {ratio:.1f} x the floor (<= {times})"
    yield one.megabytes <= most, f"peak {one.megabytes:.0f} MB (<= {most})"


def _strict(scene: str, medians: "Mapping[str, Figures]") -> Iterator[tuple[bool, str]]:
    one = medians.get("strict")
    if one is not None:
        yield one.quality.precision >= STRICT_PRECISION, f"strict precision {one.quality.precision:.4f} (>= {STRICT_PRECISION})"
