"""Exclusive links of meetings and webinars; OAuth may not use them."""

import base64
import json
import secrets
from typing import Any

from portal.sandbox.calls import Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Link, Meeting

MOST_BYTES = 256
USUAL_PAGE, MOST_PAGE = 10, 50
GUEST, AUDIENCE = 1, 2
KEY = "meeting_short_url_customer_data"
WEBINAR_KEY = "webinar_short_url_customer_data"


@route("POST", "/v1/meetings/customer-short-url", oauth=False)
def make_link(call: Call) -> dict[str, Any]:
    """Make one exclusive link of a meeting.

    Source: document 64850.
    """
    meeting = _linked(call, call.text("meeting_id"), webinar=False)
    link = _link(call, meeting, "links_per_meeting", Link("", _tag(call)))
    return {KEY: _shown(link)}


@route("GET", "/v1/meetings/<meeting_id>/customer-short-url", oauth=False)
def list_links(call: Call, meeting_id: str) -> dict[str, Any]:
    """List all exclusive links of a meeting, unpaged.

    Source: document 64851.
    """
    meeting = _linked(call, meeting_id, webinar=False)
    return {KEY: [_shown(link) for link in meeting.links]}


@route("POST", "/v1/webinars/customer-short-url", oauth=False)
def make_webinar_link(call: Call) -> dict[str, Any]:
    """Make one exclusive link of a webinar, for a guest or for the audience.

    Source: document 95023.
    """
    call.client()
    meeting = _linked(call, call.text("meeting_id"), webinar=True)
    is_guest = call.number("is_webinar_guest", AUDIENCE, least=GUEST, most=AUDIENCE)
    at_once = call.number("is_join_meeting", 1, least=1, most=2)
    link = _link(call, meeting, "links_per_webinar", Link("", _tag(call), is_guest, at_once))
    return {WEBINAR_KEY: _shown_webinar(link)}


@route("GET", "/v1/webinars/customer-short-url", oauth=False)
def list_webinar_links(call: Call) -> dict[str, Any]:
    """List the exclusive links of a webinar, page by page.

    Source: document 95024.
    """
    meeting = _linked(call, call.text("meeting_id"), webinar=True)
    page = call.number("page", 1, least=1)
    size = call.number("page_size", USUAL_PAGE, least=1, most=MOST_PAGE)
    chosen = meeting.links[(page - 1) * size : page * size]
    return {
        WEBINAR_KEY: [_listed_webinar(call, link) for link in chosen], "total_count": len(meeting.links),
        "current_page": page, "current_size": len(chosen), "total_page": -(-len(meeting.links) // size),
    }


def _linked(call: Call, meeting_id: str, webinar: bool) -> Meeting:
    meeting = call.state.meeting(meeting_id)
    if meeting.webinar != webinar:
        raise Refusal(202002, "this call does not serve meetings of that kind")
    call.own(meeting, call.operator(), admins=True)
    return meeting


def _tag(call: Call) -> str:
    """Return the checked customer_data: base64 of a small JSON object."""
    tag = call.text("customer_data")
    if len(tag.encode()) > MOST_BYTES:
        raise Refusal(190004, "customer_data is longer than 256 bytes")
    if call.state.switches["customer_data_lenient"]:
        return tag
    try:
        content = json.loads(base64.b64decode(tag, validate=True))
    except ValueError:
        raise Refusal(190004, "customer_data is not base64 of JSON") from None
    if not isinstance(content, dict) or not isinstance(content.get("userData"), str) or "ver" not in content:
        raise Refusal(190004, "customer_data needs ver and userData")
    return tag


def _link(call: Call, meeting: Meeting, limit: str, wanted: Link) -> Link:
    """Keep a new link, or return the former one of the same tag where the switch says so."""
    if meeting.cancelled:
        raise Refusal(9007)
    # No document says what a repeated tag gives.
    if call.state.switches["repeated_link"] == "same":
        for link in meeting.links:
            if link.customer_data == wanted.customer_data and link.is_guest == wanted.is_guest:
                return link
    if len(meeting.links) >= int(call.state.switches[limit]):
        raise Refusal(202005)
    wanted.url = f"{call.state.address}/dm/{secrets.token_urlsafe(9)}"
    meeting.links.append(wanted)
    call.state.ledger.links_made[meeting.meeting_id] += 1
    return wanted


def _shown(link: Link) -> dict[str, Any]:
    return {"customer_data": link.customer_data, "meeting_short_url": link.url}


def _listed_webinar(call: Call, link: Link) -> dict[str, Any]:
    """Return a listed link; the table and the sample of the page differ on the type of a flag."""
    flag = str(link.joins_at_once) if call.state.switches["join_flag_as_text"] else link.joins_at_once
    return _shown_webinar(link) | {"is_join_meeting": flag}


def _shown_webinar(link: Link) -> dict[str, Any]:
    return {
        "customer_data": link.customer_data, "webinar_short_url": link.url,
        "is_webinar_guest": link.is_guest, "is_join_meeting": link.joins_at_once,
    }
