"""Tags and filters every template may load: icons, states, people, lengths of time, form controls."""

import re
import zlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.pages.templatetags.statuses import ALERTS, STATUSES, Look

register = template.Library()

ICONS = Path(__file__).resolve().parents[3] / "static" / "vendor" / "bootstrap-icons"
# What follows in a displayed name is a place or a company.
BESIDE = re.compile(r"[(（【\[@＠]")
# Numbers beside a name (a badge, the end of a phone) are no part of it, nor is what joins them to it.
NUMBER = re.compile(r"[-_#*·.\s]*\d[-_#*·.\s\d]*")
AVATAR_TONES = ("accent", "good", "part", "walk", "look", "mute")


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    return source[source.index(">") + 1 : source.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Put a vendored drawing into the page; without a label it is decoration and hidden from readers."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="rc-icon" viewBox="0 0 16 16" focusable="false" {}>{}</svg>',
        spoken,
        mark_safe(_drawing(name)),
    )


@register.simple_tag(takes_context=True)
def here(context: Context, *places: str) -> SafeString:
    """Mark a navigation link as the current one, by app namespace or by full URL name."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or not {match.view_name, match.namespace} & set(places):
        return mark_safe("")
    return mark_safe(' aria-current="page"')


@register.simple_tag
def status(code: str, label: str = "") -> SafeString:
    """Show a state as a badge of icon, word and colour; a label replaces the usual word."""
    look = STATUSES[code]
    return format_html(
        '<span class="rc-badge rc-tone-{}">{}{}</span>', look.tone, icon(look.icon), label or look.label
    )


@register.simple_tag
def status_look(code: str) -> Look:
    """Give the tone, icon and label of a state to a template that draws it in its own way."""
    return STATUSES[code]


@register.simple_tag
def alert_look(level: str) -> Look:
    """Give the tone and icon of a message level; an unknown level looks like information."""
    return ALERTS.get(level, ALERTS["info"])


@register.filter
def initials(name: object) -> str:
    """Shorten a name for an avatar: the last two characters of a Chinese name, else the first letters; never a number."""
    whole = str(name).strip()
    text = BESIDE.split(whole, maxsplit=1)[0].strip() or whole
    text = NUMBER.sub(" ", text).strip() or text
    # An emoji tells nobody from anybody.
    text = "".join(sign for sign in text if sign.isalnum() or sign.isspace()).strip() or text
    if not text:
        return "·"
    if not text.isascii():
        return text[-2:] if len(text) > 2 else text[-1:]
    return "".join(word[0] for word in text.split()[:2]).upper()


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """Draw a name's initials on a tone that stays the same for the same name."""
    tone = AVATAR_TONES[zlib.crc32(str(name).encode()) % len(AVATAR_TONES)]
    extra = f" rc-avatar-{size}" if size else ""
    return format_html(
        '<span class="rc-avatar rc-tone-{}{}" aria-hidden="true">{}</span>', tone, extra, initials(name)
    )


@register.filter
def minutes(seconds: float | None) -> str:
    """Write a length of time in seconds as minutes, or hours and minutes from one hour on."""
    if seconds is None:
        return "–"
    whole = int(seconds // 60)
    if whole < 60:
        return _("%(count)d min") % {"count": whole}
    if whole % 60 == 0:
        return _("%(hours)d h") % {"hours": whole // 60}
    return _("%(hours)d h %(minutes)02d min") % {"hours": whole // 60, "minutes": whole % 60}


@register.filter
def clock(moment: datetime) -> str:
    """Write the time of day in the active zone."""
    return timezone.localtime(moment).strftime("%H:%M")


@register.filter
def percent(share: float | None) -> str:
    """Write a share from 0 to 1 as whole per cent, rounding down so that only everyone is 100%."""
    return "–" if share is None else f"{int(share * 100 + 1e-9)}%"


@register.simple_tag
def age(moment: datetime, now: datetime | None = None) -> SafeString:
    """Say how old a live figure is, in the largest unit that fits."""
    seconds = max(0, int(((now or timezone.now()) - moment).total_seconds()))
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), _age_in_words(seconds))


def _age_in_words(seconds: int) -> str:
    if seconds < 60:
        return _("%(count)d s ago") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d min ago") % {"count": seconds // 60}
    if seconds < 86400:
        return _("%(count)d h ago") % {"count": seconds // 3600}
    return _("%(count)d d ago") % {"count": seconds // 86400}


CONTROLS = {"select": "form-select", "selectmultiple": "form-select", "checkbox": "form-check-input"}
BARE = {"radioselect", "checkboxselectmultiple", "hidden"}


@register.filter
def kind(field: BoundField) -> str:
    """Name how a field is laid out: check, options, file, hidden or control."""
    if field.is_hidden:
        return "hidden"
    by_widget = {"checkbox": "check", "radioselect": "options", "checkboxselectmultiple": "options"}
    by_widget.update({"clearablefile": "file", "file": "file"})
    return by_widget.get(field.widget_type, "control")


@register.filter
def control(field: BoundField) -> SafeString:
    """Render a field's control with the class its kind of widget needs; its own classes stay."""
    if field.widget_type in BARE:
        return field.as_widget()
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(
        attrs={"class": f"{CONTROLS.get(field.widget_type, 'form-control')} {own}".strip()}
    )


@register.filter
def choice(option: BoundWidget) -> SafeString:
    """Render one radio button or box of a group, looking like the single ones."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()
