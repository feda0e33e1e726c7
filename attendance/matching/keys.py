"""Strong keys: what the platform says of a participant, measured before it is trusted."""

import base64
import binascii
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from attendance.matching.columns import column
from attendance.matching.copies import Copies
from attendance.matching.model import Arrivals, Earlier, Id, Key, People, Reason

# Values that say something only while one participant alone carries them (a link that went round, a
# switchboard, one hash for all who joined by the free WeCom); others may come with a second device.
ALONE = frozenset({Key.TAG, Key.PSTN, Key.PHONE_HASH})
# What Base64 of a JSON object can begin with: a brace, or white space before it.
_ENCODED = ("e", "I", "C", "D")


class Vote(NamedTuple):
    """A key value of a participant that the list knows: for which rows, and how many carry it."""

    key: Key
    rows: tuple[int, ...]
    carriers: int
    trusted: bool
    reason: Reason


def vote(key: Key, rows: tuple[int, ...], carriers: int) -> Vote:
    """Measure a value: it is trusted if it names one person only and, where that matters, one participant only."""
    if len(rows) > 1:
        reason = Reason("key_of_several_people", (("key", key.value), ("people", len(rows))))
        return Vote(key, rows, carriers, False, reason)
    if carriers > 1 and key in ALONE:
        reason = Reason("key_of_several_arrivals", (("key", key.value), ("arrivals", carriers)))
        return Vote(key, rows, carriers, False, reason)
    return Vote(key, rows, carriers, True, _AGREES[key])


_AGREES = {key: Reason("key_agrees", (("key", key.value),)) for key in Key}


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

# Every key with its column of the list and that of the participants; the identity of the meeting is everybody's.
COLUMNS = (
    (Key.TAG, "tag", "tags"),
    *((pair.key, pair.people, "" if pair.key is Key.MS_OPEN_ID else pair.arrivals) for pair in PAIRS),
)

_ORDER = {key: place for place, key in enumerate(Key)}

# A participant's row -> the values it carries; a value -> the rows of the list that hold it.
Values = Mapping[int, Sequence[Id]]
Known = Mapping[Id, tuple[int, ...]]
Cast = Iterator[tuple[int, Vote]]


def decode_tag(raw: str) -> str:
    """Give the user data inside a raw `customer_data`, or the raw text where it is not encoded (64850).

    Shape: Base64, padded or not, of JSON with a `userData`.
    """
    if not raw.startswith(_ENCODED):
        return raw
    try:
        padded = raw + "=" * (-len(raw) % 4)
        inner = json.loads(base64.b64decode(padded, altchars=b"-_"))
    except (binascii.Error, ValueError):
        return raw
    return str(inner["userData"]) if isinstance(inner, dict) and "userData" in inner else raw


def votes(people: People, arrivals: Arrivals, earlier: Earlier, copies: Copies) -> dict[int, tuple[Vote, ...]]:
    """Look up every key of every participant on the list.

    Shape: participant's row -> votes, strongest key first; participants without any are left out.
    Guarantee: the same for every order of either table, apart from the row numbers.
    """
    found: dict[int, list[Vote]] = defaultdict(list)
    cast = chain(
        _tags(people, arrivals, copies), _plain(people, arrivals, copies), _told(people, arrivals, earlier, copies)
    )
    for row, one in cast:
        found[row].append(one)
    return {row: _sorted(each, people) for row, each in found.items()}


def _sorted(cast: list[Vote], people: People) -> tuple[Vote, ...]:
    """Sort the votes of one participant, the strongest key first."""
    if len(cast) > 1:
        cast.sort(key=lambda one: (_ORDER[one.key], sorted(str(people.id[at]) for at in one.rows)))
    return tuple(cast)


def _tags(people: People, arrivals: Arrivals, copies: Copies) -> Cast:
    """Vote by exclusive links: the raw texts are compared first, then the decoded ones."""
    carried = {row: [raw for raw in raws if raw] for row, raws in enumerate(column(arrivals, "tags", ())) if raws}
    if not carried:
        return iter(())
    listed = list(column(people, "tag"))
    exact = _holders(listed, {raw for raws in carried.values() for raw in raws})
    forms = {
        row: list(dict.fromkeys(raw if raw in exact else decode_tag(raw) for raw in raws)) for row, raws in carried.items()
    }
    decoded = _holders([decode_tag(raw) if raw else raw for raw in listed], {form for each in forms.values() for form in each})
    return _matched(Key.TAG, forms, {**decoded, **exact}, copies)


def _plain(people: People, arrivals: Arrivals, copies: Copies) -> Cast:
    """Vote by the keys whose values are compared as they are; hashes in any case, those of no phone left out."""
    void = {value.upper() for value in arrivals.void_hashes}
    for key, of_people, of_arrivals in PAIRS:
        if not getattr(people, of_people):
            continue
        cells = enumerate(column(arrivals, of_arrivals))
        if key is Key.PHONE_HASH:
            carried = {row: (value.upper(),) for row, value in cells if value and value.upper() not in void}
        else:
            carried = {row: (value,) for row, value in cells if value}
        if carried:
            known = _holders(column(people, of_people), {value for (value,) in carried.values()})
            yield from _matched(key, carried, known, copies)


def _told(people: People, arrivals: Arrivals, earlier: Earlier, copies: Copies) -> Cast:
    """Vote by what names a person outright: telephone look-ups, the memory of former meetings."""
    callers = {row: tuple(ids) for row, ids in enumerate(column(arrivals, "pstn_person_ids", ())) if ids}
    known = earlier.remembered
    remembered = {row: (known[arrival],) for row, arrival in enumerate(arrivals.id) if arrival in known} if known else {}
    if callers or remembered:
        rows: Known = {person: (row,) for row, person in enumerate(people.id)}
        yield from _together(callers, rows)
        yield from _matched(Key.REMEMBERED, remembered, rows, copies)


def _holders(cells: Iterable[str | Iterable[str]], wanted: set[str]) -> Known:
    """Find the rows of the list that hold a wanted value, in one scan; a cell holds one value or several."""
    found: dict[Id, list[int]] = defaultdict(list)
    listed = list(cells)
    if listed and isinstance(listed[0], str):
        for row in [row for row, cell in enumerate(listed) if cell in wanted]:
            found[listed[row]].append(row)
    else:
        for row in [row for row, cell in enumerate(listed) if cell and not wanted.isdisjoint(cell)]:
            for value in dict.fromkeys(listed[row]):
                if value in wanted:
                    found[value].append(row)
    return {value: tuple(rows) for value, rows in found.items()}


def _matched(key: Key, carried: Values, known: Known, copies: Copies) -> Cast:
    """Vote for every carried value the list knows; raw and decoded forms of a link are one value."""
    persons = {rows: rows if len(rows) == 1 else copies.merged(rows) for rows in known.values()}
    meant = {row: {persons[known[value]] for value in values if value in known} for row, values in carried.items()}
    carriers = Counter(rows for each in meant.values() for rows in each)
    cast = {rows: vote(key, rows, times) for rows, times in carriers.items()}
    for row, each in meant.items():
        for rows in each:
            yield row, cast[rows]


def _together(carried: Values, rows: Known) -> Cast:
    """Vote for the persons of one telephone number as one value: two persons on a number make it no key."""
    carriers = Counter(person for persons in carried.values() for person in set(persons))
    for row, persons in carried.items():
        known = tuple(sorted({rows[person][0] for person in persons if person in rows}))
        if known:
            yield row, vote(Key.PSTN, known, max(carriers[person] for person in persons))
