"""Writes workbooks row by row: what a spreadsheet needs and no more, so that half a million rows take seconds.

The parts are those of ECMA-376 (SpreadsheetML): texts stand in their cells, nothing is a formula or a live link.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from meetings.lists.export import neutral

Cell = str | int | float
Row = list[Cell]
# Told now and then how many rows are written.
Tell = Callable[[int], None]

# A spreadsheet takes 32,767 characters of a cell and a million rows of a sheet.
LONGEST_CELL, MOST_ROWS = 30_000, 1_048_576
EVERY = 2000
# What XML cannot hold, and what must be written otherwise.
SPECIAL = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# One style for texts and one, bold, for headings.
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
SHEET_HEAD = (
    f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="30" width="20" '
    'customWidth="1"/></cols><sheetData>'
)


def write(target: IO[bytes], sheets: Sequence[tuple[str, Iterable[Row]]], tell: Tell = lambda rows: None) -> None:
    """Write a workbook; the first row of each sheet is its heading. `tell` learns how many rows are written."""
    written = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for place, content in _frame([name for name, _rows in sheets]).items():
            book.writestr(place, content)
        for number, (_name, rows) in enumerate(sheets, 1):
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as page:
                written = _sheet(page, rows, written, tell)


def _sheet(page: IO[bytes], rows: Iterable[Row], written: int, tell: Tell) -> int:
    page.write(SHEET_HEAD.encode())
    pieces: list[str] = []
    for at, row in enumerate(rows):
        pieces.append(f'<row r="{at + 1}">{"".join(map(_cell if at else _heading, row))}</row>')
        if len(pieces) >= EVERY:
            page.write("".join(pieces).encode())
            written += len(pieces)
            pieces.clear()
            tell(written)
        if at + 1 >= MOST_ROWS:
            break
    page.write("".join([*pieces, "</sheetData></worksheet>"]).encode())
    tell(written + len(pieces))
    return written + len(pieces)


def _cell(value: Cell) -> str:
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>' if value else "<c/>"


def _heading(value: Cell) -> str:
    return f'<c s="1" t="inlineStr"><is><t>{_text(str(value))}</t></is></c>'


def _text(value: str) -> str:
    harmless = neutral(value[:LONGEST_CELL])
    return escape(UNWRITABLE.sub("", harmless)) if SPECIAL.search(harmless) else harmless


def _frame(names: Sequence[str]) -> dict[str, str]:
    """Give the parts around the sheets."""
    numbers = range(1, len(names) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in numbers
    )
    # A sheet's name takes 31 characters.
    pages = "".join(f'<sheet name={quoteattr(names[n - 1][:31])} sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    ties = "".join(f'<Relationship Id="rId{n}" Type="{TIES}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACK}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{parts}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACK}/relationships"><Relationship Id="rId1" '
        f'Type="{TIES}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{TIES}"><sheets>{pages}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACK}/relationships">{ties}<Relationship '
        f'Id="rId{len(names) + 1}" Type="{TIES}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
