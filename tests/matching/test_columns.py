"""What goes in as columns comes out as decisions: blanks where a column was left out, one decision for each participant."""

import base64
import gc
from collections.abc import Callable
from itertools import permutations

import pytest

from attendance.matching import BALANCED, Arrivals, Decision, Earlier, Key, People, Reason, Tier, decide, decode_tag
from tests.matching.meetings import arrivals, only, people, shown
from tests.matching.test_naming import CROWD

NAMES = ["张晓明", "李国强", *(each["name"] for each in CROWD)]
WRITTEN = ["张晓明-华泰 北京 经理 0001", "李国强 138****0001", "张晓明", "张晓明助理", "张总", "iPhone", "欧阳建国"]


def test_a_column_that_is_left_out_is_blank_in_every_row() -> None:
    bare = People(id=[f"p{at}" for at in range(len(NAMES))], name=NAMES)
    came = Arrivals(id=[f"a{at}" for at in range(len(WRITTEN))], names=[(name,) for name in WRITTEN])
    full = decide(people(*({"name": name} for name in NAMES)), shown(*WRITTEN), policy=BALANCED)
    assert decide(bare, came, policy=BALANCED) == full


def test_each_decision_says_whose_it_is_whatever_it_is() -> None:
    expected = people(
        {"name": "张晓明"}, {"name": "李国强", "tag": "t", "userid": "u"}, {"name": "王巧", "tag": "s"}, {"name": "赵四"}, *CROWD
    )
    came = arrivals(
        {"id": "by name", "shown": "张晓明"},
        {"id": "likely", "shown": "老赵"},
        {"id": "by key", "userid": "u"},
        {"id": "conflict", "tags": ("t", "s")},
        {"id": "walk-in", "shown": "欧阳建国"},
        {"id": "host", "is_host": True},
        {"id": "confirmed"},
        {"id": "unlisted"},
        {"id": "ignored"},
    )
    said = Earlier(confirmed={"confirmed": "p3"}, unlisted={"unlisted"}, ignored={"ignored"})
    decided = decide(expected, came, said, BALANCED).decisions
    assert [(one.arrival_id, one.tier) for one in decided] == [
        ("by name", Tier.CERTAIN),
        ("likely", Tier.LIKELY),
        ("by key", Tier.CERTAIN),
        ("conflict", Tier.CONFLICT),
        ("walk-in", Tier.NONE),
        ("host", Tier.IGNORED),
        ("confirmed", Tier.CERTAIN),
        ("unlisted", Tier.NONE),
        ("ignored", Tier.IGNORED),
    ]


# Where what was read of a list is kept.
READ = tuple(
    f"attendance.matching.{name}"
    for name in ("clues", "comers", "index", "listed", "others", "rarity", "sounds", "texts", "weigh")
)


def held() -> int:
    """Count what of lists that were read is in memory."""
    return sum(str(type(one).__module__) in READ for one in gc.get_objects())


def test_nothing_that_was_read_of_a_list_stays_in_memory_once_it_is_decided() -> None:
    expected = people({"name": "张晓明", "company": "华泰"}, *CROWD)
    room = shown("张小明-华泰", "zxm", "Zhang Xiaoming", "张总", "欧阳建国-华泰", "静水流深0001")
    gc.collect()
    gc.disable()
    try:
        before = held()
        decide(expected, room, policy=BALANCED)
        assert held() == before
    finally:
        gc.enable()


def test_a_number_called_from_and_a_phone_given_are_told_in_the_order_of_keys() -> None:
    expected = people({"name": "张三", "phone_key": "k"}, {"name": "李四"})
    found = only(expected, arrivals({"app_phone_key": "k", "pstn_person_ids": ("p0",)}))
    assert (found.key, [dict(one.params)["key"] for one in found.evidence]) == (Key.PSTN, ["pstn", "app_phone"])


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_shared_links_are_told_in_one_order_wherever_the_list_has_their_people(order: tuple[int, ...]) -> None:
    rows = [
        {"id": 1, "name": "张三", "tag": "x"},
        {"id": 2, "name": "李四", "tag": "y"},
        {"id": 3, "name": "王五", "tag": "x"},
        {"id": 4, "name": "赵六", "tag": "z"},
    ]
    came = arrivals({"tags": ("z", "x", "y")}, {"tags": ("y",)}, {"tags": ("y", "z")})
    assert only(people(*(rows[at] for at in order)), came) == only(people(*rows), came)


@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "a>", "a?", "ab>>>?", "行", "行七?", "行七 8"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_link_is_decoded_from_either_alphabet_padded_or_not(encode: Callable[[bytes], bytes], text: str) -> None:
    raw = encode(f'{{"userData":"{text}"}}'.encode()).decode()
    assert (decode_tag(raw), decode_tag(raw.rstrip("="))) == (text, text)


def test_who_was_set_aside_or_is_nobody_of_the_list_has_no_candidates_and_is_told_so() -> None:
    said = Earlier(ignored={"a0"}, unlisted={"a1"})
    decided = decide(people({"name": "张三", "userid": "u"}), arrivals(*[{"userid": "u", "shown": "张三"}] * 2), said)
    assert decided.decisions == (
        Decision("a0", Tier.IGNORED, None, Key.HUMAN, 1.0, (), (Reason("human_ignored"),)),
        Decision("a1", Tier.NONE, None, Key.HUMAN, 1.0, (), (Reason("human_unlisted"),)),
    )
