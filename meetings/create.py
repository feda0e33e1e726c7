"""Make a meeting: a row first, then the platform, then what follows; a lost answer is looked for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings import enrolment, plan, sync, work
from meetings.credentials import client_of
from meetings.errors import MeetingError
from meetings.models import Meeting, Occurrence
from portal.accounts.credentials import NoCredential, client_for
from portal.accounts.models import User
from portal.audit import chain
from portal.tencent import meetings, webinars
from portal.tencent.client import Client
from portal.tencent.errors import AnswerLost, NotThere, PlatformError

# Longer than a request lives: what is still a draft then lost its answer together with its process.
LOOK_AFTER = timedelta(minutes=2)


def create(meeting: Meeting, *, by: User) -> Meeting:
    """Make a meeting on the platform from an unsaved row and give its row, planned or unconfirmed.

    A second call with the same `attempt` gives the meeting of the first. Call it outside a transaction.
    Raises: PlatformError or NoCredential, when nothing was made; the draft is gone then.
    """
    client = client_for(_call(meeting), organisation=meeting.organisation, operator=by)
    draft = _draft(meeting, by, client)
    if draft is not meeting:
        return draft
    try:
        return _ask(draft, client)
    except PlatformError:
        draft.delete()
        raise


def create_again(meeting: Meeting, *, by: User) -> Meeting:
    """Make an unconfirmed meeting once more, because a human says that the platform does not have it.

    Raises: MeetingError when it was confirmed meanwhile; PlatformError, NoCredential, when nothing was made.
    """
    client = client_for(_call(meeting), organisation=meeting.organisation, operator=by)
    unconfirmed = Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.UNCONFIRMED)
    if not unconfirmed.update(state=Meeting.State.DRAFT, made_at=timezone.now()):
        raise MeetingError("confirmed_meanwhile")
    chain.record("meeting.create_again", actor=by, organisation=meeting.organisation_id, subject=meeting)
    meeting.refresh_from_db()
    try:
        return _ask(meeting, client)
    except PlatformError:
        _unconfirmed(meeting)
        raise


def look_for(meeting: Meeting) -> Meeting:
    """Look on the platform for a meeting whose answer was lost; take it over where exactly one is like it.

    Webinars cannot be listed, so they stay unconfirmed until somebody enters their code. May be repeated.
    Raises: PlatformError, NoCredential.
    """
    if meeting.state not in sync.UNSURE:
        return meeting
    found = [] if meeting.is_webinar else _alike(meeting)
    return confirm(meeting, found[0]) if len(found) == 1 else _unconfirmed(meeting)


def enter_code(meeting: Meeting, code: str) -> Meeting:
    """Confirm a meeting by the code the organiser read in the client.

    Raises: MeetingError where the code is another meeting's; NotThere, NotAllowed, TryAgain, NoCredential.
    """
    found = _read_by_code(meeting, code)
    if (found.subject, found.start_time) != (meeting.subject, meeting.start_at):
        raise MeetingError("another_meeting", subject=found.subject)
    return confirm(meeting, found)


def confirm(meeting: Meeting, found: sync.Found) -> Meeting:
    """Write what the platform made into its draft and queue what follows. May be repeated.

    Raises: MeetingError where another row has this meeting already.
    """
    try:
        with transaction.atomic():
            sync.apply(meeting, found)
            sync.ask_set_up(meeting)
            work.forget("meetings.look_for", meeting)
    except IntegrityError:
        raise MeetingError("already_here", subject=found.subject) from None
    return meeting


def set_up(meeting: Meeting) -> None:
    """Do what follows a creation: the enrolment form, then read back what really holds. May be repeated."""
    if meeting.enrolment:
        enrolment.configure(meeting)
    sync.refresh(meeting)


def _call(meeting: Meeting) -> str:
    return f"{plan.kind_of(meeting)}.create"


def _draft(meeting: Meeting, by: User, client: Client) -> Meeting:
    """Write the draft and the job that looks for it if this process dies; a second form finds the first."""
    meeting.state, meeting.owner = Meeting.State.DRAFT, by
    meeting.origin = Meeting.Origin.OAUTH if client.kind == "oauth" else Meeting.Origin.KEYS
    for field, value in sync.creator(client).items():
        setattr(meeting, field, value)
    try:
        with transaction.atomic():
            meeting.save(force_insert=True)
            work.ask("meetings.look_for", meeting, due_at=timezone.now() + LOOK_AFTER)
            chain.record("meeting.create", actor=by, organisation=meeting.organisation_id, subject=meeting)
    except IntegrityError:
        return Meeting.objects.get(organisation=meeting.organisation_id, attempt=meeting.attempt)
    return meeting


def _ask(meeting: Meeting, client: Client) -> Meeting:
    try:
        if meeting.is_webinar:
            made: sync.Found = webinars.create(client, plan=plan.webinar_plan(meeting))
        else:
            made = meetings.create(client, plan=plan.meeting_plan(meeting))
    except AnswerLost:
        return _look_now(meeting)
    _hold_single(meeting)
    return confirm(meeting, made)


def _look_now(meeting: Meeting) -> Meeting:
    """Look at once; where the platform is away the job looks again later."""
    try:
        return look_for(meeting)
    except (PlatformError, NoCredential):
        return _unconfirmed(meeting)


def _hold_single(meeting: Meeting) -> None:
    """Give a meeting that is held once its occurrence at once: its pages need no read first."""
    if not meeting.recurring:
        times = {"start_at": meeting.start_at, "end_at": meeting.end_at}
        Occurrence.objects.get_or_create(meeting=meeting, sub_meeting_id="", defaults=times)


def _unconfirmed(meeting: Meeting) -> Meeting:
    unsure = Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.DRAFT)
    unsure.update(state=Meeting.State.UNCONFIRMED, error_code="AnswerLost")
    meeting.refresh_from_db()
    return meeting


def _alike(meeting: Meeting) -> list[meetings.Meeting]:
    """Give the meetings on the platform that look like this one and that no row has yet."""
    client = client_of(meeting, "meetings.list_upcoming")
    wanted = (meeting.subject, meeting.start_at, meeting.end_at)
    found = {
        each.meeting_id: each
        for each in _candidates(client, meeting.start_at)
        if (each.subject, each.start_time, each.end_time) == wanted
    }
    here = Meeting.objects.filter(organisation=meeting.organisation_id, meeting_id__in=found)
    taken = set(here.values_list("meeting_id", flat=True))
    return [each for meeting_id, each in found.items() if meeting_id not in taken]


def _candidates(client: Client, start: datetime) -> Iterator[meetings.Meeting]:
    """Yield what is listed as coming and, for a meeting booked into the past, what is listed as over."""
    yield from meetings.list_upcoming(client)
    now = timezone.now()
    if start >= now:
        return
    for past in meetings.history(client, start=start - timedelta(minutes=1), end=now):
        try:
            yield meetings.read(client, past.meeting_id)
        except NotThere:
            continue


def _read_by_code(meeting: Meeting, code: str) -> sync.Found:
    if meeting.is_webinar:
        return webinars.read(client_of(meeting, "webinars.read"), meeting_code=code)
    return meetings.read_by_code(client_of(meeting, "meetings.read_by_code"), meeting_code=code)
