"""A matching keeps its job's lease however long it thinks, and a job that renewed its lease is not taken back."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from attendance import progress, reconcile, stages
from attendance.models import Companion, Match, MatchRun, Outcome, RunRecord
from attendance.stages import Stage
from portal.accounts.models import Membership
from portal.jobs import queue
from portal.jobs.models import Job
from tests.attendance import hall


def running() -> Job:
    queue.enqueue("attendance.match", subject="occurrence:1", occurrence_id=1)
    return queue.claim(Job.objects.get().pk)


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_nothing_is_told(monkeypatch) -> None:
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=0.4))
    job = running()
    with stages.kept(job):
        time.sleep(1.5)
        assert Job.objects.get().lease_until > timezone.now()
        assert queue.sweep() == 0
    assert Job.objects.get().state == Job.State.RUNNING
    time.sleep(0.6)
    assert list(Job.objects.abandoned(timezone.now())) == [job]


@pytest.mark.django_db
def test_a_beat_of_who_lost_the_lease_stops_the_work() -> None:
    job = running()
    Job.objects.update(lease="another")
    with pytest.raises(queue.LostLease):
        stages.beat_of(job)(Stage.STORING)


@pytest.mark.django_db
def test_a_job_whose_lease_was_renewed_since_it_was_looked_at_is_not_taken_back() -> None:
    job = running()
    seen = Job.objects.get()
    queue.progress(job)
    queue._take_back(seen)
    assert Job.objects.get().state == Job.State.RUNNING
    queue._take_back(Job.objects.get())
    assert Job.objects.get().state == Job.State.WAITING


@pytest.mark.django_db
def test_the_page_says_which_stage_a_matching_is_in() -> None:
    job = running()
    assert progress.line(job, timezone.now()).stage == ""
    for stage in Stage:
        stages.beat_of(job)(stage)
        assert progress.line(job, timezone.now()).stage == progress.STAGES[stage] != ""


@pytest.mark.django_db
@pytest.mark.parametrize("live", [False, True])
def test_who_is_cut_off_after_storing_has_stored_nothing_and_dropped_nothing(member: Membership, live: bool) -> None:
    occurrence = hall.full_hall(member)
    MatchRun.objects.update(live=live)
    tables = (MatchRun, Match, Outcome, Companion, RunRecord)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    hall.come(occurrence, "后来的人")
    told: list[Stage] = []

    def cut_off(stage: Stage) -> None:
        told.append(stage)
        if told.count(Stage.STORING) == 2:
            raise queue.LostLease

    with pytest.raises(queue.LostLease):
        reconcile.match(occurrence, timezone.now(), beat=cut_off)
    assert told[-2:] == [Stage.STORING, Stage.STORING]
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    hall.match(occurrence)
    assert (MatchRun.objects.filter(current=True).count(), RunRecord.objects.count()) == (1, int(live))
