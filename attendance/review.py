"""What humans say of doubtful participants: decided, remembered through every run, and taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attendance import reconcile
from attendance.models import Decision, Match, Participant
from attendance.runs import current_run
from attendance.visits import subject
from meetings.models import ExpectedPerson, Occurrence
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue

# Below this many participants the results are there with the answer; larger meetings are matched by a worker.
MATCHED_AT_ONCE = 2_000

Verb = Decision.Verb

FAULTS = {
    "needs_person": _("Choose the person first."),
    "takes_no_person": _("To ignore a participant needs no person."),
    "not_on_list": _("This person is not on the list of the meeting (any more)."),
    "nothing_to_decide": _("There is nothing to decide."),
}


class NotDecidable(ValueError):
    """A decision that makes no sense; `code` is a key of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Say what is wrong, in the reader's language."""
        return str(FAULTS[self.code])


class Choice(NamedTuple):
    """One thing to decide: of whom, what, and about which person of the list."""

    participant: Participant
    verb: str
    person: ExpectedPerson | None = None


def review_queue(occurrence: Occurrence) -> QuerySet[Match]:
    """Give what waits for a human, conflicts first, then whoever was there longest: it decides most."""
    first = Case(When(tier=Match.Tier.CONFLICT, then=Value(0)), default=Value(1), output_field=IntegerField())
    waiting = Match.objects.filter(run__occurrence=occurrence, run__current=True)
    waiting = waiting.filter(tier__in=(Match.Tier.CONFLICT, Match.Tier.LIKELY)).select_related("participant", "run")
    return waiting.order_by(first, "-participant__seconds", "-confidence", "participant_id")


def decide(
    participant: Participant, verb: str, person: ExpectedPerson | None, by: User, reason: str = ""
) -> Decision:
    """Decide one participant; see decide_many."""
    return decide_many([Choice(participant, verb, person)], by, reason)[0]


def decide_many(choices: Sequence[Choice], by: User, reason: str = "") -> list[Decision]:
    """Write decisions of one occurrence in one transaction with their audit entries, and match again.

    Meaning: confirm and assign say who it is, reject says who it is not (without a person: nobody of the list),
    ignore sets the participant aside; the last word counts. Repeatable: what stands already is not said twice.
    Raises: NotDecidable, and then nothing of all is written.
    """
    if not choices:
        raise NotDecidable("nothing_to_decide")
    occurrence = choices[0].participant.occurrence
    for choice in choices:
        _check(choice, occurrence)
    with transaction.atomic():
        decisions = [_write(choice, by, reason) for choice in choices]
        order_match(occurrence)
    match_now(occurrence, timezone.now())
    return decisions


def undo(decision: Decision, by: User) -> bool:
    """Take a decision back and match again; what was said before it stands again. False where it was undone before."""
    with transaction.atomic():
        standing = Decision.objects.standing().filter(pk=decision.pk)
        if not standing.update(undone_at=timezone.now(), undone_by=by):
            return False
        _record("match.undo", decision, by)
        order_match(decision.occurrence)
    match_now(decision.occurrence, timezone.now())
    return True


def history(participant: Participant) -> QuerySet[Decision]:
    """Give everything that was said of a participant, undone or not, the last word first."""
    said = Decision.objects.filter(occurrence=participant.occurrence_id, ms_open_id=participant.ms_open_id)
    return said.select_related("by", "undone_by", "person").order_by("-id")


def match_now(occurrence: Occurrence, now: datetime) -> bool:
    """Match at once where the meeting is small enough for a page to wait for it; the ordered job then finds it done."""
    run = current_run(occurrence)
    if run is None or run.counts.get("participants", 0) >= MATCHED_AT_ONCE:
        return False
    reconcile.match(occurrence, now)
    return True


def order_match(occurrence: Occurrence) -> None:
    """Queue a matching with all look-ups."""
    queue.enqueue(
        "attendance.match", subject=subject(occurrence), organisation=occurrence.meeting.organisation_id,
        occurrence_id=occurrence.pk,
    )  # fmt: skip


def _check(choice: Choice, occurrence: Occurrence) -> None:
    participant, verb, person = choice
    if participant.occurrence_id != occurrence.pk:
        raise NotDecidable("nothing_to_decide")
    if verb in (Verb.CONFIRM, Verb.ASSIGN) and person is None:
        raise NotDecidable("needs_person")
    if verb == Verb.IGNORE and person is not None:
        raise NotDecidable("takes_no_person")
    if person is not None and (person.meeting_id != occurrence.meeting_id or person.removed_at is not None):
        raise NotDecidable("not_on_list")


def _write(choice: Choice, by: User, reason: str) -> Decision:
    participant, verb, person = choice
    last = history(participant).filter(undone_at=None).first()
    if last and (last.verb, last.person) == (verb, person):
        return last
    decision = Decision.objects.create(
        meeting_id=participant.occurrence.meeting_id, occurrence_id=participant.occurrence_id,
        ms_open_id=participant.ms_open_id, person=person, verb=verb, by=by, reason=reason,
    )  # fmt: skip
    _record("match.decide", decision, by)
    return decision


def _record(action: str, decision: Decision, by: User) -> None:
    chain.record(
        action, actor=by, organisation=decision.meeting.organisation_id, subject=decision.meeting,
        decision=decision.pk, occurrence=decision.occurrence_id, verb=str(decision.verb), person=decision.person_id,
    )  # fmt: skip
