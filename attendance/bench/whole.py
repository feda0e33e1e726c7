"""A meeting from rows in the database to stored, explained results: ordered as any job, done by a worker, looked at meanwhile."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from attendance import models
from attendance.bench import rooms, rows
from attendance.bench.measure import spent
from attendance.review import order_match
from attendance.stages import Stage
from meetings.models import Occurrence
from portal.jobs.models import Job

SCENE, SEED = "mixed", 1
PATIENCE = 1800.0
LOOK_SECONDS = 0.02
RESULTS = (models.Participant, models.MatchRun, models.Match, models.Outcome)


@dataclass(frozen=True, slots=True)
class Round:
    """One job: seconds of each stage that was seen, of all, CPU seconds and peak megabytes of the worker, rows written."""

    seconds: float
    cpu: float
    megabytes: float
    written: int
    stages: Mapping[str, float] = field(default_factory=dict)


def run(visits: int, listed: int, worker: int) -> dict[str, object]:
    """Put a room into the database and let the worker match it, twice: the second time nothing changed."""
    room = rooms.make(SCENE, visits, SEED, rows=listed)
    occurrence = rows.seed(room)
    del room
    first = _round(occurrence, worker)
    again = _round(occurrence, worker)
    (found,) = models.MatchRun.objects.all()
    return {"first": asdict(first), "again": asdict(again), "counts": found.counts}


def _round(occurrence: Occurrence, worker: int) -> Round:
    before, (cpu, _) = _stored(occurrence), spent(worker)
    clock = time.perf_counter()
    order_match(occurrence)
    seen = _watch(Job.objects.latest("pk"))
    seconds = time.perf_counter() - clock
    after, most = spent(worker)
    now = _stored(occurrence)
    written = sum(before.get(row) != value for row, value in now.items()) + len(before.keys() - now.keys())
    return Round(seconds, after - cpu, most, written, seen)


def _watch(job: Job) -> dict[str, float]:
    """Look at a job until it is done; gives how long it was in each stage."""
    seen: dict[str, float] = {}
    last = start = time.perf_counter()
    while job.is_open:
        time.sleep(LOOK_SECONDS)
        now, stage = time.perf_counter(), Stage(job.made).name.lower()
        if job.state == Job.State.RUNNING and job.wanted:
            seen[stage] = seen.get(stage, 0) + now - last
        last = now
        if now > start + PATIENCE:
            raise TimeoutError(f"{job} is not done after {PATIENCE:.0f} s")
        job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"{job} ended as {job.state}: {job.error_code} {job.error_detail}")
    return seen


def _stored(occurrence: Occurrence) -> dict[tuple[str, int], int]:
    """Give a hash of every row of results."""
    return {
        (model.__name__, row[0]): hash(repr(row))
        for model in RESULTS
        for row in model.objects.order_by("pk").values_list().iterator(5000)
    }


def tell(told: Mapping[str, Mapping], say: Callable[[str], None]) -> None:
    """Print what was measured."""
    for name, title in (("first", "first run"), ("again", "nothing changed")):
        one = told[name]
        cost = f"{one['cpu']:8.2f} CPU s {one['megabytes']:6.0f} MB"
        say(f"{title:20}{one['seconds']:8.2f} s {cost} {one['written']:9,} rows written")
        for stage, seconds in one["stages"].items():
            say(f"  {stage:18}{seconds:8.2f} s")
    say("counts: " + ", ".join(f"{name} {count}" for name, count in told["counts"].items() if count))
