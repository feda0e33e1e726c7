"""Which piece of a displayed name is the name, and that all the others are compared with the list."""

from math import log

import pytest

from attendance.matching import BALANCED, STRICT, Tier
from tests.matching.meetings import Row, listed, only, people, proposed, shown
from tests.matching.test_naming import CROWD


def reasons(row: Row, written: str) -> list[str]:
    """Give the codes of all reasons of the first candidate."""
    first = only(people(row, *CROWD), shown(written), BALANCED).candidates[0]
    return [one.code for one in (*first.reasons_for, *first.reasons_against)]


@pytest.mark.parametrize(
    ("name", "written", "way"),
    [
        ("张晓明", "张小明-华泰证券", "name_homophone"),
        ("张晓明", "张晓鹏-华泰证券", "name_typo"),
        ("张晓明", "zhangxiaoming 华泰证券", "name_pinyin"),
        ("买买提·沙吾提", "买买提 沙吾提 华泰证券", "name_exact"),
        ("买买提·沙吾提", "华泰证券 买买提 沙吾提", "name_exact"),
    ],
)
def test_a_company_beside_a_name_agrees_however_the_name_is_written(name: str, written: str, way: str) -> None:
    assert reasons({"name": name, "company": "华泰证券"}, written) == [way, "company_agrees", "base_rate"]


@pytest.mark.parametrize(
    ("written", "way"),
    [("zhangxiaoming HTSC", "name_pinyin"), ("HTSC zhangxiaoming", "name_pinyin"), ("zxm HTSC", "name_initials")],
)
def test_a_company_in_latin_letters_is_told_from_a_name_in_one_word(written: str, way: str) -> None:
    assert reasons({"name": "张晓明", "company": "HTSC"}, written) == [way, "company_agrees", "base_rate"]


@pytest.mark.parametrize("written", ["买买提 沙吾提 北京", "北京 买买提 沙吾提"])
def test_the_halves_of_a_name_are_no_companies(written: str) -> None:
    row = {"name": "买买提·沙吾提", "company": "泰康", "place": "北京"}
    assert reasons(row, written) == ["name_exact", "place_agrees", "base_rate"]


@pytest.mark.parametrize("written", ["青何荣白云", "青松何荣白"])
def test_two_characters_of_a_name_with_one_beside_them_are_no_fragment(written: str) -> None:
    assert proposed(only(people({"name": "何荣"}, *CROWD), shown(written))) == []


@pytest.mark.parametrize("written", ["张伟（张伟）", "张伟 张伟", "张伟-张伟"])
def test_bearers_of_a_name_that_is_shown_twice_are_counted_once(written: str) -> None:
    found = only(listed(*["张伟"] * 40), shown(written), STRICT)
    assert (found.tier, len(found.candidates)) == (Tier.LIKELY, STRICT.most_candidates)


@pytest.mark.parametrize(
    ("name", "written", "way"),
    [
        ("张娥", "zhange", "name_pinyin"),
        ("鄂晓明", "exiaoming", "name_pinyin"),
        ("赛买提江", "smtj", "name_initials"),
        ("Sam", "Sam", "name_exact"),
        ("张晓明", "zhangxiaoming", "name_pinyin"),
    ],
)
def test_short_and_long_halves_of_a_name_are_heard(name: str, written: str, way: str) -> None:
    assert reasons({"name": name}, written)[0] == way


def test_a_surname_written_last_in_one_word_is_ten_times_rarer_than_one_written_first() -> None:
    found = only(people({"name": "李友"}, {"name": "游丽"}, *CROWD), shown("liyou"))
    said = {one.person_id: one.reasons_for[0].weight for one in found.candidates}
    assert said["p0"] - said["p1"] == pytest.approx(log(10))


def test_one_latin_word_is_a_latin_name_among_others() -> None:
    def expected(name: str) -> float:
        """Give what was to be expected of who shows a listed name among twenty Chinese strangers."""
        first = only(people({"name": name}, *CROWD), shown(name, *["欧阳建国"] * 20)).candidates[0]
        return next(one.weight for one in (*first.reasons_for, *first.reasons_against) if one.code == "base_rate")

    assert expected("Sam") == pytest.approx(expected("Sam Lee"), abs=1e-6)
    assert expected("Sam") > expected("王巧") + 1


@pytest.mark.parametrize(("title", "written"), [("高级 工程师", "张晓明-高级工程师"), ("销售-经理", "张晓明-销售经理")])
def test_a_title_agrees_however_the_list_divides_it(title: str, written: str) -> None:
    assert reasons({"name": "张晓明", "title": title}, written) == ["name_exact", "title_agrees", "base_rate"]


@pytest.mark.parametrize(
    ("written", "company", "said"),
    [("青松何荣白云", "白云科技", "白云"), ("青松何荣白云", "青松科技", "青松"), ("青松张晓明白云", "白云科技", "白云")],
)
def test_either_side_of_a_name_inside_a_text_is_compared_alone(written: str, company: str, said: str) -> None:
    expected = people(*({"name": name, "company": company} for name in ("何荣", "张晓明")), *CROWD)
    first = only(expected, shown(written)).candidates[0]
    assert [dict(one.params)["said"] for one in first.reasons_for if one.code == "company_agrees"] == [said]
