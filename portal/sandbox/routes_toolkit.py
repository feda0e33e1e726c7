"""In-client apps: bound to a meeting, their tickets, and the phone numbers people hand them."""

import secrets
from typing import Any

from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.client import PhoneToken, Ticket
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.operators import objects

MOST_CODE, MOST_TOOLS = 128, 20
ALL, OWN, LISTED = 0, 1, 2


@route("POST", "/v1/app/toolkit")
def bind_apps(call: Call) -> None:
    """Bind apps to a meeting; a later call replaces what was bound.

    Source: document 84398.
    """
    meeting = _bound(call)
    tools = [_tool(entry) for entry in objects(call, "tool_list", MOST_TOOLS)]
    known = {tool["tool_sdkid"] for tool in tools}
    wanted = {name: str(call.body.get(name) or "") for name in ("auto_open_sdkid", "toolbar_sdkid")}
    if wanted["toolbar_sdkid"] and wanted["toolbar_sdkid"] not in known:
        raise Refusal(190004, "toolbar_sdkid must be in tool_list")
    meeting.tools = {"tool_list": tools, **wanted}


@route("GET", "/v1/app/toolkit", scopes=(VIEW, MANAGE))
def read_bound_apps(call: Call) -> dict[str, Any]:
    """Return the apps bound to a meeting.

    Source: document 84399.
    """
    return _bound(call).tools or {"tool_list": [], "auto_open_sdkid": "", "toolbar_sdkid": ""}


@route("GET", "/v1/app/unique-code", scopes=(VIEW, MANAGE))
def read_unique_code(call: Call) -> dict[str, Any]:
    """Return the caller's own reference of its app in a meeting, or nothing.

    Source: document 84400.
    """
    sdk_id = call.caller.enterprise.sdk_id if call.caller.enterprise else call.state.world.app.sdk_id
    tools = _bound(call).tools.get("tool_list", [])
    code = next((tool["unique_code"] for tool in tools if tool["tool_sdkid"] == sdk_id), "")
    return {"unique_code": code}


@route("GET", "/v1/jsapi/ticket", scopes=())
def make_ticket(call: Call) -> dict[str, str]:
    """Return a ticket for one JSAPI signature of one user; everything is text.

    Source: document 83773, 83772.
    """
    user = call.caller.user or call.user()
    seconds = int(call.state.switches["ticket_seconds"])
    ticket = secrets.token_hex(32)
    call.state.client.tickets[ticket] = Ticket(user, call.now + seconds, call.caller.oauth)
    return {"ticket": ticket, "timestamp": str(call.now), "expired_time": str(seconds)}


@route("GET", "/v1/user/info/phonenumber", scopes=())
def read_phone(call: Call) -> dict[str, Any]:
    """Return the phone number behind a token, once.

    Source: document 84043.
    """
    switches, client = call.state.switches, call.state.client
    if not switches["phone_permission"]:
        raise Refusal(3501)
    if client.too_often(call.caller.identity, call.now, int(switches["phone_reads_per_minute"])):
        raise Refusal(3506)
    token = client.phone_tokens.get(call.text("token"))
    if token is None or token.expires <= call.now or not _theirs(call, token):
        raise Refusal(3507)
    del client.phone_tokens[call.text("token")]
    return {"phone_info": {"phone_number": token.phone, "country_code": token.area}}


def _bound(call: Call) -> Meeting:
    """Return the meeting that is meant; only its creator binds and reads apps."""
    call.client()
    meeting = call.state.meeting(call.text("meeting_id"))
    call.own(meeting, call.user())
    return meeting


def _tool(entry: dict[str, Any]) -> dict[str, Any]:
    tool = {name: str(entry.get(name) or "") for name in ("tool_appid", "tool_sdkid", "unique_code")}
    if not tool["tool_appid"] or not tool["tool_sdkid"]:
        raise Refusal(190004, "tool_appid and tool_sdkid are required")
    if len(tool["unique_code"]) > MOST_CODE:
        raise Refusal(190004, f"unique_code takes up to {MOST_CODE} characters")
    numbers = {
        name: entry.get(name, 0) for name in ("visible_type", "enable_customer_data", "enable_add_robot")
    }
    good = {"visible_type": (ALL, OWN, LISTED), "enable_customer_data": (0, 1), "enable_add_robot": (0, 1)}
    if not all(type(value) is int and value in good[name] for name, value in numbers.items()):
        raise Refusal(190004, "visible_type must be 0 to 2, the others 0 or 1")
    listed = {"visible_list": entry.get("visible_list") or [], "is_shield_creator": bool(entry.get("is_shield_creator"))}
    if not isinstance(listed["visible_list"], list):
        raise Refusal(190004, "visible_list must be a list")
    return tool | numbers | (listed if numbers["visible_type"] == LISTED else {})


def _theirs(call: Call, token: PhoneToken) -> bool:
    """Tell whether this caller may use the token: the person themselves, or an enterprise's own app."""
    if not call.caller.user or call.state.switches["phone_token_for_anyone"]:
        return True
    return not token.open_id or token.open_id == call.caller.user.open_id
