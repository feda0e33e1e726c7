"""Reads the rows of a sheet into values, each with the fault or the doubt that an organiser must see."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from meetings.lists import values
from meetings.lists.headings import FIELDS
from meetings.lists.mapping import KEEP
from meetings.lists.reading import MAX_CELL
from meetings.lists.values import Wrong
from portal import phones
from portal.crypto import index_hash


@dataclass(slots=True)
class Row:
    """One row: what it says (`values`, `extra`), and what is wrong (`faulty`) or doubtful about it, in which column.

    `column` is the index of the cell, None where the row as a whole is meant; `cell` what stands there.
    """

    line: int
    at: int
    values: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    phone_index: str = ""
    faulty: bool = False
    reason: str = ""
    column: int | None = None
    cell: str = ""
    limit: int = 0
    other: int = 0

    def fault(self, reason: str, column: int | None = None, cell: str = "", *, limit: int = 0, other: int = 0) -> None:
        """Mark the row as one that cannot be taken."""
        self.faulty, self.reason, self.column, self.cell = True, reason, column, cell
        self.limit, self.other = limit, other

    def doubt(self, reason: str, column: int | None = None, cell: str = "", *, other: int = 0) -> None:
        """Mark the row as one to look at; the first doubt stands."""
        if not self.reason:
            self.reason, self.column, self.cell, self.other = reason, column, cell, other

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The row's own keys: phone, code, staff id."""
        told = self.values
        every = (("phone", self.phone_index), ("code", told.get("code", "")), ("userid", told.get("userid", "")))
        return [key for key in every if key[1]]

    @property
    def named(self) -> tuple[str, str]:
        """Name and company."""
        return self.values.get("name", ""), self.values.get("company", "")


class Reader:
    """Reads cells by what their columns hold."""

    def __init__(self, columns: Sequence[str], mapping: Sequence[str]) -> None:
        self._columns = columns
        self._fields = [(at, held) for at, held in enumerate(mapping) if held in FIELDS]
        self._kept = [(at, columns[at]) for at, held in enumerate(mapping) if held == KEEP]
        self._at = {held: at for at, held in self._fields}
        self._limits = [values.LONGEST.get(held, MAX_CELL) for held in mapping]
        self._least = min(self._limits, default=0)

    def column_of(self, name: str) -> int | None:
        """Give the index of the column that holds a field."""
        return self._at.get(name)

    def read(self, line: int, at: int, cells: Sequence[str]) -> Row:
        """Give what a row says; the first fault ends the reading."""
        row = Row(line, at)
        if self._too_much(row, cells):
            return row
        width = len(cells)
        for column, held in self._fields:
            cell = values.clean(cells[column]) if column < width else ""
            if cell and not self._take(row, column, held, cell):
                return row
        for column, heading in self._kept:
            if column < width and (cell := values.clean(cells[column])):
                row.extra[heading] = phones.scrub(cell)
        if "name" not in row.values:
            row.fault("name_missing", self.column_of("name"))
        elif "phone" in row.values:
            row.phone_index = index_hash("phone", row.values["phone"])
        return row

    def _take(self, row: Row, column: int, held: str, cell: str) -> bool:
        try:
            told = values.tell(held, cell)
        except Wrong as error:
            row.fault(error.reason, column, cell)
            return False
        row.values.update(told.fields)
        if told.doubt:
            row.doubt(told.doubt, column, cell)
        return True

    def _too_much(self, row: Row, cells: Sequence[str]) -> bool:
        for at in range(len(self._columns), len(cells)):
            if cells[at]:
                row.fault("extra_cell", at, cells[at])
                return True
        if max(map(len, cells), default=0) <= self._least:
            return False
        for at, (cell, limit) in enumerate(zip(cells, self._limits, strict=False)):
            if len(cell) > limit:
                row.fault("too_long", at, cell, limit=limit)
                return True
        return False
