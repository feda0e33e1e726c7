"""Columns side by side, each a link to its rows, as SVG without script or style; with the same figures as a table.

Widths are percentages of the box and heights are pixels, so text keeps its size on a phone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

HEIGHT, AXIS, HEAD = 120, 24, 18
# Which part of its place a column fills.
FILLED = 0.84

class Bar(NamedTuple):
    """One column: its label, its figure, where its rows are; `tone` colours it."""

    label: str
    count: int
    url: str
    tone: str = "accent"


class Mark(NamedTuple):
    """Something marked among the columns: where (0 to 1 of the width), and its word; `until` makes it a stretch."""

    at: float
    word: str
    until: float | None = None


Told = Sequence[tuple[object, ...]]


@register.simple_tag
def column_chart(columns: Told, ticks: Told, marks: Told, spoken: str) -> SafeString:
    """Draw columns (values of Bar) under ticks and marks (values of Mark); each is a link that says its figure."""
    bars = [Bar(*each) for each in columns]
    ticks, marks = [Mark(*each) for each in ticks], [Mark(*each) for each in marks]
    if not bars:
        return mark_safe("")
    most = max(bar.count for bar in bars) or 1
    slot = 100 / len(bars)
    return format_html(
        '<svg class="rc-columns" height="{}" role="group" aria-label="{}">{}{}{}{}{}</svg>',
        HEAD + HEIGHT + AXIS, spoken, _stretches(marks),
        format_html_join("", "{}", ((_bar(bar, number * slot, slot, most),) for number, bar in enumerate(bars))),
        format_html('<line class="rc-base" x1="0" x2="100%" y1="{}" y2="{}"/>', HEAD + HEIGHT, HEAD + HEIGHT),
        _ticks(ticks), _marks(marks),
    )  # fmt: skip


def _bar(bar: Bar, left: float, slot: float, most: int) -> SafeString:
    height = HEIGHT * bar.count / most
    # A few of many thousands are seen too.
    height = max(height, 2.0) if bar.count else 0.0
    x, width = left + slot * (1 - FILLED) / 2, slot * FILLED
    rect = format_html(
        '<rect class="rc-tone-{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
        bar.tone, _per(x), f"{HEAD + HEIGHT - height:.1f}", _per(width), f"{height:.1f}",
    )  # fmt: skip
    # The whole height answers a finger, however low the column is.
    field = format_html(
        '<rect class="rc-hit" x="{}" y="{}" width="{}" height="{}"/>', _per(left), HEAD, _per(slot), HEIGHT
    )
    told = f"{bar.label}: {bar.count}"
    if not bar.count:
        return format_html("<g>{}<title>{}</title></g>", field, told)
    return format_html('<a href="{}" aria-label="{}">{}{}<title>{}</title></a>', bar.url, told, field, rect, told)


def _stretches(marks: Sequence[Mark]) -> SafeString:
    parts = [(mark.at, mark.until) for mark in marks if mark.until is not None]
    rows = [(_per(100 * start), HEAD, _per(100 * (end - start)), HEIGHT) for start, end in parts]
    return format_html_join("", '<rect class="rc-window" x="{}" y="{}" width="{}" height="{}"/>', rows)


def _ticks(ticks: Sequence[Mark]) -> SafeString:
    rows = [(_per(100 * tick.at), HEAD + HEIGHT + 17, _anchor(tick.at), tick.word) for tick in ticks]
    return format_html_join("", '<text x="{}" y="{}" text-anchor="{}">{}</text>', rows)


def _marks(marks: Sequence[Mark]) -> SafeString:
    rows = [
        (at, at, HEAD - 2, HEAD + HEIGHT, at, HEAD - 6, anchor, word)
        for at, anchor, word in ((_per(100 * mark.at), _anchor(mark.at), mark.word) for mark in marks)
    ]
    line = '<line class="rc-edge" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    return format_html_join("", line + '<text class="rc-mark-word" x="{}" y="{}" text-anchor="{}">{}</text>', rows)


def _anchor(at: float) -> str:
    return "start" if at < 0.12 else "end" if at > 0.88 else "middle"


def _per(share: float) -> str:
    return f"{share:.2f}%"
