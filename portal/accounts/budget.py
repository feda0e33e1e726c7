"""The platform's limits on calls (105276), kept by all processes together.

A try takes a slot in every window it draws on before it is made (`budget.lua`), and the slot is free again a window's
length after its answer. What the platform refuses as too much pauses exactly that window for everybody. Redis being
away stops nobody: then the platform alone refuses.
"""

import secrets
import socket
import time
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from portal.accounts import counters
from portal.crypto import index_hash
from portal.jobs.work import current
from portal.tencent.budget import Slot, Unlimited
from portal.tencent.capabilities import CAPABILITIES
from portal.tencent.codes import until_tomorrow
from portal.tencent.errors import Facts, OverBudget, PlatformError

CREATIONS = frozenset({"meetings.create", "webinars.create"})
# Which limit a refusal speaks of; 190313 of a call that is no account's means that call alone (43704).
STOPS = {190310: "calls", 190311: "day", 190312: "call", 190313: "account", 500029: "creations"}
MINUTES_AN_HOUR = 60
# Beyond the time-outs of a try (two for sending): what is under way longer than that never arrives.
CONNECT_SECONDS, SURE_SECONDS = 3.05, 2.0
# A client waits for slots so many parts of a minute for a job, then the job makes room for others; people wait less.
JOB_PATIENCE, PATIENCE = 1 / 6, 1.0
# A clock that was set right meanwhile costs one refusal more.
SKEW_SECONDS = 86400
OWNER = 8


@dataclass(frozen=True, slots=True)
class Window:
    """One limit on one caller. Where `limit` is 0 nothing is counted, but the platform may pause it.

    It slides over so many `seconds`; a day does not, and has 0.
    """

    kind: str
    caller: str
    limit: int = 0
    seconds: float = 0

    @property
    def key(self) -> str:
        """Its name in Redis, which tells nobody whose it is; days are Shanghai's."""
        return f"rate:{self.kind}:{self.caller}" + (f":{timezone.localdate():%Y%m%d}" if self.kind == "day" else "")

    @property
    def length(self) -> int:
        """How many milliseconds an answered call counts: some more, for what the platform counts late."""
        return int(self.seconds * (1000 + 10 * settings.TENCENT_RATE_MARGIN_PERCENT))


class Meter(Unlimited):
    """The budget of one caller: a person's grant, or an enterprise's own app acting as somebody."""

    def __init__(self, caller: str, *, app: str, creator: str, per_day: int) -> None:
        job = current.get()
        self.patience = settings.TENCENT_RATE_MINUTE_SECONDS * JOB_PATIENCE if job else PATIENCE
        self.who = _hidden(job.subject)[:OWNER] if job else ""
        self.caller, self.app, self.creator = _hidden(caller), _hidden(app), _hidden(creator)
        self.per_day = per_day

    def take(self, call: str) -> Slot:
        leave = Leave(self, call)
        pauses = [f"{window.key}:pause" for window in leave.windows]
        keys = [f"{window.key}:{what}" for window in leave.sliding for what in ("slots", "wants")]
        limits = [figure for window in leave.sliding for figure in (window.limit, window.length)]
        hold = 2 * CONNECT_SECONDS + settings.TENCENT_TIMEOUT + SURE_SECONDS
        told = counters.run(
            "budget.lua", [_skew_key(), leave.day, *pauses, *keys], self.who, leave.slot, int(1000 * hold),
            self.per_day, int(1000 * until_tomorrow(time.time())), len(pauses), *limits,
        )  # fmt: skip
        if told is None:
            return Slot()
        taken, wait, code, skew = told
        if not taken:
            raise OverBudget(retry_after=wait / 1000, call=call, error_code=int(code) if code else None)
        leave.skew = float(skew) if skew else None
        return leave

    def windows(self) -> dict[str, Window]:
        """Give all limits on this caller."""
        minute = settings.TENCENT_RATE_MINUTE_SECONDS
        hour = minute * MINUTES_AN_HOUR
        every = (
            Window("calls", self.caller, settings.TENCENT_RATE_PER_MINUTE, minute),
            Window("account", self.app, settings.TENCENT_RATE_ACCOUNT_PER_MINUTE, minute),
            Window("creations", self.creator, settings.TENCENT_RATE_CREATIONS_PER_HOUR, hour),
            Window("day", self.caller, self.per_day),
        )
        return {window.kind: window for window in every}

    def drawn_on(self, call: str) -> list[Window]:
        """Give the limits a call draws on, or that may stop it."""
        every = self.windows()
        kinds = {"calls", "day", CAPABILITIES[call].budget} | ({"creations"} if call in CREATIONS else set())
        return [every[kind] for kind in sorted(kinds)] + [Window("call", f"{self.caller}:{call}")]


class Leave(Slot):
    """A slot in every window that a call draws on."""

    def __init__(self, meter: Meter, call: str) -> None:
        self.meter = meter
        self.windows = meter.drawn_on(call)
        self.sliding = [window for window in self.windows if window.limit and window.seconds]
        # A day is one number: so many slots would be too many.
        self.day = next(f"{window.key}:count" for window in self.windows if window.kind == "day")
        self.slot = (meter.who or "-" * OWNER) + secrets.token_hex(8)

    def unused(self) -> None:
        self._settle(answered=0)

    def answered(self) -> None:
        self._settle(answered=1)

    def refused(self, error: PlatformError) -> PlatformError:
        if error.error_code not in STOPS:
            return error
        wanted = STOPS[error.error_code]
        window = next((each for each in self.windows if each.kind == wanted), self.windows[-1])
        seconds = _rest(wanted, time.time())
        counters.put(f"{window.key}:pause", error.error_code, seconds)
        facts = Facts(error_code=error.error_code, call=error.call, trace=error.trace)
        return OverBudget(error.message, retry_after=seconds, **facts)

    def corrected(self, skew: float) -> None:
        counters.put(_skew_key(), skew, SKEW_SECONDS)

    def _settle(self, *, answered: int) -> None:
        keys = [self.day, *(f"{window.key}:slots" for window in self.sliding)]
        lengths = (window.length for window in self.sliding)
        counters.run("budget_settle.lua", keys, self.slot, answered, self.meter.per_day, *lengths)


def of_user(sdk_id: str, open_id: str) -> Unlimited:
    """Give the budget of a person's grant: a third-party app is counted by user."""
    if not settings.TENCENT_RATE_PER_MINUTE:
        return Unlimited()
    caller = f"user|{sdk_id}|{open_id}"
    return Meter(caller, app=f"app|{sdk_id}", creator=caller, per_day=0)


def of_app(app_id: str, sdk_id: str, operator: str) -> Unlimited:
    """Give the budget of an enterprise's own app: counted by app, what is created by the person it acts as."""
    if not settings.TENCENT_RATE_PER_MINUTE:
        return Unlimited()
    app = f"app|{app_id}|{sdk_id}"
    return Meter(app, app=app, creator=f"{app}|{operator}", per_day=settings.TENCENT_RATE_PER_DAY)


def _rest(kind: str, now: float) -> float:
    """Give for how long the platform refuses; it documents no Retry-After, so minutes and hours are the clock's."""
    minute = settings.TENCENT_RATE_MINUTE_SECONDS
    length = {"calls": minute, "account": minute, "creations": minute * MINUTES_AN_HOUR}.get(kind)
    return length - now % length if length else until_tomorrow(now)


def _skew_key() -> str:
    # Of this machine: another one's clock may be right.
    return f"rate:skew:{_hidden(socket.gethostname())}"


def _hidden(text: str) -> str:
    return index_hash("budget", text)
