"""The waiting room: who is in it now, who ever was, and the words people meet there."""

import base64
from typing import Any

from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.operators import controller, flag
from portal.sandbox.room import Wait
from portal.sandbox.rows import row_basics

MOST, USUAL_NOW, USUAL_EVER = 50, 10, 20
LAST_PAGE = 2_000
MOST_TEXT = 1_000
APP_VERSION = "3.30.1.401"


@route("GET", "/v1/meetings/<meeting_id>/waiting-room-participants", scopes=(VIEW, MANAGE))
def list_waiting(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return one page of those who wait now; nobody unless the meeting is in progress.

    Source: document 58522.
    """
    meeting = call.state.meeting(meeting_id)
    call.own(meeting, call.user())
    waits = meeting.room.waiting() if meeting.inside() else []
    page, size = call.number("page", 1, least=1), call.number("page_size", USUAL_NOW, least=1, most=MOST)
    start, end = _booked(call, meeting)
    return {
        **_paged(waits, page, size), "meeting_id": meeting.meeting_id, "meeting_code": meeting.code,
        "subject": base64.b64encode(meeting.subject.encode()).decode(),
        "schedule_start_time": start, "schedule_end_time": end,
        "participants": [_person(call, meeting, wait) for wait in waits[(page - 1) * size : page * size]],
    }


@route("GET", "/v1/meeting/<meeting_id>/waiting-room", scopes=(VIEW, MANAGE))
def list_waits(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return one page of all stays in the waiting room, a row a device; times are milliseconds.

    Source: document 80579.
    """
    meeting = _controllable(call, meeting_id)
    waits = meeting.room.waits
    page = call.number("page", least=1, most=LAST_PAGE)
    size = call.number("page_size", USUAL_EVER, least=1, most=MOST)
    start, end = _booked(call, meeting)
    return {
        **_paged(waits, page, size), "meeting_id": meeting.meeting_id, "meeting_code": meeting.code,
        "subject": meeting.subject, "schedule_start_time": start * 1000, "schedule_end_time": end * 1000,
        "participants": [_record(call, meeting, wait) for wait in waits[(page - 1) * size : page * size]],
    }


@route("GET", "/v1/meeting/<meeting_id>/waiting-room-welcome-message", scopes=(VIEW, MANAGE))
def read_welcome(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return the words that greet people in the waiting room.

    Source: document 86896.
    """
    return dict(_controllable(call, meeting_id).room.welcome)


@route("POST", "/v1/meeting/set-waiting-room-welcome-message")
def write_welcome(call: Call) -> dict[str, Any]:
    """Set the words that greet people in the waiting room and return them; the meeting is named in the body.

    Source: official SDK, its answer too; the names of its fields are those of document 86896.
    """
    meeting = _controllable(call, call.text("meeting_id"))
    welcome = {"enable_welcome": flag(call, "enable_welcome")} if "enable_welcome" in call.body else {}
    if "welcome_text" in call.body:
        text = call.body["welcome_text"]
        if not isinstance(text, str) or len(text) > MOST_TEXT:
            raise Refusal(190004, f"welcome_text takes up to {MOST_TEXT} characters")
        meeting.room.welcome["welcome_text"] = text
    meeting.room.welcome |= welcome
    return dict(meeting.room.welcome)


def _controllable(call: Call, meeting_id: str) -> Meeting:
    """Return a meeting whose creator, host or co-host asks; it need not run."""
    meeting = call.state.meeting(meeting_id)
    call.reach(meeting)
    controller(call, meeting)
    return meeting


def _booked(call: Call, meeting: Meeting) -> tuple[int, int]:
    """Return scheduled start and end, of a series those of the running or next occurrence."""
    current = meeting.current(call.now)
    return (current.start, current.end) if current else (meeting.start, meeting.end)


def _paged(waits: list[Wait], page: int, size: int) -> dict[str, int]:
    shown = len(waits[(page - 1) * size : page * size])
    return {
        "total_count": len(waits), "current_size": shown, "current_page": page, "total_page": -(-len(waits) // size),
    }


def _person(call: Call, meeting: Meeting, wait: Wait) -> dict[str, Any]:
    basics = row_basics(call.state, call.caller, meeting, wait.visit)
    names = ("userid", "open_id", "ms_open_id", "user_name", "instanceid", "customer_data")
    return {name: basics[name] for name in names} | {"app_version": APP_VERSION}


def _record(call: Call, meeting: Meeting, wait: Wait) -> dict[str, Any]:
    # Nobody says what somebody still waiting has for a leaving time; the type is an integer.
    left = 0 if wait.left is None else wait.left * 1000
    person = _person(call, meeting, wait)
    return person | {"instanceid": str(person["instanceid"]), "join_time": wait.join * 1000, "left_time": left}
