"""What the pages of attendance need in templates: moments, devices, keys, reasons and shares of the window."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timeuntil

from attendance import evidence, presence, rules, splits, words
from attendance.models import AttendanceRule, Decision
from meetings.models import Meeting
from portal.accounts.models import Membership
from portal.phones import mask

register = template.Library()

# What each reason does to the claim: a code of the look table.
AGREES = {
    "human_confirmed", "key_agrees", "name_agrees", "name_exact", "name_titled", "name_part", "name_pinyin",
    "company_agrees", "place_agrees", "title_agrees", "phone_agrees", "number_agrees",
}  # fmt: skip
DISAGREES = {
    "key_names_other", "key_differs", "keys_disagree", "name_of_other", "company_differs", "place_differs",
    "phone_differs", "number_differs", "rejected_before", "rejected_name", "human_unlisted",
}  # fmt: skip
RIVALS = {
    "several_carry_it", "also_shown_by_others", "already_here", "stands_in", "two_people", "key_of_several_people",
    "key_of_several_arrivals", "more_candidates", "crowd",
}  # fmt: skip

# Whoever is recognised, but not expected, is shown as what the list says of them.
TIERS = {"certain": "matched", "likely": "review", "conflict": "conflict", "none": "walk_in", "ignored": "ignored",
         "staff": "staff", "barred": "barred", "further": "further"}  # fmt: skip
STATE_TONES = {"attended": "good", "partly": "part", "absent": "bad", "undecided": "mute"}

Told = Sequence[object]


@register.filter
def moment(stamp: int | None) -> datetime | None:
    """Turn Unix seconds into a time that templates show in the active zone."""
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


@register.filter
def typed(stamp: int | None) -> str:
    """Write Unix seconds as a field for day and time takes them, in the active zone."""
    return timezone.localtime(datetime.fromtimestamp(stamp, UTC)).strftime("%Y-%m-%dT%H:%M:%S") if stamp else ""


@register.simple_tag
def part_of(said: Decision) -> dict[str, int | None] | None:
    """Give the times of the part of an identity a decision is about; None where it is about all of it."""
    since, until = splits.times_of(said.ms_open_id)
    return {"since": since, "until": until} if since or until else None


@register.filter
def until(later: datetime, now: datetime) -> str:
    """Say how long it is until a time, in the largest unit that fits."""
    return timeuntil(later, now, depth=1)


@register.filter
def device(code: int) -> str:
    """Name a client type of the platform."""
    return words.device_word(code)


@register.filter
def devices(codes: Iterable[int]) -> str:
    """Name several client types, each once."""
    return words.devices_word(codes)


@register.filter
def key_word(key: str) -> str:
    """Name a key of the matching."""
    return words.key_word(key)


@register.filter
def policy_word(version: str) -> str:
    """Name a matching policy."""
    return words.policy_word(version)


@register.filter
def rule_word(version: str) -> str:
    """Name a version of the rule."""
    return words.rule_word(version)


@register.filter
def rule_says(rule: presence.Rule | dict[str, object]) -> str:
    """Say what a rule asks for, also one as a run keeps it."""
    return words.rule_says(presence.Rule(**rule) if isinstance(rule, dict) else rule)


@register.filter
def rule_of_row(row: AttendanceRule) -> presence.Rule:
    """Give what a kept version asks for."""
    return rules.as_rule(row)


@register.filter
def join_word(join_type: int) -> str:
    """Say how a row came to be."""
    return words.join_word(join_type)


@register.filter
def without_word(code: str) -> str:
    """Say what a run had to do without."""
    return words.without_word(code)


@register.filter
def reason(told: Told) -> str:
    """Give the sentence of a stored reason."""
    return evidence.say(told)


@register.filter
def verdict(told: Told) -> str:
    """Say what a stored reason does to the claim: agreed, disagreed, rival or missing."""
    code, weight = str(told[0]), evidence.weight_of(told)
    if weight:
        return "agreed" if weight > 0 else "disagreed"
    if code in AGREES:
        return "agreed"
    if code in DISAGREES:
        return "disagreed"
    return "rival" if code in RIVALS else "missing"


@register.filter
def tier_status(tier: str) -> str:
    """Give the state that a tier or a standing is shown as."""
    return TIERS[tier]


@register.filter
def state_status(code: str) -> str:
    """Give the state that a state of a person, or the tier of a participant, is shown as."""
    return TIERS.get(code, code)


@register.filter
def shown_to(meeting: Meeting, member: Membership) -> bool:
    """Tell whether a member may see a meeting."""
    return Meeting.objects.visible_to(member).filter(pk=meeting.pk).exists()


@register.filter
def masked(phone: str) -> str:
    """Show a number so that it can be recognised but not called."""
    return mask(phone) if phone else ""


@register.filter
def share_of(seconds: int, window: int) -> float | None:
    """Give a length of time as a share of the counting window, from 0 to 1."""
    return min(1.0, seconds / window) if window > 0 else None


@register.simple_tag
def share_bar(share: float | None, state: str) -> SafeString:
    """Draw a share of the window; the figure stands beside it in words."""
    return format_html(
        '<svg class="rc-bar-chart" aria-hidden="true"><rect class="rc-tone-{}" width="{}%" height="8"/></svg>',
        STATE_TONES.get(state, "accent"),
        f"{100 * (share or 0):.1f}",
    )
