"""What humans say of doubtful participants: decided, confirmed by a second person where asked for, and taken back."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from attendance import reconcile, splits
from attendance.choices import Choice, NotDecidable, check
from attendance.models import Decision, Match, Participant
from attendance.runs import current_run
from attendance.visits import subject
from meetings.models import ExpectedPerson, Occurrence
from portal.accounts.models import Organisation, User
from portal.audit import chain
from portal.jobs import queue

# Below this many participants the results are there with the answer; larger meetings are matched by a worker.
MATCHED_AT_ONCE = 200
# A worker waits this long, so that one matching serves all decisions of a quick hand.
BURST = timedelta(seconds=3)

Verb, Scope = Decision.Verb, Decision.Scope


class Meanwhile(ValueError):
    """Somebody else spoke about the participant since the reader looked; None for a word that was taken back."""

    def __init__(self, decision: Decision | None) -> None:
        super().__init__("meanwhile")
        self.decision = decision


class Undone(NamedTuple):
    """How many decisions were taken back, and for how many that was only asked: they take a second person."""

    taken: int
    asked: int


class Word(NamedTuple):
    """Who says it, why, how far it is remembered, and what was decided in one go."""

    by: User
    reason: str = ""
    scope: str = Scope.ORGANISATION
    batch: str = ""


def review_queue(occurrence: Occurrence) -> QuerySet[Match]:
    """Give what waits for a human, what decides most first: conflicts, twins, likely ones, shared devices.

    Within each, whoever was there longest comes first.
    """
    order = [When(tier=Match.Tier.CONFLICT, then=Value(0))]
    order += [When(doubt=kind, then=Value(place)) for place, kind in enumerate(Match.Doubt)]
    first = Case(*order, default=Value(list(Match.Doubt).index(Match.Doubt.LIKELY)), output_field=IntegerField())
    waiting = Match.objects.filter(run__occurrence=occurrence, run__current=True).waiting()
    waiting = waiting.select_related("participant", "run", "remembered")
    return waiting.order_by(first, "-participant__seconds", "-confidence", "participant_id")


def decide(participant: Participant, verb: str, person: ExpectedPerson | None, by: User, reason: str = "") -> Decision:
    """Decide one participant; see decide_many."""
    return decide_many([Choice(participant, verb, person)], by, reason)[0]


def decide_many(
    choices: Sequence[Choice], by: User, reason: str = "", scope: str = Scope.ORGANISATION
) -> list[Decision]:
    """Write decisions of one occurrence in one transaction with an audit entry, and match again.

    Meaning: confirm and assign say who it is, together that several people were on one device, same that it is another
    participant's further device, reject who it is not (without a person: nobody of the list); ignore sets the participant
    aside; split cuts their visits into two participants at a moment. The last word counts. Where the organisation wants
    four eyes it is a proposal, and the same word of somebody else its confirmation. Repeatable: what stands already is not
    said twice.
    Raises: NotDecidable; Meanwhile, where one is not as its reader saw it. Then nothing of all is written.
    """
    if not choices:
        raise NotDecidable("nothing_to_decide")
    occurrence = choices[0].participant.occurrence
    for choice in choices:
        check(choice, occurrence)
    word = Word(by, reason, scope, secrets.token_hex(16) if len(choices) > 1 else "")
    with transaction.atomic():
        decisions = _write(occurrence, choices, word)
        order_match(occurrence, BURST)
    match_now(occurrence, timezone.now())
    return decisions


def second(decisions: QuerySet[Decision], by: User) -> int:
    """Confirm first words of one occurrence as a second person, never one's own; gives how many."""
    return _mark("match.second", decisions.proposed().exclude(by=by), by, seconded_at=timezone.now(), seconded_by=by)


def undo(decision: Decision, by: User) -> bool:
    """Take a decision back; see undo_many. False where it was undone before, or a second person must agree."""
    return bool(undo_many(Decision.objects.filter(pk=decision.pk), by).taken)


def undo_many(decisions: QuerySet[Decision], by: User) -> Undone:
    """Take back decisions of one occurrence and match again; what was said before them stands again.

    Meaning: what two people confirmed goes on counting, while the organisation wants four eyes, until a second person
    agrees: the first one only asks for it.
    """
    alone = Q(seconded_at=None) | Q(meeting__organisation__four_eyes=False)
    agreed = Q(undo_asked_by__isnull=False) & ~Q(undo_asked_by=by)
    with transaction.atomic():
        ask = decisions.open().exclude(alone).filter(undo_asked_by=None)
        asked = _mark_rows("match.undo_ask", ask, by, undo_asked_at=timezone.now(), undo_asked_by=by)
    free = decisions.open().filter(alone | agreed)
    return Undone(_mark("match.undo", free, by, undone_at=timezone.now(), undone_by=by), asked)


def agree(decisions: QuerySet[Decision], by: User) -> int:
    """Take back, as the second person, what somebody else asked to take back; gives how many."""
    return _mark("match.undo", decisions.asked_back().exclude(undo_asked_by=by), by, undone_at=timezone.now(), undone_by=by)


def keep(decisions: QuerySet[Decision], by: User) -> int:
    """Let decisions stand that somebody asked to take back; gives how many."""
    with transaction.atomic():
        return _mark_rows("match.undo_keep", decisions.asked_back(), by, undo_asked_at=None, undo_asked_by=None)


def history(participant: Participant) -> QuerySet[Decision]:
    """Give everything that was said of a participant and of what it is a part of, undone or not, the last word first."""
    said = Decision.objects.filter(splits.said_of_identity(participant.ms_open_id), occurrence=participant.occurrence_id)
    return said.in_words().order_by("-id")


def said_of(occurrence: int, whos: Iterable[str]) -> QuerySet[Decision]:
    """Give everything that was said of some identities of an occurrence, in words, the first word first."""
    return Decision.objects.filter(occurrence=occurrence, ms_open_id__in=list(whos)).in_words().order_by("id")


def match_now(occurrence: Occurrence, now: datetime) -> bool:
    """Match at once where the meeting is small enough for a page to wait for it; the ordered job then finds it done."""
    run = current_run(occurrence)
    if run is None or run.counts.get("participants", 0) >= MATCHED_AT_ONCE:
        return False
    reconcile.match(occurrence, now)
    return True


def order_match(occurrence: Occurrence, pause: timedelta = timedelta()) -> None:
    """Queue a matching with all look-ups, one for whatever else is decided within the pause."""
    queue.enqueue(
        "attendance.match", subject=subject(occurrence), organisation=occurrence.meeting.organisation_id,
        due_at=timezone.now() + pause, occurrence_id=occurrence.pk,
    )  # fmt: skip


def _write(occurrence: Occurrence, choices: Sequence[Choice], word: Word) -> list[Decision]:
    """Write what is new, confirm what a colleague said first, and give what stands for each choice."""
    whos = [choice.participant.ms_open_id for choice in choices]
    # Whoever decides the same participant at this moment waits here, and then sees what was said meanwhile.
    list(occurrence.participants.select_for_update().filter(ms_open_id__in=whos).order_by("pk").values_list("pk"))
    open_words = said_of(occurrence.pk, whos).filter(undone_at=None)
    last = {decision.ms_open_id: decision for decision in open_words}
    for choice in choices:
        found = last.get(choice.participant.ms_open_id)
        if choice.seen is not None and choice.seen != (found.pk if found else 0):
            raise Meanwhile(found)
    fresh = [choice for choice in choices if not _said_already(choice, last.get(choice.participant.ms_open_id), word.by)]
    anew = [choice.participant.ms_open_id for choice in fresh]
    replaced = Decision.objects.proposed().filter(occurrence=occurrence, ms_open_id__in=anew)
    replaced.update(undone_at=timezone.now(), undone_by=word.by)
    said = last | {decision.ms_open_id: decision for decision in _insert(occurrence, fresh, word)}
    return [said[who] for who in whos]


def _said_already(choice: Choice, last: Decision | None, by: User) -> bool:
    """Tell whether a choice repeats what stands; the same word of somebody else confirms a proposal."""
    if last is None or choice.content != last.content:
        return False
    if last.is_proposed and last.by_id != by.pk:
        _mark_rows("match.second", Decision.objects.filter(pk=last.pk).proposed(), by,
                   seconded_at=timezone.now(), seconded_by=by)  # fmt: skip
    return True


def _insert(occurrence: Occurrence, choices: Sequence[Choice], word: Word) -> list[Decision]:
    if not choices:
        return []
    house = Organisation.objects.get(pk=occurrence.meeting.organisation_id)
    until = timezone.now() + timedelta(days=house.memory_days)
    decisions = Decision.objects.bulk_create(
        Decision(
            meeting_id=occurrence.meeting_id, occurrence=occurrence, ms_open_id=choice.participant.ms_open_id,
            person=choice.person, verb=choice.verb, same_as=choice.same_as.ms_open_id if choice.same_as else "",
            border=choice.border, needs_second=house.four_eyes, expires_at=until,
            **word._replace(scope=_reach(choice, word))._asdict(),
        )
        for choice in choices
    )  # fmt: skip
    for decision, choice in zip(decisions, choices, strict=True):
        if choice.also:
            decision.also.set(choice.also)
    _record("match.decide", occurrence, decisions, word.by)
    return decisions


def _reach(choice: Choice, word: Word) -> str:
    """Say how far a word is remembered: of an identity that several people used not beyond its meeting."""
    return Scope.HERE if choice.border is not None or choice.participant.whole_id else word.scope


def _mark(action: str, rows: QuerySet[Decision], by: User, **changes: object) -> int:
    """Change decisions of one occurrence that are as `rows` says, and match again; gives how many were."""
    first = rows.select_related("occurrence__meeting").first()
    if first is None:
        return 0
    with transaction.atomic():
        changed = _mark_rows(action, rows, by, **changes)
        if changed:
            order_match(first.occurrence, BURST)
    match_now(first.occurrence, timezone.now())
    return changed


def _mark_rows(action: str, rows: QuerySet[Decision], by: User, **changes: object) -> int:
    """Change rows and write it down; they are held meanwhile, so that nobody else's word is overruled."""
    found = list(rows.select_for_update(of=("self",)).select_related("occurrence__meeting"))
    if found:
        Decision.objects.filter(pk__in=[decision.pk for decision in found]).update(**changes)
        _record(action, found[0].occurrence, found, by)
    return len(found)


def _record(action: str, occurrence: Occurrence, decisions: Sequence[Decision], by: User) -> None:
    """Write one audit entry, of one decision with what it says, of several with how many."""
    meeting, first = occurrence.meeting, decisions[0]
    if len(decisions) == 1:
        told = {"decision": first.pk, "verb": str(first.verb), "person": first.person_id}
    else:
        told = {"decisions": len(decisions), "first": first.pk, "last": decisions[-1].pk, "batch": first.batch}
    chain.record(action, actor=by, organisation=meeting.organisation_id, subject=meeting, occurrence=occurrence.pk, **told)
