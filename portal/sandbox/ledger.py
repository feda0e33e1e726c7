"""What was called: counts, every call, refreshes, nonces that came twice."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 100_000


@dataclass(slots=True)
class Entry:
    """One answered call; `kind` is app, user, or nothing where nobody is named."""

    at: float
    call: str
    method: str
    path: str
    identity: str
    kind: str
    status: int
    error_code: int
    fault: str
    seconds: float
    trace: str
    nonce_reused: bool

    def fits(self, wanted: dict[str, str]) -> bool:
        """Tell whether every wanted value, as text, is this entry's."""
        return all(str(getattr(self, name)) == value for name, value in wanted.items())


@dataclass(slots=True)
class Ledger:
    """Counters since the start or the last reset."""

    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refreshes: Counter[str] = field(default_factory=Counter)
    links_made: Counter[str] = field(default_factory=Counter)
    nonces_reused: int = 0
    faults_fired: int = 0
    log: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    nonces: set[str] = field(default_factory=set)

    def note_nonce(self, nonce: str) -> bool:
        """Count a nonce that the same identity has used before, whatever its timestamp; tell if it was."""
        reused = nonce in self.nonces
        self.nonces_reused += reused
        self.nonces.add(nonce)
        return reused

    def note(self, entry: Entry) -> None:
        """Count an answered call."""
        self.calls[entry.call] += 1
        if entry.status >= 400:
            self.refused[f"{entry.call} {entry.error_code or entry.status}"] += 1
        self.log.append(entry)

    def newest(self, wanted: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Give the calls that fit, the newest first."""
        return (asdict(entry) for entry in reversed(self.log) if entry.fits(wanted or {}))

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
