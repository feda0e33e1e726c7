"""Events as the platform words them, for the OAuth app and for an enterprise's own app."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.sandbox.courier import Hook
from portal.sandbox.meeting import Enrolment, Identity, Meeting, Visit
from portal.sandbox.rows import tag_shown
from portal.sandbox.state import State
from portal.sandbox.world import Enterprise, User

WEBINAR = 6
BY_PERSON = 0
IN_BREAKOUT = (1, 4)
FROM_REST = 6
THIRD_PARTY = "third_party"


@dataclass(frozen=True, slots=True)
class Audience:
    """One address that hears of a meeting, and whose ids it understands."""

    hook: Hook
    to: str
    enterprise: Enterprise | None

    def id_of(self, state: State, user: User | None) -> tuple[str, str]:
        """Return userid and open_id of an account as this audience sees them."""
        if user is None:
            return "", ""
        if self.enterprise is None:
            open_id = user.open_id if state.tokens.authorised(user) else ""
            return open_id, open_id
        return (user.userid if user.enterprise is self.enterprise else ""), ""


@dataclass(frozen=True, slots=True)
class Sending:
    """How one event is sent: lost on the way, sent twice."""

    lost: bool = False
    times: int = 1
    bad_signature: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A way between rooms: 0 main meeting, 1 breakout, 2 main to breakout, 3 back, 4 breakout from or to outside."""

    at: int
    scene: int


Entry = Callable[[Audience], dict[str, Any]]
PLAIN = Sending()


def audiences(state: State, meeting: Meeting) -> list[Audience]:
    """Return who hears of a meeting."""
    found: list[Audience] = []
    enterprise = meeting.creator.enterprise
    heard = state.switches["app_hears_client_meetings"] and state.tokens.authorised(meeting.creator)
    if meeting.origin == "oauth" or heard:
        found.append(Audience(state.world.app, THIRD_PARTY, None))
    if enterprise and (meeting.origin != "oauth" or state.switches["enterprise_hears_oauth_meetings"]):
        found.append(Audience(enterprise, enterprise.app_id, enterprise))
    return found


def tell(state: State, event: str, meeting: Meeting, entry: Entry, sending: Sending = PLAIN) -> None:
    """Send one event to everybody who hears of the meeting."""
    for audience in audiences(state, meeting):
        trace_id = str(uuid.uuid4())
        for _ in range(sending.times):
            state.outbox.send(
                audience.hook, audience.to, event, [entry(audience)], meeting.meeting_id, trace_id,
                sending.bad_signature, sending.lost,
            )


def tell_meeting(
    state: State, event: str, meeting: Meeting, sub_meeting_id: str = "",
    at_ms: int = 0, sending: Sending = PLAIN, **extra: Any,
) -> None:
    """Send an event of a meeting's life; its creator acts."""
    # One meeting may end several times: for the person who ends it, and for the room that empties.
    ends = state.switches.words("meeting_end_types") if extra.get("meeting_end_type") == BY_PERSON else []
    for each in [{"meeting_end_type": int(end)} for end in ends] or [extra]:
        _tell_meeting(state, event, meeting, sub_meeting_id, at_ms, sending, each)


def _tell_meeting(
    state: State, event: str, meeting: Meeting, sub_meeting_id: str,
    at_ms: int, sending: Sending, extra: dict[str, Any],
) -> None:

    def entry(audience: Audience) -> dict[str, Any]:
        return {
            "operate_time": at_ms or int(state.clock() * 1000),
            "operator": person(state, audience, meeting.account(meeting.creator), "1"),
            **extra,
            "meeting_info": meeting_info(state, audience, meeting, sub_meeting_id),
        }

    tell(state, event, meeting, entry, sending)


def tell_move(state: State, event: str, meeting: Meeting, sub_meeting_id: str, identity: Identity, move: Move) -> None:
    """Send that somebody goes between the main meeting and a breakout room."""

    def entry(audience: Audience) -> dict[str, Any]:
        info = meeting_info(state, audience, meeting, sub_meeting_id)
        scene = {"meeting_id_type": int(move.scene in IN_BREAKOUT), "action_scene_type": move.scene}
        return {
            "operate_time": move.at * 1000 + 155, "operator": person(state, audience, identity, "1"),
            "meeting_info": info | scene,
        }

    tell(state, event, meeting, entry)


def tell_visit(
    state: State, event: str, meeting: Meeting, sub_meeting_id: str, visit: Visit, at: int,
    sending: Sending = PLAIN,
) -> None:
    """Send that somebody joined or left."""

    def entry(audience: Audience) -> dict[str, Any]:
        operator = person(state, audience, visit.identity, str(visit.device))
        operator["user_name"] = visit.name.decode("utf-8", "replace")
        info = meeting_info(state, audience, meeting, sub_meeting_id)
        told: dict[str, Any] = {
            # Milliseconds after the second, as a platform's clock gives them.
            "operate_time": at * 1000 + 155,
            "operator": operator,
            "meeting_info": info | {"meeting_id_type": 0, "action_scene_type": 0},
        }
        if visit.customer_data:
            told["extend_info"] = {"customer_data": tag_shown(visit.customer_data, state.switches)}
        return told

    tell(state, event, meeting, entry, sending)


def tell_enrolment(state: State, meeting: Meeting, enrolment: Enrolment, cancelled: bool = False) -> None:
    """Send that somebody enrolled or withdrew; there is no meeting_info."""
    event = "enroll.cancel" if cancelled else str(state.switches["enroll_event_name"])
    enrol_info: dict[str, Any] = {"meeting_id": meeting.meeting_id, "enroll_id": enrolment.enroll_id}
    if state.switches["enroll_event_answers"] and not cancelled:
        enrol_info["answer_list"] = [_told_answer(answer) for answer in enrolment.answers]

    def entry(audience: Audience) -> dict[str, Any]:
        identity = meeting.identify(enrolment.person, enrolment.nick_name) if enrolment.person else None
        ms_open_id = identity.ms_open_id if identity else ""
        operator = {"userid": "", "user_name": enrolment.nick_name, "ms_open_id": ms_open_id}
        return {"operate_time": int(state.clock() * 1000), "operator": operator, "enroll_info": enrol_info}

    tell(state, event, meeting, entry)


def tell_authorised(state: State, user: User) -> None:
    """Send that a user authorised the OAuth app."""
    _tell_app(state, "oauth.auth-user", user, "oauth_open_id_list")


def tell_withdrawn(state: State, user: User) -> None:
    """Send that a user withdrew the authorisation."""
    _tell_app(state, "oauth.cancel-auth", user, "cancel_open_id_list")


def person(state: State, audience: Audience, identity: Identity, device: str) -> dict[str, Any]:
    """Return a person block; unknown fields are left out as the platform leaves them out."""
    userid, open_id = audience.id_of(state, identity.user)
    block: dict[str, Any] = {
        "userid": userid, "uuid": identity.ms_open_id, "ms_open_id": identity.ms_open_id,
        "user_name": identity.name, "instance_id": device,
    }
    if open_id:
        block["open_id"] = open_id
    if identity.pstn_number:
        block |= {"pstn_number": identity.pstn_number, "uuid": ""}
    return block


def meeting_info(state: State, audience: Audience, meeting: Meeting, sub_meeting_id: str) -> dict[str, Any]:
    """Return the block that names the meeting; times are seconds."""
    info: dict[str, Any] = {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code, "subject": meeting.subject,
        "creator": person(state, audience, meeting.account(meeting.creator), "1"),
        "meeting_type": WEBINAR if meeting.webinar else int(meeting.recurring),
        "start_time": meeting.start, "end_time": meeting.end,
        "meeting_create_mode": int(meeting.instant),
        "meeting_create_from": 1 if meeting.origin == "client" else FROM_REST,
    }
    if sub_meeting_id:
        start, end = meeting.booked(sub_meeting_id)
        info |= {
            "sub_meeting_id": sub_meeting_id, "sub_meeting_start_time": start, "sub_meeting_end_time": end,
        }
    return info


def _told_answer(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as the event spells it, which differs from the REST spelling."""
    return {
        "question_id": answer["question_num"], "question_content": answer["question_title"],
        "answer_type": answer["question_type"], "is_required": answer["is_required"],
        "answer_content": answer["answer_content"],
    }


def _tell_app(state: State, event: str, user: User, list_name: str) -> None:
    app = state.world.app
    operator = {
        "userid": user.userid, "user_name": user.name, "app_id": app.corp_id, "open_id": user.open_id,
        "open_corp_id": user.enterprise.open_corp_id if user.enterprise else "", "role_type": user.role_type,
    }
    app_info = {
        "sdk_id": int(app.sdk_id) if state.switches["sdk_id_in_events"] == "number" else app.sdk_id,
        "app_name": app.name, "app_type": "USER_ACCOUNT_LEVEL", "is_app_publish": True,
        "app_classes": "APP_MARKETING_MANAGE", "app_create_time": 1_704_793_544, "app_status": "创建完成",
    }
    entry = {
        "operate_time": int(state.clock() * 1000), "operator": operator, "app_info": app_info,
        list_name: [{"open_id": user.open_id}],
    }
    state.outbox.send(app, THIRD_PARTY, event, [entry])
