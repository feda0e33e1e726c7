"""Recurring rules: the dates of a series in its own zone."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import DAY, Occurrence

CAPS = {0: 200, 1: 200, 2: 200, 3: 50, 4: 50, 5: 200}
WALK = 366 * 5
CUSTOM = 5


def expand(rule: dict[str, Any], start: int, end: int, zone_name: str) -> list[Occurrence]:
    """Return the occurrences of a rule; raises 190004 where the rule makes no sense."""
    zone = ZoneInfo(zone_name)
    first = datetime.fromtimestamp(start, zone)
    cap = CAPS.get(_number(rule, "recurring_type", 0))
    if cap is None:
        raise Refusal(190004, "recurring_type out of range")
    if not _falls(rule, first, first):
        raise Refusal(190004, "recurring_days no include firstStartTime")
    by_count = _number(rule, "until_type", 0) == 1
    most = _number(rule, "until_count", 7) if by_count else cap
    if not 1 <= most <= cap:
        raise Refusal(190004, "until_count out of range")
    last = start + WALK * DAY if by_count else _number(rule, "until_date", start + 7 * DAY)
    starts = _starts(rule, first, most, last)
    if not starts:
        raise Refusal(190004, "until_date before the first occurrence")
    return [Occurrence(str(each), each, each + end - start) for each in starts]


def _starts(rule: dict[str, Any], first: datetime, most: int, last: int) -> list[int]:
    found: list[int] = []
    for days in range(WALK):
        # Wall-clock arithmetic, so a series keeps its hour over a change of clocks.
        day = first + timedelta(days=days)
        at = int(day.timestamp())
        if at > last or len(found) == most:
            break
        if _falls(rule, first, day):
            found.append(at)
    return found


def _falls(rule: dict[str, Any], first: datetime, day: datetime) -> bool:
    """Tell whether the series that began at `first` meets on `day`."""
    kind = _number(rule, "recurring_type", 0)
    gap = (day.date() - first.date()).days
    if kind == 0:
        return True
    if kind == 1:
        return day.weekday() < 5 or gap == 0
    if kind in (2, 3):
        return gap % (7 * (kind - 1)) == 0
    if kind == 4:
        return day.day == first.day
    return _falls_custom(rule, first, day, gap)


def _falls_custom(rule: dict[str, Any], first: datetime, day: datetime, gap: int) -> bool:
    kind = _number(rule, "customized_recurring_type", 0)
    step = max(1, _number(rule, "customized_recurring_step", 1))
    bits = _number(rule, "customized_recurring_days", 0)
    sunday_first = day.isoweekday() % 7
    if kind == 0:
        return gap % step == 0
    if kind == 1:
        week = (gap + first.isoweekday() % 7) // 7
        return week % step == 0 and bool(bits >> sunday_first & 1)
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % step:
        return False
    if kind == 2:
        return bool(bits >> sunday_first & 1) and bool(bits >> 7 + (day.day - 1) // 7 & 1)
    return bool(bits >> day.day - 1 & 1)


def _number(rule: dict[str, Any], name: str, default: int) -> int:
    value = rule.get(name, default)
    if isinstance(value, str) and value.isdigit():
        return int(value)
    if not isinstance(value, int):
        raise Refusal(190004, f"{name} must be an integer")
    return value
