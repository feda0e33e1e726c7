"""Turns displayed names into odds for listed persons, and the odds of a whole meeting into probabilities."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property
from math import fsum, prod

from attendance.matching.clues import Clue, Surroundings
from attendance.matching.index import Hit, NameIndex
from attendance.matching.model import People, Reason
from attendance.matching.policy import How, Policy
from attendance.matching.rarity import Rarity
from portal.names import Shown, read

_LEAST, _MOST = 0.02, 0.95


@dataclass(frozen=True, slots=True)
class Lead:
    """A row a participant may be: how much likelier it makes what is shown than a stranger does, and why."""

    row: int
    how: How
    ratio: float
    clues: tuple[Clue, ...]
    name: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What one displayed name leads to, and remarks on the name itself (a device, two people, a crowd)."""

    leads: tuple[Lead, ...] = ()
    remarks: tuple[Reason, ...] = ()


class Reader:
    """Reads displayed names against one list, equal ones once, and the list only if need be."""

    def __init__(self, people: People, policy: Policy) -> None:
        """Take the list."""
        self.people, self.policy = people, policy
        self.read = cache(self._read)

    @cached_property
    def index(self) -> NameIndex:
        """Index the list's names."""
        return NameIndex(self.people.name)

    @cached_property
    def around(self) -> Surroundings:
        """Index what the list says beside the names."""
        return Surroundings(self.people, self.policy.clues)

    @cached_property
    def rarity(self) -> Rarity:
        """Count how rare the list's names are."""
        return Rarity((held[0] for held in self.index.names if held), self.policy.clumping)

    def leads(self, names: Iterable[str]) -> dict[int, Lead]:
        """Give the strongest lead to each row from all displayed names of a participant."""
        return strongest(lead for name in names for lead in self.read(name).leads)

    def _read(self, name: str) -> Findings:
        """Find and weigh every row a displayed name may mean, with what is to be said of the name.

        Guarantee: a name that fits more rows than the policy's crowd leads only to those whose company
        or phone ending agrees too, and to nobody if these are a crowd as well.
        """
        shown = read(name)
        if shown.robot or shown.device:
            return Findings((), (Reason("robot" if shown.robot else "device_name"),))
        hits = self.index.find(shown)
        crowd = sum(len(self.index.rows[hit.name]) for hit in hits)
        pairs = [(row, hit) for hit in hits for row in self.index.rows[hit.name]]
        remarks = list(_remarks(shown, hits))
        if crowd > self.policy.crowd:
            pairs = [(row, hit) for hit in hits for row in self._supported(hit, shown)]
            remarks.append(Reason("crowd", (("people", crowd),)))
        kept = pairs if len(pairs) <= self.policy.crowd else []
        return Findings(tuple(self._lead(row, hit, shown) for row, hit in kept), tuple(remarks))

    def _supported(self, hit: Hit, shown: Shown) -> list[int]:
        """Give the rows of a name that the company or the phone ending speaks for."""
        supported = self.around.supported(hit.rest, shown.tail)
        return [row for row in self.index.rows[hit.name] if row in supported]

    def _lead(self, row: int, hit: Hit, shown: Shown) -> Lead:
        """Weigh one row under one reading of the name."""
        found = Clue(1.0, Reason(hit.how.value, (("said", hit.said),)))
        clues = (found, *self.around.clues(row, shown, hit.rest))
        base = self.policy.shows[hit.how] / self.rarity.shown(hit.name, hit.how, hit.said)
        return Lead(row, hit.how, base * prod(sorted(clue.factor for clue in clues)), clues, hit.name)


def _remarks(shown: Shown, hits: Sequence[Hit]) -> Iterator[Reason]:
    """Remark that a name says two people: by its words, or by two whole listed names."""
    whole = {hit.said: hit.name for hit in hits if hit.how in (How.EXACT, How.TITLED)}
    if shown.people or len(set(whole.values())) > 1:
        yield Reason("two_people", (("said", "、".join(shown.people or sorted(whole))),))


def strongest(leads: Iterable[Lead]) -> dict[int, Lead]:
    """Keep the strongest lead to each row, for a participant who showed several names."""
    best: dict[int, Lead] = {}
    for lead in leads:
        held = best.get(lead.row)
        if held is None or (lead.ratio, lead.name) > (held.ratio, held.name):
            best[lead.row] = lead
    return best


def prior(ratios: Sequence[Sequence[float]], free: int, policy: Policy) -> float:
    """Estimate the odds, before any name is seen, that a participant is one given free person of the list.

    Shape: the ratios of the leads of each participant not settled by a key; `free` persons not yet found.
    Meaning: a few rounds of expectation and maximisation for the share of walk-ins among these participants.
    """
    sums = [fsum(each) for each in ratios]
    share = policy.walk_ins
    for _ in range(policy.rounds):
        odds = (1 - share) / (share * max(free, 1))
        strangers = fsum(1 / (1 + odds * total) for total in sums)
        weight = policy.walk_in_weight
        share = (strangers + weight * policy.walk_ins) / (len(sums) + weight)
        share = min(max(share, _LEAST), _MOST)
    return (1 - share) / (share * max(free, 1))


@dataclass(frozen=True, slots=True)
class Chance:
    """How probable a row is for a participant: alone, and if every row has one participant."""

    alone: float
    sole: float


def chances(
    odds: Mapping[int, Mapping[int, float]], taken: AbstractSet[int]
) -> dict[int, dict[int, Chance]]:
    """Turn the odds of all participants into probabilities, rivals on both sides counted.

    Shape: participant -> row -> odds against being a stranger; `taken` rows were found by a key
    already.
    Meaning: `alone` weighs the rows of one participant against each other and the stranger; `sole` also
    weighs the participants who may be the same row against each other, and is nought for a taken row.
    Guarantee: `alone` adds up to less than 1 over a participant, `sole` over a row too; order plays no
    part.
    """
    claims = {at: _claims(rows) for at, rows in odds.items()}
    by_row: dict[int, list[float]] = defaultdict(list)
    for rows in claims.values():
        for row, claim in rows.items():
            by_row[row].append(claim)
    totals = {row: 1 + fsum(each) for row, each in by_row.items()}
    return {
        at: {
            row: Chance(claim / (1 + claim), 0.0 if row in taken else claim / totals[row])
            for row, claim in rows.items()
        }
        for at, rows in claims.items()
    }


def _claims(rows: Mapping[int, float]) -> dict[int, float]:
    """Weigh each row of a participant against the rest of them and the stranger."""
    if len(rows) == 1:
        return dict(rows)
    total = 1 + fsum(rows.values())
    return {row: odd / max(1.0, total - odd) for row, odd in rows.items()}
