"""Enrolment of meetings and webinars: configuration, approvals, withdrawal, look-up."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.sandbox.calls import MANAGE, VIEW, Call, Handler, route
from portal.sandbox.enrolling import (
    APPROVED,
    PENDING,
    REJECTED,
    Register,
    ms_open_ids,
)
from portal.sandbox.errors import Refusal
from portal.sandbox.events import tell_enrolment
from portal.sandbox.meeting import Enrolment, Meeting
from portal.sandbox.questions import checked_questions
from portal.sandbox.shapes import seconds
from portal.sandbox.world import User

MOST_IDS = 500
MOST_DESCRIPTION, MOST_COVERS = 5_000, 5
OVER = ("MEETING_STATE_NULL", "MEETING_STATE_RECYCLED")
DECISIONS = {1: PENDING, 2: REJECTED, 3: APPROVED}
BEIJING = timedelta(hours=8)
PLAIN_RULES = (
    "approve_type", "is_collect_question", "no_registration_needed_for_staff", "enroll_number",
    "enroll_deadline", "display_number_of_participants", "enroll_description",
)


def both(method: str, rest: str, scopes: tuple[str, ...] = (MANAGE,)) -> Callable[[Handler], Handler]:
    """Register an enrolment call under meetings and under webinars."""

    def register(handler: Handler) -> Handler:
        for kind in ("meetings", "webinars"):
            path = f"/v1/{kind}/<meeting_id>/enroll/{rest}"
            route(method, path, scopes=scopes)(_of_kind(handler, kind == "webinars"))
        return handler

    return register


def _of_kind(handler: Handler, webinar: bool) -> Handler:
    def checked(call: Call, meeting_id: str) -> dict[str, Any] | str | None:
        return handler(call, _enrolling(call, meeting_id, webinar))

    return checked


def _enrolling(call: Call, meeting_id: str, webinar: bool) -> Meeting:
    """Return the meeting with enrolment on; only its creator gets it."""
    meeting = call.state.meeting(meeting_id, webinar)
    call.reach(meeting)
    actor = _actor(call)
    if actor is not meeting.creator:
        raise Refusal(107)
    if not meeting.enrol_on:
        raise Refusal(101)
    return meeting


def _actor(call: Call) -> User:
    # Older texts of the two GET calls still know `userid`.
    return call.operator() if "operator_id" in call.given or call.body else call.user()


@both("GET", "config", (VIEW, MANAGE))
def read_config(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Return the configuration; cover images are base64 on reading.

    Source: document 64009.
    """
    call.client()
    rules = meeting.enrol
    shown: dict[str, Any] = {"meeting_id": meeting.meeting_id, "enroll_push_type": rules.enroll_push_type}
    shown |= {name: getattr(rules, name) for name in PLAIN_RULES}
    shown["cover_image"] = [base64.b64encode(url.encode()).decode() for url in rules.cover_image]
    if rules.is_collect_question == 2:
        shown["question_list"] = rules.question_list
    return shown


@both("PUT", "config")
def write_config(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Change the configuration; what is omitted stays.

    Source: document 64007.
    """
    call.client()
    wanted, rules = call.body, meeting.enrol
    for name in ("approve_type", "is_collect_question"):
        if wanted.get(name, 1) not in (1, 2):
            raise Refusal(190004, f"{name} must be 1 or 2")
    deadline = str(wanted.get("enroll_deadline") or "")
    if deadline and (not seconds(deadline) or int(deadline) <= call.now):
        raise Refusal(190004, "enroll_deadline must be in the future")
    if "enroll_number" in wanted and call.number("enroll_number") < 1:
        raise Refusal(190004, "enroll_number must be at least 1")
    questions = checked_questions(wanted["question_list"]) if "question_list" in wanted else None
    most = int(call.state.switches["questions_most"])
    if most and questions and len(questions) > most:
        raise Refusal(190004, f"question_list takes {most} questions")
    if len(wanted.get("enroll_description", "")) > MOST_DESCRIPTION or len(wanted.get("cover_image", [])) > MOST_COVERS:
        raise Refusal(190004, "enroll_description takes 5000 characters, cover_image 5 pictures")
    for name in PLAIN_RULES:
        if name in wanted:
            setattr(rules, name, wanted[name])
    rules.enroll_push_type = wanted.get("enroll_push_type") or rules.enroll_push_type
    covers = wanted.get("cover_image") or rules.cover_image
    # An empty text in the list asks for the platform's own picture.
    rules.cover_image = [] if "" in covers else covers
    rules.question_list = rules.question_list if questions is None else questions
    count = len(rules.question_list) if rules.is_collect_question == 2 else 0
    return {"meeting_id": meeting.meeting_id, "question_count": count}


@both("GET", "approvals", (VIEW, MANAGE))
def list_approvals(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Return one page of registrations; the list is absent where it would be empty.

    Source: document 64011, 62022.
    """
    call.client()
    status = call.number("status", 0, most=3)
    page = call.number("page", least=1)
    size = call.number("page_size", least=1, most=int(call.state.switches["approvals_page_max"]))
    found = [each for each in meeting.enrolments.values() if status in (0, each.status)]
    chosen = found[(page - 1) * size : page * size]
    # The key itself is missing from an empty page.
    answer: dict[str, Any] = {
        "total_count": len(found), "total_page": -(-len(found) // size),
        "current_page": page, "current_size": len(chosen),
    }
    if chosen:
        people = ms_open_ids(meeting, call.state.world, bool(call.state.switches["ms_open_id_of_unknown_phone"]))
        answer["enroll_list"] = [_record(call, meeting, each, people[each.enroll_id]) for each in chosen]
    return answer


@both("PUT", "approvals")
def decide(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Approve, reject or withdraw the approval of registrations.

    Source: document 64010, 62023.
    """
    if call.number("action") not in DECISIONS:
        raise Refusal(190004, "action must be 1, 2 or 3")
    ids = call.body.get("enroll_id_list")
    if not isinstance(ids, list) or not ids or not all(type(each) is int for each in ids):
        raise Refusal(190004, "enroll_id_list must be a list of integers")
    batch = int(call.state.switches["approvals_batch"])
    if batch and len(ids) > batch:
        raise Refusal(190004, f"enroll_id_list takes {batch} ids")
    if call.state.switches["ended_refuses_approvals"] and _is_over(call, meeting):
        raise Refusal(129)
    if not all(each in meeting.enrolments for each in ids):
        raise Refusal(112)
    for each in ids:
        meeting.enrolments[each].status = DECISIONS[call.number("action")]
    return {"meeting_id": meeting.meeting_id, "handled_count": len(ids)}


@both("DELETE", "unregistration")
def unregister(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Withdraw registrations, made by hand or imported.

    Source: document 67899, 67921.
    """
    call.client()
    wanted = call.body.get("enroll_id_list")
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Refusal(190004, "enroll_id_list must be a list of objects")
    removed = [meeting.enrolments.pop(each.get("enroll_id"), None) for each in wanted]
    gone = [each for each in removed if each is not None]
    for each in gone:
        tell_enrolment(call.state, meeting, each, cancelled=True)
    return {"total_count": len(gone)}


@both("POST", "ids", (VIEW, MANAGE))
def look_up_ids(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Return the registration of each person seen; the list is absent where nobody has one.

    Source: document 71935, 71938.
    """
    call.client()
    wanted = call.body.get("ms_open_id_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_IDS:
        raise Refusal(190004, f"ms_open_id_list takes 1 to {MOST_IDS} ids")
    register = Register(meeting)
    imported_first = call.number("sorting_rules", 1, least=1, most=2) == 1
    pairs = [
        {"ms_open_id": each, "enroll_id": found.enroll_id}
        for each in wanted
        if each in meeting.identities
        and (found := register.of(meeting.identities[each], imported_first)) is not None
    ]
    answer: dict[str, Any] = {"meeting_id": meeting.meeting_id}
    return answer | ({"enroll_id_list": pairs} if pairs else {})


def _record(call: Call, meeting: Meeting, enrolment: Enrolment, ms_open_id: str) -> dict[str, Any]:
    local = datetime.fromtimestamp(enrolment.made_at, UTC) + BEIJING
    # Webinars write the time with slashes, meetings with dashes.
    shape = "%Y/%m/%d %H:%M" if meeting.webinar else "%Y-%m-%d %H:%M:%S"
    return {
        "enroll_id": enrolment.enroll_id, "status": enrolment.status, "enroll_time": local.strftime(shape),
        "enroll_source_type": enrolment.source, "nick_name": enrolment.nick_name,
        "userid": enrolment.userid if _shows_userid(call) else "", "open_id": _open_id(call, meeting, enrolment),
        "ms_open_id": ms_open_id, "enroll_code": enrolment.code, "answer_list": _answers(call, enrolment),
    }


def _is_over(call: Call, meeting: Meeting) -> bool:
    """Tell whether a meeting was held and its end has passed, or whether it was cancelled."""
    held = any(holding.visits for holding in meeting.holdings.values())
    return meeting.cancelled or (held and meeting.status(call.now) in OVER)


def _shows_userid(call: Call) -> bool:
    return not call.caller.oauth or bool(call.state.switches["approvals_userid_under_oauth"])


def _open_id(call: Call, meeting: Meeting, enrolment: Enrolment) -> str:
    """Return the open_id of a registrant who authorised the app that made the meeting, else nothing."""
    members = meeting.creator.enterprise.users if meeting.creator.enterprise else {}
    user = members.get(enrolment.userid)
    if user and meeting.origin == "oauth" and call.state.tokens.authorised(user):
        return user.open_id
    return enrolment.open_id


def _answers(call: Call, enrolment: Enrolment) -> list[dict[str, Any]]:
    if not call.state.switches["special_type_as_text"]:
        return enrolment.answers
    return [answer | {"special_type": str(answer["special_type"])} for answer in enrolment.answers]
