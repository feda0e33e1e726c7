"""Lists as files: every cell that a spreadsheet could take for a formula is made harmless."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from meetings.lists import words
from meetings.lists.headings import FIELDS
from meetings.lists.mapping import KEEP, LEAVE, Mapping
from meetings.models import ExclusiveLink, ExpectedPerson, Meeting
from portal import phones

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WIDE, LAST_COLUMN = 22, 60
BETWEEN = " / "
# What the platform says of a person: exported, never read back.
OF_PLATFORM = (gettext_lazy("Enrolment ID"), gettext_lazy("Import state"), gettext_lazy("Exclusive link"))
# Said aside in the headings of the file to fill in; reading headings leaves asides out.
ASIDES = {
    "phone": gettext_lazy("several: put / between them"),
    "labels": gettext_lazy("several: put commas between them"),
}

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
    for person in people:
        link = getattr(person, "link", None) if links else None
        numbers = filter(None, [person.phone, *person.more_phones.split("\n")])
        yield [person.name, BETWEEN.join(map(shown, numbers)), person.email, person.company, person.title, person.userid,
               person.code, person.labels, person.note,
               person.enroll_id, str(person.get_imported_display()), link.url if link else "",
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
    packed = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(packed, options) as workbook:
        page = workbook.add_worksheet(sheet)
        # As text also where a cell is still empty: a phone typed there keeps its zeros.
        page.set_column(0, LAST_COLUMN, WIDE, workbook.add_format({"num_format": "@"}))
        page.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True, "num_format": "@"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    page.write_string(at, column, neutral(cell), None if at else bold)
    return packed.getvalue()


def _own_headings() -> Row:
    return [str(heading) for heading in (*(words.FIELDS[name] for name in FIELDS), *OF_PLATFORM)]


def _dialled(number: str) -> str:
    """Write a number as lists have it: a mobile of the mainland without its country code."""
    return number.removeprefix("+86") if phones.MAINLAND.fullmatch(number) else number
