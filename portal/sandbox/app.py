"""The Flask application: all rooms together, errors as the platform words them, trace and ledger."""

import secrets
import time
from email.utils import formatdate

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from portal.sandbox import (  # noqa: F401  (importing a module of routes registers them)
    routes_accounts,
    routes_control,
    routes_directory,
    routes_enrolment,
    routes_guests,
    routes_import,
    routes_links,
    routes_lists,
    routes_meetings,
    routes_people,
    routes_phone,
    routes_toolkit,
    routes_waiting,
    routes_webinars,
)
from portal.sandbox.calls import identity_named, platform, sandbox_state
from portal.sandbox.control import control
from portal.sandbox.control_client import control_client
from portal.sandbox.control_knobs import control_knobs
from portal.sandbox.control_play import control_play
from portal.sandbox.control_scenarios import control_scenarios
from portal.sandbox.errors import OAuthRefusal, Refusal
from portal.sandbox.ledger import Entry
from portal.sandbox.mischief import fault_after, fault_before
from portal.sandbox.refusing import refuse, refuse_token
from portal.sandbox.routes_consent import consent
from portal.sandbox.routes_join import join
from portal.sandbox.routes_oauth import oauth
from portal.sandbox.state import State


def make_app(state: State) -> Flask:
    """Return the application around one state."""
    app = Flask(__name__, static_folder=None)
    app.json.ensure_ascii = False
    app.extensions["sandbox"] = state
    for rooms in (platform, oauth, consent, join, control, control_client, control_knobs, control_play, control_scenarios):
        app.register_blueprint(rooms)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(OAuthRefusal, _oauth_refused)
    app.register_error_handler(HTTPException, _no_such_call)
    app.before_request(_begin)
    app.before_request(fault_before)
    app.after_request(_finish)
    # Flask runs these in reverse, so faults spoil the answer before the ledger notes it.
    app.after_request(fault_after)
    return app


def called() -> str:
    """Return the call's name: method and route template, as the platform's pages write it."""
    rule = request.url_rule.rule if request.url_rule else "(unknown)"
    return f"{request.method} {rule.replace('<', '{').replace('>', '}')}"


def _begin() -> None:
    g.call = called()
    g.trace = secrets.token_hex(16)
    g.error_code = 0
    g.began = time.monotonic()
    g.nonce_reused = False
    nonce = request.headers.get("X-TC-Nonce")
    if nonce:
        state = sandbox_state()
        with state.lock:
            g.nonce_reused = state.ledger.note_nonce(f"{identity_named()}|{nonce}")


def _finish(response: Response) -> Response:
    response.headers["X-Tc-Trace"] = g.trace
    skew = float(sandbox_state().switches["clock_skew"])
    if skew:
        response.headers.setdefault("Date", formatdate(time.time() + skew, usegmt=True))
    if request.path.startswith("/_sandbox"):
        return response
    entry = Entry(
        round(time.time(), 3), g.call, request.method, request.path, identity_named(), _kind(),
        response.status_code, g.error_code, g.get("fault_kind", ""), round(time.monotonic() - g.began, 4),
        g.trace, g.nonce_reused,
    )
    state = sandbox_state()
    with state.lock:
        state.ledger.note(entry)
    return response


def _kind() -> str:
    return "user" if "OpenId" in request.headers else "app" if "AppId" in request.headers else ""


def _refused(refusal: Refusal) -> Response:
    return refuse(sandbox_state(), refusal)


def _oauth_refused(refusal: OAuthRefusal) -> Response:
    return refuse_token(sandbox_state(), refusal)


def _no_such_call(error: HTTPException) -> Response | tuple[Response, int]:
    if request.path.startswith("/v1/"):
        return _refused(Refusal(200004 if error.code in (404, 405) else 5108))
    if request.path.startswith("/_sandbox"):
        return jsonify({"error": error.description}), error.code or 500
    return Response(error.description, error.code or 500, content_type="text/plain; charset=utf-8")
