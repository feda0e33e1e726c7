"""Makes list files as people save them, honest and hostile ones."""

import io
import zipfile
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


def zip_bomb(megabytes: int) -> bytes:
    """Give a small file that says it unpacks to many megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * megabytes * 1024 * 1024)
    return packed.getvalue()


def sparse_bomb() -> bytes:
    """Give a small workbook whose two cells span the largest sheet there is."""
    packed = io.BytesIO()
    workbook = xlsxwriter.Workbook(packed, {"in_memory": True})
    page = workbook.add_worksheet()
    page.write(0, 0, "姓名")
    page.write(1_048_575, 16_383, "x")
    workbook.close()
    return packed.getvalue()
