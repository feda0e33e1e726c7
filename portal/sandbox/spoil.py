"""Answers spoilt after the effect: cut, mislabelled, dripped, with odd cursors, types and fields."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, request

from portal.sandbox.faults import Fault

PAGE = "<html>Bad gateway</html>"
DRIPS, DRIPPING = 20, 5.0
# Fields that no page promises in every answer.
OPTIONAL = (
    "total_count", "next_pos", "open_id", "uuid", "phone", "customer_data", "is_enterprise_user", "user_role",
    "webinar_member_role", "audio_state", "video_state", "screen_shared_state", "ip", "location", "link_type", "net",
    "app_version", "left_time", "answer_list", "enroll_code", "enroll_source_type", "nick_name", "settings", "hosts",
    "participants_num", "need_password", "host_key", "has_vote", "live_config", "enable_live", "media_set_type",
    "join_url", "password", "user_non_registered", "message", "avatar_url", "email", "job_title", "department_list",
    "new_error_code",
)
Pages = dict[str, list[Any]]


def spoil(fault: Fault, response: Response) -> Response:
    """Return the answer as the fault's kind wants it; a body without JSON keeps as it is where JSON is needed."""
    plain = _PLAIN.get(fault.kind)
    if plain is not None:
        return plain(fault, response)
    try:
        body = json.loads(response.get_data())
    except ValueError:
        return response
    response.set_data(json.dumps(_JSON[fault.kind](fault, body), ensure_ascii=False))
    return response


def repeat_page(response: Response, pages: Pages, due: bool) -> Response:
    """Remember each page of a list; where a repetition is due, give the former page's rows once more."""
    try:
        body = json.loads(response.get_data())
    except ValueError:
        return response
    name = next((name for name, value in body.items() if isinstance(value, list)), "")
    if not name:
        return response
    former = pages.get(request.path)
    pages[request.path] = body[name]
    if due and former and request.args.get("pos", request.args.get("page", "0")) not in ("", "0", "1"):
        response.set_data(json.dumps(body | {name: former}, ensure_ascii=False))
    return response


def _half(fault: Fault, response: Response) -> Response:
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    return response


def _page(fault: Fault, response: Response) -> Response:
    return Response(PAGE, fault.status or 200, content_type="text/html")


def _mislabel(fault: Fault, response: Response) -> Response:
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


def _empty(fault: Fault, response: Response) -> Response:
    response.set_data(b"")
    return response


def _break_text(fault: Fault, response: Response) -> Response:
    # A lead byte without its followers, within the first text of the body.
    response.set_data(response.get_data().replace(b'"', b'"\xe6', 1))
    return response


def _claim_gzip(fault: Fault, response: Response) -> Response:
    response.headers["Content-Encoding"] = "gzip"
    return response


def _drip(fault: Fault, response: Response) -> Response:
    body = response.get_data()
    slow = Response(_drops(body, (fault.seconds or DRIPPING) / DRIPS), response.status_code, dict(response.headers))
    slow.headers["Content-Length"] = str(len(body))
    return slow


def _drops(body: bytes, pause: float) -> Iterator[bytes]:
    size = max(1, -(-len(body) // DRIPS))
    for start in range(0, len(body), size):
        time.sleep(pause)
        yield body[start : start + size]


def _stick(fault: Fault, page: Any) -> Any:
    if not isinstance(page, dict):
        return page
    sent = request.args.get("pos", "0")
    if "has_remaining" in page:
        return page | {"next_pos": int(sent) if sent.isdecimal() else sent, "has_remaining": True}
    if "remaining" in page:
        stuck = {"next_pos": int(sent or 0), "next_cursory": int(request.args.get("cursory") or 0)}
        return page | stuck | {"remaining": 1}
    return page | {"total_page": page.get("total_page", 1) + 1} if "total_page" in page else page


def _mistype(fault: Fault, value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _mistype(fault, each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_mistype(fault, each, name) for each in value]
    if isinstance(value, bool) or (fault.fields and name not in fault.fields):
        return value
    if isinstance(value, int):
        return str(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def _add(fault: Fault, value: Any) -> Any:
    if isinstance(value, list):
        return [_add(fault, each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _add(fault, each) for key, each in value.items()} | {"x_unknown": {"since": 2027, "list": [None]}}


def _remove(fault: Fault, value: Any) -> Any:
    if isinstance(value, list):
        return [_remove(fault, each) for each in value]
    if not isinstance(value, dict):
        return value
    gone = fault.fields or OPTIONAL
    kept = {key: _remove(fault, each) for key, each in value.items() if key not in gone}
    nulls = {key: None for key in value if key in gone} if fault.kind == "null_fields" else {}
    return kept | nulls


_PLAIN: dict[str, Callable[[Fault, Response], Response]] = {
    "half_json": _half, "not_json": _page, "mislabelled": _mislabel, "empty_body": _empty,
    "bad_utf8": _break_text, "bad_gzip": _claim_gzip, "slow_body": _drip,
}
_JSON: dict[str, Callable[[Fault, Any], Any]] = {
    "stuck_cursor": _stick, "wrong_types": _mistype, "extra_fields": _add,
    "missing_fields": _remove, "null_fields": _remove,
}
