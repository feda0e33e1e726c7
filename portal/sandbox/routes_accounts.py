"""Account-level lists of an enterprise: members, roles, meetings, departments; OAuth may not use them."""

from typing import Any

from portal.sandbox.calls import Call, route
from portal.sandbox.departments import BY_ID, Department, below, departments_of
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Holding, Meeting
from portal.sandbox.routes_directory import JOINED
from portal.sandbox.world import User

MOST_USERS, MOST_DEPARTMENTS, MOST_MEETINGS, USUAL = 100, 20, 100, 20
ENABLED = 1
OVER, LIVE, COMING = 1, 2, 3
ROLES = {"ADMIN_ROLE": "超级管理员", "MANAGER_ROLE": "管理员", "MEMBER_ROLE": "普通成员"}
STATES = {OVER: "MEETING_STATE_NULL", LIVE: "MEETING_STATE_STARTED", COMING: "MEETING_STATE_INIT"}
WEBINAR_TYPE = 6


@route("GET", "/v1/corp/users", oauth=False)
def list_account_users(call: Call) -> dict[str, Any]:
    """Return one page of all members of the account, by a cursor or by page.

    Source: document 52494.
    """
    _administrator(call)
    users = [user for user in _members(call) if _wanted(call, user)]
    size = call.number("page_size", least=1, most=MOST_USERS)
    pos = call.query.get("pos", "")
    page = _place(pos) if pos else call.number("page", 1, least=1)
    chosen = users[(page - 1) * size : page * size]
    more = page * size < len(users)
    answer = _paged(users, chosen, page, size) | {"users": [_member(user) for user in chosen], "has_remaining": more}
    return answer | ({"next_pos": f"p_{page + 1}"} if more else {})


@route("GET", "/v1/corp/user-roles", oauth=False)
def list_roles(call: Call) -> dict[str, Any]:
    """Return the roles of the account with how many members bear each.

    Source: the interface's page of 2021.
    """
    _administrator(call)
    codes = [user.role_code for user in _members(call)]
    roles = [
        {"role_code": code, "role_name": name, "role_desc": name, "role_member_nu": codes.count(code)}
        for code, name in ROLES.items()
    ]
    page, size = call.number("page", 1, least=1), call.number("page_size", USUAL, least=1, most=MOST_USERS)
    chosen = roles[(page - 1) * size : page * size]
    return _paged(roles, chosen, page, size) | {"user_role_list": chosen}


@route("GET", "/v1/corp/meetings", oauth=False)
def list_account_meetings(call: Call) -> dict[str, Any]:
    """Return one page of the account's meetings in one state; of those over, times are milliseconds.

    Source: document 52490, 52492.
    """
    _administrator(call)
    state = call.number("meeting_state", least=OVER, most=COMING)
    page, size = call.number("page", least=1), call.number("page_size", least=1, most=MOST_MEETINGS)
    start = call.number("start_time", 0)
    end = call.number("end_time", 2**40)
    rows = [row for meeting in _meetings(call) for row in _rows(meeting, state, call.now, start, end)]
    chosen = rows[(page - 1) * size : page * size]
    return _paged(rows, chosen, page, size) | {"meeting_info_list": chosen}


@route("GET", "/v1/departments", oauth=False)
def list_departments(call: Call) -> dict[str, Any]:
    """Return one page of departments: all, or those right below one.

    Source: document 60808.
    """
    _administrator(call, "userid", 190443)
    found = below(call.query.get("department_id"))
    page, size = _small_page(call)
    chosen = found[(page - 1) * size : page * size]
    return _paged(found, chosen, page, size) | {"department_list": [_department(each) for each in chosen]}


@route("GET", "/v1/departments/<department_id>/users", oauth=False)
def list_department_users(call: Call, department_id: str) -> dict[str, Any]:
    """Return one page of a department's members; their state is a number here.

    Source: document 60810.
    """
    _administrator(call, "userid", 190444)
    department = BY_ID.get(department_id)
    if department is None:
        raise Refusal(20000, "该企业部门信息不存在")
    found = [user for user in _members(call) if department.employs(user)]
    page, size = _small_page(call)
    chosen = found[(page - 1) * size : page * size]
    users = [_employed(user, department) for user in chosen]
    return _paged(found, chosen, page, size) | {"users": users}


def _administrator(call: Call, name: str = "", code: int = 500014) -> None:
    """Raise unless an administrator of the enterprise asks."""
    user = call.user(name) if name else call.operator()
    if user.role_type == 0:
        raise Refusal(code)


def _members(call: Call) -> list[User]:
    return list(call.caller.enterprise.users.values()) if call.caller.enterprise else []


def _wanted(call: Call, user: User) -> bool:
    query = call.query
    if "status" in query and call.number("status", most=2) != ENABLED:
        return False
    exact = {"userid": user.userid, "role_code": user.role_code}
    return all(query.get(name, value) == value for name, value in exact.items()) and (
        query.get("user_name", "") in user.name
    )


def _place(pos: str) -> int:
    """Return the page behind a cursor; raises 190004."""
    number = pos.removeprefix("p_")
    if not pos.startswith("p_") or not number.isascii() or not number.isdigit() or len(number) > 9 or number == "0":
        raise Refusal(190004, "pos is not a cursor of this list")
    return int(number)


def _small_page(call: Call) -> tuple[int, int]:
    return call.number("page", 1, least=1), call.number("page_size", USUAL, least=1, most=MOST_DEPARTMENTS)


def _paged(found: list[Any], chosen: list[Any], page: int, size: int) -> dict[str, int]:
    return {
        "current_page": page, "current_size": len(chosen), "total_count": len(found),
        "total_page": -(-len(found) // size),
    }


def _member(user: User) -> dict[str, Any]:
    departments = [
        {"id": each.department_id, "name": each.name, "full_name": each.full_name, "is_main": not each.parent}
        for each in departments_of(user)
    ]
    return {
        "userid": user.userid, "user_name": user.name, "area": "86", "update_time": JOINED, "avatar_url": "",
        "role_name": ROLES[user.role_code], "role_code": user.role_code, "phone": user.phone, "email": user.email,
        "status": ENABLED, "departments": departments, "enable_ai_account": False, "ai_account_type": 0,
    }


def _employed(user: User, department: Department) -> dict[str, Any]:
    return {
        "userid": user.userid, "user_name": user.name, "role_name": ROLES[user.role_code],
        "role_code": user.role_code, "area": "86", "phone": user.phone, "email": user.email, "status": ENABLED,
        "staff_id": "", "job_title": user.title, "entry_time": JOINED,
        "department_id": department.department_id, "department_name": department.name,
    }


def _department(department: Department) -> dict[str, Any]:
    return {
        "department_id": department.department_id, "department_name": department.name,
        "department_full_name": department.full_name, "is_main_department": not department.parent,
    }


def _meetings(call: Call) -> list[Meeting]:
    """Return the account's meetings, whoever made them and wherever."""
    query = call.query
    return [
        meeting
        for meeting in call.state.meetings.values()
        if meeting.creator.enterprise is call.caller.enterprise and not meeting.cancelled
        and query.get("meeting_code", meeting.code) == meeting.code
        and query.get("userid", meeting.creator.userid) == meeting.creator.userid
    ]


def _rows(meeting: Meeting, state: int, now: int, start: int, end: int) -> list[dict[str, Any]]:
    """Return a meeting's rows within a window of the scheduled start: one, or for what is over one a holding."""
    if state == OVER:
        held = ((key, holding) for key, holding in meeting.holdings.items() if holding.visits and not holding.inside())
        return [_held(meeting, key, each) for key, each in held if start <= meeting.booked(key)[0] <= end]
    live = bool(meeting.inside())
    fits = live if state == LIVE else (not live and meeting.last_end > now and not meeting.dismissed())
    begins = meeting.next_start(now)
    return [_running(meeting, state, now)] if fits and start <= begins <= end else []


def _basics(meeting: Meeting) -> dict[str, Any]:
    return {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code, "subject": meeting.subject,
        "userid": meeting.creator.userid, "nick_name": meeting.creator.name,
        "meeting_type": WEBINAR_TYPE if meeting.webinar else int(meeting.recurring),
    }


def _running(meeting: Meeting, state: int, now: int) -> dict[str, Any]:
    current = meeting.current(now)
    start, end = (current.start, current.end) if current else (meeting.start, meeting.end)
    return _basics(meeting) | {
        "start_time": start, "end_time": end, "online_member_num": len(meeting.inside()),
        "meeting_state": STATES[state],
    }


def _held(meeting: Meeting, sub_meeting_id: str, holding: Holding) -> dict[str, Any]:
    first = min(visit.join for visit in holding.visits)
    last = max(visit.left or visit.join for visit in holding.visits)
    stayed = sum((visit.left or visit.join) - visit.join for visit in holding.visits)
    people = {visit.identity.ms_open_id for visit in holding.visits}
    return _basics(meeting) | {
        "sub_meeting_id": sub_meeting_id, "start_time": first * 1000, "end_time": last * 1000,
        "participants_num": len(people), "meeting_duration": (last - first) * 1000,
        "user_meeting_duration": stayed * 1000, "meeting_state": STATES[OVER],
    }
