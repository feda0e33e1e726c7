"""Doubtful participants as somebody decides them: what is known, who it may be, what was said before."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from attendance.matching import Key
from attendance.models import Decision, Match, MatchRun, Participant
from attendance.review import review_queue
from meetings.models import ExpectedPerson, Meeting

MOST_FOUND = 20
TAIL = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the list who may be the participant, how probable, what speaks for it and what against."""

    person: ExpectedPerson
    weight: float
    reasons_for: list
    reasons_against: list

    @property
    def share(self) -> float:
        """How probable, as it is shown: what waits for a human is never certain."""
        return min(self.weight, 0.99)


@dataclass(frozen=True, slots=True)
class Case:
    """One participant to decide; `last` is the newest standing decision, which a form must have seen."""

    match: Match
    candidates: list[Candidate]
    last: Decision | None

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
    def other_names(self) -> list[str]:
        """Names the participant showed besides the last one."""
        return [name for name in self.participant.names if name != self.participant.name]


def waiting(run: MatchRun) -> QuerySet[Match]:
    """Give what waits for a human, without those about whom somebody spoke since the run was made."""
    said = Decision.objects.standing().filter(occurrence=run.occurrence_id, at__gt=run.made_at)
    return review_queue(run.occurrence).exclude(participant__ms_open_id__in=said.values("ms_open_id"))


def cases(matches: Iterable[Match]) -> list[Case]:
    """Complete matches of one run with the people they may be and the last word about each."""
    found = list(matches)
    wanted = {candidate["person"] for match in found for candidate in match.candidates}
    people = ExpectedPerson.objects.present().in_bulk(wanted)
    last = _last_words(found)
    return [Case(match, _candidates(match, people), last.get(match.participant.ms_open_id)) for match in found]


def find(meeting: Meeting, text: str) -> list[ExpectedPerson]:
    """Find people of the list by a piece of name or company, by code, or by the last digits of the phone."""
    # PostgreSQL refuses to compare with it, and no name holds it.
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    wanted = Q(name__icontains=text) | Q(company__icontains=text) | Q(code__iexact=text)
    if text.isdigit() and len(text) >= TAIL:
        wanted |= Q(phone_tail=text[-TAIL:])
    return list(meeting.people.present().filter(wanted).order_by("name", "pk")[:MOST_FOUND])


def _candidates(match: Match, people: dict[int, ExpectedPerson]) -> list[Candidate]:
    """Give the candidates who are still on the list."""
    told = [each for each in match.candidates if each["person"] in people]
    return [Candidate(people[each["person"]], each["weight"], each["for"], each["against"]) for each in told]


def _last_words(matches: list[Match]) -> dict[str, Decision]:
    if not matches:
        return {}
    whos = [match.participant.ms_open_id for match in matches]
    said = Decision.objects.standing().filter(occurrence=matches[0].run.occurrence_id, ms_open_id__in=whos)
    return {decision.ms_open_id: decision for decision in said.select_related("by", "person").order_by("pk")}
