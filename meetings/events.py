"""What an event of the platform sets in motion here; an unknown meeting creates nothing."""

from django.db.models import QuerySet

from meetings import enrolment, work
from meetings.models import Meeting
from portal.webhooks import inbox
from portal.webhooks.models import PlatformEvent


def meetings_of(event: PlatformEvent) -> QuerySet[Meeting]:
    """Give the meetings an event is about, in the organisations its address may speak for."""
    if not event.meeting_id:
        return Meeting.objects.none()
    return Meeting.objects.filter(meeting_id=event.meeting_id, organisation__in=inbox.organisations(event))


def note_enrolments(events: list[PlatformEvent]) -> None:
    """Queue a pull of the registrants: events only say when to look. May be repeated."""
    for meeting in _each_once(events):
        enrolment.ask_pull(meeting, at_once=False)


def note_changes(events: list[PlatformEvent]) -> None:
    """Queue a read of the meetings. May be repeated."""
    for meeting in _each_once(events):
        work.ask("meetings.refresh", meeting)


def _each_once(events: list[PlatformEvent]) -> set[Meeting]:
    """Give the meetings of many events; those of one address and meeting lead to the same rows."""
    different = {(event.source, event.meeting_id): event for event in events}
    return {meeting for event in different.values() for meeting in meetings_of(event)}
