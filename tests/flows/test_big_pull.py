"""A large meeting is pulled while things break: every row once, hardly a call more, and no walking in circles (R5)."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from math import ceil

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import progress, visits
from attendance.models import Pull, Visit
from meetings.models import Occurrence
from portal.accounts.models import Installation, Membership
from portal.jobs.models import Job
from portal.tencent import client
from portal.tencent.participants import MOST_ON_PAGE
from tests.attendance import hall, stage
from tests.conftest import Sandbox

pytestmark = pytest.mark.django_db

# The platform lists 50,000 rows at most; that many take some minutes.
ROWS = int(os.environ.get("ROLLCALL_PULL_ROWS", "5000"))
IDEAL = ceil(ROWS / MOST_ON_PAGE)
IDENTITY = ("ms_open_id", "instanceid", "join_type", "join_time", "left_time")


@pytest.fixture(autouse=True)
def ordinary_afterwards(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)
    yield
    stage.mend(sandbox)
    sandbox.post("switches", rate_per_minute=0)


@pytest.fixture
def member(install: Callable[..., Membership]) -> Membership:
    return install()


@pytest.fixture
def occurrence(member: Membership, sandbox: Sandbox) -> Occurrence:
    """Give a meeting with many rows, which the organiser's own grant reads."""
    occurrence = stage.book(member)
    sandbox.post("bulk", meeting_id=occurrence.meeting.meeting_id, rows=ROWS, seed=5)
    return occurrence


def pull(occurrence: Occurrence, run_jobs: Callable[[], int]) -> Job:
    """Pull until it is done or parked; what is postponed is not waited for."""
    job = visits.order(occurrence)
    for _attempt in range(20):
        run_jobs()
        job.refresh_from_db()
        if not job.is_open:
            break
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    return job


def held(occurrence: Occurrence) -> Counter:
    return Counter(Visit.objects.filter(occurrence=occurrence).values_list(*IDENTITY))


def happened(sandbox: Sandbox, occurrence: Occurrence) -> Counter:
    return Counter(
        (row["ms_open_id"], row["instanceid"], row["join_type"], int(row["join_time"]), int(row["left_time"]))
        for row in stage.rows(sandbox, occurrence)
    )


@pytest.mark.timeout(1200)
def test_every_row_comes_once_and_hardly_a_call_more_is_made(occurrence, sandbox, run_jobs) -> None:
    before = stage.calls(sandbox)
    renewed = Installation.objects.get().version
    breaks = ("half_json", "expired_token", "truncate", "cut_after_commit")
    for place, kind in enumerate(breaks, start=1):
        stage.fault(sandbox, kind, nth=place * IDEAL // (len(breaks) + 1))
    job = pull(occurrence, run_jobs)
    struck = [fault["fired"] for fault in sandbox.get("faults")]
    assert (job.state, struck, Installation.objects.get().version) == (Job.State.DONE, [1] * len(breaks), renewed + 1)
    assert held(occurrence) == happened(sandbox, occurrence)
    assert stage.calls(sandbox) - before <= 1.10 * IDEAL
    assert Pull.objects.get().is_whole


def test_a_cursor_that_is_stuck_stops_the_pull_at_once_and_is_named(occurrence, member, sandbox, run_jobs) -> None:
    stage.fault(sandbox, "stuck_cursor", nth=IDEAL // 2, times=1000)
    before = stage.calls(sandbox)
    job = pull(occurrence, run_jobs)
    beyond = stage.calls(sandbox) - before - IDEAL // 2
    assert (job.state, job.error_code) == (Job.State.FAILED, "StuckCursor")
    assert beyond <= 3
    answer = hall.browser(member).get(reverse("attendance:meeting", args=[occurrence.meeting_id]))
    page = unescape(answer.content.decode())
    assert str(progress.line(job, timezone.now()).error) in page
    assert reverse("attendance:start_again", args=[job.pk]) in page
    stage.mend(sandbox)
    sandbox.post("switches", rate_per_minute=0)
    assert pull(occurrence, run_jobs).state == Job.State.DONE
    assert held(occurrence) == happened(sandbox, occurrence)


def test_a_page_that_comes_twice_hides_no_row(occurrence, sandbox, run_jobs) -> None:
    stage.fault(sandbox, "repeated_page", nth=IDEAL // 2)
    job = pull(occurrence, run_jobs)
    assert (job.state, job.error_code) == (Job.State.FAILED, "StuckCursor")
    stage.mend(sandbox)
    sandbox.post("switches", rate_per_minute=0)
    assert pull(occurrence, run_jobs).state == Job.State.DONE
    assert held(occurrence) == happened(sandbox, occurrence)
