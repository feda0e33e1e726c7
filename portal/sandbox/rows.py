"""Participant rows as the platform gives them, kept as JSON text per viewer."""

import base64
import json
from typing import Any

from portal.sandbox.calls import Caller
from portal.sandbox.meeting import Holding, Identity, Meeting, Visit
from portal.sandbox.signing import phone_hash
from portal.sandbox.state import State
from portal.sandbox.switches import Switches

NETWORK = {
    "ip": "192.0.2.17", "location": "上海市", "link_type": "UDP", "net": "WIFI", "app_version": "3.30.1.401",
}
AWAY = dict.fromkeys(NETWORK, "")


def chosen(holding: Holding, start: int, end: int) -> list[Visit]:
    """Return the visits that joined within a window, in the order they were recorded."""
    if holding.first_join >= start and holding.last_join <= end:
        return holding.visits
    return [visit for visit in holding.visits if start <= visit.join <= end]


def page_text(state: State, caller: Caller, meeting: Meeting, visits: list[Visit]) -> str:
    """Return the rows of one page as JSON text between brackets."""
    viewer = "oauth" if caller.oauth else caller.identity
    view = f"{viewer}|{state.switches.version}|{state.tokens.version}"
    return "[" + ",".join(_text(state, caller, meeting, visit, view) for visit in visits) + "]"


def row(state: State, caller: Caller, meeting: Meeting, visit: Visit) -> dict[str, Any]:
    """Return one row of the participants list."""
    left = state.switches["open_left_time"] if visit.left is None else str(visit.left)
    shown = {
        **row_basics(state, caller, meeting, visit),
        "phone": _hash(state, caller, visit.identity),
        "is_enterprise_user": _own_staff(meeting, visit.identity),
        "left_time": left,
        "webinar_member_role": visit.webinar_role,
        **(NETWORK if visit.left is None else AWAY),
    }
    if left == "missing":
        del shown["left_time"]
    if state.switches["network_key"] != "ip":
        shown["IP"] = shown.pop("ip")
    return shown


def row_basics(state: State, caller: Caller, meeting: Meeting, visit: Visit) -> dict[str, Any]:
    """Return what the live list and the participants list share."""
    identity = visit.identity
    userid, open_id = _ids(state, caller, identity)
    return {
        "userid": userid,
        "open_id": open_id,
        "ms_open_id": identity.ms_open_id,
        "user_name": base64.b64encode(visit.name).decode(),
        "join_time": str(visit.join),
        "instanceid": visit.device,
        "user_role": visit.role,
        "join_type": visit.join_type,
        "audio_state": False,
        "video_state": False,
        "screen_shared_state": False,
        "customer_data": tag_shown(visit.customer_data, state.switches),
    }


def tag_shown(customer_data: str, switches: Switches) -> str:
    """Return a link's tag as it was sent, or only its userData where the switch says so."""
    if not customer_data or switches["customer_data_returned"] == "encoded":
        return customer_data
    try:
        return str(json.loads(base64.b64decode(customer_data, validate=True))["userData"])
    except (ValueError, KeyError, TypeError):
        return customer_data


def _text(state: State, caller: Caller, meeting: Meeting, visit: Visit, view: str) -> str:
    text = visit.shown.get(view)
    if text is None:
        text = visit.shown[view] = json.dumps(row(state, caller, meeting, visit), ensure_ascii=False)
    return text


def _ids(state: State, caller: Caller, identity: Identity) -> tuple[str, str]:
    user = identity.user
    if user is None or identity.former:
        return "", ""
    if caller.oauth:
        return "", user.open_id if state.tokens.authorised(user) else ""
    return (user.userid if user.enterprise is caller.enterprise else ""), ""


def _own_staff(meeting: Meeting, identity: Identity) -> bool:
    enterprise = meeting.creator.enterprise
    # Somebody who left the company still counts as staff; only the userid is gone.
    return identity.user is not None and enterprise is not None and identity.user.enterprise is enterprise


def _hash(state: State, caller: Caller, identity: Identity) -> str:
    if caller.oauth and not state.switches["phone_hash_under_oauth"]:
        return ""
    secret = caller.enterprise.secret_id if caller.enterprise else state.world.app.hash_secret
    phone = identity.phone if identity.hash_as is None else identity.hash_as
    # Somebody without a verified phone carries the hash of an empty number.
    return phone_hash(f"{state.switches['phone_hash_prefix']}{phone}" if phone else "", secret)
