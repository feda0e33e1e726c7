"""Counting windows one by one: how long somebody was there in each, and who was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from attendance import presence
from attendance.models import Companion, Match, MatchQuerySet, MatchRun, OutcomeQuerySet, Visit
from attendance.participants import NEVER


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


def matches_in(run: MatchRun, rows: MatchQuerySet, start: int, end: int) -> MatchQuerySet:
    """Narrow what a run says of participants to those who were there at any time of a window."""
    met = Visit.objects.filter(occurrence=run.occurrence_id, join_time__lt=end).exclude(left_time__lte=start)
    # Stay, window and part have a time in common where each two of them have one.
    own = Q(left_time=None) | Q(left_time__gt=Coalesce(OuterRef("participant__since"), 0))
    own &= Q(join_time__lt=Coalesce(OuterRef("participant__until"), NEVER))
    there = Q(participant__since=None) | Q(participant__since__lt=end)
    there &= Q(participant__until=None) | Q(participant__until__gt=start)
    part = there & Exists(met.filter(own, ms_open_id=OuterRef("participant__whole__ms_open_id")))
    return rows.filter(Q(participant__whole=None, participant__ms_open_id__in=met.values("ms_open_id")) | part)


def outcomes_in(run: MatchRun, rows: OutcomeQuerySet, start: int, end: int) -> OutcomeQuerySet:
    """Narrow what a run says of expected people to those who were there at any time of a window."""
    found = matches_in(run, Match.objects.filter(run=run), start, end)
    beside = Companion.objects.filter(run=run, participant__in=found.values("participant"))
    known = found.exclude(person=None)
    return rows.filter(Q(person__in=known.values("person")) | Q(person__in=beside.values("person")))
