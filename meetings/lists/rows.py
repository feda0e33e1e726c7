"""Reads the rows of a sheet into values, each with the fault or the doubt that an organiser must see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meetings.lists import values
from meetings.lists.headings import FAMILY, FIELDS, GIVEN
from meetings.lists.mapping import KEEP
from meetings.lists.reading import MAX_CELL
from meetings.lists.values import Wrong
from portal.crypto import index_hash
from portal.names import is_han

# What a row fills in besides the fields that have a column.
BESIDES = ("written", "more_phones", "landline")
TOLD = (*FIELDS, *BESIDES)
_AT = {name: at for at, name in enumerate(TOLD)}
_NAME, _PHONE, _COMPANY, _USERID, _CODE = map(TOLD.index, ("name", "phone", "company", "userid", "code"))
_EMPTY = ("",) * len(TOLD)
# Texts that many rows have are held once; of a column that never repeats itself only the first.
MOST_HELD = 20_000


@dataclass(slots=True)
class Row:
    """One row: what it says (`values`, `extra`), and what is wrong (`faulty`) or doubtful about it, in which column.

    `told` is what it says in the order of TOLD, `beside` what stands in the columns that are kept, whose `headings` all
    rows share. `column` is the index of the cell, None where the row as a whole is
    meant; `other` the line it collides with, `limit` how long the cell may be.
    """

    line: int
    at: int
    told: Sequence[str] = _EMPTY
    headings: Sequence[str] = ()
    beside: Sequence[str] = ()
    phone_index: str = ""
    faulty: bool = False
    reason: str = ""
    column: int | None = None
    limit: int = 0
    other: int = 0

    @property
    def values(self) -> dict[str, str]:
        """The filled fields, by name."""
        return {name: value for name, value in zip(TOLD, self.told, strict=True) if value}

    @property
    def extra(self) -> dict[str, str]:
        """What is filled in the columns that are kept, by heading."""
        return {heading: text for heading, text in zip(self.headings, self.beside, strict=True) if text} if self.beside else {}

    @property
    def name(self) -> str:
        """The name, cleaned."""
        return self.told[_NAME]

    @property
    def company(self) -> str:
        """The company, cleaned."""
        return self.told[_COMPANY]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The row's own keys: phone, code, staff id."""
        return keys_of(self.phone_index, self.told)

    @property
    def named(self) -> tuple[str, str]:
        """Name and company."""
        return self.told[_NAME], self.told[_COMPANY]

    def fault(self, reason: str, column: int | None = None, *, limit: int = 0, other: int = 0) -> None:
        """Mark the row as one that cannot be taken; the first fault stands."""
        if not self.faulty:
            self.faulty, self.reason, self.column, self.limit, self.other = True, reason, column, limit, other

    def doubt(self, reason: str, column: int | None = None, *, other: int = 0) -> None:
        """Mark the row as one to look at; the first doubt stands."""
        if not self.reason:
            self.reason, self.column, self.other = reason, column, other

    def absorb(self, other: "Row") -> None:
        """Take what only the other row says; a second phone is kept beside the first."""
        joined = [mine or theirs for mine, theirs in zip(self.told, other.told, strict=True)]
        numbers = (each.told[at] for each in (self, other) for at in (_PHONE, _AT["more_phones"]))
        every = dict.fromkeys(number for some in numbers for number in some.split("\n") if number)
        joined[_AT["more_phones"]] = "\n".join(number for number in every if number != joined[_PHONE])
        if self.told[_PHONE]:
            joined[_AT["landline"]] = self.told[_AT["landline"]]
        self.told = tuple(joined)
        if self.headings:
            self.beside = tuple(mine or theirs for mine, theirs in zip(self.beside, other.beside, strict=True))
        self.phone_index = self.phone_index or other.phone_index


def keys_of(phone_index: str, told: Sequence[str]) -> list[tuple[str, str]]:
    """Give the keys somebody has, whose fields stand in the order of TOLD."""
    every = (("phone", phone_index), ("code", told[_CODE]), ("userid", told[_USERID]))
    return [key for key in every if key[1]]


def differ(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> bool:
    """Say whether two have a key of one kind with different values."""
    other = dict(right)
    return any(other.get(name, value) != value for name, value in left)


class Reader:
    """Reads cells by what their columns hold; `whole` says that rows tell everything, also what is empty."""

    def __init__(self, columns: Sequence[str], mapping: Sequence[str], *, whole: bool = False) -> None:
        self.whole = whole
        self._columns = columns
        self._fields = [
            (column, held, _AT[held], values.AT_SIGHT[held]) for column, held in enumerate(mapping) if held in FIELDS
        ]
        self._kept = [column for column, held in enumerate(mapping) if held == KEEP]
        self._headings = tuple(columns[column] for column in self._kept)
        self._held: dict[str, str] = {}
        self._at = {held: column for column, held, _, _ in self._fields}
        self._parts = [mapping.index(part) for part in (FAMILY, GIVEN) if part in mapping and "name" not in mapping]
        self._limits = [values.LONGEST.get(held, MAX_CELL) for held in mapping]
        self._least = min(self._limits, default=0)

    def column_of(self, name: str) -> int | None:
        """Give the index of the column that holds a field."""
        return self._parts[0] if name == "name" and self._parts else self._at.get(name)

    def read(self, line: int, at: int, cells: Sequence[str]) -> Row:
        """Give what a row says; of several faults the first stands."""
        row, told, width = Row(line, at), [*_EMPTY], len(cells)
        self._check_size(row, cells)
        for column, held, place, at_sight in self._fields:
            cell = cells[column] if column < width else ""
            if not cell:
                continue
            if value := at_sight(cell):
                told[place] = value
            else:
                self._take(row, told, column, held, cell)
        if self._parts:
            self._join_name(row, told, cells)
        row.told = tuple(told)
        if self._kept:
            row.headings, row.beside = self._headings, tuple(self._beside(cells[at]) if at < width else "" for at in self._kept)
        if told[_PHONE]:
            row.phone_index = index_hash("phone", told[_PHONE])
        if not told[_NAME]:
            row.fault("name_missing", self.column_of("name"))
        return row

    def _take(self, row: Row, told: list[str], column: int, held: str, cell: str) -> None:
        plain = values.clean(cell)
        # What is too long is not worth reading, and may be made to take long.
        if not plain or len(cell) > self._limits[column]:
            return
        try:
            fields, doubt = values.tell(held, plain)
        except Wrong as error:
            row.fault(error.reason, column)
            return
        # Composed letters and spaced tags can be longer than what was written.
        if len(fields.get(held, "")) > self._limits[column]:
            row.fault("too_long", column, limit=self._limits[column])
            return
        for name, value in fields.items():
            told[_AT[name]] = value
        if doubt:
            row.doubt(doubt, column)

    def _join_name(self, row: Row, told: list[str], cells: Sequence[str]) -> None:
        """Read family and given name as one: as Chinese writes them, or given name first."""
        parts = [values.clean(cells[column]) for column in self._parts if column < len(cells)]
        joined = "".join(parts) if is_han("".join(parts)) else " ".join(filter(None, reversed(parts)))
        if joined:
            self._take(row, told, self._parts[0], "name", joined)

    def _beside(self, cell: str) -> str:
        if not cell or (held := self._held.get(cell)) is not None:
            return cell and held
        text = values.beside(values.clean(cell))
        if len(self._held) < MOST_HELD:
            self._held[cell] = text
        return text

    def _check_size(self, row: Row, cells: Sequence[str]) -> None:
        width, limits = len(self._columns), self._limits
        beyond = (at for at in range(width, len(cells)) if cells[at])
        if len(cells) > width and (at := next(beyond, None)) is not None:
            row.fault("extra_cell", at)
        if max(map(len, cells), default=0) > self._least:
            wide = ((at, limit) for at, (cell, limit) in enumerate(zip(cells, limits, strict=False)) if len(cell) > limit)
            for at, limit in wide:
                row.fault("too_long", at, limit=limit)


def told_by(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Give fields by name in the order of TOLD."""
    return tuple(fields.get(name, "") for name in TOLD)
