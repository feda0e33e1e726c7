"""Delete a meeting here: say first what goes with it, and keep it from coming back with the next pull."""

from collections import deque
from typing import NamedTuple

from django.db import models, transaction

from meetings import work
from meetings.errors import MeetingError
from meetings.models import Forgotten, Listing, Meeting, UploadChunk, UploadLine
from portal.accounts.models import Membership, User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job

# Parts of lists and uploads, which are counted themselves.
PARTS = (Listing, UploadChunk, UploadLine)


class Goes(NamedTuple):
    """How many rows of a kind go with a meeting."""

    what: str
    count: int


def may_delete(meeting: Meeting, membership: Membership) -> bool:
    """Say whether a member may delete a meeting: their own, or any as an administrator."""
    return membership.is_administrator or (membership.may_plan and meeting.owner_id == membership.user_id)


def consequences(meeting: Meeting) -> list[Goes]:
    """Count everything that goes with a meeting, on every floor, as the database itself would delete it."""
    counted: dict[type[models.Model], int] = {}
    paths = deque([(Meeting, "")])
    while paths:
        parent, path = paths.popleft()
        for relation in parent._meta.related_objects:
            child = relation.related_model
            if relation.on_delete is not models.CASCADE or child in counted:
                continue
            lookup = f"{relation.field.name}__{path}" if path else relation.field.name
            counted[child] = child._default_manager.filter(**{lookup: meeting}).count()
            paths.append((child, lookup))
    told = [(kind, count) for kind, count in counted.items() if count and kind not in PARTS]
    return [Goes(str(kind._meta.verbose_name_plural), count) for kind, count in told]


@transaction.atomic
def delete(meeting: Meeting, *, by: User) -> None:
    """Delete a meeting with everything that hangs on it; on the platform it stays as it is. Cannot be undone.

    Its jobs are stopped, and synchronising leaves it out until somebody adds it by its code.
    Raises: MeetingError under a legal hold.
    """
    if meeting.organisation.legal_hold:
        raise MeetingError("legal_hold")
    queue.stop(Job.objects.about(work.subject_of(meeting)))
    if meeting.meeting_id:
        Forgotten.objects.get_or_create(organisation=meeting.organisation, meeting_id=meeting.meeting_id)
    gone = {str(goes.what): goes.count for goes in consequences(meeting)}
    chain.record("meeting.delete", actor=by, organisation=meeting.organisation_id, subject=meeting, gone=gone)
    meeting.delete()
