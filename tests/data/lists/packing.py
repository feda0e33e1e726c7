"""Writes spreadsheets byte by byte: old workbooks, OpenDocument, and archives no honest program would write."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

Rows = Sequence[Sequence[object]]
FREE, CHAIN_END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, SHORTEST = 512, 4096

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx(rows: Rows = (), sheet: str = "名单") -> bytes:
    """Give a workbook with one sheet; numbers stay numbers, as spreadsheets keep phones."""
    return xlsx_of({sheet: rows})


def xlsx_of(sheets: Mapping[str, Rows], hidden: Sequence[str] = (), merged: Sequence[str] = ()) -> bytes:
    """Give a workbook of several sheets; `merged` areas (A1:C1) are in each, what they say is in their first cell."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for area in merged:
            page.merge_range(area, "")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    page.write(at, column, cell)
        if name not in hidden:
            page.activate()
            page.set_first_sheet()
        else:
            page.hide() if name != "深藏" else page.very_hidden()
    book.close()
    return packed.getvalue()


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give an archive of some parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return packed.getvalue()


def raw_xlsx(sheet: bytes, strings: bytes = b"", sheets: int = 1) -> bytes:
    """Give a workbook whose sheet and shared strings are written as they come; all sheets are the same part."""
    names = "".join(f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>' for number in range(1, sheets + 1))
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{names}</sheets></workbook>'
    root = f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for number, kind, target in (
            (1, "worksheet", "worksheets/sheet1.xml"),
            (2, "sharedStrings", "sharedStrings.xml"),
        )
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>'.encode(),
        "xl/workbook.xml": book.encode(),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": strings or b"<sst/>",
    }
    return zipped(parts)


def sheet_xml(cells: str) -> bytes:
    """Give a sheet around its rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def lying(body: bytes, part: bytes, size: int) -> bytes:
    """Change what an archive says of the unpacked size of a part, in both places where it says so."""
    told = bytearray(body)
    for mark, name_at, size_at in ((b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)):
        at = told.find(mark)
        while at >= 0:
            if told[at + name_at :].startswith(part):
                told[at + size_at : at + size_at + 4] = struct.pack("<I", size)
            at = told.find(mark, at + 4)
    return bytes(told)


def ods(rows: Rows, extra: str = "", *, locked: bool = False) -> bytes:
    """Give an OpenDocument sheet; `extra` is more of its table as XML."""
    table = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="名单">{table}{extra}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    lock = '<manifest:encryption-data xmlns:manifest="x"/>' if locked else ""
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"<manifest>{lock}</manifest>".encode(),
            "content.xml": content.encode(),
        }
    )


def _ods_cell(cell: object) -> str:
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


def xls(cells: Mapping[tuple[int, int], object], *, locked: bool = False) -> bytes:
    """Give a workbook of Excel 97; a locked one says that all after its first record is encrypted."""
    name = "名单"
    lock = _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) if locked else b""
    begin = (
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1997, 0, 6))
        + lock
        + _record(0x0042, struct.pack("<H", 1200))
    )
    bound = 4 + 8 + 2 * len(name)
    at = len(begin) + bound + 4
    begin += _record(0x0085, struct.pack("<IBBBB", at, 0, 0, len(name), 1) + name.encode("utf-16-le")) + _record(
        0x000A, b""
    )
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 1997, 0, 6))
    sheet += b"".join(_xls_cell(row, column, cell) for (row, column), cell in cells.items())
    return ole({"Workbook": begin + sheet + _record(0x000A, b"")})


def xls_of(rows: Rows) -> bytes:
    """Give a workbook of Excel 97 from rows."""
    return xls({(at, column): cell for at, row in enumerate(rows) for column, cell in enumerate(row)})


def _xls_cell(row: int, column: int, cell: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, int | float):
        return _record(0x0203, place + struct.pack("<d", cell))
    text = str(cell)
    return _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def ole(streams: Mapping[str, bytes]) -> bytes:
    """Give a compound file, as Excel 97 and encrypted workbooks are; up to 60 KB."""
    bodies = [body.ljust(SHORTEST, b"\0") for body in streams.values()]
    bodies = [body.ljust(-(-len(body) // SECTOR) * SECTOR, b"\0") for body in bodies]
    fat, begins = [FAT, CHAIN_END], []
    for body in bodies:
        begins.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + len(body) // SECTOR), CHAIN_END]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, SHORTEST, CHAIN_END, 0, CHAIN_END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    entries = [_entry("Root Entry", 5, CHAIN_END, 0, child=1)]
    for number, (name, begin, body) in enumerate(zip(streams, begins, bodies, strict=True), 1):
        entries.append(_entry(name, 2, begin, len(body), right=number + 1 if number < len(bodies) else FREE))
    table = struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))
    return head + table + b"".join(entries).ljust(SECTOR, b"\0") + b"".join(bodies)


def _entry(name: str, kind: int, begin: int, size: int, right: int = FREE, child: int = FREE) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    told = struct.pack("<HBBIII", len(coded), kind, 1, FREE, right, child)
    return coded.ljust(64, b"\0") + told + bytes(36) + struct.pack("<IQ", begin, size)
