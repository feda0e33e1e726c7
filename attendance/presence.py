"""How long somebody was there: arithmetic on whole unix seconds, and the rule that names it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

# 2 a screen cast, 4 and 5 telephone audio and video: rows that hang on another row of the same identity (42701).
ATTACHED = frozenset({2, 4, 5})
# A device that is back within so many seconds moved between rooms (51622) or lost its line: it neither left nor came anew.
MOVE = 30
# Whoever met so many seconds before the scheduled start and left again did not begin the meeting.
ALLOWANCE = 600


class Interval(NamedTuple):
    """A half-open stretch of time: from `start` up to, not including, `end`."""

    start: int
    end: int


class Window(NamedTuple):
    """A counting window under the name its organiser gave it; the name is empty where nobody did."""

    name: str
    start: int
    end: int

    @property
    def interval(self) -> Interval:
        """The window without its name."""
        return Interval(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts: windows in order of time, by which version of what an organiser set (0: by itself), and what was left out."""

    windows: tuple[Window, ...]
    version: int = 0
    left_out: tuple[Interval, ...] = ()

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The time that counts, overlapping windows once."""
        return union(window.interval for window in self.windows)

    @property
    def start(self) -> int:
        """When counting begins."""
        return min(window.start for window in self.windows)

    @property
    def end(self) -> int:
        """When counting ends."""
        return max(window.end for window in self.windows)


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
    gaps: int = 0
    longest_gap: int = 0


NEVER_THERE = Presence(0, 0.0, None, None, 0, 0, 0, 0, False)


class Verdict(StrEnum):
    """The three things a rule can call a presence."""

    ATTENDED = "attended"
    PARTLY = "partly"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as attended: the share of the window and the minutes must be reached, and a sign-in where it is asked for."""

    min_share: float = 0.5
    min_minutes: int = 0
    version: str = "1"
    needs_sign_in: bool = False

    def verdict(self, presence: Presence, signed_in: bool = False) -> Verdict:
        """Name a presence under this rule; somebody who entered at all is never absent."""
        if presence.first_join is None:
            return Verdict.ABSENT
        enough = presence.share >= self.min_share and presence.seconds >= 60 * self.min_minutes
        proved = signed_in or not self.needs_sign_in
        return Verdict.ATTENDED if enough and proved else Verdict.PARTLY

    def least(self, length: int) -> int:
        """Give from how many seconds in windows of a length on this rule is met, apart from the sign-in."""
        # Whole per cents, so that the border is the one the verdict draws.
        return max(-(-round(100 * self.min_share) * length // 100), 60 * self.min_minutes)


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


def sessions(stays: Iterable[Interval], pause: int = ALLOWANCE) -> tuple[Interval, ...]:
    """Give the stretches in which anybody was there, joined across pauses of up to so many seconds."""
    joined: list[Interval] = []
    for start, end in union(stays):
        if joined and start - joined[-1].end <= pause:
            joined[-1] = Interval(joined[-1].start, end)
        else:
            joined.append(Interval(start, end))
    return tuple(joined)


def openings(
    starts: Iterable[int], stays: Iterable[Interval], scheduled_start: int
) -> tuple[list[int], tuple[Interval, ...]]:
    """Part the starts that open the meeting from those of a rehearsal; gives the former and when the latter was.

    Meaning: a start before the scheduled one (less ALLOWANCE) counts only if somebody stayed from it into the meeting:
    a company that broke up before did not hold it.
    Guarantee: no start from the scheduled one on is ever left out.
    """
    border = scheduled_start - ALLOWANCE
    held = sessions(stays)
    kept, left_out = [], set()
    for start in starts:
        company = next((one for one in held if one.start - ALLOWANCE <= start <= one.end), Interval(start, start))
        if start >= border or company.end > border:
            kept.append(start)
        else:
            left_out.add(company)
    return kept, tuple(sorted(left_out))


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Merge overlapping and touching intervals; empty ones vanish."""
    merged: list[Interval] = []
    if len(found := [interval for interval in intervals if interval.start < interval.end]) < 2:
        return tuple(found)
    for start, end in sorted(found):
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


def per_window(visits: Iterable[Visit], windows: Iterable[Window], now: int) -> list[int]:
    """Give the seconds somebody was there in each window by itself; overlapping windows each count their own."""
    seen = list(visits)
    return [length(stays(seen, [window.interval], now)) for window in windows]


def gaps(stayed: Sequence[Interval], windows: Sequence[Interval]) -> list[int]:
    """Give how long each absence between two stays was, as far as it lies in the windows; a move is none."""
    away = (length(clip([Interval(left.end, back.start)], windows)) for left, back in pairwise(stayed))
    return [seconds for seconds in away if seconds > MOVE]


def stays(visits: Iterable[Visit], windows: Sequence[Interval], now: int) -> tuple[Interval, ...]:
    """Give the stretches somebody was there inside the windows, merged and in order."""
    return union(clip((stay_of(visit, now) for visit in visits), union(windows)))


def measure(visits: Iterable[Visit], windows: Sequence[Interval], scheduled_start: int, now: int) -> Presence:
    """Measure the presence of one participant, or of one person from all of their participants' visits.

    Shape: visits in any order; windows may overlap; all times are unix seconds.
    Meaning: `seconds` is the length of the union of the visits inside the windows, so two devices count
    once, gaps never, and nothing outside the windows. `first_join` and `last_leave` are as they
    happened, not clipped, of the visits that touch a window; `late_by` counts from the scheduled start,
    `left_early` from the end of the last window or from now while it lasts. Attached rows add to the
    union, never to `entries` or `devices`, unless nobody knows what they are attached to. Moving between
    rooms is neither a gap nor an entry.
    Guarantee: 0 <= seconds <= length of the windows; the same for every order of the visits.
    """
    merged = union(windows)
    inside = [visit for visit in visits if _touches(stay_of(visit, now), merged)]
    if not inside:
        return NEVER_THERE
    if len(inside) == len(merged) == 1:
        return _once(inside[0], merged[0], scheduled_start, now)
    return _often(inside, merged, scheduled_start, now)


def _often(inside: Sequence[Visit], merged: Sequence[Interval], scheduled_start: int, now: int) -> Presence:
    """Measure the visits that touch windows which do not overlap."""
    stayed = stays(inside, merged, now)
    seconds, away = length(stayed), gaps(stayed, merged) if len(stayed) > 1 else []
    first = min(visit.join for visit in inside)
    is_open = any(visit.leave is None for visit in inside)
    last = max(stay_of(visit, now).end for visit in inside)
    own = [visit for visit in inside if visit.join_type not in ATTACHED] or inside
    return Presence(
        seconds=seconds,
        share=seconds / length(merged),
        first_join=first,
        last_leave=None if is_open else last,
        late_by=max(0, first - scheduled_start),
        left_early=0 if is_open else max(0, min(merged[-1].end, now) - last),
        entries=_entries(own, now) if len(own) > 1 else 1,
        devices=len({visit.device for visit in own}),
        open=is_open,
        gaps=len(away),
        longest_gap=max(away, default=0),
    )


def _once(visit: Visit, window: Interval, scheduled_start: int, now: int) -> Presence:
    """Measure a single visit in a single window, as most are: there is nothing to merge."""
    is_open, last = visit.leave is None, stay_of(visit, now).end
    seconds = min(last, window.end) - max(visit.join, window.start)
    return Presence(
        seconds, seconds / (window.end - window.start), visit.join, None if is_open else last,
        max(0, visit.join - scheduled_start), 0 if is_open else max(0, min(window.end, now) - last), 1, 1, is_open,
    )  # fmt: skip


def _entries(visits: Iterable[Visit], now: int) -> int:
    """Count how often devices came in; one that is back at once never left."""
    left: dict[str, int] = {}
    entries = 0
    for visit in sorted(visits, key=lambda one: one.join):
        entries += visit.join > left.get(visit.device, visit.join - MOVE - 1) + MOVE
        left[visit.device] = max(left.get(visit.device, visit.join), stay_of(visit, now).end)
    return entries


def stay_of(visit: Visit, now: int) -> Interval:
    """Turn a visit into an interval: open until now, and never of negative length."""
    leave = now if visit.leave is None else visit.leave
    return Interval(visit.join, max(visit.join, leave))


def _touches(stay: Interval, windows: Sequence[Interval]) -> bool:
    """Tell whether a stay, even one of no length, falls into a window."""
    return any(
        stay.start < closes and (opens < stay.end or opens <= stay.start) for opens, closes in windows
    )
