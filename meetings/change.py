"""Change, move and cancel meetings on the platform, so that nobody overwrites somebody unseen."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from meetings import plan, sync, work
from meetings.credentials import client_of
from meetings.errors import Clash, MeetingError
from meetings.models import Meeting, Occurrence
from portal.accounts.models import User
from portal.audit import chain
from portal.phones import scrub
from portal.tencent import meetings, webinars
from portal.tencent.errors import PlatformError

# What an organiser may change; everything else of a row belongs to the platform or to us.
FIELDS = (
    "subject", "start_at", "end_at", "zone", "password", "enrolment", "approval", "staff_need_no_enrolment",
    "recurring_rule", "asked",
)  # fmt: skip


def change(meeting: Meeting, *, version: int, by: User) -> Meeting:
    """Change a meeting on the platform to what its unsaved row now says, and keep what really holds then.

    `version` is the one the form was opened with. Whether a platform that answers too late changed anything
    is not known: a job reads the row again. Call it outside a transaction.
    Raises: Clash; MeetingError before the platform knows it; PlatformError, NoCredential.
    """
    _must_be_planned(meeting)
    client = client_of(meeting, f"{plan.kind_of(meeting)}.change")
    claimed = _claim(meeting, version, by)
    try:
        if meeting.is_webinar:
            webinars.change(client, meeting.meeting_id, plan=plan.webinar_plan(meeting))
        else:
            wanted = plan.meeting_plan(meeting)
            meetings.change(client, meeting.meeting_id, plan=wanted, series=meeting.recurring)
    except PlatformError:
        _give_back(meeting, claimed)
        raise
    _keep(meeting, by)
    return meeting


def move(occurrence: Occurrence, *, start: datetime, end: datetime, by: User) -> None:
    """Move one occurrence of a series; nothing else about it can change. May be repeated.

    Raises: MeetingError, when it is over or cancelled; PlatformError, NoCredential.
    """
    meeting = occurrence.meeting
    _must_be_waiting(occurrence)
    meetings.change_occurrence(
        client_of(meeting, "meetings.change_occurrence"),
        meeting.meeting_id,
        sub_meeting_id=occurrence.sub_meeting_id,
        start=start,
        end=end,
    )
    with transaction.atomic():
        Occurrence.objects.filter(pk=occurrence.pk).update(start_at=start, end_at=end)
        chain.record("occurrence.move", actor=by, organisation=meeting.organisation_id, subject=occurrence,
                     start=start.isoformat(), end=end.isoformat())  # fmt: skip
        work.ask("meetings.refresh", meeting)


def cancel(meeting: Meeting, *, by: User, reason: str = "") -> Meeting:
    """Cancel a meeting, webinar or whole series on the platform; what is cancelled stays so. May be repeated.

    Raises: Refused, when it has begun or is over; MeetingError before the platform knows it; PlatformError,
    NoCredential.
    """
    if not meeting.meeting_id:
        raise MeetingError("not_on_platform")
    client = client_of(meeting, f"{plan.kind_of(meeting)}.cancel")
    if meeting.is_webinar:
        webinars.cancel(client, meeting.meeting_id, reason=reason)
    else:
        meetings.cancel(client, meeting.meeting_id, series=meeting.recurring, reason=reason)
    with transaction.atomic():
        cancelled = {"state": Meeting.State.CANCELLED, "version": F("version") + 1, "changed_by": by}
        Meeting.objects.filter(pk=meeting.pk).update(**cancelled)
        meeting.occurrences.filter(state=Occurrence.State.PLANNED).update(state=Occurrence.State.CANCELLED)
        _record("meeting.cancel", meeting, by, reason)
    meeting.refresh_from_db()
    return meeting


def cancel_occurrence(occurrence: Occurrence, *, by: User, reason: str = "") -> None:
    """Cancel one occurrence of a series on the platform. May be repeated until the answer came.

    Raises: as `cancel`.
    """
    meeting = occurrence.meeting
    _must_be_waiting(occurrence)
    client = client_of(meeting, "meetings.cancel")
    meetings.cancel(client, meeting.meeting_id, sub_meeting_id=occurrence.sub_meeting_id, reason=reason)
    with transaction.atomic():
        Occurrence.objects.filter(pk=occurrence.pk).update(state=Occurrence.State.CANCELLED)
        _record("occurrence.cancel", occurrence.meeting, by, reason)
        # Cancelling the last one ends the series (platform file 1, section 5.7), which only a read shows.
        work.ask("meetings.refresh", meeting)


def _must_be_planned(meeting: Meeting) -> None:
    if not meeting.meeting_id or meeting.state != Meeting.State.PLANNED:
        raise MeetingError("not_planned")


def _must_be_waiting(occurrence: Occurrence) -> None:
    if not occurrence.sub_meeting_id or occurrence.state != Occurrence.State.PLANNED:
        raise MeetingError("occurrence_over")


def _claim(meeting: Meeting, version: int, by: User) -> int:
    """Take the next version, which tells everybody else that their form is stale."""
    claimed = {"version": version + 1, "changed_by": by}
    if not Meeting.objects.filter(pk=meeting.pk, version=version).update(**claimed):
        raise Clash(Meeting.objects.get(pk=meeting.pk).changed_by)
    return version + 1


def _give_back(meeting: Meeting, claimed: int) -> None:
    """Undo the claim: the platform changed nothing, or we cannot tell, and then a job reads what holds."""
    with transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk, version=claimed).update(version=claimed - 1)
        work.ask("meetings.refresh", meeting)


def _keep(meeting: Meeting, by: User) -> None:
    """Write what was asked, then let a job write the enrolment form and read back what holds."""
    values: dict[str, Any] = {name: getattr(meeting, name) for name in FIELDS}
    # Until the read says otherwise what was asked holds; else the old settings would look forced.
    values["settings"] = meeting.settings | meeting.asked
    with transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**values)
        if not meeting.recurring:
            times = {"start_at": meeting.start_at, "end_at": meeting.end_at}
            meeting.occurrences.filter(state=Occurrence.State.PLANNED).update(**times)
        chain.record("meeting.change", actor=by, organisation=meeting.organisation_id, subject=meeting)
        sync.ask_set_up(meeting)
    meeting.refresh_from_db()


def _record(action: str, meeting: Meeting, by: User, reason: str) -> None:
    chain.record(
        action, actor=by, organisation=meeting.organisation_id, subject=meeting, reason=scrub(reason)
    )
