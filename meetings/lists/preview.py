"""What a dry run shows: its sections with their counts, and each row with what stands in its cells, masked."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from meetings.lists import chunks, consequences, values, words
from meetings.lists.checking import BACK, CHANGED, FAULTY, LEAVE, MERGE, MISSING, NEW, SAME, TAKE
from meetings.lists.headings import FAMILY, OURS, READ
from meetings.lists.reading import letter
from meetings.lists.rows import Reader
from meetings.models import ExpectedPerson, Upload, UploadLine
from portal import phones

# Why two rows, or a row and somebody of the list, may be one person.
KEY_TWICE = ("phone_twice", "code_twice", "userid_twice")
# What can be said to be one person.
MERGEABLE = (*KEY_TWICE, "name_twice", "name_again", "name_listed")
TWICE = (*MERGEABLE, "same_person")
BETWEEN = " / "

_left = Q(choice=LEAVE)
# A row that is put together with another one of the batch writes nobody of its own.
_into = Q(choice=MERGE) & ~Q(other=0)
SECTIONS: Mapping[str, Q] = {
    "faulty": Q(effect=FAULTY) & ~Q(reason__in=TWICE) & ~_left,
    "twice": (Q(reason__in=TWICE) | Q(choice=MERGE)) & ~_left,
    "doubt": ~Q(effect=FAULTY) & ~Q(reason="") & ~Q(reason__in=TWICE) & ~_left,
    "changed": Q(effect=CHANGED) & ~_left,
    "missing": Q(effect=MISSING),
    "new": Q(effect__in=(NEW, BACK)) & ~_left,
    "same": Q(effect=SAME) & ~_left & ~_into,
    "left": _left & ~Q(effect=MISSING),
}
GOING = Q(effect=MISSING, choice=TAKE)
# Sections whose rows are repaired in place.
GRIDS = ("faulty", "doubt")

Lines = QuerySet[UploadLine]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: `text` may be shown; where `hidden`, it is masked, and what stands there stays on the server.

    `held` is the field its column holds; `wrong` says that the row's reason speaks of it. `open` cells are repaired
    in the grid; columns kept beside the person are only shown.
    """

    column: int
    heading: str
    text: str
    hidden: bool = False
    held: str = ""
    wrong: bool = False

    @property
    def open(self) -> bool:
        """Whether the grid has an input for it."""
        return self.wrong or self.held in READ


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a row changes."""

    label: str
    before: str
    after: str


@dataclass(slots=True)
class Shown:
    """A row as the page has it; `proposal` is what was probably meant, masked."""

    line: UploadLine
    cells: list[Cell] = field(default_factory=list)
    reason: str = ""
    proposal: str = ""
    differences: list[Difference] = field(default_factory=list)
    consequences: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The name that stands in the row, or the person's who is not in it."""
        return next((cell.text for cell in self.cells if cell.held in ("name", FAMILY)), "")

    @property
    def mergeable(self) -> bool:
        """Whether it can be said to be the same person as the other row."""
        return self.line.reason in MERGEABLE

    @property
    def key_column(self) -> int | None:
        """The column whose cell it must lose to be somebody else than the other row."""
        return self.line.column if self.line.reason in KEY_TWICE else None


@dataclass(slots=True)
class Group:
    """Rows that may be one person: the first, and those that look like it."""

    first: Shown
    others: list[Shown] = field(default_factory=list)


def headings_of(upload: Upload) -> list[str]:
    """Give what the columns are called; those of a list that was here already are called by their fields."""
    if upload.origin in (Upload.Origin.FILE, Upload.Origin.PASTE):
        return upload.columns
    return [str(words.FIELDS.get(name, name)) for name in upload.columns]


def counts(upload: Upload) -> dict[str, int]:
    """Count the lines of every section, who would be written, who would go, duplicates not taken; one query."""
    wanted = {name: Count("pk", filter=which) for name, which in SECTIONS.items()}
    wanted["going"] = Count("pk", filter=GOING)
    wanted["held"] = Count("pk", filter=Q(effect=FAULTY, reason__in=TWICE) & ~_left)
    wanted["taken"] = Count("pk", filter=Q(effect__in=(NEW, BACK, CHANGED, SAME)) & ~_left & ~_into)
    return upload.lines.aggregate(**wanted)


def lines_of(upload: Upload, section: str) -> Lines:
    """Give the lines of a section in the order in which they are shown."""
    lines = upload.lines.filter(SECTIONS[section]).select_related("person")
    if section == "twice":
        return lines.order_by("other", "line", "pk")
    return lines.order_by("person__row", "pk") if section == "missing" else lines.order_by("line", "pk")


def shown(upload: Upload, lines: Iterable[UploadLine]) -> list[Shown]:
    """Give lines with what stands in their cells; only the pieces that hold them are opened."""
    listed = list(lines)
    cells = cells_of(upload, listed)
    reader = Reader(upload.columns, upload.mapping, whole=upload.is_whole)
    return [_shown(upload, reader, line, cells.get(line.pk, ())) for line in listed]


def followed(upload: Upload, lines: Iterable[UploadLine]) -> list[Shown]:
    """Give lines with what stands in their cells and what follows from each beyond the list."""
    rows = shown(upload, lines)
    # Who a row is only like does not change by it.
    meant = [row.line for row in rows if row.line.reason != "name_listed" or row.line.choice == MERGE]
    told = consequences.of_lines(upload, meant)
    for row in rows:
        row.consequences = [str(each) for each in told.get(row.line.pk, ())]
    return rows


def groups(upload: Upload, lines: Iterable[UploadLine]) -> list[Group]:
    """Give lines that look like an earlier one, together with it."""
    rows = shown(upload, lines)
    first = {row.line.line: row for row in shown(upload, upload.lines.filter(line__in={row.line.other for row in rows} - {0}))}
    found: dict[int, Group] = {}
    for row in rows:
        if row.line.other in first:
            found.setdefault(row.line.other, Group(first[row.line.other])).others.append(row)
        elif row.line.person:
            # They may be somebody known, rather than another row.
            known = Shown(UploadLine(), list(_cells_of_person(row.line.person)))
            found[-row.line.line] = Group(known, [row])
    return list(found.values())


def cells_of(upload: Upload, lines: Sequence[UploadLine]) -> dict[int, Sequence[str]]:
    """Give the cells of lines as they are now, repaired or as read, by the lines' ids."""
    read = chunks.rows_at(upload, [line.at for line in lines if line.line])
    return {line.pk: json.loads(line.repaired) if line.repaired else read.get(line.at, ()) for line in lines if line.line}


def changes(upload: Upload, typed: Mapping[int, Mapping[int, str]]) -> dict[int, dict[int, str]]:
    """Give which of the typed cells say something new; one that is masked and was left empty stays."""
    lines = list(upload.lines.filter(line__in=[line for line in typed if line]))
    cells = cells_of(upload, lines)
    changed: dict[int, dict[int, str]] = {}
    for line in lines:
        for column, text in typed[line.line].items():
            now = values.visible(_cell_at(cells[line.pk], column))
            if column >= max(len(cells[line.pk]), len(upload.columns)):
                continue
            if text != now and (text or not _hidden(_held(upload, column), now)):
                changed.setdefault(line.line, {})[column] = text
    return changed


def proposals(upload: Upload, lines: Iterable[int]) -> dict[int, dict[int, str]]:
    """Give what was probably meant in some faulty lines, where anybody can know."""
    listed = list(upload.lines.filter(line__in=lines, effect=FAULTY).exclude(column=None))
    cells = cells_of(upload, listed)
    meant = {line.line: {line.column: _meant(upload, line, cells[line.pk])} for line in listed}
    return {line: cells for line, cells in meant.items() if all(cells.values())}


def why(upload: Upload, line: UploadLine) -> str:
    """Say what is wrong with a line, beginning with the column it is wrong in."""
    told = words.of_row(line.reason, other=line.other, limit=line.limit)
    return told if line.column is None else words.at_place(_heading(upload, line.column), told)


def _shown(upload: Upload, reader: Reader, line: UploadLine, cells: Sequence[str]) -> Shown:
    reason = words.of_row(line.reason, other=line.other, limit=line.limit)
    if line.effect == MISSING:
        return Shown(line, list(_cells_of_person(line.person)))
    row = Shown(line, [_cell(upload, line, cells, column) for column in _columns(upload, line, cells)], reason)
    if line.effect == FAULTY:
        row.proposal = values.masked(_held(upload, line.column), _meant(upload, line, cells))
    if line.effect in (CHANGED, BACK) and line.person:
        row.differences = list(_differences(reader, line, cells))
    return row


def _columns(upload: Upload, line: UploadLine, cells: Sequence[str]) -> list[int]:
    """Give the columns worth showing: those that are read, and any that the reason speaks of."""
    width = max(len(upload.columns), len(cells))
    return [at for at in range(width) if _held(upload, at) != OURS or at == line.column]


def _cell(upload: Upload, line: UploadLine, cells: Sequence[str], column: int) -> Cell:
    text, held = values.visible(_cell_at(cells, column)), _held(upload, column)
    hidden = _hidden(held, text)
    seen = values.masked(held, text) if hidden else text
    return Cell(column, _heading(upload, column), seen, hidden, held, column == line.column)


def _heading(upload: Upload, column: int) -> str:
    return headings_of(upload)[column] if column < len(upload.columns) else letter(column)


def _cells_of_person(person: ExpectedPerson) -> Iterable[Cell]:
    told = {"name": person.name, "phone": phones.mask(person.phone), "company": person.company, "title": person.title}
    return (Cell(0, str(words.FIELDS[held]), text, held=held) for held, text in told.items())


def _differences(reader: Reader, line: UploadLine, cells: Sequence[str]) -> Iterable[Difference]:
    row, person = reader.read(line.line, line.at, cells), line.person
    for name in filter(None, line.changes.split(",")):
        if name == "extra":
            beside = {name: "" for name in person.extra if reader.whole} | row.extra
            changed = {heading: text for heading, text in beside.items() if text != str(person.extra.get(heading, ""))}
            yield from (Difference(heading, str(person.extra.get(heading, "")), text) for heading, text in changed.items())
        else:
            # What a merged row adds does not stand in this one.
            after = _said(name, row.values.get(name, "")) or ("" if reader.whole else _("as the other row says"))
            yield Difference(str(words.FIELDS[name]), _said(name, getattr(person, name)), after)


def _said(name: str, value: str) -> str:
    """Give a value as it may be shown; of further phones each one masked."""
    if name == "more_phones":
        return BETWEEN.join(values.masked("phone", number) for number in value.split("\n") if number)
    return values.masked(name, value)


def _meant(upload: Upload, line: UploadLine, cells: Sequence[str]) -> str:
    if line.column is None:
        return ""
    return values.proposal(_held(upload, line.column), line.reason, _cell_at(cells, line.column))


def _held(upload: Upload, column: int | None) -> str:
    return upload.mapping[column] if column is not None and column < len(upload.mapping) else ""


def _cell_at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _hidden(held: str, text: str) -> bool:
    return phones.scrub(text) != text or (held == "phone" and values.masked(held, text[: values.SHOWN]) != text[: values.SHOWN])
