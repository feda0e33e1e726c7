"""The frame of every REST call: who calls, what is checked before a handler runs, how it answers."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, request

from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.shapes import read_body
from portal.sandbox.signing import request_signature
from portal.sandbox.state import State
from portal.sandbox.world import Enterprise, User

SKEW = 300
WHOLE = re.compile(r"-?[0-9]{1,18}")
USERID, OPEN_ID = 1, 2
MANAGE, VIEW = "MANAGE_MEETING", "VIEW_MEETING"

platform = Blueprint("platform", __name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed the call: an enterprise's own app, or a user of the OAuth app."""

    enterprise: Enterprise | None
    user: User | None
    scopes: tuple[str, ...] = ()

    @property
    def oauth(self) -> bool:
        """Tell whether the call came with an OAuth token."""
        return self.user is not None

    @property
    def identity(self) -> str:
        """Return what the rate limit counts by."""
        return self.user.open_id if self.user else self.enterprise.app_id if self.enterprise else ""


@dataclass(frozen=True, slots=True)
class Call:
    """One accepted call with its parameters; times are Unix seconds."""

    state: State
    caller: Caller
    query: dict[str, str]
    body: dict[str, Any]
    now: int

    @property
    def given(self) -> dict[str, Any]:
        """Return the parameters wherever this method carries them."""
        return self.body if request.method in ("POST", "PUT", "DELETE") and self.body else self.query

    def number(self, name: str, default: int | None = None, least: int = 0, most: int | None = None) -> int:
        """Return an integer parameter; raises 190004 where it is missing or out of range."""
        raw = self.given.get(name, default)
        # A query carries text; a body's types were checked when it was read.
        if isinstance(raw, bool) or not WHOLE.fullmatch(str(raw)):
            raise Refusal(190004, f"{name} must be an integer")
        value = int(raw)
        if value < least or (most is not None and value > most):
            raise Refusal(190004, f"{name} out of range")
        return value

    def text(self, name: str) -> str:
        """Return a required text parameter; raises 190004."""
        value = self.given.get(name)
        if not isinstance(value, str) or not value:
            raise Refusal(190004, f"{name} is required")
        return value

    def user(self, name: str = "userid") -> User:
        """Return the account a `userid` parameter names: the enterprise's own, or the OAuth caller."""
        return self.account(self.text(name))

    def account(self, value: str) -> User:
        """Return the acting account by userid or, under OAuth, by the caller's own open_id."""
        if self.caller.user is not None:
            if value != self.caller.user.open_id:
                raise Refusal(190004, "userid must equal the OpenId header")
            return self.caller.user
        users = self.caller.enterprise.users if self.caller.enterprise else {}
        if value not in users:
            raise Refusal(190001)
        return users[value]

    def operator(self, also: tuple[int, ...] = ()) -> User:
        """Return the account named by the pair operator_id and operator_id_type."""
        wanted = OPEN_ID if self.caller.oauth else USERID
        kind = self.number("operator_id_type")
        if kind not in (wanted, *also):
            raise Refusal(190004, f"operator_id_type must be {wanted}")
        return self.account(self.text("operator_id"))

    def operator_or_userid(self) -> User:
        """Return the acting account from whichever form was sent."""
        return self.operator() if "operator_id" in self.given else self.user()

    def client(self) -> None:
        """Check the required `instanceid`."""
        self.number("instanceid")

    def reaches(self, meeting: Meeting) -> bool:
        """Tell whether this kind of credential may touch the meeting at all."""
        if self.caller.oauth:
            return meeting.origin == "oauth" or bool(self.state.switches["oauth_sees_all_meetings"])
        own = meeting.creator.enterprise is self.caller.enterprise
        return own and (meeting.origin != "oauth" or bool(self.state.switches["aksk_on_oauth_meetings"]))

    def reach(self, meeting: Meeting) -> None:
        """Raise unless this kind of credential may touch the meeting at all."""
        if not self.reaches(meeting):
            raise Refusal(self.state.switches["hidden_meeting_code"])

    def own(self, meeting: Meeting, actor: User, code: int = 9042, admins: bool = False) -> None:
        """Raise unless the actor created the meeting, or is an administrator where that is enough."""
        self.reach(meeting)
        # On an OAuth-made meeting AK/SK must name the creator; an administrator is not enough.
        allowed = admins and actor.role_type > 0 and not self.caller.oauth and meeting.origin != "oauth"
        if actor is not meeting.creator and not (allowed and actor.enterprise is meeting.creator.enterprise):
            raise Refusal(code)


Handler = Callable[..., dict[str, Any] | str | None]


def route(
    method: str, rule: str, *, scopes: tuple[str, ...] = (MANAGE,), oauth: bool = True, aksk: bool = True
) -> Callable[[Handler], Handler]:
    """Register a REST call; under OAuth one of `scopes` must have been granted."""

    def register(handler: Handler) -> Handler:
        def view(**parts: str) -> Response:
            return _answer(handler, parts, oauth, aksk, scopes)

        platform.add_url_rule(rule, f"{method} {rule}".replace(".", "_"), view, methods=[method])
        return handler

    return register


def sandbox_state() -> State:
    """Return the state of the running sandbox."""
    return current_app.extensions["sandbox"]


def identity_named() -> str:
    """Return the open_id or app id that the headers of this call name, whether it is true or not."""
    return request.headers.get("OpenId") or request.headers.get("AppId", "")


def _answer(
    handler: Handler, parts: dict[str, str], oauth: bool, aksk: bool, scopes: tuple[str, ...]
) -> Response:
    state = sandbox_state()
    with state.lock:
        caller = _admit(state)
        if not (oauth if caller.oauth else aksk):
            raise Refusal(int(state.switches["oauth_unsupported_code"]))
        state.quota.spend(caller.identity, g.call, not caller.oauth, parts.get("meeting_id", ""))
        if caller.oauth and scopes and not set(scopes) & set(caller.scopes):
            raise Refusal(int(state.switches["missing_permission_code"]))
        call = Call(state, caller, request.args.to_dict(), read_body(request.get_data()), state.now())
        result = handler(call, **parts)
        if result is None:
            result = "" if state.switches["empty_success_body"] else "{}"
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return Response(text, content_type="application/json; charset=utf-8")


def _admit(state: State) -> Caller:
    """Check headers, time, replay, identity and signature, in the gateway's order."""
    by_token = "AccessToken" in request.headers
    needed = ["OpenId"] if by_token else ["X-TC-Key", "X-TC-Signature", "AppId", "X-TC-Registered"]
    for name in (*needed, "X-TC-Timestamp", "X-TC-Nonce"):
        if not request.headers.get(name):
            raise Refusal(200001, f"header {name} is missing")
    if state.switches["content_type_required"] and request.mimetype != "application/json":
        raise Refusal(200001, "header Content-Type is missing or not application/json")
    _check_time(state, "OpenId" if by_token else "AppId")
    return _token_caller(state) if by_token else _key_caller(state)


def _check_time(state: State, identity: str) -> None:
    timestamp, nonce = request.headers["X-TC-Timestamp"], request.headers["X-TC-Nonce"]
    if not (nonce.isascii() and nonce.isdecimal()) or not nonce.strip("0"):
        raise Refusal(200006, "X-TC-Nonce must be a positive integer")
    platform_time = state.clock() + float(state.switches["clock_skew"])
    if not WHOLE.fullmatch(timestamp) or abs(platform_time - int(timestamp)) > SKEW:
        raise Refusal(190300)
    # A nonce counts as used even where the call fails later, as at a real gateway.
    if state.seen_before(f"{request.headers[identity]}|{timestamp}|{nonce}"):
        raise Refusal(190301)


def _token_caller(state: State) -> Caller:
    grant = state.tokens.check(request.headers["AccessToken"], request.headers["OpenId"])
    if grant is None:
        code = int(state.switches["expired_token_code"])
        raise Refusal(code, "open_id or access token is wrong or expired")
    return Caller(None, grant.user, tuple(grant.scopes))


def _key_caller(state: State) -> Caller:
    enterprise = state.world.enterprise_of(request.headers["AppId"])
    key = request.headers["X-TC-Key"]
    sdk_id = request.headers.get("SdkId", "")
    if enterprise is None or enterprise.secret_id != key or (sdk_id and sdk_id != enterprise.sdk_id):
        raise Refusal(190303)
    signed = (key, request.headers["X-TC-Nonce"], request.headers["X-TC-Timestamp"])
    uri = request.environ["REQUEST_URI"]
    expected = request_signature(enterprise.secret_key, request.method, signed, uri, request.get_data())
    # A SdkId that was assigned but is not sent fails like a wrong signature.
    if not sdk_id or expected != request.headers["X-TC-Signature"]:
        raise Refusal(200003)
    if request.headers["X-TC-Registered"] != "1":
        raise Refusal(190004, "X-TC-Registered must be 1")
    return Caller(enterprise, None)
