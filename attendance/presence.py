"""How long somebody was there: arithmetic on whole unix seconds, and the rule that names it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

# 2 a screen cast, 4 and 5 telephone audio and video: rows that hang on another row (42701).
ATTACHED = frozenset({2, 4, 5})


class Interval(NamedTuple):
    """A half-open stretch of time: from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of one device; `leave` is None while it lasts, `device` is any name of the device."""

    join: int
    leave: int | None
    device: str = ""
    join_type: int = 1


@dataclass(frozen=True, slots=True)
class Presence:
    """What the visits of one participant, or of one person's participants, amount to."""

    seconds: int
    share: float
    first_join: int | None
    last_leave: int | None
    late_by: int
    left_early: int
    entries: int
    devices: int
    open: bool


class Verdict(StrEnum):
    """The three things a rule can call a presence."""

    ATTENDED = "attended"
    PARTLY = "partly"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as attended: both the share of the window and the minutes must be reached."""

    min_share: float = 0.5
    min_minutes: int = 0
    version: str = "1"

    def verdict(self, presence: Presence) -> Verdict:
        """Name a presence under this rule; somebody who entered at all is never absent."""
        if presence.first_join is None:
            return Verdict.ABSENT
        enough = presence.share >= self.min_share and presence.seconds >= 60 * self.min_minutes
        return Verdict.ATTENDED if enough else Verdict.PARTLY


def window(
    *,
    starts: Iterable[int],
    scheduled_start: int,
    ends: Iterable[int],
    scheduled_end: int,
    last_leave: int | None,
) -> Interval:
    """Give the counting window: first `meeting.started` to last `meeting.end`, else what was scheduled.

    Shape: `starts` and `ends` hold the times of all such events, in any order, possibly none.
    Meaning: without an end event the later of the scheduled end and the last leave closes the window.
    Guarantee: the end is never before the start; an end event before the start is no end.
    """
    start = min(starts, default=scheduled_start)
    ended = max((end for end in ends if end > start), default=None)
    if ended is None:
        ended = max(start, scheduled_end, last_leave or start)
    return Interval(start, ended)


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Merge overlapping and touching intervals; empty ones vanish."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval.start < interval.end):
        if merged and start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Interval(start, end))
    return tuple(merged)


def clip(intervals: Iterable[Interval], windows: Sequence[Interval]) -> Iterator[Interval]:
    """Yield the parts of the intervals that lie inside the windows."""
    for start, end in intervals:
        for opens, closes in windows:
            if start < closes and opens < end:
                yield Interval(max(start, opens), min(end, closes))


def length(intervals: Iterable[Interval]) -> int:
    """Sum the lengths of intervals that do not overlap."""
    return sum(end - start for start, end in intervals)


def stays(visits: Iterable[Visit], windows: Sequence[Interval], now: int) -> tuple[Interval, ...]:
    """Give the stretches somebody was there inside the windows, merged and in order."""
    return union(clip((_stay(visit, now) for visit in visits), union(windows)))


def measure(visits: Iterable[Visit], windows: Sequence[Interval], scheduled_start: int, now: int) -> Presence:
    """Measure the presence of one participant, or of one person from all of their participants' visits.

    Shape: visits in any order; windows may overlap; all times are unix seconds.
    Meaning: `seconds` is the length of the union of the visits inside the windows, so two devices count
    once, gaps never, and nothing outside the windows. `first_join` and `last_leave` are as they
    happened, not clipped, of the visits that touch a window; `late_by` counts from the scheduled start,
    `left_early` from the end of the last window or from now while it lasts. Attached rows add to the
    union, never to `entries` or `devices`.
    Guarantee: 0 <= seconds <= length of the windows; the same for every order of the visits.
    """
    merged = union(windows)
    inside = [visit for visit in visits if _touches(_stay(visit, now), merged)]
    if not inside:
        return Presence(0, 0.0, None, None, 0, 0, 0, 0, False)
    seconds = length(stays(inside, merged, now))
    first = min(visit.join for visit in inside)
    is_open = any(visit.leave is None for visit in inside)
    last = max(_stay(visit, now).end for visit in inside)
    own = [visit for visit in inside if visit.join_type not in ATTACHED]
    return Presence(
        seconds=seconds,
        share=seconds / length(merged),
        first_join=first,
        last_leave=None if is_open else last,
        late_by=max(0, first - scheduled_start),
        left_early=0 if is_open else max(0, min(merged[-1].end, now) - last),
        entries=len(own),
        devices=len({visit.device for visit in own}),
        open=is_open,
    )


def _stay(visit: Visit, now: int) -> Interval:
    """Turn a visit into an interval: open until now, and never of negative length."""
    leave = now if visit.leave is None else visit.leave
    return Interval(visit.join, max(visit.join, leave))


def _touches(stay: Interval, windows: Sequence[Interval]) -> bool:
    """Tell whether a stay, even one of no length, falls into a window."""
    return any(
        stay.start < closes and (opens < stay.end or opens <= stay.start) for opens, closes in windows
    )
