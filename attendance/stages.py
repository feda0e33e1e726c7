"""How far a matching is: the stages of one, told to its job while they begin, under a lease that lasts as long as it does."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from enum import IntEnum

from django.db import OperationalError, connection

from portal.jobs import queue
from portal.jobs.models import Job

# So often within a lease it is renewed while one stage goes on.
BEATS = 4


class Stage(IntEnum):
    """What a matching does, in this order; a job tells it as how many stages are done."""

    VISITS = 0
    PARTICIPANTS = 1
    PLATFORM = 2
    LIST = 3
    MATCHING = 4
    MINUTES = 5
    STORING = 6


Beat = Callable[[Stage], None]


def nobody_asks(stage: Stage) -> None:
    """Tell nobody: what people wait for has no job."""


def beat_of(job: Job) -> Beat:
    """Give what tells a job its stage, and renews its lease."""
    return lambda stage: queue.progress(job, made=int(stage), wanted=len(Stage))


@contextlib.contextmanager
def kept(job: Job) -> Iterator[None]:
    """Keep the lease of a job while something goes on that cannot say how far it is, however slow the machine.

    A worker that is killed takes this thread with it, so that its lease ends. Who lost the lease learns it by the next beat.
    """
    over = threading.Event()
    keeper = threading.Thread(target=_renew, args=(job, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _renew(job: Job, over: threading.Event) -> None:
    pause = queue.LEASE.total_seconds() / BEATS
    while not over.wait(pause):
        try:
            queue.progress(job)
        except queue.LostLease:
            return
        except OperationalError:
            # The matching itself is writing: on SQLite nobody else can take the job meanwhile either.
            continue
        finally:
            connection.close()
