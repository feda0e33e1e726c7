"""The product's way: receive, have a worker read and check it, say yes, have a worker write it."""

from pathlib import Path

from celery import current_app
from django.utils import timezone

from meetings.lists import batches, states
from meetings.models import ExpectedList, Upload
from portal.jobs.models import Job

current_app.loader.import_default_modules()


def run(file: Path, into: ExpectedList) -> int:
    """Bring a file onto a list; gives how many people are on it."""
    by, body = into.by, file.read_bytes()
    upload = batches.receive(into, body, name=file.name, origin=Upload.Origin.FILE, by=by, now=timezone.now())
    _work(states.READ)
    upload.refresh_from_db(fields=["state", "digest", "mapping"])
    batches.confirm(upload, upload.digest, by=by)
    _work(states.WRITE)
    return into.listings.count()


def _work(task: str) -> None:
    """Do the job as a worker does it."""
    job = Job.objects.get(task=task, state=Job.State.WAITING)
    current_app.tasks[task].run(job.pk)
