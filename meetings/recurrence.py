"""How a series repeats: as a form asks for it, a row keeps it, the platform takes it, and in words."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.tencent.plans import RecurringRule

BY_DATE, BY_COUNT = 0, 1
MOST_RARE, MOST_OFTEN = 50, 200


class Repeat(models.IntegerChoices):
    """The platform's kinds of series (document 81181); a custom one is kept as it is."""

    DAILY = 0, gettext_lazy("every day")
    WEEKDAYS = 1, gettext_lazy("Monday to Friday")
    WEEKLY = 2, gettext_lazy("every week")
    TWO_WEEKLY = 3, gettext_lazy("every two weeks")
    MONTHLY = 4, gettext_lazy("every month")
    CUSTOM = 5, gettext_lazy("as set in Tencent Meeting")


RARE = (Repeat.TWO_WEEKLY, Repeat.MONTHLY)
STEPS = {Repeat.DAILY: 1, Repeat.WEEKDAYS: 1, Repeat.WEEKLY: 7, Repeat.TWO_WEEKLY: 14}


def rule(
    repeat: Repeat, *, count: int | None = None, last_day: date | None = None, zone: str
) -> RecurringRule:
    """Make the rule of a series that ends after a count of occurrences, else with a day in its zone."""
    if count:
        return RecurringRule(int(repeat), BY_COUNT, until_count=count)
    end = datetime.combine(last_day, time(23, 59, 59), ZoneInfo(zone)) if last_day else None
    return RecurringRule(int(repeat), BY_DATE, until_date=end)


def kept(rule: RecurringRule) -> dict[str, int]:
    """Give the rule as a row keeps it: numbers only, the date as Unix seconds."""
    held = {name: value for name, value in dataclasses.asdict(rule).items() if value is not None}
    return held | ({"until_date": int(rule.until_date.timestamp())} if rule.until_date else {})


def read(kept: dict[str, int], zone: str) -> RecurringRule:
    """Give back the rule that `kept` wrote."""
    until = kept.get("until_date")
    moment = datetime.fromtimestamp(until, ZoneInfo(zone)) if until else None
    return RecurringRule(**(kept | {"until_date": moment}))


def most(repeat: Repeat) -> int:
    """Give how many occurrences the platform allows a series of this kind."""
    return MOST_RARE if repeat in RARE else MOST_OFTEN


def occurrences(rule: RecurringRule, first: date) -> int:
    """Count the occurrences of a rule, at most one more than the platform allows."""
    repeat = Repeat(rule.recurring_type)
    if rule.until_type == BY_COUNT or rule.until_date is None:
        return rule.until_count or 0
    days = islice(_days(repeat, first), most(repeat) + 1)
    return sum(1 for day in days if day <= rule.until_date.date())


def _days(repeat: Repeat, first: date) -> Iterator[date]:
    if repeat == Repeat.MONTHLY:
        yield from _months(first)
    day = first
    while repeat in STEPS:
        if repeat != Repeat.WEEKDAYS or day.weekday() < 5:
            yield day
        day += timedelta(days=STEPS[repeat])


def _months(first: date) -> Iterator[date]:
    """Yield the same day of every following month, leaving out the months that do not have it."""
    for month in range(first.month - 1, first.month - 1 + 12 * (MOST_RARE + 1)):
        year = first.year + month // 12
        try:
            yield first.replace(year=year, month=month % 12 + 1)
        except ValueError:
            continue


def words(kept: dict[str, int], zone: str) -> str:
    """Say a kept rule in the reader's language: every week, 8 times."""
    if not kept:
        return ""
    rule = read(kept, zone)
    often = str(Repeat(rule.recurring_type).label)
    if rule.until_type == BY_COUNT and rule.until_count:
        return _("%(often)s, %(count)d times") % {"often": often, "count": rule.until_count}
    if rule.until_date:
        return _("%(often)s, until %(day)s") % {
            "often": often,
            "day": formats.date_format(rule.until_date, "Y-m-d"),
        }
    return often
