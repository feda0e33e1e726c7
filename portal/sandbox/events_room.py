"""Events of waiting, admission, roles and called telephones, as the platform words them."""

from dataclasses import dataclass
from typing import Any

from portal.sandbox.events import PLAIN, THIRD_PARTY, Audience, Sending, meeting_info, person, tell
from portal.sandbox.meeting import Meeting
from portal.sandbox.room import Callout
from portal.sandbox.rows import tag_shown
from portal.sandbox.state import State
from portal.sandbox.visits import Identity, Visit

HOST_WAIT = "meeting.participant-jbh-waiting"
JOINED_ROOM = "meeting.participant-joined-waiting-room"
LEFT_ROOM = "meeting.participant-left-waiting-room"
ADMITTED_IN = "meeting.participant-admitted"
PUT_OUTSIDE = "meeting.participant-put-in-waiting-room"
ROLE_CHANGED, WEBINAR_ROLE_CHANGED = "meeting.participant-role-changed", "webinar.participant-role-changed"
PHONE_STATUS = "meeting.phone.participant-status-updated"
# In these two the person acts; in all others somebody acts on the person.
BY_THE_PERSON = (HOST_WAIT, JOINED_ROOM)
TAGGED = (JOINED_ROOM, ADMITTED_IN)


@dataclass(frozen=True, slots=True)
class About:
    """Who an event is about, when it happened, and who did it; the creator where nobody is named."""

    visit: Visit
    at: int
    by: Identity | None = None


def tell_room(
    state: State, event: str, meeting: Meeting, sub_meeting_id: str, about: About,
    sending: Sending = PLAIN, **extra: Any,
) -> None:
    """Send that somebody waits, was let in or put out, or has another role; `extra` goes beside operator."""
    role = {"user_role": extra.pop("user_role")} if "user_role" in extra else {}

    def entry(audience: Audience) -> dict[str, Any]:
        shown = _shown(state, audience, about.visit) | role
        told: dict[str, Any] = {"operate_time": about.at * 1000 + 155, "operator": shown}
        if event not in BY_THE_PERSON:
            by = about.by or meeting.account(meeting.creator)
            actor = shown if by is about.visit.identity else person(state, audience, by, "1")
            told |= {"operator": actor, "to_operator": _affected(event, meeting, about.visit, shown)}
        told |= extra | {"meeting_info": meeting_info(state, audience, meeting, sub_meeting_id)}
        if event in TAGGED and about.visit.customer_data:
            told["extend_info"] = {"customer_data": tag_shown(about.visit.customer_data, state.switches)}
        return told

    tell(state, event, meeting, entry, sending)


def tell_phone(state: State, meeting: Meeting, callout: Callout, by: Identity | None, at: int) -> None:
    """Send how far a call-out is; neither number nor creator are told."""

    def entry(audience: Audience) -> dict[str, Any]:
        info = meeting_info(state, audience, meeting, callout.sub_meeting_id)
        del info["creator"]
        actor = by or meeting.account(meeting.creator)
        return {
            "operate_time": at * 1000 + 155, "operator": _phone_operator(state, audience, callout, actor),
            "meeting_info": info, "status": callout.status,
        }

    tell(state, PHONE_STATUS, meeting, entry)


def role_event(meeting: Meeting) -> str:
    """Return the name of a meeting's role event."""
    return WEBINAR_ROLE_CHANGED if meeting.webinar else ROLE_CHANGED


def _shown(state: State, audience: Audience, visit: Visit) -> dict[str, Any]:
    name = visit.name.decode("utf-8", "replace")
    return person(state, audience, visit.identity, str(visit.device)) | {"user_name": name, "nick_name": name}


def _affected(event: str, meeting: Meeting, visit: Visit, shown: dict[str, Any]) -> dict[str, Any]:
    if event in (ROLE_CHANGED, WEBINAR_ROLE_CHANGED):
        return {name: value for name, value in shown.items() if name != "uuid"}
    user = visit.identity.user
    colleague = user is not None and user.enterprise is not None and user.enterprise is meeting.creator.enterprise
    # An admitted person's name is told within the same enterprise only.
    return shown if event != ADMITTED_IN or colleague else shown | {"user_name": ""}


def _phone_operator(state: State, audience: Audience, callout: Callout, by: Identity) -> dict[str, Any]:
    """Return whom the event calls operator: the called person once there is one, else the caller."""
    if callout.visit is None:
        return person(state, audience, by, "1")
    shown = _shown(state, audience, callout.visit)
    # The page's list of fields has neither number nor uuid.
    return {name: shown[name] for name in ("userid", "ms_open_id", "user_name", "instance_id")}


def tell_app(state: State, event: str, visit: Visit) -> None:
    """Send to the OAuth app that somebody opened or closed its page; the event names no meeting."""
    user, app = visit.identity.user, state.world.app
    operator: dict[str, Any] = {
        "uuid": visit.identity.ms_open_id, "ms_open_id": visit.identity.ms_open_id, "instance_id": str(visit.device),
    }
    if user is not None and state.tokens.authorised(user):
        corp = user.enterprise.open_corp_id if user.enterprise else ""
        operator |= {"open_id": user.open_id, "userid": user.open_id, "open_corp_id": corp}
    moment = "app_open_time" if event == "app.open" else "app_close_time"
    sdk_id = int(app.sdk_id) if state.switches["sdk_id_in_events"] == "number" else app.sdk_id
    entry = {
        "operate_time": int(state.clock() * 1000), "operator": operator,
        "app_info": {"sdk_id": sdk_id, "app_name": app.name, moment: state.now()},
    }
    state.outbox.send(app, THIRD_PARTY, event, [entry])
