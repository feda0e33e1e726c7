"""Who controls a running meeting, and at whom a call is aimed."""

from dataclasses import dataclass
from typing import Any

from portal.sandbox.calls import Call
from portal.sandbox.door import HOSTS
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.visits import Identity, Visit

MS_OPEN_ID = 4
CO_HOSTS = (6, 7)


@dataclass(frozen=True, slots=True)
class Control:
    """A meeting with somebody who may control it; `full` is what a co-host lacks."""

    meeting: Meeting
    by: Identity
    full: bool


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody a call is aimed at, and the device they are said to use."""

    ms_open_id: str
    device: int
    nick_name: str = ""


def controlled(call: Call, meeting_id: str) -> Control:
    """Return a running meeting and its operator; raises 9042 for anybody but creator, host and co-host."""
    meeting = call.state.meeting(meeting_id)
    call.reach(meeting)
    by = controller(call, meeting)
    inside = meeting.inside()
    if not inside:
        raise Refusal(190308)
    own = [visit for visit in inside if visit.identity is by]
    # Whoever is in must name a device in use; a creator who stayed away is not asked (7.6).
    device = call.number("instanceid")
    if own and device not in [visit.device for visit in own]:
        raise Refusal(190004, "instanceid is not a device the operator uses in this meeting")
    return Control(meeting, by, _owner(meeting, by) or any(visit.role not in CO_HOSTS for visit in own))


def controller(call: Call, meeting: Meeting) -> Identity:
    """Return who acts: creator, designated host, or somebody inside as host or co-host; raises 9042."""
    if call.number("operator_id_type") == MS_OPEN_ID:
        by = meeting.identities.get(call.text("operator_id"))
        foreign = call.caller.oauth and by is not None and by.user is not call.caller.user
    else:
        by, foreign = meeting.account(call.operator()), False
    # An OAuth-made meeting answers AK/SK only in its creator's name.
    if by is not None and not call.caller.oauth and meeting.origin == "oauth":
        foreign = by.user is not meeting.creator
    hosts = by is not None and any(visit.identity is by and visit.role in HOSTS for visit in meeting.inside())
    if by is None or foreign or not (hosts or _owner(meeting, by)):
        raise Refusal(9042)
    return by


def targets(call: Call, *, renames: bool = False) -> list[Target]:
    """Return the people in `users`; raises 190004 for a list that is not as documented."""
    entries = objects(call, "users", int(call.state.switches["users_per_control"]))
    return [_target(entry, renames) for entry in entries]


def objects(call: Call, name: str, most: int) -> list[dict[str, Any]]:
    """Return a required list of one to `most` objects; raises 190004."""
    entries = call.body.get(name)
    if not isinstance(entries, list) or not 1 <= len(entries) <= most:
        raise Refusal(190004, f"{name} takes 1 to {most} entries")
    if not all(isinstance(entry, dict) for entry in entries):
        raise Refusal(190004, f"{name} must be a list of objects")
    return entries


def flag(call: Call, name: str) -> bool:
    """Return a required truth value; raises 190004."""
    value = call.body.get(name)
    if not isinstance(value, bool):
        raise Refusal(190004, f"{name} must be true or false")
    return value


def struck(call: Call, found: list[Any]) -> bool:
    """Tell whether a target was found; nobody there is no effect, or 190004 where the switch says so."""
    if not found and call.state.switches["absent_target"] == "refuse":
        raise Refusal(190004, "this person does not use that device here")
    return bool(found)


def here(meeting: Meeting, target: Target) -> list[Visit]:
    """Return the visits that a person has open, none where the device named is not among them."""
    visits = [visit for visit in meeting.inside() if visit.identity.ms_open_id == target.ms_open_id]
    return visits if any(visit.device == target.device for visit in visits) else []


def _target(entry: dict[str, Any], renames: bool) -> Target:
    name = "ms_open_id" if renames else "to_operator_id"
    ms_open_id, device = entry.get(name), entry.get("instanceid")
    if not isinstance(ms_open_id, str) or not ms_open_id:
        raise Refusal(190004, f"{name} is required")
    if not isinstance(device, int) or isinstance(device, bool):
        raise Refusal(190004, "instanceid must be an integer")
    if entry.get("to_operator_id_type", MS_OPEN_ID) != MS_OPEN_ID:
        raise Refusal(190004, "to_operator_id_type must be 4")
    return Target(ms_open_id, device, str(entry.get("nick_name") or ""))


def _owner(meeting: Meeting, by: Identity) -> bool:
    user = by.user
    if user is None:
        return False
    return user is meeting.creator or (user.enterprise is meeting.creator.enterprise and user.userid in meeting.hosts)
