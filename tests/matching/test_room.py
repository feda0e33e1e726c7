"""The whole room decides: how many strangers came, and whom several participants claim."""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.matching import STRICT
from attendance.matching.room import Claims, prior

NOBODY: frozenset[int] = frozenset()


# As frozen with the policies: odds of a given free person, odds of a further participant of one found, its likelihood, walk-ins.
@pytest.mark.parametrize(
    ("sums", "free", "expected", "said"),
    [([], 10, 0.3, (0.233333, 0.266667, 1.0, 0.3)),
     ([1e6] * 3 + [0.0] * 2, 10, 0.3, (0.185713, 0.0457141, 0.246154, 0.350002)),
     ([100.0, 52.0, 0.0], 1_000, 0.3, (0.000825401, 0.0486774, 1.0, 0.547825)),
     ([0.0] * 300, 5, 0.3, (0.00408163, 0.000272109, 0.08, 0.98)),
     ([1e9] * 300, 300, 0.3, (0.163333, 0.0133333, 0.0816327, 0.02)),
     ([1e6] * 20, 0, 0.5, (8.99999, 0.04, 0.08, 0.1)),
     ([1e6] * 10, 2, 0.3, (4.49999, 0.0799999, 0.08, 0.1))],
)  # fmt: skip
def test_walk_ins_are_estimated_from_the_room(sums: list[float], free: int, expected: float, said: tuple) -> None:
    before, share = prior(sums, free, STRICT, expected, len(sums))
    assert (before.odds, before.again, before.second, share) == pytest.approx(said, rel=1e-4)


def counted(odds: list[dict[int, float]], second: float) -> list[dict[int, float]]:
    """Give the probabilities by going through every way the participants can be persons or strangers."""
    total, found = 0.0, [dict.fromkeys(rows, 0.0) for rows in odds]
    for way in product(*([None, *rows] for rows in odds)):
        taken = [row for row in way if row is not None]
        weight = prod(odds[at][row] for at, row in enumerate(way) if row is not None)
        weight *= second ** (len(taken) - len(set(taken)))
        total += weight
        for at, row in enumerate(way):
            if row is not None:
                found[at][row] += weight
    return [{row: weight / total for row, weight in each.items()} for each in found]


ODDS = st.floats(0.02, 500.0)


@given(st.lists(ODDS, min_size=2, max_size=4), st.floats(0.02, 1.0))
def test_claims_on_one_person_are_weighed_exactly(claims: list[float], second: float) -> None:
    odds = [{7: claim} for claim in claims]
    room = Claims(odds, [second] * len(odds), NOBODY, STRICT)
    for at, expected in enumerate(counted(odds, second)):
        assert room.chances(at) == pytest.approx(expected, rel=1e-6)


@given(ODDS, ODDS, ODDS, ODDS, st.floats(0.02, 1.0))
def test_claims_that_form_a_chain_are_weighed_exactly(a: float, b: float, c: float, d: float, second: float) -> None:
    odds = [{1: a}, {1: b, 2: c}, {2: d}]
    room = Claims(odds, [second] * 3, NOBODY, STRICT)
    for at, expected in enumerate(counted(odds, second)):
        assert room.chances(at) == pytest.approx(expected, rel=1e-6)


def test_a_participant_alone_is_a_person_or_a_stranger() -> None:
    room = Claims([{1: 3.0}, {2: 1.0, 3: 2.0}, {}], [0.08] * 3, NOBODY, STRICT)
    assert [room.chances(at) for at in range(3)] == [{1: 0.75}, {2: 0.25, 3: 0.5}, {}]
    assert room.contested == {}


def test_only_claims_of_some_weight_contest_a_person_who_is_not_found_yet() -> None:
    odds = [{1: 1.0, 2: 1.0, 3: 1.0}, {1: 0.01, 2: 0.0099, 3: 1.0}]
    assert set(Claims(odds, [0.08] * 2, frozenset({3}), STRICT).contested) == {1}


def test_of_different_second_devices_the_rarer_counts() -> None:
    odds = [{1: 5.0}, {1: 5.0}]
    room = Claims(odds, [0.5, 0.1], NOBODY, STRICT)
    assert room.chances(0) == pytest.approx(counted(odds, 0.1)[0])


def test_a_room_full_of_one_name_overflows_nothing() -> None:
    room = Claims([{1: 1e9}] * 200, [1.0] * 200, NOBODY, STRICT)
    assert 0.99 < room.chances(0)[1] <= 1.0


def test_a_person_whom_nobody_else_claims_stays_as_probable_beside_one_who_is_claimed() -> None:
    odds = [{1: 2.0, 2: 3.0}, {1: 5.0}]
    room = Claims(odds, [0.08] * 2, NOBODY, STRICT)
    for at, expected in enumerate(counted(odds, 0.08)):
        assert room.chances(at) == pytest.approx(expected)
