"""What stays of runs whose results are no longer kept: when, why, from which input, under which policy, and the counts."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from attendance.models import MatchRun, RunRecord
from meetings.models import Occurrence

# How many of them the list of versions shows under each; the rest have pages of their own.
AT_ONCE = 5
KEPT = ("occurrence_id", "live", "proposed", "policy", "rule", "fingerprint", "counts", "causes", "made_at")


def replace(gone: Sequence[MatchRun], number: int) -> None:
    """Drop runs with their results and keep their records under a number; what was told under theirs moves along."""
    if not gone:
        return
    with transaction.atomic():
        RunRecord.objects.bulk_create(
            RunRecord(number=number, **{name: getattr(run, name) for name in KEPT}) for run in gone
        )
        for run in gone:
            if run.number != number:
                RunRecord.objects.filter(occurrence=run.occurrence_id, number=run.number).update(number=number)
        MatchRun.objects.filter(pk__in=[run.pk for run in gone]).delete()


def under(run: MatchRun) -> QuerySet[RunRecord]:
    """Give the records told under a run, the newest first."""
    return RunRecord.objects.filter(occurrence=run.occurrence_id, number=run.number)


def newest(occurrence: Occurrence | None, numbers: Iterable[int]) -> QuerySet[RunRecord]:
    """Give the newest records told under each of some numbers; `of` is how many there are under it in all."""
    told = RunRecord.objects.filter(occurrence=occurrence, number__in=list(numbers))
    placed = told.annotate(
        place=Window(RowNumber(), partition_by="number", order_by=[F("made_at").desc(), F("pk").desc()]),
        of=Window(Count("pk"), partition_by="number"),
    )
    return placed.filter(place__lte=AT_ONCE)
