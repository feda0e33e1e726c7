"""Faults on request: which call of whom fails when, and how."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

# Kinds that strike before a call has an effect, with what happens.
BEFORE: dict[str, str] = {
    "status": "an answer of `status` (502) without the platform's envelope",
    "code": "the envelope with `error_code`, under its documented status or `status`",
    "latency": "`seconds` of waiting, then the call goes on",
    "timeout_before": "`seconds` (30) of silence, then the connection closes; no effect",
    "cut_before": "the connection closes without an answer; no effect",
    "reset": "the connection is reset; no effect",
    "wrong_content_type": "a page of HTML with 200, as a gateway in between gives; no effect",
    "redirect": "302 to another address of this machine, where headers must not follow; no effect",
    "replay": "190301, as if the nonce had been seen",
    "clock_skew": "190300, with a Date header `seconds` (400) ahead",
    "rate_limit": "190310, a minute's limit",
    "day_limit": "190311, a day's limit",
    "expired_token": "the caller's access token ends for good, so the call gets 190303",
}
# Kinds that spoil the answer of a call whose effect has happened.
AFTER: dict[str, str] = {
    "timeout_after": "effect, `seconds` (30) of silence, then the connection closes",
    "cut_after_commit": "effect, then the connection closes without an answer",
    "reset_after": "effect, then the connection is reset",
    "truncate": "half of the body although the length promises all of it",
    "half_json": "a whole answer that is half of the JSON text",
    "not_json": "a page of HTML with `status` (200)",
    "mislabelled": "the right body called text/html",
    "empty_body": "no body at all",
    "bad_utf8": "a byte in the body that is no UTF-8",
    "bad_gzip": "a body said to be gzip that is not",
    "slow_body": "the body drips over `seconds` (5)",
    "stuck_cursor": "a page whose cursor names the page itself",
    "repeated_page": "the former page of this list once more, under the new cursor",
    "wrong_types": "whole numbers as text and digits as numbers, in `fields` or everywhere",
    "extra_fields": "a field nobody knows in every object",
    "missing_fields": "objects without `fields`, by default all that may be absent",
    "null_fields": "the same fields with null",
}
KINDS = BEFORE | AFTER
# Calls that only look something up although they are not GET.
LOOKUPS = ("/enroll/ids", "/phone/ms-open-id", "/open-id-to-userid", "/meetingid-for-device")
SETS = ("*", "reads", "writes", "tokens")


class BadFault(ValueError):
    """A fault that cannot be understood."""


@dataclass(slots=True)
class Fault:
    """One rule; `seen` counts matching calls, `fired` the faults made."""

    call: str
    kind: str
    nth: int = 0
    every: int = 0
    rate: float = 0.0
    times: int = 0
    status: int = 0
    error_code: int = 0
    seconds: float = 0.0
    identity: str = ""
    fields: list[str] = field(default_factory=list)
    seen: int = 0
    fired: int = 0

    def names(self, call: str, identity: str) -> bool:
        """Tell whether the rule speaks of this call of this identity."""
        return self.identity in ("", identity) and _names(self.call, call)

    def due(self, rng: Random) -> bool:
        """Count one matching call and tell whether it should fail."""
        self.seen += 1
        if self.times and self.fired >= self.times:
            return False
        if self.nth:
            return self.seen >= self.nth
        if self.every:
            return self.seen % self.every == 0
        return rng.random() < self.rate if self.rate else True


@dataclass(slots=True)
class Faults:
    """All rules in the order they were given."""

    rules: list[Fault] = field(default_factory=list)
    rng: Random = field(default_factory=lambda: Random(7))
    pages: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, wanted: Any) -> list[Fault]:
        """Add one rule or a list of them, all or none; raises BadFault."""
        added = [_fault(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
        self.rules += added
        return added

    def strike(self, call: str, identity: str = "") -> Fault | None:
        """Count a call against every rule that names it; the first that is due strikes, alone."""
        due = [rule for rule in self.rules if rule.names(call, identity) and rule.due(self.rng)]
        if not due:
            return None
        due[0].fired += 1
        return due[0]

    def clear(self) -> None:
        """Forget every rule and every page remembered."""
        self.rules.clear()
        self.pages.clear()


def is_write(call: str) -> bool:
    """Tell whether a call changes something."""
    return not call.startswith("GET ") and not call.endswith(LOOKUPS)


def _names(pattern: str, call: str) -> bool:
    rest = " /v1/" in call
    if pattern not in SETS:
        return pattern == call or (pattern.endswith("*") and call.startswith(pattern[:-1]))
    if pattern == "tokens":
        return "/oauth2/" in call
    return rest and (pattern == "*" or is_write(call) == (pattern == "writes"))


def _fault(wanted: Any) -> Fault:
    if not isinstance(wanted, dict):
        raise BadFault("a fault is an object")
    types = {name: each for name, each in Fault.__annotations__.items() if name not in ("seen", "fired")}
    odd = sorted(str(name) for name, value in wanted.items() if name not in types or not _fits(value, types[name]))
    if odd or "call" not in wanted or wanted.get("kind") not in KINDS:
        raise BadFault(f"a fault needs call and kind ({', '.join(sorted(KINDS))}); odd keys: {odd}")
    fault = Fault(**wanted)
    if fault.nth and not fault.times:
        fault.times = 1
    return fault


def _fits(value: object, kind: object) -> bool:
    if kind is str:
        return isinstance(value, str)
    if kind in (int, float):
        return isinstance(value, int if kind is int else int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
