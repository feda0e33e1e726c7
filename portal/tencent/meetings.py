"""Meetings: make, read, list, change, cancel, end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import AnswerLost, NotThere, Refused, StuckCursor
from portal.tencent.plans import (
    SERIES,
    MeetingPlan,
    MeetingSettings,
    RecurringRule,
    plan_body,
    read_rule,
    read_settings,
)

SCHEDULED = 0
HISTORY_PAGE = 20
# 53805 refuses spans over 90 days and guesses 31 where one end is missing.
HISTORY_WINDOW = timedelta(days=30)
ALREADY_CANCELLED = 9007
ALREADY_ENDED = 13603


class Status(StrEnum):
    """The states the platform is known to give; NULL means over, ENDED means deleted. Source: 42418."""

    INVALID = "MEETING_STATE_INVALID"
    INIT = "MEETING_STATE_INIT"
    STARTED = "MEETING_STATE_STARTED"
    NULL = "MEETING_STATE_NULL"
    CANCELLED = "MEETING_STATE_CANCELLED"
    ENDED = "MEETING_STATE_ENDED"
    RECYCLED = "MEETING_STATE_RECYCLED"
    ABOUT_TO_START = "MEETING_STATE_ABOUT_TO_START"


@dataclass(frozen=True, slots=True)
class SubMeeting:
    """One occurrence of a series; status 1 is deleted."""

    sub_meeting_id: str
    status: int | None
    start_time: datetime | None
    end_time: datetime | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as the platform has it; a field that the caller may not see is empty or None."""

    meeting_id: str
    meeting_code: str
    subject: str
    status: str
    type: int | None
    meeting_type: int | None
    start_time: datetime | None
    end_time: datetime | None
    time_zone: str
    join_url: str
    password: str = field(repr=False)
    need_password: bool | None
    host_key: str = field(repr=False)
    location: str
    enable_enroll: bool | None
    enable_live: bool | None
    join_meeting_role: str
    current_sub_meeting_id: str
    remain_sub_meetings: int | None
    has_more_sub_meetings: bool
    corp_lock_mask: int
    hosts: tuple[str, ...]
    invitees: tuple[str, ...]
    user_non_registered: tuple[str, ...]
    settings: MeetingSettings
    recurring_rule: RecurringRule | None
    sub_meetings: tuple[SubMeeting, ...]

    @property
    def is_series(self) -> bool:
        """Whether the meeting recurs."""
        return self.meeting_type == SERIES


@dataclass(frozen=True, slots=True)
class PastMeeting:
    """An ended meeting, or one ended occurrence, as the history lists it; type 6 is a webinar."""

    meeting_id: str
    sub_meeting_id: str
    meeting_code: str
    subject: str
    meeting_type: int | None
    start_time: datetime | None
    end_time: datetime | None


def create(client: Client, *, plan: MeetingPlan) -> Meeting:
    """Make a scheduled meeting and return it with the settings that really hold. Never repeated.

    Source: 42417. Shape: unregistered invitees come back in `user_non_registered`, not as an error.
    Raises: AnswerLost (look in list_upcoming), Refused, NotAllowed, GrantGone, TryAgain.
    """
    body = client.caller | {"type": SCHEDULED} | plan_body(plan)
    answer = client.post("/v1/meetings", body=body, call="meetings.create")
    made = _meetings(answer)
    if not made:
        raise AnswerLost("the answer holds no meeting", call="meetings.create")
    return made[0]


def read(client: Client, meeting_id: str) -> Meeting:
    """Return a meeting by its id, ended ones too.

    Source: 42418. Shape: past occurrences of a series drop out. Units: times arrive as text and number.
    Raises: NotThere, NotAllowed, GrantGone, TryAgain.
    """
    query = client.operator | {"instanceid": 1}
    answer = client.get(f"/v1/meetings/{segment(meeting_id)}", query, call="meetings.read")
    return _only(_meetings(answer), "meetings.read")


def read_by_code(client: Client, *, meeting_code: str) -> Meeting:
    """Return a meeting by its code; recycled codes are not found.

    Source: 42418. Shape: as read. Raises: NotThere, NotAllowed, GrantGone, TryAgain.
    """
    digits = "".join(filter(str.isalnum, meeting_code))
    answer = client.get(
        "/v1/meetings", {"meeting_code": digits} | client.caller, call="meetings.read_by_code"
    )
    return _only(_meetings(answer), "meetings.read_by_code")


def list_upcoming(client: Client, *, all_occurrences: bool = True) -> Iterator[Meeting]:
    """Yield the user's running and coming meetings, each once.

    Source: 42421. Shape: 20 a page, followed by `next_pos` and `next_cursory` together.
    Raises: StuckCursor, GrantGone, NotAllowed, TryAgain.
    """
    query = client.caller | {"is_show_all_sub_meetings": int(all_occurrences)}
    seen: set[str] = set()
    cursors: set[tuple[str, str]] = set()
    while True:
        answer = client.get("/v1/meetings", query, call="meetings.list_upcoming")
        for meeting in _meetings(answer):
            if meeting.meeting_id not in seen:
                seen.add(meeting.meeting_id)
                yield meeting
        if not wire.number(answer, "remaining"):
            return
        # 42421: with the position alone the second page may be lost or repeated.
        cursor = wire.text(answer, "next_pos"), wire.text(answer, "next_cursory", "next_cursor")
        if cursor in cursors or not any(cursor):
            raise StuckCursor("the list of meetings does not move on", call="meetings.list_upcoming")
        cursors.add(cursor)
        query |= {"pos": cursor[0], "cursory": cursor[1]}


def history(client: Client, *, start: datetime, end: datetime) -> Iterator[PastMeeting]:
    """Yield the user's ended meetings between two scheduled starts, each occurrence once.

    Source: 53805. Shape: windows of 30 days, pages of 20; no status, no join URL. Units: aware datetimes.
    Raises: GrantGone, NotAllowed, TryAgain.
    """
    seen: set[tuple[str, str]] = set()
    while start < end:
        until = min(end, start + HISTORY_WINDOW)
        for past in _history_window(client, start, until):
            key = past.meeting_id, past.sub_meeting_id
            if key not in seen:
                seen.add(key)
                yield past
        start = until


def change(client: Client, meeting_id: str, *, plan: MeetingPlan, series: bool) -> None:
    """Change what the plan says and leave the rest; read again to see what holds. May be repeated.

    Source: 42424. Shape: a series must send its type and rule every time, or it loses its rule.
    Raises: ValueError for a series without its rule, Refused, NotAllowed, NotThere, GrantGone, TryAgain.
    """
    # Without meeting_type 1 and the rule the platform quietly turns a series into one meeting (file 1, 5.6).
    if series != (plan.recurring_rule is not None):
        raise ValueError("a series is changed with its recurring_rule, a single meeting without one")
    client.put(
        f"/v1/meetings/{segment(meeting_id)}", body=client.caller | plan_body(plan), call="meetings.change"
    )


def change_occurrence(
    client: Client, meeting_id: str, *, sub_meeting_id: str, start: datetime, end: datetime
) -> None:
    """Move one occurrence of a series; nothing but its times can change. May be repeated.

    Source: 42424. Units: aware datetimes. Raises: Refused, NotAllowed, NotThere, GrantGone, TryAgain.
    """
    times = {"start_time": wire.stamp(start), "end_time": wire.stamp(end)}
    body = (
        client.caller | times | {"meeting_type": SERIES, "recurring_rule": {"sub_meeting_id": sub_meeting_id}}
    )
    client.put(f"/v1/meetings/{segment(meeting_id)}", body=body, call="meetings.change_occurrence")


def cancel(
    client: Client, meeting_id: str, *, sub_meeting_id: str = "", series: bool = False, reason: str = ""
) -> None:
    """Cancel a waiting meeting, one occurrence, or a whole series; cancelled before counts as done.

    Source: 42422. Raises: Refused (started, ended), NotAllowed, NotThere, GrantGone, TryAgain.
    """
    body = client.caller | {"reason_code": 0, "reason_detail": reason}
    # 42422: a series needs meeting_type 1 and no occurrence, an occurrence needs the opposite.
    if sub_meeting_id:
        body["sub_meeting_id"] = sub_meeting_id
    elif series:
        body["meeting_type"] = SERIES
    path = f"/v1/meetings/{segment(meeting_id)}/cancel"
    _post_once(client, path, body, call="meetings.cancel", done=ALREADY_CANCELLED)


def dismiss(client: Client, meeting_id: str, *, force: bool = True, recycle: bool = False) -> None:
    """End a running meeting, by force even with people inside; ended before counts as done.

    Source: 57955. Shape: a series takes its main id; `recycle` gives the code back at once.
    Raises: Refused, NotAllowed, NotThere, GrantGone, TryAgain.
    """
    chosen = {"force_dismiss_meeting": int(force), "retrieve_code": int(recycle)}
    body = client.operator | {"instanceid": 1, "reason_code": 0} | chosen
    path = f"/v1/meetings/{segment(meeting_id)}/dismiss"
    _post_once(client, path, body, call="meetings.dismiss", done=ALREADY_ENDED)


def _post_once(client: Client, path: str, body: wire.Row, *, call: str, done: int) -> None:
    try:
        client.post(path, body=body, repeatable=True, call=call)
    except Refused as error:
        # A repeated try meets its own effect.
        if error.error_code != done:
            raise


def _history_window(client: Client, start: datetime, end: datetime) -> Iterator[PastMeeting]:
    path = f"/v1/history/meetings/{segment(client.user_id)}"
    window = {"start_time": wire.stamp(start), "end_time": wire.stamp(end), "page_size": HISTORY_PAGE}
    page, pages = 1, 1
    while page <= pages:
        answer = client.get(path, window | {"page": page}, call="meetings.history")
        found = wire.rows(answer, "meeting_info_list")
        yield from (wire.read(PastMeeting, row) for row in found)
        # An empty page ends it whatever the count says: people leave the list while we read.
        pages = (wire.number(answer, "total_page") or 0) if found else 0
        page += 1


def _meetings(answer: wire.Row) -> list[Meeting]:
    found = (_meeting(row) for row in wire.rows(answer, "meeting_info_list"))
    return [meeting for meeting in found if meeting.meeting_id]


def _meeting(row: wire.Row) -> Meeting:
    rules = wire.rows(row, "recurring_rule")
    settings = wire.rows(row, "settings")
    return wire.read(
        Meeting,
        row,
        time_zone=wire.zone(wire.text(row, "time_zone")),
        # The table of 42418 spells it without the last letter, every sample with it.
        has_more_sub_meetings=bool(wire.number(row, "has_more_sub_meeting", "has_more_sub_meetings")),
        corp_lock_mask=sum(wire.number(each, "corp_lock_mask") or 0 for each in settings),
        hosts=_people(row, "hosts"),
        invitees=_people(row, "participants"),
        settings=read_settings(settings[0] if settings else {}),
        recurring_rule=read_rule(rules[0]) if rules else None,
        sub_meetings=tuple(wire.read(SubMeeting, each) for each in wire.rows(row, "sub_meetings")),
    )


def _people(row: wire.Row, key: str) -> tuple[str, ...]:
    # Old answers list hosts as texts, newer ones as objects.
    named = (wire.text(each, "userid", "operator_id") for each in wire.rows(row, key))
    return wire.texts(row, key) or tuple(filter(None, named))


def _only(found: Iterable[Meeting], call: str) -> Meeting:
    for meeting in found:
        return meeting
    raise NotThere("the answer holds no meeting", call=call)
