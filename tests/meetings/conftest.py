"""Who plans in these tests."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from meetings.models import Meeting
from portal.accounts.models import Membership
from portal.jobs.models import Job
from tests.conftest import Sandbox
from tests.factories import make_meeting, make_member
from tests.meetings.booked import calm


@pytest.fixture
def planner(install: Callable[..., Membership], sandbox: Sandbox, client: Client) -> Iterator[Membership]:
    """Give an organiser who is installed and signed in, on a platform without a rate limit.

    The platform remembers what other tests planned; the pull that follows an installation would bring it in.
    """
    # Calm comes first: the calls of the tests before count in the same minute.
    with calm(sandbox):
        member = install()
        Job.objects.all().delete()
        client.force_login(member.user)
        yield member


@pytest.fixture
def member(client: Client) -> Membership:
    """Give an organiser without a platform, signed in."""
    member = make_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def meeting(member: Membership) -> Meeting:
    """Give a meeting of theirs."""
    return make_meeting(member)
