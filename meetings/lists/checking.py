"""Check the rows of a batch against themselves and the people of the meeting: what each would do, and its doubts."""

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from meetings.lists.headings import FIELDS
from meetings.lists.rows import Reader, Row

TAKE, LEAVE, MERGE = "take", "leave", "merge"
NEW, BACK, CHANGED, SAME, MISSING, FAULTY = "new", "back", "changed", "same", "missing", "faulty"
# What a row fills in besides the fields that have a column.
BESIDES = ("written", "more_phones", "landline")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the meeting, on this list (`listed`), on another one or none. The phone is known by its index only."""

    pk: int
    phone_index: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    removed: bool = False
    listed: bool = True

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Their own keys: phone, code, staff id."""
        told = self.values
        every = (("phone", self.phone_index), ("code", told.get("code", "")), ("userid", told.get("userid", "")))
        return [key for key in every if key[1]]

    @property
    def named(self) -> tuple[str, str]:
        """Name and company."""
        return self.values.get("name", ""), self.values.get("company", "")


@dataclass(slots=True)
class Outcome:
    """What one row would do: `person` is who it is, if anybody known; `into` the line it is merged into, if any."""

    row: Row
    effect: str
    choice: str = TAKE
    person: int | None = None
    changes: tuple[str, ...] = ()
    into: int = 0

    @property
    def taken(self) -> bool:
        """Whether the row would be written."""
        return self.effect != FAULTY and self.choice != LEAVE


@dataclass(slots=True)
class Checked:
    """What a batch would do; `missing` are people on the list whom no row means, `going` those who are taken off it."""

    outcomes: list[Outcome]
    missing: list[int]
    going: list[int] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Name this outcome, so that a yes is only taken for what was seen."""
        told = hashlib.blake2b(digest_size=16)
        for each in self.outcomes:
            fact = (each.row.line, each.effect, each.choice, each.person, each.changes, each.row.reason, each.into)
            told.update(repr(fact).encode())
        told.update(repr((self.missing, self.going)).encode())
        return told.hexdigest()


Cells = Iterable[tuple[int, int, Sequence[str]]]


def check(
    reader: Reader,
    cells: Cells,
    known: Iterable[Known],
    choices: Mapping[int, str] | None = None,
    going: Container[int] = (),
) -> Checked:
    """Check every row: (line, place, cells), under what was chosen for some lines and for missing people.

    Guarantee: no two taken rows mean one person; no two share a phone, code or staff id; same input, same outcome.
    """
    chosen = choices or {}
    rows = [reader.read(*each) for each in cells]
    everybody = list(known)
    into = _mark_twice(reader, rows, chosen)
    joined = _Joins(everybody, [row for row in rows if not row.faulty and row.line not in into])
    outcomes = [_outcome(row, chosen.get(row.line, TAKE), into, joined) for row in rows]
    met = {each.person for each in outcomes if each.person is not None}
    missing = [each.pk for each in everybody if each.listed and not each.removed and each.pk not in met]
    return Checked(outcomes, missing, [pk for pk in missing if pk in going])


def _mark_twice(reader: Reader, rows: Sequence[Row], chosen: Mapping[int, str]) -> dict[int, int]:
    """Mark rows that share a key or a name with an earlier one; gives which lines are merged into which."""
    seen: dict[tuple[str, str], Row] = {}
    named: dict[tuple[str, str], Row] = {}
    into: dict[int, int] = {}
    for row in rows:
        if row.faulty or chosen.get(row.line) == LEAVE:
            continue
        shared = next(((name, seen[name, value]) for name, value in row.keys if (name, value) in seen), None)
        alike = named.get(row.named)
        if shared and chosen.get(row.line) != MERGE:
            column = reader.column_of(shared[0])
            row.fault(f"{shared[0]}_twice", column, row.values[shared[0]], other=shared[1].line)
        elif (first := shared[1] if shared else alike) and chosen.get(row.line) == MERGE:
            into[row.line] = into.get(first.line, first.line)
            _merge(row, first)
        else:
            if alike and not _differ(row.keys, alike.keys):
                row.doubt("name_twice", reader.column_of("name"), row.values["name"], other=alike.line)
            seen.update(dict.fromkeys(row.keys, row))
            named.setdefault(row.named, row)
    return into


def _merge(row: Row, first: Row) -> None:
    """Let the first row have what only the second says."""
    first.values = {**row.values, **first.values}
    first.extra = {**row.extra, **first.extra}
    first.phone_index = first.phone_index or row.phone_index


def _outcome(row: Row, choice: str, into: Mapping[int, int], joined: "_Joins") -> Outcome:
    if row.faulty:
        return Outcome(row, FAULTY, choice)
    if row.line in into:
        return Outcome(row, SAME, MERGE, into=into[row.line])
    person = joined.find(row) if choice != LEAVE else joined.known_as(row)
    if row.faulty:
        return Outcome(row, FAULTY, choice)
    if person is None:
        return Outcome(row, NEW, choice)
    changes = _changes(row, person)
    if person.removed:
        return Outcome(row, BACK, choice, person.pk, changes)
    if not person.listed:
        return Outcome(row, NEW, choice, person.pk, changes)
    return Outcome(row, CHANGED if changes else SAME, choice, person.pk, changes)


class _Joins:
    """Finds who of the meeting a row means: by phone, else code, else staff id, else name and company."""

    def __init__(self, known: Sequence[Known], rows: Sequence[Row]) -> None:
        self._met: dict[int, int] = {}
        # Those who are on the list come last, so that they win over those of other lists and those who were removed.
        ordered = sorted(known, key=lambda person: (not person.removed, person.listed))
        self._by = {key: person for person in ordered for key in person.keys}
        self._named = dict(_pairs(ordered, rows))

    def find(self, row: Row) -> Known | None:
        """Give who a row means; its keys may name two people, or two rows one: then the row becomes faulty."""
        found = self._keyed(row)
        if len({person.pk for _, person in found}) > 1:
            row.fault("keys_disagree", None, row.values["name"])
            return None
        person = found[0][1] if found else self._named.get(row.line)
        if person is None:
            return None
        first = self._met.setdefault(person.pk, row.line)
        if first != row.line:
            row.fault("same_person", None, row.values["name"], other=first)
        return person

    def known_as(self, row: Row) -> Known | None:
        """Give who a row means that is left out, so that its person does not count as missing."""
        found = self._keyed(row)
        return found[0][1] if found else self._named.get(row.line)

    def _keyed(self, row: Row) -> list[tuple[str, Known]]:
        found = [(name, self._by[name, value]) for name, value in row.keys if (name, value) in self._by]
        return [pair for pair in found if not pair[1].removed] or found[:1]


def _pairs(known: Sequence[Known], rows: Sequence[Row]) -> Iterator[tuple[int, Known]]:
    """Pair rows with people of the same name and company whose keys do not speak against it.

    Where several rows and people share both, and nothing tells them apart, they are paired in their order if there
    are as many of each: a list that is uploaded twice changes nothing. Otherwise nobody can say who is who.
    """
    people, meant = defaultdict(list), defaultdict(list)
    for person in known:
        if not person.removed:
            people[person.named].append(person)
    for row in rows:
        if row.named in people:
            meant[row.named].append(row)
    for name, alike in meant.items():
        listed = [person for person in people[name] if person.listed] or people[name]
        if len(listed) != len(alike):
            continue
        free = listed if len(listed) == 1 else sorted(listed, key=lambda person: person.pk)
        for row, person in zip(alike, free, strict=True):
            if not _differ(row.keys, person.keys):
                yield row.line, person


def _differ(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> bool:
    """Say whether two have a key of one kind with different values."""
    other = dict(right)
    return any(other.get(name, value) != value for name, value in left)


def _changes(row: Row, person: Known) -> tuple[str, ...]:
    """Name the fields that differ; a cell left empty leaves the person as they are."""
    told = row.values
    plain = [
        name for name in FIELDS if name != "phone" and name in told and told[name] != person.values.get(name, "")
    ]
    phone = ["phone"] if row.phone_index and row.phone_index != person.phone_index else []
    extra = ["extra"] if any(person.extra.get(name) != value for name, value in row.extra.items()) else []
    return tuple(plain + phone + extra)
