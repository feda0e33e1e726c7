"""What a displayed name says, read without any list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.names import (
    Shown,
    abbreviates,
    agree,
    fold,
    forms,
    holds,
    only_kind,
    peel,
    read,
    spellings,
    split,
    surname_spellings,
)
from portal.names.tables import readings, surnames, traditional


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＺＨＡＮＧ", "zhang"),
        ("張三豐", "张三丰"),
        ("Zhāng Sān", "zhang san"),
        ("Lǚ Bù", "lv bu"),
        ("张\u200b三", "张三"),
        ("买买提·吐尔逊", "买买提吐尔逊"),
        ("José", "jose"),
        ("王乾", "王乾"),
        ("餅乾", "饼乾"),
    ],
)
def test_spellings_of_one_text_fold_to_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张 三", Shown(runs=("张三",))),
        ("😀张三🎉", Shown(runs=("张三",))),
        ("华泰证券-张三", Shown(runs=("华泰证券", "张三"))),
        ("张三（北京）", Shown(runs=("张三", "北京"))),
        ("张三@中信", Shown(runs=("张三", "中信"))),
        ("华为-张三", Shown(runs=("华为", "张三"))),
        ("ZhangSan", Shown(words=("zhang", "san"))),
        ("张三 138****0001", Shown(runs=("张三",), tail="0001", sure_tail=True, head="138")),
        ("张三13800000001", Shown(runs=("张三",), tail="0001", sure_tail=True, head="138")),
        ("张三0001", Shown(runs=("张三",), tail="0001")),
        ("13800000001", Shown(tail="0001", sure_tail=True, head="138", device=True)),
        ("Sam's iPhone", Shown(words=("sam",))),
        ("张三 HUAWEI 2021", Shown(runs=("张三",))),
        ("张三&李四", Shown(runs=("张三", "李四"), people=("张三", "李四"))),
        ("张三和李四", Shown(runs=("张三和李四",), people=("张三", "李四"))),
        ("李和平", Shown(runs=("李和平",))),
        ("讯飞听见", Shown(robot=True)),
    ],
)
def test_a_displayed_name_is_read(text: str, shown: Shown) -> None:
    assert read(text) == shown


@pytest.mark.parametrize(
    "text",
    ["iPhone", "用户1234", "HUAWEI Mate 40 Pro", "微信用户", "华为", "Redmi Note 12", "👍", "", "vivo X90"],
)
def test_a_device_is_no_name(text: str) -> None:
    shown = read(text)
    assert (shown.device, shown.runs, shown.words) == (True, (), ())


@given(st.text(max_size=60))
def test_reading_never_fails_and_never_keeps_more_of_a_phone_than_a_masked_one(text: str) -> None:
    shown = read(text)
    assert (len(shown.head), len(shown.tail)) in ((0, 0), (0, 4), (3, 4))
    assert not any(piece.isdecimal() for piece in (*shown.runs, *shown.words))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("张三", ("张", "三")),
        ("欧阳震华", ("欧阳", "震华")),
        ("欧阳", ("欧", "阳")),
        ("司马光", ("司马", "光")),
        ("张", ("张", "")),
    ],
)
def test_surname_and_given_name_come_apart(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts


@pytest.mark.parametrize(
    ("surname", "spelled"),
    [
        ("单", "shan"),
        ("曾", "zeng"),
        ("仇", "qiu"),
        ("解", "xie"),
        ("查", "zha"),
        ("盖", "ge"),
        ("区", "ou"),
        ("朴", "piao"),
        ("翟", "zhai"),
        ("尉迟", "yuchi"),
        ("万俟", "moqi"),
        ("长孙", "zhangsun"),
        ("王", "wang"),
    ],
)
def test_surnames_have_their_reading_as_surnames(surname: str, spelled: str) -> None:
    assert surname_spellings(surname)[0] == spelled


def test_a_reading_that_only_surnames_have_is_not_used_in_a_given_name() -> None:
    assert spellings("王单")[0] == "wangdan"


def test_several_readings_give_several_spellings() -> None:
    assert spellings("曾乐") == ("zengle", "zengyue")


def test_the_umlaut_is_spelled_in_every_way_people_type_it() -> None:
    assert spellings("吕布") == ("lvbu", "lubu", "lyubu")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("华泰证券", "华泰证券股份有限公司", True),
        ("华泰", "华泰证券股份有限公司", True),
        ("中信", "中信银行", True),
        ("中信证券", "中信银行", False),
        ("字节跳动", "北京字节跳动科技有限公司", True),
        ("平安", "中国平安保险（集团）股份有限公司", True),
        ("北京", "北京大学", False),
        ("CICC", "cicc", True),
        ("昆明人民医院", "昆明市人民医院", True),
        ("江苏人民医院", "江苏省人民医院", True),
        ("成都市政设计院", "成都市市政设计院", True),
        ("昆明市", "昆明市人民医院", False),
        ("昆明人民医院", "大理市人民医院", False),
        ("恒信律所", "恒信律师事务所", True),
        ("立达会计所", "立达会计师事务所", True),
        ("平安产险", "中国平安财产保险股份有限公司", True),
        ("平安财险", "平安产险", True),
        ("泰康人寿", "泰康人寿保险有限责任公司", True),
        ("银华资管", "银华资产管理有限公司", True),
        ("平安寿险", "平安产险", False),
        ("恒信银行", "恒信律所", False),
    ],
)
def test_organisations_agree_by_full_and_short_names(one: str, other: str, same: bool) -> None:
    assert (agree(one, other), agree(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("short", "full", "picked"),
    [
        ("招行", "招商银行股份有限公司", True),
        ("国寿", "中国人寿保险股份有限公司", True),
        ("国寿", "中国人寿", True),
        ("国银", "中国银行", False),
        ("二院", "绍兴市第二人民医院", True),
        ("二院", "绍兴市第三人民医院", False),
        ("社保基金", "全国社会保障基金理事会", True),
        ("国寿", "长城人寿", False),
        ("华泰", "华泰证券", False),
    ],
)
def test_a_short_name_is_picked_from_the_full_one(short: str, full: str, picked: bool) -> None:
    assert abbreviates(short, full) is picked


@pytest.mark.parametrize(
    ("text", "organisation", "held"),
    [("启润法务", "启润科技", True), ("华泰证券研究部", "华泰证券股份有限公司", True), ("中信证券", "中信银行", False),
     ("瑞银人寿", "北京瑞银药业集团", False), ("合肥平安大学", "平安证券", False),
     ("中国平安财产保险股份有限公司", "平安人寿", False),
     ("瑞银药业", "北京瑞银药业集团", True), ("青松", "启润科技", False)],
)  # fmt: skip
def test_a_text_holds_an_organisation_but_none_of_another_kind(text: str, organisation: str, held: bool) -> None:
    assert holds(text, organisation) is held


@pytest.mark.parametrize(
    ("piece", "kind"),
    [("人民医院", True), ("中心医院", True), ("第一医院", True), ("附属第二医院", True), ("大学", True), ("华西医院", False),
     ("昆明医院", False), ("中心", True), ("一汽", False)],
)  # fmt: skip
def test_what_only_says_of_what_kind_an_organisation_is(piece: str, kind: bool) -> None:
    assert only_kind(piece) is kind


def test_a_character_that_names_keep_has_its_reading_in_names() -> None:
    assert spellings("王乾")[0] == "wangqian"


def test_an_organisation_has_full_forms_among_all_its_forms() -> None:
    ways = forms("华泰证券股份有限公司")
    assert (ways.full, ways.every) == (
        {"华泰证券"},
        {"华泰证券", "华泰", "华泰证券股份有限公司"},
    )


def test_titles_and_places_come_off_one_by_one_and_never_all() -> None:
    assert [bare for bare, _ in peel("北京张三总经理")] == ["北京张三总经理", "北京张三", "张三"]
    assert [bare for bare, _ in peel("总经理")] == ["总经理", "总"]


def test_the_tables_hold_together() -> None:
    assert len(traditional()) > 4_000
    assert len(readings()) > 15_000
    assert all(len(surname) in (1, 2) for surname in surnames())
    assert 0.85 < sum(share for _, share in surnames().values()) < 1.0
    assert not set(map(chr, traditional())) & set(readings())
