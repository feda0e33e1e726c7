"""Lists as files: every cell that a spreadsheet could take for a formula is made harmless."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _

from meetings.models import ExclusiveLink, ExpectedPerson, Meeting
from portal import phones

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WIDE = 22

Row = list[str]
Rows = Iterable[Row]


def neutral(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate; our own reading takes it off again."""
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA) else text


def people_rows(people: Iterable[ExpectedPerson], extra: list[str], *, full: bool, links: bool) -> Iterator[Row]:
    """Give the heading row and one row a person; the headings let the file be uploaded again.

    Without `links` they are left blank: whoever has a person's link can come as that person.
    """
    yield [_("Name"), _("Phone"), _("E-mail"), _("Company"), _("Job title"), _("Staff id"), _("External code"),
           _("Remark"), _("Enrolment ID"), _("Import state"), _("Exclusive link"), *extra]  # fmt: skip
    shown: Callable[[str], str] = _dialled if full else phones.mask
    for person in people:
        link = getattr(person, "link", None) if links else None
        yield [person.name, shown(person.phone), person.email, person.company, person.title, person.userid,
               person.code, person.note, person.enroll_id, str(person.get_imported_display()), link.url if link else "",
               *(str(person.extra.get(name, "")) for name in extra)]  # fmt: skip


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
    packed = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(packed, options) as workbook:
        page = workbook.add_worksheet(sheet)
        page.set_column(0, 30, WIDE)
        page.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(at, column, neutral(cell), None if at else bold)
    return packed.getvalue()


def _dialled(number: str) -> str:
    """Write a number as its list had it: at home without the country code."""
    return number.removeprefix("+86") if number.startswith("+86") else number
