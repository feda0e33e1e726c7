"""The presence timeline: lanes of devices over the counting windows, as SVG without script or style.

Widths are percentages of the box and heights are pixels, so text keeps its size on a phone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.pages.templatetags.rollcall import clock

register = template.Library()

AXIS, NAME, BAR, GAP = 22, 20, 14, 10
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
MOST_TICKS = 6

Span = tuple[datetime, datetime]
Bar = tuple[datetime, datetime, str]
Line = tuple[str, list[Bar]]


class Stay(TypedDict):
    """One visit; an end of None is still open. Its kind is "attached" for a telephone or screen."""

    start: datetime
    end: datetime | None
    kind: NotRequired[str]


class Lane(TypedDict):
    """The visits of one device."""

    name: str
    visits: Sequence[Stay]


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
        return mark_safe("")
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


def _stretch(start: datetime, end: datetime) -> str:
    return f"{clock(start)}–{clock(end)}"


def _spoken(lines: Sequence[Line]) -> str:
    return "; ".join(
        f"{name}: " + ", ".join(_stretch(start, end) for start, end, _css in bars) for name, bars in lines
    )


def _windows(windows: Sequence[Span], scale: Scale, height: int) -> SafeString:
    rows = []
    for start, end in windows:
        x, width = scale.box(start, end)
        edge = f"{scale.at(end):.2f}%"
        rows.append((x, AXIS, width, height - AXIS, x, x, AXIS, height, edge, edge, AXIS, height))
    line = '<line class="rc-edge" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    return format_html_join(
        "", '<rect class="rc-window" x="{}" y="{}" width="{}" height="{}"/>' + line + line, rows
    )


def _axis(scale: Scale, height: int) -> SafeString:
    rows = []
    for moment in scale.ticks():
        at = scale.at(moment)
        anchor = "start" if at < 5 else "end" if at > 95 else "middle"
        x = f"{at:.2f}%"
        rows.append((x, AXIS - 8, anchor, clock(moment), x, x, AXIS - 3, height))
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>'
        '<line class="rc-grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/>',
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
        '<text class="rc-lane-name" x="4" y="{}">{}</text>'
        '<rect class="rc-lane" x="0" y="{}" width="100%" height="{}" rx="3"/>{}',
        top + NAME - 5,
        name,
        top + NAME,
        BAR,
        format_html_join(
            "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"><title>{}</title></rect>', rows
        ),
    )
