"""Which of the organisation's credentials speaks for a meeting."""

from meetings.models import Meeting
from portal.accounts.credentials import Origin, client_for
from portal.tencent.client import Client


def origin_of(meeting: Meeting) -> Origin:
    """Give where a meeting comes from and whose it is there: this decides who may make calls for it."""
    return Origin(meeting.origin, meeting.creator_open_id, meeting.creator_userid)


def client_of(meeting: Meeting, call: str) -> Client:
    """Give a client that may make the call and may make it for this meeting.

    Raises: NoCredential, which says what is missing.
    """
    origin = origin_of(meeting)
    return client_for(call, organisation=meeting.organisation, operator=meeting.owner, origin=origin)
