"""What stands beside a name lets it decide, or not: one clue of enough weight, among however many."""

from dataclasses import replace

import pytest

from attendance.matching import BALANCED, Tier
from tests.matching.meetings import Row, codes, only, people, proposed, shown
from tests.matching.test_naming import CROWD

ROW: Row = {"name": "张晓明", "company": "华泰证券", "place": "北京", "title": "经理", "phone_tail": "0001"}


@pytest.mark.parametrize(
    ("written", "tier"),
    [
        ("晓明-华泰证券-北京", Tier.CERTAIN),
        ("晓明-北京-经理", Tier.CERTAIN),
        ("晓明-经理 0002", Tier.LIKELY),
        ("晓明-经理", Tier.LIKELY),
        ("张小明-华泰证券 0001", Tier.CERTAIN),
        ("张小明-华泰证券-北京", Tier.LIKELY),
    ],
)
def test_a_part_of_a_name_decides_by_its_strongest_clue_among_several(written: str, tier: Tier) -> None:
    found = only(people(ROW, *CROWD), shown(written), BALANCED)
    assert (found.tier, proposed(found)) == (tier, ["p0"])


@pytest.mark.parametrize("written", ["晓明-北京", "晓明-北京-经理"])
@pytest.mark.parametrize(("support", "tier"), [(5.0, Tier.CERTAIN), (5.1, Tier.LIKELY)])
def test_a_clue_of_just_the_weight_the_policy_asks_for_is_enough(written: str, support: float, tier: Tier) -> None:
    assert only(people(ROW, *CROWD), shown(written), replace(BALANCED, support=support)).tier is tier


def test_a_whole_name_needs_no_clue_of_weight() -> None:
    found = only(people(ROW, *CROWD), shown("张晓明-上海-经理"), BALANCED)
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def test_bearers_of_a_name_are_counted_also_where_clues_speak_of_each() -> None:
    twin = {**ROW, "phone_tail": "0003"}
    found = only(people(ROW, twin, *CROWD), shown("张晓明-上海-经理"), BALANCED)
    assert "several_carry_it" in codes(found)


def test_initials_behind_a_spelled_surname_say_more_than_initials_alone() -> None:
    def said(written: str) -> float:
        """Give what the name weighs for 李晓明."""
        return only(people({"name": "李晓明"}, *CROWD), shown(written)).candidates[0].reasons_for[0].weight

    assert said("li xm") == pytest.approx(said("xm li")) != pytest.approx(said("lxm"))


@pytest.mark.parametrize(("written", "finds"), [("华泰证券张总", ["p0"]), ("华泰证券甲总", []), ("甲乙张总", [])])
def test_a_surname_and_a_title_in_one_with_a_company_are_compared_with_it(written: str, finds: list[str]) -> None:
    found = only(people(ROW, *CROWD), shown(written))
    assert proposed(found) == finds
    if finds:
        first = found.candidates[0]
        said = [dict(one.params)["said"] for one in first.reasons_for if one.code == "company_agrees"]
        assert said == ["华泰证券"]
