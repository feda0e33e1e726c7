"""The work of this floor: ids in, one noun call."""

from django.utils import timezone

from meetings import create, enrolment, events, imports, links, pulling, sync
from meetings.lists import batches, intake, writing
from meetings.models import Meeting, Upload
from portal.accounts.models import EnterpriseCredential, Installation, User
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.webhooks import inbox


@work("meetings.look_for")
def look_for(job: Job, *, meeting_id: int) -> None:
    """Look on the platform for a meeting whose creation was not confirmed."""
    for meeting in Meeting.objects.filter(pk=meeting_id):
        create.look_for(meeting)


@work("meetings.set_up")
def set_up(job: Job, *, meeting_id: int) -> None:
    """Write the enrolment form of a new or changed meeting and read back what holds."""
    for meeting in Meeting.objects.live_on_platform().filter(pk=meeting_id):
        create.set_up(meeting)


@work("meetings.refresh")
def refresh(job: Job, *, meeting_id: int) -> None:
    """Read one meeting's details again."""
    for meeting in Meeting.objects.exclude(meeting_id="").filter(pk=meeting_id):
        sync.refresh(meeting)


@work("meetings.pull_registrants")
def pull_registrants(job: Job, *, meeting_id: int) -> None:
    """Bring in all registrants of a meeting."""
    for meeting in Meeting.objects.filter(pk=meeting_id):
        enrolment.pull(job, meeting)


@work("meetings.sync_grant")
def sync_grant(job: Job, *, installation_id: int) -> None:
    """Bring in all meetings a grant can see."""
    for installation in Installation.objects.filter(pk=installation_id):
        pulling.pull_grant(job, installation)


@work("meetings.sync_credential")
def sync_credential(job: Job, *, credential_id: int) -> None:
    """Bring in all meetings an enterprise credential can see."""
    for credential in EnterpriseCredential.objects.filter(pk=credential_id):
        pulling.pull_credential(job, credential)


@work("meetings.sync_all")
def sync_all(job: Job, *, period: str) -> None:
    """Queue the nightly pulls: every grant, every credential, the registrants of coming meetings."""
    pulling.queue_all()


@work("meetings.disconnect")
def disconnect(job: Job, *, installation_id: int) -> None:
    """Mark the meetings of a withdrawn grant."""
    for installation in Installation.objects.filter(pk=installation_id):
        pulling.disconnect(installation)


@work("meetings.note_enrolment")
def note_enrolment(job: Job, *, about: str) -> None:
    """Follow events about registrations."""
    inbox.deliver(job, about, events.note_enrolments)


@work("meetings.note_change")
def note_change(job: Job, *, about: str) -> None:
    """Follow events about a meeting that was changed or cancelled."""
    inbox.deliver(job, about, events.note_changes)


# lists and links


@work("meetings.import_people")
def import_people(job: Job, *, meeting_id: int) -> None:
    """Import a meeting's list into the platform's enrolment."""
    for meeting in Meeting.objects.live_on_platform().filter(pk=meeting_id):
        imports.run(meeting, job)


@work("meetings.issue_links")
def issue_links(job: Job, *, meeting_id: int) -> None:
    """Make the exclusive links that are wanted for a meeting."""
    for meeting in Meeting.objects.live_on_platform().filter(pk=meeting_id):
        links.run(meeting, job)


@work("meetings.read_upload")
def read_upload(job: Job, *, upload_id: int) -> None:
    """Read and check a batch that came in."""
    for upload in Upload.objects.select_related("meeting", "expected_list").defer("body").filter(pk=upload_id):
        intake.read(upload, job)


@work("meetings.write_upload")
def write_upload(job: Job, *, upload_id: int, by_id: int, wishes: list[str]) -> None:
    """Write a confirmed batch to its list."""
    by = User.objects.filter(pk=by_id).first()
    for upload in Upload.objects.select_related("meeting", "expected_list").defer("body").filter(pk=upload_id):
        writing.write(upload, by, job, timezone.now(), wishes)


@work("meetings.expire_uploads")
def expire_uploads(job: Job, *, period: str) -> None:
    """Delete uploads nobody confirmed within a day."""
    batches.expire(timezone.now())
