"""Keep a meeting's occurrences like the platform's, without ever losing one in which something happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from meetings.models import Meeting, Occurrence
from portal.tencent import meetings, webinars
from portal.tencent.meetings import PastMeeting, Status

DELETED = 1
State = Occurrence.State


class Slot(NamedTuple):
    """One holding as the platform has it."""

    sub_meeting_id: str
    start_at: datetime
    end_at: datetime
    cancelled: bool = False


def hold(meeting: Meeting, found: meetings.Meeting | webinars.Webinar, *, now: datetime) -> None:
    """Bring the occurrences up to what the platform answered; call it in the meeting's transaction.

    Past occurrences drop out of the platform's answer and stay here; a coming one that vanished and was never
    touched goes.
    """
    slots = _slots(meeting, found)
    _write(meeting, slots)
    if meeting.recurring and not getattr(found, "has_more_sub_meetings", False):
        _drop_vanished(meeting, {slot.sub_meeting_id for slot in slots}, now)
    if meeting.state == Meeting.State.CANCELLED:
        meeting.occurrences.filter(state=State.PLANNED).update(state=State.CANCELLED)
    if found.status == Status.STARTED:
        running = getattr(found, "current_sub_meeting_id", "") if meeting.recurring else ""
        meeting.occurrences.filter(sub_meeting_id=running, state=State.PLANNED).update(state=State.RUNNING)


def hold_past(meeting: Meeting, rows: Iterable[PastMeeting]) -> None:
    """Keep the occurrences that only the history still lists."""
    known = [
        row
        for row in rows
        if row.start_time and row.end_time and bool(row.sub_meeting_id) == meeting.recurring
    ]
    _write(meeting, [Slot(row.sub_meeting_id, row.start_time, row.end_time) for row in known])


def _slots(meeting: Meeting, found: meetings.Meeting | webinars.Webinar) -> list[Slot]:
    if not meeting.recurring:
        return [Slot("", meeting.start_at, meeting.end_at)]
    length = meeting.length
    return [
        Slot(sub.sub_meeting_id, sub.start_time, _end(sub, length), sub.status == DELETED)
        for sub in found.sub_meetings
        if sub.sub_meeting_id and sub.start_time
    ]


def _end(sub: meetings.SubMeeting, length: timedelta) -> datetime:
    return sub.end_time or sub.start_time + length


def _write(meeting: Meeting, slots: list[Slot]) -> None:
    known = {row.sub_meeting_id: row for row in meeting.occurrences.all()}
    fresh = [slot for slot in slots if slot.sub_meeting_id not in known]
    Occurrence.objects.bulk_create(
        Occurrence(
            meeting=meeting, state=State.CANCELLED if slot.cancelled else State.PLANNED, **_fields(slot)
        )
        for slot in fresh
    )
    for slot in slots:
        if slot.sub_meeting_id in known:
            _update(known[slot.sub_meeting_id], slot)


def _fields(slot: Slot) -> dict[str, object]:
    return {"sub_meeting_id": slot.sub_meeting_id, "start_at": slot.start_at, "end_at": slot.end_at}


def _update(row: Occurrence, slot: Slot) -> None:
    """Move a planned occurrence; what is settling or final keeps the times it was counted with."""
    cancelled = slot.cancelled and row.state == State.PLANNED
    moved = (row.start_at, row.end_at) != (slot.start_at, slot.end_at)
    if not (cancelled or moved) or row.state not in (State.PLANNED, State.RUNNING):
        return
    row.start_at, row.end_at = slot.start_at, slot.end_at
    row.state = State.CANCELLED if cancelled else row.state
    row.save(update_fields=["start_at", "end_at", "state"])


def _drop_vanished(meeting: Meeting, held: set[str], now: datetime) -> None:
    untouched = meeting.occurrences.filter(state=State.PLANNED, started_at=None, start_at__gt=now)
    untouched.exclude(sub_meeting_id__in=held).delete()
