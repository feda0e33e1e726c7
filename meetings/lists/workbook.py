"""Reads one XLSX, XLS or ODS in a process of its own, which may use little memory and little time.

Run as a script; it knows nothing of the portal, not even its environment. Standard input: a line of JSON with the
length of the file and the sheet that is wanted (or none), the file, then a line of JSON with the sheet whose rows are
to come. Answers in lines of JSON: {"names": [[name, hidden], ...]}, an object for each sheet that was looked into or
for an error, {"survey": "done"}, then arrays of rows. Only the wanted sheet is looked into where one is wanted: another
may be the one that was too much.
"""

import contextlib
import datetime
import io
import itertools
import json
import re
import resource
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import python_calamine

# More than this process has when it begins.
MEMORY = 150 * 1024 * 1024
# A sheet takes ten times its text while it is read: a larger one is read in pieces of about so much.
PIECE = 3 * 1024 * 1024
TOO_LARGE = 9
# As many sheets are looked into, for about as long; the rest is named only and read when it is chosen.
MOST_SHEETS = 30
SURVEY_SECONDS = 0.8
TOGETHER = 500
_MERGED = re.compile(rb"<(?:\w+:)?mergeCells.*</(?:\w+:)?mergeCells>", re.DOTALL)


def main() -> None:
    """Answer for the file on standard input."""
    # macOS knows no limit of address space; the time limit holds there too.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_held() + MEMORY,) * 2)
    most_rows, most_columns, look_at, seconds = (int(word) for word in sys.argv[1:5])
    # The soft limit ends the process with a signal of its own, so that the parent knows why.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    try:
        _Reader(most_rows, most_columns, look_at).answer()
    except python_calamine.PasswordError:
        _say({"error": "password"})
    except MemoryError:
        sys.exit(TOO_LARGE)
    except (python_calamine.CalamineError, OSError, ValueError):
        _say({"error": "broken"})


class _Table(Protocol):
    """What is used of a sheet: its corners, its merged areas, and its rows, the first of the sheet first."""

    start: tuple[int, int] | None
    end: tuple[int, int] | None
    merged_cell_ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]] | None

    def iter_rows(self) -> Iterator[list[Any]]:
        """Give the rows."""


class _Reader:
    """One workbook; the sheet read last is kept, most files have only one."""

    def __init__(self, most_rows: int, most_columns: int, look_at: int) -> None:
        self.most_rows, self.most_columns, self.look_at = most_rows, most_columns, look_at
        told = json.loads(sys.stdin.buffer.readline())
        self.wanted = told["wanted"]
        self.body = io.BytesIO(sys.stdin.buffer.read(told["length"]))
        self.kept: tuple[str, _Table] | None = None

    def answer(self) -> None:
        """Tell what the sheets are, and give the rows of the one that is chosen."""
        metas = [meta for meta in self._book().sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet]
        names = {meta.name: meta.visible != python_calamine.SheetVisibleEnum.Visible for meta in metas}
        _say({"names": list(names.items())})
        wanted = [name for name in names if name == self.wanted]
        for number, name in enumerate(wanted or [name for name, hidden in names.items() if not hidden]):
            if number >= MOST_SHEETS or (number > 0 and time.process_time() > SURVEY_SECONDS):
                break
            _say(self._told(name))
        _say({"survey": "done"})
        chosen = sys.stdin.buffer.readline()
        if chosen.strip():
            self._rows(json.loads(chosen))

    def _sheet(self, name: str) -> _Table:
        if self.kept is None or self.kept[0] != name:
            self.kept = None
            self.kept = name, _large_sheet(self.body, name) or self._book().get_sheet_by_name(name)
        return self.kept[1]

    def _book(self) -> python_calamine.CalamineWorkbook:
        """Open the workbook; it is not kept, for it holds all its texts."""
        self.body.seek(0)
        return python_calamine.CalamineWorkbook.from_object(self.body)

    def _told(self, name: str) -> dict[str, Any]:
        sheet = self._sheet(name)
        rows, columns = _size(sheet)
        told = {"sheet": name, "rows": rows, "columns": columns}
        return told if self._too_large(sheet) else told | {"top": list(itertools.islice(_texts(sheet), self.look_at))}

    def _rows(self, name: str) -> None:
        sheet = self._sheet(name)
        if error := self._too_large(sheet):
            return _say({"error": error, "sheet": name})
        rows = _texts(sheet)
        while some := list(itertools.islice(rows, TOGETHER)):
            if max(map(len, some)) > self.most_columns:
                return _say({"error": "columns", "sheet": name})
            _say(some)
        return _say({"rows": "done"})

    def _too_large(self, sheet: _Table) -> str:
        rows, columns = _size(sheet)
        if rows > self.most_rows:
            return "rows"
        return "columns" if columns > self.most_columns else ""


class _Pieces:
    """A large sheet of an XLSX: each piece of its rows is read as a small workbook with the texts and formats of all.

    How wide it is, the first piece tells.
    """

    start = (0, 0)

    def __init__(self, packed: zipfile.ZipFile, part: str, shared: Sequence[str], name: str) -> None:
        self._packed, self._part, self._name = packed, part, name
        base = io.BytesIO()
        with zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as small:
            for each in shared:
                small.writestr(each, packed.read(each))
        self._base = base.getvalue()
        with packed.open(part) as stream:
            begun = stream.read(PIECE)
        begin = re.search(rb"<(\w+:)?sheetData\s*>", begun)
        if begin is None:
            raise ValueError("no rows where they should be")
        self._before, self._prefix = begun[: begin.end()], begin[1] or b""
        rows, merged = 0, b""
        for piece, after in self._cut():
            rows, merged = self._last(piece, rows), after
        columns = next((sheet.end[1] + 1 for _, sheet in self._read() if sheet.end), 0)
        self.end = (rows - 1, columns - 1) if rows and columns else None
        self.merged_cell_ranges = self._opened(b"", merged).merged_cell_ranges if merged else ()

    def iter_rows(self) -> Iterator[list[Any]]:
        """Give the rows from the first of the sheet on, each as wide as the sheet, or wider."""
        at, width = 0, self.end[1] + 1 if self.end else 0
        for begin, sheet in self._read():
            if not sheet.start:
                continue
            yield from ([""] * width for _ in range(begin + sheet.start[0] - at))
            left = [""] * sheet.start[1]
            for row in itertools.islice(sheet.iter_rows(), sheet.start[0], None):
                cells = left + row
                yield cells + [""] * (width - len(cells))
            at = begin + sheet.end[0] + 1

    def _read(self) -> Iterator[tuple[int, python_calamine.CalamineSheet]]:
        """Give the pieces, each with what is to be added to the numbers of its rows: nothing, where they are written."""
        before, row = 0, b"<" + self._prefix + b"row"
        for piece, _ in self._cut():
            numbered = re.match(rb"[^>]* r=", piece)
            yield 0 if numbered else before, self._opened(piece)
            before += piece.count(row + b" ") + piece.count(row + b">")

    def _cut(self) -> Iterator[tuple[bytes, bytes]]:
        """Give whole rows as they are written, the last of them with the merged areas that are named after them."""
        row, end = b"</" + self._prefix + b"row>", b"</" + self._prefix + b"sheetData>"
        with self._packed.open(self._part) as stream:
            stream.read(len(self._before))
            held = b""
            while piece := stream.read(PIECE):
                held += piece
                if (at := held.find(end, max(0, len(held) - len(piece) - len(end)))) >= 0:
                    merged = _MERGED.search(held[at:] + stream.read(PIECE))
                    yield held[:at], merged[0] if merged else b""
                    return
                if whole := held.rfind(row) + 1:
                    yield held[: whole - 1 + len(row)], b""
                    held = held[whole - 1 + len(row) :]
        raise ValueError("the rows do not end")

    def _last(self, piece: bytes, before: int) -> int:
        """Give the number of the last row with anything in it."""
        filled = max(piece.rfind(b"v>"), piece.rfind(b"is>"))
        at = piece.rfind(b"<" + self._prefix + b"row", 0, max(filled, 0))
        if at < 0:
            return before
        number = re.match(rb"[^>]* r=[\"'](\d{1,9})[\"']", piece[at : at + 500])
        return int(number[1]) if number else before + piece.count(b"<" + self._prefix + b"row", 0, at) + 1

    def _opened(self, rows: bytes, merged: bytes = b"") -> python_calamine.CalamineSheet:
        end = b"</" + self._prefix
        sheet = b"".join((self._before, rows, end, b"sheetData>", merged, end, b"worksheet>"))
        small = io.BytesIO(self._base)
        with zipfile.ZipFile(small, "a") as packed:
            packed.writestr(self._part, sheet)
        small.seek(0)
        return python_calamine.CalamineWorkbook.from_object(small).get_sheet_by_name(self._name)


def _large_sheet(body: io.BytesIO, name: str) -> _Pieces | None:
    """Give a sheet of an XLSX in pieces where it is large; none where it is not, or not written as it should be."""
    try:
        packed = zipfile.ZipFile(body)
        parts = {each.filename: each.file_size for each in packed.infolist()}
        if max((size for part, size in parts.items() if part.startswith("xl/worksheets/")), default=0) <= PIECE:
            return None
        told = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels")).findall("{*}Relationship")
        target = {each.get("Id"): f"xl/{each.get('Target', '').removeprefix('/').removeprefix('xl/')}" for each in told}
        sheets = ElementTree.fromstring(packed.read("xl/workbook.xml")).findall(".//{*}sheet")
        ids = (value for each in sheets if each.get("name") == name for key, value in each.items() if key.endswith("}id"))
        part = target.get(next(ids, ""), "")
        if parts.get(part, 0) <= PIECE:
            return None
        texts = [target[each.get("Id")] for each in told if each.get("Type", "").endswith(("/sharedStrings", "/styles"))]
        shared = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", *texts]
        return _Pieces(packed, part, [part for part in shared if part in parts], name)
    except (KeyError, ValueError, zipfile.BadZipFile, ElementTree.ParseError):
        return None


def _held() -> int:
    """Give the address space this process has already."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _size(sheet: _Table) -> tuple[int, int]:
    """Count rows and columns from the corner, empty ones too."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _texts(sheet: _Table) -> Iterator[list[str]]:
    """Give the rows of a sheet from the corner; what merged cells say stands in each of the cells they cover."""
    begin: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        begin.setdefault(top, []).append((bottom, left, right))
    empty = [""] * (sheet.start[1] if sheet.start else 0)
    covered: dict[int, tuple[int, str]] = {}
    for at, row in enumerate(sheet.iter_rows()):
        cells = empty + [cell.strip() if isinstance(cell, str) else _text(cell) for cell in row]
        for bottom, left, right in begin.get(at, ()):
            covered |= dict.fromkeys(range(left, min(right + 1, len(cells))), (bottom, "".join(cells[left : left + 1])))
        for column, (bottom, text) in covered.items():
            if at <= bottom and column < len(cells) and not cells[column]:
                cells[column] = text
        yield cells


def _text(cell: Any) -> str:
    """Write a cell that is no text as its owner sees it; spreadsheets keep phones as fractional numbers."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != datetime.time() else cell.date().isoformat()
    return str(cell)


def _say(thing: object) -> None:
    sys.stdout.buffer.write(json.dumps(thing, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
