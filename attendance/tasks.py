"""The work of the second floor, each task one call."""

from django.utils import timezone

from attendance import course, keeping, reconcile, review, ruling, stages, visits
from attendance.models import Export
from meetings.models import Occurrence
from portal.accounts.models import Organisation
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.webhooks import inbox

OCCURRENCES = Occurrence.objects.select_related("meeting__organisation", "meeting__owner")


@work("attendance.pull")
def pull(job: Job, *, occurrence_id: int) -> None:
    """Read all participant pages of an occurrence."""
    visits.pull(OCCURRENCES.get(pk=occurrence_id), job)


@work("attendance.pull_later")
def pull_later(job: Job, *, occurrence_id: int, number: int) -> None:
    """Order the pull that was planned for now."""
    visits.order(OCCURRENCES.get(pk=occurrence_id))


@work("attendance.match")
def match(job: Job, *, occurrence_id: int) -> None:
    """Match an occurrence, looking up what is missing."""
    with stages.kept(job):
        reconcile.reconcile(OCCURRENCES.get(pk=occurrence_id), timezone.now(), stages.beat_of(job))


@work("attendance.match_meeting")
def match_meeting(job: Job, *, meeting_id: int) -> None:
    """Match every occurrence of a meeting whose list changed."""
    for occurrence in OCCURRENCES.filter(meeting=meeting_id, runs__current=True):
        review.order_match(occurrence)


@work("attendance.apply_rule")
def apply_rule(job: Job, *, organisation_id: int) -> None:
    """Match every occurrence that follows the organisation's rule, which was changed."""
    for occurrence in ruling.following(Organisation.objects.get(pk=organisation_id)):
        review.order_match(occurrence)


@work("attendance.note_events")
def note_events(job: Job, *, about: str) -> None:
    """Take in the events of a meeting's course."""
    inbox.deliver(job, about, course.note_events)


@work("attendance.settle_missed")
def settle_missed(job: Job, *, period: str) -> None:
    """Pull meetings whose end event never came."""
    course.settle_missed(timezone.now())


@work("attendance.pull_recent")
def pull_recent(job: Job, *, period: str) -> None:
    """Pull the meetings of the last days again."""
    course.pull_recent(timezone.now())


@work("attendance.write_export")
def write_export(job: Job, *, export_id: int) -> None:
    """Make a file somebody asked for."""
    for export in Export.objects.filter(pk=export_id, ready_at=None):
        keeping.write(export, job)


@work("attendance.expire_exports")
def expire_exports(job: Job, *, period: str) -> None:
    """Delete files that were kept long enough."""
    keeping.expire(timezone.now())
