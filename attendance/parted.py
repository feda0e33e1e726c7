"""What the matching makes of an identity in parts: each part by its own names and links, the keys only propose."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from attendance import evidence
from attendance.matching import Arrivals, Candidate, Decision, Key, Reason, Result, Tier
from attendance.models import Participant
from meetings.models import Occurrence

# What a part has of its own; all else the platform says of the whole identity.
_OWN = frozenset({"id", "names", "tags", "ms_open_id"})


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts among the arrivals, and the whole identities they are of, which arrived in no other way."""

    wholes: Arrivals | None = None
    whole_of: Mapping[object, object] = field(default_factory=dict)
    reasons: Mapping[object, Reason] = field(default_factory=dict)

    def told(self) -> list[object]:
        """Give what of it results depend on, for their fingerprint."""
        return [[part, *self.reasons[part]] for part in sorted(self.whole_of)]

    def explained(self, result: Result, keys: Result, rejected: Collection[tuple[object, object]]) -> Result:
        """Say of each part that it is one, and propose whom the keys of the whole name where nothing decided about it.

        Shape: `keys` is what the core says of `wholes`. Meaning: such a key proves whose the identity is, not who sat
        there; nor does a name that says the same of several parts, which a colleague said were several people.
        """
        said = {decision.arrival_id: decision for decision in keys.decisions}
        ours = [each for each in result.decisions if each.arrival_id in self.whole_of]
        parts = Counter(self.whole_of.values())
        shown = Counter((self.whole_of[each.arrival_id], one.person_id) for each in ours for one in each.candidates)
        decided = {}
        for each in ours:
            whole = self.whole_of[each.arrival_id]
            common = {person for (of, person), times in shown.items() if of == whole and times > 1}
            opened = _opened(each, common, self.reasons[each.arrival_id], parts[whole])
            decided[each.arrival_id] = self._explained(opened, said[whole], parts[whole], rejected)
        decisions = tuple(decided.get(each.arrival_id, each) for each in result.decisions)
        tiers = Counter(decision.tier for decision in decisions)
        return replace(result, decisions=decisions, counts={tier: tiers[tier] for tier in Tier})

    def _explained(
        self, decision: Decision, whole: Decision, parts: int, rejected: Collection[tuple[object, object]]
    ) -> Decision:
        """Say that it is a part; who nobody decided about may be whom the keys of the whole name."""
        at, reason = decision.arrival_id, self.reasons[decision.arrival_id]
        decision = decision._replace(evidence=(reason, *decision.evidence))
        if decision.tier not in (Tier.LIKELY, Tier.NONE) or decision.key == Key.HUMAN:
            return decision
        known = {each.person_id for each in decision.candidates} | {person for part, person in rejected if part == at}
        more = [_shared(each, reason, parts) for each in whole.candidates if each.person_id not in known]
        return _likely(decision, [*decision.candidates, *more], decision.key or whole.key) if more else decision


def _opened(decision: Decision, common: Collection[object], reason: Reason, parts: int) -> Decision:
    """Leave open what rests on something that several parts show (`common`: whom it names); a human's word stands."""
    if decision.key == Key.HUMAN or decision.tier not in (Tier.CERTAIN, Tier.LIKELY):
        return decision
    if all(each.person_id not in common for each in decision.candidates):
        return decision
    shared = [_shared(each, reason, parts) if each.person_id in common else each for each in decision.candidates]
    return _likely(decision, shared, decision.key)


def _likely(decision: Decision, candidates: Sequence[Candidate], key: Key | None) -> Decision:
    """Propose candidates, the most probable first."""
    ranked = tuple(sorted(candidates, key=lambda each: -each.weight))
    return decision._replace(tier=Tier.LIKELY, person_id=None, key=key, confidence=ranked[0].weight, candidates=ranked)


def needed(occurrence: Occurrence) -> QuerySet[Participant]:
    """Give the participants to match: all that count, and the wholes of parts among them."""
    parts = occurrence.participants.filter(retired=False).exclude(whole=None)
    return occurrence.participants.filter(Q(retired=False) | Q(pk__in=parts.values("whole")))


def parted(occurrence: Occurrence, arrivals: Arrivals) -> tuple[Arrivals, Parts]:
    """Take the wholes of parts out of the arrivals, and from the parts what is the whole's: parts keep names and links."""
    rows = occurrence.participants.filter(retired=False).exclude(whole=None).values_list("pk", "whole", "since", "until")
    zone = ZoneInfo(occurrence.meeting.zone)
    reasons, whole_of = {}, {}
    for pk, whole, since, until in rows:
        reasons[pk], whole_of[pk] = _reason(since, until, zone), whole
    if not whole_of:
        return arrivals, Parts()
    wholes = set(whole_of.values())
    place = {arrival: row for row, arrival in enumerate(arrivals.id)}
    ours = _taken(arrivals, [row for arrival, row in place.items() if arrival not in wholes], whole_of)
    theirs = _taken(arrivals, [place[whole] for whole in sorted(wholes)], {})
    # Names stay with the parts: here keys alone speak. A host is nobody whom one need not look for.
    theirs = replace(theirs, names=[() for _ in theirs.id], tags=(), is_staff=(), is_host=())
    return ours, Parts(theirs, whole_of, reasons)


def _taken(arrivals: Arrivals, rows: Sequence[int], parts: Collection[object]) -> Arrivals:
    """Take some rows of the arrivals; those of parts without what belongs to the whole identity."""
    columns = {
        each.name: [column[row] if each.name in _OWN or arrivals.id[row] not in parts else type(column[row])() for row in rows]
        for each in fields(arrivals)
        if each.name != "void_hashes" and (column := getattr(arrivals, each.name))
    }
    return replace(arrivals, **columns)


def _shared(candidate: Candidate, reason: Reason, parts: int) -> Candidate:
    """Share the chance of a whole's candidate among its parts; what that takes away is told as a reason against."""
    weight = candidate.weight / parts
    less = evidence.log_odds(weight) - evidence.log_odds(candidate.weight)
    return candidate._replace(weight=weight, reasons_against=(*candidate.reasons_against, reason._replace(weight=less)))


def _reason(since: int | None, until: int | None, zone: ZoneInfo) -> Reason:
    told = {name: _clock(at, zone) for name, at in (("since", since), ("until", until)) if at is not None}
    return Reason("part_between" if len(told) == 2 else f"part_{next(iter(told))}", tuple(told.items()))


def _clock(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%m-%d %H:%M:%S")
