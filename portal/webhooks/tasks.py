"""What is done with events of the platform that concern grants."""

from django.utils import timezone

from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.webhooks import grants, inbox


@work("webhooks.note_administrator")
def note_administrator(job: Job, *, about: str) -> None:
    """Take the platform's word for who administers an enterprise."""
    inbox.deliver(job, about, grants.note_administrators)


@work("webhooks.end_grants")
def end_grants(job: Job, *, about: str) -> None:
    """End the grants that were cancelled on the platform."""
    inbox.deliver(job, about, grants.end_grants)


@work("webhooks.forget")
def forget(job: Job, *, period: str) -> None:
    """Delete events nobody will need again."""
    queue.progress(job, made=inbox.forget(timezone.now()))
