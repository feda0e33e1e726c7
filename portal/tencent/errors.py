"""What can go wrong on the platform's wire, sorted by what the caller can do about it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypedDict, Unpack

from portal.tencent import wire
from portal.tencent.codes import NO_GRANT, NOT_ALLOWED, NOT_THERE, REFUSED, SHAKY, STALE_TOKEN, WAITS

# new_error_code is a service's prefix times this, plus the error_code (file 1, 4.1).
CODES_PER_SERVICE = 1_000_000
LONGEST_MESSAGE = 300

# Open ids have 28 characters and tokens more; no code or field name of the platform comes near 24.
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{24,}")
_PHONE = re.compile(r"\d(?:[\s-]?\d){6,}")
# More than eleven days is no wait but a mistake.
_SECONDS = re.compile(r"[0-9]{1,6}")
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

    def forget(self, secret: str) -> None:
        """Mask a secret of any shape that the platform's message may repeat."""
        self.message = self.message.replace(secret, "***")
        self.args = (self.message,)

    def __str__(self) -> str:
        code = "no code" if self.error_code is None else str(self.error_code)
        return f"{type(self).__name__} at {self.call or 'unnamed call'}: {code} {self.message}".rstrip()


class TryAgain(PlatformError):
    """The same call may succeed later.

    `retry_after` is in seconds, None leaves it to the caller; `maybe_done` says a write may have worked.
    """

    is_failure = True

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


class OverBudget(TryAgain):
    """The platform's limit leaves no room now: nothing was sent, or it was refused unseen. Waiting is no failure."""

    is_failure = False


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


@contextmanager
def done_before(reason: str) -> Iterator[None]:
    """Let a repeated write meet its own effect: being refused for this reason means that it is done."""
    try:
        yield
    except Refused as error:
        if error.reason != reason:
            raise


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
        return None if code is None else code % CODES_PER_SERVICE, wire.text(info, "message")
    code = _whole(answer.get("code"))
    # OAuth answers carry code 0 on success too: that is no failure's envelope.
    return (None, "") if not code else (code % CODES_PER_SERVICE, wire.text(answer, "message"))


def scrub(message: str) -> str:
    """Return the message with everything that could be a token or a phone masked."""
    return _PHONE.sub("***", _TOKEN.sub("***", message))[:LONGEST_MESSAGE]


def _by_status(status: int, retry_after: str, facts: Facts) -> PlatformError:
    said = f"HTTP {status} without an error code"
    wait = float(retry_after) if _SECONDS.fullmatch(retry_after) else None
    # The official command line meets bare 429s on some calls: nothing was done there.
    if status == 429:
        return TryAgain(said, retry_after=wait, **facts)
    if status < 300 or status == 408 or status >= 500:
        return TryAgain(said, retry_after=wait, maybe_done=True, **facts)
    if status in (401, 403):
        return NotAllowed(said, **facts)
    return Refused(said, reason="http_status", **facts)


def _whole(value: object) -> int | None:
    # True is no code, though Python counts it as 1.
    return None if isinstance(value, bool) else wire.as_number(value)


def _hint(message: str) -> str:
    # Codes decide; the text only helps a reader to find the field (10: the field is named in `message`).
    found = _FIELD.search(message)
    return found.group() if found else ""
