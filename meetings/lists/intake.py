"""What a worker does with a batch that came in: read it into pieces, check it, write down what each row would do."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from django.db import transaction

from meetings.lists import chunks, export, mapping, memory, people, storing, values, versions
from meetings.lists.checking import FAULTY, LEAVE, MISSING, TAKE, Checked, check
from meetings.lists.faults import Unreadable
from meetings.lists.reading import Sheet, from_text, opened
from meetings.lists.rows import Reader
from meetings.lists.states import State, move
from meetings.models import ExpectedList, ListVersion, Upload, UploadLine
from portal.jobs import queue
from portal.jobs.models import Job

LOOKED_AT = 200
Origin = Upload.Origin
LINE_FIELDS = (
    "upload", "line", "at", "effect", "reason", "column", "limit", "other", "person", "changes", "choice", "repaired",
)  # fmt: skip


def read(upload: Upload, job: Job) -> None:
    """Read and check a batch; what is wrong with it as a whole is written down for the organiser.

    May be repeated, also after a crash: rows that were read whole are not read again. Raises: LostLease, when the
    organiser has cancelled it meanwhile.
    """
    if upload.state != State.READING:
        return
    try:
        if not upload.rows:
            upload.chunks.all().delete()
            _take_in(upload, job)
        queue.progress(job, made=upload.rows, wanted=upload.rows)
        show(upload)
    except Unreadable as error:
        _give_up(upload, error)


def show(upload: Upload) -> None:
    """Check a batch, write down what each row would do, and let it wait for the organiser."""
    checked, _ = checked_now(upload)
    counts = _counts(checked)
    with transaction.atomic():
        if move(upload, State.READING, State.WAITING, counts=counts, digest=checked.digest):
            repaired = dict(upload.lines.exclude(repaired="").values_list("line", "repaired"))
            upload.lines.all().delete()
            storing.insert(UploadLine, LINE_FIELDS, _lines(upload, checked, repaired))


def checked_now(upload: Upload) -> tuple[Checked, str]:
    """Give what a batch would do, and a name for the people as they were when it was found."""
    known = list(people.known_of(upload.expected_list))
    chosen = dict(upload.lines.exclude(choice=TAKE).exclude(line=0).values_list("line", "choice"))
    going = set(upload.lines.filter(effect=MISSING, choice=TAKE).values_list("person", flat=True))
    reader = Reader(upload.columns, upload.mapping, whole=upload.is_whole)
    return check(reader, chunks.cells_of(upload), known, chosen, going), people.stamp(known)


def _take_in(upload: Upload, job: Job) -> None:
    """Read the rows into pieces, from wherever they come."""
    if upload.origin == Origin.FILE:
        with opened(upload.file_name, upload.body, sheet=upload.sheet, header_line=upload.header_line) as sheet:
            _keep_sheet(upload, sheet, job)
    elif upload.origin == Origin.PASTE:
        _keep_sheet(upload, from_text(upload.body.decode(), upload.header_line), job)
    else:
        _keep_table(upload, _table_of(upload), job)
    # Up to twenty megabytes that checking does not need; whoever asks for it again gets it from the database.
    del upload.body


def _keep_sheet(upload: Upload, sheet: Sheet, job: Job) -> None:
    wanted = next((info.rows for info in sheet.others if info.name == sheet.sheet), None)
    # First, so that another sheet can be chosen where this one is refused.
    header_line = sheet.header_line if sheet.columns else upload.header_line
    _told(upload, sheet=sheet.sheet, header_line=header_line, sheets=_sheets(upload, sheet))
    kept = _store(upload, ((line.number, line.cells) for line in sheet.rows), job, wanted)
    sample = [cells for _, cells in chunks.unpack(upload.chunks.get(number=0).body)[:LOOKED_AT]]
    shape = memory.shape(sheet.columns, sample, headed=bool(sheet.header_line))
    remembered = memory.recall(upload.meeting.organisation_id, shape)
    skipped = [[line.number, line.why] for line in sheet.skipped[:LOOKED_AT]]
    columns = [values.visible(values.without_apostrophe(heading)) for heading in sheet.columns]
    held = remembered or export.mapping_of(columns) or mapping.propose(columns, sample)
    _told(upload, rows=kept, columns=columns, shape=shape, mapping=held, skipped=skipped)


def _sheets(upload: Upload, sheet: Sheet) -> list[dict[str, object]]:
    """Give what is known of all sheets, of one that was not looked into now what was known before."""
    before = {each["name"]: each for each in upload.sheets}
    return [asdict(info) if info.rows else before.get(info.name, asdict(info)) for info in sheet.others]


def _keep_table(upload: Upload, table: versions.Table, job: Job) -> None:
    kept = _store(upload, table.rows, job, table.count)
    if not kept:
        raise Unreadable("empty")
    _told(upload, rows=kept, columns=table.columns, mapping=table.mapping, header_line=0)


def _table_of(upload: Upload) -> versions.Table:
    """Give the rows of the list or the version that a batch brings; none where it was deleted meanwhile."""
    pk = int(upload.body)
    if upload.origin == Origin.LIST:
        mine = ExpectedList.objects.filter(meeting__organisation=upload.meeting.organisation_id)
        source = mine.filter(pk=pk).first()
        return versions.table_of(source) if source else versions.NOTHING
    version = ListVersion.objects.filter(pk=pk, expected_list=upload.expected_list).first()
    return versions.as_table(version) if version else versions.NOTHING


def _store(upload: Upload, rows: chunks.Rows, job: Job, wanted: int | None) -> int:
    kept = 0
    for piece in chunks.pieces(rows):
        # Together: the lease is lost as soon as the batch is discarded, and then nothing of it may stay.
        with transaction.atomic():
            queue.progress(job, made=kept + len(piece), wanted=wanted)
            chunks.keep(upload, kept // chunks.ROWS, piece)
        kept += len(piece)
    return kept


def _told(upload: Upload, **told: object) -> None:
    move(upload, State.READING, State.READING, **told)


def _give_up(upload: Upload, error: Unreadable) -> None:
    """Say why nothing can be read; the file itself is only kept where another sheet of it may be chosen."""
    with transaction.atomic():
        kept = {} if upload.sheets else {"body": b""}
        if move(upload, State.READING, State.UNREADABLE, error_code=error.code, error_detail=error.place, **kept):
            upload.chunks.all().delete()
            upload.lines.all().delete()


def _lines(upload: Upload, checked: Checked, repaired: Mapping[int, str]) -> Iterator[tuple]:
    for each in checked.outcomes:
        row = each.row
        yield (upload.pk, row.line, row.at, each.effect, row.reason, row.column, row.limit, row.other or each.into,
               each.person or each.alike, ",".join(each.changes), each.choice, repaired.get(row.line, ""))  # fmt: skip
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
