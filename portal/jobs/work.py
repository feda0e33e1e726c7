"""Turn a function into a task that is driven by a job row."""

import functools
import logging
from collections.abc import Callable
from contextvars import ContextVar

from celery import shared_task

from portal.jobs import queue
from portal.jobs.models import Job

log = logging.getLogger(__name__)

# What an error may tell about itself: codes and numbers only, never texts that could hold personal data.
DETAILS = ("error_code", "reason", "field", "call", "trace")

# The job that is being done here, if any: who is none works for somebody who waits.
current: ContextVar[Job | None] = ContextVar("current_job", default=None)


def work(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the task `name`. It gets its job and the job's ids; the message carries the job's id only.

    How it ends: returning means done (unless the function finished the job itself, in the transaction of its effect);
    an error with a `retry_after` means later, without using up an attempt where it says that it `is_failure = False`;
    one with a `code` (or the platform's `error_code`) means parked with that reason; any other is a defect, tried again
    a few times and then parked.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @shared_task(name=name)
        @functools.wraps(function)
        def task(job_id: int) -> None:
            run(job_id, function)

        return task

    return register


def run(job_id: int, function: Callable[..., None]) -> None:
    """Claim one job, do it, and write down how it ended."""
    job = queue.claim(job_id)
    if job is None:
        return
    mark = current.set(job)
    try:
        function(job, **job.ids())
        if job.state == Job.State.RUNNING:
            queue.finish(job)
    except queue.LostLease:
        log.warning("job %s was taken over by another worker", job.pk)
    except Exception as error:
        _settle(job, error)
    finally:
        current.reset(mark)


def _settle(job: Job, error: Exception) -> None:
    """Sort what a task raised by what can be done about it."""
    code = str(getattr(error, "code", "") or type(error).__name__)
    detail = {name: getattr(error, name) for name in DETAILS if getattr(error, name, None) not in (None, "")}
    try:
        if hasattr(error, "retry_after"):
            later = queue.postpone if getattr(error, "is_failure", True) else queue.wait
            later(job, float(error.retry_after or 0), code, detail)
        elif hasattr(error, "code") or hasattr(error, "error_code"):
            queue.fail(job, code, detail)
        else:
            log.exception("job %s (%s) met a defect", job.pk, job.task)
            _give_up_or_retry(job, code)
    except queue.LostLease:
        log.warning("job %s was taken over by another worker", job.pk)


def _give_up_or_retry(job: Job, kind: str) -> None:
    if job.attempts >= queue.MAX_CRASHES:
        queue.fail(job, "defect", {"kind": kind})
    else:
        queue.postpone(job, 5, "defect", {"kind": kind})
