"""Displayed names propose; under the balanced policy they decide where they point to one person alone."""

from dataclasses import replace
from math import log

import pytest

from attendance.matching import BALANCED, STRICT, Decision, Earlier, Key, People, Policy, Tier, decide
from attendance.matching.room import prior
from tests.matching.meetings import arrivals, codes, listed, only, people, proposed, shown, told

# Fifty people nobody of these tests asks for, so that names have something to be rare among.
CROWD = [
    {"name": f"{surname}{given}"}
    for surname in "陈杨赵黄周吴徐孙胡朱"
    for given in ("志远", "淑芬", "建军", "思琪", "宇航")
]
ZHANG = {"name": "张晓明", "company": "华泰证券股份有限公司", "place": "北京", "phone_tail": "0001"}
EXPECTED = people(ZHANG, *CROWD)
# A meeting full of people nobody expected.
STRANGERS = [f"{surname}{given}" for surname in "唐许邓冯韩曹彭曾萧蔡" * 20 for given in ("丽华", "俊杰", "海燕")]

WRITTEN = [
    "张晓明",
    "張曉明",
    "张 晓明",
    "😀张晓明",
    "张晓明总",
    "张晓明老师",
    "华泰证券-张晓明",
    "华泰-张晓明",
    "华泰证券张晓明",
    "张晓明（北京）",
    "张晓明@华泰",
    "张晓明 138****0001",
    "张晓明0001",
    "张晓明的iPhone",
    "Zhang Xiaoming",
    "Xiaoming Zhang",
    "ZHANG XIAOMING",
    "zhangxiaoming",
    "xiaomingzhang",
    "ZhangXiaoMing",
    "Zhāng Xiǎomíng",
    "zhang xiao ming",
]
DOUBTFUL = ["张小明", "张晓民", "张晓鹏", "晓明", "张总", "老张", "zxm", "Zhang X.M.", "张经理-华泰"]


@pytest.mark.parametrize("written", WRITTEN)
def test_strict_only_proposes_whatever_the_name_looks_like(written: str) -> None:
    found = only(EXPECTED, shown(written), STRICT)
    assert (found.tier, found.person_id, proposed(found)[0]) == (Tier.LIKELY, None, "p0")
    assert "names_only_propose" in codes(found)


@pytest.mark.parametrize("written", WRITTEN)
def test_balanced_decides_a_whole_name_however_it_is_written(written: str) -> None:
    found = only(EXPECTED, shown(written), BALANCED)
    assert (found.tier, found.person_id, found.key) == (Tier.CERTAIN, "p0", Key.NAME)


@pytest.mark.parametrize("written", DOUBTFUL)
def test_look_alike_and_partial_names_are_proposed_but_never_decide(written: str) -> None:
    found = only(EXPECTED, shown(written), BALANCED)
    assert (found.tier, found.person_id, proposed(found)) == (Tier.LIKELY, None, ["p0"])


@pytest.mark.parametrize("policy", [STRICT, BALANCED])
@pytest.mark.parametrize("written", ["iPhone", "用户1234", "HUAWEI Mate 40", "王建国", "", "John Smith"])
def test_device_names_and_strangers_stay_visible_as_walk_ins(written: str, policy: Policy) -> None:
    found = only(EXPECTED, shown(written), policy)
    assert (found.tier, found.person_id, found.candidates) == (Tier.NONE, None, ())
    assert found.evidence


def test_a_surname_is_read_as_a_surname() -> None:
    found = only(people({"name": "单晓曾"}, {"name": "曾单"}, *CROWD), shown("Zeng Dan"), BALANCED)
    assert found.person_id == "p1"


def test_a_chinese_name_finds_a_person_listed_in_pinyin() -> None:
    assert proposed(only(people({"name": "Zhang Xiaoming"}, *CROWD), shown("张晓明"))) == ["p0"]


def test_twins_on_a_list_are_both_proposed_and_neither_is_taken() -> None:
    found = only(listed("张晓明", "李四", "张晓明"), shown("张晓明"), BALANCED)
    assert (found.tier, found.person_id, sorted(proposed(found))) == (Tier.LIKELY, None, ["p0", "p2"])
    assert "several_carry_it" in codes(found)
    assert found.candidates[0].weight == found.candidates[1].weight


def test_twins_come_in_one_order_however_the_list_is_sorted() -> None:
    rows = [{"id": place, "name": "张晓明"} for place in (3, 1, 2)]
    found = [only(people(*order), shown("张晓明")) for order in (rows, rows[::-1])]
    assert [proposed(one) for one in found] == [[1, 2, 3], [1, 2, 3]]


def test_the_company_tells_twins_apart() -> None:
    twins = people(
        {"name": "张伟", "company": "易方达基金"}, {"name": "张伟", "company": "南方基金"}, *CROWD
    )
    found = only(twins, shown("张伟-南方"), BALANCED)
    assert proposed(found)[0] == "p1"
    assert found.candidates[0].weight > 0.9 > 0.1 > found.candidates[1].weight


def test_another_company_speaks_against_the_person() -> None:
    agreeing, differing = (only(EXPECTED, shown(name)) for name in ("张晓明-华泰", "张晓明-招商银行"))
    assert agreeing.candidates[0].weight > differing.candidates[0].weight
    assert [reason.code for reason in differing.candidates[0].reasons_against] == ["company_differs", "base_rate"]


def test_another_phone_ending_keeps_a_name_from_deciding() -> None:
    expected = people({"name": "张伟", "phone_tail": "0001"}, *CROWD)
    found = only(expected, shown("张伟 138****0002"), BALANCED)
    assert (found.tier, found.person_id) == (Tier.LIKELY, None)
    assert found.candidates[0].reasons_against[0].code == "phone_differs"


def test_a_typing_error_does_not_turn_one_listed_person_into_another() -> None:
    found = only(people({"name": "张玮"}, {"name": "张伟"}, *CROWD), shown("张伟"), BALANCED)
    assert proposed(found) == ["p1"]


def test_two_participants_of_one_rare_name_are_two_devices_of_the_person() -> None:
    result = decide(EXPECTED, shown("张晓明-华泰", "张晓明-华泰"), policy=BALANCED)
    assert [(one.tier, one.person_id) for one in result.decisions] == [(Tier.CERTAIN, "p0")] * 2
    assert "also_shown_by_others" in codes(result.decisions[0])


def test_two_participants_of_one_common_name_among_strangers_do_not_both_become_the_person() -> None:
    came = shown("张伟", "张伟", *STRANGERS)
    result = decide(people({"name": "张伟"}, *CROWD), came, policy=BALANCED)
    assert [(one.tier, one.person_id, proposed(one)) for one in result.decisions[:2]] == [
        (Tier.LIKELY, None, ["p0"])
    ] * 2
    assert "also_shown_by_others" in codes(result.decisions[0])


def test_a_common_name_among_strangers_does_not_take_a_person_whom_a_key_has_found() -> None:
    expected = people({"name": "张伟", "userid": "u"}, *CROWD)
    came = arrivals({"userid": "u"}, {"shown": "张伟"}, *({"shown": name} for name in STRANGERS))
    result = decide(expected, came, policy=BALANCED)
    assert [(one.tier, one.person_id) for one in result.decisions[:2]] == [
        (Tier.CERTAIN, "p0"),
        (Tier.LIKELY, None),
    ]
    assert "already_here" in codes(result.decisions[1])


@pytest.mark.parametrize("written", ["张晓明&李国强", "张晓明、李国强", "张晓明和李国强", "张晓明/李国强"])
def test_two_people_in_one_name_are_a_proposal_of_both(written: str) -> None:
    found = only(people(ZHANG, {"name": "李国强"}, *CROWD), shown(written), BALANCED)
    assert (found.tier, found.person_id, sorted(proposed(found))) == (Tier.LIKELY, None, ["p0", "p1"])
    assert "two_people" in codes(found)


def test_two_people_of_whom_one_is_listed_are_left_to_a_human() -> None:
    found = only(EXPECTED, shown("张晓明&欧阳建国"), BALANCED)
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0"])


def test_several_displayed_names_of_one_participant_are_read_together() -> None:
    came = arrivals({"names": ("iPhone", "张总", "张晓明")})
    assert only(EXPECTED, came, BALANCED).person_id == "p0"


def test_names_of_two_people_shown_one_after_the_other_decide_nothing() -> None:
    came = arrivals({"names": ("张晓明", "李国强")})
    found = only(people(ZHANG, {"name": "李国强"}, *CROWD), came, BALANCED)
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, ["p0", "p1"])


def test_candidates_are_not_limited_to_people_with_an_invitation() -> None:
    expected = people({"name": "李国强", "tag": "t", "userid": "u"}, {"name": "张晓明"})
    assert proposed(only(expected, shown("张晓明"))) == ["p1"]


def test_a_shared_phone_leans_towards_those_who_share_it() -> None:
    expected = people({"name": "张晓明", "phone_key": "k"}, {"name": "李国强", "phone_key": "k"}, *CROWD)
    found = only(expected, arrivals({"app_phone_key": "k", "shown": "张总"}))
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0", "p1"])


def test_a_name_too_common_proposes_nobody_but_says_so() -> None:
    found = only(listed(*["张伟"] * 200), shown("张伟"))
    assert (found.tier, found.candidates, codes(found)) == (Tier.NONE, (), ["crowd"])


def test_a_company_finds_the_one_in_a_crowd() -> None:
    expected = people({"name": "张伟", "company": "华泰证券"}, *[{"name": "张伟", "company": "甲"}] * 200)
    assert proposed(only(expected, shown("张伟-华泰"))) == ["p0"]


def test_no_more_candidates_than_the_policy_allows_and_the_rest_is_counted() -> None:
    found = only(listed(*["张晓明"] * 20), shown("张晓明"))
    assert len(found.candidates) == STRICT.most_candidates
    assert dict(found.evidence[-2].params) == {"more": 20 - STRICT.most_candidates}


def test_an_unlisted_host_or_robot_is_ignored_but_a_listed_host_is_proposed() -> None:
    came = arrivals(
        {"shown": "王主持", "is_host": True},
        {"shown": "内部同事", "is_staff": True},
        {"shown": "录制机器人"},
        {"shown": "张晓明", "is_host": True},
    )
    result = decide(EXPECTED, came)
    assert [(one.tier, codes(one)[0]) for one in result.decisions] == [
        (Tier.IGNORED, "is_host"),
        (Tier.IGNORED, "is_staff"),
        (Tier.IGNORED, "robot"),
        (Tier.LIKELY, "names_only_propose"),
    ]


def test_a_rejected_name_gives_way_to_the_other_bearer() -> None:
    found = only(
        people({"name": "张晓明"}, {"name": "张晓明"}, *CROWD),
        shown("张晓明"),
        BALANCED,
        Earlier(rejected={("a0", "p0")}),
    )
    assert (proposed(found), "rejected_name" in codes(found)) == (["p1"], True)


def test_evidence_never_holds_more_of_a_phone_than_its_ending() -> None:
    found = only(EXPECTED, shown("张晓明13800000001"))
    assert "13800000001" not in repr(found)
    assert "phone_agrees" in {reason.code for reason in found.candidates[0].reasons_for}


def test_every_participant_has_a_decision_even_without_a_list() -> None:
    result = decide(People(id=[], name=[]), shown("张晓明", "iPhone"), policy=BALANCED)
    assert [one.tier for one in result.decisions] == [Tier.NONE, Tier.NONE]


def test_counts_and_version_come_with_the_decisions() -> None:
    result = decide(EXPECTED, shown("张晓明", "iPhone"))
    assert (result.counts[Tier.LIKELY], result.counts[Tier.NONE], sum(result.counts.values())) == (1, 1, 2)
    assert (result.policy_version, STRICT.version) == ("strict-4", "strict-4")


def odds(sums: list[float], free: int) -> float:
    """Give the odds of a given free person before the name is seen."""
    return prior(sums, free, STRICT, STRICT.walk_ins, len(sums))[0].odds


def confidence(decision: Decision) -> float:
    """Give the weight of the best candidate."""
    return decision.candidates[0].weight


def test_the_rarer_the_name_the_surer_the_proposal() -> None:
    expected = people({"name": "王伟"}, {"name": "郗墨涵"}, *CROWD * 40)
    common, rare = decide(expected, shown("王伟", "郗墨涵")).decisions
    assert confidence(common) < confidence(rare)


def test_the_more_people_are_still_missing_the_less_a_name_says() -> None:
    few, many = (odds([100.0, 52.0, 0.0], free) for free in (10, 1_000))
    assert 0 < many < few / 50


def test_strangers_in_a_meeting_make_every_name_less_sure() -> None:
    known, mixed = (odds([1e6] * 20 + [0.0] * strangers, 100) for strangers in (0, 200))
    assert mixed < known / 10


def test_device_names_say_nothing_of_how_many_strangers_came() -> None:
    alone, among_devices = (only(EXPECTED, shown("张晓鹏", *["iPhone"] * times)) for times in (0, 50))
    assert confidence(alone) == confidence(among_devices)


def test_a_policy_that_expects_names_to_repeat_trusts_them_less() -> None:
    wary = replace(STRICT, clumping=30.0)
    trusting, doubting = (only(EXPECTED, shown("张晓明"), policy) for policy in (STRICT, wary))
    assert confidence(doubting) < confidence(trusting)


@pytest.mark.parametrize("written", ["张晓明助理", "张晓明的秘书", "代张晓明", "李国强 代 张晓明", "张晓明家属"])
def test_who_sits_in_for_somebody_is_left_to_a_human(written: str) -> None:
    assert only(EXPECTED, shown(written), BALANCED).tier is not Tier.CERTAIN


def test_an_assistant_by_title_is_no_stand_in() -> None:
    expected = people({"name": "张晓明", "title": "总经理助理"}, *CROWD)
    assert only(expected, shown("张晓明 总经理助理"), BALANCED).person_id == "p0"


def test_a_second_name_nobody_listed_carries_makes_it_a_proposal() -> None:
    found = only(EXPECTED, shown("张晓明 欧思航"), BALANCED)
    assert found.tier is not Tier.CERTAIN


@pytest.mark.parametrize("written", ["Xiaoming, Zhang Wang", "Zhang Xiaoming Liu", "LIU Zhangxiaoming"])
def test_pinyin_that_leaves_a_syllable_over_names_nobody(written: str) -> None:
    assert only(EXPECTED, shown(written), BALANCED).tier is not Tier.CERTAIN


def test_digits_alone_propose_but_do_not_decide() -> None:
    found = only(EXPECTED, shown("阳光0001"), BALANCED)
    assert found.tier is not Tier.CERTAIN


@pytest.mark.parametrize("written", ["13800000001", "138****0001", "+86 138 0000 0001", "138-0000-0001"])
def test_a_number_shown_as_name_decides_for_the_one_who_has_it(written: str) -> None:
    others = [{**each, "phone_head": f"{131 + at}"} for at, each in enumerate(CROWD)]
    expected = people({**ZHANG, "phone_head": "138"}, *others)
    found = only(expected, shown(written, *STRANGERS[:60]), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")
    assert ("number_agrees", (("head", "138"), ("tail", "0001"))) in told(found.candidates[0].reasons_for)
    assert only(expected, shown(written), STRICT).tier is Tier.LIKELY


def test_the_beginning_of_a_number_weighs_by_how_few_phones_of_the_list_begin_so() -> None:
    weights = []
    for others in (["138"], ["138", "139"], ["139"]):
        many = [{"name": "李国强", "phone_head": others[at % len(others)], "phone_tail": f"{at + 2:04}"} for at in range(200)]
        found = only(people({**ZHANG, "phone_head": "138"}, *many), shown("138****0001", *STRANGERS), BALANCED)
        (weight,) = [one.weight for one in found.candidates[0].reasons_for if one.code == "number_agrees"]
        weights.append(weight)
    assert weights == sorted(weights)
    assert weights[0] == pytest.approx(log(BALANCED.clues.phone_hit), abs=0.2)
    assert weights[2] > weights[1] + 2


@pytest.mark.parametrize("written", ["13900000001", "139****0001"])
def test_a_number_that_only_ends_alike_leads_nowhere(written: str) -> None:
    assert proposed(only(people({**ZHANG, "phone_head": "138"}, *CROWD), shown(written), BALANCED)) == []


def test_a_number_that_begins_otherwise_speaks_against_the_name_beside_it() -> None:
    twins = people({**ZHANG, "phone_head": "139", "phone_key": "k"}, {**ZHANG, "phone_head": "138", "phone_key": "l"})
    found = only(twins, shown("张晓明 138****0001"), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p1")
    assert "number_differs" in {reason.code for reason in found.candidates[1].reasons_against}


def test_a_number_of_two_people_decides_for_neither() -> None:
    expected = people({**ZHANG, "phone_head": "138"}, {"name": "李国强", "phone_head": "138", "phone_tail": "0001"}, *CROWD)
    found = only(expected, shown("13800000001"), BALANCED)
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, ["p0", "p1"])


@pytest.mark.parametrize("written", ["买买提.沙吾提", "买买提 沙吾提", "买买提·沙吾提", "泰康-买买提 沙吾提", "买买提沙吾提"])
def test_a_name_with_a_dot_or_a_blank_in_it_is_found(written: str) -> None:
    found = only(people({"name": "买买提·沙吾提"}, *CROWD), shown(written), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def test_a_place_beside_a_name_is_no_person_even_if_somebody_is_called_so() -> None:
    expected = people({"name": "宁波"}, {"name": "何红奎"}, *CROWD)
    beside, alone = decide(expected, shown("宁波-何红奎", "宁波"), policy=BALANCED).decisions
    assert (beside.person_id, proposed(beside), alone.person_id) == ("p1", ["p1"], "p0")


@pytest.mark.parametrize("written", ["中国银行+张晓明", "安信+张晓明"])
def test_a_company_and_a_name_are_not_two_people(written: str) -> None:
    expected = people({"name": "张晓明"}, {"name": "李国强", "company": "安信证券"}, *CROWD)
    assert "two_people" not in codes(only(expected, shown(written), BALANCED))


def test_a_look_alike_does_not_decide_by_its_company_but_by_its_phone() -> None:
    by_company, by_phone = (only(EXPECTED, shown(name), BALANCED) for name in ("张晓鹏-华泰", "张晓鹏 138****0001"))
    assert (by_company.tier, by_phone.tier) == (Tier.LIKELY, Tier.CERTAIN)


def test_a_person_entered_twice_is_one_person() -> None:
    twice = people({"name": "张晓明", "phone_key": "k"}, {"name": "张晓明", "phone_key": "k", "company": "华泰证券"}, *CROWD)
    found = only(twice, shown("张晓明"), BALANCED)
    assert (found.tier, found.person_id, proposed(found)) == (Tier.CERTAIN, "p1", ["p1"])


def test_people_of_one_name_with_other_phones_are_never_one_person() -> None:
    twins = people({"name": "张晓明", "phone_key": "k"}, {"name": "张晓明", "phone_key": "l"}, *CROWD)
    found = only(twins, shown("张晓明"), BALANCED)
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, ["p0", "p1"])


def test_a_person_entered_twice_and_found_by_a_key_is_not_found_again_by_the_other_row() -> None:
    twice = people({"name": "张伟", "phone_key": "k", "userid": "u"}, {"name": "张伟", "phone_key": "k"}, *CROWD)
    came = arrivals({"userid": "u"}, {"shown": "张伟"}, *({"shown": name} for name in STRANGERS))
    assert "already_here" in codes(decide(twice, came, policy=BALANCED).decisions[1])


@pytest.mark.parametrize("company", ["华泰", "华泰证券", "华泰证券研究部", "HTSC 华泰证券"])
def test_a_company_agrees_however_it_is_shortened(company: str) -> None:
    first = only(EXPECTED, shown(f"{company}-张晓明")).candidates[0]
    assert "company_agrees" in {reason.code for reason in first.reasons_for}


@pytest.mark.parametrize(
    ("listed_as", "written"),
    [("招商银行股份有限公司", "招行"), ("交行", "交通银行股份有限公司"), ("中国建设银行股份有限公司", "建设银行"),
     ("博时基金管理有限公司", "博时基金"), ("中南大学湘雅医院", "湘雅"), ("武汉康辰投资管理有限公司", "康辰"),
     ("四川大学华西医院", "华西医院"), ("绍兴市第二人民医院", "二院"), ("全国社会保障基金理事会", "社保基金")],
)  # fmt: skip
def test_a_company_is_known_by_its_short_names(listed_as: str, written: str) -> None:
    first = only(people({"name": "张晓明", "company": listed_as}, *CROWD), shown(f"{written}-张晓明")).candidates[0]
    assert "company_agrees" in {reason.code for reason in first.reasons_for}


@pytest.mark.parametrize(
    ("cell", "written"),
    [("陆嘉曦（女）", "陆嘉曦"), ("张发(新)", "张发"), ("陆嘉曦", "陆嘉曦（女）"), ("艾力.塔依尔", "艾力·塔依尔"),
     ("艾力.塔依尔", "艾力 塔依尔"), ("研究部.陆嘉曦", "陆嘉曦"), ("刘金龙 Liu", "刘金龙"), ("陆嘉曦 Lucy Lu", "Lucy Lu"),
     ("陆嘉曦", "1班陆嘉曦"), ("陆嘉曦", "软工2203班陆嘉曦"), ("陆嘉曦", "18号陆嘉曦"), ("陆嘉曦", "陆嘉曦呀"),
     ("陆嘉曦", "陆嘉曦（已改名）")],
)  # fmt: skip
def test_a_name_is_found_through_what_lists_and_people_write_beside_it(cell: str, written: str) -> None:
    found = only(people({"name": cell}, *CROWD), shown(written), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


@pytest.mark.parametrize(
    ("cell", "written"),
    [("刘金龙 Liu", "Liu Najun"), ("刘金龙 Liu", "Wei Liu"), ("陆嘉曦 Lucy", "Lucy"), ("艾力.塔依尔", "艾力部长"),
     ("库尔班.买买提", "买买提·努尔买买提"), ("艾力.阿里木", "艾力 艾尼瓦尔")],
)  # fmt: skip
def test_a_half_of_a_name_or_a_word_beside_it_is_not_the_name(cell: str, written: str) -> None:
    assert only(people({"name": cell}, *CROWD), shown(written), BALANCED).tier is not Tier.CERTAIN


@pytest.mark.parametrize("title", ["会计", "投资者关系", "三级主管", "合伙管理人"])
def test_the_own_title_is_no_other_company(title: str) -> None:
    expected = people({"name": "张晓明", "company": "启润科技", "title": title}, *CROWD)
    first = only(expected, shown(f"张晓明 {title}")).candidates[0]
    assert [reason.code for reason in (*first.reasons_for, *first.reasons_against) if "company" in reason.code] == []
    assert "title_agrees" in {reason.code for reason in first.reasons_for}


def test_a_title_is_not_taken_for_the_company_that_has_the_word_in_its_name() -> None:
    first = only(people({"name": "许昊达", "company": "君泽律所"}, *CROWD), shown("许昊达律师")).candidates[0]
    assert "company_agrees" not in {reason.code for reason in first.reasons_for}


def test_a_phone_that_is_anothers_keeps_a_name_from_deciding() -> None:
    expected = people({**ZHANG, "name": "郗墨涵"}, *CROWD)
    found = only(expected, shown("郗墨涵-尾号5731"), BALANCED)
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0"])


def test_a_surname_beside_the_company_proposes_and_does_not_decide() -> None:
    found = only(people({"name": "祝丽秋", "company": "启润资产"}, *CROWD), shown("启润资产-祝总", "祝国芳"), BALANCED)
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0"])


def test_a_listed_name_that_strangers_more_likely_carry_is_not_said_to_be_missing_from_the_list() -> None:
    found = only(people({"name": "王伟"}, *CROWD), shown("王伟", *STRANGERS), replace(BALANCED, propose=0.99))
    assert (found.tier, codes(found)) == (Tier.NONE, ["too_unlikely"])


@pytest.mark.parametrize("written", ["启润资产-祝女士", "启润资产祝女士", "启润资产祝总", "启润资产祝女士（北京）"])
def test_who_is_addressed_beside_a_company_is_found_by_both(written: str) -> None:
    listed_as = {"name": "祝丽秋", "company": "上海启润资产管理有限公司"}
    expected = people(listed_as, {"name": "祝国芳", "company": "华泰证券"}, *CROWD)
    found = only(expected, shown(written, *STRANGERS[:60]), BALANCED)
    assert (found.tier, proposed(found)[0]) == (Tier.LIKELY, "p0")
    assert {"name_surname", "company_agrees"} <= {reason.code for reason in found.candidates[0].reasons_for}


@pytest.mark.parametrize(
    ("listed_as", "written"),
    [("字节跳动科技有限公司", "字节"), ("中信建投证券", "中信"), ("青岛市中心医院", "中心医院"), ("江苏省人民医院", "人民医院"),
     ("洛阳市妇幼保健院", "洛阳妇幼"), ("启润科技", "科技")],
)  # fmt: skip
def test_what_may_be_the_company_or_another_says_nothing(listed_as: str, written: str) -> None:
    first = only(people({"name": "张晓明", "company": listed_as}, *CROWD), shown(f"{written}-张晓明")).candidates[0]
    assert not {"company_agrees", "company_differs", "company_unlike"} & {
        reason.code for reason in (*first.reasons_for, *first.reasons_against)
    }


@pytest.mark.parametrize("written", ["中信证券分析师张晓明", "张晓明研究部", "交通银行股份有限公司张晓明产品部"])
def test_a_name_glued_to_what_stands_beside_it_is_found(written: str) -> None:
    assert proposed(only(EXPECTED, shown(written))) == ["p0"]
