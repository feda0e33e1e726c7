"""A batch from its arrival to the list: read by a worker, checked, shown, repaired, and written only after a yes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from meetings import work
from meetings.lists import chunks, mapping, memory, people, storing, writing
from meetings.lists.checking import FAULTY, LEAVE, MISSING, TAKE, Checked, check
from meetings.lists.faults import Unreadable
from meetings.lists.reading import MAX_BYTES, Sheet, from_text, opened, shown_name
from meetings.lists.rows import Reader
from meetings.models import ExpectedList, Upload, UploadLine
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job

READ, WRITE = "meetings.read_upload", "meetings.write_upload"
WAITS = timedelta(hours=24)
# So many rows are checked while the organiser waits for the page; more are checked by a worker.
AT_ONCE = 3_000
LOOKED_AT = 200

State, Origin = Upload.State, Upload.Origin
LINE_FIELDS = (
    "upload_id", "line", "at", "effect", "reason", "column", "limit", "other", "person_id", "changes", "choice",
    "repaired",
)  # fmt: skip


class NotWaiting(Exception):
    """The batch was confirmed, discarded, has expired, or a worker is busy with it."""


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
    for former in into.uploads.filter(by=by, state__in=Upload.OPEN).exclude(state=State.WRITING):
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
    _ask(READ, upload)
    return upload


def read(upload: Upload, job: Job) -> None:
    """Read and check a batch; what is wrong with it as a whole is written down for the organiser. May be repeated."""
    if upload.state != State.READING:
        return
    try:
        if not upload.rows:
            _take_in(upload, job)
        _show(upload)
    except Unreadable as error:
        upload.chunks.all().delete()
        _move(upload, State.READING, State.UNREADABLE, error_code=error.code, error_detail=error.place)


def choose_sheet(upload: Upload, *, sheet: str, header_line: int | None) -> None:
    """Have another sheet read, or another line taken for the headings.

    Raises: NotWaiting.
    """
    with transaction.atomic():
        _require(_move(upload, State.WAITING, State.READING, sheet=sheet, header_line=header_line, rows=0, mapping=[]))
        upload.lines.all().delete()
        _ask(READ, upload)


def remap(upload: Upload, chosen: Sequence[str]) -> None:
    """Let the columns hold something else, and check again; repairs stay.

    Raises: BadMapping, NotWaiting.
    """
    if codes := mapping.faults(chosen):
        raise BadMapping(codes)
    _check_again(upload, mapping=list(chosen))


def repair(upload: Upload, cells: Mapping[int, Mapping[int, str]]) -> None:
    """Put other texts into cells, by line and column, and check again. May be repeated.

    Raises: NotWaiting.
    """
    with transaction.atomic():
        _require(Upload.objects.filter(pk=upload.pk, state=State.WAITING).exists())
        lines = list(upload.lines.filter(line__in=[line for line in cells if line]))
        read_cells = chunks.rows_at(upload, [line.at for line in lines])
        for line in lines:
            now = list(json.loads(line.repaired) if line.repaired else read_cells[line.at])
            now += [""] * (len(upload.columns) - len(now))
            for column, text in cells[line.line].items():
                now[column] = text
            line.repaired = json.dumps(now, ensure_ascii=False)
            line.choice = UploadLine.Choice.TAKE
            line.save(update_fields=["repaired", "choice"])
        _check_again(upload)


def choose(upload: Upload, choice: str, *, lines: Sequence[int] = (), missing: Sequence[int] = ()) -> None:
    """Take, leave out or merge rows, by line; take missing people off the list or leave them, by person.

    Raises: NotWaiting.
    """
    with transaction.atomic():
        _require(Upload.objects.filter(pk=upload.pk, state=State.WAITING).exists())
        upload.lines.filter(line__in=lines).exclude(line=0).update(choice=choice)
        upload.lines.filter(line=0, person__in=missing).update(choice=choice)
        _check_again(upload)


def choose_all_missing(upload: Upload, choice: str) -> None:
    """Take everybody who is not in the batch off the list, or leave them all.

    Raises: NotWaiting.
    """
    with transaction.atomic():
        _require(Upload.objects.filter(pk=upload.pk, state=State.WAITING).exists())
        upload.lines.filter(effect=MISSING).update(choice=choice)
        _check_again(upload)


def confirm(upload: Upload, digest: str, *, by: User) -> None:
    """Take the yes to what was shown, and have a worker write it.

    Raises: NotWaiting, ListChanged, BadMapping.
    """
    if codes := mapping.faults(upload.mapping):
        raise BadMapping(codes)
    if upload.digest != digest:
        raise ListChanged
    with transaction.atomic():
        _require(_move(upload, State.WAITING, State.WRITING, error_code=""))
        _ask(WRITE, upload, by_id=by.pk)


def write(upload: Upload, by: User | None, job: Job, now: datetime) -> None:
    """Write a confirmed batch in one transaction, if it still does what was shown; else show what it would do now."""
    if upload.state != State.WRITING:
        return
    checked, stamp = _checked(upload)
    queue.progress(job, wanted=upload.rows)
    with transaction.atomic():
        meeting = people.lock(upload.meeting_id)
        # Whoever changed the people meanwhile is waited for by the lock, and seen here.
        same = checked.digest == upload.digest and stamp == people.stamp(people.known_of(upload.expected_list))
        if same and _move(upload, State.WRITING, State.CONFIRMED):
            counts = writing.write(meeting, upload, checked, now=now)
            memory.keep(meeting.organisation_id, upload.shape, upload.mapping, now=now)
            _forget(upload)
            Upload.objects.filter(pk=upload.pk).update(counts=counts)
            chain.record("list.confirmed", actor=by or "worker", organisation=meeting.organisation_id, subject=meeting,
                         upload=upload.pk, **counts)  # fmt: skip
            work.list_changed(meeting)
            queue.finish(job)
            return
    if _move(upload, State.WRITING, State.READING, error_code="list_changed"):
        _show(upload)


@transaction.atomic
def discard(upload: Upload) -> bool:
    """Forget a batch that is not being written. May be repeated: false the second time."""
    mine = Upload.objects.filter(pk=upload.pk, state__in=(State.READING, State.WAITING, State.UNREADABLE))
    gone = bool(mine.update(state=State.DISCARDED, body=b"", columns=[], error_detail={}))
    if gone:
        _forget(upload)
        queue.stop(Job.objects.about(subject_of(upload)).filter(task=READ))
    return gone


def expire(now: datetime) -> int:
    """Delete batches nobody confirmed within a day; gives how many."""
    old = Upload.objects.filter(expires_at__lte=now).exclude(state__in=(State.WRITING, State.CONFIRMED))
    pks = list(old.values_list("pk", flat=True))
    old.delete()
    return len(pks)


def subject_of(upload: Upload) -> str:
    """Give the subject under which the jobs of a batch are found."""
    return f"upload:{upload.pk}"


def _ask(task: str, upload: Upload, **ids: object) -> Job:
    organisation = upload.meeting.organisation_id
    return queue.enqueue(task, subject=subject_of(upload), organisation=organisation, upload_id=upload.pk, **ids)


def _take_in(upload: Upload, job: Job) -> None:
    """Read the body into pieces; what an earlier try left is read anew."""
    upload.chunks.all().delete()
    if upload.origin == Origin.FILE:
        with opened(upload.file_name, upload.body, sheet=upload.sheet, header_line=upload.header_line) as sheet:
            _keep(upload, sheet, job)
    else:
        _keep(upload, from_text(upload.body.decode(), upload.header_line), job)


def _keep(upload: Upload, sheet: Sheet, job: Job) -> None:
    kept = 0
    for kept in chunks.store(upload, ((line.number, line.cells) for line in sheet.rows)):
        queue.progress(job, made=kept)
    sample = [cells for _, cells in chunks.unpack(upload.chunks.get(number=0).body)[:LOOKED_AT]]
    shape = memory.shape(sheet.columns, sample, headed=bool(sheet.header_line))
    remembered = memory.recall(upload.meeting.organisation_id, shape)
    upload.sheet, upload.header_line, upload.columns, upload.rows = sheet.sheet, sheet.header_line, list(sheet.columns), kept
    upload.sheets = [vars_of(info) for info in sheet.others]
    upload.shape, upload.mapping = shape, remembered or mapping.propose(sheet.columns, sample)
    upload.save(update_fields=["sheet", "header_line", "columns", "rows", "sheets", "shape", "mapping"])


def vars_of(info: object) -> dict[str, object]:
    """Give what is known of a sheet as it is kept beside a batch."""
    return {name: getattr(info, name) for name in ("name", "rows", "columns", "hidden", "header_line")}


def _checked(upload: Upload) -> tuple[Checked, str]:
    """Give what the batch would do, and a name for the people as they were when it was found."""
    known = people.known_of(upload.expected_list)
    chosen = dict(upload.lines.exclude(choice=TAKE).exclude(line=0).values_list("line", "choice"))
    going = set(upload.lines.filter(effect=MISSING, choice=TAKE).values_list("person", flat=True))
    reader = Reader(upload.columns, upload.mapping)
    return check(reader, chunks.cells_of(upload), known, chosen, going), people.stamp(known)


def _check_again(upload: Upload, **changes: object) -> None:
    """Check in the request where it is short work, else have a worker do it."""
    with transaction.atomic():
        _require(_move(upload, State.WAITING, State.READING, **changes))
        if upload.rows > AT_ONCE:
            _ask(READ, upload)
        else:
            _show(upload)


def _show(upload: Upload) -> None:
    """Write down what each row would do, and wait for the organiser."""
    checked, _ = _checked(upload)
    with transaction.atomic():
        repaired = dict(upload.lines.exclude(repaired="").values_list("line", "repaired"))
        upload.lines.all().delete()
        storing.insert(UploadLine, LINE_FIELDS, _lines(upload, checked, repaired))
        _move(upload, State.READING, State.WAITING, counts=_counts(checked), digest=checked.digest)


def _lines(upload: Upload, checked: Checked, repaired: Mapping[int, str]) -> Iterator[tuple]:
    for each in checked.outcomes:
        row = each.row
        yield (upload.pk, row.line, row.at, each.effect, row.reason, row.column, row.limit, row.other or each.into,
               each.person, ",".join(each.changes), each.choice, repaired.get(row.line, ""))  # fmt: skip
    going = set(checked.going)
    for person in checked.missing:
        choice = TAKE if person in going else LEAVE
        yield (upload.pk, 0, 0, MISSING, "", None, 0, 0, person, "", choice, "")


def _counts(checked: Checked) -> dict[str, int]:
    counts: dict[str, int] = {"missing": len(checked.missing)}
    for each in checked.outcomes:
        counts[each.effect] = counts.get(each.effect, 0) + 1
        if each.row.reason and each.effect != FAULTY:
            counts["doubt"] = counts.get("doubt", 0) + 1
    return counts


def _move(upload: Upload, before: State, after: State, **changes: object) -> bool:
    """Change a batch's state if it is still what it was; tells whether it was."""
    moved = Upload.objects.filter(pk=upload.pk, state=before).update(state=after, **changes)
    if moved:
        for name, value in {"state": after, **changes}.items():
            setattr(upload, name, value)
    return bool(moved)


def _require(moved: bool) -> None:
    if not moved:
        raise NotWaiting


def _forget(upload: Upload) -> None:
    """Wipe what was only needed before the yes."""
    upload.chunks.all().delete()
    upload.lines.all().delete()
    Upload.objects.filter(pk=upload.pk).update(body=b"")
