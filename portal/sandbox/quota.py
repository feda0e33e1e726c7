"""Rate limits in sliding windows: calls by identity, endpoint and meeting, and meetings made."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.errors import Refusal
from portal.sandbox.switches import Switches
from portal.sandbox.usage import mean_use
from portal.sandbox.world import User

# The platform's day begins at midnight in Beijing.
BEIJING = 28_800
CORP = "/v1/corp/"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in a window of `seconds`, none where 0; one more is refused with `code`."""

    code: int
    most: int
    seconds: float


@dataclass(slots=True)
class Tally:
    """When calls of one kind were accepted and when refused, oldest first."""

    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    first: int = 0
    peak: int = 0

    def has_room(self, limit: Limit, since: float) -> bool:
        """Tell whether one more fits behind `since`."""
        return not limit.most or len(self.accepted) < limit.most or self.accepted[-limit.most] < since

    def accept(self, now: float, window: float) -> None:
        """Count one, and keep the highest number in any window, wherever it begins."""
        self.accepted.append(now)
        while self.accepted[self.first] < now - window:
            self.first += 1
        self.peak = max(self.peak, len(self.accepted) - self.first)


Counted = list[tuple[Tally, tuple[Limit, ...]]]


class Quota:
    """Counts accepted calls; refused ones count only where a switch says so."""

    def __init__(self, switches: Switches, clock: Callable[[], float]) -> None:
        self._switches = switches
        self._clock = clock
        self._tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
        self._apps: set[str] = set()

    @property
    def peaks(self) -> dict[str, int]:
        """Return the highest number of accepted calls of each identity in any minute."""
        return {identity: tally.peak for identity, tally in self._identities()}

    def spend(self, identity: str, call: str, of_app: bool, meeting_id: str = "") -> None:
        """Count one call; raises 190310 to 190313 or 9061 beyond a limit."""
        if of_app:
            self._apps.add(identity)
        counted = [(self._tallies["all", identity], self._totals(of_app))]
        if CORP in call:
            kind = call if self._switches["rate_corp_each"] else CORP
            counted.append((self._tallies[kind, identity], (self._a_minute(190313, "rate_corp_per_minute"),)))
        counted.append((self._tallies[f"each {call}", identity], (
            self._a_minute(190313, "rate_endpoint_per_minute"), self._a_day(190312, "rate_endpoint_per_day"),
        )))
        if meeting_id:
            counted.append((self._tallies["meeting", meeting_id], (self._a_minute(9061, "rate_meeting_per_minute"),)))
        self._take(counted)

    def create(self, user: User) -> None:
        """Count one meeting made by a user; raises 9008, 500029 or 500168 beyond a limit."""
        account = user.enterprise.open_corp_id if user.enterprise else user.open_id
        hour, month = (float(self._switches[f"rate_{unit}_seconds"]) for unit in ("hour", "month"))
        self._take([
            (self._tallies["made", user.open_id], (
                Limit(500029, int(self._switches["creations_per_hour"]), hour),
                self._a_day(9008, "creations_per_day"),
            )),
            (self._tallies["made", account], (Limit(500168, int(self._switches["creations_per_month"]), month),)),
        ])

    def reset(self) -> None:
        """Forget every count."""
        self._tallies.clear()
        self._apps.clear()

    def usage(self) -> dict[str, dict[str, Any]]:
        """Return calls, refusals, the fullest window and the mean use of the minute by identity."""
        minute = float(self._switches["rate_minute_seconds"])
        most = int(self._switches["rate_per_minute"])
        return {
            identity: {
                "kind": "app" if identity in self._apps else "user",
                "calls": len(tally.accepted), "refused": len(tally.refused),
                "refused_by_code": {str(code): count for code, count in tally.codes.items()},
                "peak_minute": tally.peak, "mean_use": mean_use(tally.accepted, tally.refused, most, minute),
            }
            for identity, tally in self._identities()
        }

    def _identities(self) -> list[tuple[str, Tally]]:
        return [(name, tally) for (kind, name), tally in self._tallies.items() if kind == "all"]

    def _totals(self, of_app: bool) -> tuple[Limit, ...]:
        minute = self._a_minute(190310, "rate_per_minute")
        # The limit of a day is documented for self-built apps only.
        if of_app or self._switches["rate_day_for_oauth"]:
            return minute, self._a_day(190311, "rate_per_day")
        return (minute,)

    def _a_minute(self, code: int, name: str) -> Limit:
        return Limit(code, int(self._switches[name]), float(self._switches["rate_minute_seconds"]))

    def _a_day(self, code: int, name: str) -> Limit:
        return Limit(code, int(self._switches[name]), float(self._switches["rate_day_seconds"]))

    def _take(self, counted: Counted) -> None:
        now = self._clock()
        broken = [
            (tally, limit.code) for tally, limits in counted for limit in limits
            if not tally.has_room(limit, self._since(now, limit.seconds))
        ]
        if not broken or self._switches["rate_counts_refused"]:
            for tally, _ in counted:
                tally.accept(now, float(self._switches["rate_minute_seconds"]))
        if broken:
            counted[0][0].refused.append(now)
            counted[0][0].codes[broken[0][1]] += 1
            raise Refusal(broken[0][1])

    def _since(self, now: float, seconds: float) -> float:
        """Return where the window of this moment begins: so long ago, or at the last full minute."""
        if self._switches["rate_window"] == "clock":
            return (now + BEIJING) // seconds * seconds - BEIJING
        return now - seconds
