"""Why the portal says so: steps that lead to the probability, words for weights, rivals, and runs of before."""

import math
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import translation

from attendance import evidence
from attendance.models import Match
from attendance.templatetags import presence
from attendance.templatetags.evidence import sides
from meetings.models import Occurrence
from tests import factories
from tests.attendance import hall

BASE = ["base_rate", {}, -5.3]
NAME = ["name_part", {"said": "周晓梅"}, 6.9]
COMPANY = ["company_agrees", {"said": "华泰", "company": "华泰证券"}, 3.0]
PHONE = ["phone_differs", {"said": "8812", "tail": "0001"}, -1.1]
RIVALS = ["rivals", {}, -0.5]
SURE = evidence.chance(3.0)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_the_steps_lead_from_the_base_rate_to_the_probability() -> None:
    steps = evidence.waterfall([RIVALS, PHONE, COMPANY, NAME, BASE], SURE)
    assert [step.code for step in steps] == ["base_rate", "name_part", "company_agrees", "phone_differs", "rivals"]
    assert all(earlier.after == later.before for earlier, later in pairwise(steps))
    assert math.isclose(steps[-1].chance, SURE, abs_tol=0.001)


def test_what_the_reasons_do_not_add_up_to_is_a_step_of_its_own() -> None:
    steps = evidence.waterfall([BASE, NAME], 0.5)
    assert (steps[-1].code, round(steps[-1].weight, 2), round(steps[-1].chance, 3)) == ("rest", -1.6, 0.5)
    assert [step.code for step in evidence.waterfall([BASE, NAME], evidence.chance(1.6))] == ["base_rate", "name_part"]


def test_keys_that_add_up_to_more_than_anybody_claims_need_no_step_of_their_own() -> None:
    keys = [["key_agrees", {"key": "enroll_id"}, 6.9], ["key_agrees", {"key": "phone_hash"}, 6.2]]
    assert [step.code for step in evidence.waterfall(keys, 1.0)] == ["key_agrees", "key_agrees"]


@pytest.mark.parametrize(
    ("told", "verdict"),
    [(COMPANY, "agreed"), (PHONE, "disagreed"), (["name_typo", {}, 4.0], "agreed"), (["crowd", {}], "rival")],
)
def test_what_was_weighed_speaks_for_or_against_by_its_weight(told: list, verdict: str) -> None:
    assert presence.verdict(told) == verdict


def test_reasons_without_weights_draw_nothing() -> None:
    assert evidence.waterfall([["key_agrees", {"key": "tag"}]], 0.99) == []


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (math.log(20), "20 times likelier"),
        (math.log(2.5), "2.5 times likelier"),
        (-math.log(3), "3 times less likely"),
        (math.log(12345), "12,000 times likelier"),
        (30.0, "more than a million times likelier"),
        (-30.0, "more than a million times less likely"),
        (0.01, "changes nothing"),
    ],
)
def test_a_weight_in_words(weight: float, words: str) -> None:
    assert evidence.of_weight(weight) == words


@pytest.mark.parametrize(
    ("probability", "told"),
    [(1.0, "> 99.9 %"), (0.9994, "99.9 %"), (0.996, "99.6 %"), (0.99, "99 %"), (0.5, "50 %"), (0.004, "0.4 %"), (0.0, "< 0.1 %")],
)
def test_nothing_is_wholly_sure_and_nothing_possible_is_nil(probability: float, told: str) -> None:
    assert evidence.sure(probability) == told


def test_a_confidence_says_what_it_means() -> None:
    assert evidence.meaning(0.95) == "Of 100 such claims about 95 are right."
    assert evidence.meaning(1.0) == "Of 1000 such claims about 999 are right."


def test_the_lead_is_the_heaviest_reason_that_is_no_step_of_arithmetic() -> None:
    assert evidence.lead([BASE, PHONE, NAME, RIVALS]) == NAME
    assert evidence.lead([["nobody_listed", {}]]) == ["nobody_listed", {}]
    assert evidence.lead([]) is None


@pytest.fixture
def occurrence(db: None) -> Occurrence:
    return hall.full_hall(factories.make_member())


def weighed(occurrence: Occurrence) -> Match:
    """Give the doubtful match of the hall the evidence a core with weights would tell."""
    match = Match.objects.get(participant__name="王建国")
    person, rival = (hall.listed(occurrence, name).pk for name in ("王建国", "赵思远"))
    match.candidates = [
        {"person": person, "weight": SURE, "for": [BASE, NAME, COMPANY], "against": [PHONE, RIVALS]},
        {"person": rival, "weight": 0.03, "for": [BASE], "against": [["company_differs", {"said": "甲", "company": "乙"}, -2.0]]},
    ]
    match.evidence = [["names_only_propose", {}]]
    match.save()
    return match


def test_a_match_is_explained_with_its_rivals_and_why_they_lost(occurrence: Occurrence) -> None:
    match = weighed(occurrence)
    told = evidence.explain([match], hall.listed(occurrence, "王建国").pk)[0]
    assert (round(told.share, 3), len(told.steps), told.loose) == (round(SURE, 3), 5, [["names_only_propose", {}]])
    assert [(rival.person.name, rival.why) for rival in told.rivals] == [
        ("赵思远", ["The displayed company is another (甲, listed as 乙)."])
    ]


@pytest.mark.parametrize("role", ["organiser", "viewer", "compliance"])
def test_the_card_says_it_in_words_to_every_reader(occurrence: Occurrence, role: str) -> None:
    weighed(occurrence)
    client = hall.browser(hall.colleague(occurrence, role))
    person = hall.listed(occurrence, "王建国").pk
    page = client.get(hall.address(occurrence.meeting, f"attendance/people/{person}/")).content.decode()
    for words in ("990 times likelier", "speaks against · 3 times less likely", "95 %", "Of 100 such claims about 95 are right.",
                  "赵思远", "The displayed company is another", "Policy strict"):  # fmt: skip
        assert words in page, words
    assert page.count('class="rc-fall"') == 5


def test_the_queue_lays_what_speaks_for_and_against_a_candidate_side_by_side(occurrence: Occurrence) -> None:
    weighed(occurrence)
    page = hall.browser(hall.colleague(occurrence, "assistant")).get(hall.address(occurrence.meeting, "review/"))
    told = [sides(candidate) for case in page.context["cases"] for candidate in case.candidates]
    assert [(len(each["pro"]), len(each["con"])) for each in told] == [(2, 2), (0, 1)]
    pro, con = told[0]["pro"][0], told[0]["con"][0]
    assert (pro["verdict"], pro["word"], con["verdict"]) == ("agreed", "990 times likelier", "disagreed")
    assert 'class="rc-fall"' not in page.content.decode(), "the drawing is on the page of the case"


def test_the_page_of_a_case_draws_each_candidate_the_same_way(occurrence: Occurrence) -> None:
    weighed(occurrence)
    client = hall.browser(hall.colleague(occurrence, "assistant"))
    who = hall.seen(occurrence, "王建国").pk
    page = client.get(hall.address(occurrence.meeting, f"review/{who}/")).content.decode()
    # Five steps of the one, three of the other; what was to be expected is where it begins, not what speaks against.
    assert (page.count('class="rc-fall"'), page.count("one chance in 200")) == (8, 2)
    assert (page.count("speaks against"), "95 % likely" in page, "3 % likely" in page) == (3, True, True)


def test_a_run_of_before_weights_is_told_by_its_sentences(occurrence: Occurrence) -> None:
    client = hall.browser(hall.colleague(occurrence, "organiser"))
    match = Match.objects.get(participant__name="周晓梅")
    match.evidence = [each[:2] for each in match.evidence]
    match.candidates = [{**each, "for": [told[:2] for told in each["for"]], "against": []} for each in match.candidates]
    match.save()
    page = client.get(hall.address(occurrence.meeting, f"attendance/people/{match.person_id}/")).content.decode()
    assert ("rc-falls" in page, page.count("The exclusive link is this person&#x27;s, and nobody else&#x27;s.")) == (False, 1)


def test_a_walk_in_has_a_card_with_a_way_to_say_who_it_is(occurrence: Occurrence) -> None:
    Match.objects.filter(participant__name="外星来客").update(evidence=[["name_of_other", {"said": "13800000009 李四"}]])
    who = hall.seen(occurrence, "外星来客")
    who.names = ["外星来客", "13800000009-来客"]
    who.save()
    address = hall.address(occurrence.meeting, f"attendance/participants/{who.pk}/")
    for role, may in (("assistant", True), ("viewer", False)):
        page = hall.browser(hall.colleague(occurrence, role)).get(address).content.decode()
        assert ("Say who it is" in page, "Administrators, organisers and assistants" in page) == (may, not may)
        assert ("138****0009-来客" in page, "138****0009 李四" in page, "13800000009" in page) == (True, True, False)


def test_a_participant_of_another_occurrence_has_no_card_here(occurrence: Occurrence) -> None:
    other = hall.full_hall(factories.make_member(occurrence.meeting.organisation))
    client = hall.browser(hall.colleague(occurrence, "organiser"))
    stranger = hall.seen(other, "外星来客")
    assert isinstance(client, Client)
    assert client.get(hall.address(occurrence.meeting, f"attendance/participants/{stranger.pk}/")).status_code == 404
