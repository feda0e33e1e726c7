"""Faults carried out: before a call has an effect, or on its answer afterwards."""

import json
import socket
import time

from flask import Response, g, jsonify, request

from portal.sandbox.calls import sandbox_state
from portal.sandbox.errors import Refusal
from portal.sandbox.faults import BEFORE, Fault


def fault_before() -> Response | None:
    """Find the fault that strikes this call; answer at once where it strikes before the effect."""
    if request.path.startswith("/_sandbox"):
        return None
    state = sandbox_state()
    with state.lock:
        fault = state.faults.strike(g.call)
        state.ledger.faults_fired += fault is not None
    if fault is None:
        return None
    g.fault_kind = fault.kind
    if fault.kind not in BEFORE:
        g.fault = fault
        return None
    return _strike(fault)


def fault_after(response: Response) -> Response:
    """Spoil the answer of a call whose effect has happened."""
    fault: Fault | None = g.get("fault")
    if fault is None:
        return response
    if fault.kind == "cut_after_commit":
        return _cut()
    if fault.kind == "not_json":
        return Response("<html>Bad gateway</html>", fault.status or 200, content_type="text/html")
    if fault.kind == "stuck_cursor":
        return _stick(response)
    return _shorten(response, honest=fault.kind == "half_json")


def _strike(fault: Fault) -> Response | None:
    if fault.kind == "latency":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "cut_before":
        return _cut()
    if fault.kind == "status":
        return Response("upstream error", fault.status or 502, content_type="text/plain")
    g.error_code = fault.error_code
    if request.path.startswith("/v1/"):
        refusal = Refusal(fault.error_code, status=fault.status)
        return _with_status(jsonify(refusal.envelope()), refusal.status)
    body = {"code": fault.error_code, "message": "fault", "nonce": "0" * 16}
    return _with_status(jsonify(body), fault.status or 400)


def _with_status(response: Response, status: int) -> Response:
    response.status_code = status
    return response


def _cut() -> Response:
    """Close the connection without a byte of answer."""
    _close_socket()
    return Response("", 500)


def _shorten(response: Response, honest: bool) -> Response:
    """Send half the body; unless honest, the length still promises the whole and the connection ends."""
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    if not honest:
        response.headers["Content-Length"] = str(len(body))
        response.call_on_close(_close_socket)
    return response


def _stick(response: Response) -> Response:
    """Let a page name itself as the next one."""
    page = json.loads(response.get_data())
    if isinstance(page, dict):
        page |= {"next_pos": int(request.args.get("pos", 0)), "has_remaining": True}
        response.set_data(json.dumps(page, ensure_ascii=False))
    return response


def _close_socket() -> None:
    # Closing the response is not enough: a kept connection would wait for the next call.
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
