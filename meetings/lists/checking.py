"""Check the rows of a batch against themselves and the people of the meeting: what each would do, and its doubts."""

import gc
import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from meetings.lists.headings import FIELDS
from meetings.lists.rows import TOLD, Reader, Row, differ, keys_of
from portal.crypto import index_hash

TAKE, LEAVE, MERGE = "take", "leave", "merge"
NEW, BACK, CHANGED, SAME, MISSING, FAULTY = "new", "back", "changed", "same", "missing", "faulty"
NOBODY = -1
_MORE = TOLD.index("more_phones")
_PLAIN = [(at, name) for at, name in enumerate(FIELDS) if name != "phone"]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the meeting, on this list (`listed`), on another one or none.

    `told` is what is known of them in the order of FIELDS, but for the phone, which is known by its index only;
    `several` says that they have more than one.
    """

    pk: int
    phone_index: str = ""
    told: Sequence[str] = ("",) * len(FIELDS)
    extra: Mapping[str, str] = field(default_factory=dict)
    removed: bool = False
    listed: bool = True
    several: bool = False

    @property
    def values(self) -> dict[str, str]:
        """The filled fields, by name."""
        return {name: value for name, value in zip(FIELDS, self.told, strict=True) if value}

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Their own keys: phone, code, staff id."""
        return keys_of(self.phone_index, self.told)

    @property
    def named(self) -> tuple[str, str]:
        """Name and company."""
        return self.told[FIELDS.index("name")], self.told[FIELDS.index("company")]

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Who wins where two have one key: those of the list before those of others, and before who was removed."""
        return not self.removed, self.listed, -self.pk


@dataclass(slots=True)
class Outcome:
    """What one row would do: `person` is who it is, if anybody known; `into` the line it is merged into, if any.

    `alike` is somebody known of the same name and company whom the row would be if it were merged.
    """

    row: Row
    effect: str
    choice: str = TAKE
    person: int | None = None
    changes: tuple[str, ...] = ()
    into: int = 0
    alike: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the row would be written."""
        return self.effect != FAULTY and self.choice != LEAVE


@dataclass
class Checked:
    """What a batch would do; `missing` are people on the list whom no row means, `going` those who are taken off it.

    Somebody whose row is faulty is not missing.
    """

    outcomes: list[Outcome]
    missing: list[int]
    going: list[int] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        """Name this outcome and what the rows say, so that a yes is only taken for what was seen."""
        told = hashlib.blake2b(digest_size=16)
        for each in self.outcomes:
            row = each.row
            fact = f"{row.line} {each.effect} {each.choice} {each.person} {each.changes} {row.reason} {row.other} {each.into}"
            extra = repr(row.extra) if row.beside else ""
            told.update("\x1f".join((fact, *row.told, extra, "\x1e")).encode("utf-8", "replace"))
        told.update(repr((self.missing, self.going)).encode())
        # Keyed, for who knows the outcome of one row could otherwise try all phones.
        return index_hash("outcome", told.hexdigest())


Cells = Iterable[tuple[int, int, Sequence[str]]]


def check(
    reader: Reader,
    cells: Cells,
    known: Iterable[Known],
    choices: Mapping[int, str] | None = None,
    going: Container[int] = (),
) -> Checked:
    """Check every row: (line, place, cells), under what was chosen for some lines and for missing people.

    Guarantee: no two taken rows mean one person or share a phone, code or staff id; people may come in any order.
    """
    with _uncollected():
        chosen = choices or {}
        rows = [reader.read(*each) for each in cells]
        everybody = list(known)
        into = _Twice(reader, rows, chosen).into
        joined = _Joins(reader, everybody, [row for row in rows if row.line not in into], chosen)
        outcomes = [_outcome(row, chosen.get(row.line, TAKE), into, joined, reader.whole) for row in rows]
        blurred = {row.named for row in rows if row.faulty and row.name}
        unmet = (each for each in everybody if each.listed and not each.removed and each.pk not in joined.met)
        missing = sorted(each.pk for each in unmet if each.named not in blurred)
        return Checked(outcomes, missing, [pk for pk in missing if pk in going])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do without the search for cycles, of which rows have none: it would cost half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Twice:
    """Marks rows that share a key or a name with an earlier one; `into` gives for merged lines the row they fill in."""

    def __init__(self, reader: Reader, rows: Sequence[Row], chosen: Mapping[int, str]) -> None:
        self.into: dict[int, Row] = {}
        self._column_of = reader.column_of
        self._seen: dict[str, dict[str, Row]] = {"phone": {}, "code": {}, "userid": {}}
        self._named: dict[tuple[str, str], Row] = {}
        # Most names stand once, and need not be remembered with their companies.
        self._again = _repeated(row.name for row in rows)
        for row in rows:
            if not row.faulty and (choice := chosen.get(row.line, TAKE)) != LEAVE:
                self._mark(row, choice)

    def _mark(self, row: Row, choice: str) -> None:
        shared = [(kind, first) for kind, value in row.keys if (first := self._seen[kind].get(value))]
        alike = self._named.get(row.named) if row.name in self._again else None
        first = shared[0][1] if shared else alike
        if first and choice == MERGE:
            # A row cannot be two earlier ones at once.
            shared = [pair for pair in shared if pair[1] is not first]
        if shared:
            kind, other = shared[0]
            row.fault(f"{kind}_twice", self._column_of(kind), other=other.line)
        elif first and choice == MERGE:
            self.into[row.line] = first
            first.absorb(row)
            self._remember(first)
        else:
            if alike:
                self._doubt(row, alike)
            self._remember(row)

    def _doubt(self, row: Row, alike: Row) -> None:
        """Twins stay two; that two colleagues have one name is worth a look, that two of a whole list do is not."""
        apart = differ(row.keys, alike.keys)
        if not apart or row.company:
            row.doubt("name_again" if apart else "name_twice", self._column_of("name"), other=alike.line)

    def _remember(self, row: Row) -> None:
        for kind, value in row.keys:
            self._seen[kind][value] = row
        if row.name in self._again:
            self._named.setdefault(row.named, row)


class _Joins:
    """Finds who of the meeting a row means: by phone, code or staff id, and who is left by name and company.

    `person` gives who a line means, `alike` who it would mean if it were merged, `met` which line is taken for
    somebody, or NOBODY.
    """

    def __init__(self, reader: Reader, known: Sequence[Known], rows: Sequence[Row], chosen: Mapping[int, str]) -> None:
        self.met: dict[int, int] = {}
        self._column_of = reader.column_of
        self._chosen = chosen
        self.alike: dict[int, int] = {}
        self.person: dict[int, Known] = {}
        self._by = _by_key(known)
        rest = [row for row in rows if not self._keyed(row) and not row.faulty] if known else []
        self._by_name(rest, [each for each in known if not each.removed and each.pk not in self.met])

    def _keyed(self, row: Row) -> bool:
        """Say whether keys name somebody; they may name two people, or two rows one: then the row becomes faulty."""
        found = [person for kind, value in row.keys if (person := self._by[kind].get(value))]
        found = [person for person in found if not person.removed] or found[:1]
        for person in found:
            self.met.setdefault(person.pk, NOBODY)
        if not found or row.faulty:
            return bool(found)
        if self._chosen.get(row.line) == LEAVE:
            self.person[row.line] = found[0]
        elif any(person is not found[0] for person in found):
            row.fault("keys_disagree")
        elif (first := self.met[found[0].pk]) != NOBODY:
            row.fault("same_person", other=first)
        else:
            self.person[row.line], self.met[found[0].pk] = found[0], row.line
        return True

    def _by_name(self, rows: Sequence[Row], known: Sequence[Known]) -> None:
        """Pair rows with people of the same name and company, where there are as many of each.

        Twins whom nothing tells apart are paired in their order: a list that is uploaded twice changes nothing. One
        whose keys speak against it may still be somebody whose phone has changed: that is a doubt, and theirs to say.
        """
        names = {row.named for row in rows} if known else set()
        for alike, people in _alike(rows, [each for each in known if each.named in names]):
            for row, person in zip(alike, people, strict=True):
                apart = differ(row.keys, person.keys)
                if not apart or (len(people) == 1 and self._chosen.get(row.line) == MERGE):
                    self.person[row.line], self.met[person.pk] = person, row.line
                elif len(people) == 1 and (person.listed or row.company):
                    row.doubt("name_listed", self._column_of("name"))
                    self.alike[row.line] = person.pk


def _alike(rows: Sequence[Row], known: Sequence[Known]) -> Iterator[tuple[list[Row], list[Known]]]:
    """Give rows and people of one name and company, as many of each; those of the list before those of others."""
    people, meant = defaultdict(list), defaultdict(list)
    for person in sorted(known, key=lambda person: person.pk):
        people[person.named].append(person)
    for row in rows:
        meant[row.named].append(row)
    for name, alike in meant.items():
        listed = [person for person in people.get(name, ()) if person.listed] or people.get(name, [])
        if len(listed) == len(alike):
            yield alike, listed


def _by_key(known: Sequence[Known]) -> dict[str, dict[str, Known]]:
    by: dict[str, dict[str, Known]] = {"phone": {}, "code": {}, "userid": {}}
    for person in known:
        for kind, value in person.keys:
            other = by[kind].setdefault(value, person)
            if other is not person and other.rank < person.rank:
                by[kind][value] = person
    return by


def _outcome(row: Row, choice: str, into: Mapping[int, Row], joined: _Joins, whole: bool) -> Outcome:
    if (first := into.get(row.line)) and first.faulty:
        row.fault(first.reason, first.column, other=first.line)
    if row.faulty:
        return Outcome(row, FAULTY, choice)
    if first:
        return Outcome(row, SAME, MERGE, into=first.line)
    person = joined.person.get(row.line)
    if person is None:
        return Outcome(row, NEW, choice, alike=joined.alike.get(row.line))
    changes = _changes(row, person, whole)
    if person.removed:
        return Outcome(row, BACK, choice, person.pk, changes)
    if not person.listed:
        return Outcome(row, NEW, choice, person.pk, changes)
    return Outcome(row, CHANGED if changes else SAME, choice, person.pk, changes)


def _repeated(names: Iterable[str]) -> set[str]:
    once, again = set(), set()
    for name in names:
        (again if name in once else once).add(name)
    return again


def _changes(row: Row, person: Known, whole: bool) -> tuple[str, ...]:
    """Name the fields that differ; a cell left empty leaves the person as they are, unless rows tell everything."""
    told, before, several = row.told, person.told, bool(row.told[_MORE])
    plain = [name for at, name in _PLAIN if told[at] != before[at] and (whole or told[at])]
    phone = ["phone"] if row.phone_index != person.phone_index and (whole or row.phone_index) else []
    more = ["more_phones"] if several != person.several and (whole or several) else []
    beside = row.extra if row.beside else {}
    differing = any(person.extra.get(name) != value for name, value in beside.items())
    lost = whole and any(value and name not in beside for name, value in person.extra.items())
    return tuple(plain + phone + more + (["extra"] if differing or lost else []))
