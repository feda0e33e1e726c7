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
ROLE = "administrator"


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


def both(occurrence: Occurrence, first: Membership, name: str = "王建国") -> tuple[Decision, Membership]:
    """Let two people confirm a decision; gives it and the second of them."""
    said, second = propose(occurrence, first, name), hall.colleague(occurrence, "assistant")
    review.second(Decision.objects.filter(pk=said.pk), second.user)
    return said, second


@pytest.mark.parametrize("role", ["organiser", "compliance"])
def test_what_two_people_confirmed_takes_two_to_take_back(occurrence: Occurrence, member: Membership, role: str) -> None:
    said, _second = both(occurrence, member)
    address = hall.address(occurrence.meeting, f"review/undo/{said.pk}/")
    answer = hall.browser(member).post(address, follow=True)
    assert "it goes on counting until a second person agrees" in answer.content.decode()
    assert tier(occurrence) == "certain"
    again = hall.browser(member).post(address, follow=True)
    assert "waits for somebody else to agree" in again.content.decode()
    own = hall.browser(member).post(hall.address(occurrence.meeting, f"review/second/{said.pk}/"), follow=True)
    assert "Somebody else must agree" in own.content.decode()
    assert tier(occurrence) == "certain", "nobody agrees to their own wish"
    third = hall.browser(hall.colleague(occurrence, role))
    page = third.get(hall.address(occurrence.meeting, "review/?kind=second"))
    assert [case.asked for case in page.context["cases"]] == [said]
    assert "Agree to take it back" in page.content.decode()
    third.post(hall.address(occurrence.meeting, f"review/second/{said.pk}/"))
    said.refresh_from_db()
    assert (tier(occurrence), said.undo_asked_by, said.undone_by is None) == ("likely", member.user, False)
    actions = Entry.objects.filter(action__startswith="match.").values_list("action", flat=True)
    assert sorted(actions) == ["match.decide", "match.second", "match.undo", "match.undo_ask"]


def test_the_second_of_two_agrees_by_undoing_it_too(occurrence: Occurrence, member: Membership) -> None:
    said, second = both(occurrence, member)
    assert review.undo(said, second.user) is False
    assert review.undo(said, member.user) is True
    assert tier(occurrence) == "likely"


def test_a_wish_to_take_back_is_let_go_and_the_decision_stands(occurrence: Occurrence, member: Membership) -> None:
    said, second = both(occurrence, member)
    review.undo(said, member.user)
    hall.browser(second).post(hall.address(occurrence.meeting, f"review/second/{said.pk}/"), {"keep": "1"})
    said.refresh_from_db()
    assert (said.is_asked_back, said.undone_at, tier(occurrence)) == (False, None, "certain")
    assert review.undo(said, second.user) is False, "the next one asks anew"


def test_a_word_nobody_confirmed_is_withdrawn_by_one(occurrence: Occurrence, member: Membership) -> None:
    assert review.undo(propose(occurrence, member), member.user) is True


def test_one_takes_back_what_two_confirmed_where_four_eyes_are_wanted_no_more(occurrence: Occurrence, member: Membership) -> None:
    said, _second = both(occurrence, member)
    review.undo(said, member.user)
    Organisation.objects.update(four_eyes=False)
    assert review.undo(said, member.user) is True


def test_of_many_in_one_go_each_is_asked_back_or_withdrawn_as_it_stands(occurrence: Occurrence, member: Membership) -> None:
    choices = [Choice(hall.seen(occurrence, name), Verb.IGNORE) for name in ("王建国", "外星来客")]
    said = review.decide_many(choices, member.user)
    second = hall.colleague(occurrence, "assistant")
    review.second(Decision.objects.filter(pk=said[0].pk), second.user)
    assert review.undo_many(Decision.objects.filter(batch=said[0].batch), member.user) == (1, 1)
    assert (tier(occurrence), tier(occurrence, "外星来客")) == ("ignored", "none")


def test_undoing_a_split_two_confirmed_is_shown_with_the_part_it_would_end(occurrence: Occurrence, member: Membership) -> None:
    who = hall.seen(occurrence, "王建国")
    border = int(occurrence.start_at.timestamp()) + 600
    said = review.decide_many([Choice(who, Verb.SPLIT, border=border)], member.user)[0]
    second = hall.colleague(occurrence, "assistant")
    review.second(Decision.objects.filter(pk=said.pk), second.user)
    review.undo(said, member.user)
    page = hall.browser(second).get(hall.address(occurrence.meeting, "review/?kind=second"))
    assert [(case.asked, case.participant.since) for case in page.context["cases"]] == [(said, border)]
    assert page.context["second"] == 1
    hall.browser(second).post(hall.address(occurrence.meeting, f"review/second/{said.pk}/"))
    assert Match.objects.filter(run__occurrence=occurrence, run__current=True, participant=who).exists()
