"""What an organiser wants of a meeting, in the platform's fields; None always means "not said"."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.tencent import wire
from portal.tencent.guests import Guest

SERIES = 1


@dataclass(frozen=True, slots=True)
class MeetingSettings:
    """The settings of a meeting; the enterprise may force some: show those that come back. Source: 42417."""

    mute_enable_type_join: int | None = None
    mute_enable_join: bool | None = None
    allow_unmute_self: bool | None = None
    allow_in_before_host: bool | None = None
    auto_in_waiting_room: bool | None = None
    only_user_join_type: int | None = None
    only_enterprise_user_allowed: bool | None = None
    allow_screen_shared_watermark: bool | None = None
    water_mark_type: int | None = None
    audio_watermark: bool | None = None
    auto_record_type: str | None = None
    participant_join_auto_record: bool | None = None
    enable_host_pause_auto_record: bool | None = None
    auto_asr: bool | None = None
    open_asr_view: int | None = None
    allow_multi_device: bool | None = None
    change_nickname: int | None = None


@dataclass(frozen=True, slots=True)
class RecurringRule:
    """How a series repeats. Source: 42417, 81181. Units: days are bit sums."""

    recurring_type: int = 0
    until_type: int = 0
    until_count: int | None = None
    until_date: datetime | None = None
    customized_recurring_type: int | None = None
    customized_recurring_step: int | None = None
    customized_recurring_days: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """A meeting to be made, or the changes to one; an empty tuple clears a list, None leaves it alone."""

    subject: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    hosts: tuple[str, ...] | None = None
    invitees: tuple[str, ...] | None = None
    guests: tuple[Guest, ...] | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    settings: MeetingSettings | None = None
    recurring_rule: RecurringRule | None = None
    time_zone: str | None = None
    location: str | None = None
    enable_enroll: bool | None = None
    enable_host_key: bool | None = None
    host_key: str | None = field(default=None, repr=False)


def plan_body(plan: MeetingPlan) -> dict[str, Any]:
    """Return a plan as creations and changes take it. Source: 42417, 42424."""
    # 42417: people go in as objects; `invitees` comes back as `participants`.
    body = wire.body(plan)
    for key in ("hosts", "invitees"):
        if key in body:
            body[key] = [{"userid": userid} for userid in body[key]]
    if plan.guests is not None:
        body["guests"] = [guest.as_meeting_guest() for guest in plan.guests]
    if plan.recurring_rule:
        body |= {"meeting_type": SERIES, "recurring_rule": _rule_body(plan.recurring_rule)}
    return body


def read_settings(row: wire.Row) -> MeetingSettings:
    """Return the settings as an answer gives them: one of them comes back under another name."""
    allowed = wire.flag(row, "only_enterprise_user_allowed", "only_allow_enterprise_user_join")
    record = wire.text(row, "auto_record_type") or None
    return wire.read(MeetingSettings, row, only_enterprise_user_allowed=allowed, auto_record_type=record)


def read_rule(row: wire.Row) -> RecurringRule:
    """Return the rule of a series as an answer gives it."""
    return wire.read(RecurringRule, row)


def _rule_body(rule: RecurringRule) -> dict[str, Any]:
    body = wire.body(rule)
    # 42417: the only time that creations take as a number.
    return body | ({"until_date": int(body["until_date"])} if rule.until_date else {})
