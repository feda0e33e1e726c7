"""Webhook events as values: every field that identifies somebody is optional."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.tencent import wire

FORMER_AUTHORISATIONS = ("oauth.user-auth", "oauth.user-cancel-auth")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an event; `userid` may hold an open id or a Rooms id, or nothing for outsiders."""

    userid: str
    open_id: str
    uuid: str
    ms_open_id: str
    user_name: str = field(repr=False)
    nick_name: str = field(repr=False)
    pstn_number: str = field(repr=False)
    instanceid: int | None
    user_role: int | None
    open_corp_id: str
    app_id: str
    role_type: int | None


@dataclass(frozen=True, slots=True)
class MeetingInfo:
    """The meeting of an event; times are aware."""

    meeting_id: str
    meeting_code: str
    subject: str
    creator: Person | None
    meeting_type: int | None
    start_time: datetime | None
    end_time: datetime | None
    sub_meeting_id: str
    sub_meeting_start_time: datetime | None
    sub_meeting_end_time: datetime | None
    meeting_create_mode: int | None
    meeting_create_from: int | None
    meeting_id_type: int | None
    action_scene_type: int | None


@dataclass(frozen=True, slots=True)
class EnrolledAnswer:
    """An answer as the enrolment event spells it."""

    question_content: str
    answer_type: int | None
    answer_content: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnrolmentInfo:
    """The registration of an `enroll.` event."""

    meeting_id: str
    enroll_id: int | None
    answers: tuple[EnrolledAnswer, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppInfo:
    """The app of an authorisation or app event."""

    sdk_id: str
    app_name: str
    app_type: str
    app_status: str


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of one delivery; (`trace_id`, `event`, `index`) is its key."""

    event: str
    trace_id: str
    index: int
    operate_time: datetime | None
    operator: Person | None
    to_operator: Person | None
    meeting: MeetingInfo | None
    enrolment: EnrolmentInfo | None
    app: AppInfo | None
    open_ids: tuple[str, ...]
    customer_data: str
    tag: str
    meeting_end_type: int | None
    leave_reason: str
    status: str

    @property
    def meeting_id(self) -> str:
        """The meeting the event is about, or ""."""
        # Enrolment events have no meeting_info (62026).
        told = (each.meeting_id for each in (self.meeting, self.enrolment) if each)
        return next(filter(None, told), "")

    @property
    def person(self) -> Person | None:
        """Whom the event is about: the target where there is one, else who acted."""
        return self.to_operator or self.operator


def parse(plain: str) -> tuple[Event, ...]:
    """Return the events of one delivery, one for each entry of its payload.

    Source: 51620 and the page of each event. Shape: at least one, of unknown events too.
    Units: all times become aware datetimes. Raises: ValueError for what is no event at all.
    """
    envelope = _object(plain)
    name = wire.text(envelope, "event")
    if not name:
        raise ValueError("not an event")
    # An event without its unique value still needs a key that its repeats share.
    trace_id = (
        wire.text(envelope, "trace_id", "unique_sequence") or hashlib.sha256(plain.encode()).hexdigest()[:32]
    )
    # An event of no known shape is kept all the same, so that none is lost unseen.
    entries = wire.rows(envelope, "payload") or ({},)
    return tuple(_event(name, trace_id, index, entry) for index, entry in enumerate(entries))


def is_event(plain: str) -> bool:
    """Return whether a text reads as an event, or as any other JSON structure."""
    return plain.lstrip("\ufeff \t\r\n").startswith(("{", "["))


def _object(plain: str) -> wire.Row:
    try:
        found = json.loads(plain)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(found, Mapping):
        raise ValueError("not a JSON object")
    return found


def _event(name: str, trace_id: str, index: int, entry: wire.Row) -> Event:
    # A link can be forwarded, so the tag is what somebody sent, not who they are.
    extended = _one(entry, "extend_info") or {}
    raw = wire.text(extended, "customer_data")
    operator = _person(_one(entry, "operator"))
    return wire.read(
        Event,
        entry,
        event=name,
        trace_id=trace_id,
        index=index,
        operator=operator,
        to_operator=_person(_one(entry, "to_operator")),
        meeting=_meeting(_one(entry, "meeting_info")),
        enrolment=_enrolment(_one(entry, "enroll_info")),
        app=_app(_one(entry, "app_info")),
        open_ids=_affected(name, entry, operator),
        customer_data=raw,
        tag=wire.decode_tag(raw),
    )


def _affected(name: str, entry: wire.Row, operator: Person | None) -> tuple[str, ...]:
    # 58787, 58788: the former events have no list, since everybody spoke for themselves.
    if name in FORMER_AUTHORISATIONS:
        return (operator.open_id,) if operator and operator.open_id else ()
    # 97929: an administrator may cancel for many; those meant are in the list, not in the operator.
    listed = wire.rows(entry, "oauth_open_id_list", "cancel_open_id_list")
    return tuple(filter(None, (wire.text(row, "open_id") for row in listed)))


def _one(entry: wire.Row, key: str) -> wire.Row | None:
    return next(iter(wire.rows(entry, key)), None)


def _person(row: wire.Row | None) -> Person | None:
    return wire.read(Person, row, instanceid=wire.number(row, "instance_id", "instanceid")) if row else None


def _meeting(row: wire.Row | None) -> MeetingInfo | None:
    return wire.read(MeetingInfo, row, creator=_person(_one(row, "creator"))) if row else None


def _enrolment(row: wire.Row | None) -> EnrolmentInfo | None:
    answers = tuple(wire.read(EnrolledAnswer, each) for each in wire.rows(row or {}, "answer_list"))
    return wire.read(EnrolmentInfo, row, answers=answers) if row else None


def _app(row: wire.Row | None) -> AppInfo | None:
    return wire.read(AppInfo, row) if row else None
