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
    _receive(file, into)
    _work(states.READ)
    upload = into.uploads.defer("body").get()
    batches.confirm(upload, upload.digest, by=into.by)
    _work(states.WRITE)
    return into.listings.count()


def _receive(file: Path, into: ExpectedList) -> None:
    """Take the file in; its bytes are let go, as the web's process does not hold them for the worker."""
    body, now = file.read_bytes(), timezone.now()
    batches.receive(into, body, name=file.name, origin=Upload.Origin.FILE, by=into.by, now=now)


def _work(task: str) -> None:
    """Do the job as a worker does it."""
    job = Job.objects.get(task=task, state=Job.State.WAITING)
    current_app.tasks[task].run(job.pk)
