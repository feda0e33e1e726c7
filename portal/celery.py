"""The Celery app. Messages only wake the workers; the database is the queue of record (portal.jobs)."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("rollcall")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {"task": "jobs.sweep", "schedule": settings.SWEEP_SECONDS},
    "nightly": {"task": "jobs.nightly", "schedule": crontab(hour=settings.NIGHTLY_HOUR, minute=7)},
    "hourly": {"task": "jobs.hourly", "schedule": crontab(minute=17)},
}
app.conf.beat_schedule_filename = str(settings.STATE_DIR / "beat-schedule")


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Keep the log settings of Django: Celery would install its own."""
