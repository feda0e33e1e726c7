"""People in meetings: the participants list, who is inside now, temporary ids, telephone callers."""

import base64
import json
from typing import Any

from portal.sandbox.calls import MANAGE, OPEN_ID, USERID, VIEW, Call, route
from portal.sandbox.door import HOSTS
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import DAY, Holding, Meeting
from portal.sandbox.rows import NETWORK, chosen, page_text, row_basics
from portal.sandbox.visits import Visit
from portal.sandbox.world import User

MOST_ROWS, USUAL_ROWS = 100, 20
MOST_LIVE, USUAL_LIVE = 50, 10
MOST_PHONES = 20
ONE_SIDED = 31 * DAY
# A cursor is a scrambled position: callers must feed it back and cannot count with it.
STRIDE, OFFSET = 7_919, 5_678
USER_SCOPES = ("VIEW_USER_BASIC_INFO", "VIEW_USER_INFO", "MANAGE_USER_INFO")


@route("GET", "/v1/meetings/<meeting_id>/participants", scopes=(VIEW, MANAGE))
def list_participants(call: Call, meeting_id: str) -> str:
    """Return one page of visits, oldest record first.

    Source: document 42701, 81488.
    """
    meeting = call.state.meeting(meeting_id)
    _look(call, meeting, _asking(call))
    holding = _held(call, meeting)
    size = call.number("size", USUAL_ROWS, least=1, most=MOST_ROWS)
    visits = chosen(holding, *_window(call, meeting))[: int(call.state.switches["participants_row_cap"])]
    first = _position(call, len(visits))
    page = visits[first : first + size]
    start, end = meeting.booked(call.query.get("sub_meeting_id", ""))
    head: dict[str, Any] = {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code, "subject": meeting.subject,
        "schedule_start_time": str(start), "schedule_end_time": str(end), "total_count": len(visits),
        "has_remaining": first + size < len(visits),
    }
    if not call.state.switches["participants_total"]:
        del head["total_count"]
    # The last page carries no cursor at all.
    if head["has_remaining"]:
        head["next_pos"] = (first + size) * STRIDE + OFFSET
    text = json.dumps(head, ensure_ascii=False)
    return f'{text[:-1]}, "participants": {page_text(call.state, call.caller, meeting, page)}}}'


@route("GET", "/v1/meetings/<meeting_id>/real-time-participants")
def list_inside(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return one page of the people who are inside now; it gives no phone.

    Source: document 72810.
    """
    meeting = call.state.meeting(meeting_id)
    _look(call, meeting, call.operator())
    visits = _held(call, meeting).inside()
    page = call.number("page", 1, least=1)
    size = call.number("page_size", USUAL_LIVE, least=1, most=MOST_LIVE)
    shown = visits[(page - 1) * size : page * size]
    start, end = meeting.booked(call.query.get("sub_meeting_id", ""))
    return {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code,
        "subject": base64.b64encode(meeting.subject.encode()).decode(),
        "schedule_start_time": str(start), "schedule_end_time": str(end), "status": meeting.status(call.now),
        "total_count": len(visits), "current_size": len(shown), "current_page": page,
        "total_page": -(-len(visits) // size),
        "participants": [_live(call, meeting, visit) for visit in shown],
    }


def _live(call: Call, meeting: Meeting, visit: Visit) -> dict[str, Any]:
    # 72810: no phone, no address, no leaving; of the device only the client's version.
    return row_basics(call.state, call.caller, meeting, visit) | {"app_version": NETWORK["app_version"]}


@route("GET", "/v1/meetings/<meeting_id>/ms-open-id", scopes=USER_SCOPES)
def look_up_ms_open_id(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return the temporary id of a person in a meeting; the operator is the person looked up.

    Source: document 74998.
    """
    meeting = call.state.meeting(meeting_id)
    foreign = meeting.origin != "oauth" if call.caller.oauth else (
        meeting.creator.enterprise is not call.caller.enterprise
    )
    if foreign:
        raise Refusal(202801)
    found = meeting.account(_looked_up(call))
    return {"meeting_id": meeting.meeting_id, "ms_open_id": found.ms_open_id}


@route("POST", "/v1/meetings/<meeting_id>/phone/ms-open-id", oauth=False)
def look_up_callers(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return the temporary ids of telephone callers who connected; one number may have several.

    Source: document 80578.
    """
    meeting = call.state.meeting(meeting_id)
    _look(call, meeting, call.operator())
    numbers = call.body.get("phone_numbers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MOST_PHONES:
        raise Refusal(190004, f"1 to {MOST_PHONES} phone_numbers")
    found = [row for number in numbers for row in _callers(meeting, number)]
    return {"ms_open_id_list": found}


def _callers(meeting: Meeting, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    area, phone = wanted.get("area"), str(wanted.get("phone", ""))
    if not isinstance(area, int):
        raise Refusal(190004, "area must be a number")
    number = f"00{area}{phone}"
    return [
        {"area": area, "phone": phone, "extension_number": wanted.get("extension_number", ""),
         "ms_open_id": identity.ms_open_id}
        for identity in meeting.identities.values()
        if identity.pstn_number == number
    ]


def _look(call: Call, meeting: Meeting, actor: User) -> None:
    """Raise 9042 unless the actor may see who was there: creator, host, administrator of the enterprise."""
    call.reach(meeting)
    # The usual case first: looking for hosts among many thousand visits costs more than the page.
    if actor is meeting.creator:
        return
    colleague = actor.enterprise is meeting.creator.enterprise
    if colleague and actor.userid and (actor.userid in meeting.hosts or _hosts_now(meeting, actor)):
        return
    call.own(meeting, actor, admins=True)


def _hosts_now(meeting: Meeting, actor: User) -> bool:
    """Tell whether somebody is inside as host or co-host."""
    return any(visit.identity.user is actor and visit.role in HOSTS for visit in meeting.inside())


def _asking(call: Call) -> User:
    """Return who asks; pages differ on whether an operator other than a Rooms device may."""
    by_operator = "userid" not in call.query and call.state.switches["participants_by_operator"]
    return call.operator() if by_operator else call.user()


def _looked_up(call: Call) -> User:
    kind, wanted = call.number("operator_id_type"), call.text("operator_id")
    if call.caller.oauth and kind == OPEN_ID:
        user = call.state.world.by_open_id(wanted)
        if user is not None:
            return user
    if not call.caller.oauth and kind == USERID and call.caller.enterprise:
        if wanted in call.caller.enterprise.users:
            return call.caller.enterprise.users[wanted]
        raise Refusal(190001)
    raise Refusal(190004, "operator_id or operator_id_type is wrong")


def _held(call: Call, meeting: Meeting) -> Holding:
    """Return the holding asked for; a series needs the id of an occurrence."""
    sub_meeting_id = call.query.get("sub_meeting_id", "")
    if meeting.recurring and meeting.occurrence(sub_meeting_id) is None:
        raise Refusal(190004, "sub_meeting_id is required for a recurring meeting")
    return meeting.holding(sub_meeting_id)


def _window(call: Call, meeting: Meeting) -> tuple[int, int]:
    """Return the bounds of the joining time; a series ignores what was sent."""
    widest = int(call.state.switches["participants_window_days"]) * DAY
    oldest = call.now - widest
    has_start, has_end = "start_time" in call.query, "end_time" in call.query
    if meeting.recurring or not (has_start or has_end):
        return oldest, max(call.now, meeting.last_end)
    end = call.number("end_time") if has_end else max(call.now, meeting.last_end)
    start = call.number("start_time") if has_start else end - ONE_SIDED
    if end - start > widest or end < start:
        raise Refusal(190004, "the time window is too wide or reversed")
    return max(start, oldest), end


def _position(call: Call, total: int) -> int:
    pos = call.number("pos", 0)
    if pos == 0:
        return 0
    first, rest = divmod(pos - OFFSET, STRIDE)
    if rest or not 0 <= first <= total:
        raise Refusal(190004, "pos is not a cursor of this list")
    return first
