"""VISITS.json and MAP.json: participant rows folded into participants, and what their enrolments are called."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from attendance.matching import Arrivals, Id, People
from attendance.offline import shown
from attendance.offline.expected import Numbers, phone_numbers
from attendance.offline.files import BadFile, json_of, kind_of
from attendance.participants import COLUMNS, Identity
from portal.tencent import wire

# What may tell whose a row is, the platform's own identity of this meeting first (identity file 1.4).
IDENTITIES = ("ms_open_id", "userid", "open_id", "uuid")
TEXTS = (*IDENTITIES, "user_name", "phone", "customer_data", "pstn_number")
NUMBERS = ("instanceid", "join_type", "join_time", "left_time", "user_role")
FIELDS = (*TEXTS, *NUMBERS, "is_enterprise_user")

Cells = Sequence[object]
Columns = Mapping[str, list]
# A field that tells whose a row is, and its value.
Owner = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Visits:
    """The participants, and for each visit, in the order of the file, which of them it belongs to."""

    identities: Mapping[str, Identity]
    callers: Mapping[str, Numbers]
    of_visit: Sequence[str]


def read(path: Path) -> Visits:
    """Read the participant rows of a meeting and fold them as the product does. Raises: BadFile with the visit."""
    columns = _columns(list(_rows(json_of(path, _slim), path)), path)
    labels, joined = _labels(columns), columns["join_time"]
    identities = {label: Identity() for label in labels}
    facts = list(zip(*(columns[name] for name in COLUMNS), strict=True))
    # As they joined, so that the order of the file says nothing.
    for at in sorted(range(len(facts)), key=joined.__getitem__):
        identities[labels[at]].add(facts[at])
    callers: dict[str, Numbers] = {}
    for label, name, number in zip(labels, columns["user_name"], columns["pstn_number"], strict=True):
        one = identities[label]
        if not one.names and name:
            # Attached rows name nobody, but are better than no name.
            one.names[name] = None
        # The number somebody calls from: told by the platform (from abroad, with 00: 51620), or shown as the name.
        if one.pstn and (called := phone_numbers(number or name)):
            callers[label] = called
    return Visits(identities, callers, labels)


def enrolments(path: Path) -> dict[str, str]:
    """Read MAP: the 报名ID of each `ms_open_id`. Raises: BadFile with the entry."""
    read = json_of(path)
    if not isinstance(read, dict):
        raise BadFile(path, f"{kind_of(read)} where an object of ms_open_id and 报名ID was expected")
    for who, told in read.items():
        if isinstance(told, list | dict):
            raise BadFile(path, f"{kind_of(told)} where a 报名ID was expected", f"field {who}")
    return {who: wire.as_text(told) for who, told in read.items()}


def arrivals(visits: Visits, people: People, enrolled: Mapping[str, str], numbers: Iterable[Numbers]) -> Arrivals:
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
        is_host=[bool(one.hosting) for one in each],
    )  # fmt: skip


def _slim(found: dict[str, object]) -> object:
    """Keep of a participant row what is read, while the file is parsed: the rest is half of the memory."""
    return found if "participants" in found else tuple(map(found.get, FIELDS))


def _rows(read: object, path: Path) -> Iterator[Cells]:
    """Give the rows in what was read: an array of rows, an answer of the platform, or an array of these."""
    if not isinstance(read, list | dict):
        raise BadFile(path, f"{kind_of(read)} where an array of participant rows was expected")
    number = 0
    for element in read if isinstance(read, list) else [read]:
        held = element["participants"] if isinstance(element, dict) else [element]
        if not isinstance(held, list | None):
            raise BadFile(path, f"{kind_of(held)} where an array was expected", "field participants")
        for row in held or ():
            if not isinstance(row, tuple):
                raise BadFile(path, f"{kind_of(row)} where a participant row was expected", f"visit {number}")
            yield row
            number += 1


def _columns(rows: Sequence[Cells], path: Path) -> Columns:
    """Turn rows into the columns the product keeps of a visit, and those that tell whose it is."""
    cells = dict(zip(FIELDS, zip(*rows, strict=True) if rows else [()] * len(FIELDS), strict=True))
    columns: dict[str, list] = {name: _texts(name, cells[name], path) for name in TEXTS}
    columns |= {name: _numbers(cells[name]) for name in NUMBERS}
    columns["user_name"] = shown.names(columns["user_name"])
    columns["phone_hash"] = list(map(str.upper, columns["phone"]))
    columns["join_time"] = [stamp or 0 for stamp in columns["join_time"]]
    columns["is_enterprise_user"] = [bool(wire.flag({"": cell}, "")) for cell in cells["is_enterprise_user"]]
    return columns


def _texts(name: str, cells: Cells, path: Path) -> list[str]:
    """Read a column of texts, numbers and nothing. Raises: BadFile for an array or an object."""
    if {list, tuple, dict} & set(map(type, cells)):
        at, wrong = next((at, cell) for at, cell in enumerate(cells) if isinstance(cell, list | tuple | dict))
        raise BadFile(path, f"{kind_of(wrong)} where a text was expected", f"visit {at}", f"field {name}")
    return [cell.strip() if type(cell) is str else wire.as_text(cell) for cell in cells]


def _numbers(cells: Cells) -> list[int | None]:
    """Read a column of whole numbers; what is none is nothing."""
    return [cell if type(cell) is int else wire.as_number(cell) for cell in cells]


def _labels(columns: Columns) -> list[str]:
    """Name the participant of each visit: by `ms_open_id`; where that is missing, by whose it must be, or by itself."""
    known = columns["ms_open_id"]
    if all(known):
        return known
    told = [_owners(*row) for row in zip(*(columns[name] for name in IDENTITIES[1:]), strict=True)]
    owners: dict[Owner, set[str]] = defaultdict(set)
    for who, each in zip(known, told, strict=True):
        for owner in each if who else ():
            owners[owner].add(who)
    labels = enumerate(zip(known, told, strict=True))
    return [who or _label(each, owners) or f"visit:{at}" for at, (who, each) in labels]


def _label(told: Sequence[Owner], owners: Mapping[Owner, set[str]]) -> str:
    """Name whom a row without `ms_open_id` belongs to; nothing where it does not say."""
    known = next((owners[owner] for owner in told if len(owners.get(owner, ())) == 1), None)
    return min(known) if known else ":".join(told[0]) if told else ""


def _owners(*values: str) -> list[Owner]:
    """Give what a row says of whose it is, beside its `ms_open_id`."""
    return [(name, value) for name, value in zip(IDENTITIES[1:], values, strict=True) if value]


def _persons(numbers: Iterable[Numbers]) -> dict[str, list[Id]]:
    """Give the people of the list by number."""
    found: dict[str, list[Id]] = defaultdict(list)
    for row, phones in enumerate(numbers):
        for phone in phones:
            found[phone.e164].append(row)
    return found
