"""The course of an occurrence: planned, running, settling, final, whatever order its events come in."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from attendance import reconcile, visits
from attendance.models import MatchRun
from meetings.models import Meeting, Occurrence
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue
from portal.webhooks import inbox
from portal.webhooks.models import PlatformEvent

# How long after the scheduled end a meeting.end that did not come is taken as lost.
GRACE = timedelta(minutes=15)
# Rows reach back this far for sure (identity file 8.1).
REACH = timedelta(days=31)
DAY = timedelta(days=1)

State = Occurrence.State


def note_events(events: list[PlatformEvent]) -> None:
    """Take in what events say of occurrences.

    Repeatable, and the same for every order: the earliest start and the latest end count. An event of a meeting
    nobody here knows changes nothing.
    """
    for event in _telling(events):
        for occurrence in occurrences_of(event):
            STEPS[event.event](occurrence, event.happened_at or event.received_at)


def _telling(events: list[PlatformEvent]) -> Iterable[PlatformEvent]:
    """Leave out what tells nothing new: of all comings and goings of an hour one is enough to order a pull."""
    different = {}
    for event in events:
        moment = event.happened_at or event.received_at
        exact = moment if STEPS[event.event] is not come_or_go else moment.replace(minute=0, second=0, microsecond=0)
        kind = STEPS[event.event]
        different.setdefault((kind, event.source, event.meeting_id, event.sub_meeting_id, exact), event)
    return different.values()


def occurrences_of(event: PlatformEvent) -> list[Occurrence]:
    """Give the occurrences an event is about, only in organisations its address may speak for.

    An event of a series that does not name its occurrence is about the one nearest in time.
    """
    meetings = Meeting.objects.filter(organisation__in=inbox.organisations(event), meeting_id=event.meeting_id)
    return [found for meeting in meetings if (found := _occurrence_of(meeting, event))]


def _occurrence_of(meeting: Meeting, event: PlatformEvent) -> Occurrence | None:
    ours = meeting.occurrences.exclude(state=State.CANCELLED).select_related("meeting")
    if event.sub_meeting_id and meeting.recurring:
        return ours.filter(sub_meeting_id=event.sub_meeting_id).first()
    moment = event.happened_at or event.received_at
    return min(ours, key=lambda each: abs(each.start_at - moment), default=None)


def start(occurrence: Occurrence, at: datetime) -> None:
    """Note that the host came in; of several starts the earliest counts, and one after the end re-opens."""
    same = Occurrence.objects.filter(pk=occurrence.pk)
    same.filter(Q(started_at=None) | Q(started_at__gt=at)).update(started_at=at)
    same.filter(Q(state=State.PLANNED) | Q(state=State.SETTLING, ended_at__lt=at)).update(state=State.RUNNING)
    visits.order_soon(occurrence, timezone.now())


def end(occurrence: Occurrence, at: datetime) -> None:
    """Note that the meeting ended; of several ends the latest counts. Orders a pull now, again soon, and next day."""
    same = Occurrence.objects.filter(pk=occurrence.pk)
    if same.filter(Q(ended_at=None) | Q(ended_at__lt=at)).update(ended_at=at):
        same.filter(state__in=(State.PLANNED, State.RUNNING)).update(state=State.SETTLING)
        order_pulls(occurrence, timezone.now())


def come_or_go(occurrence: Occurrence, at: datetime) -> None:
    """Note that somebody came or went: the live figures follow by a pull. People may come before the host."""
    Occurrence.objects.filter(pk=occurrence.pk, state=State.PLANNED).update(state=State.RUNNING)
    visits.order_soon(occurrence, timezone.now())


STEPS: dict[str, Callable[[Occurrence, datetime], None]] = {
    "meeting.started": start,
    "meeting.end": end,
    "meeting.participant-joined": come_or_go,
    "meeting.participant-left": come_or_go,
}


def order_pulls(occurrence: Occurrence, now: datetime) -> None:
    """Order a pull now, one after PULL_AGAIN_SECONDS, and one the next day: rows come late."""
    visits.order(occurrence, now)
    for number, pause in enumerate((timedelta(seconds=settings.PULL_AGAIN_SECONDS), DAY), start=1):
        queue.enqueue(
            "attendance.pull_later", subject=visits.subject(occurrence),
            organisation=occurrence.meeting.organisation_id, due_at=now + pause, occurrence_id=occurrence.pk,
            number=number,
        )  # fmt: skip


def pullable(now: datetime) -> QuerySet[Occurrence]:
    """Occurrences whose rows the platform can still give and somebody here may ask for."""
    meetings = Meeting.objects.live_on_platform().filter(connected=True).order_by()
    ours = Occurrence.objects.filter(meeting__in=meetings.values("pk"), end_at__gt=now - REACH)
    return ours.exclude(state__in=(State.CANCELLED, State.FINAL)).select_related("meeting")


def settle_missed(now: datetime) -> int:
    """Pull occurrences whose scheduled end and grace passed without a word; gives how many. Each is taken once."""
    missed = list(pullable(now).over_without_end(now - GRACE))
    for occurrence in missed:
        with transaction.atomic():
            same = Occurrence.objects.filter(pk=occurrence.pk, state__in=(State.PLANNED, State.RUNNING))
            same.update(state=State.SETTLING)
            order_pulls(occurrence, now)
    return len(missed)


def pull_recent(now: datetime) -> int:
    """Order a pull of every occurrence of the last days (SYNC_BACK_DAYS); gives how many."""
    recent = pullable(now).filter(end_at__gt=now - timedelta(days=settings.SYNC_BACK_DAYS), start_at__lt=now)
    for occurrence in recent:
        visits.order(occurrence, now)
    return len(recent)


def finalise(occurrence: Occurrence, by: User, now: datetime) -> MatchRun | None:
    """Make the results final: the rule is frozen with its version; later data make a new final run under it.

    Repeatable; undone by `reopen`. Gives the final run, None where there is nothing to be final about.
    """
    with transaction.atomic():
        if not Occurrence.objects.filter(pk=occurrence.pk, state=State.SETTLING).update(state=State.FINAL):
            return None
        _record("results.finalise", occurrence, by)
    occurrence.refresh_from_db()
    return reconcile.match(occurrence, now)


def reopen(occurrence: Occurrence, by: User, now: datetime) -> MatchRun | None:
    """Take "final" back."""
    with transaction.atomic():
        if not Occurrence.objects.filter(pk=occurrence.pk, state=State.FINAL).update(state=State.SETTLING):
            return None
        _record("results.reopen", occurrence, by)
    occurrence.refresh_from_db()
    return reconcile.match(occurrence, now)


def _record(action: str, occurrence: Occurrence, by: User) -> None:
    chain.record(
        action, actor=by, organisation=occurrence.meeting.organisation_id, subject=occurrence.meeting,
        occurrence=occurrence.pk,
    )  # fmt: skip
