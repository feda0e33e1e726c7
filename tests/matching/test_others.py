"""Signs in a displayed name that it is somebody else who sits there, or that a key went to somebody else."""

import pytest

from attendance.matching import BALANCED, Decision, Tier
from tests.matching.meetings import Row, arrivals, codes, only, people, proposed, shown
from tests.matching.test_traps import NATURAL


def listed_beside(written: str, **row: object) -> Decision:
    """Decide a displayed name where 叶三风 and sixty others are listed, one of them at 高新科技."""
    expected = people({"name": "叶三风", **row}, {"name": "高晓明", "company": "高新科技"}, *NATURAL)
    return only(expected, shown(written), BALANCED)


@pytest.mark.parametrize(
    ("written", "second"),
    [
        ("叶三风 姚巧飞 经理", "姚巧飞"),
        ("叶三风经理 姚巧飞", "姚巧飞"),
        ("叶三风 王巧", "王巧"),
        ("叶三风 陈丽", "陈丽"),
        ("叶三风 王飞", "王飞"),
        ("叶三风姚巧飞", "姚巧飞"),
        ("姚巧飞叶三风", "姚巧飞"),
        ("高新叶三风 姚巧飞", "姚巧飞"),
        ("叶三风王丽", "王丽"),
        ("叶三风和热依汗古丽", "热依汗古丽"),
        ("赛买提·尼亚孜和叶三风", "赛买提尼亚孜"),
        ("叶三风 欧阳建国", "欧阳建国"),
    ],
)
def test_a_second_name_beside_a_listed_one_is_said(written: str, second: str) -> None:
    found = listed_beside(written)
    assert (found.tier, proposed(found)[0]) == (Tier.LIKELY, "p0")
    assert ("two_people", (("said", f"叶三风、{second}"),), 0.0) in found.evidence


@pytest.mark.parametrize(
    "written",
    [
        "叶三风 经理",
        "叶三风 北京",
        "叶三风 研究部",
        "叶三风 华泰证券",
        "叶三风 高新",
        "叶三风 青松",
        "叶三风 李国强国",
        "叶三风 iPhone",
        "叶三风青松堂",
        "李宁叶三风",
        "叶三风研究部",
        "叶三风高新",
        "和谐汇一叶三风",
        "叶三风（静音）",
        "叶三风 旁听",
    ],
)
def test_what_is_a_title_a_place_a_unit_a_company_or_no_name_is_no_second_person(written: str) -> None:
    found = listed_beside(written)
    assert (found.tier, found.person_id, "two_people" in codes(found)) == (Tier.CERTAIN, "p0", False)


@pytest.mark.parametrize("written", ["沙吾提.亚森", "沙吾提 亚森", "沙吾提-亚森", "华泰证券 沙吾提.亚森"])
def test_a_name_of_two_halves_is_not_two_people(written: str) -> None:
    others = [{"name": f"{family}{given}"} for family in "王李张刘陈" for given in "伟芳娜敏静"]
    found = only(people({"name": "沙吾提·亚森", "company": "华泰证券"}, *others), shown(written), BALANCED)
    assert (found.tier, found.person_id, "two_people" in codes(found)) == (Tier.CERTAIN, "p0", False)



@pytest.mark.parametrize("written", ["姚巧飞叶三风", "叶三风姚巧飞", "叶三风总姚巧飞", "高新姚巧飞 叶三风", "姚巧叶飞"])
def test_two_listed_people_in_one_name_are_a_proposal_of_both_even_if_one_is_here(written: str) -> None:
    expected = people(*({"name": name} for name in ("叶三风", "姚巧飞", "姚巧", "叶飞")), *NATURAL)
    found = only(expected, shown(written, "姚巧飞", "姚巧"), BALANCED)
    first, second = ("p2", "p3") if written == "姚巧叶飞" else ("p0", "p1")
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, [first, second])
    assert "two_people" in codes(found)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("叶三风 董事长秘书", "秘书"),
        ("李国强代叶三风", "代"),
        ("李国强替叶三风", "替"),
        ("叶三风助理", "助理"),
        ("叶三风 代参会", "代参"),
        ("叶三风家属", "家属"),
        ("叶三风 替会", "替会"),
        ("叶三风 代会", "代会"),
        ("叶三风 代听", "代听"),
        ("叶三风 代替", "代替"),
        ("叶三风妈妈", "妈妈"),
        ("叶三风爱人", "爱人"),
        ("叶三风的学生", "的学生"),
        ("叶三风团队", "团队"),
        ("叶三风的AI助手", "助手"),
        ("叶三风的会议纪要助手", "纪要"),
    ],
)
def test_the_word_for_standing_in_is_said(written: str, word: str) -> None:
    found = listed_beside(written)
    assert (found.tier, found.person_id) == (Tier.LIKELY, None)
    assert ("stands_in", (("said", word),), 0.0) in found.evidence


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("叶三风秘书长", {"title": "秘书长"}),
        ("叶三风 董事长秘书", {"title": "董事长秘书"}),
        ("代小军", {"name": "代小军"}),
        ("代表 叶三风", {}),
        ("叶三风代表", {}),
        ("叶三风 代表处", {}),
        ("宁德时代叶三风", {"company": "宁德时代"}),
        ("茉莉妈妈科技-叶三风", {"company": "青岛茉莉妈妈科技有限公司"}),
        ("叶三风 同学", {}),
        ("叶三风 现代汽车", {}),
    ],
)
def test_a_title_or_a_surname_that_holds_the_word_is_no_standing_in(written: str, row: Row) -> None:
    found = listed_beside(written, **row)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


@pytest.mark.parametrize("names", [("王伟", "郗墨涵"), ("郗墨涵", "iPhone", "王伟"), ("华泰证券-郗墨涵", "Wang Wei")])
def test_who_showed_two_peoples_names_one_after_the_other_is_left_to_a_human(names: tuple[str, ...]) -> None:
    common = [{"name": f"王{given}"} for given in "伟芳娜敏静强磊军洋勇"]
    found = only(people({"name": "郗墨涵"}, *common, *NATURAL), arrivals({"names": names}), BALANCED)
    assert (found.tier, "two_people" in codes(found)) == (Tier.LIKELY, True)


@pytest.mark.parametrize("written", ["Ye Sanfeng 姚巧飞", "姚巧飞 Ye Sanfeng", "Ye Sanfeng & 姚巧飞"])
def test_two_listed_people_are_two_whatever_letters_they_are_written_in(written: str) -> None:
    found = only(people({"name": "叶三风"}, {"name": "姚巧飞"}, *NATURAL), shown(written), BALANCED)
    assert (found.tier, sorted(proposed(found)), "two_people" in codes(found)) == (Tier.LIKELY, ["p0", "p1"], True)


@pytest.mark.parametrize("written", ["叶三风 Ye Sanfeng", "Ye Sanfeng（叶三风）"])
def test_characters_say_who_is_meant_by_a_sound_beside_them(written: str) -> None:
    found = only(people({"name": "叶三风"}, {"name": "叶三丰"}, *NATURAL), shown(written), BALANCED)
    assert (found.tier, found.person_id, len(found.candidates)) == (Tier.CERTAIN, "p0", 1)


def test_who_showed_one_name_in_two_ways_is_that_person() -> None:
    found = only(people({"name": "郗墨涵"}, *NATURAL), arrivals({"names": ("郗墨涵", "Xi Mohan", "华泰证券-郗墨涵")}), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def under_a_phone(name: str, *written: str) -> Decision:
    """Decide who shows these names and carries the phone of somebody listed under a name."""
    expected = people({"name": name, "company": "西部师范大学", "phone_key": "k"}, *NATURAL)
    return only(expected, arrivals({"app_phone_key": "k", "names": written}), BALANCED)


@pytest.mark.parametrize(
    ("name", "written", "code", "said"),
    [
        ("张文高", "李文", "name_of_stranger", "李文"),
        ("张文高", "王巧", "name_of_stranger", "王巧"),
        ("张文高", "张国强", "name_of_other", "张国强"),
        ("张文高", "华泰 王飞", "name_of_other", "王飞"),
        ("欧阳文高", "周国飞", "name_of_stranger", "周国飞"),
        ("张文高", "甘展鸿", "name_of_stranger", "甘展鸿"),
        ("张文高", "人保财险·娄佩畅", "name_of_stranger", "娄佩畅"),
        ("张文高", "久远-助理-王巧", "name_of_stranger", "王巧"),
        ("张文高", "久远证券 王巧", "name_of_stranger", "王巧"),
        ("张文高", "王巧 总监", "name_of_stranger", "王巧"),
        ("张文高", "古丽娜尔·库尔班 华泰", "name_of_stranger", "古丽娜尔·库尔班"),
        ("张文高", "久远证券甘展鸿项目经理", "name_of_stranger", "甘展鸿"),
        ("张文高", "卢教授", "name_of_stranger", "卢教授"),
        ("张文高", "老卢", "name_of_stranger", "老卢"),
        ("Zhang Wengao", "李国强", "name_of_other", "李国强"),
        ("张文高", "Zhou Xinyi", "name_of_stranger", "zhou xinyi"),
        ("张文高", "Xinyi ZHOU", "name_of_stranger", "xinyi zhou"),
        ("张文高", "ZhouXinYi", "name_of_stranger", "zhou xin yi"),
        ("张文高", "Wang Xin", "name_of_stranger", "wang xin"),
        ("王巧", "Zhou Qiao", "name_of_stranger", "zhou qiao"),
    ],
)
def test_a_phone_under_another_name_says_which(name: str, written: str, code: str, said: str) -> None:
    found = under_a_phone(name, written)
    others = [f"p{row}" for row, each in enumerate(NATURAL, start=1) if each["name"] == said]
    assert (found.tier, proposed(found)) == (Tier.CONFLICT, [*others, "p0"]), "whose name is shown comes first"
    assert found.evidence[0] == (code, (("said", said),), 0.0)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("张文高", ("李文高",)),
        ("张文高", ("方便面",)),
        ("张文高", ("张教授",)),
        ("张文高", ("张教授-西部师范大学",)),
        ("张文高", ("阿明",)),
        ("张文高", ("易水寒",)),
        ("张文高", ("小白",)),
        ("张文高", ("王总助理",)),
        ("张文高", ("李高文",)),
        ("张文高", ("张文",)),
        ("张文高", ("李国强国",)),
        ("张文高", ("李国强", "张文高")),
        ("张文高", ("张文高 华泰",)),
        ("Zhang Wengao", ("周国飞",)),
        ("张文高", ("王巧 华泰",)),
        ("张文高", ("张江",)),
        ("张文高", ("安静",)),
        ("张文高", ("阳光",)),
        ("张文高", ("阿强",)),
        ("张文高", ("向阳",)),
        ("张文高", ("Ping An",)),
        ("张文高", ("Lin Lin",)),
        ("张文高", ("Xinyi",)),
        ("张文高", ("Anna Zhang",)),
        ("张文高", ("Zhang Xinyi",)),
        ("张文高", ("Gao Wen",)),
        ("张文高", ("Jean Zhou",)),
        ("张文高", ("Zhou Xinyi", "张文高")),
        ("单文高", ("Shan Xinyi",)),
    ],
)
def test_a_phone_decides_under_what_may_be_the_own_name_or_no_name(name: str, written: tuple[str, ...]) -> None:
    found = under_a_phone(name, *written)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def test_the_own_name_is_said_to_agree_only_where_it_stands_as_a_whole() -> None:
    agreeing = [
        under_a_phone(*names)
        for names in (("张文高", "华泰张文高"), ("张文高", "x", "張文高"), ("张文高", "文高"), ("", "x"), ("高", "高"))
    ]
    assert ["name_agrees" in codes(found) for found in agreeing] == [True, True, False, False, False]


@pytest.mark.parametrize("written", ["叶三风 江苏", "叶三风 安徽", "叶三风 云朵", "叶三风 花开", "叶三风 江苏高工"])
def test_a_place_or_a_title_that_begins_like_a_surname_and_a_nickname_are_no_second_person(written: str) -> None:
    common = [{"name": f"{surname}{given}"} for surname in "王李张刘陈" for given in "苏徽工"]
    found = only(people({"name": "叶三风"}, *common, *NATURAL), shown(written), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")
