"""Decisions outlive their meeting: remembered with scope and end, shown where used, forgotten, never in another organisation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance import memory, review
from attendance.models import Decision, Match, Participant
from attendance.review import Choice
from meetings.models import Occurrence, Share
from portal.accounts.models import Membership, Organisation
from tests import factories
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db
Verb, Scope = Decision.Verb, Decision.Scope
KEYS = {"open_id": "oid-7"}


def held(member: Membership, shown: str = "小鱼儿", names: tuple[str, ...] = ("张三丰", "李四"), **keys: str) -> Occurrence:
    """Hold a meeting to which somebody comes under a nickname, with the platform's lasting id."""
    occurrence = hall.hold(member, names)
    hall.come(occurrence, shown, ms_open_id=f"ms-{occurrence.pk}", **(keys or KEYS))
    hall.match(occurrence)
    return occurrence


def confirm(occurrence: Occurrence, name: str = "张三丰", verb: str = Verb.ASSIGN, scope: str = Scope.ORGANISATION) -> Decision:
    choice = Choice(Participant.objects.get(occurrence=occurrence), verb, hall.listed(occurrence, name))
    return review.decide_many([choice], occurrence.meeting.owner, scope=scope)[0]


def found(occurrence: Occurrence) -> tuple[str, str, str | None]:
    return Match.objects.values_list("tier", "key", "person__name").get(run__occurrence=occurrence, run__current=True)


def test_a_decision_is_not_forgotten_next_time(member: Membership) -> None:
    said = confirm(held(member))
    following = held(member, "又换了昵称")
    assert found(following) == ("certain", "remembered", "张三丰")
    assert Match.objects.get(run__occurrence=following).remembered == said


@pytest.mark.parametrize("keys", [{"userid": "u7"}, {"open_id": "o7"}])
def test_each_lasting_id_is_enough(member: Membership, keys: dict[str, str]) -> None:
    confirm(held(member, **keys))
    assert found(held(member, "别的昵称", **keys))[1:] == ("remembered", "张三丰")


def test_the_id_of_one_meeting_says_nothing_in_another(member: Membership) -> None:
    first = hall.hold(member, ("张三丰",))
    hall.come(first, "小鱼儿", ms_open_id="same")
    hall.match(first)
    confirm(first)
    second = hall.hold(member, ("张三丰",))
    hall.come(second, "小鱼儿", ms_open_id="same")
    hall.match(second)
    assert found(second)[0] == "none"


def test_a_phone_hash_of_several_is_nobodys(member: Membership) -> None:
    occurrence = held(member, phone_hash="H")
    arrivals = memory.Arrivals(id=[1, 2], names=[["a"], ["b"]], ms_open_id=["x", "y"], phone_hash=["H", "H"])
    alone = memory.Arrivals(id=[1], names=[["a"]], ms_open_id=["x"], phone_hash=["H"])
    confirm(occurrence)
    following = hall.hold(member, ("张三丰",))
    assert memory.recall(following, arrivals).remembered == {}
    assert memory.recall(following, alone).remembered == {1: hall.listed(following, "张三丰").pk}
    hall.come(occurrence, "第二个人", ms_open_id="two", phone_hash="H")
    hall.match(occurrence)
    assert memory.recall(following, alone).remembered == {}


def test_the_person_is_found_by_phone_though_the_name_is_written_otherwise(member: Membership) -> None:
    confirm(held(member))
    following = hall.hold(member, ())
    factories.make_person(following.meeting, "张三丰（华泰）", 1)
    hall.come(following, "小鱼儿", **KEYS)
    hall.match(following)
    assert found(following)[2] == "张三丰（华泰）"


def test_a_namesake_with_another_phone_is_another_person(member: Membership) -> None:
    confirm(held(member))
    following = hall.hold(member, ())
    factories.make_person(following.meeting, "张三丰", 9, company="公司0")
    hall.come(following, "小鱼儿", **KEYS)
    hall.match(following)
    assert found(following)[0] == "none"


def test_two_people_of_the_same_name_and_company_are_not_guessed_between(member: Membership) -> None:
    first = hall.hold(member, ())
    factories.make_person(first.meeting, "张三丰", company="武当")
    hall.come(first, "小鱼儿", **KEYS)
    hall.match(first)
    confirm(first)
    for company, expected in (("武当", "none"), ("少林", "certain")):
        following = hall.hold(member, ())
        factories.make_person(following.meeting, "张三丰", company="武当")
        factories.make_person(following.meeting, "张三丰", company=company)
        hall.come(following, "小鱼儿", **KEYS)
        hall.match(following)
        assert found(following)[0] == expected


def test_nothing_crosses_to_another_organisation(member: Membership) -> None:
    confirm(held(member))
    assert found(held(factories.make_member()))[0] == "none"


@pytest.mark.parametrize(("scope", "tier"), [(Scope.ORGANISATION, "certain"), (Scope.SERIES, "none"), (Scope.HERE, "none")])
def test_the_scope_says_how_far_it_reaches(member: Membership, scope: str, tier: str) -> None:
    confirm(held(member), scope=scope)
    assert found(held(member))[0] == tier


def test_it_ends_with_its_time(member: Membership) -> None:
    Organisation.objects.update(memory_days=0)
    said = confirm(held(member))
    following = held(member)
    assert found(following)[0] == "certain", "a meeting held before the end still knows it"
    Occurrence.objects.filter(pk=following.pk).update(start_at=said.expires_at + timedelta(seconds=1))
    following.refresh_from_db()
    hall.match(following)
    assert found(following)[0] == "none"


def test_an_undone_decision_is_no_memory_and_a_later_word_takes_an_earlier_one_back(member: Membership) -> None:
    first, following = held(member), held(member)
    said = confirm(first)
    hall.match(following)
    assert found(following)[0] == "certain"
    review.undo(said, member.user)
    hall.match(following)
    assert found(following)[0] == "none"
    confirm(first)
    confirm(held(member), verb=Verb.REJECT)
    hall.match(following)
    assert found(following)[0] == "none"


def test_a_rejection_is_remembered_too(member: Membership) -> None:
    first = held(member, "张三丰")
    assert found(first)[0] == "likely"
    confirm(first, verb=Verb.REJECT)
    following = held(member, "张三丰")
    match = Match.objects.get(run__occurrence=following, run__current=True)
    assert (match.tier, match.evidence[0][0]) == ("none", "rejected_name")


def test_what_is_said_here_wins_over_what_is_remembered(member: Membership) -> None:
    confirm(held(member))
    following = held(member)
    confirm(following, "李四")
    assert found(following)[1:] == ("human", "李四")


def test_the_case_and_the_card_say_where_it_comes_from_to_who_may_see_it(member: Membership) -> None:
    first = held(member)
    confirm(first)
    following = held(member)
    who, person = Participant.objects.get(occurrence=following), hall.listed(following, "张三丰")
    colleague = factories.make_member(member.organisation, "organiser")
    Share.objects.create(meeting=following.meeting, user=colleague.user)
    for place in (f"review/{who.pk}/", f"attendance/people/{person.pk}/"):
        told = hall.browser(member).get(hall.address(following.meeting, place)).content.decode()
        assert f"Remembered from “{first.meeting.subject}”" in told
        told = hall.browser(colleague).get(hall.address(following.meeting, place)).content.decode()
        assert "Remembered from another meeting" in told
        assert first.meeting.subject not in told


def test_the_list_of_the_remembered_forgets_on_request(member: Membership) -> None:
    first, following = held(member), held(member)
    said = confirm(first)
    browser = hall.browser(member)
    assert list(browser.get("/remembered/").context["page"]) == [said]
    assert list(browser.get("/remembered/?q=李四").context["page"]) == []
    stranger = hall.browser(factories.make_member(role="administrator"))
    assert list(stranger.get("/remembered/").context["page"]) == []
    assert stranger.post(f"/remembered/{said.pk}/forget/").status_code == 404
    viewer = hall.browser(hall.colleague(first, "viewer"))
    assert viewer.post(f"/remembered/{said.pk}/forget/").status_code == 403
    browser.post(f"/remembered/{said.pk}/forget/")
    assert list(browser.get("/remembered/").context["page"]) == []
    hall.match(following)
    hall.match(first)
    assert (found(following)[0], found(first)[1]) == ("none", "human")


def test_twins_on_a_list_stay_open_until_somebody_decides_and_then_for_good(member: Membership) -> None:
    occurrence = hall.hold(member, ("张三", "张三"))
    hall.come(occurrence, "张三", **KEYS)
    hall.match(occurrence)
    match = Match.objects.get(run__occurrence=occurrence)
    assert (match.tier, match.doubt, match.person) == ("likely", "twins", None)
    twin = occurrence.meeting.people.order_by("pk").last()
    review.decide(match.participant, Verb.CONFIRM, twin, member.user)
    hall.come(occurrence, "又一个人")
    hall.match(occurrence)
    assert Match.objects.get(run__current=True, participant=match.participant).person == twin


def test_two_people_on_one_link_are_a_conflict_until_somebody_decides(member: Membership) -> None:
    occurrence = hall.hold(member, ("周晓梅",))
    hall.come_by_link(occurrence, "周晓梅")
    hall.come(occurrence, "路人", customer_data=hall.listed(occurrence, "周晓梅").tag)
    hall.match(occurrence)
    doubts = Match.objects.filter(run__current=True).values_list("tier", "doubt")
    assert set(doubts) == {("conflict", "conflict")}
    review.decide(hall.seen(occurrence, "周晓梅"), Verb.CONFIRM, hall.listed(occurrence, "周晓梅"), member.user)
    review.decide(hall.seen(occurrence, "路人"), Verb.REJECT, None, member.user)
    tiers = Match.objects.filter(run__current=True).values_list("participant__name", "tier")
    assert dict(tiers) == {"周晓梅": "certain", "路人": "none"}
    assert timezone.now() > Decision.objects.first().at


def ignore(occurrence: Occurrence, scope: str = Scope.ORGANISATION) -> Decision:
    choice = Choice(Participant.objects.get(occurrence=occurrence), Verb.IGNORE)
    return review.decide_many([choice], occurrence.meeting.owner, scope=scope)[0]


def test_who_was_set_aside_is_set_aside_next_time_and_it_says_where_that_comes_from(member: Membership) -> None:
    first = held(member)
    said = ignore(first)
    following = held(member, "又换了昵称")
    match = Match.objects.get(run__occurrence=following)
    assert (match.tier, match.key, match.remembered, match.evidence[0][0]) == ("ignored", "remembered", said, "ignored_before")
    counts = match.run.counts
    assert (counts["ignored"], counts["walk_in"], counts["participants"]) == (1, 0, 1)
    told = hall.browser(member).get(hall.address(following.meeting, f"review/{match.participant_id}/")).content.decode()
    assert "set this account aside in an earlier meeting" in told
    assert f"Remembered from “{first.meeting.subject}”" in told


@pytest.mark.parametrize(("scope", "tier"), [(Scope.ORGANISATION, "ignored"), (Scope.SERIES, "none"), (Scope.HERE, "none")])
def test_the_scope_says_how_far_setting_aside_reaches(member: Membership, scope: str, tier: str) -> None:
    ignore(held(member), scope)
    assert found(held(member))[0] == tier


def test_setting_aside_ends_with_its_time_and_is_undone(member: Membership) -> None:
    said = ignore(held(member))
    following = held(member)
    Decision.objects.filter(pk=said.pk).update(expires_at=following.start_at)
    hall.match(following)
    assert found(following)[0] == "none"
    Decision.objects.filter(pk=said.pk).update(expires_at=following.start_at + timedelta(seconds=1))
    hall.match(following)
    assert found(following)[0] == "ignored"
    review.undo(said, member.user)
    hall.match(following)
    assert found(following)[0] == "none"


def test_whom_this_list_may_mean_is_asked_about_though_set_aside_before(member: Membership) -> None:
    ignore(held(member))
    following = held(member, "张三丰")
    match = Match.objects.get(run__occurrence=following)
    assert (match.tier, match.evidence[0][0], match.remembered is None) == ("likely", "ignored_before", False)
    assert match.run.outcomes.get(person__name="张三丰").state == "undecided", "nobody of the list is absent by a memory"


def test_whom_a_key_of_this_list_names_is_not_set_aside(member: Membership) -> None:
    ignore(held(member, **KEYS))
    following = hall.hold(member, ("张三丰",))
    hall.come_by_link(following, "张三丰", **KEYS)
    hall.match(following)
    match = Match.objects.get(run__occurrence=following)
    assert (match.tier, match.person.name, match.remembered) == ("certain", "张三丰", None)


def test_the_later_of_setting_aside_and_saying_who_it_is_is_remembered(member: Membership) -> None:
    first, second, third = held(member), held(member), held(member)
    ignore(first)
    confirm(second)
    hall.match(third)
    assert found(third)[1:] == ("remembered", "张三丰")
    review.decide(Participant.objects.get(occurrence=third), Verb.IGNORE, None, member.user)
    fourth = held(member)
    assert found(fourth)[0] == "ignored"


def test_what_is_said_here_of_who_was_set_aside_before_wins(member: Membership) -> None:
    ignore(held(member))
    following = held(member)
    confirm(following, "李四")
    match = Match.objects.get(run__occurrence=following, run__current=True)
    assert (match.key, match.person.name, match.remembered) == ("human", "李四", None)


def test_who_is_set_aside_stands_on_the_list_of_the_remembered_by_the_name_shown(member: Membership) -> None:
    first, following = held(member), held(member)
    said = ignore(first)
    browser = hall.browser(member)
    page = browser.get("/remembered/?q=小鱼")
    assert list(page.context["page"]) == [said]
    assert "小鱼儿" in page.content.decode()
    browser.post(f"/remembered/{said.pk}/forget/")
    hall.match(following)
    assert (found(following)[0], found(first)[0]) == ("none", "ignored")
