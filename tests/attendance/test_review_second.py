"""Four eyes: a first word proposes, a second person's counts; and two people who decide in the same moment."""

import threading

import pytest
from django.db import connections

from attendance import review
from attendance.models import Decision, Match
from attendance.review import Choice, Meanwhile
from meetings.models import Occurrence
from portal.accounts import policy
from portal.accounts.models import Membership, Organisation
from portal.audit.models import Entry
from tests import factories
from tests.attendance import hall

Verb = Decision.Verb


@pytest.fixture
def member(db: None) -> Membership:
    return factories.make_member(role="administrator")


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    occurrence = hall.full_hall(member)
    Organisation.objects.update(four_eyes=True)
    return occurrence


def tier(occurrence: Occurrence, name: str = "王建国") -> str:
    return Match.objects.get(run__occurrence=occurrence, run__current=True, participant__name=name).tier


def propose(occurrence: Occurrence, by: Membership, name: str = "王建国") -> Decision:
    choice = Choice(hall.seen(occurrence, name), Verb.CONFIRM, hall.listed(occurrence, "王建国"))
    return review.decide_many([choice], by.user)[0]


@pytest.mark.parametrize("role", ["administrator", "organiser", "assistant", "compliance"])
def test_a_first_word_counts_once_a_second_person_confirms(occurrence: Occurrence, member: Membership, role: str) -> None:
    said = propose(occurrence, member)
    assert (said.is_proposed, tier(occurrence)) == (True, "likely")
    own = hall.browser(member)
    address = hall.address(occurrence.meeting, f"review/second/{said.pk}/")
    assert "Somebody else must confirm" in own.post(address, follow=True).content.decode()
    assert tier(occurrence) == "likely"
    second = hall.colleague(occurrence, role)
    page = hall.browser(second).get(hall.address(occurrence.meeting, "review/?kind=second"))
    assert [case.participant.name for case in page.context["cases"]] == ["王建国"]
    assert "Confirm as second person" in page.content.decode()
    hall.browser(second).post(address)
    said.refresh_from_db()
    assert (said.seconded_by, tier(occurrence)) == (second.user, "certain")
    assert Entry.objects.filter(action="match.second").count() == 1


def test_a_viewer_gives_no_second_word(occurrence: Occurrence, member: Membership) -> None:
    said = propose(occurrence, member)
    viewer = hall.browser(hall.colleague(occurrence, "viewer"))
    assert viewer.post(hall.address(occurrence.meeting, f"review/second/{said.pk}/")).status_code == 403
    assert "Confirm as second person" not in viewer.get(hall.address(occurrence.meeting, "review/?kind=second")).content.decode()


def test_the_queue_does_not_ask_again_for_what_waits_for_a_second_word(occurrence: Occurrence, member: Membership) -> None:
    propose(occurrence, member)
    page = hall.browser(member).get(hall.address(occurrence.meeting, "review/"))
    assert (list(page.context["cases"]), page.context["second"]) == ([], 1)
    person = hall.listed(occurrence, "王建国")
    card = hall.browser(member).get(hall.address(occurrence.meeting, f"attendance/people/{person.pk}/"))
    assert "Proposed" in card.content.decode()


def test_the_same_word_of_a_colleague_is_the_second(occurrence: Occurrence, member: Membership) -> None:
    said = propose(occurrence, member)
    assert propose(occurrence, member) == said
    colleague = hall.colleague(occurrence, "assistant")
    assert propose(occurrence, colleague) == said
    said.refresh_from_db()
    assert (said.seconded_by, tier(occurrence)) == (colleague.user, "certain")


def test_another_word_takes_the_place_of_a_proposal_and_a_withdrawn_one_counts_never(
    occurrence: Occurrence, member: Membership
) -> None:
    first = propose(occurrence, member)
    colleague = hall.colleague(occurrence, "assistant")
    choice = Choice(hall.seen(occurrence, "王建国"), Verb.IGNORE, seen=first.pk)
    second = review.decide_many([choice], colleague.user)[0]
    assert list(Decision.objects.proposed()) == [second]
    assert review.undo(second, colleague.user) is True
    assert review.second(Decision.objects.filter(pk=second.pk), member.user) == 0
    assert tier(occurrence) == "likely"


def test_many_proposed_in_one_go_are_confirmed_in_one_go(occurrence: Occurrence, member: Membership) -> None:
    choices = [Choice(hall.seen(occurrence, name), Verb.IGNORE) for name in ("王建国", "外星来客")]
    said = review.decide_many(choices, member.user)
    second = hall.colleague(occurrence, "compliance")
    hall.browser(second).post(hall.address(occurrence.meeting, f"review/second/{said[0].pk}/"), {"whole": "1"})
    assert (tier(occurrence), tier(occurrence, "外星来客")) == ("ignored", "ignored")


def test_an_administrator_asks_for_four_eyes_and_the_log_says_so(member: Membership) -> None:
    browser = hall.browser(member)
    page = browser.get("/account/policy/").content.decode()
    assert "four_eyes" in page
    browser.post("/account/policy/", {"policy": "strict", "four_eyes": "on", "memory_days": "30"})
    house = Organisation.objects.get(pk=member.organisation_id)
    assert (house.four_eyes, house.memory_days) == (True, 30)
    assert Entry.objects.get(action="review.changed").detail == {"four_eyes": True, "memory_days": 30}
    assert policy.change_review(house, four_eyes=True, memory_days=None, actor=member.user) is False


def test_who_decides_on_an_old_page_sees_what_was_decided_meanwhile(member: Membership) -> None:
    occurrence = hall.full_hall(member)
    said = propose(occurrence, hall.colleague(occurrence, "assistant"))
    address = hall.address(occurrence.meeting, f"review/{hall.seen(occurrence, '王建国').pk}/decide/")
    browser = hall.browser(member)
    answer = browser.post(address, {"choice": "ignore", "last": 0}, headers={"HX-Request": "true"})
    assert f"Decided by {said.by} meanwhile" in answer.content.decode()
    assert f'name="last" value="{said.pk}"' in answer.content.decode()
    review.undo(said, member.user)
    answer = browser.post(address, {"choice": "ignore", "last": said.pk}, follow=True)
    assert "was taken back meanwhile" in answer.content.decode()
    assert list(Decision.objects.all()) == [said]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_in_the_same_moment_one_is_written_and_the_other_told() -> None:
    occurrence = hall.full_hall(factories.make_member(role="administrator"))
    deciders = [hall.colleague(occurrence, "assistant").user for _ in range(4)]
    who, start, ends = hall.seen(occurrence, "王建国"), threading.Barrier(4), []

    def decide(user: object) -> None:
        start.wait()
        try:
            review.decide_many([Choice(who, Verb.IGNORE, seen=0)], user)
            ends.append("written")
        except Meanwhile as error:
            ends.append(error.decision.by)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(user,)) for user in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = Decision.objects.get()
    assert sorted(map(str, ends)) == sorted(["written", *[str(said.by)] * 3])
