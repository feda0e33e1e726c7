"""The platform's types, with all their traps, in one place: nothing here raises on an odd answer."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import islice
from typing import Any, TypeVar

Row = Mapping[str, Any]
T = TypeVar("T")

SHANGHAI = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# As seconds this is the year 5138, as milliseconds 1973: no meeting lies on the wrong side.
FIRST_MILLISECONDS = 10**11
LARGEST = 2**63
LONGEST_CUSTOMER_DATA = 256
# enroll_time comes in two formats (wecom 98810, 98876); events of 2020 have text as well.
LOCAL_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]*")


def text(row: Row, *keys: str) -> str:
    """Return the first of the keys that holds something, as text: ids come as text or number."""
    return next((found for key in keys if (found := as_text(row.get(key)))), "")


def as_text(value: object) -> str:
    """Return a text or number as text that a database can store, anything else as ""."""
    if isinstance(value, str):
        # NUL and half surrogate pairs pass JSON but no database.
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    # A bool is an int in Python but never an id.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if value == value // 1 else str(value)


def number(row: Row, *keys: str) -> int | None:
    """Return the first of the keys that holds a whole number, or None."""
    return next((found for key in keys if (found := as_number(row.get(key))) is not None), None)


def as_number(value: object) -> int | None:
    """Return a number or its text as an integer that a database can store, anything else as None."""
    if not isinstance(value, int | float | str):
        return None
    try:
        found = int(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < LARGEST else None


def flag(row: Row, *keys: str) -> bool | None:
    """Return the first of the keys that is a yes or no in any spelling, or None."""
    known = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}
    values = (row.get(key) for key in keys)
    plain = (value.lower() if isinstance(value, str) else value for value in values)
    return next((known[value] for value in plain if isinstance(value, int | str) and value in known), None)


def rows(row: Row, *keys: str) -> tuple[Row, ...]:
    """Return the objects under the first key that is there: an array, or one object standing alone."""
    found = next((row[key] for key in keys if row.get(key)), ())
    listed = found if isinstance(found, list) else [found]
    return tuple(item for item in listed if isinstance(item, Mapping))


def texts(row: Row, key: str) -> tuple[str, ...]:
    """Return the array under the key as texts, leaving out what is none."""
    found = row.get(key)
    return tuple(filter(None, map(as_text, found if isinstance(found, list) else [found])))


def moment(row: Row, *keys: str) -> datetime | None:
    """Return the first of the keys that holds a time, as an aware datetime in UTC."""
    return next((found for key in keys if (found := as_moment(row.get(key)))), None)


def as_moment(value: object) -> datetime | None:
    """Return seconds, milliseconds or UTC+8 wall-clock text as a datetime; 0 and nonsense are None.

    Units: numbers below 10^11 are seconds, the rest milliseconds, as the platform mixes both.
    """
    stamp = as_number(value)
    if stamp is None:
        return _local_time(value) if isinstance(value, str) else None
    if stamp <= 0:
        return None
    try:
        return EPOCH + (
            timedelta(milliseconds=stamp) if stamp >= FIRST_MILLISECONDS else timedelta(seconds=stamp)
        )
    except OverflowError:
        return None


def meeting_code(typed: str) -> str:
    """Return a meeting code as requests take it: people type dashes, blanks and full-width digits."""
    return "".join(str(int(each)) for each in typed if each.isdecimal())


def stamp(when: datetime) -> str:
    """Return a time as the platform takes it: text of Unix seconds."""
    if when.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    return str(int(when.timestamp()))


def decoded(raw: str) -> str:
    """Return base64 text decoded, bad bytes replaced; what is not base64 stays as it is."""
    data = _base64(raw)
    return raw if data is None else as_text(data.decode("utf-8", "replace"))


def zone(raw: str) -> str:
    """Return a time zone's name, which queries give in base64 and creations plainly."""
    # "Asia/Tokyo" is itself valid base64, so what it decodes to must look like a zone.
    name = decoded(raw)
    return name if _ZONE.fullmatch(name) else raw


def phone_hash(phone: str, secret_id: str) -> str:
    """Return the hash under which participant rows show a phone. Source: 42701."""
    return hashlib.sha256(f"{phone}/{secret_id}".encode()).hexdigest().upper()


def phone_hashes(area: str, phone: str, secret_id: str) -> tuple[str, ...]:
    """Return the hashes a phone may have, likeliest first: it is unknown whether a country code goes in."""
    return tuple(
        phone_hash(spelt, secret_id) for spelt in (phone, area + phone, f"+{area}{phone}", f"00{area}{phone}")
    )


def encode_tag(tag: str) -> str:
    """Return the `customer_data` of an exclusive link. Source: 64850. Raises: ValueError over 256 bytes."""
    compact = json.dumps({"ver": "1.0", "userData": tag}, ensure_ascii=False, separators=(",", ":"))
    encoded = base64.b64encode(compact.encode()).decode()
    if len(encoded) > LONGEST_CUSTOMER_DATA:
        raise ValueError("a tag holds at most 165 bytes")
    return encoded


def decode_tag(raw: str) -> str:
    """Return the tag in a `customer_data`; text of any other make is its own tag."""
    if not raw.strip():
        return ""
    # 64851 shows bare text, 64850 base64, 108571 base64 in a URL, where a plus may have become a blank.
    for spelt in (decoded(raw.strip().replace(" ", "+")), raw):
        try:
            packed = json.loads(spelt)
        except (ValueError, RecursionError):
            continue
        if isinstance(packed, Mapping) and text(packed, "userData"):
            return text(packed, "userData")
    return as_text(raw)


def read(cls: type[T], row: Row, **given: object) -> T:
    """Return a dataclass filled from the keys named like its fields; `given` need more care."""
    return cls(**given, **{name: reader(row, name) for name, reader in _readers(cls) if name not in given})


def body(thing: Any) -> dict[str, Any]:
    """Return a dataclass as the platform takes it, leaving out what is None."""
    held = ((each.name, getattr(thing, each.name)) for each in fields(thing))
    return {name: _sent(value) for name, value in held if value is not None}


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in pieces of at most `size`."""
    remaining = iter(items)
    while piece := list(islice(remaining, size)):
        yield piece


def _sent(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple):
        return [_sent(item) for item in value]
    return body(value) if is_dataclass(value) else value


@cache
def _readers(cls: type) -> tuple[tuple[str, Callable[[Row, str], object]], ...]:
    by_type: dict[object, Callable[[Row, str], object]] = {
        str: text,
        str | None: lambda row, key: text(row, key) or None,
        int: lambda row, key: number(row, key) or 0,
        int | None: number,
        bool | None: flag,
        datetime | None: moment,
        tuple[str, ...]: texts,
    }
    # Cached: a meeting has up to 50,000 rows and a class has its fields once.
    listed: tuple[Field[Any], ...] = fields(cls)
    return tuple((each.name, by_type[each.type]) for each in listed if each.type in by_type)


def _base64(raw: str) -> bytes | None:
    # The platform leaves padding out in places (51612); validate keeps plain text from being decoded.
    try:
        return base64.b64decode(raw + "=" * (-len(raw) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _local_time(value: str) -> datetime | None:
    for spelling in LOCAL_TIMES:
        try:
            return datetime.strptime(value, spelling).replace(tzinfo=SHANGHAI).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
