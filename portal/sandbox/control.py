"""The control API: what the sandbox's operator sees and sets. It is no part of the platform."""

import re
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from portal.sandbox.calls import sandbox_state
from portal.sandbox.courier import Hook
from portal.sandbox.events import THIRD_PARTY, tell_withdrawn
from portal.sandbox.faults import BadFault
from portal.sandbox.meeting import Meeting
from portal.sandbox.state import State
from portal.sandbox.switches import UnknownSwitch
from portal.sandbox.world import Enterprise, User

control = Blueprint("control", __name__, url_prefix="/_sandbox")

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHOWN = 60
WHOLE = re.compile(r"-?[0-9]{1,15}")


class BadControl(ValueError):
    """A control call that cannot be carried out; the text says why."""


@control.app_errorhandler(BadControl)
@control.app_errorhandler(BadFault)
@control.app_errorhandler(UnknownSwitch)
def _bad(error: ValueError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


@control.get("/")
def console() -> str:
    """Show the state on one page."""
    state = sandbox_state()
    with state.lock:
        return render_template(
            "console.html", world=state.world, now=state.now(), summary=state.ledger.summary(), shown=SHOWN,
            grants=list(state.tokens.grants.values()), faults=state.faults.rules,
            meeting_count=len(state.meetings), meetings=list(state.meetings.values())[::-1][:SHOWN],
            changed=state.switches.changed(), events=list(state.outbox.log)[::-1],
            pending=state.outbox.pending(), calls=list(islice(state.ledger.newest(), SHOWN)),
        )


@control.get("/world")
def world() -> Response:
    """Tell everything the operator of a portal would have been given."""
    state = sandbox_state()
    app = state.world.app
    return jsonify({
        "app": {
            "name": app.name, "corp_id": app.corp_id, "sdk_id": app.sdk_id, "secret": app.secret,
            "webhook": _webhook(app),
        },
        "enterprises": [_enterprise(each) for each in state.world.enterprises],
        "personal_user": _user(state.world.personal),
        "hosts": {"api": state.address, "meeting": state.address},
    })


@control.post("/portal")
def portal() -> Response:
    """Set where events go; every key is optional."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        if "url" in body:
            state.world.app.webhook_url = loopback(body["url"])
        urls = body.get("enterprise_urls") or {}
        if not isinstance(urls, dict):
            raise BadControl("enterprise_urls must be an object")
        for app_id, url in urls.items():
            hook_of(state, app_id).webhook_url = loopback(url)
    return _hooks(state)


@control.get("/portal")
def portal_now() -> Response:
    """Tell where events go."""
    return _hooks(sandbox_state())


@control.post("/check-url")
def check_url() -> Response:
    """Perform the URL check on one address (`to`: an app id, else the OAuth app)."""
    state = sandbox_state()
    hook = hook_of(state, str(json_body().get("to", THIRD_PARTY)))
    if not hook.webhook_url:
        raise BadControl("this address has no URL yet")
    return jsonify(state.outbox.check(hook))


@control.post("/users/<open_id>/uninstall")
def uninstall(open_id: str) -> Response:
    """Let a user withdraw the authorisation in the client."""
    state = sandbox_state()
    with state.lock:
        user = state.world.by_open_id(open_id)
        if user is None:
            raise BadControl("no such open_id")
        had = state.tokens.withdraw(open_id) is not None
        tell_withdrawn(state, user)
    return jsonify({"had_tokens": had})


@control.post("/tokens/expire")
def expire_token() -> Response:
    """Let a user's access token, and with `refresh` also the refresh token, end now."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        grant = state.tokens.expire(str(body.get("open_id")), bool(body.get("refresh")))
        if grant is None:
            raise BadControl("this user has no token")
    return jsonify({"open_id": grant.user.open_id, "expires": grant.expires})


def json_body() -> dict[str, Any]:
    """Return the call's JSON object, empty where there is none; raises BadControl."""
    body = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise BadControl("the body must be a JSON object")
    return body


def whole(given: Any, name: str, default: int, most: int = 2**40) -> int:
    """Return a whole number of a control call, as number or text; raises BadControl."""
    raw = str(given.get(name, default))
    if not WHOLE.fullmatch(raw) or abs(int(raw)) > most:
        raise BadControl(f"{name} must be a whole number up to {most}")
    return int(raw)


def meeting_of(state: State, meeting_id: object) -> Meeting:
    """Return a meeting by id; raises BadControl."""
    found = state.meetings.get(str(meeting_id))
    if found is None:
        raise BadControl("no such meeting_id")
    return found


def hook_of(state: State, to: str) -> Hook:
    """Return who receives under a name: the OAuth app, or an enterprise by its app id; raises BadControl."""
    hook = state.world.app if to == THIRD_PARTY else state.world.enterprise_of(to)
    if hook is None:
        raise BadControl(f"no app {to}")
    return hook


def loopback(url: object) -> str:
    """Return a URL that stays on this machine; raises BadControl for any other."""
    try:
        host = urlsplit(str(url)).hostname
    except ValueError:
        host = None
    if url and host not in LOOPBACK:
        raise BadControl("events go to this machine only (127.0.0.1)")
    return str(url or "")


def _hooks(state: State) -> Response:
    urls = {each.app_id: each.webhook_url for each in state.world.enterprises}
    return jsonify({"url": state.world.app.webhook_url, "enterprise_urls": urls})


def _enterprise(enterprise: Enterprise) -> dict[str, Any]:
    users = [_user(user) for user in enterprise.users.values()]
    names = ("name", "open_corp_id", "app_id", "sdk_id", "secret_id", "secret_key", "edition")
    shown = {name: getattr(enterprise, name) for name in names}
    return {**shown, "webhook": _webhook(enterprise), "users": users}


def _webhook(hook: Hook) -> dict[str, str]:
    return {"token": hook.webhook_token, "aes_key": hook.webhook_aes_key, "url": hook.webhook_url}


def _user(user: User) -> dict[str, Any]:
    names = ("userid", "open_id", "name", "role_type", "title", "organises")
    return {name: getattr(user, name) for name in names}
