"""When names decide: the most probable first, as far as all of the meeting together are right often enough."""

from dataclasses import replace

import pytest

from attendance.matching import BALANCED, Key, Policy, Tier, decide
from tests.matching.meetings import listed, only, people, proposed, shown
from tests.matching.test_naming import CROWD, STRANGERS

COMMON = [f"{surname}{given}" for surname in "王李张刘" for given in "伟芳娜敏静"]
RARE = ["郗墨涵", "贺喜连", "欧阳震华", "尉迟恭敬", "叶三风", "姚巧飞"]
EXPECTED = people(*({"name": name} for name in (*COMMON, *RARE)), *CROWD)
# Who came without being listed; a common name is about 0.85 to 0.93 sure among them, a rare one all but certain.
OTHERS = ["欧阳建国"] * 5


def decided(policy: Policy, *names: str) -> list[str]:
    """Give the displayed names that decide in a room with these and five strangers."""
    room = [*names, *OTHERS]
    result = decide(EXPECTED, shown(*room), policy=policy)
    return [name for name, one in zip(room, result.decisions, strict=True) if one.tier is Tier.CERTAIN]


def test_a_common_name_among_strangers_is_not_sure_enough() -> None:
    assert decided(BALANCED, "王伟", "李芳") == []


def test_sure_names_carry_a_doubtful_one_as_far_as_all_together_stay_right() -> None:
    policy = replace(BALANCED, right=0.98)
    assert decided(policy, "王伟", "李芳") == []
    assert decided(policy, "王伟", *RARE[:2]) == RARE[:2]
    assert decided(policy, *RARE, "王伟") == [*RARE, "王伟"]


def test_the_surest_names_decide_first_wherever_they_stand() -> None:
    policy = replace(BALANCED, right=0.97)
    assert decided(policy, "王伟", "李芳", "郗墨涵", "张娜") == ["郗墨涵"]


@pytest.mark.parametrize(("least", "names"), [(0.8, ["王伟", "李芳"]), (0.95, [])])
def test_below_its_least_probability_no_name_decides_however_few_must_be_right(least: float, names: list[str]) -> None:
    assert decided(replace(BALANCED, decide=least, right=0.5), "王伟", "李芳") == names


def test_a_name_is_proposed_from_the_least_probability_on() -> None:
    room = shown("王伟", *OTHERS)
    for least, tier in ((0.8, Tier.LIKELY), (0.95, Tier.NONE)):
        assert only(EXPECTED, room, replace(BALANCED, propose=least)).tier is tier


def test_a_walk_in_whose_name_says_a_little_is_as_sure_as_what_is_left() -> None:
    found = only(people({"name": "张晓明"}, *CROWD), shown("张晓鹏", *STRANGERS), BALANCED)
    assert (found.tier, found.person_id, found.key) == (Tier.NONE, None, None)
    assert 0.8 < found.confidence < 1


def test_bearers_of_one_whole_name_are_proposed_together_where_each_alone_would_not_be() -> None:
    twins = only(listed(*["张晓明"] * 20), shown("张晓明"), BALANCED)
    assert twins.candidates[0].weight < BALANCED.propose
    assert (twins.tier, twins.key, len(twins.candidates)) == (Tier.LIKELY, Key.NAME, BALANCED.most_candidates)


@pytest.mark.parametrize(("most", "more"), [(2, 3), (4, 1), (5, None), (6, None)])
def test_candidates_beyond_the_most_are_counted(most: int, more: int | None) -> None:
    found = only(listed(*["张晓明"] * 5), shown("张晓明"), replace(BALANCED, most_candidates=most))
    assert proposed(found) == [f"p{at}" for at in range(min(most, 5))]
    further = [one for one in found.evidence if one.code == "more_candidates"]
    assert further == ([("more_candidates", (("more", more),), 0.0)] if more else [])


def test_all_bearers_of_a_name_are_counted_also_those_who_are_not_shown() -> None:
    found = only(listed(*["张晓明"] * 5), shown("张晓明"), replace(BALANCED, most_candidates=2))
    assert ("several_carry_it", (("people", 5),), 0.0) in found.evidence


def test_one_bearer_among_look_alikes_is_not_said_to_be_several() -> None:
    found = only(people({"name": "张小明"}, {"name": "张晓明"}, *CROWD), shown("张筱明"), BALANCED)
    assert "several_carry_it" not in [one.code for one in found.evidence]


@pytest.mark.parametrize("mute", ["张伟", "iPhone", "Galaxy S23 iPhone", "录制机器人", ""])
def test_a_name_of_a_crowd_a_device_or_a_robot_says_nothing_of_how_many_strangers_came(mute: str) -> None:
    expected = people({"name": "张晓明"}, *[{"name": "张伟"}] * 61, *CROWD)
    alone, among = (only(expected, shown("张晓鹏", *[mute] * times), BALANCED) for times in (0, 40))
    assert alone.candidates[0].weight == among.candidates[0].weight


def test_a_second_person_beside_an_unknown_name_is_a_stranger_who_came() -> None:
    expected = people({"name": "张晓明"}, *CROWD)
    alone, among = (only(expected, shown("张晓鹏", *["欧阳震华&尉迟恭敬"] * times), BALANCED) for times in (0, 10))
    assert among.candidates[0].weight < alone.candidates[0].weight / 1.5
