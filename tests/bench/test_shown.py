"""People show themselves as people do."""

from random import Random

import pytest

from attendance.bench import shown
from attendance.bench.people import GIVEN_PINYIN, Company, Name, Person, Population

LI = Person(Name("张丽", "张", "丽"), Company("北京星河科技有限公司", "北京", ("星河", "星河科技")), ("经理",), "16900001234")


def all_of(style: shown.Style, person: Person = LI, tries: int = 300) -> set[str]:
    random = Random(1)
    return {style(random, person) for _ in range(tries)}


def test_pinyin_comes_in_many_orders_and_always_spells_the_name() -> None:
    ways = all_of(shown.pinyin)
    assert {"Zhang Li", "Li Zhang", "zhangli", "ZHANG Li"} <= ways
    assert {"".join(sorted(way.lower().translate(str.maketrans("", "", " ,.-")))) for way in ways} == {"aghilnz"}


def test_a_surname_is_read_as_surnames_are() -> None:
    shan = Person(Name("单晓明", "单", "晓明"), LI.company, LI.title, LI.phone)
    assert "Shan Xiaoming" in all_of(shown.pinyin, shan)


def test_a_homophone_sounds_the_same_and_a_typo_changes_one_character() -> None:
    for wrong in all_of(shown.homophone):
        assert wrong[0] == "张" and wrong != "张丽"
        assert GIVEN_PINYIN[wrong[1]] == "li"
    assert all(wrong[0] == "张" and len(wrong) == 2 for wrong in all_of(shown.typo))


def test_traditional_characters_are_those_of_the_name() -> None:
    assert all_of(shown.traditional) == {"張麗"}


@pytest.mark.parametrize("style", [shown.messy, shown.employer, shown.employer_titled, shown.placed, shown.titled,
                                   shown.phoned, shown.decorated, shown.named_device, shown.both_scripts])  # fmt: skip
def test_decorated_names_still_hold_the_name(style: shown.Style) -> None:
    texts = ["".join(each for each in text if each in "张丽") for text in all_of(style)]
    assert set(texts) == {"张丽"}
    assert len(set(all_of(style))) > 3


def test_the_nameless_give_no_whole_name_away() -> None:
    for style in shown.NAMELESS:
        assert not [text for text in all_of(style) if "张丽" in text]
    assert all("0001234" not in text for text in all_of(shown.phone_only))


def test_names_of_minorities_and_hong_kong_come_with_other_dots_and_letters() -> None:
    uyghur = Person(Name("艾力·买买提", "买买提", "艾力", "minority"), LI.company, LI.title, LI.phone)
    assert {"艾力·买买提", "艾力.买买提", "艾力买买提"} <= all_of(shown.plain, uyghur)
    chan = Person(Name("陈嘉文", "陈", "嘉文", "hongkong"), LI.company, LI.title, LI.phone)
    assert {"陈嘉文", "陳嘉文", "Chan Ka Man", "CHAN Ka-man"} <= all_of(shown.plain, chan)


def test_nobody_shares_a_phone() -> None:
    population = Population(Random(1), 5_000)
    phones = {population.draw().phone for _ in range(5_000)}
    assert len(phones) == 5_000
    assert {len(phone) for phone in phones} == {11}
    assert {phone[:3] for phone in phones} == {"169"}
