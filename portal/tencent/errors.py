"""What can go wrong on the platform's wire, sorted by what the caller can do about it."""

import re
from collections.abc import Callable, Mapping
from typing import TypedDict, Unpack

# new_error_code is a service's prefix times this, plus the error_code (file 1, 4.1).
CODES_PER_SERVICE = 1_000_000
# 105276 counts days in Beijing time, which has had no summer time since 1991.
SHANGHAI_OFFSET = 8 * 3600
LONGEST_MESSAGE = 300

# Open ids have 28 characters and tokens more; no code or field name of the platform comes near 24.
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{24,}")
_PHONE = re.compile(r"\d(?:[\s-]?\d){6,}")
_FIELD = re.compile(r"[a-z]+(?:_[a-z]+)+")


class Facts(TypedDict, total=False):
    """What every error knows of the answer it came from."""

    error_code: int | None
    call: str
    trace: str


class PlatformError(Exception):
    """The platform did not do what was asked; tokens and phones are masked out of its message."""

    def __init__(self, message: str = "", **facts: Unpack[Facts]) -> None:
        self.message = scrub(message)
        self.error_code = facts.get("error_code")
        self.call = facts.get("call", "")
        self.trace = facts.get("trace", "")
        # One positional argument only: Celery pickles errors, and pickle calls the class with `args`.
        super().__init__(self.message)

    def __str__(self) -> str:
        code = "no code" if self.error_code is None else str(self.error_code)
        return f"{type(self).__name__} at {self.call or 'unnamed call'}: {code} {self.message}".rstrip()


class TryAgain(PlatformError):
    """The same call may succeed later.

    `retry_after` is in seconds, None leaves it to the caller; `maybe_done` says a write may have worked.
    """

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float | None = None,
        maybe_done: bool = False,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after
        self.maybe_done = maybe_done

    def as_lost(self) -> "AnswerLost":
        """Return the error for a write that may not be repeated."""
        facts = Facts(error_code=self.error_code, call=self.call, trace=self.trace)
        return AnswerLost(self.message, retry_after=self.retry_after, **facts)


class AnswerLost(TryAgain):
    """A write that may not be repeated was sent and may have happened: look first, then decide."""

    def __init__(
        self, message: str = "", *, retry_after: float | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, retry_after=retry_after, maybe_done=True, **facts)

    def __str__(self) -> str:
        return f"{super().__str__()} (may have happened, look first)"


class StuckCursor(PlatformError):
    """A paged answer says there is more but does not move on."""


class GrantGone(PlatformError):
    """The OAuth grant is not accepted; where `refreshable`, one refresh may cure it, else connect again."""

    def __init__(self, message: str = "", *, refreshable: bool = False, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.refreshable = refreshable


class NotAllowed(PlatformError):
    """Scope, role, kind of credential or address forbids the call; `reason` says which."""

    def __init__(self, message: str = "", *, reason: str = "role", **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.reason = reason


class Refused(PlatformError):
    """The platform will never accept this request as it is; `field` and `reason` are codes, not sentences."""

    def __init__(
        self, message: str = "", *, field: str = "", reason: str = "refused", **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.field = field
        self.reason = reason


class NotThere(PlatformError):
    """The meeting, person or thing asked for does not exist, or is hidden from this credential."""


def at_once(now: float) -> float:
    """Return no wait at all: a fresh timestamp and nonce cure it."""
    return 0.0


def rest_of_minute(now: float) -> float:
    """Return the seconds until the next minute begins."""
    return 60 - now % 60


def rest_of_hour(now: float) -> float:
    """Return the seconds until the next hour begins."""
    return 3600 - now % 3600


def until_tomorrow(now: float) -> float:
    """Return the seconds until midnight in Shanghai, where the platform counts its days."""
    return 86400 - (now + SHANGHAI_OFFSET) % 86400


# Refused at the gate: nothing was done, so even a write without a key may be sent again after the wait.
WAITS: dict[int, Callable[[float], float]] = {
    190300: at_once,
    190301: at_once,
    200002: at_once,
    # 105276 documents no Retry-After: minutes are taken from the clock.
    9061: rest_of_minute,
    3506: rest_of_minute,
    190310: rest_of_minute,
    190313: rest_of_minute,
    500046: rest_of_minute,
    500029: rest_of_hour,
    190311: until_tomorrow,
    190312: until_tomorrow,
}

# Faults inside the platform: a write may have had its effect before the answer broke.
SHAKY = frozenset({20, 41, 999, 3502, 5108, 10000, 13000, 13001, 13703, 14710, 960000})

# 1005 is documented for expiry, 190303 is what the REST API was seen to answer (file 1, 10.4): take both.
STALE_TOKEN = frozenset({1005, 190303})
NO_GRANT = frozenset({1004, 1006}) | STALE_TOKEN

NOT_THERE = frozenset({112, 9003, 20001, 50000, 190457, 500275, 500277})

NOT_ALLOWED: dict[int, str] = {
    40: "administrator",
    107: "role",
    1001: "app_banned",
    1003: "credential",
    3501: "scope",
    9042: "role",
    9099: "role",
    9100: "role",
    9101: "role",
    9102: "role",
    10005: "credential",
    190303: "credential",
    190315: "role",
    # 190325 is the documented answer to OAuth on an AK/SK call, 200004 that of the older gateway.
    190325: "credential_kind",
    200001: "credential",
    200003: "credential",
    200004: "credential_kind",
    202801: "role",
    500014: "scope",
    500125: "address",
}

REFUSED: dict[int, tuple[str, str]] = {
    # The three OAuth addresses (2021:43704) share this table: no number means two things.
    10: ("", "bad_parameter"),
    101: ("enable_enroll", "enrolment_off"),
    129: ("meeting_id", "meeting_ended"),
    1002: ("auth_code", "auth_code_spent"),
    3507: ("token", "phone_token_spent"),
    9002: ("meeting_id", "bad_id"),
    9006: ("meeting_id", "meeting_ended"),
    9007: ("meeting_id", "already_cancelled"),
    9008: ("", "too_many_meetings"),
    9093: ("subject", "forbidden_word"),
    9098: ("", "too_many_meetings"),
    10001: ("", "bad_parameter"),
    13602: ("meeting_id", "meeting_started"),
    13603: ("meeting_id", "meeting_ended"),
    14203: ("phone", "bad_phone"),
    20006: ("start_time", "room_busy"),
    40000: ("phone", "bad_phone"),
    190001: ("userid", "unregistered_user"),
    190004: ("", "bad_parameter"),
    190431: ("guests", "guest_not_made"),
    200005: ("", "bad_parameter"),
    200006: ("", "bad_parameter"),
    202002: ("customer_data", "link_not_made"),
    202005: ("customer_data", "too_many_links"),
    500168: ("", "monthly_quota"),
    500273: ("invitees", "meeting_started"),
    500274: ("invitees", "already_cancelled"),
}


def sort(
    status: int,
    answer: object,
    *,
    call: str,
    trace: str = "",
    credential: str = "",
    now: float = 0.0,
    retry_after: str = "",
) -> PlatformError:
    """Return the error for a failed answer, by its code, or by its HTTP status where there is no envelope.

    Source: 43704, 105276. `credential` is the kind sent: 190303 is a dead token or a wrong key.
    """
    code, message = envelope(answer)
    facts = Facts(error_code=code, call=call, trace=trace)
    if code is None:
        return _by_status(status, retry_after, facts)
    if code in WAITS:
        return TryAgain(message, retry_after=WAITS[code](now), **facts)
    if code in SHAKY:
        return TryAgain(message, maybe_done=True, **facts)
    if code in NO_GRANT and credential != "key":
        return GrantGone(message, refreshable=code in STALE_TOKEN, **facts)
    if code in NOT_THERE:
        return NotThere(message, **facts)
    if code in NOT_ALLOWED:
        return NotAllowed(message, reason=NOT_ALLOWED[code], **facts)
    field, reason = REFUSED.get(code, ("", "unknown_code"))
    return Refused(message, field=field or _hint(message), reason=reason, **facts)


def envelope(answer: object) -> tuple[int | None, str]:
    """Return code and message of either failure envelope, or (None, "") where the answer has none."""
    if not isinstance(answer, Mapping):
        return None, ""
    info = answer.get("error_info")
    if isinstance(info, Mapping):
        code = _whole(info.get("error_code"))
        code = _whole(info.get("new_error_code")) if code is None else code
        return None if code is None else code % CODES_PER_SERVICE, str(info.get("message") or "")
    code = _whole(answer.get("code"))
    # OAuth answers carry code 0 on success too: that is no failure's envelope.
    return (None, "") if not code else (code % CODES_PER_SERVICE, str(answer.get("message") or ""))


def scrub(message: str) -> str:
    """Return the message with everything that could be a token or a phone masked."""
    return _PHONE.sub("***", _TOKEN.sub("***", message))[:LONGEST_MESSAGE]


def _by_status(status: int, retry_after: str, facts: Facts) -> PlatformError:
    said = f"HTTP {status} without an error code"
    wait = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
    # The official command line meets bare 429s on some calls: nothing was done there.
    if status == 429:
        return TryAgain(said, retry_after=wait, **facts)
    if status < 300 or status == 408 or status >= 500:
        return TryAgain(said, retry_after=wait, maybe_done=True, **facts)
    if status in (401, 403):
        return NotAllowed(said, **facts)
    if status in (404, 410):
        return NotThere(said, **facts)
    return Refused(said, reason="http_status", **facts)


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _hint(message: str) -> str:
    # Codes decide; the text only helps a reader to find the field (10: the field is named in `message`).
    found = _FIELD.search(message)
    return found.group() if found else ""
