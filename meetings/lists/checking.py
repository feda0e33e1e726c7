"""Check the rows of a sheet against themselves and the list: who is new, who changes, what is faulty."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from meetings.lists.headings import FIELDS
from meetings.lists.mapping import KEEP
from meetings.lists.reading import MAX_CELL, Line, Sheet, letter
from portal import phones
from portal.crypto import index_hash

LONGEST = {
    "name": 200,
    "phone": 60,
    "email": 254,
    "company": 200,
    "title": 100,
    "userid": 100,
    "code": 100,
    "note": 500,
}
# What people write where they have nothing to write.
NOTHING = frozenset(
    {"-", "--", "—", "——", "/", "\\", "n/a", "na", "none", "null", "nil", "无", "暂无", "没有", "空"}
)
SHOWN = 40
SHORTEST = 7

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is, or was, on the list. The phone is known by its index only."""

    pk: int
    phone_index: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be taken: `values` are its filled fields, `person` who of the list it is.

    `back` marks somebody who had been removed; `changes` names the fields that differ from the list.
    """

    line: int
    values: Mapping[str, str]
    extra: Mapping[str, str]
    phone_index: str = ""
    person: int | None = None
    back: bool = False
    changes: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the row adds somebody (or brings somebody back)."""
        return self.person is None or self.back


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be taken: where, what stands there (masked), a reason code; `other` is a 2nd line."""

    line: int
    column: str
    value: str
    reason: str
    other: int = 0
    limit: int = 0


Outcome = tuple[Entry, Fault | None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a sheet would do to the list; `missing` are people who are on the list and not in the sheet."""

    accepted: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    missing: tuple[int, ...]

    @property
    def new(self) -> list[Entry]:
        """Rows that add somebody."""
        return [entry for entry in self.accepted if entry.is_new]

    @property
    def changed(self) -> list[Entry]:
        """Rows that change somebody who is on the list."""
        return [entry for entry in self.accepted if not entry.is_new and entry.changes]

    @property
    def unchanged(self) -> list[Entry]:
        """Rows that say what the list says."""
        return [entry for entry in self.accepted if not entry.is_new and not entry.changes]

    @property
    def digest(self) -> str:
        """Name this outcome, so that a confirmation is only taken for what was seen."""
        told = [(entry.line, entry.person, entry.back, entry.changes) for entry in self.accepted]
        return hashlib.sha256(repr((told, self.missing)).encode()).hexdigest()[:32]


def check(sheet: Sheet, mapping: Sequence[str], existing: Iterable[Known]) -> Checked:
    """Check every row; a faulty row is named and left out, the others are joined with the list.

    Guarantee: no two rows meet one person; no two accepted rows share a phone, a code or a staff id.
    """
    known = list(existing)
    rows = Rows(sheet, mapping)
    read = [rows.read(line) for line in sheet.rows]
    joins = Joins(known, [entry for entry, fault in read if not fault], rows)
    joined = [(entry, fault) if fault else joins.join(entry) for entry, fault in read]
    accepted = tuple(entry for entry, fault in joined if not fault)
    met = {entry.person for entry in accepted}
    missing = tuple(person.pk for person in known if not person.removed and person.pk not in met)
    return Checked(accepted, tuple(fault for _, fault in joined if fault), missing)


def masked(field_name: str, value: str) -> str:
    """Show a value so that its owner finds it again, without the middle of a phone."""
    short = value if len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value)})"
    if field_name == "phone" and not short.startswith("+"):
        digits = [at for at, sign in enumerate(short) if sign.isdigit()]
        return "".join("*" if at in digits[3:-4] else sign for at, sign in enumerate(short))
    return phones.mask(short) if field_name == "phone" else phones.scrub(short)


class Rows:
    """Reads lines into entries and remembers who stood where, so that a second one can be named."""

    def __init__(self, sheet: Sheet, mapping: Sequence[str]) -> None:
        self._columns = sheet.columns
        self._mapping = mapping
        self._seen: dict[tuple[str, str], int] = {}

    def fault(self, line: int, name: str, value: str, reason: str, **more: int) -> Fault:
        """Make a fault that stands in the column of a field."""
        return Fault(line, self._heading(name), masked(name, value), reason, **more)

    def read(self, line: Line) -> Outcome:
        """Give the entry of a line, and what is wrong with it."""
        cells = [_clean(cell) for cell in line.cells] + [""] * (len(self._columns) - len(line.cells))
        table = list(zip(self._columns, self._mapping, cells, strict=False))
        values = {name: cell for _, name, cell in table if name in FIELDS and cell}
        extra = {heading: phones.scrub(cell) for heading, name, cell in table if name == KEEP and cell}
        entry = Entry(line.number, values, extra)
        if fault := self._too_much(line) or self._wrong_value(entry):
            return entry, fault
        entry = _with_phone(entry)
        return entry, self._twice(entry)

    def _too_much(self, line: Line) -> Fault | None:
        for index, cell in enumerate(line.cells):
            name = self._mapping[index] if index < len(self._columns) else ""
            heading = self._columns[index] if index < len(self._columns) else letter(index)
            if cell and index >= len(self._columns):
                return Fault(line.number, heading, masked("", cell), "extra_cell")
            limit = LONGEST.get(name, MAX_CELL)
            if len(cell) > limit:
                return Fault(line.number, heading, masked(name, cell), "too_long", limit=limit)
        return None

    def _wrong_value(self, entry: Entry) -> Fault | None:
        if not entry.values.get("name"):
            return self.fault(entry.line, "name", "", "name_missing")
        wrong = (
            ("phone", phone_fault(entry.values.get("phone", ""))),
            ("email", email_fault(entry.values.get("email", ""))),
            ("code", key_fault(entry.values.get("code", ""))),
            ("userid", key_fault(entry.values.get("userid", ""))),
        )
        found = ((name, reason) for name, reason in wrong if reason)
        return next(
            (self.fault(entry.line, name, entry.values[name], reason) for name, reason in found), None
        )

    def _twice(self, entry: Entry) -> Fault | None:
        keys = [(name, entry.values[name]) for name in ("phone", "code", "userid") if name in entry.values]
        if not keys:
            keys = [("name", f"{entry.values['name']}\n{entry.values.get('company', '')}")]
        for key in keys:
            first = self._seen.setdefault(key, entry.line)
            if first != entry.line:
                shown = entry.values[key[0]]
                return self.fault(entry.line, key[0], shown, f"{key[0]}_twice", other=first)
        return None

    def _heading(self, name: str) -> str:
        return next(
            (column for column, each in zip(self._columns, self._mapping, strict=True) if each == name), ""
        )


class Joins:
    """Finds who of the list a row is: by phone, else code, else staff id, else unique name and company."""

    def __init__(self, known: Sequence[Known], entries: Sequence[Entry], rows: Rows) -> None:
        self._rows = rows
        self._met: dict[int, int] = {}
        # Those who are on the list come last, so that they win over those who were removed.
        ordered = sorted(known, key=lambda person: not person.removed)
        self._by = {key: person for person in ordered for key in _keys(person.phone_index, person.values)}
        alone = {
            name for name, count in Counter(_name_of(entry.values) for entry in entries).items() if count == 1
        }
        listed = [(_name_of(person.values), person) for person in known if not person.removed]
        counts = Counter(name for name, _ in listed)
        self._named = {name: person for name, person in listed if counts[name] == 1 and name in alone}

    def join(self, entry: Entry) -> Outcome:
        """Give the entry with its person, and a fault where its keys name two people or two rows name one."""
        found = [(key, self._by[key]) for key in _keys(entry.phone_index, entry.values) if key in self._by]
        found = [pair for pair in found if not pair[1].removed] or found[:1]
        if len({person.pk for _, person in found}) > 1:
            name = found[-1][0][0]
            return entry, self._rows.fault(entry.line, name, entry.values[name], "keys_disagree")
        person = found[0][1] if found else self._by_name(entry)
        if person is None:
            return entry, None
        first = self._met.setdefault(person.pk, entry.line)
        if first != entry.line:
            return entry, self._rows.fault(
                entry.line, "name", entry.values["name"], "same_person", other=first
            )
        return replace(entry, person=person.pk, back=person.removed, changes=_changes(entry, person)), None

    def _by_name(self, entry: Entry) -> Known | None:
        person = self._named.get(_name_of(entry.values))
        if person is None or _differ(entry.phone_index, person.phone_index):
            return None
        keys = ("code", "userid")
        return None if any(_differ(entry.values.get(key), person.values.get(key)) for key in keys) else person


def phone_fault(text: str) -> str:
    """Give the reason code for a text that is no phone, or an empty text."""
    if "*" in text:
        return "phone_masked"
    try:
        number = phones.parse(text) if text else None
    except phones.BadPhone as error:
        return f"phone_{error.reason}"
    return "phone_length" if number and number.area == "86" and _is_cut(number) else ""


def _is_cut(number: phones.Phone) -> bool:
    """Say whether digits of a Chinese number are missing or too many, the commonest slip of all."""
    begins_mobile = re.match(r"1[3-9]", number.national) is not None
    return len(number.national) < SHORTEST or (begins_mobile and not number.mobile)


def email_fault(text: str) -> str:
    """Give the reason code for a text that is no e-mail address, or an empty text."""
    return "email_wrong" if text and not _EMAIL.fullmatch(text) else ""


def key_fault(text: str) -> str:
    """Give the reason code for a code or staff id that is a phone: those lie unencrypted, phones must not."""
    return "key_is_phone" if phones.scrub(text) != text else ""


def _clean(cell: str) -> str:
    # Our exports put an apostrophe before what a spreadsheet would take for a formula.
    plain = cell[1:] if re.match(r"'[=+\-@\t\r＝＋－＠]", cell) else cell
    plain = " ".join(plain.split())
    return "" if plain.lower() in NOTHING else plain


def _with_phone(entry: Entry) -> Entry:
    """Take the phone out of what is written, and hide others that stand where they are not expected."""
    values = {name: value if name == "phone" else phones.scrub(value) for name, value in entry.values.items()}
    if "phone" not in values:
        return replace(entry, values=values)
    number = phones.parse(values["phone"]).e164
    return replace(entry, values=values | {"phone": number}, phone_index=index_hash("phone", number))


def _keys(phone_index: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    keys = (("phone", phone_index), ("code", values.get("code", "")), ("userid", values.get("userid", "")))
    return ((name, value) for name, value in keys if value)


def _name_of(values: Mapping[str, str]) -> tuple[str, str]:
    return values.get("name", ""), values.get("company", "")


def _differ(left: str | None, right: str | None) -> bool:
    return bool(left and right and left != right)


def _changes(entry: Entry, person: Known) -> tuple[str, ...]:
    """Name the fields that differ; a cell left empty leaves the list as it is."""
    plain = [
        name
        for name, value in entry.values.items()
        if name != "phone" and value != person.values.get(name, "")
    ]
    phone = ["phone"] if entry.phone_index and entry.phone_index != person.phone_index else []
    extra = ["extra"] if {**person.extra, **entry.extra} != dict(person.extra) else []
    return tuple(sorted(plain + phone + extra))
