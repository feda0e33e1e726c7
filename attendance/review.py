"""What humans say of doubtful participants: decided, confirmed by a second person where asked for, and taken back."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
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
from portal.accounts.models import Organisation, User
from portal.audit import chain
from portal.jobs import queue

# Below this many participants the results are there with the answer; larger meetings are matched by a worker.
MATCHED_AT_ONCE = 200
# A worker waits this long, so that one matching serves all decisions of a quick hand.
BURST = timedelta(seconds=3)

Verb, Scope = Decision.Verb, Decision.Scope
WITH_PERSON = (Verb.CONFIRM, Verb.ASSIGN, Verb.TOGETHER)
WITHOUT_PERSON = (Verb.IGNORE, Verb.SAME)

FAULTS = {
    "needs_person": _("Choose the person first."),
    "needs_people": _("Choose at least two people who were on this device."),
    "takes_no_person": _("To ignore a participant needs no person."),
    "not_on_list": _("This person is not on the list of the meeting (any more)."),
    "same_needs_other": _("Choose another participant of this meeting."),
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


class Meanwhile(ValueError):
    """Somebody else spoke about the participant since the reader looked; None for a word that was taken back."""

    def __init__(self, decision: Decision | None) -> None:
        super().__init__("meanwhile")
        self.decision = decision


class Choice(NamedTuple):
    """One thing to decide: of whom, what, and about which person of the list.

    `also` are further people on the same device, `same_as` is the participant this one is a further device of, `seen`
    the decision the reader saw standing (0 for none); None does not ask.
    """

    participant: Participant
    verb: str
    person: ExpectedPerson | None = None
    also: tuple[ExpectedPerson, ...] = ()
    same_as: Participant | None = None
    seen: int | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """Give what is said, to compare it with what was said before."""
        also = tuple(sorted(person.pk for person in self.also))
        return (self.verb, self.person and self.person.pk, also, self.same_as.ms_open_id if self.same_as else "")


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
    aside. The last word counts. Where the organisation wants four eyes it is a proposal, and the same word of somebody
    else its confirmation. Repeatable: what stands already is not said twice.
    Raises: NotDecidable; Meanwhile, where one is not as its reader saw it. Then nothing of all is written.
    """
    if not choices:
        raise NotDecidable("nothing_to_decide")
    occurrence = choices[0].participant.occurrence
    for choice in choices:
        _check(choice, occurrence)
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
    """Take a decision back and match again; what was said before it stands again. False where it was undone before."""
    return bool(undo_many(Decision.objects.filter(pk=decision.pk), by))


def undo_many(decisions: QuerySet[Decision], by: User) -> int:
    """Take back decisions of one occurrence and match again; gives how many stood."""
    return _mark("match.undo", decisions.open(), by, undone_at=timezone.now(), undone_by=by)


def history(participant: Participant) -> QuerySet[Decision]:
    """Give everything that was said of a participant, undone or not, the last word first."""
    return said_of(participant.occurrence_id, [participant.ms_open_id]).order_by("-id")


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


def _check(choice: Choice, occurrence: Occurrence) -> None:
    verb, meant = choice.verb, [person for person in (choice.person, *choice.also) if person]
    if choice.participant.occurrence_id != occurrence.pk:
        raise NotDecidable("nothing_to_decide")
    if verb in WITH_PERSON and choice.person is None:
        raise NotDecidable("needs_person")
    if (verb == Verb.TOGETHER) != (len({person.pk for person in meant}) > 1):
        raise NotDecidable("needs_people")
    if verb in WITHOUT_PERSON and meant:
        raise NotDecidable("takes_no_person")
    if any(person.meeting_id != occurrence.meeting_id or person.removed_at is not None for person in meant):
        raise NotDecidable("not_on_list")
    if (verb == Verb.SAME) != (choice.same_as is not None) or not _may_be_same(choice):
        raise NotDecidable("same_needs_other")


def _may_be_same(choice: Choice) -> bool:
    """Tell whether a participant can be the further device of the other: not its own, nor that of its own further one."""
    other = choice.same_as
    if other is None:
        return True
    if other.pk == choice.participant.pk or other.occurrence_id != choice.participant.occurrence_id:
        return False
    owner = Match.objects.filter(run__current=True, run__occurrence=other.occurrence_id, participant=other)
    return not owner.filter(same_as=choice.participant).exists()


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
            needs_second=house.four_eyes, expires_at=until, **word._asdict(),
        )
        for choice in choices
    )  # fmt: skip
    for decision, choice in zip(decisions, choices, strict=True):
        if choice.also:
            decision.also.set(choice.also)
    _record("match.decide", occurrence, decisions, word.by)
    return decisions


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
