"""The traps others fell into, each by its name, as far as the matching core can fall into them."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.matching import BALANCED, STRICT, Earlier, Key, Policy, Tier, decide
from tests.matching.meetings import Row, arrivals, codes, listed, only, people, proposed, shown
from tests.matching.test_laws import LISTS, POLICIES, ROOMS
from tests.matching.test_naming import CROWD, STRANGERS

# Sixty people written with the characters most names are written with, so that any common name can be told from a word.
FAMILIES, GIVEN = "王李张刘陈杨赵黄周吴", ("巧云", "小琴", "国强", "飞", "丽娜", "建华")
NATURAL = [{"name": family + given} for family in FAMILIES for given in GIVEN]

# The keys that can change hands: a column of the list and one of the participants.
HANDED_ON = [
    ({"tag": "t"}, {"tags": ("t",)}),
    ({"enroll_id": "e"}, {"enroll_id": "e"}),
    ({"phone_hashes": ("AB",)}, {"phone_hash": "AB"}),
    ({"phone_key": "k"}, {"app_phone_key": "k"}),
]
LOGINS = [({"userid": "u"}, {"userid": "u"}), ({"open_id": "o"}, {"open_id": "o"})]


# Twins on a list


@pytest.mark.parametrize("column", ["phone_hashes", "phone_key"])
def test_twins_with_different_phones_are_never_one_person_however_alike_the_rest_is(column: str) -> None:
    same = {"name": "张晓明", "company": "华泰证券", "title": "经理", "phone_tail": "0001"}
    twins = [{**same, column: ("AA",)}, {**same, column: ("BB",)}]
    for policy in (STRICT, BALANCED):
        found = only(people(*twins, *CROWD), shown("张晓明-华泰证券"), policy)
        assert (found.tier, found.person_id, sorted(proposed(found))) == (Tier.LIKELY, None, ["p0", "p1"])


def test_a_key_of_one_twin_leaves_the_other_free() -> None:
    twins = people({"name": "张晓明", "userid": "u", "phone_key": "k"}, {"name": "张晓明", "phone_key": "l"}, *CROWD)
    room = arrivals({"userid": "u"}, {"shown": "张晓明"}, *({"shown": row["name"]} for row in CROWD))
    by_key, by_name = decide(twins, room, policy=BALANCED).decisions[:2]
    assert (by_key.person_id, proposed(by_name)) == ("p0", ["p1", "p0"])


# Look-alike names of different people


@pytest.mark.parametrize("written", ["张小明", "张晓鸣", "张晓朋", "章晓明"])
def test_a_look_alike_name_never_takes_the_person(written: str) -> None:
    assert only(people({"name": "张晓明"}, *CROWD), shown(written), BALANCED).person_id is None


def test_look_alikes_who_are_both_listed_each_stay_themselves() -> None:
    decided = decide(people({"name": "张晓明"}, {"name": "张小明"}, *CROWD), shown("张小明", "张晓明"), policy=BALANCED)
    assert [one.person_id for one in decided.decisions] == ["p1", "p0"]


@pytest.mark.parametrize("written", ["Yanying Xia", "Xia Yanying", "yanyingxia", "YANYING XIA"])
@pytest.mark.parametrize("around", [CROWD, NATURAL])
def test_a_syllable_left_over_makes_it_another_name(written: str, around: list[Row]) -> None:
    found = only(people({"name": "晏莹"}, *around), shown(written), BALANCED)
    assert (found.person_id, "p0" in proposed(found)) == (None, False)


@pytest.mark.parametrize("written", ["liyou", "Li You", "youli"])
def test_a_word_that_could_be_either_of_two_listed_names_decides_for_neither(written: str) -> None:
    found = only(people({"name": "游丽"}, {"name": "李友"}, *NATURAL), shown(written), BALANCED)
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, ["p0", "p1"])


@pytest.mark.parametrize("written", ["liyou", "Li You", "LI You"])
def test_a_word_that_is_rather_a_name_nobody_listed_carries_does_not_decide_for_a_listed_one(written: str) -> None:
    found = only(people({"name": "游丽"}, *NATURAL), shown(written, *STRANGERS), BALANCED)
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0"])


def test_a_name_in_one_word_begins_with_the_surname_rather_than_ends_with_it() -> None:
    expected = people({"name": "游丽"}, {"name": "李友"}, *NATURAL)
    in_one, in_two = (only(expected, shown(written)) for written in ("liyou", "Li You"))
    assert proposed(in_one) == ["p1", "p0"]
    assert in_one.candidates[0].weight > in_two.candidates[0].weight


def test_pinyin_is_cut_into_surname_and_given_name_between_its_words() -> None:
    expected = people({"name": "凌秋梅"}, {"name": "邱美玲"}, *CROWD)
    assert proposed(only(expected, shown("QIU, Meiling"))) == ["p1"]
    assert proposed(only(people({"name": "凌秋梅"}, *CROWD), shown("QIU, Meiling"))) == []
    assert proposed(only(people({"name": "凌秋梅"}, *CROWD), shown("Qiumei Ling"))) == ["p0"]


# A hash shared by many


def test_a_hash_shared_by_many_speaks_neither_for_its_owner_nor_against_the_names_shown() -> None:
    expected = people({"name": "张晓明", "phone_hashes": ("AB",)}, {"name": "李国强"}, *CROWD)
    room = arrivals(*({"phone_hash": "AB", "shown": name} for name in ("李国强", "张晓明", *["iPhone"] * 80)))
    decided = decide(expected, room, policy=BALANCED).decisions
    assert [(one.tier, one.person_id, one.key) for one in decided[:2]] == [
        (Tier.CERTAIN, "p1", Key.NAME),
        (Tier.CERTAIN, "p0", Key.NAME),
    ]
    assert {one.tier for one in decided[2:]} == {Tier.NONE}


# The pool of candidates limited to those who were invited or who clicked; a click counted as presence


def test_somebody_without_link_registration_or_account_is_found_like_anybody_else() -> None:
    invited = [{**row, "tag": f"t{at}", "userid": f"u{at}", "enroll_id": f"e{at}"} for at, row in enumerate(CROWD)]
    assert only(people({"name": "张晓明"}, *invited), shown("张晓明"), BALANCED).person_id == "p0"


def test_a_link_nobody_came_by_makes_nobody_present() -> None:
    expected = people({"name": "张晓明", "tag": "t"}, {"name": "李国强", "tag": "s"})
    result = decide(expected, arrivals({"tags": ("s",)}), policy=BALANCED)
    assert [one.person_id for one in result.decisions] == ["p1"]
    assert decide(expected, arrivals(), policy=BALANCED).decisions == ()


# Two people on one link


def test_a_link_two_people_used_gives_its_owner_to_neither_not_even_to_the_one_of_that_name() -> None:
    expected = people({"name": "张晓明", "tag": "t"}, {"name": "李国强"}, *CROWD)
    room = arrivals({"tags": ("t",), "shown": "张晓明"}, {"tags": ("t",), "shown": "李国强"})
    assert [(one.tier, one.person_id) for one in decide(expected, room, policy=BALANCED).decisions] == [
        (Tier.CONFLICT, None)
    ] * 2


# A key against the name that is shown


@pytest.mark.parametrize(("person", "arrival"), HANDED_ON)
@pytest.mark.parametrize("written", ["李国强", "华泰-李国强", "李国强 经理", "欧阳建国"])
@pytest.mark.parametrize("around", [CROWD, NATURAL])
def test_a_key_that_can_be_handed_on_is_a_conflict_under_a_wholly_different_name(
    person: Row, arrival: Row, written: str, around: list[Row]
) -> None:
    found = only(people({"name": "张文高", **person}, *around), arrivals({**arrival, "shown": written}), BALANCED)
    shown = [f"p{row}" for row, each in enumerate(around, start=1) if str(each["name"]) in written]
    assert (found.tier, found.person_id, proposed(found)) == (Tier.CONFLICT, None, [*shown, "p0"])
    assert codes(found)[0] == ("name_of_other" if shown else "name_of_stranger")


def test_the_one_whose_name_is_shown_goes_before_the_one_whose_key_it_is() -> None:
    expected = people({"name": "张文高", "enroll_id": "e"}, {"name": "叶三风"}, *NATURAL)
    found = only(expected, arrivals({"enroll_id": "e", "shown": "华泰-叶三风"}), BALANCED)
    assert (found.tier, proposed(found)) == (Tier.CONFLICT, ["p1", "p0"])
    ruled_out = only(expected, arrivals({"enroll_id": "e", "shown": "叶三风"}), BALANCED, Earlier(rejected={("a0", "p1")}))
    assert (ruled_out.tier, proposed(ruled_out)) == (Tier.CONFLICT, ["p0"])


def test_of_keys_that_disagree_the_one_that_fits_the_name_goes_first_and_then_the_surer() -> None:
    expected = people({"name": "张文高", "enroll_id": "e"}, {"name": "叶三风", "userid": "u"}, *NATURAL)
    by_name, by_key = (
        only(expected, arrivals({"enroll_id": "e", "userid": "u", "shown": written})) for written in ("张文高", "iPhone")
    )
    assert (proposed(by_name), proposed(by_key)) == (["p0", "p1"], ["p1", "p0"])


def test_a_key_that_can_be_handed_on_is_a_conflict_under_the_pinyin_of_somebody_listed() -> None:
    expected = people({"name": "张文高", "phone_hashes": ("AB",)}, *NATURAL)
    found = only(expected, arrivals({"phone_hash": "AB", "shown": "Li Guoqiang"}), BALANCED)
    assert (found.tier, codes(found)[0]) == (Tier.CONFLICT, "name_of_other")


@pytest.mark.parametrize(("person", "arrival"), HANDED_ON)
@pytest.mark.parametrize(
    "written", ["文高", "张文", "张文皋", "小张", "张总", "静水流深", "云淡风轻", "iPhone", "James"]
)
def test_a_key_decides_under_a_given_name_a_nickname_or_a_device(person: Row, arrival: Row, written: str) -> None:
    found = only(people({"name": "张文高", **person}, *NATURAL), arrivals({**arrival, "shown": written}), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


@pytest.mark.parametrize(("person", "arrival"), HANDED_ON)
def test_a_name_that_begins_like_the_own_one_is_somebody_elses(person: Row, arrival: Row) -> None:
    expected = people({"name": "张文", **person}, {"name": "张文高"}, *CROWD)
    found = only(expected, arrivals({**arrival, "shown": "张文高"}), BALANCED)
    assert (found.tier, proposed(found), codes(found)[0]) == (Tier.CONFLICT, ["p1", "p0"], "name_of_other")


@pytest.mark.parametrize(("person", "arrival"), HANDED_ON)
def test_the_own_name_shown_twice_is_one_person(person: Row, arrival: Row) -> None:
    found = only(people({"name": "张文高", **person}, *CROWD), arrivals({**arrival, "shown": "张文高（张文高）"}), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


@pytest.mark.parametrize(("person", "arrival"), LOGINS)
def test_a_login_decides_under_any_name(person: Row, arrival: Row) -> None:
    found = only(people({"name": "张文高", **person}, *CROWD), arrivals({**arrival, "shown": "李国强"}), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


@pytest.mark.parametrize(
    ("written", "tier"),
    [("文高", Tier.CERTAIN), ("静水流深", Tier.CERTAIN), ("李国强", Tier.CONFLICT), ("甘展鸿", Tier.CONFLICT)],
)
def test_two_keys_that_can_be_handed_on_together_do_not_outweigh_somebody_elses_name(written: str, tier: Tier) -> None:
    expected = people({"name": "张文高", "tag": "t", "phone_hashes": ("AB",)}, *CROWD)
    found = only(expected, arrivals({"tags": ("t",), "phone_hash": "AB", "shown": written}), BALANCED)
    assert (found.tier, found.candidates[0].person_id) == (tier, "p0")


@pytest.mark.parametrize("policy", [STRICT, BALANCED])
@pytest.mark.parametrize(("person", "arrival"), [*HANDED_ON, *LOGINS])
@pytest.mark.parametrize("written", ["张文高和李国强", "张文高&李芳", "张文高 甘展鸿", "华泰证券-李国强/张文高"])
def test_two_people_under_a_key_are_a_proposal_of_both(person: Row, arrival: Row, written: str, policy: Policy) -> None:
    expected = people({"name": "张文高", **person}, {"name": "李国强"}, *CROWD)
    found = only(expected, arrivals({**arrival, "shown": written}), policy)
    assert (found.tier, found.candidates[0].person_id, codes(found)[0]) == (Tier.CONFLICT, "p0", "two_people")
    assert ("p1" in [one.person_id for one in found.candidates]) == ("李国强" in written)


@pytest.mark.parametrize(("person", "arrival"), HANDED_ON)
@pytest.mark.parametrize(
    "written",
    ["张文高", "张文高 平安", "华泰证券-张文高", "张文高总经理", "张文高(北京)", "张文高/销售部", "方正 张文高", "张文高&华泰",
     "张文高的iPhone"],
)
def test_a_company_a_place_or_a_title_under_a_key_is_no_second_person(person: Row, arrival: Row, written: str) -> None:
    found = only(people({"name": "张文高", **person}, *CROWD), arrivals({**arrival, "shown": written}), STRICT)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


# Somebody else may sit there


@pytest.mark.parametrize(
    "written",
    ["张晓明助理", "张晓明的助理", "助理张晓明", "张晓明秘书", "华泰-张晓明秘书", "张晓明家属", "张晓明-代参会", "张晓明（替会）",
     "张晓明 代听", "李国强代张晓明"],
)  # fmt: skip
def test_an_assistant_or_a_stand_in_beside_a_name_only_proposes(written: str) -> None:
    found = only(people({"name": "张晓明"}, *CROWD), shown(written), BALANCED)
    assert (found.tier, found.person_id, proposed(found)) == (Tier.LIKELY, None, ["p0"])
    assert "stands_in" in codes(found)


@pytest.mark.parametrize(("person", "arrival"), HANDED_ON)
@pytest.mark.parametrize("written", ["张晓明助理", "张总秘书", "张晓明-代参会", "李国强代张晓明"])
def test_a_key_that_can_be_handed_on_is_a_conflict_where_the_name_says_that_somebody_stands_in(
    person: Row, arrival: Row, written: str
) -> None:
    for policy in (STRICT, BALANCED):
        found = only(people({"name": "张晓明", **person}, {"name": "王芳"}), arrivals({**arrival, "shown": written}), policy)
        assert (found.tier, found.person_id, proposed(found)) == (Tier.CONFLICT, None, ["p0"])
        assert "stands_in" in codes(found)


def test_nor_do_two_keys_that_can_be_handed_on_speak_for_whom_somebody_stands_in_for() -> None:
    both = {"enroll_id": "e", "phone_key": "k"}
    came = {"enroll_id": "e", "app_phone_key": "k", "shown": "张晓明（秘书）"}
    found = only(people({"name": "张晓明", **both}), arrivals(came))
    assert (found.tier, proposed(found)) == (Tier.CONFLICT, ["p0"])


def test_an_assistant_with_a_key_of_their_own_is_who_the_key_says() -> None:
    expected = people({"name": "张晓明", "enroll_id": "e", "title": "总经理助理"}, {"name": "李国强", "enroll_id": "f"})
    room = arrivals({"enroll_id": "e", "shown": "张晓明 总经理助理"}, {"enroll_id": "f", "shown": "王总助理"})
    assert [one.person_id for one in decide(expected, room, policy=STRICT).decisions] == ["p0", "p1"]


@pytest.mark.parametrize("written", ["代张晓明", "张晓明代", "张晓明（代）", "替张晓明", "代 张晓明"])
def test_a_name_with_a_sign_for_standing_in_never_decides(written: str) -> None:
    assert only(people({"name": "张晓明"}, *CROWD), shown(written), BALANCED).person_id is None


def test_somebody_whose_own_name_holds_the_sign_for_standing_in_is_no_stand_in() -> None:
    assert only(people({"name": "代晓明"}, *CROWD), shown("代晓明"), BALANCED).person_id == "p0"


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [("叶三风", "叶三风 姚巧飞", "叶三风、姚巧飞"), ("叶三风", "姚巧飞 叶三风", "叶三风、姚巧飞"),
     ("何荣", "何荣/文小琴", "何荣、文小琴"), ("何荣", "何荣 文小琴", "何荣、文小琴")],
)  # fmt: skip
def test_a_second_person_nobody_listed_in_the_name_only_proposes(name: str, written: str, said: str) -> None:
    found = only(people({"name": name}, *NATURAL), shown(written), BALANCED)
    assert (found.tier, found.person_id, proposed(found)) == (Tier.LIKELY, None, ["p0"])
    assert ("two_people", (("said", said),), 0.0) in found.evidence


# A decision forgotten the next time, and one that does not stay


@given(LISTS, ROOMS, POLICIES)
def test_what_a_human_decided_stays_whatever_keys_and_names_say(
    expected: list[Row], came: list[Row], policy: Policy
) -> None:
    room = [{"names": ("张三",)}, {"names": ("李四",)}, {"names": ("张伟",)}, *came]
    names = [{"name": "无名氏"}, *expected]
    said = Earlier(confirmed={"a0": "p0"}, ignored={"a1"}, unlisted={"a2"})
    decided = decide(people(*names), arrivals(*room), said, policy).decisions[:3]
    assert [(one.tier, one.person_id, one.key, one.confidence) for one in decided] == [
        (Tier.CERTAIN, "p0", Key.HUMAN, 1.0),
        (Tier.IGNORED, None, Key.HUMAN, 1.0),
        (Tier.NONE, None, Key.HUMAN, 1.0),
    ]


def test_somebody_remembered_is_found_under_the_name_of_a_stranger_too() -> None:
    earlier = Earlier(remembered={"a0": "p0"})
    found = only(people({"name": "张晓明"}, *CROWD), shown("静水流深"), BALANCED, earlier)
    assert (found.tier, found.person_id, found.key) == (Tier.CERTAIN, "p0", Key.REMEMBERED)
    assert found.confidence == pytest.approx(BALANCED.sure[Key.REMEMBERED])


# An unknown joiner hidden


def test_somebody_unknown_stays_visible_as_a_walk_in_with_a_reason() -> None:
    result = decide(people({"name": "张晓明"}, *CROWD), shown("欧阳建国", "iPhone", "", "???"), policy=BALANCED)
    assert [one.tier for one in result.decisions] == [Tier.NONE] * 4
    assert [codes(one)[0] for one in result.decisions] == ["nobody_listed", "device_name", "device_name", "device_name"]


# Nobody is given twice, and strangers to a case change nothing


@given(LISTS, ROOMS, POLICIES)
def test_nobody_is_given_twice_by_name_without_saying_so(expected: list[Row], came: list[Row], policy: Policy) -> None:
    given_to = defaultdict(list)
    for one in decide(people(*expected), arrivals(*came), policy=policy).decisions:
        if one.person_id is not None:
            given_to[one.person_id].append(one)
    for several in given_to.values():
        by_name = [one for one in several if one.key is Key.NAME]
        if len(several) > 1:
            assert all({"also_shown_by_others", "already_here"} & set(codes(one)) for one in by_name)


@given(
    st.lists(st.sampled_from(NATURAL), min_size=1, max_size=6), st.sampled_from(["郗墨涵", "Olga Petrova", "慕容雪"])
)
def test_an_unrelated_person_changes_neither_tier_nor_person_of_anybody(came: list[Row], name: str) -> None:
    room = shown(*(str(row["name"]) for row in came))
    before, after = (decide(people(*NATURAL, *more), room, policy=BALANCED) for more in ([], [{"name": name}]))
    assert [one[:4] for one in before.decisions] == [one[:4] for one in after.decisions]


def test_a_list_of_one_is_no_reason_to_find_that_person() -> None:
    assert only(listed("张晓明"), shown("李国强"), BALANCED).tier is Tier.NONE


@pytest.mark.parametrize("beside", ["王丽的iPhone", "王丽 高工"])
def test_a_form_of_address_or_an_owner_is_no_second_person(beside: str) -> None:
    crowd = listed("王丽", "高志远", "高明", "李强", "张伟", "刘洋", "陈静", "杨帆")
    assert "two_people" not in codes(only(crowd, shown(beside)))


def test_who_stands_in_is_not_whom_they_stand_in_for() -> None:
    crowd = listed("叶三风", "李国强", "高明", "李强", "张伟", "刘洋", "陈静", "杨帆")
    assert only(crowd, shown("王小明代理叶三风"), BALANCED).tier is not Tier.CERTAIN
