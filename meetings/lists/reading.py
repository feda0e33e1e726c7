"""Turn an uploaded file or a pasted text into rows of text, whatever it was saved with; hostile ones are refused."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

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
# So many cells that all say the same are one cell that was merged over a whole row: a title between people.
LEAST_OF_A_TITLE = 3

_WEB = (b"<html", b"<table", b"<!doctype", b"<?xml", b"mime-version")
_TOTAL = re.compile(
    r"(合\s*[计計]|[总總]\s*[计計]|共\s*[计計]?|小\s*[计計]|[总總]人[数數]|total|sum)[\s:：]*共?\s*\d*\s*[人名位]?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d{1,6}\s*[人名位]?")


class Line(NamedTuple):
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
    """What a sheet is, before it is read; `header_line` is 0 where no headings were found.

    It is only named, and has no rows yet, where it was not looked into: hidden, far down a large book, or beside the
    one that was asked for.
    """

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
    none. Guarantee: same bytes, same sheet; nothing is kept. Raises: Unreadable, and where it is about one sheet of
    several, only as the rows are read: the others are known by then.
    """
    _check_outside(file_name, body)
    if not body.startswith((workbooks.ZIP, workbooks.OLE)):
        yield from_text(texts.decode(body), header_line)
        return
    limits = {"most_rows": MAX_ROWS + LOOK_AT, "most_columns": MAX_COLUMNS, "look_at": LOOK_AT}
    with workbooks.Workbook(body, wanted=sheet, **limits) as book:
        yield _from_workbook(book, sheet, header_line)


def from_text(text: str, header_line: int | None = None) -> Sheet:
    """Read a table or a list as people paste it from spreadsheets and chats.

    Raises: Unreadable, also while the rows are read.
    """
    if not text.strip():
        raise Unreadable("empty")
    if header_line is None and (chain := chains.read(text)):
        sheet = Sheet((), _named(chain.columns), NO_HEADER)
        sheet.skipped = [Skipped(number, "title") for number in chain.titles]
        sheet.rows = _counted((Line(number, tuple(cells)) for number, cells in chain.rows), "")
        return sheet
    return _sheet(texts.rows(text, most_rows=MAX_ROWS, most_columns=MAX_COLUMNS), header_line)


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
    if body[:1024].removeprefix(texts.UTF8_MARK).lstrip()[:16].lower().startswith(_WEB):
        raise Unreadable("web_page")


def _from_workbook(book: workbooks.Workbook, wanted: str, header_line: int | None) -> Sheet:
    infos: dict[str, SheetInfo] = {}
    try:
        for told in book.sheets():
            infos |= _named_only(told["names"]) if "names" in told else {told["sheet"]: _info(told, infos[told["sheet"]].hidden)}
    except Unreadable as error:
        # The one that was being looked into was too much.
        seen = [info for info in infos.values() if not info.hidden and not info.columns]
        name = wanted or next((info.name for info in seen), "")
        return _refused(Unreadable(error.code, **{**error.place, **({"sheet": name} if name else {})}), name, infos)
    chosen = infos.get(wanted) or infos.get(_likeliest(list(infos.values())))
    if chosen is None:
        return _refused(Unreadable("empty", sheet=wanted), wanted, infos)
    for code, size, most in (("rows", chosen.rows, MAX_ROWS + LOOK_AT), ("columns", chosen.columns, MAX_COLUMNS)):
        if size > most:
            limit = MAX_ROWS if code == "rows" else most
            return _refused(Unreadable(code, sheet=chosen.name, limit=limit), chosen.name, infos)
    try:
        return _sheet(book.rows(chosen.name), header_line, chosen.name, tuple(infos.values()), chosen.columns)
    except Unreadable as error:
        return _refused(error, chosen.name, infos)


def _refused(error: Unreadable, name: str, infos: Mapping[str, SheetInfo]) -> Sheet:
    """Give a sheet whose rows cannot be read, with the others that may be."""

    def rows() -> Iterator[Line]:
        raise error
        yield

    return Sheet(rows(), (), NO_HEADER, name, tuple(infos.values()))


def _named_only(names: Iterable[tuple[str, bool]]) -> dict[str, SheetInfo]:
    return {name: SheetInfo(name, 0, 0, hidden, NO_HEADER) for name, hidden in names}


def _info(told: dict, hidden: bool) -> SheetInfo:
    at = headings.header_at(told.get("top", []))
    return SheetInfo(told["sheet"], told["rows"], told["columns"], hidden, NO_HEADER if at is None else at + 1)


def _likeliest(infos: Sequence[SheetInfo]) -> str:
    """Name the first sheet with headings, else the first with anything; hidden ones only where asked for."""
    shown = [info for info in infos if not info.hidden and info.rows]
    best = sorted(shown, key=lambda info: info.header_line == NO_HEADER)
    return best[0].name if best else ""


def _sheet(
    rows: Iterator[list[str]],
    header_line: int | None,
    name: str = "",
    infos: tuple[SheetInfo, ...] = (),
    width: int = 0,
) -> Sheet:
    numbered = itertools.dropwhile(lambda row: not any(row[1]), enumerate(rows, 1))
    top = list(itertools.islice(numbered, LOOK_AT))
    if not top:
        raise Unreadable("empty", sheet=name)
    table = [cells for _, cells in top]
    if header_line is None:
        at = headings.header_at(table)
    else:
        at = next((index for index, (number, _) in enumerate(top) if number == header_line), None)
    begin, columns = _headings(table, at, width)
    sheet = Sheet((), columns, NO_HEADER if at is None else top[at][0], name, infos)
    sheet.skipped = [Skipped(number, "title") for number, cells in top[: at or 0] if any(cells)]
    again = {cell for row in table[begin - 1 : begin] + table[at or 0 : begin] for cell in row} | set(columns)
    people = _people(itertools.chain(top[begin:], numbered), again if begin else set(), sheet.skipped)
    sheet.rows = _counted(people, name)
    return sheet


def _headings(table: list[list[str]], at: int | None, width: int) -> tuple[int, tuple[str, ...]]:
    """Give how many of the first lines come before the people, and the names of the columns."""
    if at is None:
        return 0, _named([""] * max(width, *(_width(row) for row in table)))
    header, begin = table[at], at + 1
    below = table[begin] if begin < len(table) else []
    if _is_second(header, below):
        pairs = itertools.zip_longest(header, below, fillvalue="")
        header, begin = [_joined(above, under) for above, under in pairs], begin + 1
    # A worksheet may have columns without a heading; a text line longer than its headings has a delimiter too many.
    header = header[: _width(header)]
    return begin, _named(header + [""] * (width - len(header)))


def _is_second(header: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether the row below goes on with the headings: "phone" and "e-mail" under a wide "contact"."""
    pairs = list(itertools.zip_longest(header, below, fillvalue=""))
    of_person = any(under and under != above for above, under in pairs if headings.field_of(above) == "name")
    return headings.known(below) > 0 and not of_person and not headings.is_data(below)


def _joined(above: str, under: str) -> str:
    if not above or not under or above == under or headings.field_of(under):
        return under or above
    return f"{above} · {under}"


def _width(row: Sequence[str]) -> int:
    return max((index for index, cell in enumerate(row, 1) if cell), default=0)


def _named(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(heading or letter(index) for index, heading in enumerate(columns))


def _people(rows: Iterator[tuple[int, list[str]]], again: set[str], skipped: list[Skipped]) -> Iterator[Line]:
    """Leave out what holds nobody, and remember where it stood: empty lines, repeated headings, totals."""
    for number, cells in rows:
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        if why := _nobody(filled, again):
            skipped.append(Skipped(number, why))
        else:
            yield Line(number, tuple(cells))


def _nobody(filled: Sequence[str], again: set[str]) -> str:
    first = filled[0]
    if first in again and len(filled) > 1 and again.issuperset(filled):
        return "heading"
    if filled[-1] == first and len(filled) >= LEAST_OF_A_TITLE and len(set(filled)) == 1:
        return "total" if _TOTAL.fullmatch(first) else "title"
    if _TOTAL.fullmatch(first) and all(cell == first or _FIGURE.fullmatch(cell) for cell in filled):
        return "total"
    return ""


def _counted(lines: Iterator[Line], name: str) -> Iterator[Line]:
    """Refuse too many rows, and none at all."""
    number = 0
    for number, line in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise Unreadable("rows", sheet=name, limit=MAX_ROWS)
        yield line
    if not number:
        raise Unreadable("no_rows", sheet=name)
