"""How a refusal goes out: status by the page of the call, codes and envelopes by switch."""

import secrets
from typing import Any

from flask import Response, g, jsonify

from portal.sandbox.errors import OAuthRefusal, Refusal
from portal.sandbox.state import State

GATEWAY = range(200_000, 201_000)
# Where the page of a call says another status than its siblings (documents 64850, 64851, 42422, 61973, 64010).
STATUS_ON: dict[tuple[str, int], int] = {
    ("POST /v1/meetings/customer-short-url", 9042): 500,
    ("GET /v1/meetings/{meeting_id}/customer-short-url", 9042): 500,
    ("POST /v1/meetings/{meeting_id}/cancel", 190001): 500,
    ("POST /v1/webinars/{meeting_id}/cancel", 9042): 400,
    ("PUT /v1/meetings/{meeting_id}/enroll/approvals", 190001): 500,
}


def refuse(state: State, refusal: Refusal) -> Response:
    """Return the answer to a refused REST call."""
    g.error_code = refusal.code
    envelope = refusal.envelope()
    shape = state.switches["new_error_code"]
    if shape == "missing":
        del envelope["error_info"]["new_error_code"]
    elif shape == "plain" and refusal.code in GATEWAY:
        envelope["error_info"]["new_error_code"] = refusal.code
    response = jsonify(envelope)
    response.status_code = refusal.asked or _switched(state, refusal.code) or STATUS_ON.get(
        (g.call, refusal.code), refusal.status
    )
    return response


def refuse_token(state: State, refusal: OAuthRefusal) -> Response:
    """Return the answer to a refused call of the OAuth addresses."""
    g.error_code = refusal.code
    body: dict[str, Any] = {"code": refusal.code, "message": refusal.message, "nonce": secrets.token_hex(8)}
    shape = state.switches["oauth_failure_data"]
    response = jsonify(body if shape == "missing" else body | {"data": None if shape == "null" else {}})
    response.status_code = int(state.switches["oauth_failure_status"])
    return response


def _switched(state: State, code: int) -> int:
    """Return the status that the switch names for a code, 0 where it names none."""
    for pair in state.switches.words("statuses"):
        name, _, status = pair.partition("=")
        if name == str(code):
            return int(status)
    return 0
