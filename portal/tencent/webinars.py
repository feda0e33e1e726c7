"""Webinars (网络研讨会): make, read, change, cancel; the platform has no list of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import AnswerLost, NotThere, done_before
from portal.tencent.plans import MeetingSettings, people_body, read_people, read_settings
from portal.tencent.transport import nothing_found


class Admission(IntEnum):
    """How people get in. Source: 61868."""

    OPEN = 0
    REGISTRATION = 1
    PASSWORD = 2


@dataclass(frozen=True, slots=True)
class WebinarPlan:
    """A webinar to be made, or the changes to one; None means "not said". The later names are inferred."""

    subject: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    admission_type: int | None = None
    hosts: tuple[str, ...] | None = None
    sponsor: str | None = None
    time_zone: str | None = None
    password: str | None = field(default=None, repr=False)
    cover_url: str | None = None
    description: str | None = None
    enable_guest_invite_link: bool | None = None
    media_setting: MeetingSettings | None = None
    enable_qa: bool | None = None
    enable_manual_check: bool | None = None
    activity_page: bool | None = None
    display_number_of_attendees: int | None = None
    playback_for_audience: bool | None = None
    preparation_mode: bool | None = None
    sensitive_words: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Webinar:
    """A webinar as the platform has it; audience and guests have links of their own."""

    meeting_id: str
    meeting_code: str
    subject: str
    status: str
    sponsor: str
    description: str
    start_time: datetime | None
    end_time: datetime | None
    admission_type: int | None
    password: str = field(repr=False)
    audience_join_link: str
    guest_join_link: str
    manual_check_link: str
    manual_check_password: str = field(repr=False)
    enable_guest_invite_link: bool | None
    cover_url: str
    time_zone: str
    hosts: tuple[str, ...]
    settings: MeetingSettings
    enable_qa: bool | None
    enable_manual_check: bool | None
    preparation_mode: bool | None
    playback_url: str


def create(client: Client, *, plan: WebinarPlan) -> Webinar:
    """Make a webinar; hosts default to the caller. Never repeated.

    Source: 61868. Shape: flat or in `meeting_info_list`. Units: aware datetimes.
    Raises: AnswerLost (no list to look in: keep it unconfirmed), Refused, NotAllowed, GrantGone, TryAgain.
    """
    # The table of 61868 requires hosts although it names a default.
    body = client.caller | _plan_body(replace(plan, hosts=plan.hosts or (client.user_id,)))
    made = _webinar(client.post("/v1/webinars", body=body, call="webinars.create"))
    if not made.meeting_id:
        raise AnswerLost("the answer holds no webinar", call="webinars.create")
    return made


def read(client: Client, *, meeting_id: str = "", meeting_code: str = "") -> Webinar:
    """Return a webinar by its id, else by its code; only its creator may ask.

    Source: 61972. Shape: status adds ABOUT_TO_START. Raises: NotThere, NotAllowed, GrantGone, TryAgain.
    """
    # 61972: webinars are asked for in the query, not by a path.
    asked = {"meeting_id": meeting_id} if meeting_id else {"meeting_code": wire.meeting_code(meeting_code)}
    # Without an id and a code there is nothing to ask for.
    answer = client.get("/v1/webinars", asked | client.caller, call="webinars.read") if any(asked.values()) else {}
    found = _webinar(answer)
    if found.meeting_id:
        return found
    if meeting_id:
        raise nothing_found(answer, "meeting_info_list", call="webinars.read")
    raise NotThere("no webinar has this code", call="webinars.read")


def change(client: Client, meeting_id: str, *, plan: WebinarPlan) -> None:
    """Change what the plan says; read the webinar again to see what holds. May be repeated.

    Source: 61964. Shape: start and end go together.
    Raises: ValueError for one time alone, Refused, NotAllowed, NotThere, GrantGone, TryAgain.
    """
    if (plan.start_time is None) != (plan.end_time is None):
        raise ValueError("a webinar's start_time and end_time change together")
    body = client.caller | _plan_body(plan)
    client.put(f"/v1/webinars/{segment(meeting_id)}", body=body, call="webinars.change")


def cancel(client: Client, meeting_id: str, *, reason: str = "") -> None:
    """Cancel a webinar that has not begun; cancelled before counts as done.

    Source: 61973. Raises: Refused (started, ended), NotAllowed, NotThere, GrantGone, TryAgain.
    """
    body = client.caller | {"reason_code": 0, "reason_detail": reason}
    with done_before("already_cancelled"):
        path = f"/v1/webinars/{segment(meeting_id)}/cancel"
        client.post(path, body=body, repeatable=True, call="webinars.cancel")


def _plan_body(plan: WebinarPlan) -> dict[str, Any]:
    body = wire.body(plan)
    return body if plan.hosts is None else body | {"hosts": people_body(plan.hosts)}


def _webinar(answer: wire.Row) -> Webinar:
    # Unknown whether flat or listed (10.6 of the first platform file): take either.
    listed = wire.rows(answer, "meeting_info_list", "webinar_info_list")
    row = listed[0] if listed else answer
    settings = wire.rows(row, "media_setting")
    return wire.read(
        Webinar,
        row,
        audience_join_link=wire.text(row, "audience_join_link", "join_url"),
        cover_url=wire.text(row, "cover_url", "cover_image"),
        time_zone=wire.zone(wire.text(row, "time_zone")),
        hosts=read_people(row, "hosts"),
        settings=read_settings(settings[0] if settings else {}),
    )
