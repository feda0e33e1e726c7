"""Bring what the platform knows of one meeting into its row and its occurrences."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from meetings import occurrences, plan, recurrence, work
from meetings.credentials import client_of
from meetings.errors import MeetingError
from meetings.models import Forgotten, Meeting
from portal.accounts.credentials import client_for
from portal.accounts.models import Organisation, User
from portal.audit import chain
from portal.tencent import enrolment, meetings, webinars
from portal.tencent.client import Client
from portal.tencent.errors import NotAllowed, NotThere
from portal.tencent.meetings import Status

Found = meetings.Meeting | webinars.Webinar

STATES = {
    Status.INIT: Meeting.State.PLANNED,
    Status.ABOUT_TO_START: Meeting.State.PLANNED,
    Status.STARTED: Meeting.State.PLANNED,
    # Over, and recycled later: the plan stands, what happened belongs to the occurrence (document 42418).
    Status.NULL: Meeting.State.PLANNED,
    Status.RECYCLED: Meeting.State.PLANNED,
    Status.CANCELLED: Meeting.State.CANCELLED,
    Status.ENDED: Meeting.State.LOST,
}
# A change of these by somebody outside makes an open form stale.
SHOWN_IN_FORMS = ("subject", "start_at", "end_at", "password", "enrolment", "recurring_rule")
# A draft this young is being created in this moment; its own request will write the answer.
FRESH = timedelta(minutes=2)
UNSURE = (Meeting.State.DRAFT, Meeting.State.UNCONFIRMED)


def apply(meeting: Meeting, found: Found, *, now: datetime | None = None) -> Meeting:
    """Write what the platform answered into a meeting and its occurrences. May be repeated."""
    now = now or timezone.now()
    values = _values(found)
    if "settings" in values:
        # An answer may leave settings out (document 42418); that takes none back.
        values["settings"] = meeting.settings | values["settings"]
    values |= {"state": _state(meeting, found), "synced_at": now, "error_code": ""}
    stale = any(name in values and values[name] != getattr(meeting, name) for name in SHOWN_IN_FORMS)
    if stale and meeting.synced_at:
        values |= {"version": F("version") + 1, "changed_by": None}
    with transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**values)
        meeting.refresh_from_db()
        occurrences.hold(meeting, found, now=now)
    return meeting


def _state(meeting: Meeting, found: Found) -> str:
    standing = Meeting.State.PLANNED if meeting.state in UNSURE else meeting.state
    return STATES.get(found.status, standing)


def _values(found: Found) -> dict[str, Any]:
    """Give the fields of a row that an answer fills."""
    common = {"meeting_id": found.meeting_id, "meeting_code": found.meeting_code, "subject": found.subject}
    times = {"start_at": found.start_time, "end_at": found.end_time}
    extra = _webinar_values(found) if isinstance(found, webinars.Webinar) else _meeting_values(found)
    told = {name: value for name, value in (common | times | extra).items() if value is not None}
    # Only an empty password says something: that there is none any more.
    return {name: value for name, value in told.items() if value != "" or name == "password"}


def _webinar_values(found: webinars.Webinar) -> dict[str, Any]:
    admission = found.admission_type
    return {
        "kind": Meeting.Kind.WEBINAR,
        "join_url": found.audience_join_link,
        "guest_url": found.guest_join_link,
        "password": found.password,
        "enrolment": None if admission is None else admission == webinars.Admission.REGISTRATION,
    }


def _meeting_values(found: meetings.Meeting) -> dict[str, Any]:
    rule = found.recurring_rule if found.is_series else None
    return {
        "kind": Meeting.Kind.MEETING,
        "join_url": found.join_url,
        # Only the creator is told the password; others only that there is one (document 42418).
        "password": None if found.need_password else found.password,
        "enrolment": found.enable_enroll,
        "settings": plan.held(found.settings),
        "zone": plan.known_zone(found.time_zone),
        # An answer that does not say what it is must not turn a series into a single meeting.
        "recurring": None if found.meeting_type is None else found.is_series,
        "recurring_rule": recurrence.kept(rule) if rule else None,
    }


def refresh(meeting: Meeting, *, now: datetime | None = None) -> Meeting:
    """Read one meeting's details again; one that the platform no longer knows becomes lost. May be repeated.

    Raises: MeetingError before the platform knows it, NoCredential, and what the read raises.
    """
    if not meeting.meeting_id:
        raise MeetingError("not_on_platform")
    try:
        found = read(meeting)
    except NotThere:
        lost = {"state": Meeting.State.LOST, "error_code": "NotThere", "synced_at": now or timezone.now()}
        Meeting.objects.filter(pk=meeting.pk).update(**lost)
        meeting.refresh_from_db()
        return meeting
    apply(meeting, found, now=now)
    if meeting.enrolment and meeting.state == Meeting.State.PLANNED:
        _read_enrolment(meeting)
    return meeting


def read(meeting: Meeting) -> Found:
    """Read a meeting or webinar that has its platform id."""
    if meeting.is_webinar:
        return webinars.read(client_of(meeting, "webinars.read"), meeting_id=meeting.meeting_id)
    return meetings.read(client_of(meeting, "meetings.read"), meeting.meeting_id)


def _read_enrolment(meeting: Meeting) -> None:
    client = client_of(meeting, "enrolment.read_config")
    config = enrolment.read_config(client, meeting.meeting_id, kind=plan.kind_of(meeting))
    meeting.approval = Meeting.Approval.BY_HAND if config.approve_by_hand else Meeting.Approval.AUTOMATIC
    meeting.staff_need_no_enrolment = bool(config.no_registration_needed_for_staff)
    meeting.save(update_fields=["approval", "staff_need_no_enrolment"])


def add_by_code(code: str, *, organisation: Organisation, by: User) -> Meeting:
    """Take in a meeting or webinar by its code, also one that was deleted here before.

    Raises: MeetingError where it is here already, NoCredential, NotThere, NotAllowed, TryAgain.
    """
    client = client_for("meetings.read_by_code", organisation=organisation, operator=by)
    try:
        found: Found = meetings.read_by_code(client, meeting_code=code)
    except (NotThere, NotAllowed):
        found = webinars.read(client, meeting_code=code)
    if here := Meeting.objects.filter(organisation=organisation, meeting_id=found.meeting_id).first():
        raise MeetingError("already_here", subject=here.subject)
    Forgotten.objects.filter(organisation=organisation, meeting_id=found.meeting_id).delete()
    meeting = take(found, organisation=organisation, owner=by, client=client)
    if meeting is None:
        raise MeetingError("odd_times")
    chain.record("meeting.add", actor=by, organisation=organisation.pk, subject=meeting)
    return meeting


def take(found: Found, *, organisation: Organisation, owner: User | None, client: Client) -> Meeting | None:
    """Write what was found into its row, making one where there is none; None where it must not have one.

    Meaning: a lost creation is recognised and confirmed; a meeting deleted here stays away. May be repeated.
    """
    mine = Meeting.objects.filter(organisation=organisation)
    meeting = mine.filter(meeting_id=found.meeting_id).first() or unsure_twin(mine.filter(owner=owner), found)
    if meeting is None:
        return _make(found, organisation, owner, client)
    if meeting.state == Meeting.State.DRAFT and meeting.made_at > timezone.now() - FRESH:
        return None
    with transaction.atomic():
        if meeting.state in UNSURE:
            ask_set_up(meeting)
        return apply(meeting, found)


def _make(found: Found, organisation: Organisation, owner: User | None, client: Client) -> Meeting | None:
    gone = Forgotten.objects.filter(organisation=organisation, meeting_id=found.meeting_id).exists()
    if gone or not (found.start_time and found.end_time and found.end_time > found.start_time):
        return None
    times = {"start_at": found.start_time, "end_at": found.end_time}
    with transaction.atomic():
        row = Meeting(organisation=organisation, owner=owner, **creator(client), **times)
        # A grant sees only what this app made (document 42421), so what it found is not made elsewhere.
        row.origin = Meeting.Origin.OAUTH if client.kind == "oauth" else Meeting.Origin.ELSEWHERE
        row.meeting_id = found.meeting_id
        row.save(force_insert=True)
        return apply(row, found)


def creator(client: Client) -> dict[str, str]:
    """Give the field that remembers whose meeting it is on the platform."""
    return {"creator_open_id" if client.kind == "oauth" else "creator_userid": client.user_id}


def unsure_twin(mine: QuerySet[Meeting], found: Found) -> Meeting | None:
    """Give the one unconfirmed meeting of an owner that looks exactly like what was found."""
    same = {"subject": found.subject, "start_at": found.start_time, "end_at": found.end_time}
    twins = list(mine.filter(meeting_id="", state__in=UNSURE, **same)[:2])
    return twins[0] if len(twins) == 1 else None


def ask_set_up(meeting: Meeting) -> None:
    """Queue what follows a creation or change: enrolment form, occurrences, the settings that really hold."""
    work.ask("meetings.set_up", meeting)
