"""What is said where a key that can be handed on meets a name: stand-ins, second people, other people's names, other logins."""

import pytest

from attendance.matching import BALANCED, Decision, Reason, Tier
from tests.matching.meetings import Row, arrivals, codes, only, people, proposed, shown, told
from tests.matching.test_naming import CROWD
from tests.matching.test_traps import NATURAL


def under_a_phone(row: Row, written: str, *others: Row) -> Decision:
    """Decide who shows a name and carries the phone of the first of a list."""
    expected = people({"phone_key": "k", **row}, *others, *NATURAL)
    return only(expected, arrivals({"app_phone_key": "k", "shown": written}), BALANCED)


def speaks_for(decision: Decision, person: str) -> list[Reason]:
    """Give the reasons for one of the candidates."""
    return next(list(one.reasons_for) for one in decision.candidates if one.person_id == person)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("张文高、姚巧飞", ("two_people", "张文高、姚巧飞")),
        ("姚巧飞 代 张文高", ("two_people", "张文高、姚巧飞")),
        ("张文高助理", ("stands_in", "助理")),
    ],
)
def test_a_second_person_and_a_stand_in_under_a_phone_are_told(written: str, said: tuple[str, str]) -> None:
    found = under_a_phone({"name": "张文高"}, written)
    assert (found.tier, told(found.evidence)) == (Tier.CONFLICT, [(said[0], (("said", said[1]),))])


def test_the_own_title_is_no_standing_in_but_that_of_the_next_on_the_list_is() -> None:
    assert under_a_phone({"name": "张文高", "title": "总经理助理"}, "张文高助理").tier is Tier.CERTAIN
    assert under_a_phone({"name": "张文高"}, "张文高助理", {"name": "甘展鸿", "title": "总经理助理"}).tier is Tier.CONFLICT


@pytest.mark.parametrize("written", ["Sam Lee", "Sam Lee Acme", "Sam"])
def test_a_phone_decides_under_the_own_latin_name(written: str) -> None:
    found = under_a_phone({"name": "Sam Lee"}, written)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def test_whose_name_is_shown_in_pinyin_under_anothers_link_is_told_so() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李晓明"}, *CROWD)
    found = only(expected, arrivals({"tags": ("t",), "shown": "Li Xiaoming"}))
    assert proposed(found) == ["p1", "p0"]
    assert told(speaks_for(found, "p1")) == [("name_pinyin", (("said", "Li Xiaoming"),))]
    assert [one.code for one in speaks_for(found, "p0")] == ["key_agrees"]


def test_whose_name_is_shown_under_anothers_link_in_its_own_letters_is_told_so() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李晓明"}, *CROWD)
    found = only(expected, arrivals({"tags": ("t",), "shown": "李晓明"}))
    assert told(speaks_for(found, "p1")) == [("name_agrees", ())]


def test_whom_two_keys_name_comes_before_whom_one_surer_key_names() -> None:
    expected = people({"name": "张三", "userid": "u"}, {"name": "李四", "tag": "t", "phone_hashes": ("AB",)}, *CROWD)
    found = only(expected, arrivals({"userid": "u", "tags": ("t",), "phone_hash": "AB"}))
    assert (found.tier, proposed(found)) == (Tier.CONFLICT, ["p1", "p0"])


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_bearers_of_a_name_shown_under_anothers_link_come_in_the_order_of_their_ids(order: tuple[str, ...]) -> None:
    expected = people({"name": "张三", "tag": "t"}, *({"id": one, "name": "李四"} for one in order))
    assert proposed(only(expected, arrivals({"tags": ("t",), "shown": "李四"}))) == ["a", "b", "c", "p0"]


@pytest.mark.parametrize(("bearers", "candidates"), [(BALANCED.few, BALANCED.few + 1), (BALANCED.few + 1, 1)])
def test_as_many_bearers_of_a_name_as_the_policy_calls_few_join_a_conflict(bearers: int, candidates: int) -> None:
    expected = people({"name": "张三", "tag": "t"}, *[{"name": "李四"}] * bearers)
    assert len(only(expected, arrivals({"tags": ("t",), "shown": "李四"})).candidates) == candidates


def test_of_a_person_entered_twice_the_row_that_the_key_names_is_the_candidate() -> None:
    twice = {"name": "李四", "company": "甲", "phone_tail": "0001"}
    fuller = {**twice, "userid": "u", "open_id": "o", "title": "经理"}
    expected = people({"name": "张三", "tag": "t"}, {**twice, "tag": "s"}, fuller)
    assert proposed(only(expected, arrivals({"tags": ("t", "s"), "shown": "李四"}))) == ["p1", "p0"]


@pytest.mark.parametrize(
    ("row", "came"),
    [
        ({"userid": "Lin.Wei"}, {"userid": "lin.wei"}),
        ({"userid": "lin.wei"}, {"userid": "LIN.WEI"}),
        ({"open_id": "m", "ms_open_ids": ("m0", "m1")}, {"open_id": "m", "ms_open_id": "m1"}),
        ({"phone_hashes": ("AB", "CD")}, {"phone_hash": "cd"}),
    ],
)
def test_a_value_in_another_case_or_one_of_several_is_not_said_to_differ(row: Row, came: Row) -> None:
    found = only(people({"name": "张三", "tag": "t", **row}, *CROWD), arrivals({"tags": ("t",), "shown": "张三", **came}))
    assert (found.tier, "key_differs" in codes(found)) == (Tier.CERTAIN, False)


@pytest.mark.parametrize("written", ["静水流深0001", "陈总 0001"])
def test_a_person_entered_twice_is_found_once_by_the_ending_of_the_phone(written: str) -> None:
    twice = {"name": "陈晓明", "phone_key": "k", "phone_tail": "0001"}
    family = [{"name": f"陈{given}", "phone_tail": "0002"} for given in "伟芳娜敏静丽强磊军洋勇艳杰娟"]
    assert proposed(only(people(twice, {**twice, "title": "经理"}, *family), shown(written))) == ["p1"]
