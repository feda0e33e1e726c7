"""Rows that could not be taken, as a file: repaired in a spreadsheet and uploaded again, they mend the same batch."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from meetings.lists import batches, people, preview, values
from meetings.lists.checking import FAULTY, LEAVE
from meetings.lists.reading import opened
from meetings.models import Meeting, Upload, UploadLine
from portal.accounts.models import Membership, User
from portal.audit import chain

# How the file is named, so that it is known when it comes back.
NAME = "rollcall-rejects-{pk}"
_NAMED = re.compile(r"rollcall-rejects-(\d+)\b", re.IGNORECASE)
AT_ONCE = 500
MOST = 5_000
OWN = 3


class NotRejects(Exception):
    """The file has no rows of this batch, or too many to repair in one go."""


def rows_of(upload: Upload) -> Iterator[list[str]]:
    """Give the heading row and every faulty row as it stands now: batch, line, the cells, and why.

    The cells are whole, phones too: it is what the organiser brought.
    """
    yield [*_own_headings(), *upload.columns]
    faulty = upload.lines.filter(effect=FAULTY).exclude(choice=LEAVE).order_by("line")
    some: list[UploadLine] = []
    for line in faulty.iterator(chunk_size=AT_ONCE):
        some.append(line)
        if len(some) == AT_ONCE:
            yield from _rows(upload, some)
            some = []
    yield from _rows(upload, some)


def may_take(membership: Membership, upload: Upload) -> bool:
    """Say whether a member may have the faulty rows: phones are whole in them, so who brought them or may see phones."""
    return upload.by_id == membership.user_id or people.may_reveal(membership, upload.meeting)


def note(upload: Upload, *, by: User) -> None:
    """Write down that somebody takes the faulty rows away."""
    meeting = upload.meeting
    chain.record("list.rejects_exported", actor=by, organisation=meeting.organisation_id, subject=meeting, upload=upload.pk)


def batch_of(meeting: Meeting, file_name: str) -> Upload | None:
    """Give the batch a file was made from, if it still waits."""
    named = _NAMED.search(file_name)
    return meeting.uploads.filter(pk=int(named[1][:9]), state=Upload.State.WAITING).first() if named else None


def take_back(upload: Upload, file_name: str, body: bytes) -> int:
    """Put repaired rows in their places in the batch; gives how many were repaired. May be repeated.

    Raises: Unreadable, NotRejects, NotWaiting.
    """
    with opened(file_name, body) as sheet:
        rows = [line.cells for line in sheet.rows]
    mine = [row for row in rows if _number(row, 0) == upload.pk and _number(row, 1)]
    if not mine or len(mine) > MOST:
        raise NotRejects
    typed = {_number(row, 1): _typed(upload, row) for row in mine}
    changed = preview.changes(upload, typed)
    if changed:
        batches.repair(upload, changed)
    return len(changed)


def _own_headings() -> list[str]:
    return [_("Batch"), _("Line"), _("Why it was not taken")]


def _rows(upload: Upload, lines: Sequence[UploadLine]) -> Iterator[list[str]]:
    cells = preview.cells_of(upload, lines)
    for line in lines:
        why = preview.why(upload, line)
        yield [str(upload.pk), str(line.line), why, *cells[line.pk]]


def _typed(upload: Upload, row: Sequence[str]) -> dict[int, str]:
    """Give the cells behind our own columns; what a spreadsheet cut off at the end is empty."""
    told = list(row[OWN:])
    told += [""] * (len(upload.columns) - len(told))
    return {column: values.without_apostrophe(text) for column, text in enumerate(told)}


def _number(row: Sequence[str], at: int) -> int:
    return int(row[at]) if at < len(row) and row[at].isdecimal() and len(row[at]) < 10 else 0
