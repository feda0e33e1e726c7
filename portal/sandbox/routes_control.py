"""Control of a running meeting: admit, put outside, kick out, rename, settings."""

from portal.sandbox.calls import Call, route
from portal.sandbox.door import HOSTS
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.moves import MRA, Move, admit, kick_out, put_outside, remove, rename
from portal.sandbox.operators import Control, Target, controlled, flag, here, struck, targets
from portal.sandbox.room import Wait

ADMIT, PUT_OUTSIDE, REMOVE = 1, 2, 3
ROOMS = (20, 21, 22, 30, 32, 33)
MOST_NICK_NAME = 20
FLAGS = (
    "mute_all", "allow_unmute_by_self", "meeting_locked", "hide_meeting_code_password", "share_screen",
    "only_enterprise_user_allowed", "play_ivr_on_join", "play_ivr_on_leave", "auto_waiting_room",
)
CHOICES = {"participant_join_mute": (0, 1, 2), "allow_chat": (0, 1, 2)}


@route("PUT", "/v1/real-control/meetings/<meeting_id>/waiting-room")
def manage_waiting_room(call: Call, meeting_id: str) -> None:
    """Admit people, put them into the waiting room, or send them away from it; all their devices go along.

    Source: document 57954.
    """
    control = controlled(call, meeting_id)
    kind = call.number("operate_type", least=ADMIT, most=REMOVE)
    if kind != REMOVE and "allow_rejoin" in call.body:
        raise Refusal(190004, "allow_rejoin is for operate_type 3 only")
    allow_rejoin = flag(call, "allow_rejoin") if "allow_rejoin" in call.body else True
    aimed = targets(call)
    if kind == PUT_OUTSIDE and any(target.device in ROOMS for target in aimed):
        raise Refusal(9103)
    move = _move(call, control)
    for target in aimed:
        if kind == PUT_OUTSIDE:
            _put_outside(call, move, target)
        else:
            _from_outside(call, move, target, kind, allow_rejoin)


@route("PUT", "/v1/real-control/meetings/<meeting_id>/kickout")
def kick_people_out(call: Call, meeting_id: str) -> None:
    """Remove people from the meeting; only the device that is named leaves.

    Source: document 57947.
    """
    control = controlled(call, meeting_id)
    allow_rejoin, aimed = flag(call, "allow_rejoin"), targets(call)
    if any(target.device == MRA for target in aimed) and not call.body.get("reason"):
        raise Refusal(190004, "reason is required for MRA")
    move = _move(call, control)
    for target in aimed:
        visits = [visit for visit in here(control.meeting, target) if visit.device == target.device]
        struck(call, visits)
        for visit in visits:
            kick_out(move, visit, allow_rejoin)


@route("PUT", "/v1/real-control/meetings/<meeting_id>/names")
def rename_people(call: Call, meeting_id: str) -> None:
    """Give people other displayed names on all their devices; a co-host may not rename hosts.

    Source: document 67794.
    """
    control = controlled(call, meeting_id)
    aimed = targets(call, renames=True)
    if not all(1 <= len(target.nick_name) <= MOST_NICK_NAME for target in aimed):
        raise Refusal(190004, f"nick_name takes 1 to {MOST_NICK_NAME} characters")
    if not control.full and any(_hosts(control.meeting, target) for target in aimed):
        raise Refusal(9042, "only the host renames hosts and co-hosts")
    for target in aimed:
        found = here(control.meeting, target) or _waiting(control.meeting, target)
        if struck(call, found):
            rename(control.meeting, target.ms_open_id, target.nick_name)


@route("PUT", "/v1/real-control/meetings/<meeting_id>/status")
def change_status(call: Call, meeting_id: str) -> None:
    """Change settings of the running meeting; what is not sent stays.

    Source: document 57944.
    """
    meeting, wanted = controlled(call, meeting_id).meeting, call.body
    given = {name: flag(call, name) for name in FLAGS if name in wanted}
    chosen = {name: call.number(name) for name in CHOICES if name in wanted}
    if any(value not in CHOICES[name] for name, value in chosen.items()):
        raise Refusal(190004, "participant_join_mute and allow_chat must be 0, 1 or 2")
    room = meeting.room
    room.status |= given | chosen
    if "auto_waiting_room" in given:
        meeting.settings["auto_in_waiting_room"] = given["auto_waiting_room"]
    if "meeting_locked" in given:
        room.locked_at = call.now if given["meeting_locked"] else None
    if "only_enterprise_user_allowed" in given:
        meeting.settings["only_enterprise_user_allowed"] = given["only_enterprise_user_allowed"]
        room.staff_only_at = call.now if given["only_enterprise_user_allowed"] else None


def _put_outside(call: Call, move: Move, target: Target) -> None:
    visits = here(move.meeting, target)
    if struck(call, visits):
        for visit in visits:
            put_outside(move, visit)


def _from_outside(call: Call, move: Move, target: Target, kind: int, allow_rejoin: bool) -> None:
    waits = _waiting(move.meeting, target)
    struck(call, waits)
    for wait in waits:
        if kind == ADMIT:
            admit(move, wait)
        else:
            remove(move, wait, allow_rejoin)


def _waiting(meeting: Meeting, target: Target) -> list[Wait]:
    """Return the waits of a person, none where the device named is not among them."""
    waits = [each for each in meeting.room.waiting() if each.visit.identity.ms_open_id == target.ms_open_id]
    return waits if any(each.visit.device == target.device for each in waits) else []


def _hosts(meeting: Meeting, target: Target) -> bool:
    return any(visit.role in HOSTS for visit in here(meeting, target))


def _move(call: Call, control: Control) -> Move:
    return Move(call.state, control.meeting, control.by, call.now)
