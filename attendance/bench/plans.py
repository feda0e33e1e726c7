"""What `bench matching` measures: its options, and the rooms of a default and of a quick run."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from pathlib import Path

from attendance.bench import files, matching, rooms, scenes
from attendance.bench.matching import Plan

# The five scenarios are small meetings; the figures to reach are about the other two.
SCENARIOS = ("staff", "enrolment", "both", "callers", "links")
SMALL, MIDDLE, LARGE = 1_000, 10_000, 50_000
WALK_INS = 0.12


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--room", nargs="+", choices=scenes.SCENES, help="these rooms only (default: all)")
    parser.add_argument("--sizes", nargs="+", type=int, help="numbers of visits")
    parser.add_argument("--rows", type=int, default=0, help="rows of the list (default: what the room says)")
    parser.add_argument("--seeds", type=int, help="default: 5; large rooms and scenarios 3")
    parser.add_argument("--walk-ins", nargs="+", type=_share, help="share who is on no list (default: 0.12)")
    parser.add_argument("--only", nargs="+", choices=matching.ALL, help="these contenders only (default: all)")
    parser.add_argument("--quick", action="store_true", help="small rooms and two seeds, under a minute")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the room of seed 1 for the offline door instead")


def run(options: Mapping, say: Callable[[str], None]) -> None:
    """Measure, or write one room as files."""
    plans = chosen(options)
    if options["write"]:
        plan = plans[0]
        room = rooms.make(plan.scene, plan.visits, 1, plan.walk_ins, plan.rows)
        files.write(room, options["write"])
        say(f"{plan}: written to {options['write']}; secret id {room.secret_id}")
        return
    matching.measure(plans, options["only"] or matching.ALL, say)


def chosen(options: Mapping) -> list[Plan]:
    """Give the rooms to measure: what was asked for, the rest as in a default run."""
    if options["room"] or options["sizes"] or options["walk_ins"]:
        triples = [(scene, visits, share) for scene in options["room"] or ["mixed"]
                   for visits in options["sizes"] or [SMALL if options["quick"] else MIDDLE]
                   for share in options["walk_ins"] or [WALK_INS]]  # fmt: skip
    else:
        triples = _default(options["quick"])
    return [Plan(*triple, options["rows"], options["seeds"] or _seeds(*triple, options["quick"])) for triple in triples]


def _seeds(scene: str, visits: int, _: float, quick: bool) -> int:
    if quick:
        return 2
    return 3 if scene in SCENARIOS or visits >= LARGE else 5


def _default(quick: bool) -> list[tuple[str, int, float]]:
    small = [(scene, SMALL, WALK_INS) for scene in SCENARIOS]
    if quick:
        return [*small[:1], ("mixed", SMALL, WALK_INS), ("names", SMALL, WALK_INS)]
    return [*small, ("mixed", SMALL, WALK_INS), ("mixed", MIDDLE, WALK_INS), ("mixed", LARGE, WALK_INS),
            ("names", MIDDLE, WALK_INS), ("mixed", MIDDLE, 0.7)]  # fmt: skip


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise ArgumentTypeError("a share lies between 0 and 1")
    return value
