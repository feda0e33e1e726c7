"""Meetings: create, read, change, cancel, dismiss."""

from typing import Any

from portal.sandbox import shown
from portal.sandbox.booking import book, change
from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.events import tell_meeting
from portal.sandbox.meeting import Meeting
from portal.sandbox.play import dismiss

MS_OPEN_ID = 4


@route("POST", "/v1/meetings")
def create_meeting(call: Call) -> dict[str, Any]:
    """Book a meeting or a series.

    Source: document 42417.
    """
    call.client()
    if call.number("type") not in (0, 1):
        raise Refusal(190004, "type must be 0 or 1")
    meeting, unknown = book(call, call.user(), webinar=False)
    tell_meeting(call.state, "meeting.created", meeting)
    return shown.made(call, meeting, unknown)


@route("GET", "/v1/meetings/<meeting_id>", scopes=(VIEW, MANAGE))
def read_meeting(call: Call, meeting_id: str) -> dict[str, Any]:
    """Read one meeting by id; it stays readable after its end.

    Source: document 42418.
    """
    call.client()
    meeting = call.state.meeting(meeting_id, webinar=False)
    actor = call.operator_or_userid()
    call.own(meeting, actor, admins=True)
    return shown.read(call, meeting, actor)


@route("PUT", "/v1/meetings/<meeting_id>")
def change_meeting(call: Call, meeting_id: str) -> dict[str, Any]:
    """Change a meeting, a series or one occurrence.

    Source: document 42424.
    """
    call.client()
    meeting = call.state.meeting(meeting_id, webinar=False)
    call.own(meeting, call.user(), admins=True)
    if meeting.cancelled:
        raise Refusal(9007)
    change(call, meeting)
    tell_meeting(call.state, "meeting.updated", meeting)
    return shown.changed(call, meeting)


@route("POST", "/v1/meetings/<meeting_id>/cancel")
def cancel_meeting(call: Call, meeting_id: str) -> None:
    """Cancel a waiting meeting, a whole series or one occurrence.

    Source: document 42422.
    """
    call.client()
    call.number("reason_code")
    meeting = call.state.meeting(meeting_id, webinar=False)
    call.own(meeting, call.user(), admins=True)
    cancel(call, meeting)


def cancel(call: Call, meeting: Meeting) -> None:
    """Cancel what the body names; raises 9007, 13602, 13603 or 190004."""
    if meeting.cancelled:
        raise Refusal(9007)
    sub_meeting_id = str(call.body.get("sub_meeting_id") or "")
    if sub_meeting_id:
        _cancel_occurrence(call, meeting, sub_meeting_id)
    elif meeting.recurring and call.body.get("meeting_type") != 1:
        raise Refusal(190004, "a series is cancelled with meeting_type 1 or by sub_meeting_id")
    else:
        _check_waiting(call, meeting, meeting.last_end)
        meeting.cancelled = True
    tell_meeting(call.state, "meeting.canceled", meeting, sub_meeting_id)


def _cancel_occurrence(call: Call, meeting: Meeting, sub_meeting_id: str) -> None:
    found = meeting.occurrence(sub_meeting_id)
    if found is None:
        raise Refusal(190004, "sub_meeting_id is unknown")
    if found.deleted:
        raise Refusal(9007)
    _check_waiting(call, meeting, found.end)
    found.deleted = True
    meeting.cancelled = not meeting.alive()


def _check_waiting(call: Call, meeting: Meeting, end: int) -> None:
    if meeting.inside():
        raise Refusal(13602)
    if call.now > end or meeting.dismissed():
        raise Refusal(13603)


@route("POST", "/v1/meetings/<meeting_id>/dismiss")
def dismiss_meeting(call: Call, meeting_id: str) -> None:
    """End a running meeting.

    Source: document 57955.
    """
    call.client()
    call.number("reason_code")
    meeting = call.state.meeting(meeting_id)
    actor = call.operator_or_userid()
    call.reach(meeting)
    if actor is not meeting.creator and actor.userid not in meeting.hosts:
        raise Refusal(9042)
    inside = meeting.inside()
    if not inside:
        raise Refusal(190308)
    if call.number("force_dismiss_meeting", 1) == 0:
        raise Refusal(190308, "people are still in the meeting")
    recycles = call.number("retrieve_code", 0) == 1
    if recycles and meeting.coming(call.now):
        raise Refusal(190004, "retrieve_code must be 0 while a series has occurrences left")
    dismiss(call.state, meeting, call.now)
    meeting.recycled = recycles or meeting.instant
