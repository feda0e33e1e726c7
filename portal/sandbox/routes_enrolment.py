"""Enrolment of meetings and webinars: configuration, approvals, import, withdrawal, look-up."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.sandbox.calls import MANAGE, VIEW, Call, Handler, route
from portal.sandbox.enrolling import (
    APPROVED,
    IMPORTED,
    PENDING,
    REJECTED,
    Register,
    ms_open_ids,
    new_enrolment,
)
from portal.sandbox.errors import Refusal
from portal.sandbox.events import tell_enrolment
from portal.sandbox.meeting import Enrolment, Meeting
from portal.sandbox.questions import checked_questions
from portal.sandbox.shapes import seconds
from portal.sandbox.world import User

MOST_IMPORTED, MOST_IDS = 1_000, 500
QUOTAS = {"business": 1_000, "enterprise": 4_000}
DECISIONS = {1: PENDING, 2: REJECTED, 3: APPROVED}
MAINLAND = re.compile(r"1[3-9]\d{9}")
ABROAD = re.compile(r"\d{5,15}")
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
    questions = checked_questions(wanted["question_list"] or []) if "question_list" in wanted else None
    for name in PLAIN_RULES:
        if name in wanted:
            setattr(rules, name, wanted[name])
    rules.enroll_push_type = wanted.get("enroll_push_type") or rules.enroll_push_type
    rules.cover_image = wanted.get("cover_image") or rules.cover_image
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
        people = ms_open_ids(meeting)
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
    if not all(each in meeting.enrolments for each in ids):
        raise Refusal(112)
    for each in ids:
        meeting.enrolments[each].status = DECISIONS[call.number("action")]
    return {"meeting_id": meeting.meeting_id, "handled_count": len(ids)}


@both("POST", "import")
def import_rows(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Import up to 1,000 rows; some may vanish without a word.

    Source: document 67898, 67920.
    """
    call.client()
    rows = call.body.get("enroll_list")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IMPORTED:
        raise Refusal(190004, f"enroll_list takes 1 to {MOST_IMPORTED} rows")
    quota = QUOTAS[meeting.creator.enterprise.edition if meeting.creator.enterprise else "business"]
    imported = sum(each.source == IMPORTED for each in meeting.enrolments.values())
    if imported + len(rows) > quota:
        raise Refusal(190004, f"导入人数超过上限 {quota}")
    unknown: list[str] = []
    former = {_key(each): each for each in meeting.enrolments.values() if each.source == IMPORTED}
    made = [one for row in rows if (one := _import(call, meeting, row, unknown, former)) is not None]
    return {
        "total_count": len(made), "enroll_list": [_imported(each) for each in made],
        "user_non_registered": unknown,
    }


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
    imported_first = call.number("sorting_rules", 1) == 1
    pairs = [
        {"ms_open_id": each, "enroll_id": found.enroll_id}
        for each in wanted
        if each in meeting.identities
        and (found := register.of(meeting.identities[each], imported_first)) is not None
    ]
    answer: dict[str, Any] = {"meeting_id": meeting.meeting_id}
    return answer | ({"enroll_id_list": pairs} if pairs else {})


def _import(
    call: Call, meeting: Meeting, row: dict[str, Any], unknown: list[str], former: dict[str, Enrolment]
) -> Enrolment | None:
    """Import one row; returns nothing where the platform drops it."""
    meeting.imported_rows += 1
    switches = call.state.switches
    known = _known(call, meeting, row, unknown)
    every = int(switches["import_drop_every"])
    if known is None or (every and meeting.imported_rows % every == 0):
        return None
    key = "|".join(known.get(name, "") for name in ("open_id", "userid", "area", "phone"))
    if key in former and switches["repeated_import"] == "same":
        return former[key]
    nick_name = str(row.get("nick_name") or "") or known.get("phone", "") or known["name"]
    known.pop("name", None)
    made = new_enrolment(
        meeting, status=APPROVED, made_at=call.now, source=IMPORTED, nick_name=nick_name, **known
    )
    former[key] = made
    return made


def _known(call: Call, meeting: Meeting, row: dict[str, Any], unknown: list[str]) -> dict[str, str] | None:
    """Return by which key a row is imported: open_id before userid before phone."""
    users = meeting.creator.enterprise.users if meeting.creator.enterprise else {}
    if row.get("open_id"):
        if not call.caller.oauth:
            raise Refusal(190004, "open_id is for OAuth only")
        user = call.state.world.by_open_id(str(row["open_id"]))
        authorised = call.state.tokens.authorised(user)
        return {"open_id": user.open_id, "name": user.name} if user and authorised else None
    if row.get("userid"):
        user = users.get(str(row["userid"]))
        if user is None:
            unknown.append(str(row["userid"]))
            return None
        return {"userid": user.userid, "name": user.name}
    area, phone = str(row.get("area", "")), str(row.get("phone_number", ""))
    if not area or not phone:
        raise Refusal(190004, "a row needs open_id, userid, or area and phone_number")
    shape = MAINLAND if area == "86" else ABROAD
    bad = call.state.switches["import_checks_phones"] and not shape.fullmatch(phone)
    return None if bad else {"area": area, "phone": phone}


def _key(enrolment: Enrolment) -> str:
    return "|".join((enrolment.open_id, enrolment.userid, enrolment.area, enrolment.phone))


def _imported(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "enroll_id": enrolment.enroll_id, "userid": enrolment.userid, "open_id": enrolment.open_id,
        "area": enrolment.area, "phone_number": enrolment.phone, "nick_name": enrolment.nick_name,
        "enroll_code": enrolment.code,
    }


def _record(call: Call, meeting: Meeting, enrolment: Enrolment, ms_open_id: str) -> dict[str, Any]:
    local = datetime.fromtimestamp(enrolment.made_at, UTC) + BEIJING
    # Webinars write the time with slashes, meetings with dashes.
    shape = "%Y/%m/%d %H:%M" if meeting.webinar else "%Y-%m-%d %H:%M:%S"
    return {
        "enroll_id": enrolment.enroll_id, "status": enrolment.status, "enroll_time": local.strftime(shape),
        "enroll_source_type": enrolment.source, "nick_name": enrolment.nick_name,
        "userid": "" if call.caller.oauth else enrolment.userid, "open_id": enrolment.open_id,
        "ms_open_id": ms_open_id, "enroll_code": enrolment.code, "answer_list": enrolment.answers,
    }
