"""Reads one XLSX, XLS or ODS in a process of its own, which may use little memory and little time.

Run as a script; it knows nothing of the portal, not even its environment. Standard input: the length of the file in a
line, the file, then a line of JSON with the name of the sheet that is wanted (after the survey, or at once). Answers in
lines of JSON: an object for each sheet or for an error, {"survey": "done"}, then an array for each row.
"""

import contextlib
import datetime
import io
import itertools
import json
import resource
import sys
from typing import Any

import python_calamine

MEMORY = 320 * 1024 * 1024
SECONDS = 20
TOO_LARGE = 9
# As many sheets are looked into; the rest is named only.
MOST_SHEETS = 30


def main() -> None:
    """Answer for the file on standard input."""
    # macOS knows no limit of address space; the time limit holds there too.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    most_rows, most_columns, look_at, survey = (int(word) for word in sys.argv[1:5])
    try:
        _Reader(most_rows, most_columns, look_at).answer(survey=bool(survey))
    except python_calamine.PasswordError:
        _say({"error": "password"})
    except MemoryError:
        sys.exit(TOO_LARGE)
    except (python_calamine.CalamineError, OSError, ValueError):
        _say({"error": "broken"})


class _Reader:
    """One workbook; the sheet surveyed last is kept, most files have only one."""

    def __init__(self, most_rows: int, most_columns: int, look_at: int) -> None:
        self.most_rows, self.most_columns, self.look_at = most_rows, most_columns, look_at
        length = int(sys.stdin.buffer.readline())
        body = io.BytesIO(sys.stdin.buffer.read(length))
        self.book = python_calamine.CalamineWorkbook.from_object(body)
        self.kept: tuple[str, python_calamine.CalamineSheet] | None = None

    def answer(self, *, survey: bool) -> None:
        """Tell what the sheets are, where asked for, and give the rows of the one that is chosen."""
        if survey:
            for meta in self.book.sheets_metadata[:MOST_SHEETS]:
                if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    self._tell(meta)
            _say({"survey": "done"})
        chosen = sys.stdin.buffer.readline()
        if chosen.strip():
            self._rows(json.loads(chosen))

    def _sheet(self, name: str) -> python_calamine.CalamineSheet:
        if self.kept is None or self.kept[0] != name:
            self.kept = None
            self.kept = name, self.book.get_sheet_by_name(name)
        return self.kept[1]

    def _tell(self, meta: python_calamine.SheetMetadata) -> None:
        sheet = self._sheet(meta.name)
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        rows, columns = _size(sheet)
        told = {"sheet": meta.name, "hidden": hidden, "rows": rows, "columns": columns}
        if not self._too_large(sheet):
            top = itertools.islice(sheet.iter_rows(), self.look_at)
            told["top"] = [[_text(cell) for cell in row] for row in top]
            told["first"] = sheet.start[1] if sheet.start else 0
            told["merged"] = [area for area in sheet.merged_cell_ranges or () if area[0][0] < self.look_at]
        _say(told)

    def _rows(self, name: str) -> None:
        sheet = self._sheet(name)
        if error := self._too_large(sheet):
            return _say({"error": error, "sheet": name})
        for row in sheet.iter_rows():
            _say([_text(cell) for cell in row])
        return _say({"rows": "done"})

    def _too_large(self, sheet: python_calamine.CalamineSheet) -> str:
        rows, columns = _size(sheet)
        if rows > self.most_rows:
            return "rows"
        return "columns" if columns > self.most_columns else ""


def _size(sheet: python_calamine.CalamineSheet) -> tuple[int, int]:
    """Count rows and columns from the corner, empty ones too."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _text(cell: Any) -> str:
    """Write a cell as its owner sees it; spreadsheets keep phones as fractional numbers."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != datetime.time() else cell.date().isoformat()
    return str(cell)


def _say(thing: object) -> None:
    sys.stdout.buffer.write(json.dumps(thing, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    if isinstance(thing, dict):
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
