"""Guests of meetings and webinars, and invitees: lists that are replaced as a whole."""

from typing import Any

from portal.sandbox import shown
from portal.sandbox.booking import checked_guests
from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting

INTERNAL, EXTERNAL = 1, 2
MOST_WEBINAR_GUESTS, MOST_INVITEES, INVITEES_PAGE = 200, 2_000, 200


@route("GET", "/v1/guests/<meeting_id>", scopes=(VIEW, MANAGE))
def read_guests(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return the guests of a meeting.

    Source: document 54308.
    """
    meeting = _own(call, meeting_id, webinar=False)
    return {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code, "subject": meeting.subject,
        "guests": meeting.guests,
    }


@route("PUT", "/v1/guests/<meeting_id>")
def replace_guests(call: Call, meeting_id: str) -> None:
    """Replace the guests of a meeting; an empty list clears them.

    Source: document 93438.
    """
    meeting = _own(call, meeting_id, webinar=False)
    if "guests" not in call.body:
        raise Refusal(190004, "guests is required")
    meeting.edit_guests(checked_guests(call.body["guests"]), call.now)


@route("GET", "/v1/guests", scopes=(VIEW, MANAGE))
def read_guests_by_code(call: Call) -> dict[str, Any]:
    """Return the guests of a meeting that is named by its code.

    Source: the interface's page of 2021.
    """
    return read_guests(call, _by_code(call))


@route("PUT", "/v1/guests")
def replace_guests_by_code(call: Call) -> None:
    """Replace the guests of a meeting that is named by its code.

    Source: the interface's page of 2021.
    """
    replace_guests(call, _by_code(call))


@route("GET", "/v1/webinars/guests", scopes=(VIEW, MANAGE))
def read_webinar_guests(call: Call) -> dict[str, Any]:
    """Return the guests of a webinar.

    Source: document 61994.
    """
    by_code = "meeting_id" not in call.query
    named = call.state.by_code(call.text("meeting_code"), True).meeting_id if by_code else call.text("meeting_id")
    meeting = _own(call, named, webinar=True)
    return {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code, "subject": meeting.subject,
        "guests": [_shown_guest(call, meeting, guest) for guest in meeting.guests],
    }


@route("PUT", "/v1/webinars/<meeting_id>/guests")
def replace_webinar_guests(call: Call, meeting_id: str) -> None:
    """Replace the guests of a webinar: own staff by userid, outsiders by phone and name.

    Source: document 61989.
    """
    meeting = _own(call, meeting_id, webinar=True)
    guests = call.body.get("guests")
    if not isinstance(guests, list) or len(guests) > MOST_WEBINAR_GUESTS:
        raise Refusal(190004, f"guests takes up to {MOST_WEBINAR_GUESTS} people")
    former = meeting.guests if call.state.switches["webinar_guests_put"] == "append" else []
    meeting.guests = former + [_webinar_guest(call, guest) for guest in guests]


@route("GET", "/v1/meetings/<meeting_id>/invitees", scopes=(VIEW, MANAGE))
def read_invitees(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return one page of the invited members.

    Source: document 63648.
    """
    meeting = _own(call, meeting_id, webinar=False)
    pos = call.number("pos", 0)
    chosen = meeting.invitees[pos : pos + INVITEES_PAGE]
    members = meeting.creator.enterprise.users if meeting.creator.enterprise else {}
    rows = [
        {"userid": shown.user_id(call, members[each]), "nick_name": members[each].name} for each in chosen
    ]
    more = pos + INVITEES_PAGE < len(meeting.invitees)
    return {"invitees": rows, "has_remaining": more} | ({"next_pos": pos + INVITEES_PAGE} if more else {})


@route("PUT", "/v1/meetings/<meeting_id>/invitees")
def replace_invitees(call: Call, meeting_id: str) -> dict[str, Any]:
    """Replace the invited members; an empty or missing list clears them.

    Source: document 63659.
    """
    meeting = _own(call, meeting_id, webinar=False)
    wanted = [str(person.get("userid", "")) for person in call.body.get("invitees") or []]
    if len(wanted) > MOST_INVITEES:
        raise Refusal(190004, f"at most {MOST_INVITEES} invitees")
    members = meeting.creator.enterprise.users if meeting.creator.enterprise else {}
    known = {shown.user_id(call, user): user.userid for user in members.values()}
    meeting.invitees = [known[each] for each in wanted if each in known]
    return {"user_non_registered": [each for each in wanted if each not in known]}


def _by_code(call: Call) -> str:
    return call.state.by_code(call.text("meeting_code"), webinar=False).meeting_id


def _own(call: Call, meeting_id: str, webinar: bool) -> Meeting:
    call.client()
    meeting = call.state.meeting(meeting_id, webinar)
    call.own(meeting, call.user())
    if meeting.cancelled and "guests" in call.body:
        raise Refusal(190431)
    return meeting


def _webinar_guest(call: Call, guest: dict[str, Any]) -> dict[str, Any]:
    kind = guest.get("guest_type")
    if kind == INTERNAL:
        return {"guest_type": INTERNAL, "userid": _member(call, str(guest.get("userid", "")))}
    if kind != EXTERNAL:
        raise Refusal(190004, "guest_type must be 1 or 2")
    if not guest.get("guest_name"):
        raise Refusal(190004, "guest_name is required")
    return {"guest_type": EXTERNAL, **checked_guests([guest])[0], "email": str(guest.get("email", ""))}


def _member(call: Call, shown_id: str) -> str:
    """Return the userid of a member of the caller's enterprise; raises 190001."""
    enterprise = call.caller.user.enterprise if call.caller.user else call.caller.enterprise
    members = enterprise.users.values() if enterprise else ()
    for user in members:
        if shown.user_id(call, user) == shown_id:
            return user.userid
    raise Refusal(190001)


def _shown_guest(call: Call, meeting: Meeting, guest: dict[str, Any]) -> dict[str, Any]:
    if guest["guest_type"] != INTERNAL:
        return guest
    return guest | {"userid": shown.person(call, meeting, guest["userid"])["userid"]}
