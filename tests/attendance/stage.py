"""A meeting on the sandbox's stage: booked over the platform's own call, played by a script, told by its truth."""

from collections.abc import Callable
from datetime import datetime, timedelta

import requests
from django.utils import timezone

from attendance import reconcile, visits
from attendance.models import Match, MatchRun, Outcome, Participant
from meetings.credentials import client_of
from meetings.models import ExpectedPerson, Meeting, Occurrence
from meetings.plan import kind_of
from portal.accounts.credentials import client_for
from portal.accounts.models import Membership
from portal.jobs.models import Job
from portal.phones import parse
from portal.tencent import enrolment, links
from portal.tencent import meetings as platform
from portal.tencent.plans import MeetingPlan, RecurringRule
from tests.conftest import Sandbox

PARTICIPANTS = "GET /v1/meetings/{meeting_id}/participants"


def now() -> datetime:
    """Give the present in whole seconds, as the platform counts."""
    return timezone.now().replace(microsecond=0)


def book(
    member: Membership, *, start: datetime | None = None, minutes: int = 60, enrolment: bool = False, **fields: object
) -> Occurrence:
    """Book a meeting on the platform with a member's grant and keep it here; it may have begun already."""
    Job.objects.all().delete()  # what signing in ordered is not looked at here
    start = start or now() - timedelta(minutes=minutes + 30)
    end = start + timedelta(minutes=minutes)
    client = client_for("meetings.create", organisation=member.organisation, operator=member.user)
    plan = MeetingPlan(subject="路演", start_time=start, end_time=end, enable_enroll=enrolment)
    made = platform.create(client, plan=plan)
    meeting = Meeting.objects.create(
        organisation=member.organisation, owner=member.user, creator_open_id=member.user.open_id, subject="路演",
        start_at=start, end_at=end, meeting_id=made.meeting_id, meeting_code=made.meeting_code, enrolment=enrolment,
        **fields,
    )  # fmt: skip
    return Occurrence.objects.create(meeting=meeting, start_at=start, end_at=end)


def book_series(member: Membership, *, start: datetime) -> list[Occurrence]:
    """Book a daily series of two and keep it with its occurrences."""
    Job.objects.all().delete()
    client = client_for("meetings.create", organisation=member.organisation, operator=member.user)
    rule = RecurringRule(recurring_type=0, until_type=1, until_count=2)
    end = start + timedelta(minutes=60)
    plan = MeetingPlan(subject="晨会", start_time=start, end_time=end, recurring_rule=rule)
    made = platform.create(client, plan=plan)
    read = platform.read(client, made.meeting_id)
    meeting = Meeting.objects.create(
        organisation=member.organisation, owner=member.user, creator_open_id=member.user.open_id, subject="晨会",
        start_at=start, end_at=end, meeting_id=made.meeting_id, meeting_code=made.meeting_code, recurring=True,
    )  # fmt: skip
    return [
        Occurrence.objects.create(
            meeting=meeting, sub_meeting_id=one.sub_meeting_id, start_at=one.start_time, end_at=one.end_time
        )
        for one in read.sub_meetings
    ]


def stay(join: int, leave: int | None, **more: object) -> dict:
    """Give one stay of a script, in minutes from the scheduled start."""
    return {"join": join * 60, "leave": None if leave is None else leave * 60} | more


def play(sandbox: Sandbox, occurrence: Occurrence, people: list[dict], **more: object) -> dict:
    """Let people come and go; no events unless asked for."""
    told = {"events": {"send": False}} | more
    where = {"meeting_id": occurrence.meeting.meeting_id, "sub_meeting_id": occurrence.sub_meeting_id}
    return sandbox.post("play", **where, people=people, **told)


def truth(sandbox: Sandbox, occurrence: Occurrence) -> dict:
    """Give what really happened."""
    return sandbox.get(f"truth/{occurrence.meeting.meeting_id}", sub_meeting_id=occurrence.sub_meeting_id)


def rows(sandbox: Sandbox, occurrence: Occurrence) -> list[dict]:
    """Give all participant rows as a grant sees them."""
    query = {"sub_meeting_id": occurrence.sub_meeting_id, "as": "oauth"}
    return sandbox.get(f"rows/{occurrence.meeting.meeting_id}", **query)


def fault(sandbox: Sandbox, kind: str, call: str = PARTICIPANTS, **more: object) -> None:
    """Let a call fail."""
    sandbox.post("faults", call=call, kind=kind, **more)


def mend(sandbox: Sandbox) -> None:
    """Take back all faults and switches."""
    for what in ("faults", "switches"):
        requests.delete(f"{sandbox.url}/_sandbox/{what}", timeout=10).raise_for_status()


def calls(sandbox: Sandbox, call: str = PARTICIPANTS) -> int:
    """Say how often a call was made since the sandbox started."""
    return sandbox.get("ledger")["calls"].get(call, 0)


def pull(occurrence: Occurrence, run_jobs: Callable[[], int]) -> Job:
    """Pull and match as the workers do; gives the job of the pull."""
    job = visits.order(occurrence)
    run_jobs()
    job.refresh_from_db()
    occurrence.refresh_from_db()
    return job


def current(occurrence: Occurrence) -> MatchRun:
    """Give the current run, which must be there."""
    return MatchRun.objects.get(occurrence=occurrence, current=True)


def rematch(occurrence: Occurrence) -> MatchRun | None:
    """Match with what is stored."""
    return reconcile.match(occurrence, timezone.now())


def participant(occurrence: Occurrence, name: str) -> Participant:
    """Give the participant last shown under a name."""
    return Participant.objects.get(occurrence=occurrence, name=name)


def link_of(person: ExpectedPerson) -> str:
    """Make the exclusive link of a person on the platform."""
    meeting = person.meeting
    client = client_of(meeting, "links.create")
    return links.create(client, meeting.meeting_id, kind=kind_of(meeting), tag=person.tag).url


def enrol(*people: ExpectedPerson) -> None:
    """Import people into the platform's enrolment by phone, and keep their enrolment ids."""
    meeting = people[0].meeting
    phones = {parse(person.phone).national: person for person in people}
    sent = [enrolment.ImportRow(area="86", phone_number=number) for number in phones]
    client = client_of(meeting, "enrolment.import_rows")
    for row in enrolment.import_rows(client, meeting.meeting_id, kind=kind_of(meeting), rows=sent).rows:
        phones[row.phone_number].enroll_id = str(row.enroll_id)
        phones[row.phone_number].save()


def states(occurrence: Occurrence) -> dict[str, str]:
    """Give what the current run says of each expected person, by name."""
    rows = Outcome.objects.filter(run=current(occurrence)).values_list("person__name", "state")
    return dict(rows)


def tiers(occurrence: Occurrence) -> dict[str, tuple[str, str, str | None]]:
    """Give what the current run says of each participant, by displayed name: tier, key and whom."""
    rows = Match.objects.filter(run=current(occurrence))
    return {
        name: (tier, key, person)
        for name, tier, key, person in rows.values_list("participant__name", "tier", "key", "person__name")
    }
