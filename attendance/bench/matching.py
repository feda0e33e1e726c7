"""Measures the matching core and its peers on the same rooms in the same run: medians over seeds, ratios, verdicts."""

import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from attendance.bench import files, goals, measures, rooms, scenes
from attendance.bench.answers import CERTAIN, Answer, participants
from attendance.bench.contest import CONTENDERS, OURS, UNASKED
from attendance.bench.measures import Quality
from attendance.bench.rooms import Room

FLOOR = "floor"
SURE = 0.995
PATIENCE = 1800
ROOT = Path(__file__).resolve().parents[2]
# A library that is not there; a module of ours that is not there is an error.
MISSING = re.compile(r"ModuleNotFoundError: No module named '(?!attendance)")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one contender showed in one room: its quality, the recall it has at 99.5 % precision, its cost.

    `seconds` and `cpu` go from rows in memory to answers, grouping and the making of columns included; `columns` is the
    part of that making, `reading` came before.
    """

    quality: Quality
    sure_recall: float
    seconds: float
    cpu: float
    columns: float
    reading: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One room to measure over several seeds; `rows` 0 leaves the length of the list to the scene."""

    scene: str
    visits: int
    walk_ins: float = 0.12
    rows: int = 0
    seeds: int = 5

    def __str__(self) -> str:
        """Name the room."""
        rows = self.rows or int(self.visits * scenes.SCENES[self.scene].list_per_visit)
        return f"{self.scene}, {self.visits:,} visits x {rows:,} rows, {self.walk_ins:.0%} walk-ins"


def measure(plans: Sequence[Plan], names: Sequence[str], say: Say) -> None:
    """Run all rooms and print a table for each, and at last which of the figures to reach are met."""
    verdicts: list[str] = []
    for plan in plans:
        found: dict[str, list[Figures]] = {name: [] for name in names}
        about = [_run(plan, seed, found) for seed in range(1, plan.seeds + 1)]
        medians = {name: median(every) for name, every in found.items() if every}
        _head(plan, about, medians, say)
        _table(found, medians, say)
        verdicts += goals.judge(plan.scene, plan.visits, plan.walk_ins, medians)
    say("\n" + goals.summary(verdicts))


def median(every: Sequence[Figures]) -> Figures:
    """Give the median of each figure."""
    def middle(rows: Iterable[tuple]) -> Iterator[float]:
        return map(statistics.median, zip(*rows, strict=True))

    quality = Quality(*middle(astuple(one.quality) for one in every))
    return Figures(quality, *middle(astuple(one)[1:] for one in every))


def _run(plan: Plan, seed: int, found: dict[str, list[Figures]]) -> tuple[float, float, float]:
    """Let everybody answer about the room of a seed; gives what can be known of it at most."""
    with TemporaryDirectory(prefix="rollcall-bench-") as place:
        room = rooms.make(plan.scene, plan.visits, seed, plan.walk_ins, plan.rows)
        files.write(room, Path(place))
        for name, figures in found.items():
            told = compete(name, Path(place))
            if told is not None:
                figures.append(judge(name, room, told))
    return knowable(room)


def knowable(room: Room) -> tuple[float, float, float]:
    """Say of a room what its truth alone tells.

    Shape: the share of listed people who show a whole name or a key of their own; the share of rows with namesakes; the
    minutes presence is off where everybody is known.
    """
    listed = {who: one for who, one in room.truth.items() if one.rows and not one.shared}
    names = Counter("".join(row.name.split()) for row in room.rows)
    off = measures.minutes_off(room.visits, {who: one.rows[0] for who, one in listed.items()}, room.seconds)
    says = measures.share([one.says for one in listed.values()])
    return says, sum(count for count in names.values() if count > 1) / len(room.rows), off


def compete(name: str, place: Path) -> dict | None:
    """Let a contender answer in a process of its own; None where its libraries are missing."""
    into = place / "answers.json"
    command = [sys.executable, "-m", "attendance.bench.contest", name, str(place), str(into)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if run.returncode and MISSING.search(run.stderr):
        return None
    if run.returncode:
        raise RuntimeError(f"{name} failed:\n{run.stderr[-2000:]}")
    return json.loads(into.read_text(encoding="utf-8"))


def judge(name: str, room: Room, told: Mapping) -> Figures:
    """Hold answers against the truth; a peer's threshold is the one the truth likes best, ours are not touched."""
    came = [one.who for one in participants(room)]
    pairs = [(who, Answer(*row)) for who, row in zip(came, told["answers"], strict=True) if row[0] != UNASKED]
    truth, raw = [room.truth[who] for who, _ in pairs], [answer for _, answer in pairs]
    answers = raw if name in OURS or name == FLOOR else measures.tuned(truth, raw)
    quality = measures.quality(truth, answers)
    rows = {who: answer.row for (who, _), answer in zip(pairs, answers, strict=True) if answer.tier == CERTAIN}
    quality = replace(quality, minutes=measures.minutes_off(room.visits, rows, room.seconds))
    sure = measures.quality(truth, measures.tuned(truth, [_ranked(answer) for answer in raw], SURE)).recall
    # A sample stands for all: its time is stretched.
    stretch = len(came) / max(1, len(pairs))
    seconds, cpu = (made + stretch * answered for made, answered in zip(told["making"], told["answering"], strict=True))
    return Figures(quality, sure, seconds, cpu, told["making"][1], told["reading"][0], told["megabytes"])


def _ranked(answer: Answer) -> Answer:
    """Let what was decided stand before what was only proposed."""
    return answer._replace(score=answer.score + (answer.tier == CERTAIN))


def _head(plan: Plan, about: Sequence[tuple[float, float, float]], medians: Mapping[str, Figures], say: Say) -> None:
    says, namesakes, off = map(statistics.median, zip(*about, strict=True))
    reading = statistics.median(one.reading for one in medians.values())
    say(f"\n{plan}, median of {plan.seeds}. {says:.1%} of the listed who came show a whole name or a key of their own,\n"
        f"{namesakes:.1%} of the rows have namesakes. With everybody known the minutes are off by {off:g}.\n"
        f"Reading the files, the same for all and not counted: {reading:.2f} s.")


def _table(found: Mapping[str, Sequence[Figures]], medians: Mapping[str, Figures], say: Say) -> None:
    say(f"{'':16}{'precis.':>8}{'recall':>8}{'F1':>7}{'at .995':>8}{'review':>8}{'first':>7}{'calib.':>7}{'min off':>8}"
        f"{'seconds':>9}{'CPU s':>8}{'columns':>8}{'MB':>5}{'x floor':>9}{'ours/it':>8}")  # fmt: skip
    for name, one in medians.items():
        quality = one.quality
        asked = f"{quality.review:8.3f}{quality.first:7.3f}{quality.calibration:7.3f}" if name in OURS else " " * 22
        say(f"{name:16}{quality.precision:8.4f}{quality.recall:8.4f}{quality.f1:7.3f}{one.sure_recall:8.3f}{asked}"
            f"{quality.minutes:8.2f}{one.seconds:9.2f}{one.cpu:8.2f}{one.columns:8.2f}{one.megabytes:5.0f}"
            f"{_ratio(found[name], found.get(FLOOR, ())):>9}{_ratio(found.get(OURS[0], ()), found[name]):>8}")  # fmt: skip
    if absent := [name for name in found if name not in medians]:
        say(f"Left out because not installed: {', '.join(absent)}.")


def _ratio(some: Sequence[Figures], others: Sequence[Figures]) -> str:
    """Give the median ratio of CPU seconds, each within one seed."""
    ratios = [one.cpu / other.cpu for one, other in zip(some, others, strict=False)]
    return f"{statistics.median(ratios):.2f}" if ratios else "-"


ALL = tuple(CONTENDERS)
