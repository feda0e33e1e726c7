"""One step of a waterfall: a bar from where the odds stood to where a reason moved them, as SVG without script or style."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

HEIGHT = 14


@register.simple_tag
def waterfall_bar(before: float, after: float, low: float, high: float, tone: str) -> SafeString:
    """Draw a step between two log odds on a scale from `low` to `high`; a line marks even odds. The words stand beside it."""
    scale = max(high - low, 1e-9)
    left, right = sorted((_at(before, low, scale), _at(after, low, scale)))
    even, end, x, width = (f"{at:.2f}%" for at in (_at(0.0, low, scale), _at(after, low, scale), left, max(right - left, 0.6)))
    return format_html(
        '<svg class="rc-fall" height="{0}" aria-hidden="true"><rect class="rc-fall-ground" width="100%" height="{0}" rx="3"/>'
        '<line class="rc-fall-even" x1="{1}" x2="{1}" y1="0" y2="{0}"/>'
        '<rect class="rc-tone-{2}" x="{3}" y="3" width="{4}" height="{5}" rx="2"/>'
        '<line class="rc-fall-end" x1="{6}" x2="{6}" y1="0" y2="{0}"/></svg>',
        HEIGHT, even, tone, x, width, HEIGHT - 6, end,
    )  # fmt: skip


def _at(odds: float, low: float, scale: float) -> float:
    """Give the place of log odds on the scale, from 0 to 100."""
    return 100 * min(1.0, max(0.0, (odds - low) / scale))
