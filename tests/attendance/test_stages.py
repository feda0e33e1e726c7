"""A matching keeps its job's lease however long it thinks, and a job that renewed its lease is not taken back."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from attendance import progress, stages
from attendance.stages import Stage
from portal.jobs import queue
from portal.jobs.models import Job


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
