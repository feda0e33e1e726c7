"""Meetings: create, read, change, cancel, dismiss."""

from typing import Any

from portal.sandbox import shown
from portal.sandbox.booking import book, change
from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.door import HOSTS
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
    if meeting.instant:
        raise Refusal(190004, "an instant meeting cannot be changed")
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
        _check_waiting(call, meeting, meeting.last_end, bool(meeting.inside()))
        meeting.cancelled = True
    tell_meeting(call.state, "meeting.canceled", meeting, sub_meeting_id)


def _cancel_occurrence(call: Call, meeting: Meeting, sub_meeting_id: str) -> None:
    found = meeting.occurrence(sub_meeting_id)
    if found is None:
        raise Refusal(190004, "sub_meeting_id is unknown")
    if found.deleted:
        raise Refusal(9007)
    _check_waiting(call, meeting, found.end, bool(meeting.holding(sub_meeting_id).inside()))
    found.deleted = True
    # Whether a series without dates counts as cancelled is not documented.
    meeting.cancelled = not meeting.alive() and call.state.switches["emptied_series"] == "cancelled"


def _check_waiting(call: Call, meeting: Meeting, end: int, running: bool) -> None:
    if running:
        raise Refusal(13602)
    if call.now > end or meeting.dismissed():
        raise Refusal(13603)


def _leads(call: Call, meeting: Meeting) -> bool:
    """Tell whether the operator is creator, host or co-host; the temporary id of somebody inside will do."""
    inside = meeting.inside()
    if call.given.get("operator_id_type") == MS_OPEN_ID:
        named = call.text("operator_id")
        return any(visit.identity.ms_open_id == named and visit.role in HOSTS for visit in inside)
    actor = call.operator_or_userid()
    leading = any(visit.identity.user is actor and visit.role in HOSTS for visit in inside)
    return actor is meeting.creator or leading or (actor.userid in meeting.hosts and bool(actor.userid))


@route("POST", "/v1/meetings/<meeting_id>/dismiss")
def dismiss_meeting(call: Call, meeting_id: str) -> None:
    """End a running meeting.

    Source: document 57955.
    """
    call.client()
    call.number("reason_code")
    meeting = call.state.meeting(meeting_id, None if call.state.switches["webinar_dismiss"] else False)
    call.reach(meeting)
    if not _leads(call, meeting):
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
