"""Every way a displayed name leads to a listed one: how it is called, by which part, how much it says, and what it finds."""

from dataclasses import replace
from math import exp

import pytest

from attendance.matching import BALANCED, STRICT, Decision, Tier
from tests.matching.meetings import arrivals, codes, listed, only, people, proposed, shown
from tests.matching.test_naming import CROWD

# A listed name, a displayed one, the way, the part that is said to lead there, and the likelihood ratio among the crowd.
WAYS = [
    ("张晓明", "张晓明", "name_exact", "张晓明", 2.648e6),
    ("张晓明", "张晓明总", "name_titled", "张晓明", 2.648e6),
    ("张晓明", "北京张晓明", "name_titled", "张晓明", 2.648e6),
    ("张晓明", "张晓明的iPhone", "name_titled", "张晓明", 2.648e6),
    ("张晓明", "华泰证券张晓明", "name_part", "张晓明", 2.648e6),
    ("张晓明", "张晓明华泰证券", "name_part", "张晓明", 2.648e6),
    ("张晓明", "启润张晓明研究", "name_fragment", "张晓明", 2.648e6 / 20),
    ("何荣", "启润何荣", "name_fragment", "何荣", 11_150),
    ("何荣", "何荣启润", "name_fragment", "何荣", 11_150),
    ("何荣", "青松何荣白云", "name_fragment", "何荣", 11_150),
    ("何荣", "启润科技何荣", "name_part", "何荣", 222_900),
    ("何荣", "何荣研究部", "name_titled", "何荣", 222_900),
    ("张晓明", "Zhang Xiaoming", "name_pinyin", "zhang xiaoming", 232_400),
    ("张晓明", "Zhang Xiao Ming", "name_pinyin", "zhang xiao ming", 231_800),
    ("欧阳国强", "guoqiangouyang", "name_pinyin", "guoqiangouyang", 5.369e6),
    ("单晓曾", "Shan Xiaozeng", "name_pinyin", "shan xiaozeng", 5.369e6),
    ("吕国强", "Lv Guoqiang", "name_pinyin", "lv guoqiang", 2.404e6),
    ("Zhang Xiaoming", "张晓明", "name_pinyin", "张晓明", 1e6),
    ("张三（北京） Sam Lee", "Lee Sam", "name_exact", "leesam", 1e6),
    ("张三（北京） Sam Lee", "张三", "name_exact", "张三", 47_190),
    ("Mary Ann Lee", "Lee Mary Ann", "name_exact", "leemaryann", 1e6),
    ("Mary Ann Lee", "Ann Lee Mary", "name_exact", "annleemary", 1e6),
    ("Maria del Carmen Garcia Lopez", "Maria del Carmen Garcia Lopez", "name_exact", "mariadelcarmengarcialopez", 1e6),
    ("Garcia Lopez, Maria del Carmen", "Maria del Carmen Garcia Lopez", "name_exact", "mariadelcarmengarcialopez", 1e6),
    ("Mary Ann Lee", "Ms Mary Ann Lee Acme", "name_exact", "maryannlee", 1e6),
    ("张晓明总", "张晓明", "name_exact", "张晓明", 2.648e6),
    ("何荣经理", "何荣", "name_exact", "何荣", 222_900),
    ("欧阳 震华", "欧阳震华", "name_exact", "欧阳震华", 6.045e7),
    ("买买提 沙吾提", "买买提·沙吾提", "name_exact", "买买提沙吾提", 887_200),
    ("阿依古丽·买买提", "阿依古丽 买买提", "name_exact", "阿依古丽买买提", 884_700),
    ("付锐利(西安长江)", "付锐利", "name_exact", "付锐利", 3.127e7),
    ("张晓明", "张小明", "name_homophone", "张小明", 23_830),
    ("张晓明", "张晓鹏", "name_typo", "张晓鹏", 238.3),
    ("张晓明", "张大明", "name_typo", "张大明", 238.3),
    ("欧阳国强", "欧阳国祥", "name_typo", "欧阳国祥", 5_441),
    ("张晓明", "晓明", "name_given", "晓明", 81_660),
    ("张晓明", "小张", "name_surname", "张", 12.82),
    ("张晓明", "张总", "name_surname", "张", 12.82),
    ("欧阳国强", "欧阳总", "name_surname", "欧阳", 292.8),
    ("张晓明", "zxm", "name_initials", "zxm", 1_458),
    ("张晓明", "zhang xm", "name_initials", "zhangxm", 1_870),
    ("张晓明", "xm zhang", "name_initials", "xmzhang", 1_870),
    ("欧阳国强", "ouyang gq", "name_initials", "ouyanggq", 42_690),
]
# Surnames that families or those who type for them write in two ways.
VARIANTS = ["肖萧", "付傅", "代戴", "闫阎", "丘邱", "仝同", "晏宴", "侯候", "蓝兰"]


def first_reason(found: Decision) -> tuple[str, object, float]:
    """Give the code of the way to the first candidate, what is said to lead there, and its likelihood ratio."""
    first = found.candidates[0]
    way = next(one for one in (*first.reasons_for, *first.reasons_against) if one.code.startswith("name_"))
    return way.code, dict(way.params)["said"], exp(way.weight)


@pytest.mark.parametrize(("name", "written", "way", "said", "ratio"), WAYS)
def test_each_way_to_a_name_says_how_by_what_and_how_much(
    name: str, written: str, way: str, said: str, ratio: float
) -> None:
    found = only(people({"name": name}, *CROWD), shown(written))
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0"])
    assert first_reason(found) == (way, said, pytest.approx(ratio, rel=1e-3))


@pytest.mark.parametrize("pair", [*VARIANTS, *(pair[::-1] for pair in VARIANTS)])
def test_a_surname_with_two_ways_to_write_it_is_found_by_the_other(pair: str) -> None:
    found = only(people({"name": f"{pair[0]}国强"}, *CROWD), shown(f"{pair[1]}国强"))
    assert (proposed(found), first_reason(found)[0]) == (["p0"], "name_homophone")


@pytest.mark.parametrize(
    ("name", "written"),
    [("张晓明", "章小明"), ("张晓明", "张"), ("张晓明", "Xiaoming Zhang Wang"), ("Mary Ann Lee", "Mary Lee Ann"),
     ("张晓", "张晓明"), ("张晓明", "a b c d e f Zhang Xiaoming"), ("何荣", "he r"), ("李晓明", "老张"), ("张北京", "北京"),
     ("付锐利(西安长江)", "长江")],
)  # fmt: skip
def test_what_is_no_way_to_write_a_name_leads_nowhere(name: str, written: str) -> None:
    assert "p0" not in proposed(only(people({"name": name}, *CROWD), shown(written)))


def test_digits_at_the_end_of_a_nickname_lead_to_the_phone_and_only_propose() -> None:
    found = only(people({"name": "张晓明", "phone_tail": "0001"}, *CROWD), shown("静水流深0001"), BALANCED)
    assert (found.tier, proposed(found), first_reason(found)) == (
        Tier.LIKELY, ["p0"], ("name_phone", "0001", pytest.approx(BALANCED.shows["name_phone"])),
    )  # fmt: skip


def test_digits_at_the_end_of_a_strangers_name_lead_nowhere() -> None:
    found = only(people({"name": "张晓明", "phone_tail": "0001"}, *CROWD), shown("欧阳国祥0001"), BALANCED)
    assert found.tier is Tier.NONE


def test_two_who_sound_alike_are_both_proposed_in_the_order_of_their_ids() -> None:
    found = only(people({"name": "张小明"}, {"name": "张晓明"}, *CROWD), shown("张筱明"))
    assert proposed(found) == ["p0", "p1"]
    assert found.candidates[0].weight == found.candidates[1].weight


@pytest.mark.parametrize("many", [STRICT.few, STRICT.few + 1])
def test_a_doubtful_name_of_more_people_than_few_proposes_nobody_and_counts_them(many: int) -> None:
    names = [f"张晓{character}" for character in "伟芳娜敏静丽强磊军洋勇艳杰"[:many]]
    found = only(listed(*names, "李国强"), shown("张晓鹏"))
    crowd = [one for one in found.evidence if one.code == "crowd"]
    assert crowd == ([("crowd", (("people", many),), 0.0)] if many > STRICT.few else [])
    assert found.candidates == ()


def test_one_who_is_misspelt_in_two_ways_counts_once_among_the_few() -> None:
    names = [f"张晓{character}" for character in "鹏朋澎棚彭芃硼膨碰捧篷蓬"[: STRICT.few]]
    found = only(listed(*names), shown("张晓怦"))
    assert (len(set(names)), "crowd" in codes(found)) == (STRICT.few, False)


@pytest.mark.parametrize("name", ["欧阳国总", "欧阳建工", "王晓明月"])
def test_a_listed_name_of_four_characters_is_no_name_with_a_title(name: str) -> None:
    found = only(people({"name": name}, *CROWD), shown(name))
    assert (proposed(found), first_reason(found)[:2]) == (["p0"], ("name_exact", name))


@pytest.mark.parametrize("many", [STRICT.crowd, STRICT.crowd + 1])
def test_a_name_of_more_bearers_than_a_crowd_proposes_nobody(many: int) -> None:
    found = only(listed(*["张晓明"] * many), shown("张晓明"))
    assert (found.tier, "crowd" in codes(found)) == ((Tier.NONE, True) if many > STRICT.crowd else (Tier.LIKELY, False))


def test_of_a_large_family_the_one_of_that_company_is_found_by_surname_and_title() -> None:
    family = [{"name": f"陈{given}", "company": "甲乙科技"} for given in "伟芳娜敏静丽强磊军洋勇艳杰娟"]
    found = only(people({"name": "陈晓明", "company": "华泰证券"}, *family), shown("华泰证券-陈总"))
    assert (proposed(found), first_reason(found)[:2]) == (["p0"], ("name_surname", "陈"))


def test_of_a_large_family_the_one_of_that_phone_is_found_by_surname_and_title() -> None:
    family = [{"name": f"陈{given}", "phone_tail": "0002"} for given in "伟芳娜敏静丽强磊军洋勇艳杰娟"]
    found = only(people({"name": "陈晓明", "phone_tail": "0001"}, *family), shown("陈总 0001"), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


@pytest.mark.parametrize("written", ["启润何荣", "青松何荣白云"])
def test_a_fragment_beside_the_own_company_is_a_whole_name(written: str) -> None:
    found = only(people({"name": "何荣", "company": written[:2] + "科技"}, *CROWD), shown(written), BALANCED)
    assert (found.tier, found.person_id, first_reason(found)[0]) == (Tier.CERTAIN, "p0", "name_part")


@pytest.mark.parametrize(
    ("written", "tier"),
    [
        ("晓明-华泰证券", Tier.CERTAIN),
        ("zxm-华泰证券", Tier.CERTAIN),
        ("张小明 0001", Tier.CERTAIN),
        ("张小明 138****0001", Tier.CERTAIN),
        ("张总-华泰证券", Tier.LIKELY),
        ("张晓鹏-华泰证券", Tier.LIKELY),
        ("张小明-华泰证券", Tier.LIKELY),
        ("晓明-招商银行", Tier.LIKELY),
    ],
)
def test_a_part_of_a_name_decides_beside_the_company_and_one_written_wrongly_beside_the_phone(
    written: str, tier: Tier
) -> None:
    expected = people({"name": "张晓明", "company": "华泰证券", "phone_tail": "0001"}, *CROWD)
    found = only(expected, shown(written), BALANCED)
    assert (found.tier, proposed(found)) == (tier, ["p0"])


def test_of_several_displayed_names_the_one_that_says_most_counts() -> None:
    expected = people({"name": "张晓明"}, *CROWD)
    both, one = (only(expected, arrivals({"names": names})) for names in (("张总", "张晓明", "晓明"), ("张晓明",)))
    assert first_reason(both) == first_reason(one)


def test_strangers_in_latin_letters_say_little_of_how_many_came_with_chinese_names() -> None:
    expected = people({"name": "张晓鹏"}, *CROWD)
    alone, latin, chinese = (
        only(expected, shown("张晓明", *more)) for more in ([], ["John Smith"] * 50, ["欧阳建国"] * 50)
    )
    assert (proposed(chinese), proposed(latin)) == ([], ["p0"])
    assert 0.3 < latin.candidates[0].weight < alone.candidates[0].weight


@pytest.mark.parametrize("cell", ["北京王晓明", "王晓明（总经理）", "华泰证券 王晓明", " 王 晓 明 "])
def test_a_list_cell_with_more_than_the_name_still_names_the_person(cell: str) -> None:
    assert proposed(only(people({"name": cell}, *CROWD), shown("王晓明 经理"))) == ["p0"]


@pytest.mark.parametrize(
    ("written", "company"),
    [
        ("华泰证券张晓明研究部", "华泰证券"),
        ("Zhang Xiaoming 华泰", "华泰证券"),
        ("HTSC Zhang Xiaoming", "HTSC"),
        ("zxm 华泰", "华泰证券"),
        ("华泰 zhang xm", "华泰证券"),
        ("华泰张晓明", "华泰证券"),
        ("张晓明华泰", "华泰证券"),
        ("华泰 张总", "华泰证券"),
        ("华泰 晓明总", "华泰证券"),
        ("华泰证券张晓明总", "华泰证券"),
        ("青松 华泰 张晓明", "华泰证券"),
    ],
)
def test_what_is_left_of_a_name_is_compared_with_the_company_wherever_it_stands(written: str, company: str) -> None:
    found = only(people({"name": "张晓明", "company": company}, *CROWD), shown(written))
    assert proposed(found) == ["p0"]
    assert "company_agrees" in [reason.code for reason in found.candidates[0].reasons_for]


@pytest.mark.parametrize("written", ["张晓明李国强", "张晓明华泰李国强", "李国强 张晓明"])
def test_two_listed_names_in_one_displayed_name_are_both_proposed(written: str) -> None:
    found = only(people({"name": "张晓明"}, {"name": "李国强"}, *CROWD), shown(written), BALANCED)
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, ["p0", "p1"])


@pytest.mark.parametrize(
    ("name", "written", "finds"),
    [
        ("Zhang Wei An Li", "x y Zhang Wei An Li", True),
        ("Zhang Wei An Li", "x y z Zhang Wei An Li", False),
        ("Sam Lee", "Sam Lee Acme Ltd", True),
        ("Sam Lee", "Samuel Lee", False),
        ("欧阳国强", "ogq", True),
        ("欧阳国强", "oygq", False),
        ("张晓明（副总经理）", "张晓明", True),
        ("华泰证券 张晓明", "张晓明", True),
        ("华泰证券 张晓明", "华泰证券", False),
        ("", "", False),
    ],
)
def test_how_far_a_name_is_looked_for(name: str, written: str, finds: bool) -> None:
    assert (proposed(only(people({"name": name}, *CROWD), shown(written))) == ["p0"]) is finds


def test_two_people_of_one_latin_name_in_either_order_are_twins() -> None:
    found = only(people({"name": "Sam Lee"}, {"name": "Lee Sam"}, *CROWD), shown("Sam Lee"), BALANCED)
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0", "p1"])
    assert ("several_carry_it", (("people", 2),), 0.0) in found.evidence


SOUNDS = people(
    *(
        {"name": name}
        for name in ("张晓明", "张小明", "章晓明", "欧阳国强", "单曾", "曾单", "肖云", "萧芸", "游丽", "李友")
    ),
    *CROWD,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("zhangxiaoming", ["p0", "p1", "p2"]),
        ("Xiaoming Zhang", ["p0", "p1", "p2"]),
        ("guoqiangouyang", ["p3"]),
        ("Zeng Dan", ["p5"]),
        ("Shan Zeng", ["p4"]),
        ("liyou", ["p8", "p9"]),
        ("zxm", ["p0", "p1", "p2"]),
        ("zhangxm", ["p0", "p1", "p2"]),
        ("xmzhang", ["p0", "p1", "p2"]),
        ("gq ouyang", ["p3"]),
        ("ogq", ["p3"]),
        ("xm", []),
        ("zxmx", []),
        ("zhang", []),
        ("张筱明", ["p0", "p1"]),
        ("章小明", ["p2"]),
        ("肖芸", ["p6", "p7"]),
        ("李晓明", []),
    ],
)
def test_a_name_by_its_sound_means_all_of_the_list_who_sound_so(written: str, meant: list[str]) -> None:
    assert sorted(proposed(only(SOUNDS, shown(written)))) == meant


@pytest.mark.parametrize(("few", "meant"), [(2, ["p0", "p1"]), (1, [])])
def test_as_many_doubtful_names_as_the_policy_calls_few_are_proposed(few: int, meant: list[str]) -> None:
    found = only(people({"name": "张晓明"}, {"name": "李晓明"}, *CROWD), shown("晓明"), replace(STRICT, few=few))
    assert (proposed(found), [one for one in codes(found) if one == "crowd"]) == (meant, [] if meant else ["crowd"])
