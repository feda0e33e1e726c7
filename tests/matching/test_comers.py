"""Who comes by name alone: learnt from the meeting, by the keys people could have come with and those participants carry."""

from math import log

import pytest

from attendance.matching import BALANCED, Decision, Tier, decide
from tests.matching.meetings import Row, arrivals, codes, people

GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛"
ENROLLED = [{"name": f"{family}{given}华", "enroll_id": f"e{family}{given}"} for family in "王李张" for given in GIVEN]
PLAIN = [{"name": f"{family}{given}国"} for family in "赵钱孙" for given in GIVEN]
STRANGERS = [{"shown": f"{family}{given}荣"} for family in "周吴" for given in GIVEN[:8]]
TWINS = [{"id": "with", "name": "郑晓明", "enroll_id": "e"}, {"id": "without", "name": "郑晓明"}]


def among(*came: Row, by_key: int = 30, keyless: int = 0, listed: list[Row] = TWINS) -> list[Decision]:
    """Decide participants of a meeting to which so many enrolled came by enrolment, so many without, and half of the rest."""
    known = [{"enroll_id": row["enroll_id"], "shown": "?"} for row in ENROLLED[:by_key]]
    others = [{"shown": row["name"]} for row in (*ENROLLED[by_key : by_key + keyless], *PLAIN[::2])]
    result = decide(people(*listed, *ENROLLED, *PLAIN), arrivals(*came, *known, *others, *STRANGERS), policy=BALANCED)
    return list(result.decisions[: len(came)])


def weights(found: Decision, person: str) -> dict[str, float]:
    """Give what each reason of a candidate weighs."""
    (one,) = [each for each in found.candidates if each.person_id == person]
    return {reason.code: reason.weight for reason in (*one.reasons_for, *one.reasons_against)}


def test_of_two_of_one_name_the_one_without_a_key_is_meant_where_everybody_else_came_with_it() -> None:
    (found,) = among({"shown": "郑晓明"})
    assert [one.person_id for one in found.candidates] == ["without", "with"]
    assert found.candidates[0].weight > 0.7
    assert weights(found, "with")["comes_without"] < -1 < 0 < weights(found, "without")["comes_by_name"]


def test_where_people_come_without_their_keys_as_often_as_others_a_key_that_is_missing_says_little() -> None:
    (found,) = among({"shown": "郑晓明"}, by_key=10, keyless=16)
    assert abs(weights(found, "with")["comes_without"]) < 0.25


def test_the_keys_that_were_to_be_expected_are_named() -> None:
    (found,) = among({"shown": "郑晓明"})
    (one,) = [each for each in found.candidates if each.person_id == "with"]
    assert ("comes_without", (("keys", "enroll_id"),)) in [reason[:2] for reason in one.reasons_against]


def test_where_nobody_came_by_a_key_nothing_is_made_of_those_of_the_list() -> None:
    (found,) = among({"shown": "郑晓明"}, by_key=0, keyless=30)
    assert not {"comes_without", "comes_by_name"} & {*weights(found, "with"), *weights(found, "without")}
    assert found.candidates[0].weight == found.candidates[1].weight


def test_the_weights_of_a_candidate_add_up_to_its_probability() -> None:
    (found,) = among({"shown": "郑晓明"})
    for one in found.candidates:
        total = sum(weights(found, one.person_id).values())
        assert total == pytest.approx(log(one.weight / (1 - one.weight)))


def test_who_carries_a_key_that_only_strangers_carry_is_less_surely_somebody_of_the_list() -> None:
    staff = [{"userid": f"u{at}", "shown": one["shown"]} for at, one in enumerate(STRANGERS)]
    listed = [{"id": "p", "name": "郑晓"}]
    plain, own, *_ = among({"shown": "郑晓"}, {"userid": "u", "shown": "郑晓"}, *staff, listed=listed)
    assert weights(own, "p")["base_rate"] < weights(plain, "p")["base_rate"] - 1
    plain, own = (among({**key, "shown": "郑晓"}, *staff, listed=listed)[0] for key in ({}, {"userid": "u"}))
    assert own.confidence < plain.confidence


def test_a_key_that_several_share_is_not_said_to_be_missing_from_those_it_points_to() -> None:
    shared = [{"id": "p", "name": "郑晓明", "enroll_id": "s"}, {"id": "q", "name": "郑国", "enroll_id": "s"}]
    (found,) = among({"enroll_id": "s", "shown": "郑晓明"}, listed=shared)
    assert "comes_without" not in weights(found, "p")


def test_somebody_who_was_found_already_is_not_said_to_have_come_without() -> None:
    first, second = among({"enroll_id": "e", "shown": "郑晓明"}, {"shown": "郑晓明"}, listed=TWINS[:1])
    assert (first.tier, first.person_id) == (Tier.CERTAIN, "with")
    assert "already_here" in codes(second)
    assert "comes_without" not in weights(second, "with")


SAME = "海纳医药-郑晓明"


@pytest.mark.parametrize(
    ("by_key", "further", "code"),
    [(SAME, SAME, "shows_the_same"), (SAME, "海纳医药 郑晓明 iPad", "shows_the_same"),
     ("郑晓明", "郑晓明的iPhone", "shows_the_same"),
     (SAME, "郑晓明", "shows_another"), ("静水流深", "郑晓明", "shows_another"), ("?", "郑晓明", "")],
)  # fmt: skip
def test_a_further_device_is_the_likelier_where_it_shows_the_same(by_key: str, further: str, code: str) -> None:
    _, second = among({"enroll_id": "e", "shown": by_key}, {"shown": further}, listed=TWINS[:1])
    told = weights(second, "with")
    assert {"shows_the_same", "shows_another"} & told.keys() == ({code} if code else set())
    if code:
        assert (told[code] > 0) == (code == "shows_the_same")
    (first,) = second.candidates
    assert sum(told.values()) == pytest.approx(log(first.weight / (1 - first.weight)))
