"""What no form of ours sends, and what strangers try: it is answered, never with an error of the server."""

import pytest
from django.test import Client
from django.utils import timezone

from attendance import reconcile
from attendance.models import Participant, Visit
from meetings.models import Meeting
from portal.accounts.models import EnterpriseCredential
from tests.factories import make_meeting, make_member, make_person

pytestmark = pytest.mark.django_db

HUGE, ENDLESS, SQUARED = "9" * 30, "9" * 5000, "²"
LISTS = ["/meetings/", "/meetings/{}/people/", "/meetings/{}/links/", "/meetings/{}/registrants/",
         "/meetings/{}/occurrences/", "/meetings/{}/attendance/", "/meetings/{}/attendance/participants/",
         "/account/members/"]  # fmt: skip


@pytest.fixture
def meeting() -> Meeting:
    made = make_meeting(make_member(role="administrator"), enrolment=True)
    for number in range(60):
        make_person(made, f"人{number:02d}")
    occurrence = made.occurrences.get()
    joined = int(occurrence.start_at.timestamp())
    Visit.objects.create(occurrence=occurrence, ms_open_id="a", join_time=joined, left_time=joined + 60, user_name="人01")
    reconcile.match(occurrence, timezone.now())
    EnterpriseCredential.objects.create(
        organisation=made.organisation, app_id="1", secret_id="id", secret_key="key", operator_userid="op", slug="slug",
        checked_at=timezone.now(),
    )  # fmt: skip
    return made


@pytest.fixture
def browser(meeting: Meeting) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(meeting.owner, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("query", ["per_page=-1", "per_page=0", "page=-1", "page=x", f"page={HUGE}", "sort=-bogus", "q=%00"])
def test_a_list_takes_any_query(browser: Client, meeting: Meeting, address: str, query: str) -> None:
    assert browser.get(f"{address.format(meeting.pk)}?{query}").status_code == 200


def test_the_address_does_not_say_how_long_a_page_is(browser: Client, meeting: Meeting) -> None:
    answer = browser.get(f"/meetings/{meeting.pk}/people/?per_page=60")
    assert len(answer.context["table"].page.object_list) == 50


@pytest.mark.parametrize("number", [HUGE, ENDLESS, SQUARED, "", "-1"])
def test_a_number_nobody_has_is_not_found_and_no_error(browser: Client, meeting: Meeting, number: str) -> None:
    participant = Participant.objects.get()
    sent = {
        "/account/organisation/": ({"organisation": number}, 404),
        f"/meetings/{meeting.pk}/links/issue/": ({"row": [number]}, 302),
        f"/meetings/{meeting.pk}/review/{participant.pk}/decide/": ({"choice": f"confirm:{number[:30]}"}, 302),
        f"/meetings/{meeting.pk}/share/": ({"remove": number}, 404 if number else 200),
    }
    answers = {address: browser.post(address, data).status_code for address, (data, _) in sent.items()}
    assert answers == {address: expected for address, (_, expected) in sent.items()}
    assert browser.get(f"/meetings/{meeting.pk}/review/?done={number[:30]}").status_code == 200


@pytest.mark.parametrize(
    "address", ["/meetings/{}/review/{}/?q=%00", "/meetings/{}/attendance/?company=%00", "/meetings/{}/people/?q=%00"]
)
def test_a_zero_byte_is_nobodys_name(browser: Client, meeting: Meeting, address: str) -> None:
    # PostgreSQL refuses to look for one; SQLite does not mind.
    assert browser.get(address.format(meeting.pk, Participant.objects.get().pk)).status_code == 200


def test_a_zero_byte_is_nobodys_address_and_no_registration(browser: Client, meeting: Meeting) -> None:
    assert browser.get("/hooks/tencent/%00/").status_code == 404
    answer = browser.post(f"/meetings/{meeting.pk}/registrants/decide/", {"action": "approve", "row": ["\x00"]})
    assert answer.status_code == 302
