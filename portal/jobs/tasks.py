"""The scheduled beats of the house."""

from celery import shared_task
from django.apps import apps
from django.utils import timezone

from portal.jobs import queue


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Send again what got lost between the database and the broker."""
    queue.sweep()


@shared_task(name="jobs.nightly")
def nightly() -> None:
    """Queue what the apps declared as nightly work, once a day however many beats run."""
    _queue_declared("nightly_work", timezone.localdate().isoformat())


@shared_task(name="jobs.hourly")
def hourly() -> None:
    """Queue what the apps declared as hourly work, once an hour."""
    _queue_declared("hourly_work", timezone.localtime().strftime("%Y-%m-%dT%H"))


def _queue_declared(kind: str, period: str) -> None:
    for config in apps.get_app_configs():
        for task in getattr(config, kind, ()):
            queue.enqueue_once(task, subject="schedule", period=period)
