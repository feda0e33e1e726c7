"""What stands beside a name: company, place, title and the ending of a phone, each with its weight and its words."""

from math import exp

import pytest

from attendance.matching import BALANCED, Clues, Reason
from attendance.matching.clues import Surroundings
from attendance.matching.copies import Copies
from portal.names import Shown
from tests.matching.meetings import Row, arrivals, only, people, proposed, shown
from tests.matching.test_naming import CROWD

WEIGHTS = Clues()
# The odds against one of fifty-one people working at a company of one.
AGREES = 51 / 2

AGREEING = [
    ("华泰证券-张晓明", {"company": "华泰证券"}, "华泰证券"),
    ("华泰-张晓明", {"company": "华泰证券"}, "华泰"),
    ("启润-张晓明", {"company": "广东省启润科技"}, "启润"),
    ("启润-张晓明", {"company": "广州市启润科技"}, "启润"),
    ("启润-张晓明", {"company": "广州启润科技"}, "启润"),
    ("广东启润-张晓明", {"company": "启润科技"}, "广东启润"),
    ("启润科技-张晓明", {"company": "启润"}, "启润科技"),
    ("启润 研究部 张晓明", {"company": "启润科技"}, "启润"),
    ("HTSC-张晓明", {"company": "HTSC"}, "htsc"),
]
BESIDE = [
    ("招商银行-张晓明", {"company": "华泰证券"}, "company_differs", 0.03),
    ("青松 招商银行 张晓明", {"company": "华泰证券"}, "company_differs", 0.03),
    ("青松-张晓明", {"company": "华泰证券"}, "company_unlike", 0.3),
    ("北京-张晓明", {"place": "北京"}, "place_agrees", 5.0),
    ("北京-张晓明", {"place": "北京市"}, "place_agrees", 5.0),
    ("北京市-张晓明", {"place": "北京"}, "place_agrees", 5.0),
    ("北京-张晓明", {"company": "北京启润"}, "place_agrees", 5.0),
    ("北京-张晓明", {"title": "北京分部经理"}, "place_agrees", 5.0),
    ("上海-张晓明", {"place": "北京"}, "place_differs", 0.4),
    ("张晓明-经理", {"title": "经理"}, "title_agrees", 3.0),
    ("张晓明经理", {"title": "销售经理"}, "title_agrees", 3.0),
    ("张晓明-销售经理", {"title": "销售经理"}, "title_agrees", 3.0),
    ("张晓明-副总经理", {"title": "副总经理"}, "title_agrees", 3.0),
    ("张晓明-总监", {"title": "Sales 总监"}, "title_agrees", 3.0),
    ("张晓明 0001", {"phone_tail": "0001"}, "phone_agrees", 2_000.0),
    ("张晓明 138****0001", {"phone_tail": "0001"}, "phone_agrees", 5_000.0),
    ("张晓明 0002", {"phone_tail": "0001"}, "phone_differs", 0.5),
    ("张晓明 138****0002", {"phone_tail": "0001"}, "phone_differs", 0.02),
]
# What says nothing, beside a row that has something to compare it with, or that lacks it.
SILENT = [
    ("青松-张晓明", {}),
    ("上海-张晓明", {"company": "北京启润"}),
    ("上海-张晓明", {}),
    ("张晓明-销售经理", {"title": "经理", "company": "启润"}),
    ("张晓明-经理", {"title": "主任"}),
    ("张晓明 138****0002", {}),
    ("研究部-张晓明", {"company": "启润"}),
    ("Sam 张晓明", {"company": "启润"}),
    ("用户 张晓明", {"company": "启润"}),
    ("张晓明-市场总监", {"company": "启润"}),
    ("张晓明-高级工程师", {"company": "启润"}),
]


def beside(written: str, row: Row, *others: Row) -> list[Reason]:
    """Give the reasons that stand beside the name for a person of the list, who is among fifty others."""
    first = only(people({"name": "张晓明", **row}, *others, *CROWD), shown(written)).candidates[0]
    reasons = (*first.reasons_for, *first.reasons_against)
    return [one for one in reasons if one.code.split("_")[0] in ("company", "place", "title", "phone")]


@pytest.mark.parametrize(("written", "row", "said"), AGREEING)
def test_an_agreeing_company_weighs_by_how_few_work_there(written: str, row: Row, said: str) -> None:
    assert beside(written, row) == [
        ("company_agrees", (("said", said), ("company", row["company"])), pytest.approx(3.2387, abs=1e-3))
    ]
    assert exp(beside(written, row)[0].weight) == pytest.approx(AGREES)


@pytest.mark.parametrize(("written", "row", "code", "factor"), BESIDE)
def test_what_stands_beside_a_name_weighs_what_the_policy_says(
    written: str, row: Row, code: str, factor: float
) -> None:
    (only_reason,) = beside(written, row)
    assert (only_reason.code, exp(only_reason.weight)) == (code, pytest.approx(factor))


@pytest.mark.parametrize(("written", "row"), SILENT)
def test_what_one_side_lacks_or_what_changes_easily_says_nothing(written: str, row: Row) -> None:
    assert beside(written, row) == []


def test_everything_beside_a_name_is_weighed_once() -> None:
    row = {"company": "华泰证券", "place": "北京", "title": "经理", "phone_tail": "0001"}
    codes = [one.code for one in beside("华泰证券 北京 张晓明 经理 138****0001", row)]
    assert codes == ["company_agrees", "place_agrees", "title_agrees", "phone_agrees"]


def test_reasons_say_what_is_shown_and_what_is_listed() -> None:
    row = {"company": "华泰证券", "place": "北京", "phone_tail": "0001"}
    assert [dict(one.params) for one in beside("招商银行 上海 张晓明 138****0002", row)] == [
        {"said": "招商银行", "company": "华泰证券"},
        {"said": "上海", "place": "北京"},
        {"said": "0002", "tail": "0001"},
    ]


def test_a_company_where_everybody_works_still_speaks_a_little() -> None:
    colleagues = [{"name": f"陈{given}", "company": "华泰证券"} for given in "伟芳娜敏静丽强磊军洋" * 20]
    assert exp(beside("华泰-张晓明", {"company": "华泰证券"}, *colleagues)[0].weight) == pytest.approx(1.5)


def test_a_rare_company_of_a_long_list_weighs_no_more_than_the_policy_allows() -> None:
    others = [{"name": f"陈{given}", "company": "甲乙科技"} for given in "伟芳娜敏静丽强磊军洋" * 60]
    assert exp(beside("华泰-张晓明", {"company": "华泰证券"}, *others)[0].weight) == pytest.approx(200.0)


def test_a_beginning_many_companies_share_weighs_by_all_who_work_there() -> None:
    others = [{"name": f"陈{given}", "company": f"启润{given}贸易"} for given in "伟芳娜敏静"]
    assert exp(beside("启润-张晓明", {"company": "启润科技"}, *others)[0].weight) == pytest.approx(56 / 7)


def test_the_name_of_another_company_of_the_list_speaks_against() -> None:
    (found,) = beside("青松-张晓明", {"company": "华泰证券"}, {"name": "陈伟", "company": "广州市青松贸易"})
    assert (found.code, exp(found.weight)) == ("company_differs", pytest.approx(0.03))


ROUND = Surroundings(
    people(
        {"company": "广东省启润科技", "phone_tail": "0001"},
        {"company": "启润科技", "phone_tail": "0002"},
        {"company": "北京市青松贸易"},
        {"phone_tail": "0001"},
    ),
    WEIGHTS,
)


@pytest.mark.parametrize(
    ("piece", "begins"),
    [("启润", True), ("启润科", True), ("启润科技", True), ("广东", True), ("广东省启", True), ("青松", True), ("青松贸易", True),
     ("市青", False), ("省启", False), ("润科", False), ("启", False), ("", False), ("某某", False)],
)  # fmt: skip
def test_the_beginnings_of_companies_are_known_with_and_without_the_place(piece: str, begins: bool) -> None:
    assert ROUND.heads(piece) is begins


def test_rows_are_found_by_company_and_phone_ending() -> None:
    assert [ROUND.by_phone(Shown(tail=tail)) for tail in ("0001", "0002", "9999", "")] == [[0, 3], [1], [], []]
    assert ROUND.by_phone(Shown(tail="0001", head="138")) == [0, 3]
    assert ROUND.backed(("启润", "某某"), "") == {0, 1}
    assert ROUND.backed(("青松",), "0001") == {0, 2, 3}
    assert ROUND.backed((), "0002") == {1}
    assert ROUND.backed((), "") == frozenset()


# Rows of one person


def copies(*rows: Row) -> Copies:
    """Group the rows of a list on which all are called 张晓明."""
    return Copies(people(*({"name": "张晓明", **row} for row in rows)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [({"phone_key": "k"}, {"phone_key": "k"}, True),
     ({"phone_key": "k"}, {"phone_key": "l"}, False),
     ({"phone_hashes": ("A", "B")}, {"phone_hashes": ("A", "B")}, True),
     ({"phone_hashes": ("A",)}, {"phone_hashes": ("B",)}, False),
     ({"company": "华泰", "phone_tail": "0001"}, {"company": "华泰", "phone_tail": "0001"}, True),
     ({"company": "华泰", "phone_tail": "0001"}, {"company": "华泰", "phone_tail": "0002"}, False),
     ({"company": "华泰", "phone_tail": "0001"}, {"company": "招行", "phone_tail": "0001"}, False),
     ({"company": "华泰"}, {"company": "华泰"}, False),
     ({"phone_tail": "0001"}, {"phone_tail": "0001"}, False),
     ({}, {}, False),
     ({"phone_key": "k", "company": "华泰", "phone_tail": "1"}, {"phone_key": "l", "company": "华泰", "phone_tail": "1"}, False)],
)  # fmt: skip
def test_rows_of_one_name_are_one_person_by_the_same_phone_alone(one: Row, other: Row, same: bool) -> None:
    assert copies(one, other).merged((0, 1)) == ((0,) if same else (0, 1))


def test_rows_of_different_names_are_never_one_person_whatever_phone_they_share() -> None:
    family = Copies(people({"name": "张晓明", "phone_key": "k"}, {"name": "李国强", "phone_key": "k"}))
    assert family.merged((0, 1)) == (0, 1)


def test_the_fullest_row_stands_for_a_person_and_of_equal_ones_the_first_id() -> None:
    rows = [{"phone_key": "k"}, {"phone_key": "k", "title": "经理", "userid": "u"}, {"phone_key": "k", "title": "经理"}]
    full = copies(*rows, {"phone_key": "l"})
    assert full.persons([0, 1, 2, 3]) == [1, 3]
    assert (full.spread([0]), full.spread([2, 3])) == ({0, 1, 2}, {0, 1, 2, 3})
    assert copies({"id": "b", "phone_key": "k"}, {"id": "a", "phone_key": "k"}).persons([0, 1]) == [1]


def test_some_rows_of_one_person_among_others_of_that_name_are_left_apart_for_a_key() -> None:
    assert copies({"phone_key": "k"}, {"phone_key": "k"}, {"phone_key": "l"}).merged((0, 1, 2)) == (0, 1, 2)


def test_a_key_on_both_rows_of_one_person_is_a_key() -> None:
    twice = [{"name": "张晓明", "phone_key": "k", "userid": "u"}] * 2
    found = only(people(*twice, *CROWD), arrivals({"userid": "u"}), BALANCED)
    assert (found.person_id, proposed(found)) == ("p0", ["p0"])
