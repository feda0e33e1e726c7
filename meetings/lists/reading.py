"""Turn an uploaded file or a pasted text into rows of text, whatever it was saved with; hostile ones are refused."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from meetings.lists import chains, headings, texts, workbooks
from meetings.lists.faults import Unreadable

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_CELL = 2_000
# Title rows above the headings are looked for this far down.
LOOK_AT = headings.LOOK_AT

EXTENSIONS = ("csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods")
NO_HEADER = 0
# A line of totals has a word and a figure or two; a person has more, or no such word.
LEAST_OF_A_PERSON = 3

_WEB = (b"<html", b"<table", b"<!doctype", b"<?xml")
_TOTAL = re.compile(r"(合\s*计|总\s*计|共\s*计?|小\s*计|总人数|total|sum)[\s:：]*[共]?\s*\d*\s*[人名位]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: its number as a spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that holds nobody: `why` is title, heading or total."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """What a sheet is, before it is read; `header_line` is 0 where no headings were found."""

    name: str
    rows: int
    columns: int
    hidden: bool
    header_line: int


@dataclass(slots=True)
class Sheet:
    """A table as it is being read: `columns` are the headings (a letter where one is missing), `rows` come once.

    `sheet` is the name of the worksheet (empty for texts), `others` are all sheets there are. `skipped` is whole
    when the rows have been read.
    """

    rows: Iterable[Line]
    columns: tuple[str, ...]
    header_line: int
    sheet: str = ""
    others: tuple[SheetInfo, ...] = ()
    skipped: list[Skipped] = field(default_factory=list)


@contextmanager
def opened(file_name: str, body: bytes, *, sheet: str = "", header_line: int | None = None) -> Iterator[Sheet]:
    """Open a list file under limits that are checked before anything is parsed.

    `sheet` empty takes the first that looks like a list; `header_line` None looks for the headings, 0 says there are
    none. Guarantee: same bytes, same sheet; nothing is kept. Raises: Unreadable, also while the rows are read.
    """
    _check_outside(file_name, body)
    if not body.startswith((workbooks.ZIP, workbooks.OLE)):
        yield from_text(texts.decode(body), header_line)
        return
    limits = {"most_rows": MAX_ROWS + LOOK_AT, "most_columns": MAX_COLUMNS, "look_at": LOOK_AT}
    with workbooks.Workbook(body, **limits) as book:
        yield _from_workbook(book, sheet, header_line)


def from_text(text: str, header_line: int | None = None) -> Sheet:
    """Read a table or a list as people paste it from spreadsheets and chats.

    Raises: Unreadable.
    """
    if not text.strip():
        raise Unreadable("empty")
    for fits, rows_of in ((chains.is_chain, chains.rows_of_chain), (chains.is_names, chains.rows_of_names)):
        if header_line is None and fits(text):
            (_, columns), *rest = rows_of(text)
            lines = (Line(number, tuple(cells)) for number, cells in rest)
            return Sheet(_counted(lines, ""), _named(columns), NO_HEADER)
    rows = texts.rows(text, most_rows=MAX_ROWS + LOOK_AT)
    wide = next((number for number, row in enumerate(rows, 1) if len(row) > MAX_COLUMNS), 0)
    if wide:
        raise Unreadable("columns", sheet="", line=wide, limit=MAX_COLUMNS)
    return _sheet(iter(rows), rows[:LOOK_AT], header_line)


def letter(index: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    while index >= 0:
        name, index = chr(65 + index % 26) + name, index // 26 - 1
    return name


def shown_name(file_name: str) -> str:
    """Give a file's name as it may be shown and kept: without a path, control and direction signs, 255 long."""
    bare = re.split(r"[/\\]", file_name)[-1]
    plain = "".join(sign for sign in bare if unicodedata.category(sign)[0] != "C").strip(" .")
    return plain[-255:] or "list"


def _check_outside(file_name: str, body: bytes) -> None:
    if file_name.rpartition(".")[2].lower() not in EXTENSIONS:
        raise Unreadable("wrong_type", extensions=", ".join(EXTENSIONS))
    if not body.strip():
        raise Unreadable("empty")
    if len(body) > MAX_BYTES:
        raise Unreadable("too_big", limit=MAX_BYTES // 1024 // 1024)
    if body.lstrip()[:9].lower().startswith(_WEB):
        raise Unreadable("web_page")


def _from_workbook(book: workbooks.Workbook, wanted: str, header_line: int | None) -> Sheet:
    told = {each["sheet"]: each for each in book.sheets()}
    infos = tuple(_info(each) for each in told.values())
    chosen = told.get(wanted) or told.get(_likeliest(infos))
    if chosen is None:
        raise Unreadable("empty", sheet=wanted)
    name, first = chosen["sheet"], chosen.get("first", 0)
    rows = book.rows(name)
    # Asking for the first row now lets a sheet that is too large be refused here.
    rows = itertools.chain(list(itertools.islice(rows, 1)), rows)
    top = [_whole(row, chosen["merged"], at, first) for at, row in enumerate(chosen["top"])]
    width = chosen["columns"]
    return _sheet((["" for _ in range(first)] + row for row in rows), top, header_line, name, infos, width)


def _info(told: dict) -> SheetInfo:
    at = headings.header_at(told.get("top", []))
    return SheetInfo(told["sheet"], told["rows"], told["columns"], told["hidden"], NO_HEADER if at is None else at + 1)


def _likeliest(infos: Sequence[SheetInfo]) -> str:
    """Name the first sheet with headings, else the first with anything; hidden ones only where asked for."""
    shown = [info for info in infos if not info.hidden and info.rows]
    best = sorted(shown, key=lambda info: info.header_line == NO_HEADER)
    return best[0].name if best else ""


def _whole(row: Sequence[str], merged: Iterable, at: int, first: int) -> list[str]:
    """Give a row with what its merged cells say in each of the columns they span."""
    cells = [""] * first + list(row)
    for (top, left), (bottom, right) in merged:
        if top <= at <= bottom and top == at and left < len(cells):
            cells[left : right + 1] = [cells[left]] * (min(right + 1, len(cells)) - left)
    return cells


def _sheet(
    rows: Iterator[Sequence[str]],
    top: Sequence[Sequence[str]],
    header_line: int | None,
    name: str = "",
    infos: tuple[SheetInfo, ...] = (),
    width: int = 0,
) -> Sheet:
    table = [[cell.strip() for cell in row] for row in top]
    if not any(any(row) for row in table):
        raise Unreadable("empty", sheet=name)
    if header_line is None:
        at = headings.header_at(table)
    else:
        at = header_line - 1 if 0 < header_line <= len(table) else None
    begin, columns = _headings(table, at, width)
    sheet = Sheet((), columns, NO_HEADER if at is None else at + 1, name, infos)
    sheet.skipped = [Skipped(number, "title") for number in range(1, (at or 0) + 1) if any(table[number - 1])]
    lines = (Line(number, tuple(cell.strip() for cell in row)) for number, row in enumerate(rows, 1) if number > begin)
    sheet.rows = _counted(_people(lines, sheet), name)
    return sheet


def _headings(table: list[list[str]], at: int | None, width: int) -> tuple[int, tuple[str, ...]]:
    """Give how many lines come before the people, and the names of the columns."""
    if at is None:
        return 0, _named([""] * (width or max(len(row) for row in table)))
    header, begin = table[at], at + 1
    below = table[at + 1] if at + 1 < len(table) else []
    joined = [_joined(above, under) for above, under in itertools.zip_longest(header, below, fillvalue="")]
    # A second heading row under merged cells: "contact" above, "phone" and "e-mail" below.
    if headings.known(joined) > headings.known(header) and headings.known(below):
        header, begin = joined, at + 2
    # A worksheet may have columns without a heading; a text line longer than its headings has a delimiter too many.
    while header and not header[-1]:
        header = header[:-1]
    return begin, _named(header + [""] * (width - len(header)))


def _joined(above: str, under: str) -> str:
    return under if headings.field_of(under) or not above else above


def _named(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(heading or letter(index) for index, heading in enumerate(columns))


def _people(lines: Iterator[Line], sheet: Sheet) -> Iterator[Line]:
    """Leave out what holds nobody, and remember where it stood: empty lines, repeated headings, totals."""
    for line in lines:
        filled = [cell for cell in line.cells if cell]
        if not filled:
            continue
        why = ""
        if sheet.header_line and len(filled) > 1 and set(filled) <= set(sheet.columns):
            why = "heading"
        elif len(filled) <= LEAST_OF_A_PERSON and any(_TOTAL.fullmatch(cell) for cell in filled):
            why = "total"
        if why:
            sheet.skipped.append(Skipped(line.number, why))
        else:
            yield line


def _counted(lines: Iterator[Line], name: str) -> Iterator[Line]:
    """Refuse too many rows, and none at all."""
    number = 0
    for number, line in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise Unreadable("rows", sheet=name, limit=MAX_ROWS)
        yield line
    if not number:
        raise Unreadable("no_rows", sheet=name)
