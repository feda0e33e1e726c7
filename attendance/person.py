"""One person's or participant's presence, drawn and explained: lanes of devices, windows, gaps, visits, evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from django.db.models import Q

from attendance import presence, splits, words
from attendance.models import Decision, Match, MatchRun, Outcome, Participant, Visit
from meetings.models import ExpectedPerson
from portal.phones import scrub

ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class Lane:
    """The visits of one device of one participant, in order of joining."""

    device: int
    who: str
    visits: list[Visit]

    @property
    def word(self) -> str:
        """Name the device."""
        return words.device_word(self.device)


@dataclass(frozen=True, slots=True)
class Card:
    """Everything one run says of one person, and what people said."""

    outcome: Outcome | None
    matches: list[Match]
    maybe: list[Match]
    visits: list[Visit]
    decisions: list[Decision]

    @property
    def lanes(self) -> list[Lane]:
        """The visits by device; two participants with the same device are two lanes."""
        found: dict[tuple[str, int], list[Visit]] = {}
        for visit in self.visits:
            found.setdefault((visit.ms_open_id, visit.instanceid), []).append(visit)
        names = {match.participant.ms_open_id: scrub(match.participant.name) for match in self.matches}
        return [Lane(device, names.get(who, ""), visits) for (who, device), visits in found.items()]


def card(run: MatchRun, person: ExpectedPerson) -> Card:
    """Read what a run says of a person."""
    about = Match.objects.filter(run=run).select_related("participant", "remembered__meeting", "remembered__occurrence")
    matches = list(about.of_person(person))
    outcome = Outcome.objects.filter(run=run, person=person).first()
    undecided = outcome is not None and outcome.state == Outcome.State.UNDECIDED
    whos = [match.participant.ms_open_id for match in matches]
    meant = Q(person=person) | Q(also=person) | Q(ms_open_id__in=whos)
    for identity in {splits.identity_of(who) for who in whos} - set(whos):
        meant |= Q(verb=Decision.Verb.SPLIT) & splits.said_of_identity(identity)
    said = Decision.objects.filter(meant, occurrence=run.occurrence_id).distinct()
    return Card(
        outcome=outcome,
        matches=matches,
        maybe=list(about.filter(pk__in=_naming(run, person))) if undecided else [],
        visits=splits.visits_of(run.occurrence_id, whos),
        decisions=list(said.in_words().order_by("-pk")),
    )


def participant_card(match: Match) -> Card:
    """Read what a run says of one participant, whoever it is."""
    run, who = match.run, match.participant
    said = Decision.objects.filter(splits.said_of_identity(who.ms_open_id), occurrence=run.occurrence_id)
    return Card(
        outcome=None,
        matches=[match],
        maybe=[],
        visits=splits.visits_of(run.occurrence_id, [who.ms_open_id]),
        decisions=list(said.in_words().order_by("-pk")),
    )


def shown_names(who: Participant, visits: Iterable[Visit]) -> list[str]:
    """Give every name somebody showed, each once, with nothing in it that could be dialled."""
    names = [*who.names, *(visit.user_name for visit in visits if visit.user_name)]
    return list(dict.fromkeys(scrub(str(name)) for name in names))


def _naming(run: MatchRun, person: ExpectedPerson) -> list[int]:
    """Give the doubtful matches among whose candidates a person is."""
    doubtful = run.matches.waiting().values_list("pk", "candidates")
    return [pk for pk, candidates in doubtful if any(each["person"] == person.pk for each in candidates)]


def counted(run: MatchRun, visits: Iterable[Visit], now: datetime) -> list[tuple[datetime, datetime]]:
    """Give the stretches that count: inside the window, overlapping devices once."""
    stays = [presence.Visit(each.join_time, each.left_time, str(each.instanceid), each.join_type) for each in visits]
    windows = [window.interval for window in run.windows]
    return [(_moment(start), _moment(end)) for start, end in presence.stays(stays, windows, int(now.timestamp()))]


def gaps(counted: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Give the stretches between those that count: when somebody was away and came back."""
    return [(left, back) for (_, left), (back, _) in pairwise(counted)]


def windows(run: MatchRun) -> list[tuple[datetime, datetime]]:
    """Give the counting windows."""
    return [(_moment(window.start), _moment(window.end)) for window in run.windows]


def drawn(lanes: list[Lane]) -> list[dict[str, object]]:
    """Put lanes into the form the drawing takes; the displayed name is added where there are several."""
    several = len({lane.who for lane in lanes}) > 1
    return [
        {"name": f"{lane.word} · {lane.who}" if several else lane.word, "visits": [_stay(each) for each in lane.visits]}
        for lane in lanes
    ]


def _stay(visit: Visit) -> dict[str, object]:
    end = None if visit.left_time is None else _moment(visit.left_time)
    kind = {"kind": ATTACHED} if visit.join_type in presence.ATTACHED else {}
    return {"start": _moment(visit.join_time), "end": end, **kind}


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
