"""What the evidence says, to the word: which piece was shown, what the list has instead, and how much a phone weighs."""

import gc
from math import log

import pytest

from attendance.matching import BALANCED, STRICT, Tier, decide
from tests.matching.meetings import Row, codes, listed, only, people, proposed, shown, told
from tests.matching.test_naming import CROWD

# A displayed name, the person's row, and the one thing said beside the name.
SAID = [
    ("张晓明-经理", {"title": "经理"}, ("title_agrees", {"said": "经理"})),
    ("张晓明-软件工程师", {"title": "软件工程师"}, ("title_agrees", {"said": "软件工程师"})),
    ("青松-张晓明", {"company": "华泰证券"}, ("company_unlike", {"said": "青松", "company": "华泰证券"})),
    ("中心医院-张晓明", {"company": "华泰证券"}, ("company_differs", {"said": "中心医院", "company": "华泰证券"})),
    ("华泰证券-张晓明", {"company": "华泰 证券"}, ("company_agrees", {"said": "华泰证券", "company": "华泰 证券"})),
    ("Mary Ann Lee Acme", {"name": "Mary Ann Lee", "company": "Acme"}, ("company_agrees", {"said": "acme", "company": "Acme"})),
    ("北京-张晓明", {"place": "北京"}, ("place_agrees", {"said": "北京"})),
    ("张晓明 138****0001", {"phone_tail": "0001"}, ("phone_agrees", {"tail": "0001"})),
    ("张晓明 138****0001", {"phone_head": "138", "phone_tail": "0001"}, ("number_agrees", {"head": "138", "tail": "0001"})),
    ("张晓明 139****0001", {"phone_head": "138", "phone_tail": "0001"}, ("number_differs", {"head": "139", "tail": "0001"})),
]


@pytest.mark.parametrize(("written", "row", "said"), SAID)
def test_what_stands_beside_a_name_is_said_with_what_it_was_compared_with(
    written: str, row: Row, said: tuple[str, dict[str, str]]
) -> None:
    first = only(people({"name": "张晓明", **row}, *CROWD), shown(written), STRICT).candidates[0]
    beside = [one for one in (*first.reasons_for, *first.reasons_against) if not one.code.startswith(("name_", "base_"))]
    assert [(one.code, dict(one.params)) for one in beside] == [said]


@pytest.mark.parametrize("written", ["张晓明-软件工程师", "联想 张晓明"])
def test_a_title_with_a_trade_before_it_and_a_make_of_device_are_no_other_company(written: str) -> None:
    first = only(people({"name": "张晓明", "company": "启润"}, *CROWD), shown(written)).candidates[0]
    assert [one.code for one in (*first.reasons_for, *first.reasons_against)] == ["name_exact", "base_rate"]


def test_the_beginning_of_a_number_weighs_by_its_share_of_the_phones_of_the_list() -> None:
    heads = ["138"] * 9 + ["139"] * 40
    others = [{**each, "phone_head": head, "phone_tail": "0002"} for each, head in zip(CROWD, heads, strict=False)]
    expected = people({"name": "张晓明", "phone_head": "138", "phone_tail": "0001"}, *others)
    (said,) = [one for one in only(expected, shown("138****0001")).candidates[0].reasons_for if one.code == "number_agrees"]
    # Ten of fifty phones begin so; 3 % of twenty more are assumed to.
    assert said.weight == pytest.approx(log(STRICT.clues.phone_hit / ((10 + 0.6) / (50 + 20))))


def test_who_shows_a_number_and_no_name_is_nobody_whose_number_begins_otherwise() -> None:
    expected = people(
        {"name": "张晓明", "phone_head": "138", "phone_tail": "0001"},
        {"name": "李国强", "phone_head": "139", "phone_tail": "0001"},
        *CROWD,
    )
    assert proposed(only(expected, shown("138****0001"))) == ["p0"]
    assert sorted(proposed(only(expected, shown("静水流深0001")))) == ["p0", "p1"], "four digits tell neither from the other"


@pytest.mark.parametrize("written", ["Sam 张晓明", "张晓明 Sam Lee", "HTSC-张晓明"])
def test_a_chinese_name_among_latin_words_is_the_name_itself(written: str) -> None:
    found = only(people({"name": "张晓明"}, *CROWD), shown(written), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")
    assert ("name_exact", (("said", "张晓明"),)) in told(found.evidence)


@pytest.mark.parametrize(
    ("cell", "written", "finds"),
    [
        ("ZhangXiaoming", "Xiaoming Zhang", True),
        ("张晓明 江苏", "江苏", False),
        ("张晓明 董事长", "董事长", False),
        ("张晓明 欧阳科技", "欧阳科技", False),
        ("张总", "张", False),
        ("张副总经理", "张", False),
    ],
)
def test_what_a_list_cell_holds_beside_the_name_is_nobodys_name(cell: str, written: str, finds: bool) -> None:
    assert proposed(only(people({"name": cell}, *CROWD), shown(written))) == (["p0"] if finds else [])


def test_of_a_crowd_those_of_a_company_are_found_by_its_name_without_the_place() -> None:
    crowd = [{"name": "张伟", "company": "甲乙科技"}] * STRICT.crowd
    for company in ("北京启润科技", "北京市启润科技", "启润科技"):
        assert proposed(only(people({"name": "张伟", "company": company}, *crowd), shown("张伟-启润"))) == ["p0"]


def test_an_ending_no_phone_of_a_crowd_has_proposes_nobody() -> None:
    crowd = [{"name": "张伟", "phone_tail": "0001"}] * (STRICT.crowd + 1)
    found = only(people(*crowd), shown("张伟 0002"))
    assert (found.tier, codes(found)) == (Tier.NONE, ["crowd"])


def test_what_a_caller_keeps_from_the_garbage_collector_stays_kept() -> None:
    gc.freeze()
    try:
        decide(listed("张三"), shown("张三"))
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("written", ["北京市何荣", "何荣北京市", "何荣江苏省"])
def test_a_short_name_beside_a_place_with_its_kind_is_no_fragment(written: str) -> None:
    first = only(people({"name": "何荣"}, *CROWD), shown(written)).candidates[0]
    assert first.reasons_for[0].code == "name_part"
