"""Counting windows one by one: how long somebody was there in each, and how many were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from attendance import presence
from attendance.models import MatchRun, Visit
from meetings.models import Occurrence


@dataclass(frozen=True, slots=True)
class Part:
    """One counting window and how much of it somebody was there; times are Unix seconds."""

    name: str
    start: int
    end: int
    seconds: int

    @property
    def share(self) -> float:
        """The share of this window, from 0 to 1."""
        return self.seconds / (self.end - self.start) if self.end > self.start else 0.0


def parts(run: MatchRun, visits: Iterable[Visit], now: datetime) -> list[Part]:
    """Measure somebody's visits in each window of a run, in the order of the windows."""
    stays = [presence.Visit(each.join_time, each.left_time, str(each.instanceid), each.join_type) for each in visits]
    seconds = presence.per_window(stays, run.windows, int(now.timestamp()))
    return [Part(*window, length) for window, length in zip(run.windows, seconds, strict=True)]


def participants_in(occurrence: Occurrence, window: presence.Window) -> int:
    """Count the participants who were there in a window."""
    met = Visit.objects.filter(occurrence=occurrence, join_time__lt=window.end).exclude(left_time__lte=window.start)
    return met.order_by().values("ms_open_id").distinct().count()
