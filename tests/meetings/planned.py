"""What an organiser types into the forms of this floor, and the platform as seen from outside."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from portal.accounts.credentials import client_for, key_client, keys_of
from portal.accounts.models import Membership
from portal.tencent.client import Client
from portal.tencent.plans import MeetingPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")
CREATE = "POST /v1/meetings"
CREATE_WEBINAR = "POST /v1/webinars"
LIST = "GET /v1/meetings"
SETTINGS = {
    "auto_in_waiting_room": "False",
    "only_user_join_type": "1",
    "allow_in_before_host": "True",
    "mute_enable_type_join": "2",
    "change_nickname": "1",
    "auto_record_type": "none",
}


def soon(hours: float = 3) -> datetime:
    """Give a full minute some hours from now."""
    return (timezone.now() + timedelta(hours=hours)).replace(second=0, microsecond=0)


def wall(moment: datetime) -> str:
    """Write a moment as a browser sends it, in Beijing's time."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def typed(start: datetime | None = None, minutes: int = 60, **fields: object) -> dict[str, object]:
    """Give a filled-in form for a meeting."""
    start = start or soon()
    times = {"start": wall(start), "end": wall(start + timedelta(minutes=minutes)), "zone": "Asia/Shanghai"}
    return {"subject": "秋季策略会", "password": "", "attempt": "a" * 32, **times, **SETTINGS, **fields}


def grant_of(member: Membership) -> Client:
    """Give a client with the member's own grant."""
    return client_for("meetings.create", organisation=member.organisation, operator=member.user)


def keys_client(member: Membership, userid: str = "") -> Client:
    """Give a client with the organisation's enterprise credential."""
    credential = keys_of(member.organisation)
    assert credential is not None
    return key_client(credential, userid)


def plan(subject: str, start: datetime | None = None, minutes: int = 60, **fields: object) -> MeetingPlan:
    """Give a meeting that somebody plans without the portal."""
    start = start or soon()
    return MeetingPlan(
        subject=subject, start_time=start, end_time=start + timedelta(minutes=minutes), **fields
    )
