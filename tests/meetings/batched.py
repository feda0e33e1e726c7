"""A batch from the file to the list, as a test wants it: received, read by the worker's function, confirmed, written."""

from datetime import datetime

from django.utils import timezone

from meetings.lists import batches, intake, writing
from meetings.models import ExpectedList, Upload
from portal.jobs import queue
from portal.jobs.models import Job
from tests.meetings.sheets import csv_file

NOW = timezone.now()


def claimed(upload: Upload, task: str) -> Job:
    """Take the job that waits for a batch, as a worker does."""
    job = Job.objects.filter(subject=batches.subject_of(upload), task=task, state=Job.State.WAITING).latest("pk")
    return queue.claim(job.pk)


def read(upload: Upload) -> Upload:
    """Let a worker read a batch."""
    job = claimed(upload, "meetings.read_upload")
    fresh = Upload.objects.get(pk=upload.pk)
    intake.read(fresh, job)
    queue.finish(job)
    return Upload.objects.get(pk=upload.pk)


def write(upload: Upload, now: datetime = NOW) -> Upload:
    """Let a worker write a confirmed batch."""
    job = claimed(upload, "meetings.write_upload")
    fresh = Upload.objects.get(pk=upload.pk)
    writing.write(fresh, fresh.by, job, now, job.ids()["wishes"])
    if job.is_open:
        queue.finish(job)
    return Upload.objects.get(pk=upload.pk)


def receive(into: ExpectedList, text: str) -> Upload:
    """Bring a CSV text and have it read."""
    origin, by = Upload.Origin.FILE, into.meeting.owner
    return read(batches.receive(into, csv_file(text), name="list.csv", origin=origin, by=by, now=NOW))


def confirm(upload: Upload, **wishes: bool) -> Upload:
    """Say yes to a batch as it was shown, and have it written."""
    batches.confirm(upload, upload.digest, by=upload.by, **wishes)
    return write(upload)


def bring(into: ExpectedList, text: str, *, gone: bool = False, **wishes: bool) -> dict[str, int]:
    """Bring a CSV text onto a list; with `gone` who is missing in it is taken off. Gives what it did."""
    upload = receive(into, text)
    if gone:
        batches.choose_all_missing(upload, "take")
        upload.refresh_from_db()
    return confirm(upload, **wishes).counts
