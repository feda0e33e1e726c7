"""When a name under a key that can be handed on is a stranger's, and when it may be the own one or no name at all."""

import pytest

from attendance.matching import BALANCED, Decision, Tier
from tests.matching.meetings import arrivals, codes, only, people, proposed, told
from tests.matching.test_traps import NATURAL


def under_a_phone(written: str, name: str = "张文高") -> Decision:
    """Decide who shows a name and carries somebody's phone, where 高新科技 is a company of the list."""
    expected = people({"name": name, "phone_key": "k"}, {"name": "高晓明", "company": "高新科技"}, *NATURAL)
    return only(expected, arrivals({"app_phone_key": "k", "shown": written}), BALANCED)


@pytest.mark.parametrize("written", ["高新娄佩畅", "娄佩畅高新", "高新科技娄佩畅"])
def test_a_name_written_in_one_with_a_company_of_the_list_is_a_strangers(written: str) -> None:
    found = under_a_phone(written)
    assert (found.tier, told(found.evidence)[0]) == (Tier.CONFLICT, ("name_of_stranger", (("said", "娄佩畅"),)))


@pytest.mark.parametrize("written", ["青松娄佩畅", "娄佩畅青松", "高娄佩畅"])
def test_three_characters_inside_a_longer_text_nobody_knows_are_no_name(written: str) -> None:
    assert under_a_phone(written).tier is Tier.CERTAIN


@pytest.mark.parametrize(
    ("written", "said"),
    [("Lou Peichang", "lou peichang"), ("Gan Zhanhong", "gan zhanhong"), ("Kuang Zhuo", ""), ("Yuchi Jingde", "")],
)
def test_a_name_in_pinyin_is_a_strangers_unless_hardly_anybody_sounds_so(written: str, said: str) -> None:
    found = under_a_phone(written)
    strangers = [dict(one.params)["said"] for one in found.evidence if one.code == "name_of_stranger"]
    assert (found.tier, strangers) == ((Tier.CONFLICT, [said]) if said else (Tier.CERTAIN, []))


@pytest.mark.parametrize(
    ("written", "tier"), [("张文高王丽", Tier.CERTAIN), ("王丽张文高", Tier.CERTAIN), ("张文高和王丽", Tier.CONFLICT)]
)
def test_two_characters_beside_the_own_name_are_a_second_person_only_where_something_joins_them(
    written: str, tier: Tier
) -> None:
    assert under_a_phone(written).tier is tier


@pytest.mark.parametrize("written", ["张文高&姚巧飞", "张文高、姚巧飞", "张文高和姚巧飞", "张文高 姚巧飞"])
def test_two_people_in_a_name_are_told_once(written: str) -> None:
    found = only(people({"name": "张文高"}, *NATURAL), arrivals({"shown": written}), BALANCED)
    assert [one for one in told(found.evidence) if one[0] == "two_people"] == [("two_people", (("said", "张文高、姚巧飞"),))]


@pytest.mark.parametrize("written", ["张文高 江苏", "张文高 顾问", "江苏&张文高", "张文高&苏州", "张文高、江苏省"])
def test_a_place_or_a_title_that_could_be_called_so_is_no_second_person(written: str) -> None:
    common = [{"name": name} for one in "王李张刘陈" for name in (f"{one}问", f"{one}苏", f"顾{one}", f"江{one}")]
    found = only(people({"name": "张文高"}, *common, *NATURAL), arrivals({"shown": written}), BALANCED)
    assert (found.tier, found.person_id, "two_people" in codes(found)) == (Tier.CERTAIN, "p0", False)


@pytest.mark.parametrize("second", ["王二狗", "李铁勺"])
def test_a_second_name_of_three_characters_is_one_though_hardly_anybody_is_called_so(second: str) -> None:
    found = only(people({"name": "张文高"}, *NATURAL), arrivals({"shown": f"张文高 {second}"}), BALANCED)
    assert (found.tier, told(found.evidence)[0]) == (Tier.LIKELY, ("two_people", (("said", f"张文高、{second}"),)))


def test_a_name_with_its_pinyin_is_one_person_though_another_sounds_the_same() -> None:
    found = only(people({"name": "张文高"}, {"name": "章文高"}, *NATURAL), arrivals({"shown": "张文高 Zhang Wengao"}), BALANCED)
    assert (proposed(found)[0], "two_people" in codes(found)) == ("p0", False)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("姚巧飞张文高 叶三风", "叶三风、姚巧飞、张文高"),
        ("江苏&张文高 叶三风", "叶三风、张文高"),
        ("张文高、叶三风&姚巧飞", "张文高、叶三风、姚巧飞"),
    ],
)
def test_all_listed_people_in_one_name_are_told(written: str, said: str) -> None:
    expected = people(*({"name": name} for name in ("张文高", "叶三风", "姚巧飞")), *NATURAL)
    found = only(expected, arrivals({"shown": written}), BALANCED)
    assert (found.tier, told(found.evidence)[0]) == (Tier.LIKELY, ("two_people", (("said", said),)))


@pytest.mark.parametrize(("written", "tier"), [("高新 王巧", Tier.CONFLICT), ("青松 王巧", Tier.CERTAIN)])
def test_a_short_name_beside_a_company_of_the_list_is_a_strangers(written: str, tier: Tier) -> None:
    assert under_a_phone(written).tier is tier
