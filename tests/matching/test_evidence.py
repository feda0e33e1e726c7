"""The evidence of a candidate adds up to its probability, and names what was to be expected and who else could be meant."""

from math import fsum, log

import pytest
from hypothesis import given, settings

from attendance.matching import BALANCED, STRICT, Candidate, Decision, Policy, Tier, decide
from tests.matching.meetings import Row, arrivals, codes, listed, only, people, shown
from tests.matching.test_laws import LISTS, POLICIES, ROOMS
from tests.matching.test_naming import CROWD, EXPECTED


def log_odds(probability: float) -> float:
    """Give the log odds of a probability."""
    return log(probability / (1 - probability))


def weighed(candidate: Candidate) -> float:
    """Add up the weights of all reasons of a candidate."""
    return fsum(reason.weight for reason in (*candidate.reasons_for, *candidate.reasons_against))


def weight_of(decision: Decision, code: str) -> float:
    """Give the weight of a reason of the first candidate."""
    first = decision.candidates[0]
    return next(one.weight for one in (*first.reasons_for, *first.reasons_against) if one.code == code)


@settings(max_examples=60)
@given(LISTS, ROOMS, POLICIES)
def test_the_weights_of_a_candidate_add_up_to_its_probability(expected: list[Row], came: list[Row], policy: Policy) -> None:
    for decision in decide(people(*expected), arrivals(*came), policy=policy).decisions:
        for candidate in decision.candidates:
            if 1e-9 < candidate.weight < 1 - 1e-9:
                assert weighed(candidate) == pytest.approx(log_odds(candidate.weight), abs=1e-5)


def test_what_speaks_against_somebody_weighs_less_than_nothing_and_stands_apart() -> None:
    first = only(EXPECTED, shown("张晓明-招商银行"), BALANCED).candidates[0]
    assert min(reason.weight for reason in first.reasons_for) >= 0 > max(one.weight for one in first.reasons_against)


def test_a_rival_of_the_same_name_is_among_the_candidates_of_a_certain_decision_with_why_it_lost() -> None:
    twins = people(
        {"name": "张晓明", "company": "易方达基金", "phone_tail": "0001"},
        {"name": "张晓明", "company": "南方基金", "phone_tail": "0002"},
        *CROWD,
    )
    found = only(twins, shown("张晓明-南方基金 0002"), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p1")
    loser = found.candidates[1]
    assert {reason.code for reason in loser.reasons_against} == {"company_differs", "phone_differs", "base_rate", "rivals"}


def test_rivals_weigh_nothing_where_nobody_else_could_be_meant() -> None:
    assert "rivals" not in codes(only(EXPECTED, shown("张晓明"), BALANCED))


def test_of_two_bearers_of_a_name_each_keeps_half() -> None:
    found = only(listed("张晓明", "李四", "张晓明"), shown("张晓明"), BALANCED)
    assert [one.weight for one in found.candidates] == pytest.approx([0.5, 0.5], abs=0.05)
    assert weight_of(found, "rivals") < -2


def test_a_key_weighs_what_the_policy_says_of_it() -> None:
    found = only(people({"name": "张三", "userid": "u"}), arrivals({"userid": "u"}))
    assert found.confidence == pytest.approx(0.9999)
    assert weight_of(found, "key_agrees") == pytest.approx(log_odds(0.9999))


def test_keys_that_name_different_people_weigh_against_each_other() -> None:
    expected = people({"name": "张三", "enroll_id": "1"}, {"name": "李四", "userid": "u"})
    found = only(expected, arrivals({"enroll_id": "1", "userid": "u"}))
    surer, other = found.candidates
    assert (surer.person_id, other.person_id) == ("p1", "p0")
    told = {reason.code: reason.weight for reason in other.reasons_against}
    assert told["key_names_other"] == pytest.approx(-log_odds(0.9999))
    assert [one.weight for one in found.candidates] == [0.5, 0.5]


def test_the_rarer_company_weighs_more() -> None:
    rows = [{"name": "张晓明", "company": "甲乙证券"}, {"name": "李国强", "company": "丙丁证券"}]
    expected = people(*rows, *[{"name": f"陈{given}", "company": "甲乙证券"} for given in "伟芳娜敏静丽强磊军洋"], *CROWD)
    common, rare = decide(expected, shown("甲乙证券-张晓明", "丙丁证券-李国强"), policy=BALANCED).decisions
    assert 0 < weight_of(common, "company_agrees") < weight_of(rare, "company_agrees")


def test_the_same_evidence_is_given_under_either_policy() -> None:
    strict, balanced = (only(EXPECTED, shown("张晓明"), policy) for policy in (STRICT, BALANCED))
    assert strict.candidates == balanced.candidates
