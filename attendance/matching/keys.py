"""Strong keys: what the platform says of a participant, measured before it is trusted."""

import base64
import binascii
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from attendance.matching.columns import column
from attendance.matching.model import Arrivals, Earlier, Id, Key, People, Reason

# Values that say something only while one participant alone carries them (a link that went round, a
# switchboard, one hash for all who joined by the free WeCom); others may come with a second device.
ALONE = frozenset({Key.TAG, Key.PSTN, Key.PHONE_HASH})


@dataclass(frozen=True, slots=True)
class Vote:
    """A key value of a participant that the list knows: for which rows, and how many carry it."""

    key: Key
    rows: tuple[int, ...]
    carriers: int = 1

    @property
    def trusted(self) -> bool:
        """Tell whether the value names one person only and, where that matters, one participant only."""
        return len(self.rows) == 1 and (self.carriers == 1 or self.key not in ALONE)

    @property
    def reason(self) -> Reason:
        """Say what the vote is worth."""
        if self.trusted:
            return Reason("key_agrees", (("key", self.key.value),))
        if len(self.rows) > 1:
            return Reason("key_of_several_people", (("key", self.key.value), ("people", len(self.rows))))
        return Reason("key_of_several_arrivals", (("key", self.key.value), ("arrivals", self.carriers)))


class Pair(NamedTuple):
    """Where a key stands on the list and among the participants."""

    key: Key
    people: str
    arrivals: str


PAIRS = (
    Pair(Key.ENROLL_ID, "enroll_id", "enroll_id"),
    Pair(Key.USERID, "userid", "userid"),
    Pair(Key.OPEN_ID, "open_id", "open_id"),
    Pair(Key.MS_OPEN_ID, "ms_open_ids", "ms_open_id"),
    Pair(Key.APP_PHONE, "phone_key", "app_phone_key"),
    Pair(Key.PHONE_HASH, "phone_hashes", "phone_hash"),
)

_ORDER = {key: place for place, key in enumerate(Key)}

# A participant's or person's row -> the values it holds; a value -> the rows of the list that hold it.
Values = Mapping[int, tuple[Id, ...]]
Known = dict[Id, tuple[int, ...]]


def decode_tag(raw: str) -> str:
    """Give the user data inside a raw `customer_data`, or the raw text where it is not encoded (64850).

    Shape: Base64, padded or not, of JSON with a `userData`.
    """
    try:
        padded = raw + "=" * (-len(raw) % 4)
        inner = json.loads(base64.b64decode(padded, altchars=b"-_" if "-" in raw or "_" in raw else None))
    except (binascii.Error, ValueError):
        return raw
    return str(inner["userData"]) if isinstance(inner, dict) and "userData" in inner else raw


def votes(people: People, arrivals: Arrivals, earlier: Earlier) -> dict[int, list[Vote]]:
    """Look up every key of every participant on the list.

    Shape: participant's row -> votes, strongest key first; participants without any are left out.
    Guarantee: the same for every order of either table, apart from the row numbers.
    """
    found: dict[int, list[Vote]] = defaultdict(list)
    cast = chain(_tags(people, arrivals), _plain(people, arrivals), _told(people, arrivals, earlier))
    for row, vote in cast:
        found[row].append(vote)
    for row in found:
        found[row].sort(key=lambda vote: (_ORDER[vote.key], sorted(str(people.id[at]) for at in vote.rows)))
    return found


def _tags(people: People, arrivals: Arrivals) -> Iterator[tuple[int, Vote]]:
    """Vote by exclusive links: the raw texts are compared first, then the decoded ones."""
    listed = {row: tag for row, tag in enumerate(column(people, "tag")) if tag}
    exact = _rows_by_value({row: (tag,) for row, tag in listed.items()})
    decoded = _rows_by_value({row: (decode_tag(tag),) for row, tag in listed.items()})
    carried = {
        row: tuple(dict.fromkeys(_tag_value(raw, exact) for raw in raws if raw))
        for row, raws in enumerate(column(arrivals, "tags", ()))
        if raws
    }
    yield from _matched(Key.TAG, carried, {**decoded, **exact})


def _tag_value(raw: str, exact: Known) -> str:
    """Give the form of a raw tag under which the list may know it."""
    return raw if raw in exact else decode_tag(raw)


def _plain(people: People, arrivals: Arrivals) -> Iterator[tuple[int, Vote]]:
    """Vote by the keys whose values are compared as they are."""
    for key, of_people, of_arrivals in PAIRS:
        carried = _values(column(arrivals, of_arrivals), key is Key.PHONE_HASH)
        if key is Key.PHONE_HASH:
            void = {value.upper() for value in arrivals.void_hashes}
            carried = {row: values for row, values in carried.items() if values[0] not in void}
        wanted = {value for values in carried.values() for value in values}
        listed = _values(column(people, of_people), key is Key.PHONE_HASH)
        known = _rows_by_value({r: values for r, values in listed.items() if not wanted.isdisjoint(values)})
        yield from _matched(key, carried, known)


def _told(people: People, arrivals: Arrivals, earlier: Earlier) -> Iterator[tuple[int, Vote]]:
    """Vote by what names a person outright: telephone look-ups, the memory of former meetings."""
    rows: Known = {person: (row,) for row, person in enumerate(people.id)}
    callers = enumerate(column(arrivals, "pstn_person_ids", ()))
    yield from _together({row: tuple(ids) for row, ids in callers if ids}, rows)
    known = earlier.remembered
    remembered = {row: (known[arrival],) for row, arrival in enumerate(arrivals.id) if arrival in known}
    yield from _matched(Key.REMEMBERED, remembered, rows)


def _values(cells: Iterable[str | Iterable[str]], upper: bool) -> dict[int, tuple[str, ...]]:
    """Read a column of single values or of several values a row."""
    filled = ((row, cell) for row, cell in enumerate(cells) if cell)
    split = {row: (cell,) if isinstance(cell, str) else tuple(cell) for row, cell in filled}
    if not upper:
        return split
    return {row: tuple(value.upper() for value in values) for row, values in split.items()}


def _rows_by_value(values: Values) -> Known:
    """Turn rows with values into values with rows."""
    found: dict[Id, list[int]] = defaultdict(list)
    for row, held in values.items():
        for value in dict.fromkeys(held):
            found[value].append(row)
    return {value: tuple(rows) for value, rows in found.items()}


def _matched(key: Key, carried: Values, known: Known) -> Iterator[tuple[int, Vote]]:
    """Vote for every carried value the list knows; raw and decoded forms of a link are one value."""
    meant = {row: {known[value] for value in values if value in known} for row, values in carried.items()}
    carriers = Counter(rows for each in meant.values() for rows in each)
    for row, each in meant.items():
        for rows in each:
            yield row, Vote(key, rows, carriers[rows])


def _together(carried: Values, rows: Known) -> Iterator[tuple[int, Vote]]:
    """Vote for the persons of one telephone number as one value: two persons on a number make it no key."""
    carriers = Counter(person for persons in carried.values() for person in set(persons))
    for row, persons in carried.items():
        known = tuple(sorted({rows[person][0] for person in persons if person in rows}))
        if known:
            yield row, Vote(Key.PSTN, known, max(carriers[person] for person in persons))
