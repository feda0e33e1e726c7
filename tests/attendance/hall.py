"""A meeting with people in it, made of rows alone: for pages, which ask the platform nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone

from attendance import reconcile
from attendance.models import MatchRun, Participant, Pull, Visit
from meetings.models import ExpectedPerson, Meeting, Occurrence, Share
from portal.accounts.models import Membership
from tests import factories

MINUTES = 60


def hold(member: Membership, names: Sequence[str] = ("周晓梅", "陈子涵", "王建国"), **fields: object) -> Occurrence:
    """Make a meeting of an hour that is over, with a list; nobody came yet."""
    start = timezone.now().replace(microsecond=0) - timedelta(hours=3)
    meeting = factories.make_meeting(member, start=start, minutes=MINUTES, **fields)
    for number, name in enumerate(names):
        factories.make_person(meeting, name, number + 1, company=f"公司{number % 2}")
    occurrence = meeting.occurrences.get()
    occurrence.state, occurrence.started_at = Occurrence.State.SETTLING, start
    occurrence.ended_at = start + timedelta(minutes=MINUTES)
    occurrence.save()
    Pull.objects.create(occurrence=occurrence, state=Pull.State.DONE, started_at=timezone.now())
    return occurrence


def come(occurrence: Occurrence, name: str, join: int = 0, leave: int | None = MINUTES, **fields: object) -> None:
    """Let somebody stay from minute to minute, under a displayed name."""
    start = int(occurrence.start_at.timestamp())
    left = None if leave is None else start + 60 * leave
    defaults = {"ms_open_id": f"ms-{name}", "instanceid": 4, "user_name": name}
    Visit.objects.create(occurrence=occurrence, join_time=start + 60 * join, left_time=left, **(defaults | fields))


def come_by_link(occurrence: Occurrence, name: str, join: int = 0, leave: int = MINUTES, **fields: object) -> None:
    """Let somebody of the list come through their exclusive link."""
    come(occurrence, name, join, leave, customer_data=listed(occurrence, name).tag, **fields)


def match(occurrence: Occurrence) -> MatchRun:
    """Match what is there."""
    run = reconcile.match(occurrence, timezone.now())
    assert run is not None
    return run


def full_hall(member: Membership) -> Occurrence:
    """One attended by link, one partly by link, one undecided (shown by name only), one absent, and a walk-in."""
    occurrence = hold(member, ("周晓梅", "陈子涵", "王建国", "赵思远"))
    come_by_link(occurrence, "周晓梅")
    come_by_link(occurrence, "陈子涵", 10, 20)
    come(occurrence, "王建国")
    come(occurrence, "外星来客")
    match(occurrence)
    return occurrence


def listed(occurrence: Occurrence, name: str) -> ExpectedPerson:
    """Give somebody of the list."""
    return ExpectedPerson.objects.get(meeting=occurrence.meeting_id, name=name)


def seen(occurrence: Occurrence, name: str) -> Participant:
    """Give a participant by displayed name."""
    return Participant.objects.get(occurrence=occurrence, name=name)


def colleague(occurrence: Occurrence, role: str) -> Membership:
    """Give a colleague of the meeting's organisation to whom it is shared."""
    member = factories.make_member(occurrence.meeting.organisation, role)
    Share.objects.create(meeting=occurrence.meeting, user=member.user)
    return member


def browser(member: Membership, language: str = "en") -> Client:
    """Give a browser in which the member is signed in."""
    client = Client(headers={"accept-language": language})
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(meeting: Meeting, rest: str = "") -> str:
    """Give an address below a meeting."""
    return f"/meetings/{meeting.pk}/{rest}"


def later(days: int = 1) -> datetime:
    """Give a time to come."""
    return timezone.now().replace(microsecond=0) + timedelta(days=days)
