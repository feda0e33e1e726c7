"""Lists as files: every cell that a spreadsheet could take for a formula is made harmless."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import IO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from meetings.lists import words
from meetings.lists.headings import FIELDS
from meetings.lists.mapping import KEEP, LEAVE, Mapping
from meetings.lists.reading import letter as name_of_column
from meetings.models import ExclusiveLink, ExpectedPerson, Meeting
from portal import phones

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WIDE, LAST_COLUMN = 22, 60
SHEET, PACKED = "xl/worksheets/sheet1.xml", 4
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_WRITTEN = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_NEEDS_CARE = re.compile("[&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
BETWEEN = " / "
# What the platform says of a person: exported, never read back.
OF_PLATFORM = (gettext_lazy("Enrolment ID"), gettext_lazy("Import state"), gettext_lazy("Exclusive link"))
# Said aside in the headings of the file to fill in; reading headings leaves asides out.
ASIDES = {
    "phone": gettext_lazy("several: put / between them"),
    "labels": gettext_lazy("several: put commas between them"),
}

letter = cache(name_of_column)

Row = list[str]
Rows = Iterable[Row]


def neutral(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate; our own reading takes it off again.

    Also before what begins like that behind apostrophes of its own, so that reading gives exactly this text.
    """
    return f"'{text}" if text.lstrip("' \n").startswith(FORMULA) else text


def people_rows(people: Iterable[ExpectedPerson], extra: list[str], *, full: bool, links: bool) -> Iterator[Row]:
    """Give the heading row and one row a person: with `full` phones a file that, uploaded again, changes nothing.

    Without `links` they are left blank: whoever has a person's link can come as that person.
    """
    yield [*_own_headings(), *extra]
    shown: Callable[[str], str] = _dialled if full else phones.mask
    # Put into the reader's language once, not for each of a hundred thousand.
    states = {state.value: str(state.label) for state in ExpectedPerson.Import}
    for person in people:
        link = getattr(person, "link", None) if links else None
        numbers = filter(None, [person.phone, *person.more_phones.split("\n")])
        yield [person.name, BETWEEN.join(map(shown, numbers)), person.email, person.company, person.title, person.userid,
               person.code, person.labels, person.note,
               person.enroll_id, states[person.imported], link.url if link else "",
               *(str(person.extra.get(name, "")) for name in extra)]  # fmt: skip


def mapping_of(columns: Sequence[str]) -> Mapping:
    """Give what the columns of a list that was exported here hold, in whichever language; empty for any other file."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            own = _own_headings()
        if list(columns[: len(own)]) == own:
            return [*FIELDS, *(LEAVE for _heading in OF_PLATFORM), *(KEEP for _heading in columns[len(own) :])]
    return []


def template_rows() -> list[Row]:
    """Give the heading row of a list to fill in. An example person would come onto the list with the others."""
    return [[f"{words.FIELDS[name]} ({ASIDES[name]})" if name in ASIDES else str(words.FIELDS[name]) for name in FIELDS]]


def link_rows(meeting: Meeting, links: Iterable[ExclusiveLink]) -> Iterator[Row]:
    """Give what a mailing needs: whom, with which link, to what and when."""
    yield [_("Name"), _("Company"), _("Job title"), _("E-mail"), _("External code"), _("Exclusive link"),
           _("Meeting"), _("Time")]  # fmt: skip
    start = meeting.start_at.astimezone(ZoneInfo(meeting.zone))
    when = f"{start:%Y-%m-%d %H:%M} ({meeting.zone})"
    for link in links:
        person = link.person
        yield [person.name, person.company, person.title, person.email, person.code, link.url,
               meeting.subject, when]  # fmt: skip


def as_csv(rows: Rows) -> Iterator[str]:
    """Write rows as CSV that spreadsheets open as UTF-8, one piece a row."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    yield "\ufeff"
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def as_xlsx(rows: Rows, sheet: str) -> bytes:
    """Write rows as a workbook of texts: nothing in it is a number, a formula or a live link."""
    given, packed = iter(rows), io.BytesIO()
    frame = zipfile.ZipFile(io.BytesIO(_frame(next(given, []), sheet)))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKED) as book:
        for part in frame.namelist():
            with book.open(part, "w") as stream:
                if part == SHEET:
                    _fill(stream, frame.read(part), given)
                else:
                    stream.write(frame.read(part))
    return packed.getvalue()


def _frame(headings: Row, sheet: str) -> bytes:
    """Give a workbook that has only its heading row."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        page = workbook.add_worksheet(sheet)
        # As text also where a cell is still empty: a phone typed there keeps its zeros.
        page.set_column(0, LAST_COLUMN, WIDE, workbook.add_format({"num_format": "@"}))
        page.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True, "num_format": "@"})
        for column, heading in enumerate(headings):
            page.write_string(0, column, neutral(heading), bold)
    return packed.getvalue()


def _fill(stream: IO[bytes], sheet: bytes, rows: Iterator[Row]) -> None:
    """Write rows below the headings as they lie in the file: a writer that looks at every cell takes four times as long."""
    before, end, after = sheet.partition(b"</sheetData>")
    style = re.search(rb'<col [^>]*style="(\d+)"', before)[1].decode()
    # How far the sheet goes is not known yet, and need not be said.
    stream.write(re.sub(rb"<dimension [^>]*/>", b"", before))
    begun, ended = f's="{style}" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    for number, row in enumerate(rows, 2):
        filled = ((letter(at), _escaped(neutral(cell))) for at, cell in enumerate(row) if cell)
        cells = "".join(f'<c r="{column}{number}" {begun}{text}{ended}' for column, text in filled)
        stream.write(f'<row r="{number}">{cells}</row>'.encode())
    stream.write(end + after)


def _escaped(text: str) -> str:
    """Write a text for XML; what XML cannot hold is written as spreadsheets do, as is what looks like that."""
    if _NEEDS_CARE.search(text):
        text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_WRITTEN.sub(r"_x005F\1", text))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _own_headings() -> Row:
    return [str(heading) for heading in (*(words.FIELDS[name] for name in FIELDS), *OF_PLATFORM)]


def _dialled(number: str) -> str:
    """Write a number as lists have it: a mobile of the mainland without its country code."""
    return number.removeprefix("+86") if phones.MAINLAND.fullmatch(number) else number
