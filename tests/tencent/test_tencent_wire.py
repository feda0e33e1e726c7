"""The type traps of the platform: nothing raises, nothing is lost that can be read."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tencent import wire

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SECONDS = 1_795_147_200

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "a\x00b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True, slots=True)
class Anything:
    name: str
    count: int
    maybe: int | None
    told: bool | None
    when: datetime | None
    several: tuple[str, ...]


@given(st.dictionaries(st.sampled_from(["name", "count", "maybe", "told", "when", "several"]), json_values))
def test_no_answer_is_too_odd_to_read(row: dict[str, object]) -> None:
    read = wire.read(Anything, row)
    read.name.encode()
    assert all("\x00" not in text for text in (read.name, *read.several))
    assert all(isinstance(each, dict) for each in wire.rows(row, "several"))


@given(st.text())
def test_no_text_is_too_odd_to_decode(raw: str) -> None:
    for plain in (wire.decoded(raw), wire.zone(raw), wire.decode_tag(raw)):
        assert isinstance(plain, str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("18357763596888459343", "18357763596888459343"),
        (18357763596888459343, "18357763596888459343"),
        (7.0, "7"),
        ("040468657", "040468657"),
        (None, ""),
        (True, ""),
        ({}, ""),
        ("a\x00b", "ab"),
        ("\ud800", "?"),
        (float("nan"), "nan"),
    ],
)
def test_ids_become_text(value: object, expected: str) -> None:
    assert wire.text({"id": value}, "id") == expected


def test_the_first_key_that_holds_something_wins() -> None:
    row = {"open_id": "", "openid": "a", "userid": None}
    assert wire.text(row, "userid", "open_id", "openid") == "a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[("7", 7), (7, 7), (7.9, 7), ("", None), ("x", None), ([], None), (float("inf"), None)],
        *[(2**63, None), ("-" + "9" * 40, None), (2**63 - 1, 2**63 - 1)],
    ],
)
def test_numbers_come_as_text_too(value: object, expected: int | None) -> None:
    assert wire.number({"n": value}, "n") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (0, False),
        ("1", True),
        ("False", False),
        ("maybe", None),
        (None, None),
        (2, None),
        ([], None),
    ],
)
def test_yes_and_no_in_every_spelling(value: object, expected: bool | None) -> None:
    assert wire.flag({"f": value}, "f") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SECONDS, NOON),
        (str(SECONDS), NOON),
        (SECONDS * 1000, NOON),
        (str(SECONDS * 1000), NOON),
        ("2026-11-20 12:00:00", NOON),
        ("2026/11/20 12:00", NOON),
        ("0", None),
        ("", None),
        (None, None),
        (-5, None),
        (10**30, None),
        (2**62, None),
        (str(10**18), None),
        ("soon", None),
        ("0001-01-01 00:00:00", None),
    ],
)
def test_times_come_as_seconds_milliseconds_and_local_text(value: object, expected: datetime | None) -> None:
    assert wire.moment({"t": value}, "t") == expected


def test_times_go_out_as_text_of_seconds_and_never_without_a_zone() -> None:
    assert wire.stamp(NOON) == str(SECONDS)
    with pytest.raises(ValueError, match="zone"):
        wire.stamp(NOON.replace(tzinfo=None))


def test_one_object_and_an_array_read_alike() -> None:
    assert wire.rows({"k": {"a": 1}}, "k") == ({"a": 1},)
    assert wire.rows({"k": [{"a": 1}, 7, None, {"b": 2}]}, "k") == ({"a": 1}, {"b": 2})
    assert [wire.rows(row, "k") for row in ({}, {"k": None}, {"k": "x"}, {"k": []})] == [(), (), (), ()]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (base64.b64encode("张三".encode()).decode(), "张三"),
        (base64.b64encode("张三".encode()).decode().rstrip("="), "张三"),
        ("dBVzdDE=", "t\x15st1"),
        (base64.b64encode(b"a\xffb").decode(), "a\ufffdb"),
        (base64.b64encode(b"a\x00b").decode(), "ab"),
        ("张三", "张三"),
        ("Li Na!", "Li Na!"),
        ("a", "a"),
        ("", ""),
    ],
)
def test_names_are_decoded_bad_bytes_replaced_and_plain_text_left(raw: str, expected: str) -> None:
    assert wire.decoded(raw) == expected


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Asia/Tokyo", "Etc/GMT+8", "UTC1"])
def test_a_time_zone_is_read_in_base64_and_plainly(name: str) -> None:
    assert wire.zone(base64.b64encode(name.encode()).decode()) == name
    assert wire.zone(name) == name


def test_the_phone_hash_of_the_platform_files() -> None:
    golden = "A74D641848033600CF9693FC082193D3E0BA4D1E08760BC5A2993C8A5F9389F4"
    assert wire.phone_hash("13800000000", "SECRETID") == golden
    spelt = ("13800000000", "8613800000000", "+8613800000000", "008613800000000")
    expected = tuple(wire.phone_hash(phone, "SECRETID") for phone in spelt)
    assert wire.phone_hashes("86", "13800000000", "SECRETID") == expected


def test_a_tag_is_packed_as_the_platform_wants_it() -> None:
    packed = wire.encode_tag("row-1")
    assert base64.b64decode(packed) == b'{"ver":"1.0","userData":"row-1"}'
    assert wire.decode_tag(packed) == "row-1"


def test_a_tag_holds_165_bytes_and_no_more() -> None:
    assert len(wire.encode_tag("x" * 165)) == 256
    with pytest.raises(ValueError, match="165"):
        wire.encode_tag("x" * 166)
    with pytest.raises(ValueError, match="165"):
        wire.encode_tag("名" * 56)


@given(st.text(min_size=1, max_size=40).filter(lambda tag: "\x00" not in tag))
def test_every_tag_comes_back(tag: str) -> None:
    assert wire.decode_tag(wire.encode_tag(tag)) == tag


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("eyJ2ZXIiOiAiMS4wIiwgInVzZXJEYXRhIjoiY2h1eGlhb2h1b2RvbmcxMDAxIn0=", "chuxiaohuodong1001"),
        ("eyJ2ZXIiOiAiMS4wIiwgInVzZXJEYXRhIjoiY2h1eGlhb2h1b2RvbmcxMDAxIn0", "chuxiaohuodong1001"),
        ('{"ver":"1.0","userData":"A001"}', "A001"),
        ("test", "test"),
        ("A001", "A001"),
        (base64.b64encode(b"[1]").decode(), base64.b64encode(b"[1]").decode()),
        ("  ", ""),
        ("", ""),
    ],
)
def test_tags_of_every_make_are_read(raw: str, tag: str) -> None:
    assert wire.decode_tag(raw) == tag


def test_what_is_not_said_is_not_sent() -> None:
    thing = Anything("n", 0, None, False, NOON, ())
    assert wire.body(thing) == {"name": "n", "count": 0, "told": False, "when": str(SECONDS), "several": []}


def test_chunks_lose_nothing() -> None:
    assert list(wire.chunks([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
    assert list(wire.chunks([], 2)) == []
