"""The enterprise's directory, the OAuth user's own data, and the bridge between their ids."""

from typing import Any

from portal.sandbox.calls import OPEN_ID, Call, route
from portal.sandbox.departments import BY_ID, HEAD, listed
from portal.sandbox.errors import Refusal
from portal.sandbox.events import tell_withdrawn
from portal.sandbox.routes_people import USER_SCOPES
from portal.sandbox.world import User

PAGE, ADVANCED_PAGE, USUAL_PAGE = 20, 100, 20
MOST_OPEN_IDS = 1_000
NORMAL = "1"
PREMIUM = 1
VERSIONS = {"business": 1, "enterprise": 2}
JOINED = "2026-01-05 09:00:00"
NOT_BY_UUID = ("avatar_url", "account_version", "user_account_type")
ADVANCED_STATES = (1, 3, 4)


@route("GET", "/v1/users/list", oauth=False)
def list_users(call: Call) -> dict[str, Any]:
    """Return one page of the enterprise's members.

    Source: document 43678.
    """
    call.operator()
    users = _members(call)
    page, size = call.number("page", least=1), call.number("page_size", least=1, most=PAGE)
    chosen = users[(page - 1) * size : page * size]
    return {
        "total_count": len(users), "current_size": len(chosen), "current_page": page, "page_size": size,
        "users": [_listed(user) | {"uuid": _uuid(user)} for user in chosen],
    }


@route("GET", "/v1/users/advance/list", oauth=False)
def list_users_by_cursor(call: Call) -> dict[str, Any]:
    """Return the members after a text cursor.

    Source: document 111210.
    """
    call.operator()
    users = _chosen(call)
    size = call.number("size", USUAL_PAGE, least=1, most=ADVANCED_PAGE)
    first = _after(users, call.query.get("pos", ""))
    chosen = users[first : first + size]
    more = first + size < len(users)
    return {
        "has_remaining": more, "next_pos": _cursor(users[first + size]) if more else "",
        "users": [_detailed(user) for user in chosen],
    }


@route("GET", "/v1/users/<userid>", oauth=False)
def read_user(call: Call, userid: str) -> dict[str, Any]:
    """Return one member with everything the directory knows.

    Source: document 57959.
    """
    call.operator()
    user = next((user for user in _members(call) if user.userid == userid), None)
    if user is None:
        raise Refusal(20001)
    return _detailed(user) | {"uuid": _uuid(user), "account_type": 0}


@route("GET", "/v1/users", oauth=False)
def read_user_by_uuid(call: Call) -> dict[str, Any]:
    """Return one member by the platform's own id, with less than by userid.

    Source: official SDK, which alone has this form.
    """
    call.operator()
    wanted = call.text("uuid")
    user = next((user for user in _members(call) if _uuid(user) == wanted), None)
    if user is None:
        raise Refusal(20001)
    shown = _listed(user) | {"uuid": _uuid(user)}
    return {name: value for name, value in shown.items() if name not in NOT_BY_UUID}


@route("POST", "/v1/users/open-id-to-userid", oauth=False)
def map_open_ids(call: Call) -> dict[str, Any]:
    """Return the userids behind open_ids of the OAuth app; foreign ones are listed as invalid.

    Source: document 82247.
    """
    if "operator_id" in call.body or call.state.switches["open_id_map_needs_operator"]:
        call.operator()
    open_ids = call.body.get("open_id_list")
    if not isinstance(open_ids, list) or not 1 <= len(open_ids) <= MOST_OPEN_IDS:
        raise Refusal(190004, f"open_id_list takes 1 to {MOST_OPEN_IDS} ids")
    if str(call.body.get("sdkid", "")) != call.state.world.app.sdk_id:
        return {"userid_list": [], "invalid_open_id_list": open_ids}
    known = {user.open_id: user.userid for user in _members(call)}
    return {
        "userid_list": [{"open_id": each, "userid": known[each]} for each in open_ids if each in known],
        "invalid_open_id_list": [each for each in open_ids if each not in known],
    }


@route("GET", "/v1/users/info/basic", aksk=False, scopes=USER_SCOPES)
def read_own_basics(call: Call) -> dict[str, Any]:
    """Return the OAuth user's name and kind of account; no phone and no e-mail.

    Source: document 67432.
    """
    user = call.operator()
    enterprise = user.enterprise
    return {
        "username": user.name, "avatar_url": "",
        "open_corp_id": enterprise.open_corp_id if enterprise else "",
        "open_corp_name": enterprise.name if enterprise else "",
        "status": NORMAL, "account_version": VERSIONS[enterprise.edition] if enterprise else 0,
        "account_type": 0, "user_account_type": PREMIUM if enterprise else 2,
        "add_on_largemeeting": 3 if enterprise else 0, "add_on_webinar": 8 if enterprise else 0,
        "enable_ai_account": False, "ai_account_type": 0, "phone_status": 1, "email_status": 2, "is_voov": 0,
    }


@route("PUT", "/v1/auth-users/cancel-auth", aksk=False, scopes=())
def cancel_authorisation(call: Call) -> None:
    """Let the OAuth user withdraw the authorisation; the tokens are dead at once.

    Source: document 73364.
    """
    if call.number("operator_id_type") != OPEN_ID or call.text("operator_id") != _own_open_id(call):
        raise Refusal(1004)
    if call.state.switches["cancel_auth_forbidden"]:
        raise Refusal(40)
    grant = call.state.tokens.withdraw(_own_open_id(call))
    if grant:
        tell_withdrawn(call.state, grant.user)


def _own_open_id(call: Call) -> str:
    return call.caller.user.open_id if call.caller.user else ""


def _members(call: Call) -> list[User]:
    return list(call.caller.enterprise.users.values()) if call.caller.enterprise else []


def _chosen(call: Call) -> list[User]:
    """Return the members that the filters of the advanced list leave; raises 190004 for an odd value."""
    status = call.number("status", 1)
    account_type = call.number("user_account_type", PREMIUM, least=PREMIUM, most=2)
    ai_account = call.query.get("enable_ai_account", "false").lower()
    if status not in ADVANCED_STATES or ai_account not in ("true", "false"):
        raise Refusal(190004, "status is 1, 3 or 4, enable_ai_account true or false")
    # Everybody here is a normal member with a bought account and without an AI one.
    if status != 1 or account_type != PREMIUM or ai_account == "true":
        return []
    department = BY_ID.get(call.query.get("department_id", HEAD))
    return [user for user in _members(call) if department is not None and department.employs(user)]


def _cursor(user: User) -> str:
    return f"u_{user.open_id[:12]}"


def _after(users: list[User], pos: str) -> int:
    if not pos:
        return 0
    for place, user in enumerate(users):
        if _cursor(user) == pos:
            return place
    raise Refusal(190004, "pos is not a cursor of this list")


def _uuid(user: User) -> str:
    return f"WU{user.open_id[::-1]}"


def _listed(user: User) -> dict[str, Any]:
    return {
        "userid": user.userid, "username": user.name, "area": "86", "phone": user.phone, "email": user.email,
        "status": NORMAL, "phone_status": 1, "avatar_url": "", "job_title": user.title, "staff_id": "",
        "entry_time": JOINED, "update_time": JOINED, "role_name": user.role_code, "role_code": user.role_code,
        "department_list": listed(user, detailed=False), "account_version": _version(user), "user_account_type": PREMIUM,
        "enable_ai_account": False, "ai_account_type": 0,
    }


def _detailed(user: User) -> dict[str, Any]:
    return _listed(user) | {
        "email_status": 2, "add_on_largemeeting": 0, "add_on_webinar": 0, "is_voov": 0,
        "department_list": listed(user, detailed=True),
    }


def _version(user: User) -> int:
    return VERSIONS[user.enterprise.edition] if user.enterprise else 0
