"""The matching policy: strict until an administrator changes it, and that is written down."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import Entry
from tests.factories import make_member, make_organisation

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser_of(role: str, organisation: object) -> Client:
    browser = Client()
    browser.force_login(make_member(organisation, role=role).user, backend=BACKEND)
    return browser


def test_an_administrator_lets_clear_names_decide_and_the_log_says_so() -> None:
    organisation = make_organisation()
    browser = browser_of("administrator", organisation)
    for _ in range(2):
        assert browser.post(reverse("accounts:policy"), {"policy": "balanced"}).status_code == 302
    organisation.refresh_from_db()
    entry = Entry.objects.get(action="policy.changed")
    assert (organisation.policy, entry.detail) == ("balanced", {"former": "strict", "policy": "balanced"})


@pytest.mark.parametrize("role", ["organiser", "assistant", "viewer", "compliance"])
def test_nobody_else_changes_it(role: str) -> None:
    organisation = make_organisation()
    assert browser_of(role, organisation).post(reverse("accounts:policy"), {"policy": "balanced"}).status_code == 403
    organisation.refresh_from_db()
    assert organisation.policy == "strict"


def test_a_policy_there_is_not_changes_nothing() -> None:
    organisation = make_organisation()
    answer = browser_of("administrator", organisation).post(reverse("accounts:policy"), {"policy": "lenient"})
    organisation.refresh_from_db()
    assert (answer.status_code, organisation.policy) == (200, "strict")
