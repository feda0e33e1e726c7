"""Files that were broken on their way, are something else, or were made to do harm: all are refused, with a reason."""

import io
import random
import struct
import zipfile
from functools import cache

import xlsxwriter

from tests.data.lists import packing
from tests.data.lists.kinds import TABLE, Kind, Refused, text, written

MEGABYTE = 1024 * 1024
FAR = {"limit": 256}
BROKEN = Refused("broken", {"sheet": "", "limit": 0})
BROKEN_SHEET = Refused("broken", {"sheet": "S1", "limit": 0})
WRONG_TYPE = Refused("wrong_type", {"extensions": "csv, txt, tsv, xlsx, xlsm, xls, ods"})
PART = b"xl/worksheets/sheet1.xml"
NAME = '<c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'


def sparse_xlsx() -> bytes:
    """Give a small workbook whose two cells span the largest sheet there is."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write(0, 0, "姓名")
        page.write(1_048_575, 16_383, "x")
    return packed.getvalue()


@cache
def blanks(megabytes: int) -> bytes:
    """Give a sheet that is mostly blanks."""
    return packing.raw_xlsx(packing.sheet_xml(f'<row r="1">{NAME}</row>') + b" " * megabytes * MEGABYTE)


def noise(size: int) -> bytes:
    """Give bytes that mean nothing, the same each time."""
    return random.Random(4).randbytes(size)


def overlapping() -> bytes:
    """Give an archive whose thousand parts are all the same megabyte."""
    inner = packing.zipped({"x": b" " * MEGABYTE})
    at = inner.index(b"PK\x01\x02")
    end = inner.index(b"PK\x05\x06")
    entry, parts = inner[at:end], 1000
    tail = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, parts, parts, len(entry) * parts, at, 0)
    return inner[:at] + entry * parts + tail


@cache
def strings(count: int) -> bytes:
    """Give a workbook of many shared strings and one cell."""
    body = b"<sst>" + b"".join(b"<si><t>%x</t></si>" % number for number in range(count)) + b"</sst>"
    return packing.raw_xlsx(packing.sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), body)


def declared(entity: str) -> bytes:
    """Give a workbook whose sheet begins with a document type."""
    body = packing.sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>')
    return packing.raw_xlsx(b'<?xml version="1.0"?><!DOCTYPE x [' + entity.encode() + b"]>" + body)


@cache
def many(element: str) -> str:
    """Give a million elements that do not pack too well."""
    return "".join(element % number for number in range(1, 1_000_001))


@cache
def filled(element: str, before: str = "", after: str = "") -> bytes:
    """Give a workbook with 240 MB of an element, numbered so that it packs not too well."""
    some = "".join(element % (number * 7919) for number in range(500))
    return packing.raw_xlsx(packing.sheet_xml(before + some * (240 * MEGABYTE // len(some)) + after))


ROW, CELL = "<row><c><v>%d</v></c></row>", "<c><v>%d</v></c>"
LAUGHS = '<!ENTITY b "ha"><!ENTITY a "' + "&b;" * 1000 + '">'
FAR_ODS = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
    'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
)

BROKEN_FILES = {
    "nothing": Kind("a.csv", lambda: b"", Refused("empty", {})),
    "blanks only": Kind("a.csv", lambda: b"\n  \n", Refused("empty", {})),
    "delimiters only": Kind("a.csv", lambda: b",,\n,,\n", Refused("empty", {"sheet": ""})),
    "a sheet with nothing in it": Kind("a.xlsx", packing.xlsx, Refused("empty", {"sheet": ""})),
    "headings only": text("姓名,手机号\n", Refused("no_rows", {"sheet": ""})),
    "headings only in a sheet": Kind("a.xlsx", lambda: packing.xlsx(TABLE[:1]), Refused("no_rows", {"sheet": "名单"})),
    "a chain of empty places": text("1. \n2. \n", Refused("no_rows", {"sheet": ""})),
    "another kind of file": Kind("a.pdf", lambda: b"%PDF-1.7", WRONG_TYPE),
    "a binary workbook": Kind("a.xlsb", lambda: packing.xlsx(TABLE), WRONG_TYPE),
    "no extension": Kind("list", written, WRONG_TYPE),
    "an archive of a list": Kind("a.zip", lambda: packing.zipped({"a.xlsx": packing.xlsx(TABLE)}), WRONG_TYPE),
    "an archive of a list under a list's name": Kind(
        "a.xlsx", lambda: packing.zipped({"a.xlsx": packing.xlsx(TABLE)}), BROKEN
    ),
    "a letter under a list's name": Kind("a.xlsx", lambda: packing.zipped({"word/document.xml": b"<w/>"}), BROKEN),
    "an empty archive": Kind("a.xlsx", lambda: packing.zipped({}), Refused("binary", {"line": 1})),
    "a program under a list's name": Kind(
        "a.csv", lambda: b"MZ\x90\x00\x03\x00" + b"x" * 500, Refused("encoding", {"line": 1})
    ),
    "noise under a sheet's name": Kind("a.xlsx", lambda: noise(2000), Refused("encoding", {"line": 1})),
    "a web page as a spreadsheet": Kind("a.xls", lambda: b"\xef\xbb\xbf<html><table>", Refused("web_page", {})),
    "a web archive as a spreadsheet": Kind("a.xls", lambda: b"MIME-Version: 1.0\n", Refused("web_page", {})),
    "a spreadsheet of 2003 in XML": Kind("a.xls", lambda: b'<?xml version="1.0"?><Workbook/>', Refused("web_page", {})),
    "a cut workbook": Kind("a.xlsx", lambda: packing.xlsx(TABLE)[:900], Refused("broken", {})),
    "a workbook with a hole": Kind("a.xlsx", lambda: packing.raw_xlsx(b"<worksheet><sheetData><row"), BROKEN_SHEET),
    "a cut workbook of Excel 97": Kind("a.xls", lambda: packing.xls_of(TABLE)[:1200], Refused("broken", {})),
    "an old workbook that is none": Kind("a.xls", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, BROKEN),
    "a password": Kind(
        "a.xlsx",
        lambda: packing.ole({"EncryptionInfo": b"4", "EncryptedPackage": noise(5000)}),
        Refused("password", {}),
    ),
    "a password of Excel 97": Kind("a.xls", lambda: packing.xls({(0, 0): "x"}, locked=True), Refused("password", {})),
    "a password of OpenDocument": Kind("a.ods", lambda: packing.ods(TABLE, locked=True), Refused("password", {})),
    "a NUL byte": text("姓名,手机号\n张三,1380000\x000001\n", Refused("binary", {"line": 2})),
    "bytes of no encoding": Kind("a.csv", lambda: written() + b"\xff\xff,\n", Refused("encoding", {"line": 4})),
    "a quotation mark left open": text('姓名,手机号\n张三,\n"李四,\n王五,\n', Refused("quotes", {"line": 3})),
    "a quotation mark in the middle": text('姓名,备注\n张三,"一"二"\n', Refused("quotes", {"line": 2})),
    "too many columns": text(
        "姓名" + ",x" * 60 + "\n张三\n", Refused("columns", {"sheet": "", "line": 1, "limit": 60})
    ),
    "too many columns in a sheet": Kind(
        "a.xlsx",
        lambda: packing.xlsx((("姓名", *["x"] * 60), ("张三",))),
        Refused("columns", {"sheet": "名单", "limit": 60}),
    ),
    "too many rows": text("姓名\n" + "张三\n" * 100_001, Refused("rows", {"sheet": "", "limit": 100_000})),
    "too many rows in a sheet": Kind(
        "a.xlsx",
        lambda: packing.raw_xlsx(
            packing.sheet_xml("".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(1, 100_040)))
        ),
        Refused("rows", {"sheet": "S1", "limit": 100_000}),
    ),
    "too many megabytes": Kind("a.csv", lambda: b"a" * (20 * MEGABYTE + 1), Refused("too_big", {"limit": 20})),
}

BOMBS = {
    "a bomb": Kind("a.xlsx", lambda: blanks(101), Refused("unpacked", FAR)),
    "a bomb that says it is small": Kind(
        "a.xlsx", lambda: packing.lying(blanks(300), PART, 10_000), Refused("unpacked", FAR)
    ),
    "parts that are all the same bytes": Kind("a.xlsx", overlapping, Refused("unpacked", FAR)),
    "thousands of parts": Kind(
        "a.xlsx",
        lambda: packing.zipped({str(number): b"" for number in range(2001)}, zipfile.ZIP_STORED),
        Refused("unpacked", FAR),
    ),
    "a quarter of a gigabyte of rows": Kind(
        "a.xlsx", lambda: filled(ROW), Refused("rows", {"sheet": "S1", "limit": 100_000})
    ),
    "a row of a quarter of a gigabyte": Kind(
        "a.xlsx", lambda: filled(CELL, '<row r="1">', "</row>"), Refused("unpacked", FAR | {"sheet": "S1"})
    ),
    "a quarter of a gigabyte of cells without a row": Kind(
        "a.xlsx", lambda: filled(CELL, f'<row r="1">{NAME}</row>'), Refused("unpacked", FAR | {"sheet": "S1"})
    ),
    "two cells far apart": Kind("a.xlsx", sparse_xlsx, Refused("unpacked", FAR | {"sheet": "Sheet1"})),
    "two cells far apart in Excel 97": Kind(
        "a.xls", lambda: packing.xls({(0, 0): "姓名", (65535, 255): "x"}), Refused("unpacked", FAR)
    ),
    "a cell that repeats without end": Kind("a.ods", lambda: packing.ods(TABLE, FAR_ODS), BROKEN),
    "millions of strings": Kind("a.xlsx", lambda: strings(4_000_000), Refused("unpacked", FAR)),
    "entities that multiply": Kind("a.xlsx", lambda: declared(LAUGHS), BROKEN_SHEET),
    "an entity from elsewhere": Kind("a.xlsx", lambda: declared('<!ENTITY a SYSTEM "file:///etc/hostname">'), BROKEN_SHEET),
    "elements within elements": Kind(
        "a.xlsx", lambda: packing.raw_xlsx(packing.sheet_xml(many("<row r='%d'>"))), Refused("empty", {"sheet": ""})
    ),
    "one large part as a thousand sheets": Kind(
        "a.xlsx",
        lambda: packing.raw_xlsx(packing.sheet_xml(many("<row r='%d'/>")), sheets=1000),
        Refused("empty", {"sheet": ""}),
    ),
    "twenty megabytes of commas": Kind(
        "a.csv", lambda: b"," * (20 * MEGABYTE - 1) + b"x", Refused("columns", {"sheet": "", "line": 1, "limit": 60})
    ),
    "twenty megabytes of lines": Kind(
        "a.csv", lambda: b"x" + b"\n" * (20 * MEGABYTE - 1), Refused("rows", {"sheet": "", "limit": 100_000})
    ),
    "twenty megabytes after a quotation mark": Kind(
        "a.csv", lambda: b'"' + b"x\n" * (10 * MEGABYTE - 1), Refused("quotes", {"line": 1})
    ),
}
HOSTILE = BROKEN_FILES | BOMBS
