"""VISITS.json and MAP.json: participant rows folded into participants, and what their enrolments are called."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from attendance.matching import Arrivals, Id, People
from attendance.offline import shown
from attendance.offline.expected import Numbers, phone_numbers
from attendance.offline.files import BadFile, json_of, kind_of, plain
from attendance.participants import COLUMNS, Identity
from portal.tencent import wire

# What may tell whose a row is, the platform's own identity of this meeting first (identity file 1.4).
IDENTITIES = ("ms_open_id", "userid", "open_id", "uuid")
TEXTS = (*IDENTITIES, "user_name", "phone", "customer_data", "pstn_number")
NUMBERS = ("instanceid", "join_type", "join_time", "left_time", "user_role")
# Abroad and in events a number begins with 00 (51620).
_ABROAD = "00"

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Visits:
    """The participants, and for each visit, in the order of the file, which of them it belongs to."""

    identities: Mapping[str, Identity]
    callers: Mapping[str, Numbers]
    of_visit: Sequence[str]


class _Owner(NamedTuple):
    field: str
    value: str


def read(path: Path) -> Visits:
    """Read the participant rows of a meeting and fold them as the product does. Raises: BadFile with the visit."""
    rows = [_row(found, path, number) for number, found in enumerate(_objects(json_of(path), path))]
    for row, name in zip(rows, shown.names([str(row["user_name"]) for row in rows]), strict=True):
        row["user_name"] = name
    labels = _labels(rows)
    identities = {label: Identity() for label in labels}
    callers: dict[str, Numbers] = {}
    # As they joined, so that the order of the file says nothing; a name is read twice where no other was shown.
    for at in sorted(range(len(rows)), key=lambda at: rows[at]["join_time"]):
        row, label = rows[at], labels[at]
        one = identities[label]
        one.add(tuple(row[column] for column in COLUMNS))
        if one.pstn and (called := _called(row)):
            callers[label] = called
    for row, label in zip(rows, labels, strict=True):
        if not identities[label].names and row["user_name"]:
            identities[label].names[str(row["user_name"])] = None
    return Visits(identities, callers, labels)


def enrolments(path: Path) -> dict[str, str]:
    """Read MAP: the 报名ID of each `ms_open_id`. Raises: BadFile with the entry."""
    read = json_of(path)
    if not isinstance(read, dict):
        raise BadFile(path, f"{kind_of(read)} where an object of ms_open_id and 报名ID was expected")
    return {who: wire.as_text(plain(read, who, path)) for who in read}


def arrivals(visits: Visits, people: People, enrolled: Mapping[str, str], numbers: Sequence[Numbers]) -> Arrivals:
    """Give the participants as the core takes them."""
    each = list(visits.identities.values())
    persons = _persons(numbers) if visits.callers else {}
    called = [visits.callers.get(label, ()) for label in visits.identities]
    return Arrivals(
        id=list(visits.identities), names=[list(one.names) for one in each], tags=[list(one.tags) for one in each],
        enroll_id=[enrolled.get(label, "") for label in visits.identities], userid=[one.userid for one in each],
        open_id=[one.open_id for one in each], phone_hash=[one.phone_hash for one in each],
        pstn_person_ids=[[row for phone in phones for row in persons.get(phone.e164, ())] for phones in called],
        # Own staff need no looking for, unless the list is about staff.
        is_staff=() if any(people.userid) else [one.is_enterprise_user for one in each],
        is_host=[one.host_since is not None for one in each],
    )  # fmt: skip


def _objects(read: object, path: Path) -> Iterator[Mapping[str, object]]:
    """Give the rows in what was read: an array of rows, an answer of the platform, or an array of these."""
    if not isinstance(read, list) and not (isinstance(read, dict) and "participants" in read):
        raise BadFile(path, f"{kind_of(read)} where an array of participant rows was expected")
    number = 0
    for element in read if isinstance(read, list) else [read]:
        held = element.get("participants", [element]) if isinstance(element, dict) else [element]
        if not isinstance(held, list | None):
            raise BadFile(path, f"{kind_of(held)} where an array was expected", "field participants")
        for row in held or ():
            if not isinstance(row, dict):
                raise BadFile(path, f"{kind_of(row)} where a participant row was expected", f"visit {number}")
            yield row
            number += 1


def _row(found: Mapping[str, object], path: Path, number: int) -> Row:
    """Read one participant row; all but an array or object in a field is taken as it comes."""
    place = f"visit {number}"
    row: Row = {
        name: wire.as_text(plain(found, name, path, place)).strip() if found.get(name) else "" for name in TEXTS
    }
    row |= {name: wire.as_number(found.get(name)) for name in NUMBERS}
    row["join_time"], row["phone_hash"] = row["join_time"] or 0, str(row.pop("phone")).upper()
    row["is_enterprise_user"] = bool(wire.flag(found, "is_enterprise_user"))
    return row


def _labels(rows: Sequence[Row]) -> list[str]:
    """Name the participant of each visit: by `ms_open_id`; where that is missing, by whose it must be, or by itself."""
    owners: dict[_Owner, set[str]] = defaultdict(set)
    if not all(row["ms_open_id"] for row in rows):
        for row in rows:
            for owner in _owners(row) if row["ms_open_id"] else ():
                owners[owner].add(str(row["ms_open_id"]))
    return [str(row["ms_open_id"]) or _label(row, f"visit:{at}", owners) for at, row in enumerate(rows)]


def _label(row: Row, alone: str, owners: Mapping[_Owner, set[str]]) -> str:
    """Name whom a row without `ms_open_id` belongs to."""
    told = _owners(row)
    known = next((owners[owner] for owner in told if len(owners.get(owner, ())) == 1), None)
    if known:
        return min(known)
    return f"{told[0].field}:{told[0].value}" if told else alone


def _owners(row: Row) -> list[_Owner]:
    return [_Owner(name, str(row[name])) for name in IDENTITIES[1:] if row[name]]


def _called(row: Row) -> Numbers:
    """Give the number somebody calls from: told by the platform, or shown as the caller's name."""
    told = str(row["pstn_number"])
    return phone_numbers(told.replace(_ABROAD, "+", 1) if told.startswith(_ABROAD) else told or str(row["user_name"]))


def _persons(numbers: Sequence[Numbers]) -> dict[str, list[Id]]:
    """Give the people of the list by number."""
    found: dict[str, list[Id]] = defaultdict(list)
    for row, phones in enumerate(numbers):
        for phone in phones:
            found[phone.e164].append(row)
    return found
