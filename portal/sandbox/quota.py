"""Rate limits: calls a minute and a day, meetings made in an hour."""

from collections import defaultdict, deque
from collections.abc import Callable

from portal.sandbox.errors import Refusal
from portal.sandbox.switches import Switches

DAY = 86_400
HOUR = 3_600


class Quota:
    """Counts accepted calls by an identity: a self-built app, or a user of the OAuth app."""

    def __init__(self, switches: Switches, clock: Callable[[], float]) -> None:
        self._switches = switches
        self._clock = clock
        self._minutes: dict[str, tuple[int, int]] = {}
        self._days: dict[str, tuple[int, int]] = {}
        self._creations: dict[str, deque[float]] = defaultdict(deque)
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self.peaks: dict[str, int] = defaultdict(int)

    def spend(self, identity: str) -> None:
        """Count one call; raises 190310 or 190311 beyond the limit."""
        now = self._clock()
        minute = float(self._switches["rate_minute_seconds"])
        a_minute, a_day = int(self._switches["rate_per_minute"]), int(self._switches["rate_per_day"])
        _count(self._minutes, identity, int(now // minute), a_minute, 190310)
        # The platform's day begins at midnight in Beijing.
        _count(self._days, identity, int((now + 8 * HOUR) // DAY), a_day, 190311)
        self._watch(identity, now, minute)

    def create(self, open_id: str) -> None:
        """Count one meeting made by a user; raises 500029 beyond the hourly limit."""
        now = self._clock()
        made = self._creations[open_id]
        while made and made[0] <= now - HOUR:
            made.popleft()
        if len(made) >= int(self._switches["creations_per_hour"]):
            raise Refusal(500029)
        made.append(now)

    def reset(self) -> None:
        """Forget every count."""
        for counts in (self._minutes, self._days, self._creations, self._recent, self.peaks):
            counts.clear()

    def _watch(self, identity: str, now: float, minute: float) -> None:
        """Keep the highest number of calls in any minute, wherever it begins."""
        recent = self._recent[identity]
        recent.append(now)
        while recent[0] <= now - minute:
            recent.popleft()
        self.peaks[identity] = max(self.peaks[identity], len(recent))


def _count(counts: dict[str, tuple[int, int]], identity: str, period: int, limit: int, code: int) -> None:
    counted, number = counts.get(identity, (period, 0))
    if counted != period:
        number = 0
    if limit and number >= limit:
        raise Refusal(code)
    counts[identity] = (period, number + 1)
