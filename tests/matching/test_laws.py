"""What holds for every meeting whatever: order, one person at most, no decision on a shared key."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.matching import (
    BALANCED,
    STRICT,
    Arrivals,
    Earlier,
    Key,
    People,
    Policy,
    Tier,
    decide,
)
from tests.matching.meetings import Row, arrivals, people

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["张三", "李四", "张伟", "张玮", "王晓明", "王小明", "欧阳震华", "Zhang San", "曾国强", ""]
SHOWN = [*NAMES, "华泰-张三", "张三&李四", "张总", "zs", "iPhone", "晓明", "张伟 138****0001", "老王"]
FEW = st.sampled_from(["", "1", "2", "3"])

PERSON = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "company": st.sampled_from(["", "华泰证券", "中信证券"]),
        "phone_tail": st.sampled_from(["", "0001", "0002"]),
        "tag": FEW,
        "userid": FEW,
        "phone_key": FEW,
        "phone_hashes": st.lists(st.sampled_from(["A", "B", "C"]), max_size=2).map(tuple),
    }
)
ARRIVAL = st.fixed_dictionaries(
    {
        "names": st.lists(st.sampled_from(SHOWN), min_size=1, max_size=2, unique=True).map(tuple),
        "tags": st.lists(st.sampled_from(["1", "2", "9"]), max_size=2, unique=True).map(tuple),
        "userid": FEW,
        "app_phone_key": FEW,
        "phone_hash": st.sampled_from(["", "a", "B", "Z"]),
        "is_host": st.booleans(),
    }
)
LISTS = st.lists(PERSON, max_size=7)
ROOMS = st.lists(ARRIVAL, max_size=7)
POLICIES = st.sampled_from([STRICT, BALANCED])
PAIRS = st.frozensets(st.tuples(st.sampled_from(["a0", "a1", "a2"]), st.sampled_from(["p0", "p1", "p2"])))


def with_ids(rows: list[Row], letter: str) -> list[Row]:
    """Give rows ids that survive shuffling."""
    return [{"id": f"{letter}{place}", **row} for place, row in enumerate(rows)]


@given(LISTS, ROOMS, PAIRS, POLICIES, st.integers(0, 99))
def test_the_order_of_people_and_participants_plays_no_part(
    expected: list[Row], came: list[Row], rejected: frozenset, policy: Policy, seed: int
) -> None:
    listed, room = with_ids(expected, "p"), with_ids(came, "a")
    before = decide(people(*listed), arrivals(*room), Earlier(rejected=rejected), policy)
    Random(seed).shuffle(listed)
    Random(seed).shuffle(room)
    after = decide(people(*listed), arrivals(*room), Earlier(rejected=rejected), policy)
    first, second = ({one.arrival_id: one for one in result.decisions} for result in (before, after))
    assert first == second
    assert after.counts == before.counts


@given(LISTS, ROOMS, POLICIES)
def test_every_participant_has_one_decision_with_evidence_and_at_most_one_person(
    expected: list[Row], came: list[Row], policy: Policy
) -> None:
    result = decide(people(*expected), arrivals(*came), policy=policy)
    assert [one.arrival_id for one in result.decisions] == [f"a{place}" for place in range(len(came))]
    for one in result.decisions:
        assert (one.person_id is not None) == (one.tier is Tier.CERTAIN)
        assert one.evidence or one.candidates
        assert 0 <= one.confidence <= 1
        assert sum(candidate.weight for candidate in one.candidates) <= 1 + 1e-9


@given(LISTS, ROOMS, POLICIES)
def test_a_key_that_two_people_share_never_decides(
    expected: list[Row], came: list[Row], policy: Policy
) -> None:
    decided = decide(people(*expected), arrivals(*came), policy=policy).decisions
    owners = Counter(userid for userid, _, _ in {(row["userid"], row["name"], row["phone_key"]) for row in expected})
    for row, one in zip(came, decided, strict=True):
        if one.tier is Tier.CERTAIN and one.key is Key.USERID:
            assert owners[row["userid"]] == 1
            assert expected[int(str(one.person_id)[1:])]["userid"] == row["userid"]


@given(LISTS, ROOMS, POLICIES)
def test_a_hash_or_link_that_two_participants_share_never_decides(
    expected: list[Row], came: list[Row], policy: Policy
) -> None:
    hashes = Counter(row["phone_hash"].upper() for row in came)
    links = Counter(tag for row in came for tag in row["tags"])
    decided = decide(people(*expected), arrivals(*came), policy=policy).decisions
    for row, one in zip(came, decided, strict=True):
        if one.tier is Tier.CERTAIN and one.key is Key.PHONE_HASH:
            assert hashes[row["phone_hash"].upper()] == 1
        if one.tier is Tier.CERTAIN and one.key is Key.TAG:
            assert any(links[tag] == 1 for tag in row["tags"])


@given(LISTS, ROOMS)
def test_strict_never_decides_by_name(expected: list[Row], came: list[Row]) -> None:
    decided = decide(people(*expected), arrivals(*came)).decisions
    assert not [one for one in decided if one.tier is Tier.CERTAIN and one.key is Key.NAME]


@given(LISTS, ROOMS)
def test_balanced_changes_nothing_that_keys_decide(expected: list[Row], came: list[Row]) -> None:
    strict, balanced = (
        decide(people(*expected), arrivals(*came), policy=policy).decisions for policy in (STRICT, BALANCED)
    )
    for one, other in zip(strict, balanced, strict=True):
        if one.tier in (Tier.CERTAIN, Tier.CONFLICT):
            assert one == other


@given(LISTS, ROOMS, PAIRS, POLICIES)
def test_a_rejected_pair_is_proposed_nowhere(
    expected: list[Row], came: list[Row], rejected: frozenset, policy: Policy
) -> None:
    decided = decide(people(*expected), arrivals(*came), Earlier(rejected=rejected), policy).decisions
    proposed = {(one.arrival_id, candidate.person_id) for one in decided for candidate in one.candidates}
    assert not proposed & rejected


@given(LISTS, ROOMS, POLICIES)
def test_the_core_changes_neither_of_its_tables(
    expected: list[Row], came: list[Row], policy: Policy
) -> None:
    first, second = (
        decide(people(*expected), arrivals(*came), policy=policy) for _ in range(2)
    )
    assert first == second


def test_a_column_of_the_wrong_length_is_named() -> None:
    with pytest.raises(ValueError, match=r"People\.company has 1 rows, not 2"):
        decide(People(id=[1, 2], name=["张三", "李四"], company=["x"]), Arrivals(id=[1], names=[("张三",)]))


def test_an_id_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Arrivals\.id holds 1 ids more than once"):
        decide(People(id=[1], name=["张三"]), Arrivals(id=[1, 1], names=[("a",), ("b",)]))


SCRIPT = """
from tests.matching.meetings import BALANCED, people, shown
from attendance.matching import decide
expected = people(*({"name": name, "company": company} for name in ("张伟", "张玮", "王晓明", "李四")
                    for company in ("华泰证券", "中信证券")))
print(decide(expected, shown("张伟-华泰", "Zhang Wei", "王小明", "张总", "老王", "张伟"), policy=BALANCED))
"""


def test_other_processes_and_hash_seeds_decide_the_same() -> None:
    said = [
        subprocess.run([sys.executable, "-c", SCRIPT], env={"PYTHONHASHSEED": seed}, cwd=ROOT, check=True, capture_output=True)
        for seed in ("1", "2", "3")
    ]
    assert len({one.stdout for one in said}) == 1


@given(LISTS, ROOMS, POLICIES)
def test_an_added_unrelated_person_changes_nobodys_match(expected: list[Row], came: list[Row], policy: Policy) -> None:
    before = decide(people(*expected), arrivals(*came), policy=policy)
    after = decide(people(*expected, {"id": "unrelated", "name": "郗墨涵", "company": "丙"}), arrivals(*came), policy=policy)
    for one, other in zip(before.decisions, after.decisions, strict=True):
        if one.tier is Tier.CERTAIN and one.key is not Key.NAME:
            assert (one.tier, one.person_id) == (other.tier, other.person_id)
        assert "unrelated" not in {candidate.person_id for candidate in other.candidates}
        assert None in (one.person_id, other.person_id) or one.person_id == other.person_id


def test_probabilities_come_true_as_often_as_they_say() -> None:
    random = Random(7)
    surnames, givens = "王李张刘陈杨黄赵周吴徐孙马朱胡", "伟芳敏静强磊军洋勇艳杰娟涛明超霞平刚英华玉红建文海"
    names = [random.choice(surnames) + random.choice(givens) + random.choice(givens) for _ in range(2_500)]
    listed, strangers = names[:1_000], names[1_000:]
    came = [(place, name) for place, name in enumerate(listed) if random.random() < 0.6]
    came += [(-1, name) for name in strangers[:400]]
    room = arrivals(*({"shown": name} for _, name in came))
    decided = decide(people(*({"name": name} for name in listed)), room, policy=BALANCED)
    expected = sum(one.candidates[0].weight for one in decided.decisions if one.candidates)
    right = sum(
        one.candidates[0].person_id == f"p{row}"
        for one, (row, _) in zip(decided.decisions, came, strict=True)
        if one.candidates
    )
    assert abs(expected - right) / len(came) < 0.05
