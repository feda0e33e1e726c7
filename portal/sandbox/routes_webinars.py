"""Webinars: create, read, change, cancel; there is no list of them."""

from typing import Any

from portal.sandbox import shown
from portal.sandbox.booking import book, change
from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.events import tell_meeting
from portal.sandbox.meeting import Meeting
from portal.sandbox.routes_meetings import cancel

REGISTRATION, PASSWORD = 1, 2
MOST_SPONSOR, MOST_DESCRIPTION = 40, 5_000
MOST_WORDS, MOST_WORD = 50, 10


@route("POST", "/v1/webinars")
def create_webinar(call: Call) -> dict[str, Any]:
    """Book a webinar.

    Source: document 61868.
    """
    call.client()
    _check(call)
    if "admission_type" not in call.body:
        raise Refusal(190004, "admission_type is required")
    meeting, _ = book(call, call.user(), webinar=True)
    _admit(call, meeting)
    tell_meeting(call.state, "meeting.created", meeting)
    return _enveloped(call, _answer(meeting))


@route("GET", "/v1/webinars", scopes=(VIEW, MANAGE))
def read_webinar(call: Call) -> dict[str, Any]:
    """Read a webinar by id or by code; only its creator may.

    Source: document 61972.
    """
    call.client()
    if "meeting_id" in call.query:
        meeting = call.state.meeting(call.query["meeting_id"], webinar=True)
    else:
        meeting = call.state.by_code(call.text("meeting_code"), webinar=True)
    call.own(meeting, call.user())
    answer = _answer(meeting) | meeting.extras | {
        "status": _status(call, meeting), "hosts": shown.hosts_of(call, meeting), "playback_url": "",
    }
    return _enveloped(call, answer)


@route("PUT", "/v1/webinars/<meeting_id>")
def change_webinar(call: Call, meeting_id: str) -> dict[str, Any]:
    """Change a webinar; start and end go together.

    Source: document 61964.
    """
    call.client()
    meeting = call.state.meeting(meeting_id, webinar=True)
    call.own(meeting, call.user())
    if meeting.cancelled:
        raise Refusal(9007)
    _check(call)
    change(call, meeting)
    _admit(call, meeting)
    tell_meeting(call.state, "meeting.updated", meeting)
    return _enveloped(call, _answer(meeting))


@route("POST", "/v1/webinars/<meeting_id>/cancel")
def cancel_webinar(call: Call, meeting_id: str) -> None:
    """Cancel a waiting webinar.

    Source: document 61973.
    """
    call.client()
    call.number("reason_code")
    meeting = call.state.meeting(meeting_id, webinar=True)
    call.own(meeting, call.user())
    cancel(call, meeting)


def _status(call: Call, meeting: Meeting) -> str:
    """Return the state; when a webinar is about to start is not documented."""
    status = meeting.status(call.now)
    ahead = int(call.state.switches["webinar_about_to_start_seconds"])
    soon = status == "MEETING_STATE_INIT" and meeting.start - ahead <= call.now < meeting.start
    return "MEETING_STATE_ABOUT_TO_START" if soon else status


def _check(call: Call) -> None:
    body = call.body
    words = body.get("sensitive_words") or []
    if len(words) > MOST_WORDS or any(len(word) > MOST_WORD for word in words):
        raise Refusal(190004, "sensitive_words takes 50 words of 10 characters")
    if body.get("admission_type", 0) not in (0, REGISTRATION, PASSWORD):
        raise Refusal(190004, "admission_type must be 0, 1 or 2")
    if body.get("admission_type") == PASSWORD and not body.get("password"):
        raise Refusal(190004, "password is required with admission_type 2")
    if len(str(body.get("sponsor", ""))) > MOST_SPONSOR:
        raise Refusal(190004, "sponsor is longer than 40 characters")
    if len(str(body.get("description", ""))) > MOST_DESCRIPTION:
        raise Refusal(190004, "description is longer than 5000 characters")


def _admit(call: Call, meeting: Meeting) -> None:
    if "admission_type" in call.body:
        meeting.extras["admission_type"] = call.body["admission_type"]
        meeting.enrol_on = call.body["admission_type"] == REGISTRATION


def _answer(meeting: Meeting) -> dict[str, Any]:
    guest_link = "guest" if meeting.extras.get("enable_guest_invite_link") else "audience"
    answer = {
        "subject": meeting.subject, "meeting_id": meeting.meeting_id, "meeting_code": meeting.code,
        "start_time": str(meeting.start), "end_time": str(meeting.end),
        "admission_type": meeting.extras.get("admission_type", 0), "password": _password(meeting),
        "audience_join_link": f"{meeting.join_url}?as=audience",
        "guest_join_link": f"{meeting.join_url}?as={guest_link}",
    }
    if meeting.extras.get("enable_manual_check"):
        answer |= {"manual_check_link": f"{meeting.join_url}?as=check", "manual_check_password": "246810"}
    return answer


def _password(meeting: Meeting) -> str:
    """Return the password, which is effective for one kind of admission only."""
    return meeting.password if meeting.extras.get("admission_type") == PASSWORD else ""


def _enveloped(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer flat, or in the envelope of meetings where the switch says so."""
    if call.state.switches["webinar_envelope"] == "list":
        return {"meeting_number": 1, "meeting_info_list": [answer]}
    return answer
