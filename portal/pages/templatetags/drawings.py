"""Drawings made on the server as SVG: no script, no style attribute, sharp at every width.

Widths are percentages of the box and heights are pixels, so text keeps its size on a phone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .rollcall import icon, percent
from .statuses import STATUSES

register = template.Library()

AXIS, NAME, BAR, GAP = 22, 20, 14, 10
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
MOST_TICKS = 6
CHART, CHART_AXIS = 88, 22


class Stay(TypedDict):
    """One visit; an end of None is still open. The kind is "device" unless it is "attached" (telephone, screen)."""

    start: datetime
    end: datetime | None
    kind: NotRequired[str]


class Lane(TypedDict):
    """The visits of one device."""

    name: str
    visits: Sequence[Stay]


class Step(TypedDict):
    """One step of a funnel; every figure leads to its rows."""

    label: str
    count: int
    url: str


Span = tuple[datetime, datetime]


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
    """Draw how a whole is made up of states, with a legend that names every part. Parts: (state's code, count)."""
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
        '<svg class="rc-rollbar" role="img" aria-label="{}">{}</svg><ul class="rc-legend">{}</ul>', label, bars, legend
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
def presence_timeline(
    lanes: Sequence[Lane],
    windows: Sequence[Span],
    counted: Sequence[Span] = (),
    now: datetime | None = None,
) -> SafeString:
    """Draw when each device was there, the counting windows behind, and the time that counts on top.

    Times appear in the active zone. An open visit reaches to `now` and is drawn with a broken edge.
    """
    now = now or timezone.now()
    lines = _lines(lanes, counted, now)
    ends = [moment for _name, bars in lines for start, end, _css in bars for moment in (start, end)]
    ends += [moment for window in windows for moment in window]
    if not ends:
        return format_html("")
    scale = Scale(min(ends), max(ends))
    height = AXIS + len(lines) * (NAME + BAR + GAP)
    return format_html(
        '<svg class="rc-timeline" height="{}" role="img" aria-label="{}">{}{}{}</svg>',
        height,
        _spoken(lines),
        _windows(windows, scale, height),
        _axis(scale, height),
        format_html_join("", "{}", ((_lane(line, number, scale),) for number, line in enumerate(lines))),
    )


Bar = tuple[datetime, datetime, str]
Line = tuple[str, list[Bar]]


class Scale:
    """Turns moments into percentages of the drawing's width."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.length = max((end - start).total_seconds(), 1.0)
        self.end = end

    def at(self, moment: datetime) -> float:
        """Give the place of a moment, from 0 to 100."""
        return 100 * (moment - self.start).total_seconds() / self.length

    def box(self, start: datetime, end: datetime) -> tuple[str, str]:
        """Give x and width of a stretch; a very short one stays visible."""
        return f"{self.at(start):.2f}%", f"{max(self.at(end) - self.at(start), 0.4):.2f}%"

    def ticks(self) -> list[datetime]:
        """Give round moments of the active zone, few enough for a phone."""
        local = timezone.localtime(self.start)
        step = next((each for each in STEPS if self.length / 60 / each <= MOST_TICKS), STEPS[-1])
        passed = local.hour * 60 + local.minute
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + timedelta(minutes=passed // step * step)
        moments = (first + timedelta(minutes=step * number) for number in range(MOST_TICKS + 2))
        return [moment for moment in moments if self.start <= moment <= self.end]


def _lines(lanes: Sequence[Lane], counted: Sequence[Span], now: datetime) -> list[Line]:
    lines: list[Line] = []
    if counted:
        lines.append((_("Time that counts"), [(start, end, "rc-visit-counted") for start, end in counted]))
    for lane in lanes:
        lines.append((lane["name"], [_bar(stay, now) for stay in lane["visits"]]))
    return lines


def _bar(stay: Stay, now: datetime) -> Bar:
    css = "rc-visit-attached" if stay.get("kind") == "attached" else "rc-visit"
    if stay["end"] is None:
        return stay["start"], max(now, stay["start"]), f"{css} rc-visit-open"
    return stay["start"], stay["end"], css


def _clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%H:%M")


def _stretch(start: datetime, end: datetime) -> str:
    return f"{_clock(start)}–{_clock(end)}"


def _spoken(lines: Sequence[Line]) -> str:
    return "; ".join(f"{name}: " + ", ".join(_stretch(start, end) for start, end, _css in bars) for name, bars in lines)


def _windows(windows: Sequence[Span], scale: Scale, height: int) -> SafeString:
    rows = []
    for start, end in windows:
        x, width = scale.box(start, end)
        edge = f"{scale.at(end):.2f}%"
        rows.append((x, AXIS, width, height - AXIS, x, x, AXIS, height, edge, edge, AXIS, height))
    line = '<line class="rc-edge" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    return format_html_join("", '<rect class="rc-window" x="{}" y="{}" width="{}" height="{}"/>' + line + line, rows)


def _axis(scale: Scale, height: int) -> SafeString:
    rows = []
    for moment in scale.ticks():
        at = scale.at(moment)
        anchor = "start" if at < 5 else "end" if at > 95 else "middle"
        x = f"{at:.2f}%"
        rows.append((x, AXIS - 8, anchor, _clock(moment), x, x, AXIS - 3, height))
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text><line class="rc-grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        rows,
    )


def _lane(line: Line, number: int, scale: Scale) -> SafeString:
    name, bars = line
    top = AXIS + number * (NAME + BAR + GAP)
    rows = []
    for start, end, css in bars:
        x, width = scale.box(start, end)
        rows.append((css, x, top + NAME, width, BAR, _stretch(start, end)))
    return format_html(
        '<text class="rc-lane-name" x="0" y="{}">{}</text>'
        '<rect class="rc-lane" x="0" y="{}" width="100%" height="{}" rx="3"/>{}',
        top + NAME - 5,
        name,
        top + NAME,
        BAR,
        format_html_join(
            "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"><title>{}</title></rect>', rows
        ),
    )


@register.simple_tag
def arrivals(points: Sequence[tuple[datetime, int]], start: datetime | None = None) -> SafeString:
    """Draw how many came in each stretch of time; a broken line marks the scheduled start. Points: (moment, count)."""
    if not points:
        return format_html("")
    most = max(count for _moment, count in points) or 1
    slot = 100 / len(points)
    rows = []
    for number, (moment, count) in enumerate(points):
        height = (CHART - 16) * count / most
        rows.append((f"{number * slot:.2f}%", f"{CHART - height:.1f}", f"{slot * 0.82:.2f}%", f"{height:.1f}", _clock(moment), count))
    label = _("Arrivals from %(first)s to %(last)s, at most %(most)d at once") % {
        "first": _clock(points[0][0]),
        "last": _clock(points[-1][0]),
        "most": most,
    }
    return format_html(
        '<svg class="rc-arrivals" height="{}" role="img" aria-label="{}">{}{}{}</svg>',
        CHART + CHART_AXIS,
        label,
        format_html_join(
            "", '<rect x="{}" y="{}" width="{}" height="{}"><title>{} · {}</title></rect>', rows
        ),
        format_html('<line class="rc-base" x1="0" x2="100%" y1="{}" y2="{}"/>', CHART, CHART),
        _marks(points, start, most),
    )


def _marks(points: Sequence[tuple[datetime, int]], start: datetime | None, most: int) -> SafeString:
    first, last = points[0][0], points[-1][0]
    text = '<text x="{}" y="{}" text-anchor="{}">{}</text>'
    marks = [
        format_html(text, "0", CHART + 17, "start", _clock(first)),
        format_html(text, "100%", CHART + 17, "end", _clock(last)),
        format_html(text, "0", 12, "start", most),
    ]
    if start is not None and first <= start <= last:
        # The bars share the width evenly, so the last stretch has a width of its own.
        length = (last - first) / (len(points) - 1) * len(points) if len(points) > 1 else timedelta(minutes=1)
        x = f"{100 * ((start - first) / length):.2f}%"
        marks.append(format_html('<line class="rc-edge" x1="{}" x2="{}" y1="0" y2="{}"/>', x, x, CHART + 4))
        marks.append(format_html(text, x, CHART + 17, "middle", _("start")))
    return format_html_join("", "{}", ((mark,) for mark in marks))


@register.simple_tag
def funnel(steps: Sequence[Step]) -> SafeString:
    """Draw how a crowd shrinks from step to step; shares are of the first step, and each step leads to its rows."""
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
            '<span><b>{}</b><small>{}</small></span></span>'
            '<svg class="rc-bar-chart" aria-hidden="true">{}</svg></a></li>',
            rows,
        ),
    )
