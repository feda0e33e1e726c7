"""The control API's meeting client: opening the in-client page, its signature, phones, called telephones."""

import secrets
from typing import Any

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from portal.sandbox.calling import OUTCOMES, RING, answer, ringing
from portal.sandbox.calls import sandbox_state
from portal.sandbox.client import PhoneToken, Ticket, jsapi_signature
from portal.sandbox.control import BadControl, json_body, meeting_of
from portal.sandbox.control_play import occurrence_of
from portal.sandbox.events_room import tell_app
from portal.sandbox.meeting import Meeting
from portal.sandbox.rows import tag_shown
from portal.sandbox.state import State
from portal.sandbox.visits import Visit

control_client = Blueprint("control_client", __name__, url_prefix="/_sandbox/client")

# Only these clients run an app; telephones, browsers, mini-programs and room systems do not.
CLIENTS = (1, 2, 3, 4, 6, 7, 81, 82, 83)
HOST, CO_HOST, PARTICIPANT, AUDIENCE = 1, 2, 3, 7
ROLES = {1: HOST, 2: HOST, 3: HOST, 5: HOST, 8: HOST, 6: CO_HOST, 7: CO_HOST}
WEBINAR_ROLES = {1: 4, 2: 5, 3: 6, 4: AUDIENCE, 5: AUDIENCE}


@control_client.post("/open")
def open_app() -> Response:
    """Let somebody in a meeting open the in-client page; tells what its JSAPI would, and sends `app.open`."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        meeting, visit, waits = _person(state, body)
        tell_app(state, "app.open", visit)
        user = visit.identity.user
        known = user if state.tokens.authorised(user) else None
        return jsonify({
            "user": _user_info(state, visit, waits), "meeting": _meeting_info(meeting, body),
            "customer_data": _customer_data(state, meeting, visit), "in_waiting_room": waits,
            "auth_code": state.tokens.new_code(known) if known else "",
        })


@control_client.post("/close")
def close_app() -> Response:
    """Let somebody close the in-client page; sends `app.close`."""
    state = sandbox_state()
    with state.lock:
        tell_app(state, "app.close", _person(state, json_body())[1])
    return jsonify({})


@control_client.post("/phone")
def give_phone() -> Response:
    """Let somebody press the button of the phone component; tells the token that the page gets."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        _, visit, _ = _person(state, body)
        user = visit.identity.user
        phone = str(body.get("phone") or visit.identity.phone)
        if not phone:
            raise BadControl("this person has no phone: give one as `phone`")
        open_id = user.open_id if user and state.tokens.authorised(user) else ""
        token = secrets.token_hex(24)
        ends = state.now() + int(state.switches["phone_token_seconds"])
        state.client.phone_tokens[token] = PhoneToken(phone, str(body.get("area", "86")), open_id, ends)
    return jsonify({"code": 0, "message": "success", "token": token})


@control_client.post("/config")
def agree_to_config() -> Response:
    """Check a page's signature as `agentConfig` does (`permission.config` for an enterprise's own app)."""
    state, body = sandbox_state(), json_body()
    wanted = {name: str(body.get(name) or "") for name in ("sdk_id", "timestamp", "nonce_str", "url", "signature")}
    with state.lock:
        missing = sorted(name for name, value in wanted.items() if not value)
        if missing:
            return jsonify({"ok": False, "reason": f"missing {', '.join(missing)}"})
        if "#" in wanted["url"]:
            return jsonify({"ok": False, "reason": "url: what follows # is no part of it"})
        return jsonify(_configured(state, wanted, str(body.get("open_id") or "")))


@control_client.post("/answers")
def set_answers() -> Response:
    """Say how phones are answered (`{phone: outcome}`); an empty object forgets it all."""
    state, body = sandbox_state(), json_body()
    odd = sorted(phone for phone, outcome in body.items() if outcome not in OUTCOMES)
    if odd:
        raise BadControl(f"outcomes are {', '.join(OUTCOMES)}")
    with state.lock:
        state.answers = state.answers | body if body else {}
        return jsonify(state.answers)


@control_client.post("/answer")
def answer_call() -> Response:
    """Let a telephone that rings be answered, refused or left alone."""
    state, body = sandbox_state(), json_body()
    outcome = str(body.get("outcome", "connect"))
    if outcome not in OUTCOMES or outcome == RING:
        raise BadControl("outcome must be connect, refuse or no_answer")
    with state.lock:
        meeting = meeting_of(state, body.get("meeting_id"))
        callout = ringing(meeting, int(body.get("area", 86)), str(body.get("phone", "")))
        if callout is None:
            raise BadControl("no such telephone rings")
        answer(state, meeting, callout, outcome)
        return jsonify({"status": callout.status})


def _person(state: State, body: dict[str, Any]) -> tuple[Meeting, Visit, bool]:
    """Return who `key` is in the meeting now, and whether they wait; raises BadControl."""
    meeting = meeting_of(state, body.get("meeting_id"))
    waits = [wait.visit for wait in meeting.room.waiting()]
    for visit in (*meeting.inside(), *waits):
        if visit.identity.key == body.get("key") and visit.device in CLIENTS:
            return meeting, visit, visit in waits
    raise BadControl("nobody of this key is there with a client that runs apps")


def _user_info(state: State, visit: Visit, waits: bool) -> dict[str, Any]:
    user = visit.identity.user
    told: dict[str, Any] = {
        "nickname": visit.name.decode("utf-8", "replace"), "msOpenId": visit.identity.ms_open_id,
        "roleType": 0 if waits else WEBINAR_ROLES.get(visit.webinar_role) or ROLES.get(visit.role, PARTICIPANT),
        "openCorpId": user.enterprise.open_corp_id if user and user.enterprise else "", "avatarUrl": "",
    }
    # A page learns no openId of somebody who has not authorised the app.
    return told | ({"openId": user.open_id} if user and state.tokens.authorised(user) else {})


def _meeting_info(meeting: Meeting, body: dict[str, Any]) -> dict[str, str]:
    sub_meeting_id = occurrence_of(meeting, body) if meeting.recurring else ""
    return {"meetingId": meeting.meeting_id, "meetingCode": meeting.code, "subMeetingId": sub_meeting_id}


def _customer_data(state: State, meeting: Meeting, visit: Visit) -> str:
    """Return the tag of somebody's link, which only an app bound for it may read."""
    tools = meeting.tools.get("tool_list", [])
    may = any(t["tool_sdkid"] == state.world.app.sdk_id and t["enable_customer_data"] == 1 for t in tools)
    return tag_shown(visit.customer_data, state.switches) if may else ""


def _configured(state: State, wanted: dict[str, str], open_id: str) -> dict[str, Any]:
    """Return whether some living ticket makes this signature; the ticket is used up."""
    for text, ticket in state.client.tickets.items():
        corp_id, sdk_id = _app_of(state, ticket)
        made = jsapi_signature(corp_id, sdk_id, wanted["timestamp"], wanted["nonce_str"], wanted["url"], text)
        if made != wanted["signature"] or sdk_id != wanted["sdk_id"]:
            continue
        del state.client.tickets[text]
        if ticket.expires <= state.now():
            return {"ok": False, "reason": "the ticket has ended"}
        if open_id and ticket.user.open_id != open_id:
            return {"ok": False, "reason": "the ticket belongs to another user"}
        return {"ok": True, "open_id": ticket.user.open_id}
    return {"ok": False, "reason": "no ticket makes this signature: wrong, or used before"}


def _app_of(state: State, ticket: Ticket) -> tuple[str, str]:
    enterprise = ticket.user.enterprise
    if ticket.third_party or enterprise is None:
        return state.world.app.corp_id, state.world.app.sdk_id
    return enterprise.app_id, enterprise.sdk_id
