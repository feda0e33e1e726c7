"""Faults carried out before a call has an effect; those on its answer lie in `spoil`."""

import socket
import struct
import time
from collections.abc import Iterator
from email.utils import formatdate

from flask import Response, g, jsonify, request

from portal.sandbox.calls import identity_named, sandbox_state
from portal.sandbox.errors import Refusal
from portal.sandbox.faults import BEFORE, Fault
from portal.sandbox.refusing import refuse
from portal.sandbox.spoil import repeat_page, spoil

SILENCE, SKEW = 30.0, 400.0
NO_LINGER = struct.pack("ii", 1, 0)
CODES = {"replay": 190301, "clock_skew": 190300, "rate_limit": 190310, "day_limit": 190311}
PAGE = "<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"


def fault_before() -> Response | None:
    """Find the fault that strikes this call; answer at once where it strikes before the effect."""
    if request.path.startswith("/_sandbox"):
        return None
    state = sandbox_state()
    with state.lock:
        fault = state.faults.strike(g.call, identity_named())
        state.ledger.faults_fired += fault is not None
    if fault is None:
        return None
    g.fault_kind = fault.kind
    if fault.kind in BEFORE:
        return _strike(fault)
    g.fault = fault
    return None


def fault_after(response: Response) -> Response:
    """Spoil the answer of a call whose effect has happened."""
    fault: Fault | None = g.get("fault")
    repeats = fault is not None and fault.kind == "repeated_page"
    if repeats or (_watched() and not request.path.startswith("/_sandbox")):
        return repeat_page(response, sandbox_state().faults.pages, repeats)
    if fault is None:
        return response
    if fault.kind == "timeout_after":
        time.sleep(fault.seconds or SILENCE)
        return _cut()
    if fault.kind in ("cut_after_commit", "reset_after"):
        return _cut(reset=fault.kind == "reset_after")
    if fault.kind == "truncate":
        return _truncate(response)
    return spoil(fault, response)


def _watched() -> bool:
    """Tell whether pages must be remembered, since some later one may be asked to come again."""
    rules = sandbox_state().faults.rules
    return bool(rules) and any(rule.kind == "repeated_page" for rule in rules) and g.get("fault") is None


def _strike(fault: Fault) -> Response | None:
    if fault.kind == "latency":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "expired_token":
        return _expire()
    if fault.kind in CODES or fault.kind == "code":
        return _refuse(fault, CODES.get(fault.kind, fault.error_code))
    if fault.kind == "status":
        return Response("upstream error", fault.status or 502, content_type="text/plain")
    if fault.kind == "wrong_content_type":
        return Response(PAGE, fault.status or 200, content_type="text/html; charset=utf-8")
    if fault.kind == "redirect":
        return Response("", fault.status or 302, headers={"Location": f"{sandbox_state().address}/elsewhere"})
    if fault.kind == "timeout_before":
        time.sleep(fault.seconds or SILENCE)
    return _cut(reset=fault.kind == "reset")


def _expire() -> None:
    """Let the caller's access token end; what the call then gets is decided where tokens are checked."""
    state = sandbox_state()
    with state.lock:
        state.tokens.expire(request.headers.get("OpenId", ""))


def _refuse(fault: Fault, code: int) -> Response:
    g.error_code = code
    if request.path.startswith("/v1/"):
        response = refuse(sandbox_state(), Refusal(code, status=fault.status))
    else:
        response = jsonify({"code": code, "message": "fault", "nonce": "0" * 16})
        response.status_code = fault.status or 400
    if fault.kind == "clock_skew":
        response.headers["Date"] = formatdate(time.time() + (fault.seconds or SKEW), usegmt=True)
    return response


def _cut(reset: bool = False) -> Response:
    """End the connection without a byte of answer, in order or by a reset."""
    # A body left unread would keep the server waiting for more of it.
    request.get_data()
    if reset:
        # With no time to linger the server's closing sends a reset instead of an end.
        connection: socket.socket = request.environ["werkzeug.socket"]
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    return Response(_drop(b""), 500)


def _truncate(response: Response) -> Response:
    """Send half of the body; the length still promises the whole and then the connection ends."""
    body = response.get_data()
    half = Response(_drop(body[: len(body) // 2]), response.status_code, dict(response.headers))
    half.headers["Content-Length"] = str(len(body))
    return half


def _drop(sent: bytes) -> Iterator[bytes]:
    """Give what is still sent, then break off as a server does whose client is gone."""
    if sent:
        yield sent
    raise ConnectionAbortedError
