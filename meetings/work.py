"""Put work about a meeting into the queue of record, and tell a page how far it is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from meetings.models import Meeting
from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.words import explain


def subject_of(meeting: Meeting) -> str:
    """Give the subject under which all jobs about a meeting are found."""
    return f"meeting:{meeting.pk}"


def ask(task: str, meeting: Meeting, *, due_at: datetime | None = None) -> Job:
    """Queue a task that takes the meeting's id and nothing else; one that already waits is given instead."""
    organisation = meeting.organisation_id
    return queue.enqueue(
        task, subject=subject_of(meeting), organisation=organisation, due_at=due_at, meeting_id=meeting.pk
    )


def forget(task: str, meeting: Meeting) -> None:
    """Stop a job about the meeting that waits and is needed no more."""
    queue.stop(Job.objects.about(subject_of(meeting)).filter(task=task, state=Job.State.WAITING))


def list_changed(meeting: Meeting) -> None:
    """Order new results for what has been held already; call it in the transaction that changed the list."""
    ask("attendance.match_meeting", meeting)


@dataclass(frozen=True, slots=True)
class Progress:
    """Work a page should show: under way, or stopped with a reason."""

    job: Job
    finished: bool
    error: str


def progress(jobs: QuerySet[Job]) -> Progress | None:
    """Give the newest of some jobs unless it came to its end as it should."""
    job = jobs.order_by("-id").first()
    if job is None or job.state in (Job.State.DONE, Job.State.STOPPED):
        return None
    return Progress(job, not job.is_open, explain(job.error_code, job.error_detail))
