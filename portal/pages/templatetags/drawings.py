"""Drawings made on the server as SVG: no script, no style attribute, sharp at every width.

Widths are percentages of the box and heights are pixels, so text keeps its size on a phone.
"""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.pages.templatetags.rollcall import icon, percent
from portal.pages.templatetags.statuses import STATUSES

register = template.Library()


class Step(TypedDict):
    """One step of a funnel; every figure leads to its rows."""

    label: str
    count: int
    url: str


@register.simple_tag
def progress_bar(made: int, refused: int, wanted: int) -> SafeString:
    """Draw how much of the wanted work is made and how much was refused."""
    parts = [("good", made), ("bad", refused)]
    label = _("%(made)d of %(wanted)d made, %(refused)d refused") % {
        "made": made,
        "wanted": wanted,
        "refused": refused,
    }
    return format_html(
        '<svg class="rc-bar-chart" role="img" aria-label="{}">{}</svg>', label, _rects(parts, wanted, "8")
    )


@register.simple_tag
def roll_bar(parts: Sequence[tuple[str, int]]) -> SafeString:
    """Draw how a whole is made up of states, with a legend that names every part.

    Parts: (state's code, count).
    """
    total = sum(count for _code, count in parts)
    looks = [(STATUSES[code], count) for code, count in parts]
    label = ", ".join(f"{look.label} {count}" for look, count in looks)
    bars = _rects([(look.tone, count) for look, count in looks], total, "14")
    legend = format_html_join(
        "",
        '<li class="rc-tone-{}">{}{}<b>{}</b></li>',
        ((look.tone, icon(look.icon), look.label, count) for look, count in looks if count),
    )
    return format_html(
        '<svg class="rc-rollbar" role="img" aria-label="{}">{}</svg><ul class="rc-legend">{}</ul>',
        label,
        bars,
        legend,
    )


def _rects(parts: Iterable[tuple[str, int]], total: int, height: str) -> SafeString:
    rows, left = [], 0.0
    for tone, count in parts:
        width = 100 * count / total if total else 0.0
        # A hairline in the colour of the surface parts neighbours for eyes that do not part their colours.
        cut = format_html('<rect class="rc-cut" x="{}%" width="2" height="{}"/>', f"{left:.2f}", height)
        rows.append((tone, f"{left:.2f}", f"{width:.2f}", height, cut if left and count else ""))
        left += width
    return format_html_join("", '<rect class="rc-tone-{}" x="{}%" width="{}%" height="{}"/>{}', rows)


@register.simple_tag
def funnel(steps: Sequence[Step]) -> SafeString:
    """Draw how a crowd shrinks; shares are of the first step, and each step leads to its rows."""
    whole = steps[0]["count"] if steps else 0
    rows = []
    for step in steps:
        share = step["count"] / whole if whole else 0.0
        bar = _rects([("accent", step["count"])], max(whole, step["count"], 1), "8")
        rows.append((step["url"], step["label"], step["count"], percent(share), bar))
    return format_html(
        '<ul class="rc-funnel">{}</ul>',
        format_html_join(
            "",
            '<li><a href="{}"><span class="rc-funnel-head"><span class="rc-funnel-label">{}</span>'
            "<span><b>{}</b><small>{}</small></span></span>"
            '<svg class="rc-bar-chart" aria-hidden="true">{}</svg></a></li>',
            rows,
        ),
    )
