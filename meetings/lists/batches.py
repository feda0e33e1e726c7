"""A batch as the organiser has it: it comes in, is shown, repaired and chosen from, and is written only after a yes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from meetings.lists import chunks, intake, mapping
from meetings.lists.checking import MISSING
from meetings.lists.faults import Unreadable
from meetings.lists.reading import MAX_BYTES, MAX_CELL, shown_name
from meetings.lists.states import READ, WRITE, NotWaiting, State, ask, forget, hold, is_idle, move, require, subject_of
from meetings.models import ExpectedList, ListVersion, Upload, UploadLine
from portal.accounts.models import User
from portal.jobs import queue
from portal.jobs.models import Job

__all__ = ["BadMapping", "ListChanged", "NotWaiting", "subject_of"]

WAITS = timedelta(hours=24)
# So many rows are checked while the organiser waits for the page; more are checked by a worker.
AT_ONCE = 3_000
Origin = Upload.Origin


class ListChanged(Exception):
    """The list, or what the batch would do to it, is no longer what was shown."""


class BadMapping(Exception):
    """The mapping cannot be used; `codes` say why."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(*codes)
        self.codes = list(codes)


@transaction.atomic
def receive(into: ExpectedList, body: bytes, *, name: str, origin: str, by: User, now: datetime) -> Upload:
    """Keep a file or a text for a day and have a worker read it; an earlier one of the same user is discarded.

    Raises: Unreadable ("empty", "too_big").
    """
    if not body.strip():
        raise Unreadable("empty")
    if len(body) > MAX_BYTES:
        raise Unreadable("too_big", limit=MAX_BYTES // 1024 // 1024)
    for former in into.uploads.filter(by=by, state__in=Upload.OPEN).exclude(state=State.WRITING).defer("body"):
        discard(former)
    upload = Upload.objects.create(
        meeting=into.meeting,
        expected_list=into,
        by=by,
        origin=origin,
        file_name=shown_name(name),
        body=body,
        expires_at=now + WAITS,
    )
    ask(READ, upload)
    return upload


def receive_list(into: ExpectedList, source: ExpectedList, *, by: User, now: datetime) -> Upload:
    """Have a worker bring the people of another list of the organisation as they are when it reads them.

    Whether the user may see that list is for the caller to know. Raises: Unreadable ("empty").
    """
    if source.meeting.organisation_id != into.meeting.organisation_id or not source.listings.exists():
        raise Unreadable("empty")
    told = f"{source.meeting.subject} · {source.name}"
    return receive(into, str(source.pk).encode(), name=told, origin=Origin.LIST, by=by, now=now)


def receive_version(version: ListVersion, *, by: User, now: datetime) -> Upload:
    """Have a worker bring what a list said earlier, by way of a dry run like any other batch.

    Raises: Unreadable ("empty").
    """
    if not version.people:
        raise Unreadable("empty")
    told = f"{version.expected_list.name} v{version.number}"
    return receive(version.expected_list, str(version.pk).encode(), name=told, origin=Origin.VERSION, by=by, now=now)


@transaction.atomic
def choose_sheet(upload: Upload, *, sheet: str, header_line: int | None) -> None:
    """Have another sheet read, or another line taken for the headings; also where the first could not be read.

    Raises: NotWaiting.
    """
    again = {"sheet": sheet, "header_line": header_line, "rows": 0, "mapping": [], "error_code": "", "error_detail": {}}
    mine = Upload.objects.filter(pk=upload.pk).exclude(body=b"").exists()
    require(mine and any(move(upload, before, State.READING, **again) for before in (State.WAITING, State.UNREADABLE)))
    upload.lines.all().delete()
    ask(READ, upload)


def remap(upload: Upload, chosen: Sequence[str]) -> None:
    """Let the columns hold something else, and check again; repairs stay.

    Raises: BadMapping, NotWaiting.
    """
    if codes := mapping.faults(chosen):
        raise BadMapping(codes)
    _check_again(upload, mapping=list(chosen))


@transaction.atomic
def repair(upload: Upload, cells: Mapping[int, Mapping[int, str]]) -> None:
    """Put other texts into cells, by line and column, and check again. May be repeated.

    Raises: NotWaiting.
    """
    hold(upload)
    lines = list(upload.lines.filter(line__in=[line for line in cells if line]))
    read = chunks.rows_at(upload, [line.at for line in lines])
    for line in lines:
        row = list(json.loads(line.repaired) if line.repaired else read[line.at])
        row += [""] * (len(upload.columns) - len(row))
        for column, text in cells[line.line].items():
            if column < len(row):
                row[column] = text[: MAX_CELL + 1]
        line.repaired, line.choice = json.dumps(row, ensure_ascii=False), UploadLine.Choice.TAKE
    upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["repaired", "choice"]}
    UploadLine.objects.bulk_create(lines, batch_size=500, **upsert)
    _check_again(upload)


@transaction.atomic
def choose(upload: Upload, choice: str, *, lines: Sequence[int] = (), missing: Sequence[int] = ()) -> None:
    """Take, leave out or merge rows, by line; take missing people off the list or leave them, by person.

    Raises: NotWaiting.
    """
    hold(upload)
    upload.lines.filter(line__in=lines).exclude(line=0).update(choice=choice)
    upload.lines.filter(line=0, person__in=missing).update(choice=choice)
    _check_again(upload)


@transaction.atomic
def choose_all_missing(upload: Upload, choice: str) -> None:
    """Take everybody who is not in the batch off the list, or leave them all.

    Raises: NotWaiting.
    """
    hold(upload)
    upload.lines.filter(effect=MISSING).update(choice=choice)
    _check_again(upload)


@transaction.atomic
def confirm(
    upload: Upload, digest: str, *, by: User, imports: bool = False, links: bool = False, withdraw: bool = False
) -> None:
    """Take the yes to what was shown, and have a worker write it.

    With `imports` whoever is awaited and not imported yet is imported into the enrolment afterwards, with `links` new
    people get exclusive links, with `withdraw` the imports of those who leave are taken back.
    Raises: NotWaiting, ListChanged, BadMapping.
    """
    if codes := mapping.faults(upload.mapping):
        raise BadMapping(codes)
    if upload.digest != digest:
        raise ListChanged
    require(move(upload, State.WAITING, State.WRITING, error_code=""))
    wishes = [name for name, wanted in (("imports", imports), ("links", links), ("withdraw", withdraw)) if wanted]
    ask(WRITE, upload, by_id=by.pk, wishes=wishes)


@transaction.atomic
def discard(upload: Upload) -> bool:
    """Forget a batch, also one that is being read, or whose writing has stopped. May be repeated: then false."""
    mine = Upload.objects.filter(pk=upload.pk, state__in=(State.READING, State.WAITING, State.UNREADABLE))
    wiped = {"state": State.DISCARDED, "columns": [], "mapping": [], "error_detail": {}}
    gone = bool(mine.update(**wiped)) or (is_idle(upload) and move(upload, State.WRITING, State.DISCARDED))
    if gone:
        forget(upload)
        # A worker that reads it loses its lease, and with it the right to write anything more.
        queue.stop(Job.objects.about(subject_of(upload)).filter(task=READ))
    return gone


def expire(now: datetime) -> int:
    """Delete batches nobody confirmed within a day; gives how many. One that is about to be written is left alone."""
    about = Concat(Value("upload:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    writing = Exists(Job.objects.open().filter(task=WRITE, subject=about))
    old = Upload.objects.filter(~writing, expires_at__lte=now).exclude(state=State.CONFIRMED)
    pks = list(old.values_list("pk", flat=True))
    Upload.objects.filter(pk__in=pks).delete()
    return len(pks)


def _check_again(upload: Upload, **changes: object) -> None:
    """Check in the request where it is short work, else have a worker do it."""
    with transaction.atomic():
        require(move(upload, State.WAITING, State.READING, **changes))
        if upload.rows > AT_ONCE:
            ask(READ, upload)
        else:
            intake.show(upload)
