"""Reads one XLSX, XLS or ODS in a process of its own, which may use little memory and little time.

Run as a script; it knows nothing of the portal, not even its environment. Standard input: a line of JSON with the
length of the file and the sheet that is wanted (or none), the file, then a line of JSON with the sheet whose rows are
to come. Answers in lines of JSON: an object for each sheet or for an error, {"survey": "done"}, then arrays of rows.
"""

import contextlib
import datetime
import io
import itertools
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine

# More than this process has when it begins: enough for 100,000 rows of 16 columns.
MEMORY = 150 * 1024 * 1024
TOO_LARGE = 9
# As many sheets are looked into, for about as long; the rest is named only and read when it is chosen.
MOST_SHEETS = 30
SURVEY_SECONDS = 0.8
TOGETHER = 500


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


class _Reader:
    """One workbook; the sheet read last is kept, most files have only one."""

    def __init__(self, most_rows: int, most_columns: int, look_at: int) -> None:
        self.most_rows, self.most_columns, self.look_at = most_rows, most_columns, look_at
        told = json.loads(sys.stdin.buffer.readline())
        self.wanted = told["wanted"]
        body = io.BytesIO(sys.stdin.buffer.read(told["length"]))
        self.book = python_calamine.CalamineWorkbook.from_object(body)
        self.kept: tuple[str, python_calamine.CalamineSheet] | None = None

    def answer(self) -> None:
        """Tell what the sheets are, and give the rows of the one that is chosen."""
        metas = [meta for meta in self.book.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet]
        for number, meta in enumerate(metas):
            _say(self._told(meta, number))
        _say({"survey": "done"})
        chosen = sys.stdin.buffer.readline()
        if chosen.strip():
            self._rows(json.loads(chosen))

    def _sheet(self, name: str) -> python_calamine.CalamineSheet:
        if self.kept is None or self.kept[0] != name:
            self.kept = None
            self.kept = name, self.book.get_sheet_by_name(name)
        return self.kept[1]

    def _told(self, meta: python_calamine.SheetMetadata, number: int) -> dict[str, Any]:
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        told = {"sheet": meta.name, "hidden": hidden, "rows": 0, "columns": 0}
        spent = number >= MOST_SHEETS or (number > 0 and time.process_time() > SURVEY_SECONDS)
        if (hidden or spent) and meta.name != self.wanted:
            return told
        sheet = self._sheet(meta.name)
        told["rows"], told["columns"] = _size(sheet)
        if not self._too_large(sheet):
            told["top"] = list(itertools.islice(_texts(sheet), self.look_at))
        return told

    def _rows(self, name: str) -> None:
        sheet = self._sheet(name)
        if error := self._too_large(sheet):
            return _say({"error": error, "sheet": name})
        rows = _texts(sheet)
        while some := list(itertools.islice(rows, TOGETHER)):
            _say(some)
        return _say({"rows": "done"})

    def _too_large(self, sheet: python_calamine.CalamineSheet) -> str:
        rows, columns = _size(sheet)
        if rows > self.most_rows:
            return "rows"
        return "columns" if columns > self.most_columns else ""


def _held() -> int:
    """Give the address space this process has already."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _size(sheet: python_calamine.CalamineSheet) -> tuple[int, int]:
    """Count rows and columns from the corner, empty ones too."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _texts(sheet: python_calamine.CalamineSheet) -> Iterator[list[str]]:
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
            if at <= bottom and not cells[column]:
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
