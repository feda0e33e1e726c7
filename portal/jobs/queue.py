"""Put work into the queue of record, claim it, and write down how it ended.

Every change of state is a conditional UPDATE whose row count tells who won, so any number of workers may try.
"""

import logging
import random
import secrets
import time
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Replace
from django.utils import timezone

from portal.jobs.models import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
MAX_CRASHES = 5
MAX_ATTEMPTS = 40
# A message that got no answer for this long is taken as lost and sent again by the sweeper.
SILENCE = timedelta(seconds=30)
NEXT = ":next"
# Up to this far ahead a worker keeps the time itself, to the moment; further ahead the sweeper does, within seconds.
ALARM_SECONDS = 120
# Several jobs written at once must not each wait for a broker that is away (reliability rule 2).
AWAY_SECONDS = 2.0


class _Broker:
    """What this process knows of the broker."""

    away_until = 0.0


_broker = _Broker()


class LostLease(Exception):
    """Another worker has taken the job over; this one must stop without writing."""


def enqueue(
    task: str, *, subject: str, organisation: object = "", due_at: datetime | None = None, **ids: object
) -> Job:
    """Write a job in the running transaction and wake a worker after the commit.

    An open job with the same task and ids is returned instead of a second one (and brought forward if the new one is
    due earlier). Never waits for the broker for longer than a second and never raises because of it.
    """
    due = due_at or timezone.now()
    key = f"{task}:" + ",".join(f"{name}={ids[name]}" for name in sorted(ids))
    job, new = _insert_or_find(task, key, subject, str(organisation), due, ids)
    if new and due <= timezone.now():
        transaction.on_commit(lambda: send(job.pk))
    return job


def enqueue_once(task: str, *, subject: str, organisation: object = "", **ids: object) -> Job:
    """Write a job unless one with the same task and ids was ever written (scheduled work: the ids name the period)."""
    key = f"{task}:" + ",".join(f"{name}={ids[name]}" for name in sorted(ids))
    if found := Job.objects.filter(key=key).first():
        return found
    return enqueue(task, subject=subject, organisation=organisation, **ids)


def _insert_or_find(task: str, key: str, subject: str, organisation: str, due: datetime, ids: dict) -> tuple[Job, bool]:
    """Give the job, and whether a worker has to be woken for it: it is new, or due earlier than it was."""
    waiting = Job.objects.filter(key__in=(key, key + NEXT), state=Job.State.WAITING)
    found = waiting.first()
    # Writing even the same time holds the row until our commit: whoever claims it sees what we wrote.
    if found and waiting.filter(pk=found.pk).update(due_at=min(due, found.due_at)):
        return found, due < found.due_at
    # A running job has perhaps already read what changed now, so work due after it gets a row of its own key.
    suffix = NEXT if Job.objects.filter(key=key, state=Job.State.RUNNING).exists() else ""
    try:
        with transaction.atomic():
            job = Job.objects.create(
                task=task, key=key + suffix, subject=subject, organisation=organisation, due_at=due, arguments=ids
            )
    except IntegrityError:
        if found := Job.objects.open().filter(key=key + suffix).first():
            return found, False
        # Its like ended in this very moment.
        return _insert_or_find(task, key, subject, organisation, due, ids)
    return job, True


def send(job_id: int, delay: float = 0) -> bool:
    """Wake a worker for a job, now or so many seconds from now.

    A broker that is away is logged and left alone for a moment; the sweeper tries again.
    """
    waiting = Job.objects.filter(pk=job_id, state=Job.State.WAITING)
    if time.monotonic() < _broker.away_until or not waiting.update(sent_at=timezone.now()):
        return False
    task = Job.objects.values_list("task", flat=True).get(pk=job_id)
    try:
        current_app.send_task(task, args=[job_id], retry=False, ignore_result=True, countdown=delay or None)
    except Exception as error:  # whatever the broker's client raises, the row is safe and the sweeper re-sends it
        _broker.away_until = time.monotonic() + AWAY_SECONDS
        waiting.update(sent_at=None)
        log.warning("broker is away, job %s waits for the sweeper: %s", job_id, type(error).__name__)
        return False
    return True


def claim(job_id: int) -> Job | None:
    """Take a waiting job for this worker, or give None when there is nothing to take."""
    now = timezone.now()
    lease = secrets.token_hex(16)
    ahead = Job.objects.filter(state=Job.State.RUNNING, key=Replace(OuterRef("key"), Value(NEXT), Value("")))
    waiting = Job.objects.filter(~Exists(ahead), pk=job_id, state=Job.State.WAITING, due_at__lte=now)
    taken = Job.objects.filter(pk__in=waiting.values("pk"), state=Job.State.WAITING).update(
        state=Job.State.RUNNING,
        lease=lease,
        lease_until=now + LEASE,
        started_at=now,
        attempts=F("attempts") + 1,
        error_code="",
        error_detail={},
    )
    return Job.objects.get(pk=job_id) if taken else None


def progress(job: Job, *, made: int | None = None, wanted: int | None = None, refused: int | None = None) -> None:
    """Write how far a job is and renew its lease.

    Raises: LostLease, when another worker has the job by now.
    """
    figures = {"made": made, "wanted": wanted, "refused": refused}
    changes = {name: figure for name, figure in figures.items() if figure is not None}
    _write(job, lease_until=timezone.now() + LEASE, **changes)


def finish(job: Job) -> None:
    """Mark a job done; call it inside the transaction of its effect where it has one.

    Raises: LostLease.
    """
    _write(job, state=Job.State.DONE, ended_at=timezone.now(), lease_until=None)
    following = Job.objects.filter(key=job.key + NEXT, state=Job.State.WAITING).values_list("pk", flat=True).first()
    if following:
        transaction.on_commit(lambda: send(following))


def postpone(job: Job, seconds: float, code: str, detail: dict | None = None) -> None:
    """Let a job wait and try again, with back-off and jitter; after many attempts it is parked as failed."""
    if job.attempts >= MAX_ATTEMPTS:
        fail(job, code, detail)
        return
    pause = max(seconds, min(300, 2**job.attempts)) * random.uniform(1.0, 1.25)
    due = timezone.now() + timedelta(seconds=pause)
    _write(job, state=Job.State.WAITING, due_at=due, sent_at=None, lease_until=None, error_code=code,
           error_detail=detail or {})  # fmt: skip


def wait(job: Job, seconds: float, code: str, detail: dict | None = None) -> None:
    """Let a job wait for its turn; this is no failure, so it uses up no attempt and is over to the moment."""
    pause = seconds + random.uniform(0, min(seconds / 50, 1))
    due = timezone.now() + timedelta(seconds=pause)
    _write(job, state=Job.State.WAITING, due_at=due, sent_at=None, lease_until=None, error_code=code,
           error_detail=detail or {}, attempts=max(0, job.attempts - 1))  # fmt: skip
    if pause <= ALARM_SECONDS:
        transaction.on_commit(lambda: send(job.pk, delay=pause))


def fail(job: Job, code: str, detail: dict | None = None) -> None:
    """Park a job with its reason; it is visible and can be started again."""
    _write(job, state=Job.State.FAILED, ended_at=timezone.now(), lease_until=None, error_code=code,
           error_detail=detail or {})  # fmt: skip


def stop(jobs: QuerySet[Job]) -> int:
    """Stop open jobs, for instance because the grant they need is gone; gives how many."""
    return jobs.filter(state__in=Job.OPEN).update(
        state=Job.State.STOPPED, ended_at=timezone.now(), lease="", lease_until=None
    )


def start_again(job: Job) -> bool:
    """Put a parked job back into the queue; false when it is not parked or its like is already waiting."""
    if Job.objects.open().filter(key=job.key).exists():
        return False
    moved = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.STOPPED)).update(
        state=Job.State.WAITING, due_at=timezone.now(), sent_at=None, attempts=0, crashes=0
    )
    transaction.on_commit(lambda: send(job.pk))
    return bool(moved)


def sweep(now: datetime | None = None) -> int:
    """Send what is due and got no answer, take back what its worker abandoned; gives how many were sent."""
    now = now or timezone.now()
    for job in Job.objects.abandoned(now):
        _take_back(job)
    due = Job.objects.to_send(now, now - SILENCE).order_by("due_at").values_list("pk", flat=True)[:500]
    return sum(1 for job_id in due if send(job_id))


def _take_back(job: Job) -> None:
    """Return an abandoned job to the queue; one that killed its worker several times is parked."""
    crashed = {"crashes": F("crashes") + 1, "lease": "", "lease_until": None}
    if job.crashes + 1 >= MAX_CRASHES:
        crashed |= {"state": Job.State.FAILED, "error_code": "worker_lost", "ended_at": timezone.now()}
    else:
        crashed |= {"state": Job.State.WAITING, "sent_at": None}
    # Not if its worker renewed the lease since it was read: it was slow, not lost.
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease, lease_until=job.lease_until)
    held.update(**crashed)


def _write(job: Job, **changes: object) -> None:
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease)
    if not held.update(**changes):
        raise LostLease(str(job))
    for name, value in changes.items():
        setattr(job, name, value)
