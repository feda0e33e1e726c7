"""One contender and one room in a process of its own: `python -m attendance.bench.contest NAME DIRECTORY FILE`."""

import importlib
import json
import sys
import time
from pathlib import Path

from attendance.bench import files
from attendance.bench.measure import cost_of

OURS = ("balanced", "strict")
# The tier of what a contender was not asked, because a sample stands for all.
UNASKED = "unasked"
# Name -> module and function; each takes a room without its truth and gives an answer for each participant.
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
    run = getattr(importlib.import_module(module), function)
    made: list = []

    def work() -> None:
        room = files.read(Path(place))
        if name in TAUGHT:
            room.truth, _ = files.read_truth(Path(place))
        read = time.perf_counter()
        made.append((run(room), read))

    begun = time.perf_counter()
    cost = cost_of(work)
    ((answers, read),) = made
    told = {"seconds": cost.seconds, "megabytes": cost.megabytes, "reading": read - begun, "answers": answers}
    Path(into).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
