"""What an organiser wants of a meeting, in the platform's fields; None always means "not said"."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.tencent import wire
from portal.tencent.guests import Guest

SERIES = 1
# 42424: changes do not know these.
AT_CREATION_ONLY = ("enable_interpreter", "sync_to_wework")


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
class Watermark:
    """The watermark of a live stream: 0 the platform's, 1 none."""

    watermark_opt: int | None = None


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """How a meeting is streamed; `live_password` is needed where `enable_live_password` is on. Source: 42417."""

    live_subject: str | None = None
    live_summary: str | None = None
    enable_live_password: bool | None = None
    live_password: str | None = field(default=None, repr=False)
    enable_live_im: bool | None = None
    enable_live_replay: bool | None = None
    live_watermark: Watermark | None = None


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """A meeting to be made, or the changes to one; an empty tuple clears a list, None leaves it alone.

    `enable_interpreter` and `sync_to_wework` can only be said when it is made.
    """

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
    enable_doc_upload_permission: bool | None = None
    allow_enterprise_intranet_only: bool | None = None
    enable_live: bool | None = None
    live_config: LiveConfig | None = None
    enable_interpreter: bool | None = None
    sync_to_wework: bool | None = None


def people_body(userids: Iterable[str]) -> list[dict[str, str]]:
    """Return people as requests take them. Source: 42417, 61868, 63659."""
    return [{"userid": userid} for userid in userids]


def read_people(row: wire.Row, key: str) -> tuple[str, ...]:
    """Return the ids of the people under the key: old answers list texts, newer ones objects."""
    named = (wire.text(each, "userid", "operator_id") for each in wire.rows(row, key))
    return wire.texts(row, key) or tuple(filter(None, named))


def plan_body(plan: MeetingPlan) -> dict[str, Any]:
    """Return a plan as creations and changes take it. Source: 42417, 42424."""
    # 42417: people go in as objects; `invitees` comes back as `participants`.
    body = wire.body(plan)
    for key in ("hosts", "invitees"):
        if key in body:
            body[key] = people_body(body[key])
    if plan.guests is not None:
        body["guests"] = [guest.as_meeting_guest() for guest in plan.guests]
    if plan.recurring_rule:
        body |= {"meeting_type": SERIES, "recurring_rule": _rule_body(plan.recurring_rule)}
    return body


def read_settings(row: wire.Row) -> MeetingSettings:
    """Return the settings as an answer gives them: one of them comes back under another name."""
    allowed = wire.flag(row, "only_enterprise_user_allowed", "only_allow_enterprise_user_join")
    return wire.read(MeetingSettings, row, only_enterprise_user_allowed=allowed)


def read_live(row: wire.Row) -> LiveConfig:
    """Return how a meeting is streamed as an answer gives it."""
    marks = wire.rows(row, "live_watermark")
    return wire.read(LiveConfig, row, live_watermark=wire.read(Watermark, marks[0]) if marks else None)


def read_rule(row: wire.Row) -> RecurringRule:
    """Return the rule of a series as an answer gives it."""
    return wire.read(RecurringRule, row)


def _rule_body(rule: RecurringRule) -> dict[str, Any]:
    body = wire.body(rule)
    # 42417: the only time that creations take as a number.
    return body | ({"until_date": int(body["until_date"])} if rule.until_date else {})
