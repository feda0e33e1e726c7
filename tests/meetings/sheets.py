"""Makes list files as people save them, honest and hostile ones."""

import io
from collections.abc import Sequence

import xlsxwriter


def csv_file(text: str, encoding: str = "utf-8") -> bytes:
    """Give the bytes of a text file."""
    return text.encode(encoding)


def xlsx_file(rows: Sequence[Sequence[object]], sheet: str = "名单") -> bytes:
    """Give a workbook with one sheet; numbers stay numbers, as spreadsheets keep phones."""
    packed = io.BytesIO()
    workbook = xlsxwriter.Workbook(packed, {"in_memory": True})
    page = workbook.add_worksheet(sheet)
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    workbook.close()
    return packed.getvalue()
