"""What each key of a participant says, and whether its value proved to be one person's in this meeting."""

import base64

import pytest

from attendance.matching import Arrivals, Earlier, Key, People, decode_tag
from attendance.matching.copies import Copies
from attendance.matching.keys import vote, votes
from tests.matching.meetings import arrivals, people

NOTHING_SAID = Earlier()
ONE, TWO = (base64.b64encode(f'{{"ver": "1.0", "userData":"row-{at}"}}'.encode()).decode() for at in (1, 2))

# A participant's row: for each of its votes the key, the rows of the list, how many carry the value, whether it is trusted.
Said = dict[int, list[tuple[Key, tuple[int, ...], int, bool]]]


def cast(expected: People, came: Arrivals, earlier: Earlier = NOTHING_SAID) -> Said:
    """Give the votes of a meeting without their words."""
    found = votes(expected, came, earlier, Copies(expected))
    return {row: [(one.key, one.rows, one.carriers, one.trusted) for one in each] for row, each in found.items()}


def test_a_link_is_compared_raw_before_it_is_decoded() -> None:
    expected = people({"tag": "row-1"}, {"tag": TWO}, {"tag": ""}, {"tag": "row-2"})
    came = arrivals({"tags": ("", ONE)}, {"tags": ("row-2",)}, {"tags": (TWO,)}, {"tags": ("other",)}, {})
    assert cast(expected, came) == {
        0: [(Key.TAG, (0,), 1, True)],
        1: [(Key.TAG, (3,), 1, True)],
        2: [(Key.TAG, (1,), 1, True)],
    }


def test_a_hash_is_compared_in_any_case_and_one_of_no_number_is_left_out() -> None:
    expected = people({"phone_hashes": ("AB", "CD")}, {"phone_hashes": ("EF",)}, {})
    came = arrivals(
        {"phone_hash": "ef"}, {"phone_hash": "vO"}, {"phone_hash": ""}, {"phone_hash": "Cd"}, void=frozenset({"Vo"})
    )
    assert cast(expected, came) == {0: [(Key.PHONE_HASH, (1,), 1, True)], 3: [(Key.PHONE_HASH, (0,), 1, True)]}


def test_the_persons_of_one_telephone_number_are_one_value() -> None:
    came = arrivals(
        {"pstn_person_ids": ("p1", "p0")}, {"pstn_person_ids": ("p1", "p1")}, {"pstn_person_ids": ("x",)}, {}
    )
    assert cast(people({}, {}), came) == {0: [(Key.PSTN, (0, 1), 2, False)], 1: [(Key.PSTN, (1,), 2, False)]}


def test_a_caller_alone_is_the_person_of_the_number() -> None:
    came = arrivals({"pstn_person_ids": ("gone", "p1")}, {"pstn_person_ids": ("p0",)})
    assert cast(people({}, {}), came) == {0: [(Key.PSTN, (1,), 1, True)], 1: [(Key.PSTN, (0,), 1, True)]}


def test_memory_names_a_person_for_each_device_and_nobody_who_left_the_list() -> None:
    earlier = Earlier(remembered={"a0": "p1", "a1": "p1", "a2": "gone", "elsewhere": "p0"})
    assert cast(people({}, {}), arrivals({}, {}, {}), earlier) == {
        0: [(Key.REMEMBERED, (1,), 2, True)],
        1: [(Key.REMEMBERED, (1,), 2, True)],
    }


def test_one_of_several_meeting_identities_is_enough_and_one_of_two_people_is_none() -> None:
    expected = people({"ms_open_ids": ("m", "n")}, {"ms_open_ids": ("m",)}, {"ms_open_ids": ("q", "q")})
    came = arrivals({"ms_open_id": "m"}, {"ms_open_id": "n"}, {"ms_open_id": "q"})
    assert cast(expected, came) == {
        0: [(Key.MS_OPEN_ID, (0, 1), 1, False)],
        1: [(Key.MS_OPEN_ID, (0,), 1, True)],
        2: [(Key.MS_OPEN_ID, (2,), 1, True)],
    }


def test_votes_come_strongest_key_first() -> None:
    row = {
        "tag": "t",
        "enroll_id": "e",
        "userid": "u",
        "open_id": "o",
        "ms_open_ids": ("m",),
        "phone_key": "k",
        "phone_hashes": ("A",),
    }
    came = {
        "tags": ("t",),
        "enroll_id": "e",
        "userid": "u",
        "open_id": "o",
        "ms_open_id": "m",
        "app_phone_key": "k",
        "phone_hash": "a",
    }
    told = cast(people(row), arrivals({**came, "pstn_person_ids": ("p0",)}), Earlier(remembered={"a0": "p0"}))
    assert [key for key, *_ in told[0]] == [key for key in Key if key not in (Key.NAME, Key.HUMAN)]


@pytest.mark.parametrize("key", list(Key)[:9])
@pytest.mark.parametrize("carriers", [1, 2])
def test_a_value_of_several_participants_is_trusted_only_where_a_second_device_is_all_it_can_be(
    key: Key, carriers: int
) -> None:
    alone = carriers == 1 or key not in (Key.TAG, Key.PSTN, Key.PHONE_HASH)
    told = vote(key, (4,), carriers)
    reason = (
        ("key_agrees", (("key", key),))
        if alone
        else ("key_of_several_arrivals", (("key", key), ("arrivals", carriers)))
    )
    assert told == (key, (4,), carriers, alone, (*reason, 0.0))
    shared = vote(key, (4, 5), carriers)
    assert (shared.trusted, shared.reason) == (False, ("key_of_several_people", (("key", key), ("people", 2)), 0.0))


def test_a_tag_is_decoded_from_either_alphabet_and_behind_white_space() -> None:
    told = '{"userData":"行七??>>"}'.encode()
    for raw in (base64.urlsafe_b64encode(told), base64.b64encode(told)):
        assert decode_tag(raw.decode()) == "行七??>>"
    for space in (" ", "\n", "\t", "\r"):
        assert decode_tag(base64.b64encode(f'{space}{{"userData":7}}'.encode()).decode()) == "7"


@pytest.mark.parametrize(
    "raw", ["eyJ1c2VyRGF0YSI6e30", "eyJ1c2VyRGF0YSI6", "e30=", "eyJhIjox", "e!", "W3sidXNlckRhdGEiOjd9XQ=="]
)
def test_what_only_looks_encoded_is_taken_as_it_is(raw: str) -> None:
    assert decode_tag(raw) == raw


def test_a_list_that_lacks_the_stronger_keys_is_looked_up_by_the_weaker_ones() -> None:
    expected = People(id=["p0"], name=["张三"], phone_hashes=[("AB",)])
    came = Arrivals(id=["a0"], names=[("x",)], enroll_id=["e"], phone_hash=["ab"])
    assert cast(expected, came) == {0: [(Key.PHONE_HASH, (0,), 1, True)]}
