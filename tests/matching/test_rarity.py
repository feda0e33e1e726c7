"""How rare a name is among people: what the list counts, smoothed by what is common in general."""

from itertools import product

import pytest

from attendance.matching import STRICT
from attendance.matching.rarity import Rarity
from portal.names.tables import surnames

NAMES = {
    "张伟": 3, "王芳": 2, "李娜": 2, "张丽": 1, "王小明": 1, "李国强": 1, "陈小明": 1, "欧阳震华": 1, "刘一": 1, "赵四": 1,
    "尉迟恭敬": 1, "sam": 1, "zh": 1, "annlee": 3,
}  # fmt: skip
RARITY = Rarity(NAMES, STRICT)


def close(figure: float) -> object:
    """Compare figures to one in ten thousand."""
    return pytest.approx(figure, rel=1e-4)


# As the method gave them when these policies were frozen; another method is another version.
@pytest.mark.parametrize(
    ("name", "share"),
    [("张伟", 0.0904512), ("王芳", 0.0454099), ("张丽", 0.000396715), ("王小明", 0.000997836), ("欧阳震华", 1.14295e-05),
     ("贺喜连", 8.42136e-09), ("鐾伟", 6.9906e-06), ("李国强国强", 1.89599e-06), ("sam", 1e-6),
     ("nobody", 1e-6), ("annlee", 2 / 15)],
)  # fmt: skip
def test_a_name_is_as_frequent_as_list_and_tables_say(name: str, share: float) -> None:
    assert RARITY.of(name) == close(share)


@pytest.mark.parametrize(
    ("surname", "share"),
    [("张", 0.0776744), ("王", 0.0767442), ("欧阳", 0.0027907), ("赵", 0.0227907), ("鐾", 0.00027907)],
)
def test_a_surname_is_counted_and_smoothed(surname: str, share: float) -> None:
    assert RARITY.surname(surname) == close(share)


@pytest.mark.parametrize(
    ("given", "share"),
    [("伟", 0.0132119), ("小明", 0.0068577), ("国强", 0.00216012), ("喜连", 2.65267e-06), ("小伟", 9.13514e-05),
     ("一二三", 1.29189e-10), ("", 0.000955277)],
)  # fmt: skip
def test_a_given_name_is_counted_or_else_as_its_characters_are(given: str, share: float) -> None:
    assert RARITY.given(given) == close(share)


def test_a_name_is_expected_as_often_as_its_halves_together() -> None:
    assert RARITY.expected("陈国强") == close(RARITY.surname("陈") * RARITY.given("国强"))


def test_a_sound_is_shared_by_all_who_sound_so_and_by_some_nobody_listed() -> None:
    assert RARITY.sounds(("张", "章"), ("伟", "小明"), 1) == close(0.0029118)
    assert RARITY.sounds(("王",), ("小明",), 2) == close(0.0010008)
    assert RARITY.sounds(("欧阳",), (), 3) == 1e-9


def test_initials_are_common_and_rarer_with_the_surname_spelled() -> None:
    assert RARITY.initials("张", "小明", spelled=True) == close(0.0776744 * 0.07**2)
    assert RARITY.initials("张", "小明", spelled=False) == close(0.07**3)


def test_a_list_whose_names_repeat_makes_every_name_less_rare() -> None:
    once = Rarity({"张伟": 1, "王芳": 1, "李娜": 1, "刘洋": 1}, STRICT).of("张伟")
    twice = Rarity({"张伟": 1, "王芳": 2, "李娜": 2, "刘洋": 2}, STRICT).of("张伟")
    assert 0 < once < twice / 1.5


def test_a_long_list_is_measured_by_a_sample_that_says_the_same() -> None:
    characters = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚英华玉红建文海小晓志国春秀云飞巧荣琴"
    names = ["".join(parts) for parts in product("王李张刘陈杨赵黄", characters, characters)]
    long = Rarity(dict.fromkeys(names, 1), STRICT)
    # No name repeats, so that only the policy's clumping is left, spread over what all names together are expected to be.
    weight = STRICT.clumping_weight
    clumping = weight * STRICT.clumping / (sum(map(long.expected, names)) * len(names) + weight)
    assert long.of("王伟芳") == pytest.approx(clumping * long.expected("王伟芳"), rel=0.02)


def test_an_empty_list_still_knows_which_names_are_common() -> None:
    nothing = Rarity({}, STRICT)
    assert nothing.of("王伟") > nothing.of("郗伟") > nothing.of("郗墨涵") > 0


def test_a_list_of_one_name_counts_one() -> None:
    general = surnames()["张"][1]
    assert Rarity({"张伟": 1}, STRICT).surname("张") == close((0.5 + 200 * general) / 201)


def test_four_characters_without_a_surname_are_whole_names_that_many_carry() -> None:
    assert RARITY.expected("买买提江") == 1e-6
    assert RARITY.expected("李国强国") == 1e-6


def test_a_name_repeats_no_more_than_surely() -> None:
    names = [f"{surname}{given}" for surname in "王李张刘陈杨赵黄" for given in "伟芳娜敏静"]
    thrice = Rarity(dict.fromkeys(names, 3), STRICT)
    assert 2 / 120 < thrice.of("王伟") < 3.5 / 120
