"""The three OAuth addresses with their own envelope."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from portal.sandbox.calls import sandbox_state
from portal.sandbox.errors import OAuthRefusal
from portal.sandbox.shapes import read_json
from portal.sandbox.state import State
from portal.sandbox.tokens import Grant

oauth = Blueprint("oauth", __name__, url_prefix="/wemeet-webapi/v2/oauth2/oauth")


@oauth.post("/access_token")
def access_token() -> Response:
    """Exchange an auth_code for a token pair.

    Source: document 51257.
    """

    def exchange(state: State, wanted: dict[str, str]) -> dict[str, Any]:
        _check_app(state, wanted["sdk_id"])
        if wanted["secret"] != state.world.app.secret:
            raise OAuthRefusal(1003, "application secret wrong")
        grant = state.tokens.exchange(wanted["auth_code"])
        corp = grant.user.enterprise.open_corp_id if grant.user.enterprise else ""
        return {**_pair(grant), "open_corp_id": corp}

    return _answer(("sdk_id", "secret", "auth_code"), exchange)


@oauth.post("/refresh_token")
def refresh_token() -> Response:
    """Exchange a refresh token for the next pair; the former pair is dead at once.

    Source: document 51257.
    """

    def refresh(state: State, wanted: dict[str, str]) -> dict[str, Any]:
        _check_app(state, wanted["sdk_id"])
        state.ledger.refreshes[wanted["open_id"]] += 1
        return _pair(state.tokens.refresh(wanted["refresh_token"], wanted["open_id"]))

    return _answer(("sdk_id", "refresh_token", "open_id"), refresh)


@oauth.post("/user_info")
def user_info() -> Response:
    """Tell until when a token lives and what it permits; it gives no name and no phone.

    Source: document 51257.
    """

    def check(state: State, wanted: dict[str, str]) -> dict[str, Any]:
        if state.world.by_open_id(wanted["open_id"]) is None:
            raise OAuthRefusal(1004, "open_id wrong")
        grant = state.tokens.check(wanted["access_token"], wanted["open_id"])
        if grant is None:
            raise OAuthRefusal(1005, "access token expired")
        expires = str(grant.expires) if state.switches["expires_as_text"] else grant.expires
        return {"expires": expires, "open_id": grant.user.open_id, "scopes": grant.scopes}

    return _answer(("access_token", "open_id"), check)


def _answer(fields: tuple[str, ...], work: Callable[[State, dict[str, str]], dict[str, Any]]) -> Response:
    try:
        body = read_json(request.get_data())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise OAuthRefusal(10, "parameter error: body is not a JSON object")
    wanted = {name: body[name] if isinstance(body.get(name), str) else "" for name in fields}
    for name, value in wanted.items():
        if not value:
            raise OAuthRefusal(10, f"parameter error: {name}")
    state = sandbox_state()
    with state.lock:
        data = work(state, wanted)
    return jsonify({"code": 0, "message": "SUCCESS", "nonce": secrets.token_hex(8), "data": data})


def _check_app(state: State, sdk_id: str) -> None:
    if sdk_id != state.world.app.sdk_id:
        raise OAuthRefusal(10, "parameter error: sdk_id")


def _pair(grant: Grant) -> dict[str, Any]:
    return {
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "expires": grant.expires,
        "open_id": grant.user.open_id,
        "scopes": grant.scopes,
    }
