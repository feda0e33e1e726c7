"""Doubtful participants as somebody decides them: what is known, who it may be, what was said before."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from attendance import evidence, splits
from attendance.matching import Key
from attendance.models import Decision, Match, MatchRun, Participant
from attendance.review import review_queue, said_of
from meetings.models import ExpectedPerson, Meeting
from portal.names import fold, spellings

MOST_FOUND = 20
TAIL = 4
# Above this many people a search does not spell every name in pinyin any more.
MOST_SPELT = 20_000
# Two people in one name are looked for one by one.
BETWEEN = re.compile(r"[&＆、,，/／+＋;；]|\s+和\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the list who may be the participant, how probable, what speaks for it and what against."""

    person: ExpectedPerson
    weight: float
    reasons_for: list
    reasons_against: list

    @property
    def steps(self) -> list[evidence.Step]:
        """What was weighed, from what was to be expected to how probable it is."""
        return evidence.waterfall([*self.reasons_for, *self.reasons_against], self.weight)


@dataclass(frozen=True, slots=True)
class Case:
    """One participant to decide; `last` is the newest standing decision, which a form must have seen.

    `asked` is a decision somebody wants to take back, which needs a second person.
    """

    match: Match
    candidates: list[Candidate]
    last: Decision | None
    asked: Decision | None = None

    @property
    def participant(self) -> Participant:
        """Who is to be decided."""
        return self.match.participant

    @property
    def keys(self) -> list[str]:
        """The keys the participant came with."""
        came = self.participant
        values = {Key.TAG: came.tags, Key.ENROLL_ID: came.enroll_id, Key.USERID: came.userid,
                  Key.OPEN_ID: came.open_id, Key.PHONE_HASH: came.phone_hash, Key.PSTN: came.pstn}  # fmt: skip
        return [str(key) for key, value in values.items() if value]

    @property
    def together(self) -> str:
        """The first two candidates of a name that says two people, as a form sends them; empty for any other."""
        says_two = any(told[0] == "two_people" for told in self.match.evidence)
        pair = self.candidates[:2] if says_two else []
        return ",".join(str(each.person.pk) for each in pair) if len(pair) == 2 else ""

    @property
    def other_names(self) -> list[str]:
        """Names the participant showed besides the last one."""
        return [name for name in self.participant.names if name != self.participant.name]


def waiting(run: MatchRun) -> QuerySet[Match]:
    """Give what waits for a human, without those about whom the last word is not computed yet, or waits for a second.

    A run that knows a word leaves no question, apart from one that only rules somebody out: of those the newer ones count.
    A further device of somebody who is split, or whole again, since is asked about anew: its word names nobody any more.
    """
    said = Decision.objects.filter(occurrence=run.occurrence_id)
    last = said.standing().filter(~Exists(said.standing().filter(ms_open_id=OuterRef("ms_open_id"), pk__gt=OuterRef("pk"))))
    ruled_out = Q(verb=Decision.Verb.REJECT, person__isnull=False)
    newer = Q(at__gt=run.made_at) | Q(seconded_at__gt=run.made_at)
    spoken = last.filter(~ruled_out | newer).filter(Q(person=None) | Q(person__removed_at=None))
    gone = Participant.objects.filter(occurrence=run.occurrence_id, retired=True)
    spoken = spoken.exclude(same_as__in=gone.values("ms_open_id"))
    undecided = review_queue(run.occurrence).exclude(participant__ms_open_id__in=spoken.values("ms_open_id"))
    return undecided.exclude(participant__ms_open_id__in=said.proposed().values("ms_open_id"))


def proposals(run: MatchRun) -> QuerySet[Match]:
    """Give the participants about whom a word waits for a second: that it counts, or that it is taken back."""
    said = Decision.objects.filter(occurrence=run.occurrence_id)
    words = said.proposed() | said.asked_back()
    whos = {who for one in words for who in ([one.ms_open_id] if one.is_proposed else _meant_by(one))}
    found = Match.objects.filter(run=run, participant__ms_open_id__in=whos)
    return found.select_related("participant", "run", "remembered").order_by("participant__name", "participant_id")


def kinds(run: MatchRun) -> dict[str, int]:
    """Count what waits by the kind of question, in the order of the queue."""
    counted = dict(waiting(run).order_by().values_list("doubt").annotate(count=Count("pk")))
    return {kind: counted[kind] for kind in (*Match.Doubt.values, "") if counted.get(kind)}


def cases(matches: Iterable[Match]) -> list[Case]:
    """Complete matches of one run with the people they may be and the last word about each."""
    found = list(matches)
    wanted = {candidate["person"] for match in found for candidate in match.candidates}
    people = ExpectedPerson.objects.present().in_bulk(wanted)
    last, asked = _last_words(found), _asked_back(found)
    whos = [match.participant.ms_open_id for match in found]
    return [
        Case(match, _candidates(match, people), last.get(who), asked.get(who)) for match, who in zip(found, whos, strict=True)
    ]


def find(meeting: Meeting, text: str) -> list[ExpectedPerson]:
    """Find people of any list by a piece of name or company, in pinyin, by code, or by the last digits of the phone.

    Several words must all fit one person; two names with "&" or "、" between them find two people.
    """
    # PostgreSQL refuses to compare with it, and no name holds it.
    pieces = [piece.split() for piece in BETWEEN.split(text.replace("\x00", "")) if piece.strip()]
    wanted = Q(pk__in=[])
    for words in pieces:
        fits = Q()
        for word in words:
            fits &= _fits(meeting, word)
        wanted |= fits
    return list(meeting.people.present().filter(wanted).order_by("name", "pk")[:MOST_FOUND])


def find_participants(who: Participant, text: str) -> list[Participant]:
    """Find other participants of the meeting by a piece of their displayed name; without one, those of the same name."""
    others = Participant.objects.filter(occurrence=who.occurrence_id, retired=False).exclude(pk=who.pk)
    text = text.replace("\x00", "").strip()
    if not text and not who.name:
        return []
    others = others.filter(name__icontains=text) if text else others.filter(name=who.name)
    return list(others.order_by("name", "pk")[:MOST_FOUND])


def _fits(meeting: Meeting, word: str) -> Q:
    found = Q(name__icontains=word) | Q(company__icontains=word) | Q(code__iexact=word)
    if word.isdigit() and len(word) >= TAIL:
        found |= Q(phone_tail=word[-TAIL:])
    if word.isascii() and word.isalpha():
        found |= Q(pk__in=_spelt_so(meeting, word.casefold()))
    return found


def _spelt_so(meeting: Meeting, letters: str) -> list[int]:
    """Find people whose name begins so in pinyin."""
    people = meeting.people.present().order_by("pk").values_list("pk", "name")
    found = (pk for pk, name in people[:MOST_SPELT] if any(each.startswith(letters) for each in spellings(fold(name).strip())))
    return list(islice(found, MOST_FOUND))


def _candidates(match: Match, people: dict[int, ExpectedPerson]) -> list[Candidate]:
    """Give the candidates who are still on the list."""
    told = [each for each in match.candidates if each["person"] in people]
    return [Candidate(people[each["person"]], each["weight"], each["for"], each["against"]) for each in told]


def _last_words(matches: list[Match]) -> dict[str, Decision]:
    """Give the newest word about each participant that was not taken back, proposals included."""
    if not matches:
        return {}
    said = said_of(matches[0].run.occurrence_id, [match.participant.ms_open_id for match in matches])
    return {decision.ms_open_id: decision for decision in said.filter(undone_at=None)}


def _asked_back(matches: list[Match]) -> dict[str, Decision]:
    """Give by participant what somebody wants to take back."""
    if not matches:
        return {}
    said = Decision.objects.asked_back().filter(occurrence=matches[0].run.occurrence_id).in_words()
    return {who: one for one in said for who in _meant_by(one)}


def _meant_by(said: Decision) -> list[str]:
    """Give whose participants a decision is shown with: a split with the part after its border, which its undoing ends."""
    if said.border is None:
        return [said.ms_open_id]
    parts = Participant.objects.filter(occurrence=said.occurrence_id, since=said.border, retired=False)
    return list(parts.filter(splits.said_of_identity(said.ms_open_id)).values_list("ms_open_id", flat=True))
