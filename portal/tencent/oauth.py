"""OAuth 2.0 of third-party apps: authorise, exchange, refresh, check."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests

from portal.tencent import transport, wire
from portal.tencent.errors import TryAgain, sort

AUTHORISE_PATH = "/marketplace/authorize.html"
TOKEN_PATH = "/wemeet-webapi/v2/oauth2/oauth/"
ACCESS_LIFE = timedelta(hours=6)
REFRESH_LIFE = timedelta(days=30)
# 51257: so a signed or dotted state is illegal; keep a random key here and the rest in the session.
STATE = re.compile(r"[A-Za-z0-9]{1,64}")
# Token and open id go out in headers, which take no other text.
_HEADER = re.compile(r"[!-~]+")

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Grant:
    """A pair of tokens and whose they are; both times are aware."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    open_id: str
    open_corp_id: str
    scopes: tuple[str, ...]
    expires_at: datetime
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What the platform says of an access token."""

    open_id: str
    scopes: tuple[str, ...]
    expires_at: datetime | None


def authorize_url(*, url: str, corp_id: str, sdk_id: str, redirect_uri: str, state: str) -> str:
    """Return where to send a browser for a grant.

    Source: 51257. Raises: ValueError for a state the platform forbids.
    """
    if not STATE.fullmatch(state):
        raise ValueError("a state has 1 to 64 letters and digits")
    query = {"corp_id": corp_id, "sdk_id": sdk_id, "redirect_uri": redirect_uri, "state": state}
    return f"{url}{AUTHORISE_PATH}?{urlencode(query)}"


def exchange(
    session: requests.Session,
    *,
    url: str,
    sdk_id: str,
    secret: str,
    auth_code: str,
    timeout: transport.Timeout = (3.05, 15),
    clock: Clock = time.time,
) -> Grant:
    """Turn an auth code into a grant; once only, within five minutes.

    Source: 51257. Shape: JSON post, answer in `data`. Units: `expires` is absolute.
    Raises: Refused("auth_code") when spent, NotAllowed for a wrong secret, AnswerLost: authorise anew.
    """
    body = {"sdk_id": sdk_id, "secret": secret, "auth_code": auth_code}
    return _grant(session, f"{url}{TOKEN_PATH}access_token", body, timeout, clock, call="oauth.exchange")


def refresh(
    session: requests.Session,
    *,
    url: str,
    sdk_id: str,
    refresh_token: str,
    open_id: str,
    timeout: transport.Timeout = (3.05, 15),
    clock: Clock = time.time,
) -> Grant:
    """Turn a refresh token into a new grant; the former pair dies, so never run two at once for one user.

    Source: 51257, 85377. Shape: as exchange, but `open_corp_id` may be empty: keep the former one.
    Raises: GrantGone, AnswerLost: asking again with the same token ends in a grant or in GrantGone.
    """
    body = {"sdk_id": sdk_id, "refresh_token": refresh_token, "open_id": open_id}
    return _grant(session, f"{url}{TOKEN_PATH}refresh_token", body, timeout, clock, call="oauth.refresh")


def user_info(
    session: requests.Session,
    *,
    url: str,
    access_token: str,
    open_id: str,
    timeout: transport.Timeout = (3.05, 15),
    clock: Clock = time.time,
) -> TokenInfo:
    """Return what an access token is good for; it names nobody.

    Source: 51257. Shape: expiry, open id, scopes. Units: `expires` is absolute, number or text.
    Raises: GrantGone, TryAgain.
    """
    body = {"access_token": access_token, "open_id": open_id}
    data = _post(session, f"{url}{TOKEN_PATH}user_info", body, timeout, clock, call="oauth.user_info")
    return TokenInfo(wire.text(data, "open_id"), wire.texts(data, "scopes"), wire.moment(data, "expires"))


def _grant(
    session: requests.Session,
    url: str,
    body: dict[str, str],
    timeout: transport.Timeout,
    clock: Clock,
    *,
    call: str,
) -> Grant:
    try:
        data = {"open_id": body.get("open_id")} | _held(_post(session, url, body, timeout, clock, call=call))
        # Code 0 without a token has spent the code or token all the same; nobody may be signed in as "".
        if not all(_HEADER.fullmatch(wire.text(data, key)) for key in ("access_token", "open_id")):
            raise TryAgain("the answer holds no usable token", maybe_done=True, call=call)
    except TryAgain as error:
        raise error.as_lost() if error.maybe_done else error from None
    # The refresh token's end is never told (51257): thirty days from now.
    now = datetime.fromtimestamp(clock(), UTC)
    return Grant(
        access_token=wire.text(data, "access_token"),
        # The sample of 51257 shows a refresh that keeps its token.
        refresh_token=wire.text(data, "refresh_token") or body.get("refresh_token", ""),
        open_id=wire.text(data, "open_id"),
        open_corp_id=wire.text(data, "open_corp_id"),
        scopes=wire.texts(data, "scopes"),
        expires_at=wire.moment(data, "expires") or now + ACCESS_LIFE,
        refresh_expires_at=now + REFRESH_LIFE,
    )


def _held(data: wire.Row) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}


def _post(
    session: requests.Session,
    url: str,
    body: dict[str, str],
    timeout: transport.Timeout,
    clock: Clock,
    *,
    call: str,
) -> wire.Row:
    request = requests.Request("POST", url, json=body).prepare()
    response = transport.send(session, request, timeout=timeout, call=call)
    answer = transport.parse(response, call=call) if response.ok else transport.parse_leniently(response)
    data = answer.get("data")
    if response.ok and wire.number(answer, "code") == 0 and isinstance(data, Mapping):
        return data
    raise sort(response.status_code, answer, call=call, now=clock())
