"""Meetings: make, read, list, change, cancel, end."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from portal.tencent import plans, wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import AnswerLost, NotThere, StuckCursor, done_before
from portal.tencent.guests import Guest
from portal.tencent.paging import numbered
from portal.tencent.plans import SERIES, LiveConfig, MeetingPlan, MeetingSettings, RecurringRule
from portal.tencent.transport import nothing_found

SCHEDULED = 0
HISTORY_PAGE = 20
# 53805 refuses spans over 90 days and guesses 31 where one end is missing.
HISTORY_WINDOW = timedelta(days=30)


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
    live_config: LiveConfig | None
    live_addr: str
    enable_host_key: bool | None
    enable_doc_upload_permission: bool | None
    allow_enterprise_intranet_only: bool | None
    sync_to_wework: bool | None
    join_meeting_role: str
    current_sub_meeting_id: str
    remain_sub_meetings: int | None
    has_more_sub_meetings: bool
    corp_lock_mask: int
    hosts: tuple[str, ...]
    current_hosts: tuple[str, ...]
    current_co_hosts: tuple[str, ...]
    invitees: tuple[str, ...]
    guests: tuple[Guest, ...] = field(repr=False)
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
    body = client.caller | {"type": SCHEDULED} | plans.plan_body(plan)
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
    for meeting in _meetings(answer):
        return meeting
    raise nothing_found(answer, "meeting_info_list", call="meetings.read")


def read_by_code(client: Client, *, meeting_code: str) -> Meeting:
    """Return a meeting by its code; recycled codes are not found.

    Source: 42418. Shape: as read. Raises: NotThere, NotAllowed, GrantGone, TryAgain.
    """
    code = wire.meeting_code(meeting_code)
    # The same address without a code lists the caller's meetings, of which none was asked for (42421).
    query = {"meeting_code": code} | client.caller
    answer = client.get("/v1/meetings", query, call="meetings.read_by_code") if code else {}
    for meeting in _meetings(answer):
        if meeting.meeting_code in ("", code):
            return meeting
    raise NotThere("no meeting has this code", call="meetings.read_by_code")


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
        query |= {"pos": cursor[0] or None, "cursory": cursor[1] or None}


def history(client: Client, *, start: datetime, end: datetime) -> Iterator[PastMeeting]:
    """Yield the user's ended meetings between two scheduled starts, each occurrence once.

    Source: 53805. Shape: windows of 30 days, pages of 20; no status, no join URL. Units: aware datetimes.
    Raises: StuckCursor, GrantGone, NotAllowed, TryAgain.
    """
    seen: set[tuple[str, str]] = set()
    while start < end:
        until = min(end, start + HISTORY_WINDOW)
        for past in _history_window(client, start, until):
            key = past.meeting_id, past.sub_meeting_id
            if past.meeting_id and key not in seen:
                seen.add(key)
                yield past
        start = until


def change(client: Client, meeting_id: str, *, plan: MeetingPlan, series: bool) -> None:
    """Change what the plan says and leave the rest; read again to see what holds. May be repeated.

    Source: 42424. Shape: a series must send its type and rule every time, or it loses its rule.
    The hosts always get the creator, whom the platform wants among them.
    Raises: ValueError for a series without its rule or for what only a creation can say, Refused, NotAllowed,
    NotThere, GrantGone, TryAgain.
    """
    # Without meeting_type 1 and the rule the platform quietly turns a series into one meeting (file 1, 5.6).
    if series != (plan.recurring_rule is not None):
        raise ValueError("a series is changed with its recurring_rule, a single meeting without one")
    if any(getattr(plan, name) is not None for name in plans.AT_CREATION_ONLY):
        raise ValueError(f"{' and '.join(plans.AT_CREATION_ONLY)} are only said when a meeting is made")
    if plan.hosts and client.user_id not in plan.hosts:
        plan = replace(plan, hosts=(client.user_id, *plan.hosts))
    body = client.caller | plans.plan_body(plan)
    client.put(f"/v1/meetings/{segment(meeting_id)}", body=body, call="meetings.change")


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
    with done_before("already_cancelled"):
        path = f"/v1/meetings/{segment(meeting_id)}/cancel"
        client.post(path, body=body, repeatable=True, call="meetings.cancel")


def dismiss(client: Client, meeting_id: str, *, force: bool = True, recycle: bool = False) -> None:
    """End a running meeting, by force even with people inside; ended before counts as done.

    Source: 57955. Shape: a series takes its main id; `recycle` gives the code back at once.
    Raises: Refused, NotAllowed, NotThere, GrantGone, TryAgain.
    """
    chosen = {"force_dismiss_meeting": int(force), "retrieve_code": int(recycle)}
    body = client.operator | {"instanceid": 1, "reason_code": 0} | chosen
    with done_before("meeting_ended"):
        path = f"/v1/meetings/{segment(meeting_id)}/dismiss"
        client.post(path, body=body, repeatable=True, call="meetings.dismiss")


def _history_window(client: Client, start: datetime, end: datetime) -> Iterator[PastMeeting]:
    path = f"/v1/history/meetings/{segment(client.user_id)}"
    window = {"start_time": wire.stamp(start), "end_time": wire.stamp(end)}
    return numbered(
        client,
        path,
        window,
        key="meeting_info_list",
        size=HISTORY_PAGE,
        read=partial(wire.read, PastMeeting),
        call="meetings.history",
    )


def _meetings(answer: wire.Row) -> list[Meeting]:
    found = (_meeting(row) for row in wire.rows(answer, "meeting_info_list"))
    return [meeting for meeting in found if meeting.meeting_id]


def _meeting(row: wire.Row) -> Meeting:
    rules = wire.rows(row, "recurring_rule")
    settings = wire.rows(row, "settings")
    live = wire.rows(row, "live_config")
    return wire.read(
        Meeting,
        row,
        time_zone=wire.zone(wire.text(row, "time_zone")),
        # The table of 42418 spells it without the last letter, every sample with it.
        has_more_sub_meetings=bool(wire.flag(row, "has_more_sub_meeting", "has_more_sub_meetings")),
        corp_lock_mask=sum(wire.number(each, "corp_lock_mask") or 0 for each in settings),
        hosts=plans.read_people(row, "hosts"),
        current_hosts=plans.read_people(row, "current_hosts"),
        current_co_hosts=plans.read_people(row, "current_co_hosts"),
        invitees=plans.read_people(row, "participants"),
        guests=tuple(wire.read(Guest, each) for each in wire.rows(row, "guests")),
        settings=plans.read_settings(settings[0] if settings else {}),
        live_config=plans.read_live(live[0]) if live else None,
        live_addr=wire.text(live[0], "live_addr") if live else "",
        recurring_rule=plans.read_rule(rules[0]) if rules else None,
        sub_meetings=tuple(wire.read(SubMeeting, each) for each in wire.rows(row, "sub_meetings")),
    )
