"""The consent page of the platform's market place."""

import re
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.sandbox.calls import sandbox_state
from portal.sandbox.events import tell_authorised
from portal.sandbox.state import State
from portal.sandbox.world import User

consent = Blueprint("consent", __name__)

STATE_SHAPE = re.compile(r"[A-Za-z0-9]{1,64}")
PERMISSIONS = {
    "VIEW_USER_INFO": "查看您的用户信息",
    "VIEW_MEETING": "查看您的会议",
    "MANAGE_MEETING": "查看和管理您的会议",
}

Page = str | tuple[str, int] | Response


@consent.get("/marketplace/authorize.html")
@consent.get("/authorize.html")
def ask() -> Page:
    """Show who wants what, and let the visitor choose whom to be."""
    state = sandbox_state()
    wanted = request.args.to_dict()
    problem = _problem(state, wanted)
    if problem:
        return render_template("refused.html", problem=problem), 400
    return _page(state, wanted, _visitor(state, request.args.get("as", "")))


@consent.post("/marketplace/authorize.html")
@consent.post("/authorize.html")
def decide() -> Page:
    """Send the visitor back with an auth_code, or stay here after a refusal."""
    state = sandbox_state()
    wanted = request.form.to_dict()
    problem = _problem(state, wanted)
    user = state.world.by_open_id(wanted.get("as", ""))
    if problem or user is None:
        return render_template("refused.html", problem=problem or "没有这个账号"), 400
    if wanted.get("decision") != "approve":
        return _declined(state, wanted, user)
    if state.switches["admin_approval_required"] and user.enterprise and user.role_type == 0:
        return _page(state, wanted, user, notice="已向企业管理员提交申请，审批通过后请再次授权。")
    with state.lock:
        code = state.tokens.new_code(user)
        tell_authorised(state, user)
    return redirect(_back(wanted["redirect_uri"], {"auth_code": code, "state": wanted["state"]}), 302)


def _declined(state: State, wanted: dict[str, str], user: User) -> Page:
    """Stay here, or go back with an error where the switch says so: no page tells which."""
    if state.switches["refused_consent"] == "redirect":
        return redirect(_back(wanted["redirect_uri"], {"error": "access_denied", "state": wanted["state"]}), 302)
    return _page(state, wanted, user, notice="您已拒绝授权，可以关闭此页面。")


def _problem(state: State, wanted: dict[str, str]) -> str:
    """Return what is wrong with the four parameters, or nothing."""
    app = state.world.app
    if wanted.get("corp_id") != app.corp_id or wanted.get("sdk_id") != app.sdk_id:
        return "应用不存在：corp_id 或 sdk_id 不正确"
    if not STATE_SHAPE.fullmatch(wanted.get("state", "")):
        return "state 只能包含字母和数字，且不超过 64 字节"
    host = _host(wanted.get("redirect_uri", ""))
    trusted = state.switches.words("trusted_redirect_hosts")
    if not host:
        return "redirect_uri 不正确"
    if trusted and host not in trusted:
        return "redirect_uri 的域名不在可信域名内"
    return ""


def _host(url: str) -> str:
    try:
        target = urlsplit(url)
    except ValueError:
        return ""
    return (target.hostname or "") if target.scheme in ("http", "https") else ""


def _visitor(state: State, open_id: str) -> User:
    chosen = state.world.by_open_id(open_id)
    return chosen or next(user for user in state.world.accounts() if user.organises and user.role_type == 0)


def _page(state: State, wanted: dict[str, str], visitor: User, notice: str = "") -> str:
    users = [user for user in state.world.accounts() if user.organises]
    if visitor not in users:
        users.append(visitor)
    groups: dict[str, list[User]] = {}
    for user in users:
        groups.setdefault(user.corp_name or "个人账号", []).append(user)
    permissions = [PERMISSIONS.get(scope, scope) for scope in state.switches.words("granted_scopes")]
    return render_template(
        "consent.html", app=state.world.app, groups=groups, visitor=visitor,
        wanted=wanted, permissions=permissions, notice=notice,
    )


def _back(redirect_uri: str, brought: dict[str, str]) -> str:
    """Return the address to go back to; the query it already had is kept."""
    parts = urlsplit(redirect_uri)
    added = urlencode(brought)
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit(parts._replace(query=query))
