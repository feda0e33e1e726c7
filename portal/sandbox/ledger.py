"""What was called: counts, the last calls, refreshes, nonces that came twice."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 500


@dataclass(slots=True)
class Ledger:
    """Counters since the start or the last reset."""

    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refreshes: Counter[str] = field(default_factory=Counter)
    links_made: Counter[str] = field(default_factory=Counter)
    nonces_reused: int = 0
    faults_fired: int = 0
    last: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    nonces: set[str] = field(default_factory=set)

    def note_nonce(self, nonce: str) -> None:
        """Count a nonce that the same identity has used before, whatever its timestamp."""
        if nonce in self.nonces:
            self.nonces_reused += 1
        self.nonces.add(nonce)

    def note(self, call: str, entry: dict[str, Any]) -> None:
        """Count an answered call."""
        self.calls[call] += 1
        if entry["status"] >= 400:
            self.refused[f"{call} {entry['error_code'] or entry['status']}"] += 1
        self.last.append(entry)

    def summary(self) -> dict[str, Any]:
        """Return the counters."""
        return {
            "calls": dict(self.calls),
            "refused": dict(self.refused),
            "refreshes": dict(self.refreshes),
            "links_made": dict(self.links_made),
            "nonces_reused": self.nonces_reused,
            "faults_fired": self.faults_fired,
        }
