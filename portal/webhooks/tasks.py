"""What is done with events of the platform that concern grants."""

from django.utils import timezone

from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.webhooks import grants, inbox
from portal.webhooks.models import Delivery


@work("webhooks.note_administrator")
def note_administrator(job: Job, *, delivery_id: int) -> None:
    """Take the platform's word for who administers an enterprise."""
    grants.note_administrator(Delivery.objects.select_related("event").get(pk=delivery_id))


@work("webhooks.end_grants")
def end_grants(job: Job, *, delivery_id: int) -> None:
    """End the grants that were cancelled on the platform."""
    grants.end_grants(Delivery.objects.select_related("event").get(pk=delivery_id))


@work("webhooks.forget")
def forget(job: Job, *, period: str) -> None:
    """Delete events nobody will need again."""
    queue.progress(job, made=inbox.forget(timezone.now()))
