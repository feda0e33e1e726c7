"""What templates need to lay evidence out and to draw a run's charts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance import cases, evidence, figures
from attendance.evidence import Step, Told
from attendance.templatetags.presence import verdict
from portal import phones

register = template.Library()

# How many clock marks a chart has room for on a phone.
MOST_TICKS = 5


@register.simple_tag
def odds_range(steps: Sequence[Step]) -> dict[str, float]:
    """Give the scale of a waterfall: all its odds and even ones, within what is drawn."""
    ends = [0.0, *(odds for step in steps for odds in (step.before, step.after))]
    low, high = max(min(ends), -evidence.FURTHEST), min(max(ends), evidence.FURTHEST)
    air = (high - low) / 25
    return {"low": low - air, "high": high + air}


@register.simple_tag
def sides(candidate: cases.Candidate) -> dict[str, list[dict[str, object]]]:
    """Give what speaks for a candidate and what against, the weightiest first, as `components/_evidence.html` takes it.

    What was to be expected is neither; rivals that take nothing away are left out.
    """
    told = sorted((*candidate.reasons_for, *candidate.reasons_against), key=lambda each: -abs(evidence.weight_of(each)))
    found: dict[str, list[dict[str, object]]] = {"pro": [], "con": []}
    for each in told:
        weight, rival = evidence.weight_of(each), each[0] == evidence.RIVALS
        if each[0] == evidence.BASE or (rival and weight > -evidence.SLIGHT):
            continue
        shown, word = "rival" if rival else verdict(each), evidence.of_weight(weight) if weight else ""
        line = {"verdict": shown, "key": evidence.say(each), "word": word, "plain": True}
        found["pro" if shown == "agreed" else "con"].append(line)
    return found


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
def drawn_arrivals(chart: figures.Chart) -> dict[str, object]:
    """Give what `column_chart` takes to draw when people first came, the counting window behind."""
    start, end = chart.columns[0].start, chart.columns[-1].end
    opens, closes = (_share(mark, start, end) for mark in chart.marks)
    marks: list[tuple[object, ...]] = [(opens, _("start"), closes)] if closes > 0 else []
    marks += [(closes, _("end"))] if 0 < closes < 1 else []
    told = {"first": _time(start), "last": _time(end), "total": chart.total, "most": chart.most}
    return {
        "bars": [(between(each), each.count, each.url) for each in chart.columns], "ticks": _ticks(chart, _time), "marks": marks,
        "spoken": _("First arrivals of %(total)d people from %(first)s to %(last)s, at most %(most)d at once") % told,
    }  # fmt: skip


@register.simple_tag
def drawn_lengths(chart: figures.Chart) -> dict[str, object]:
    """Give what `column_chart` takes to draw for how long people were there, with the length the rule asks for."""
    needed, end = chart.marks[0], chart.columns[-1].end
    told = {"total": chart.total, "minutes": -(-needed // 60)}
    bars = [(length_word(each), each.count, each.url, "good" if each.start >= needed else "part") for each in chart.columns]
    return {
        "bars": bars, "ticks": _ticks(chart, lambda seconds: str(seconds // 60)),
        "marks": [(min(1.0, needed / end), _("needed: %(minutes)d min") % told)] if needed else [],
        "spoken": _("Minutes of %(total)d people; %(minutes)d are needed") % told,
    }  # fmt: skip


@register.filter
def between(column: figures.Column) -> str:
    """Say from when to when a column of arrivals reaches."""
    return f"{_time(column.start)}–{_time(column.end)}"


@register.filter
def length_word(column: figures.Column) -> str:
    """Say which lengths a column of minutes holds."""
    return _("%(from)d–%(to)d min") % {"from": column.start // 60, "to": column.end // 60}


def _time(stamp: int) -> str:
    return timezone.localtime(datetime.fromtimestamp(stamp, UTC)).strftime("%H:%M")


def _share(at: int, start: int, end: int) -> float:
    return min(1.0, max(0.0, (at - start) / max(1, end - start)))


def _ticks(chart: figures.Chart, word: Callable[[int], str]) -> list[tuple[float, str]]:
    edges = [column.start for column in chart.columns] + [chart.columns[-1].end]
    every = -(-len(edges) // MOST_TICKS)
    return [(_share(edge, edges[0], edges[-1]), word(edge)) for edge in edges[::every]]
