"""The states of a batch: every change is a conditional UPDATE whose row count tells who won."""

from meetings.models import Upload
from portal.jobs import queue
from portal.jobs.models import Job

READ, WRITE = "meetings.read_upload", "meetings.write_upload"
State = Upload.State


class NotWaiting(Exception):
    """The batch was confirmed, discarded, has expired, or a worker is busy with it."""


def move(upload: Upload, before: str, after: str, **changes: object) -> bool:
    """Change a batch's state if it is still what it was; tells whether it was."""
    moved = Upload.objects.filter(pk=upload.pk, state=before).update(state=after, **changes)
    if moved:
        for name, value in {"state": after, **changes}.items():
            setattr(upload, name, value)
    return bool(moved)


def require(moved: bool) -> None:
    """Stop where a batch is no longer what it has to be.

    Raises: NotWaiting.
    """
    if not moved:
        raise NotWaiting


def hold(upload: Upload) -> None:
    """Make sure that a batch waits, and keep it so until the end of the transaction.

    Raises: NotWaiting.
    """
    require(Upload.objects.filter(pk=upload.pk, state=State.WAITING).update(state=State.WAITING) == 1)


def subject_of(upload: Upload) -> str:
    """Give the subject under which the jobs of a batch are found."""
    return f"upload:{upload.pk}"


def ask(task: str, upload: Upload, **ids: object) -> Job:
    """Have a worker go on with a batch; call it in the transaction of the change."""
    organisation = upload.meeting.organisation_id
    return queue.enqueue(task, subject=subject_of(upload), organisation=organisation, upload_id=upload.pk, **ids)


def is_idle(upload: Upload) -> bool:
    """Whether no worker has the batch or will have it."""
    return not Job.objects.about(subject_of(upload)).open().exists()


def forget(upload: Upload) -> None:
    """Wipe what was only needed before the yes or the no."""
    upload.chunks.all().delete()
    upload.lines.all().delete()
    Upload.objects.filter(pk=upload.pk).update(body=b"")
