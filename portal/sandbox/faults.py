"""Faults on request: which call fails when, and how."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

BEFORE = {"status", "code", "latency", "cut_before"}
AFTER = {"cut_after_commit", "truncate", "half_json", "not_json", "stuck_cursor"}


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
    seen: int = 0
    fired: int = 0

    def strikes(self, rng: Random) -> bool:
        """Count one matching call and tell whether it fails."""
        self.seen += 1
        if self.times and self.fired >= self.times:
            return False
        due = self._due(rng)
        self.fired += due
        return due

    def _due(self, rng: Random) -> bool:
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

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Add a rule; raises BadFault."""
        known = set(Fault.__slots__) - {"seen", "fired"}
        odd = sorted(set(wanted) - known)
        if odd or "call" not in wanted or wanted.get("kind") not in BEFORE | AFTER:
            kinds = ", ".join(sorted(BEFORE | AFTER))
            raise BadFault(f"a fault needs call and kind ({kinds}); odd keys: {odd}")
        fault = Fault(**wanted)
        if fault.nth and not fault.times:
            fault.times = 1
        self.rules.append(fault)
        return fault

    def strike(self, call: str) -> Fault | None:
        """Count a call against every rule that names it and return the first that strikes."""
        struck = [rule for rule in self.rules if _names(rule.call, call) and rule.strikes(self.rng)]
        return struck[0] if struck else None


def _names(pattern: str, call: str) -> bool:
    """Tell whether a rule speaks of a call; a star means every REST call."""
    return pattern == call or (pattern == "*" and " /v1/" in call)
