"""Makes every Django process know its broker: a web process that does not would publish to nowhere."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
