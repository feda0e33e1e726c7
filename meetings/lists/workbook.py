"""Reads one XLSX, XLS or ODS in a process of its own, which may use little memory and little time.

Run as a script with the file on standard input; it knows nothing of the portal, not even its environment.
Answers in lines of JSON: an object opens a sheet or tells an error, an array is a row of the last sheet.
"""

import contextlib
import datetime
import io
import json
import resource
import sys
from typing import Any

import python_calamine

MEMORY = 320 * 1024 * 1024
SECONDS = 20
TOO_LARGE = 9


def main() -> None:
    """Answer for the file on standard input."""
    # macOS knows no limit of address space; the time limit holds there too.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    most_rows, most_columns = (int(word) for word in sys.argv[1:3])
    body = io.BytesIO(sys.stdin.buffer.read())
    try:
        _answer(python_calamine.CalamineWorkbook.from_object(body), most_rows, most_columns)
    except python_calamine.PasswordError:
        _say({"error": "password"})
    except MemoryError:
        sys.exit(TOO_LARGE)
    except (python_calamine.CalamineError, OSError, ValueError):
        _say({"error": "broken"})


def _answer(workbook: python_calamine.CalamineWorkbook, most_rows: int, most_columns: int) -> None:
    for name in [sheet.name for sheet in workbook.sheets_metadata if _shown(sheet)]:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height > most_rows:
            return _say({"error": "rows", "sheet": name})
        if sheet.width > most_columns:
            return _say({"error": "columns", "sheet": name})
        _say({"sheet": name})
        for row in sheet.iter_rows():
            _say([_text(cell) for cell in row])
    return None


def _shown(sheet: python_calamine.SheetMetadata) -> bool:
    visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
    return visible and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet


def _text(cell: Any) -> str:
    """Write a cell as its owner sees it; spreadsheets keep phones as fractional numbers."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != datetime.time() else cell.date().isoformat()
    return str(cell)


def _say(thing: object) -> None:
    sys.stdout.buffer.write(json.dumps(thing, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main()
