"""Meetings that the sandbox knows, and the sandbox's moods for one test."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

import requests
from django.utils import timezone

from meetings import create
from meetings.models import Meeting
from portal.accounts.models import Membership
from tests.conftest import Sandbox

LINK = "POST /v1/meetings/customer-short-url"
WEBINAR_LINK = "POST /v1/webinars/customer-short-url"
CALM = {"rate_per_minute": 0}
IMPORT = "POST /v1/meetings/{meeting_id}/enroll/import"


def book(member: Membership, **fields: object) -> Meeting:
    """Book a meeting with enrolment on the platform, as its organiser would."""
    start = timezone.now().replace(microsecond=0) + timedelta(hours=2)
    defaults = {
        "subject": "秋季路演",
        "start_at": start,
        "end_at": start + timedelta(hours=1),
        "enrolment": True,
    }
    return create.create(Meeting(organisation=member.organisation, **(defaults | fields)), by=member.user)


@contextlib.contextmanager
def moods(sandbox: Sandbox, *faults: dict, **switches: object) -> Iterator[None]:
    """Let the sandbox be odd while the block runs, and without a rate limit."""
    sandbox.post("switches", **(CALM | switches))
    for fault in faults:
        sandbox.post("faults", **fault)
    try:
        yield
    finally:
        forget(sandbox)
        sandbox.post("switches", **CALM)


@contextlib.contextmanager
def calm(sandbox: Sandbox) -> Iterator[None]:
    """Lift the sandbox's rate limit for one test, which would otherwise wait for the next minute."""
    with moods(sandbox):
        yield
    forget(sandbox)


def forget(sandbox: Sandbox) -> None:
    """Make the sandbox ordinary again."""
    for what in ("faults", "switches"):
        requests.delete(f"{sandbox.url}/_sandbox/{what}", timeout=10).raise_for_status()
