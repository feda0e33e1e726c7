"""The review as people use it: decide, go on, undo, find somebody else, and meet a colleague who was faster."""

import pytest
from django.test import Client

from attendance import review
from attendance.models import Decision, Match
from meetings.models import Occurrence
from portal.accounts.models import Membership
from tests.attendance import hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    return hall.full_hall(member)


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def decide(client: Client, occurrence: Occurrence, name: str, choice: str, **data: object) -> object:
    address = hall.address(occurrence.meeting, f"review/{hall.seen(occurrence, name).pk}/decide/")
    return client.post(address, {"choice": choice, "last": 0} | data, follow=True)


def current(occurrence: Occurrence, name: str) -> Match:
    return Match.objects.get(run__occurrence=occurrence, run__current=True, participant__name=name)


def case_names(client: Client, occurrence: Occurrence) -> list[str]:
    return [case.participant.name for case in client.get(hall.address(occurrence.meeting, "review/")).context["cases"]]


def test_confirming_applies_at_once_and_shows_the_undo(client: Client, occurrence: Occurrence) -> None:
    person = hall.listed(occurrence, "王建国")
    page = decide(client, occurrence, "王建国", f"confirm:{person.pk}", reason="认识")
    assert current(occurrence, "王建国").person == person
    assert (page.context["done"].person, page.context["done"].reason, list(page.context["cases"])) == (person, "认识", [])
    assert 'data-hotkey="u"' in page.content.decode()
    undone = client.post(hall.address(occurrence.meeting, f"review/undo/{page.context['done'].pk}/"), follow=True)
    assert [case.participant.name for case in undone.context["cases"]] == ["王建国"]
    assert current(occurrence, "王建国").person is None


def test_conflicts_come_first_then_whoever_stayed_longest(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member, ("周晓梅", "陈子涵", "王建国"))
    hall.come(occurrence, "陈子涵", 0, 20)
    hall.come(occurrence, "王建国", 0, 50)
    hall.come_by_link(occurrence, "周晓梅", 0, 10)
    hall.come(occurrence, "路人", 0, 5, customer_data=hall.listed(occurrence, "周晓梅").tag)
    hall.match(occurrence)
    assert case_names(client, occurrence)[2:] == ["王建国", "陈子涵"]
    assert set(case_names(client, occurrence)[:2]) == {"周晓梅", "路人"}


@pytest.mark.parametrize(("choice", "tier"), [("ignore", "ignored"), ("reject", "none")])
def test_nobody_of_the_list(client: Client, occurrence: Occurrence, choice: str, tier: str) -> None:
    decide(client, occurrence, "王建国", choice)
    assert current(occurrence, "王建国").tier == tier
    assert case_names(client, occurrence) == []


def test_ruling_one_candidate_out_leaves_nobody_undecided(client: Client, occurrence: Occurrence) -> None:
    person = hall.listed(occurrence, "王建国")
    decide(client, occurrence, "王建国", f"reject:{person.pk}")
    assert current(occurrence, "王建国").person is None
    page = client.get(hall.address(occurrence.meeting, f"attendance/people/{person.pk}/"))
    assert page.context["card"].outcome.state == "absent"


def test_anybody_of_the_list_is_found_and_assigned(client: Client, occurrence: Occurrence) -> None:
    stranger = hall.seen(occurrence, "外星来客")
    page = client.get(hall.address(occurrence.meeting, f"review/{stranger.pk}/?q=思远"))
    person = hall.listed(occurrence, "赵思远")
    assert page.context["found"] == [person]
    assert f'value="assign:{person.pk}"' in page.content.decode()
    decide(client, occurrence, "外星来客", f"assign:{person.pk}")
    assert current(occurrence, "外星来客").person == person


@pytest.mark.parametrize("choice", ["", "confirm", "confirm:0", "confirm:x", "delete:1", "assign:"])
def test_what_makes_no_sense_decides_nothing(client: Client, occurrence: Occurrence, choice: str) -> None:
    page = decide(client, occurrence, "王建国", choice)
    assert (Decision.objects.count(), page.status_code) == (0, 200)
    assert page.context["case"].participant.name == "王建国"


def test_a_person_of_another_meeting_cannot_be_assigned(client: Client, occurrence: Occurrence, member: Membership) -> None:
    foreign = hall.listed(hall.full_hall(member), "王建国")
    decide(client, occurrence, "王建国", f"assign:{foreign.pk}")
    assert Decision.objects.count() == 0


def test_a_colleague_who_was_faster_is_not_overruled_unseen(client: Client, occurrence: Occurrence) -> None:
    colleague = hall.colleague(occurrence, "assistant")
    said = review.decide(hall.seen(occurrence, "王建国"), Decision.Verb.IGNORE, None, colleague.user)
    page = decide(client, occurrence, "王建国", f"confirm:{hall.listed(occurrence, '王建国').pk}")
    assert str(colleague.user) in "".join(map(str, page.context["messages"]))
    assert current(occurrence, "王建国").tier == "ignored"
    decide(client, occurrence, "王建国", f"confirm:{hall.listed(occurrence, '王建国').pk}", last=said.pk)
    assert current(occurrence, "王建国").tier == "certain"


def test_decisions_made_since_a_large_meeting_was_matched_have_left_the_queue(
    client: Client, occurrence: Occurrence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "MATCHED_AT_ONCE", 0)
    page = decide(client, occurrence, "王建国", "ignore")
    assert current(occurrence, "王建国").tier == "likely"
    assert (list(page.context["cases"]), page.context["done"].verb) == ([], "ignore")


def test_a_viewer_sees_the_case_without_buttons(occurrence: Occurrence) -> None:
    client = hall.browser(hall.colleague(occurrence, "viewer"))
    page = client.get(hall.address(occurrence.meeting, "review/")).content.decode()
    assert "王建国" in page
    assert 'name="choice"' not in page


def test_enter_in_the_reason_decides_nothing(client: Client, occurrence: Occurrence) -> None:
    form = client.get(hall.address(occurrence.meeting, "review/")).content.decode().split("/decide/", 1)[1]
    first_button = form[form.index("<button") :].split(">", 1)[0]
    assert first_button == '<button type="submit" disabled hidden'


def test_a_number_in_a_reason_is_masked(client: Client, occurrence: Occurrence) -> None:
    decide(client, occurrence, "王建国", "ignore", reason="回电 13800000003")
    assert Decision.objects.get().reason == "回电 138****0003"


def test_a_person_shows_lanes_visits_evidence_and_decisions(client: Client, occurrence: Occurrence) -> None:
    person = hall.listed(occurrence, "王建国")
    decide(client, occurrence, "王建国", f"confirm:{person.pk}", reason="认识")
    page = client.get(hall.address(occurrence.meeting, f"attendance/people/{person.pk}/"))
    text = page.content.decode()
    assert [lane["name"] for lane in page.context["lanes"]] == ["iPhone"]
    assert [(end - start).total_seconds() for start, end in page.context["counted"]] == [3600]
    assert "A colleague confirmed this person." in text
    assert "认识" in text
    undone = client.post(
        hall.address(occurrence.meeting, f"review/undo/{Decision.objects.get().pk}/"), {"back": "person"}, follow=True
    )
    assert undone.context["person"] == person
    assert "taken back by" in undone.content.decode()


def test_an_undecided_person_shows_who_it_may_be(client: Client, occurrence: Occurrence) -> None:
    person = hall.listed(occurrence, "王建国")
    page = client.get(hall.address(occurrence.meeting, f"attendance/people/{person.pk}/"))
    assert [match.participant.name for match in page.context["card"].maybe] == ["王建国"]
    assert page.context["lanes"] == []


def test_who_still_waits_after_the_last_card_is_asked_about_again(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member, ("林涛", "林涛", "林涛"))
    hall.come(occurrence, "林涛")
    hall.match(occurrence)
    who, twin = hall.seen(occurrence, "林涛"), occurrence.meeting.people.first()
    address = hall.address(occurrence.meeting, f"review/{who.pk}/decide/")
    sent = {"choice": f"reject:{twin.pk}", "last": 0, "shown": [who.pk]}
    answer = client.post(address, sent, headers={"HX-Request": "true"})
    assert (answer.context["left"], answer.headers["HX-Refresh"]) == (1, "true")
    other = client.post(address, sent | {"last": Decision.objects.get().pk, "choice": "reject"}, headers={"HX-Request": "true"})
    assert (other.context["left"], "HX-Refresh" in other.headers) == (0, False)
