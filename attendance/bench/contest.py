"""One contender and one room in a process of its own: `python -m attendance.bench.contest NAME DIRECTORY FILE`."""

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from attendance.bench import files
from attendance.bench.measure import MEGABYTE, most_held
from attendance.bench.rooms import Room

T = TypeVar("T")

OURS = ("balanced", "strict")
# The tier of what a contender was not asked, because a sample stands for all.
UNASKED = "unasked"
# Name -> module and function; each takes a room without its truth and gives an answer for each participant. A module
# with a function `columns` gets what that made of the room as well.
CONTENDERS = {
    "balanced": "attendance.bench.ours:balanced",
    "strict": "attendance.bench.ours:strict",
    "floor": "attendance.bench.peers.floor:run",
    "exact keys": "attendance.bench.peers.exact:keys",
    "exact name": "attendance.bench.peers.exact:names",
    "surname + ratio": "attendance.bench.peers.surname:run",
    "WRatio": "attendance.bench.peers.wratio:run",
    "DuckDB": "attendance.bench.peers.duck:run",
    "Splink EM": "attendance.bench.peers.splinked:by_em",
    "Splink labels": "attendance.bench.peers.splinked:by_labels",
}
# Who learns from the truth.
TAUGHT = ("Splink labels",)


def main(name: str, place: str, into: str) -> None:
    """Read the room, let the contender answer, write its answers and what they cost."""
    module, function = CONTENDERS[name].split(":")
    contender = importlib.import_module(module)
    reading, room = timed(lambda: _read(Path(place), taught=name in TAUGHT))
    making, made = timed(lambda: [contender.columns(room)] if hasattr(contender, "columns") else [])
    answering, answers = timed(lambda: getattr(contender, function)(room, *made))
    told = {"reading": reading, "making": making, "answering": answering, "megabytes": most_held() / MEGABYTE}
    Path(into).write_text(json.dumps(told | {"answers": answers}), encoding="utf-8")


def timed(work: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """Do some work; gives its seconds by the clock and of CPU, and what came of it."""
    clock, cpu = time.perf_counter(), time.process_time()
    made = work()
    return (time.perf_counter() - clock, time.process_time() - cpu), made


def _read(place: Path, *, taught: bool) -> Room:
    room = files.read(place)
    if taught:
        room.truth, _ = files.read_truth(place)
    return room


if __name__ == "__main__":
    main(*sys.argv[1:])
