"""Turn an uploaded file into rows of text, whatever it was saved with; hostile files are refused by name."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meetings.lists import headings

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_CELL = 2_000
SECONDS = 25
TOO_LARGE = 9

EXTENSIONS = ("csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What Chinese spreadsheets save as plain CSV is GB18030; as UTF-8 it makes no sense and the other way round.
ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = (",", ";", "\t", "，", "|")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_WORKBOOK = Path(__file__).with_name("workbook.py")
# The library's limit of 131,072 would refuse a whole file over one long cell; ours names the cell.
csv.field_size_limit(MAX_BYTES)


class Unreadable(Exception):
    """The file as a whole cannot be read: `code` says why, `place` where (sheet, line, limit, as known)."""

    def __init__(self, code: str, **place: object) -> None:
        super().__init__(code, place)
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: its number as a spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was found: `columns` are the headings (a letter where one is missing).

    `sheet` is the name of the worksheet (empty for text files), `others` are sheets with lists, not read.
    """

    rows: tuple[Line, ...]
    columns: tuple[str, ...]
    header_line: int
    sheet: str = ""
    others: tuple[str, ...] = ()


def read(file_name: str, body: bytes) -> Sheet:
    """Read a list file under limits that are checked before anything is parsed.

    Guarantee: same bytes, same sheet; nothing is kept. Raises: Unreadable.
    """
    _check_outside(file_name, body)
    if body.startswith((ZIP, OLE)):
        return _from_workbook(body)
    return _from_text(body)


def letter(index: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    while index >= 0:
        name, index = chr(65 + index % 26) + name, index // 26 - 1
    return name


def _check_outside(file_name: str, body: bytes) -> None:
    if file_name.rpartition(".")[2].lower() not in EXTENSIONS:
        raise Unreadable("wrong_type", extensions=", ".join(EXTENSIONS))
    if not body.strip():
        raise Unreadable("empty")
    if len(body) > MAX_BYTES:
        raise Unreadable("too_big", limit=MAX_BYTES // 1024 // 1024)
    if body.lstrip()[:9].lower().startswith((b"<html", b"<table", b"<!doctype", b"<?xml")):
        raise Unreadable("web_page")
    if body.startswith(ZIP):
        _check_unpacked(body)


def _check_unpacked(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("broken") from error
    if unpacked > MAX_UNPACKED:
        raise Unreadable("unpacked", limit=MAX_UNPACKED // 1024 // 1024)


def _from_workbook(body: bytes) -> Sheet:
    """Let a process of its own read it: a spreadsheet of 10 KB can ask for terabytes of memory."""
    command = [sys.executable, "-I", str(_WORKBOOK), str(MAX_ROWS), str(MAX_COLUMNS)]
    try:
        answer = subprocess.run(
            command, input=body, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_slow", limit=SECONDS) from error
    # A negative code is a signal: the limits of memory and time end the process.
    if answer.returncode < 0 or answer.returncode == TOO_LARGE:
        raise Unreadable("unpacked", limit=MAX_UNPACKED // 1024 // 1024)
    if answer.returncode:
        raise Unreadable("broken")
    tables = _tables(answer.stdout)
    lists = [name for name, rows in tables.items() if headings.header_at(rows) is not None]
    filled = [name for name, rows in tables.items() if any(any(row) for row in rows)]
    chosen = next(iter(lists or filled), "")
    return _sheet(tables.get(chosen, []), chosen, tuple(lists[1:]))


def _tables(answer: bytes) -> dict[str, list[list[str]]]:
    tables: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in answer.decode().split("\n")[:-1]:
        told = json.loads(line)
        if isinstance(told, list):
            rows.append(told)
        elif "error" in told:
            limit = {"rows": MAX_ROWS, "columns": MAX_COLUMNS}.get(told["error"], 0)
            raise Unreadable(told["error"], sheet=told.get("sheet", ""), limit=limit)
        else:
            rows = tables.setdefault(told["sheet"], [])
    return tables


def _from_text(body: bytes) -> Sheet:
    text = _decoded(body)
    if found := _CONTROL.search(text):
        raise Unreadable("binary", line=_line_of(text, found.start()))
    if len(text.splitlines()) > MAX_ROWS + headings.LOOK_AT:
        raise Unreadable("rows", sheet="", limit=MAX_ROWS)
    rows = _rows(text, _delimiter(text))
    wide = next((number for number, row in enumerate(rows, 1) if len(row) > MAX_COLUMNS), 0)
    if wide:
        raise Unreadable("columns", sheet="", line=wide, limit=MAX_COLUMNS)
    return _sheet(rows)


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    reached = 0
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    raise Unreadable("encoding", line=body.count(b"\n", 0, reached) + 1)


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _delimiter(text: str) -> str:
    """Give the delimiter under which the heading row shows the most known headings."""
    top = text.splitlines()[: headings.LOOK_AT]
    return max(
        DELIMITERS,
        key=lambda delimiter: max((headings.known(line.split(delimiter)) for line in top), default=0),
    )


def _rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for row in reader:
            rows.append(row)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("quotes", line=begun) from error
    return rows


def _sheet(rows: Sequence[Sequence[str]], name: str = "", others: tuple[str, ...] = ()) -> Sheet:
    table = [[cell.strip() for cell in row] for row in rows]
    if not any(any(row) for row in table):
        raise Unreadable("empty", sheet=name)
    at = headings.header_at(table)
    if at is None:
        first = next(number for number, row in enumerate(table, 1) if any(row))
        raise Unreadable("no_header", sheet=name, line=first)
    lines = tuple(Line(at + 2 + after, tuple(row)) for after, row in enumerate(table[at + 1 :]) if any(row))
    if not lines:
        raise Unreadable("no_rows", sheet=name, line=at + 1)
    if len(lines) > MAX_ROWS:
        raise Unreadable("rows", sheet=name, limit=MAX_ROWS)
    return Sheet(lines, _columns(table, at, name), at + 1, name, others)


def _columns(table: Sequence[Sequence[str]], at: int, name: str) -> tuple[str, ...]:
    """Name the columns.

    A worksheet may have some without a heading; a text line longer than its heading row has a delimiter too
    many, which checking names.
    """
    header = list(table[at])
    while header and not header[-1]:
        header.pop()
    width = max((len(row) for row in table[at:]), default=0) if name else len(header)
    header += [""] * (width - len(header))
    return tuple(heading or letter(index) for index, heading in enumerate(header))
