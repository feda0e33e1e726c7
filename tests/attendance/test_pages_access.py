"""Every page about what happened, tried as each role, as a stranger and signed out."""

import pytest
from django.test import Client

from meetings.models import Occurrence
from tests import factories
from tests.attendance import hall

pytestmark = pytest.mark.django_db

ROLES = ("administrator", "organiser", "assistant", "viewer", "compliance")
LOOKING = ("", "progress/", "attendance/", "attendance/participants/", "attendance/people/{person}/", "review/",
           "review/{participant}/", "attendance/export.csv", "attendance/export.xlsx", "attendance/export.pdf",
           "attendance/participants/{participant}/", "attendance/companies/", "attendance/lists/",
           "attendance/exports/", "attendance/rule/", "attendance/windows/")  # fmt: skip
# Who may, and what is posted; the others get 403.
DOING = {
    "attendance/pull/": ({"administrator", "organiser", "assistant"}, {}),
    "attendance/final/": ({"administrator", "organiser"}, {}),
    "attendance/reopen/": ({"administrator", "organiser"}, {}),
    "attendance/people/{person}/sign-in/": ({"administrator", "organiser", "assistant"}, {}),
    "review/{participant}/decide/": ({"administrator", "organiser", "assistant"}, {"choice": "ignore"}),
}
# Pages that are read too.
SETTING = {
    "attendance/rule/": ({"administrator", "organiser"}, {"source": "own", "min_percent": "80", "min_minutes": "0"}),
    "attendance/windows/": ({"administrator", "organiser"}, {"automatic": "1"}),
}


@pytest.fixture
def occurrence() -> Occurrence:
    return hall.full_hall(factories.make_member())


def code(client: Client, path: str) -> int:
    """Read a page or file to its end and give its status."""
    answer = client.get(path)
    answer.getvalue()
    return answer.status_code


def addresses(occurrence: Occurrence, paths: object) -> list[str]:
    person, participant = hall.listed(occurrence, "周晓梅").pk, hall.seen(occurrence, "王建国").pk
    return [hall.address(occurrence.meeting, path.format(person=person, participant=participant)) for path in paths]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_what_is_shared_with_it(occurrence: Occurrence, role: str) -> None:
    client = hall.browser(hall.colleague(occurrence, role))
    answers = {path: code(client, path) for path in ["/", *addresses(occurrence, LOOKING)]}
    stops = hall.address(occurrence.meeting, "progress/")
    assert answers == {path: 286 if path == stops else 200 for path in answers}


@pytest.mark.parametrize("role", ("organiser", "assistant", "viewer"))
def test_what_is_not_shared_is_not_there(occurrence: Occurrence, role: str) -> None:
    client = hall.browser(factories.make_member(occurrence.meeting.organisation, role))
    assert {code(client, path) for path in addresses(occurrence, LOOKING)} == {404}


def test_another_organisation_finds_nothing_and_changes_nothing(occurrence: Occurrence) -> None:
    client = hall.browser(factories.make_member(role="administrator"))
    assert {code(client, path) for path in addresses(occurrence, LOOKING)} == {404}
    assert {client.post(path, data).status_code for path, (_who, data) in doing(occurrence).items()} == {404}
    assert "周晓梅" not in client.get("/").content.decode()


def test_signed_out_leads_to_the_sign_in_and_back(occurrence: Occurrence) -> None:
    for path in ["/", *addresses(occurrence, LOOKING), *doing(occurrence)]:
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/"), path


def doing(occurrence: Occurrence) -> dict[str, tuple[set[str], dict[str, str]]]:
    told = DOING | SETTING
    return dict(zip(addresses(occurrence, told), told.values(), strict=True))


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_it_may(occurrence: Occurrence, role: str) -> None:
    client = hall.browser(hall.colleague(occurrence, role))
    answers = {path: client.post(path, data).status_code for path, (_who, data) in doing(occurrence).items()}
    assert answers == {path: 302 if role in who else 403 for path, (who, _data) in doing(occurrence).items()}


def test_changes_are_posted_never_fetched(occurrence: Occurrence) -> None:
    client = hall.browser(hall.colleague(occurrence, "administrator"))
    assert {code(client, path) for path in addresses(occurrence, DOING)} == {405}


def test_a_participant_of_another_meeting_is_not_reached_through_ones_own(occurrence: Occurrence) -> None:
    member = factories.make_member()
    own = hall.full_hall(member)
    client = hall.browser(member)
    foreign = hall.seen(occurrence, "王建国").pk
    assert client.get(hall.address(own.meeting, f"review/{foreign}/")).status_code == 404
    assert client.post(hall.address(own.meeting, f"review/{foreign}/decide/"), {"choice": "ignore"}).status_code == 404
    assert client.get(hall.address(own.meeting, f"?occurrence={occurrence.pk}")).status_code == 404
