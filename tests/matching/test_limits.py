"""What happens exactly at a limit: the policy says from where on, and as far as, and both include the figure itself."""

from dataclasses import replace
from math import nextafter

import pytest

from attendance.matching import BALANCED, STRICT, Earlier, Tier, decide
from tests.matching.meetings import arrivals, codes, listed, only, people, proposed, shown
from tests.matching.test_naming import CROWD

STRANGERS = ["欧阳建国"] * 5


def above(figure: float) -> float:
    """Give the next figure there is."""
    return nextafter(figure, 2.0)


def test_a_name_decides_from_the_very_probability_the_policy_names() -> None:
    expected, room = people({"name": "王伟"}, *CROWD), shown("王伟", *STRANGERS)
    sure = only(expected, room, STRICT).confidence
    tiers = [only(expected, room, replace(BALANCED, decide=least, right=0.0)).tier for least in (sure, above(sure))]
    assert tiers == [Tier.CERTAIN, Tier.LIKELY]


@pytest.mark.parametrize("names", [("王伟",), ("王伟", "郗墨涵"), ("王伟", "李芳", "郗墨涵")])
def test_names_decide_as_long_as_they_are_right_just_as_often_as_they_must(names: tuple[str, ...]) -> None:
    expected = people({"name": "王伟"}, {"name": "李芳"}, {"name": "郗墨涵"}, *CROWD)
    room = shown(*names, *STRANGERS)
    chances = [one.confidence for one in decide(expected, room).decisions[: len(names)]]
    mean = sum(chances) / len(chances)
    for right, all_decide in ((mean - 1e-9, True), (mean + 1e-9, False)):
        found = decide(expected, room, policy=replace(BALANCED, decide=0.0, right=right)).decisions[: len(names)]
        assert all(one.tier is Tier.CERTAIN for one in found) is all_decide


def test_one_who_is_all_but_a_guess_is_proposed_from_the_very_probability_the_policy_names() -> None:
    for expected, written in ((people({"name": "张晓明"}, *CROWD), "张晓鹏"), (listed("张晓明", "李四", "张晓明"), "张晓明")):
        room = shown(written, *STRANGERS)
        total = sum(one.weight for one in only(expected, room).candidates)
        tiers = [only(expected, room, replace(STRICT, propose=least)).tier for least in (total, above(total))]
        assert tiers == [Tier.LIKELY, Tier.NONE]


def test_several_guesses_are_proposed_only_where_one_of_them_alone_is_probable_enough() -> None:
    expected, room = people({"name": "张晓明"}, {"name": "张小明"}, *CROWD), shown("张筱明", *STRANGERS)
    first, second = (one.weight for one in only(expected, room, replace(STRICT, propose=0.0)).candidates)
    assert proposed(only(expected, room, replace(STRICT, propose=first))) == ["p0", "p1"]
    assert proposed(only(expected, room, replace(STRICT, propose=(first + second) / 2 + second / 2))) == []


@pytest.mark.parametrize("row", [{"shown": "x"}, {"shown": "李国强"}])
def test_whoever_shares_a_key_with_few_is_proposed_however_little_it_says(row: dict[str, object]) -> None:
    expected = people({"name": "张三", "phone_hashes": ("AB",)}, {"name": "李国强"}, *CROWD)
    came = arrivals({"phone_hash": "AB", **row}, {"phone_hash": "AB"})
    found = only(expected, came, replace(STRICT, propose=1.1))
    assert (found.tier, "p0" in proposed(found)) == (Tier.LIKELY, True)


@pytest.mark.parametrize(("carriers", "tier"), [(3, Tier.LIKELY), (4, Tier.NONE)])
def test_a_key_of_as_many_participants_as_a_crowd_still_proposes(carriers: int, tier: Tier) -> None:
    expected = people({"name": "张三", "phone_hashes": ("AB",)}, *CROWD)
    found = only(expected, arrivals(*[{"phone_hash": "AB"}] * carriers), replace(STRICT, crowd=3))
    assert found.tier is tier


def test_a_key_of_many_people_that_many_participants_share_is_told_and_weighs_nothing() -> None:
    expected = people(*({"name": each["name"], "phone_key": "k"} for each in CROWD[:40]))
    found = only(expected, arrivals(*[{"app_phone_key": "k"}] * 40))
    first = found.candidates[0]
    told = [one.weight for one in (*first.reasons_for, *first.reasons_against) if one.code == "key_of_several_people"]
    assert (told, first.reasons_for[0].code) == ([0.0], "key_of_several_people")


def test_bearers_of_a_name_a_human_ruled_out_are_told_once() -> None:
    said = Earlier(rejected=frozenset({("a0", "p0"), ("a0", "p1")}))
    found = only(listed("张晓明", "张晓明", "李四"), shown("张晓明"), BALANCED, said)
    assert codes(found) == ["rejected_name"]


def test_persons_found_by_keys_are_no_longer_waited_for() -> None:
    rows = [{**each, "userid": f"u{at}"} for at, each in enumerate(CROWD[:25])]
    came = [{"userid": f"u{at}"} for at in range(25)]

    def odds(*listed_too: dict[str, object]) -> float:
        """Give what was to be expected of a free person where 25 are found and some more are listed."""
        found = only(people({"name": "张晓明"}, *listed_too), arrivals({"shown": "张晓明"}, *came), BALANCED)
        return next(one.weight for one in found.evidence if one.code == "base_rate")

    assert odds(*rows, *CROWD[25:]) == pytest.approx(odds(*CROWD[25:]), abs=0.05)




@pytest.mark.parametrize(("written", "meant"), [("张晓明-南方基金 0002", "p1"), ("张晓明-易方达基金 0001", "p0")])
def test_the_likeliest_of_two_bearers_decides_wherever_the_list_has_it(written: str, meant: str) -> None:
    twins = people(
        {"name": "张晓明", "company": "易方达基金", "phone_tail": "0001"},
        {"name": "张晓明", "company": "南方基金", "phone_tail": "0002"},
        *CROWD,
    )
    found = only(twins, shown(written), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, meant)


@pytest.mark.parametrize("cell", ["A张三", "张三A", "A欧阳震华", "欧阳震A"])
def test_a_letter_at_either_end_of_a_listed_name_is_no_part_of_it(cell: str) -> None:
    assert proposed(only(people({"name": cell}, *CROWD), shown(cell.strip("A")))) == ["p0"]


def test_of_more_namesakes_by_given_name_than_few_the_one_of_that_phone_is_found() -> None:
    family = [{"name": f"{surname}晓明", "phone_tail": "0002"} for surname in "王李刘陈杨赵黄周吴徐孙马朱"]
    expected = people({"name": "张晓明", "phone_tail": "0001"}, *family)
    found = only(expected, shown("晓明 0001"))
    assert (proposed(found), found.candidates[0].reasons_for[0].code) == (["p0"], "name_given")
    assert proposed(only(expected, shown("晓明"))) == []


@pytest.mark.parametrize(("many", "tier"), [(STRICT.crowd, Tier.LIKELY), (STRICT.crowd + 1, Tier.NONE)])
@pytest.mark.parametrize("written", ["张伟", "张伟-青松", "张伟总"])
def test_bearers_of_a_name_as_many_as_a_crowd_are_proposed_and_more_are_not(written: str, many: int, tier: Tier) -> None:
    assert only(listed(*["张伟"] * many), shown(written)).tier is tier


@pytest.mark.parametrize(("many", "found"), [(2, ["p0", "p1"]), (3, [])])
def test_phones_that_end_alike_are_proposed_up_to_a_crowd_and_are_not_said_to_be_of_one_name(
    many: int, found: list[str]
) -> None:
    names = [{"name": name, "phone_tail": "0001"} for name in ("张晓明", "李国强", "王巧")[:many]]
    decision = only(people(*names, *CROWD), shown("静水流深0001"), replace(STRICT, crowd=2, propose=0.0))
    assert (proposed(decision), "several_carry_it" in codes(decision)) == (found, False)
