"""Show a meeting to a member who would not see it otherwise."""

from django.db import transaction

from meetings.models import Meeting, Share
from portal.accounts.models import User
from portal.audit import chain


@transaction.atomic
def share(meeting: Meeting, user: User, *, by: User) -> Share:
    """Share a meeting with a member of its organisation. May be repeated."""
    row, made = Share.objects.get_or_create(meeting=meeting, user=user, defaults={"shared_by": by})
    if made:
        chain.record(
            "meeting.share", actor=by, organisation=meeting.organisation_id, subject=meeting, user=user.pk
        )
    return row


@transaction.atomic
def end(share: Share, *, by: User) -> None:
    """Stop sharing; the member keeps nothing of the meeting."""
    organisation = share.meeting.organisation_id
    chain.record(
        "meeting.unshare", actor=by, organisation=organisation, subject=share.meeting, user=share.user_id
    )
    share.delete()
