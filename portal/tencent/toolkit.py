"""The in-meeting app: bound to a meeting, signed for the client's JSAPI, and told a phone by consent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.tencent import wire
from portal.tencent.client import Client
from portal.tencent.errors import PlatformError, TryAgain
from portal.tencent.pstn import Phone

LONGEST_UNIQUE_CODE = 128
EVERYBODY, OWN_ENTERPRISE, LISTED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Visible:
    """Who sees an app: one person of an enterprise, or all of it."""

    visible_appid: str = ""
    visible_userid: str = ""
    visible_openid: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """An app in a meeting; the last two only for `visible_type` LISTED. None leaves the platform's default."""

    tool_appid: str
    tool_sdkid: str
    unique_code: str = ""
    enable_customer_data: bool | None = None
    enable_add_robot: bool | None = None
    visible_type: int = EVERYBODY
    visible_list: tuple[Visible, ...] = ()
    is_shield_creator: bool | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """The apps of a meeting; `auto_open_sdkid` opens by itself, `toolbar_sdkid` stands in the toolbar."""

    tools: tuple[Tool, ...]
    auto_open_sdkid: str
    toolbar_sdkid: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """What signs one page for one user, once; `expired_time` is in seconds from `timestamp`."""

    ticket: str = field(repr=False)
    timestamp: str
    expired_time: int


def bind(
    client: Client, meeting_id: str, *, tools: Sequence[Tool], auto_open_sdkid: str = "", toolbar_sdkid: str = ""
) -> None:
    """Set the apps of a meeting: what was bound before is gone. May be repeated: it replaces.

    Source: 84398. Shape: the creator asks, under OAuth for meetings of the own app. Units: 0 and 1 for no and yes.
    Raises: ValueError for a unique code over 128 characters or a toolbar app that is not bound, NotAllowed,
    NotThere, Refused, TryAgain.
    """
    if any(len(tool.unique_code) > LONGEST_UNIQUE_CODE for tool in tools):
        raise ValueError(f"a unique code holds at most {LONGEST_UNIQUE_CODE} characters")
    if toolbar_sdkid and toolbar_sdkid not in {tool.tool_sdkid for tool in tools}:
        raise ValueError("only a bound app can stand in the toolbar")
    shown = {"auto_open_sdkid": auto_open_sdkid, "toolbar_sdkid": toolbar_sdkid}
    body = client.caller | {"meeting_id": meeting_id, "tool_list": [_sent(tool) for tool in tools]} | _said(shown)
    client.post("/v1/app/toolkit", body=body, repeatable=True, call="toolkit.bind")


def read(client: Client, meeting_id: str) -> Binding:
    """Return the apps of a meeting.

    Source: 84399. Shape: all at once. Raises: NotAllowed, NotThere, GrantGone, TryAgain.
    """
    answer = client.get("/v1/app/toolkit", client.caller | {"meeting_id": meeting_id}, call="toolkit.read")
    return wire.read(Binding, answer, tools=tuple(map(_tool, wire.rows(answer, "tool_list"))))


def unique_code(client: Client, meeting_id: str) -> str:
    """Return our own reference that was bound to the meeting with this app, or "".

    Source: 84400. Shape: an empty answer where nothing was bound. Raises: NotAllowed, NotThere, GrantGone, TryAgain.
    """
    query = client.caller | {"meeting_id": meeting_id}
    return wire.text(client.get("/v1/app/unique-code", query, call="toolkit.unique_code"), "unique_code")


def phone_number(client: Client, *, token: str) -> Phone | None:
    """Return the phone for which the user gave this token in the client, None where the answer holds none.

    Source: 84043. Shape: the token is good for five minutes and once. Units: the area without plus.
    Raises: ValueError without a token, NotAllowed (`scope`), Refused (spent or wrong: ask the user again),
    TryAgain (a second call may find the token spent). No text of an error holds the token.
    """
    if not token:
        raise ValueError("no token, no phone")
    try:
        answer = client.get("/v1/user/info/phonenumber", {"token": token}, call="toolkit.phone_number")
    except PlatformError as error:
        error.forget(token)
        raise
    for info in wire.rows(answer, "phone_info"):
        number = wire.text(info, "phone_number")
        return Phone(wire.text(info, "country_code").lstrip("+0"), number) if number else None
    return None


def jsapi_ticket(client: Client) -> Ticket:
    """Return a ticket to sign one page with, for the client's own user only.

    Source: 83773 (OAuth), 83772 (keys). Shape: good once; asking again gives another. Units: 300 seconds.
    Raises: NotAllowed, GrantGone, TryAgain.
    """
    query = {"userid": client.user_id} if client.kind == "key" else None
    ticket = wire.read(Ticket, client.get("/v1/jsapi/ticket", query, call="toolkit.jsapi_ticket"))
    if not ticket.ticket:
        raise TryAgain("the answer holds no ticket", call="toolkit.jsapi_ticket")
    return ticket


def jsapi_signature(*, corp_id: str, sdk_id: str, timestamp: str, nonce_str: str, url: str, ticket: str) -> str:
    """Return the signature with which a page may use the client's JSAPI.

    Source: 83773. Shape: lower-case hexadecimal. `url` as the page was opened: its fragment is dropped, nothing
    else is touched. Units: `timestamp` is text of seconds.
    """
    page = url.partition("#")[0]
    # The order is part of the signature, and nothing is URL-encoded (83773).
    plain = f"corp_id={corp_id}&sdk_id={sdk_id}&timestamp={timestamp}&nonce_str={nonce_str}&url={page}&ticket={ticket}"
    return hashlib.sha256(plain.encode()).hexdigest()


def _sent(tool: Tool) -> dict[str, Any]:
    said = _said(wire.body(tool))
    said |= {key: int(said[key]) for key in ("enable_customer_data", "enable_add_robot") if key in said}
    return said | {"visible_list": [_said(wire.body(who)) for who in tool.visible_list]} if tool.visible_list else said


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value not in ("", [])}


def _tool(row: wire.Row) -> Tool:
    seen_by = tuple(wire.read(Visible, who) for who in wire.rows(row, "visible_list"))
    return wire.read(Tool, row, visible_list=seen_by)
