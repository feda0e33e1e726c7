"""Files too long to make while somebody waits: ordered, written by a worker, kept sealed for a day, deleted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone, translation

from attendance import files, report
from attendance.filters import ResultFilter
from attendance.models import Export, ExportPiece, MatchRun
from attendance.runs import current_run
from portal.accounts.models import User
from portal.jobs import queue
from portal.jobs.models import Job

# From so many rows on a worker makes the file.
LARGE = 5_000
KEPT = timedelta(hours=24)
# What is sealed and sent at once.
PIECE = 1 << 20
TASK = "attendance.write_export"


def is_large(run: MatchRun) -> bool:
    """Whether the files of a run are made by a worker."""
    return max(run.counts.get("expected", 0), run.counts.get("participants", 0)) > LARGE


def subject(export: Export) -> str:
    """Give the subject under which the job of an export is found."""
    return f"export:{export.pk}"


def order(run: MatchRun, kind: str, by: User, *, query: str = "", full: bool = False) -> Export:
    """Ask for a file in the reader's language; one that was asked for already and stands is given instead."""
    language, now = translation.get_language(), timezone.now()
    alike = Export.objects.filter(run=run, by=by, kind=kind, language=language, full=full, expires_at__gt=now)
    # A live run's figures grow under the same number.
    if not run.live and (found := next((each for each in alike if each.query == query and _lives(each)), None)):
        return found
    with transaction.atomic():
        export = Export.objects.create(
            occurrence=run.occurrence, run=run, by=by, kind=kind, query=query, language=language, full=full,
            file_name=report.file_name(run, kind), expires_at=now + KEPT,
        )  # fmt: skip
        organisation = run.occurrence.meeting.organisation_id
        queue.enqueue(TASK, subject=subject(export), organisation=organisation, export_id=export.pk)
    return export


def of_reader(occurrence: int, by: User, now: datetime) -> QuerySet[Export]:
    """Give the files of an occurrence that somebody asked for and that are still kept."""
    kept = Export.objects.filter(occurrence=occurrence, by=by, expires_at__gt=now)
    return kept.select_related("occurrence__meeting", "run")


def job_of(export: Export) -> Job | None:
    """Give the job that makes a file."""
    return Job.objects.about(subject(export)).first()


def write(export: Export, job: Job) -> None:
    """Make a file and keep it, in one transaction with the end of its job. Repeatable: what was begun is begun anew."""
    run = export.run or current_run(export.occurrence)
    if run is None:
        return
    run.occurrence = export.occurrence
    rows = ResultFilter(run, QueryDict(export.query), queryset=report.result_rows(run)).qs
    queue.progress(job, wanted=files.length(run, rows, export.kind))
    with translation.override(export.language):
        packed = files.make(
            run, export.kind, results=rows, by=export.by, full_phones=export.full,
            tell=lambda made: queue.progress(job, made=made),
        )  # fmt: skip
    with packed, transaction.atomic():
        export.pieces.all().delete()
        for number, body in enumerate(iter(lambda: packed.read(PIECE), b"")):
            ExportPiece.objects.create(export=export, number=number, body=body)
        Export.objects.filter(pk=export.pk).update(ready_at=timezone.now(), size=packed.tell())
        queue.finish(job)


def content(export: Export) -> Iterator[bytes]:
    """Give the bytes of a file, piece by piece."""
    for number in export.pieces.values_list("number", flat=True):
        yield ExportPiece.objects.get(export=export, number=number).body


def expire(now: datetime) -> int:
    """Delete files that were kept for a day; gives how many."""
    gone = list(Export.objects.filter(expires_at__lte=now))
    for export in gone:
        queue.stop(Job.objects.about(subject(export)))
        export.delete()
    return len(gone)


def _lives(export: Export) -> bool:
    job = job_of(export)
    return export.ready_at is not None or (job is not None and job.is_open)
