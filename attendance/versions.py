"""What differs between two runs of an occurrence, by query, and what becomes of a run proposed after results were final."""

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    FilteredRelation,
    Model,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Concat

from attendance import records
from attendance.models import MatchRun, Participant
from attendance.runs import PARTS, current_run, next_version
from meetings.models import ExpectedPerson, Occurrence
from portal.accounts.models import User
from portal.audit import chain

ADDED, REMOVED, MINUTES, PROOF, PERSON, SAME = "added", "removed", "minutes", "proof", "person", ""


def people(before: MatchRun, after: MatchRun) -> QuerySet[ExpectedPerson]:
    """Give the expected people of whom two runs say different things.

    Shape: each row has `was_…` and `now_…` of state, seconds and key, and `change`: added, removed, two states with a dot
    between, minutes, or proof.
    """
    rows = ExpectedPerson.objects.filter(meeting=after.occurrence.meeting_id)
    rows = _beside(rows, "outcomes", before, after, ("state", "seconds", "key"))
    change = Case(
        When(was__pk=None, then=Value(ADDED)),
        When(now__pk=None, then=Value(REMOVED)),
        When(~Q(was__state=F("now__state")), then=_step("state")),
        When(~Q(was__seconds=F("now__seconds")), then=Value(MINUTES)),
        When(~Q(was__key=F("now__key")), then=Value(PROOF)),
        default=Value(SAME),
        output_field=CharField(),
    )
    return rows.annotate(change=change).exclude(change=SAME).order_by("pk")


def participants(before: MatchRun, after: MatchRun) -> QuerySet[Participant]:
    """Give the participants of whom two runs say different things: tier, or who it is.

    Shape: each row has `was_…` and `now_…` of tier, person, key and same_as, and `change` as of people.
    """
    rows = Participant.objects.filter(occurrence=after.occurrence_id)
    rows = _beside(rows, "matches", before, after, ("tier", "person", "key", "same_as"))
    # Nobody and nobody is the same; NULL compares with nothing.
    other_person = ~Q(was__person=F("now__person")) & ~Q(was__person=None, now__person=None)
    other_owner = ~Q(was__same_as=F("now__same_as")) & ~Q(was__same_as=None, now__same_as=None)
    change = Case(
        When(was__pk=None, then=Value(ADDED)),
        When(now__pk=None, then=Value(REMOVED)),
        When(~Q(was__tier=F("now__tier")), then=_step("tier")),
        When(other_person | other_owner, then=Value(PERSON)),
        default=Value(SAME),
        output_field=CharField(),
    )
    return rows.annotate(change=change).exclude(change=SAME).order_by("pk")


def tally(rows: QuerySet[Model]) -> dict[str, int]:
    """Count the rows of each kind of change, by the very query that lists them; the most frequent first."""
    counted = rows.order_by().values_list("change").annotate(count=Count("pk"))
    return dict(sorted(counted, key=lambda each: (-each[1], each[0])))


def causes(before: MatchRun, after: MatchRun) -> list[str]:
    """Name what the two runs were computed from that differs; nothing where one is older than this is known."""
    if not before.parts or not after.parts:
        return []
    found = [part for part in PARTS if before.parts.get(part) != after.parts.get(part)]
    return [part for part in found if part != "keys" or "visits" not in found]


def proposed_run(occurrence: Occurrence) -> MatchRun | None:
    """Give the run that waits for somebody to apply or discard it."""
    return MatchRun.objects.filter(occurrence=occurrence, proposed=True).first()


def run_before(run: MatchRun) -> MatchRun | None:
    """Give the run a run is compared with: the current one for a proposal, else the one before it that counted."""
    if run.proposed:
        return current_run(run.occurrence)
    earlier = MatchRun.objects.filter(occurrence=run.occurrence_id, number__lt=run.number, discarded=False)
    return earlier.first()


def worth_proposing(run: MatchRun) -> MatchRun:
    """Drop a proposal that changes nothing for anybody, apart from its record; gives the run that counts."""
    current = current_run(run.occurrence) if run.proposed else None
    if current is None or people(current, run).exists() or participants(current, run).exists():
        return run
    records.replace([run], current.number)
    return current


def apply(run: MatchRun, by: User) -> bool:
    """Let a proposed run become the next final version; false where it is none any more. The former one is kept."""
    with transaction.atomic():
        Occurrence.objects.select_for_update().get(pk=run.occurrence_id)
        proposed = MatchRun.objects.filter(pk=run.pk, proposed=True)
        former = MatchRun.objects.filter(occurrence=run.occurrence_id, current=True)
        if not proposed.exists():
            return False
        former.update(current=False)
        proposed.update(current=True, final=True, proposed=False, version=next_version(run.occurrence_id))
        _record("results.apply", run, by)
    return True


def discard(run: MatchRun, by: User) -> bool:
    """Keep a proposed run aside; it is proposed again only when its input changes. False where it is none any more."""
    with transaction.atomic():
        if not MatchRun.objects.filter(pk=run.pk, proposed=True).update(proposed=False, discarded=True):
            return False
        _record("results.discard", run, by)
    return True


def _beside(
    rows: QuerySet[Model], relation: str, before: MatchRun, after: MatchRun, names: tuple[str, ...]
) -> QuerySet[Model]:
    """Put what two runs say beside each other; rows of which neither says anything are left out."""
    rows = rows.annotate(
        was=FilteredRelation(relation, condition=Q(**{f"{relation}__run": before.pk})),
        now=FilteredRelation(relation, condition=Q(**{f"{relation}__run": after.pk})),
    ).exclude(was__pk=None, now__pk=None)
    told = {f"{when}_{name}": F(f"{when}__{name}") for when in ("was", "now") for name in names}
    return rows.annotate(**told)


def _step(name: str) -> Concat:
    return Concat(F(f"was__{name}"), Value("."), F(f"now__{name}"))


def _record(action: str, run: MatchRun, by: User) -> None:
    meeting = run.occurrence.meeting
    chain.record(action, actor=by, organisation=meeting.organisation_id, subject=meeting, occurrence=run.occurrence_id,
                 run=run.number)  # fmt: skip
