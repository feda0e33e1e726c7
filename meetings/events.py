"""What an event of the platform sets in motion here; an unknown meeting creates nothing."""

from django.db import transaction
from django.db.models import QuerySet

from meetings import enrolment, work
from meetings.models import Meeting
from portal.webhooks import inbox
from portal.webhooks.models import Delivery, PlatformEvent


def meetings_of(event: PlatformEvent) -> QuerySet[Meeting]:
    """Give the meetings an event is about, in the organisations its address may speak for."""
    if not event.meeting_id:
        return Meeting.objects.none()
    return Meeting.objects.filter(meeting_id=event.meeting_id, organisation__in=inbox.organisations(event))


def note_enrolment(delivery: Delivery) -> None:
    """Queue a pull of the registrants: the event only says when to look. May be repeated."""
    with transaction.atomic():
        for meeting in meetings_of(delivery.event):
            enrolment.ask_pull(meeting, at_once=False)
        inbox.done(delivery)


def note_change(delivery: Delivery) -> None:
    """Queue a read of the meeting. May be repeated."""
    with transaction.atomic():
        for meeting in meetings_of(delivery.event):
            work.ask("meetings.refresh", meeting)
        inbox.done(delivery)
