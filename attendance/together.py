"""What humans saw beyond one person a participant: several people on one device, several devices of one person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from attendance.matching import Arrivals, Decision, Result

JOINED = frozenset({"names", "tags", "pstn_person_ids"})
KEPT = frozenset({"id", "ms_open_id", "void_hashes"})


@dataclass(frozen=True, slots=True)
class Beyond:
    """Further people of a participant, the participant one is a further device of, and remembered decisions; by arrival."""

    also: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    same: Mapping[int, int] = field(default_factory=dict)
    sources: Mapping[int, int] = field(default_factory=dict)

    def people_of(self, decision: Decision) -> tuple[int, ...]:
        """Give everybody a participant is: nobody, one person, or several on one device."""
        if decision.person_id is None:
            return ()
        return (int(decision.person_id), *self.also.get(int(decision.arrival_id), ()))


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
