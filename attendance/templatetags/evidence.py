"""What templates need to lay evidence out and to draw a run's charts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from attendance import evidence, figures
from attendance.evidence import Step, Told
from portal import phones
from portal.pages.templatetags.columns import Bar, Mark, column_chart
from portal.pages.templatetags.rollcall import clock, minutes

register = template.Library()

# How many clock marks a chart has room for on a phone.
MOST_TICKS = 5


@register.simple_tag
def weigh(reasons_for: Sequence[Told], reasons_against: Sequence[Told], probability: float) -> list[Step]:
    """Give the steps of a waterfall from a candidate's reasons; none where they were stored without weights."""
    return evidence.waterfall([*reasons_for, *reasons_against], probability)


@register.simple_tag
def odds_range(steps: Sequence[Step]) -> dict[str, float]:
    """Give the scale of a waterfall: all its odds and even ones, within what is drawn."""
    ends = [0.0, *(odds for step in steps for odds in (step.before, step.after))]
    low, high = max(min(ends), -evidence.FURTHEST), min(max(ends), evidence.FURTHEST)
    air = (high - low) / 25
    return {"low": low - air, "high": high + air}


@register.filter
def sure(probability: float) -> str:
    """Write a probability in per cent, never 100 and never 0."""
    return evidence.sure(probability)


@register.filter
def meaning(probability: float) -> str:
    """Say what a probability means among many."""
    return evidence.meaning(probability)


@register.filter
def lead(told: Sequence[Told]) -> str:
    """Give the sentence of the reason that says most; empty where there is none."""
    found = evidence.lead(told)
    return evidence.say(found) if found else ""


@register.filter
def shown(name: str) -> str:
    """Show a displayed name with nothing in it that could be dialled."""
    return phones.scrub(name)


@register.simple_tag
def arrivals_chart(chart: figures.Chart | None) -> SafeString:
    """Draw when people first came, the counting window behind."""
    if chart is None:
        return mark_safe("")
    bars = [Bar(_between(each), each.count, each.url) for each in chart.columns]
    start, end = chart.columns[0].start, chart.columns[-1].end
    opens, closes = (_share(mark, start, end) for mark in chart.marks)
    marks = [Mark(opens, _("start"), closes)] if closes > 0 else []
    marks += [Mark(closes, _("end"))] if 0 < closes < 1 else []
    told = {"first": _time(start), "last": _time(end), "total": chart.total, "most": chart.most}
    spoken = _("First arrivals of %(total)d people from %(first)s to %(last)s, at most %(most)d at once") % told
    return column_chart(bars, _ticks(chart, _time), marks, spoken)


@register.simple_tag
def lengths_chart(chart: figures.Chart | None) -> SafeString:
    """Draw for how long people were there, with the length that the rule asks for."""
    if chart is None:
        return mark_safe("")
    needed = chart.marks[0]
    bars = [
        Bar(f"{minutes(each.start)} – {minutes(each.end)}", each.count, each.url, "good" if each.start >= needed else "part")
        for each in chart.columns
    ]
    end = chart.columns[-1].end
    marks = [Mark(min(1.0, needed / end), _("needed: %(minutes)s") % {"minutes": minutes(needed)})] if needed else []
    spoken = _("Minutes of %(total)d people; %(minutes)s are needed") % {"total": chart.total, "minutes": minutes(needed)}
    return column_chart(bars, _ticks(chart, lambda seconds: str(seconds // 60)), marks, spoken)


@register.filter
def between(column: figures.Column) -> str:
    """Say from when to when a column of arrivals reaches."""
    return _between(column)


def _between(column: figures.Column) -> str:
    return f"{_time(column.start)}–{_time(column.end)}"


def _time(stamp: int) -> str:
    return clock(datetime.fromtimestamp(stamp, UTC))


def _share(at: int, start: int, end: int) -> float:
    return min(1.0, max(0.0, (at - start) / max(1, end - start)))


def _ticks(chart: figures.Chart, word: object) -> list[Mark]:
    edges = [column.start for column in chart.columns] + [chart.columns[-1].end]
    every = -(-len(edges) // MOST_TICKS)
    return [Mark(_share(edge, edges[0], edges[-1]), word(edge)) for edge in edges[::every]]
