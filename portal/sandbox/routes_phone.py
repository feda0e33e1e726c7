"""Telephones: calling people into a meeting, how far the calls are, and giving up."""

from typing import Any

from portal.sandbox.calling import call_out, cancel, ringing
from portal.sandbox.calls import Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.operators import controller, objects
from portal.sandbox.room import Callout
from portal.sandbox.visits import Identity

AREAS = {86: (7, 12), 852: (8, 8), 1: (10, 10)}
MOST_CANCELLED, MOST_LISTED, USUAL_LISTED = 50, 100, 20
LISTS = {"snake": ("success_list", "failed_list"), "camel": ("SuccessList", "FailedList")}


@route("POST", "/v1/meeting/<meeting_id>/phone/callout", oauth=False)
def call_people(call: Call, meeting_id: str) -> dict[str, Any]:
    """Call people by telephone, before or during the meeting; the answer does not wait for theirs.

    Source: document 80576.
    """
    meeting, by = _called_from(call, meeting_id)
    numbers = [_number(entry) for entry in objects(call, "phone_numbers", int(call.state.switches["callouts_per_call"]))]
    if meeting.cancelled or _over(meeting, call.now):
        raise Refusal(9006)
    good = [number for number in numbers if _callable(number)]
    if not good:
        raise Refusal(14203)
    if not call.state.switches["callout_package"]:
        raise Refusal(14220)
    current = meeting.current(call.now)
    made = [Callout(sub_meeting_id=current.sub_meeting_id if current else "", **number) for number in good]
    for callout in made:
        call_out(call.state, meeting, callout, by)
    bad = [_plain(number) | {"error_msg": "输入号码有误"} for number in numbers if not _callable(number)]
    return {
        "meeting_id": meeting.meeting_id,
        "phone_numbers": [_plain(number) | {"status": "START_INVITE"} for number in good],
        "invalid_phone_numbers": bad,
    }


@route("GET", "/v1/meeting/<meeting_id>/phone/callout", oauth=False)
def list_callouts(call: Call, meeting_id: str) -> dict[str, Any]:
    """Return one page of all calls of a meeting, whoever made them; who answered has a temporary id.

    Source: document 80577.
    """
    meeting, _ = _called_from(call, meeting_id)
    page = call.number("page", least=1)
    size = call.number("page_size", USUAL_LISTED, least=1, most=MOST_LISTED)
    found = meeting.room.callouts
    chosen = found[(page - 1) * size : page * size]
    return {
        "meeting_id": meeting.meeting_id, "phone_numbers": [_listed(each) for each in chosen],
        "current_size": len(chosen), "total_count": len(found), "current_page": page,
        "total_page": -(-len(found) // size),
    }


@route("POST", "/v1/meeting/<meeting_id>/phone/cancelcall", oauth=False)
def cancel_calls(call: Call, meeting_id: str) -> dict[str, Any]:
    """Stop ringing people; a telephone that was answered is a matter of kicking out.

    Source: document 111469.
    """
    meeting, by = _called_from(call, meeting_id, 500122)
    numbers = [_number(entry) for entry in objects(call, "phone_numbers", MOST_CANCELLED)]
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for number in numbers:
        callout = ringing(meeting, number["area"], number["phone"])
        if callout is None:
            failed.append(_plain(number) | {"error_msg": "取消呼叫失败"})
        else:
            cancel(call.state, meeting, callout, by)
            done.append(_plain(number))
    success, failure = LISTS.get(str(call.state.switches["cancelcall_lists"]), LISTS["snake"])
    return {success: done, failure: failed}


def _called_from(call: Call, meeting_id: str, code: int = 9042) -> tuple[Meeting, Identity]:
    """Return the meeting and who calls from it; raises 190457 for an unknown one, as these pages do."""
    if not meeting_id.isdigit() or meeting_id not in call.state.meetings:
        raise Refusal(190457)
    meeting = call.state.meetings[meeting_id]
    # Under AK/SK only userids are taken here (operator_id_type 1).
    if call.number("operator_id_type") != 1:
        raise Refusal(190004, "operator_id_type must be 1")
    call.reach(meeting)
    try:
        return meeting, controller(call, meeting)
    except Refusal as refusal:
        raise Refusal(code if refusal.code == 9042 else refusal.code, status=400) from None


def _number(entry: dict[str, Any]) -> dict[str, Any]:
    area, phone = entry.get("area"), entry.get("phone")
    if not isinstance(area, int) or isinstance(area, bool) or not isinstance(phone, str):
        raise Refusal(190004, "area must be a number and phone a text")
    extension, name = entry.get("extension_number"), entry.get("nick_name")
    return {"area": area, "phone": phone, "extension_number": str(extension or ""), "nick_name": str(name or "")}


def _callable(number: dict[str, Any]) -> bool:
    shortest, longest = AREAS.get(number["area"], (1, 0))
    return number["phone"].isdigit() and shortest <= len(number["phone"]) <= longest


def _plain(number: dict[str, Any]) -> dict[str, Any]:
    return {name: number[name] for name in ("area", "phone", "extension_number")}


def _listed(callout: Callout) -> dict[str, Any]:
    ms_open_id = callout.visit.identity.ms_open_id if callout.visit else ""
    return {
        "area": callout.area, "phone": callout.phone, "extension_number": callout.extension_number,
        "status": callout.status, "ms_open_id": ms_open_id, "nick_name": callout.nick_name,
    }


def _over(meeting: Meeting, now: int) -> bool:
    return not meeting.inside() and (now > meeting.last_end or meeting.dismissed())
