"""Sheets so large that they are read in pieces: what is read is the same."""

import io

import pytest
import xlsxwriter

from meetings.lists.reading import Sheet, SheetInfo, opened
from tests.data.lists import packing

ROWS = 30_000
HEAD = ("姓名", "手机号", "公司", "席位", "到")
ALL_FROM, ALL_TO = 8_000, 22_000
BLANK = 15_000


def body(*, inline: bool, moved: int = 0) -> bytes:
    """Give a sheet of several pieces: one company merged over half of it, a line left empty, `moved` columns to the right."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"constant_memory": inline, "in_memory": not inline}) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, moved, HEAD)
        for at in range(1, ROWS):
            if at != BLANK:
                company = "" if at > ALL_FROM else f"公司{at}"
                page.write_row(at, moved, [f"来宾第{at}位", 13_800_000_000 + at, company, 0.5, True])
            if at == ALL_FROM and not inline:
                page.merge_range(at, moved + 2, ALL_TO, moved + 2, "星河证券")
    return packed.getvalue()


def read(file: bytes) -> tuple[Sheet, list[tuple]]:
    """Read a workbook to its end."""
    with opened("a.xlsx", file) as sheet:
        return sheet, [(line.number, *line.cells) for line in sheet.rows]


def expected(merged: bool) -> list[tuple]:
    """Give what is to be read."""
    def company(at: int) -> str:
        return "星河证券" if merged and ALL_FROM <= at <= ALL_TO else f"公司{at}" if at <= ALL_FROM else ""

    filled = (at for at in range(1, ROWS) if at != BLANK)
    return [(at + 1, f"来宾第{at}位", f"{13_800_000_000 + at}", company(at), "0.5", "TRUE") for at in filled]


def test_a_large_sheet_of_shared_texts_is_read_with_its_merged_cells() -> None:
    sheet, rows = read(body(inline=False))
    assert (sheet.columns, sheet.header_line, sheet.sheet) == (HEAD, 1, "名单")
    assert sheet.others == (SheetInfo("名单", ROWS, len(HEAD), False, 1),)
    blank = (BLANK + 1, "", "", "星河证券", "", "")
    assert rows == sorted([*expected(merged=True), blank])


def test_a_large_sheet_of_texts_in_their_cells_is_read_from_its_corner() -> None:
    sheet, rows = read(body(inline=True, moved=2))
    assert sheet.columns == ("A", "B", *HEAD)
    assert rows == [(row[0], "", "", *row[1:]) for row in expected(merged=False)]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_rows_without_numbers_count_on_from_piece_to_piece(prefix: str) -> None:
    def cell(text: str) -> str:
        return f'<{prefix}c t="inlineStr"><{prefix}is><{prefix}t>{text}</{prefix}t></{prefix}is></{prefix}c>'

    rows = "".join(f"<{prefix}row>{cell(f'来宾第{at}位')}{cell('席' * 20)}</{prefix}row>\n" for at in range(1, ROWS))
    written = f'<{prefix}sheetData><{prefix}row>{cell("姓名")}{cell("备注")}</{prefix}row>{rows}</{prefix}sheetData>'
    name = f' xmlns{":x" if prefix else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    _, lines = read(packing.raw_xlsx(f"<{prefix}worksheet{name}>{written}</{prefix}worksheet>".encode()))
    assert lines == [(at + 1, f"来宾第{at}位", "席" * 20) for at in range(1, ROWS)]


def test_a_formatted_end_without_anybody_does_not_count() -> None:
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>来宾第{at}位{"席" * 40}</t></is></c></row>' for at in range(1, ROWS)
    )
    sheet, lines = read(packing.raw_xlsx(packing.sheet_xml(rows + '<row r="1048576" s="4"/>')))
    assert (len(lines), sheet.others[0].rows) == (ROWS - 1, ROWS - 1)
