"""One HTTP exchange: pooled, without cookies, redirects or retries, every fault turned into `TryAgain`."""

import json
import logging
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from portal.tencent.deadline import Adapter
from portal.tencent.errors import NotThere, PlatformError, TryAgain

# Support asks for this id; spelt X-TC-Trace by some, which reads the same.
TRACE_HEADER = "X-Tc-Trace"
POOLED_CONNECTIONS = 16
# 84400 says nothing where nothing was bound.
SILENT_READING = "toolkit.unique_code"
# These ask too, although they post.
LOOK_UPS = frozenset({"enrolment.ids", "pstn.ms_open_ids", "directory.open_ids_to_userids"})

Timeout = tuple[float, float]

# At DEBUG urllib3 writes whole addresses down, and the query of one call is a phone token (84043).
logging.getLogger("urllib3").setLevel(logging.INFO)


def new_session() -> requests.Session:
    """Return a session for a long life: pooled connections, no cookies. Make it after a fork, not before."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = Adapter(pool_maxsize=POOLED_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def send(
    session: requests.Session, request: requests.PreparedRequest, *, timeout: Timeout, call: str
) -> requests.Response:
    """Send a prepared request as it is and return the answer, whatever its status.

    Raises: TryAgain, with `maybe_done` False where the request never left.
    """
    # Only proxies and certificates come from the session: its headers and netrc would change what was signed.
    settings = session.merge_environment_settings(request.url, {}, False, None, None)
    try:
        # Not session.send: even where it may follow no redirect it reads the address, which may be any text.
        response = session.get_adapter(str(request.url)).send(request, timeout=timeout, **settings)
        # Read here, so that a body that breaks off is a fault like any other.
        _ = response.content
        return response
    except requests.RequestException as error:
        # The original text may hold the URL with its query: only its kind is told.
        raise TryAgain(type(error).__name__, maybe_done=_may_have_left(error), call=call) from None


def parse(response: requests.Response, *, call: str) -> Mapping[str, Any]:
    """Return the JSON object of an answer; an empty body counts as `{}` unless something was asked for.

    Raises: TryAgain where the body is broken, cut off or not an object.
    """
    trace = response.headers.get(TRACE_HEADER, "")
    # 42422 promises an empty body where others show {}: both are a success without output.
    if not response.content.strip():
        # No reading but one answers with nothing at all: taken for "none", it would cancel registrants and lose meetings.
        if call in LOOK_UPS or (response.request.method == "GET" and call != SILENT_READING):
            raise TryAgain("the answer is empty", call=call, trace=trace)
        return {}
    try:
        answer = json.loads(response.content)
    # Nesting too deep for the parser is no ValueError.
    except (ValueError, RecursionError):
        raise TryAgain("the answer is not JSON", maybe_done=True, call=call, trace=trace) from None
    if not isinstance(answer, dict):
        raise TryAgain("the answer is not a JSON object", maybe_done=True, call=call, trace=trace)
    return answer


def filled(answer: Mapping[str, Any], *, call: str) -> Mapping[str, Any]:
    """Return an answer that always says something. Raises: TryAgain where it says nothing."""
    if not answer:
        raise TryAgain("the answer is empty", call=call)
    return answer


def nothing_found(answer: Mapping[str, Any], key: str, *, call: str) -> PlatformError:
    """Return the error for an answer without the one thing asked for: an empty list says that there is none.

    Anything else says nothing, and what is only unread must not count as gone.
    """
    if answer.get(key) == []:
        return NotThere("the answer holds none", call=call)
    return TryAgain("the answer holds none", call=call)


def parse_leniently(response: requests.Response) -> Mapping[str, Any]:
    """Return the JSON object of a failed answer, or `{}` where its body is anything else."""
    try:
        return parse(response, call="")
    except TryAgain:
        return {}


def _may_have_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return False
    # requests wraps a refused connection like a dropped one; only urllib3's reason tells them apart.
    cause = error.args[0] if error.args else None
    return not (isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError))
