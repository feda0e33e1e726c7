"""What humans saw beyond one person a participant: several people on one device, several devices of one person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from attendance.matching import Arrivals, Decision, Key, Reason, Result, Tier

JOINED = frozenset({"names", "tags", "pstn_person_ids"})
KEPT = frozenset({"id", "ms_open_id", "void_hashes"})
IGNORED_BEFORE = Reason("ignored_before")


@dataclass(frozen=True, slots=True)
class Beyond:
    """Further people of a participant, the participant one is a further device of, and remembered decisions; by arrival.

    `aside` are those whom a colleague set aside in an earlier meeting.
    """

    also: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    same: Mapping[int, int] = field(default_factory=dict)
    sources: Mapping[int, int] = field(default_factory=dict)
    aside: frozenset[int] = frozenset()

    def people_of(self, decision: Decision) -> tuple[int, ...]:
        """Give everybody a participant is: nobody, one person, or several on one device."""
        if decision.person_id is None:
            return ()
        return (int(decision.person_id), *self.also.get(int(decision.arrival_id), ()))

    def source_of(self, decision: Decision) -> int | None:
        """Give the decision of another meeting that was used; to have been set aside once is used only where it is told."""
        at = int(decision.arrival_id)
        return None if at in self.aside and IGNORED_BEFORE not in decision.evidence else self.sources.get(at)

    def set_aside(self, result: Result) -> Result:
        """Set aside again whom nobody of the list fits. Whom somebody may fit is asked about: the list may be another one."""
        if not self.aside:
            return result
        decisions = tuple(_aside(each) if each.arrival_id in self.aside else each for each in result.decisions)
        tiers = Counter(decision.tier for decision in decisions)
        return replace(result, decisions=decisions, counts={tier: tiers[tier] for tier in Tier})


def _aside(decision: Decision) -> Decision:
    """Say of a participant nobody decided about that they were set aside before, and do it where nobody fits."""
    told = (IGNORED_BEFORE, *decision.evidence)
    if decision.tier == Tier.NONE:
        return decision._replace(tier=Tier.IGNORED, key=Key.REMEMBERED, evidence=told)
    return decision._replace(evidence=told) if decision.tier in (Tier.LIKELY, Tier.CONFLICT) else decision


def heads(same: Mapping[int, int]) -> dict[int, int]:
    """Lead every further device to the one participant it belongs to, over any number of steps; a circle leads nowhere."""
    found = {}
    for one in same:
        seen, head = {one}, same[one]
        while head in same and head not in seen:
            seen.add(head)
            head = same[head]
        if head not in seen:
            found[one] = head
    return found


def folded(arrivals: Arrivals, same: Mapping[int, int]) -> Arrivals:
    """Let one arrival stand for all devices of a person: it shows all their names and carries all their keys."""
    if not same:
        return arrivals
    place = {arrival: row for row, arrival in enumerate(arrivals.id)}
    groups: dict[int, list[int]] = {row: [row] for arrival, row in place.items() if arrival not in same}
    for arrival, head in same.items():
        groups[place[head]].append(place[arrival])
    columns = {
        each.name: [_joined(each.name, column, rows) for rows in groups.values()]
        for each in fields(arrivals)
        if each.name != "void_hashes" and (column := getattr(arrivals, each.name))
    }
    return replace(arrivals, **columns)


def _joined(name: str, column: Sequence[object], rows: Sequence[int]) -> object:
    """Join the values of several rows: lists one after the other, of all else the first that says something."""
    values = [column[row] for row in rows]
    if name in KEPT:
        return values[0]
    if name in JOINED:
        return list(dict.fromkeys(piece for value in values for piece in value))
    return next((value for value in values if value), values[0])


def spread(result: Result, same: Mapping[int, int]) -> Result:
    """Say of every further device what was decided of its owner; the counts stay those of the owners."""
    if not same:
        return result
    decided = {decision.arrival_id: decision for decision in result.decisions}
    further = (decided[head]._replace(arrival_id=arrival) for arrival, head in sorted(same.items()))
    return replace(result, decisions=(*result.decisions, *further))


def known(pairs: Iterable[tuple[int, int]], people: Mapping[int, object] | set[int]) -> dict[int, list[int]]:
    """Group people by decision, without those who left the list."""
    found: dict[int, list[int]] = {}
    for decision, person in pairs:
        if person in people:
            found.setdefault(decision, []).append(person)
    return found
