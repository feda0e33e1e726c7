"""Put work about a meeting into the queue of record."""

from datetime import datetime

from meetings.models import Meeting
from portal.jobs import queue
from portal.jobs.models import Job


def subject_of(meeting: Meeting) -> str:
    """Give the subject under which all jobs about a meeting are found."""
    return f"meeting:{meeting.pk}"


def ask(task: str, meeting: Meeting, *, due_at: datetime | None = None) -> Job:
    """Queue a task that takes the meeting's id and nothing else; one that already waits is given instead."""
    organisation = meeting.organisation_id
    return queue.enqueue(
        task, subject=subject_of(meeting), organisation=organisation, due_at=due_at, meeting_id=meeting.pk
    )
