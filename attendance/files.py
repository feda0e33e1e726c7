"""Writes results as a file: workbook, CSV, or a report for print."""

import tempfile
from collections.abc import Iterator
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from attendance import printed, sheets, spreadsheet
from attendance.models import Export, MatchRun, Outcome
from attendance.spreadsheet import Tell
from meetings.lists.export import as_csv
from portal.accounts.models import User

Rows = QuerySet[Outcome]


def csv_lines(run: MatchRun, *, results: Rows, full_phones: bool = False) -> Iterator[str]:
    """Write results as CSV that spreadsheets open as UTF-8, one piece a row."""
    return as_csv([str(cell) for cell in row] for row in sheets.results(run, results, full_phones))


def workbook(
    run: MatchRun, *, results: Rows, full_phones: bool = False, tell: Tell = lambda rows: None
) -> IO[bytes]:
    """Write a workbook: results, evidence, visits, rules and version. Close it after use."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked for the file closes it)
    pages = [
        (_("Results"), sheets.results(run, results, full_phones)),
        (_("Evidence"), sheets.proofs(run)),
        (_("Visits"), sheets.visits(run)),
        (_("Rules and version"), sheets.rules(run)),
    ]
    spreadsheet.write(packed, pages, tell)
    packed.seek(0)
    return packed


def length(run: MatchRun, results: Rows, kind: str) -> int:
    """Give about how many rows a file has, for its progress."""
    people = results.count()
    return people + run.matches.count() + run.occurrence.visits.count() if kind == Export.Kind.XLSX else people


def make(
    run: MatchRun, kind: str, *, results: Rows, by: User, full_phones: bool = False, tell: Tell = lambda rows: None
) -> IO[bytes]:
    """Make a file of any kind. Close it after use."""
    if kind == Export.Kind.PDF:
        return printed.report(run, results=results, by=by, tell=tell)
    if kind == Export.Kind.XLSX:
        return workbook(run, results=results, full_phones=full_phones, tell=tell)
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked for the file closes it)
    for line in csv_lines(run, results=results, full_phones=full_phones):
        packed.write(line.encode())
    packed.seek(0)
    return packed
