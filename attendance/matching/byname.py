"""Decides what keys left open, by displayed names: all of a meeting's participants weighed together."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import fsum

from attendance.matching.clues import Clue
from attendance.matching.columns import column
from attendance.matching.keys import Vote
from attendance.matching.model import Arrivals, Candidate, Decision, Key, People, Reason, Tier
from attendance.matching.policy import How, Mode, Policy
from attendance.matching.settle import Case
from attendance.matching.weigh import Chance, Lead, Reader, chances, prior, strongest

# Remarks on names that fit everybody or nobody, so that they say nothing of how many strangers came.
_MUTE = frozenset({"device_name", "crowd", "robot"})


@dataclass(frozen=True, slots=True)
class Open:
    """A participant no key settled: the leads of the displayed names, and what the names say beside them."""

    case: Case
    leads: Mapping[int, Lead]
    remarks: tuple[Reason, ...]

    @property
    def says_a_name(self) -> bool:
        """Tell whether the displayed names can tell a listed person from a stranger at all."""
        return bool(self.leads) or all(remark.code not in _MUTE for remark in self.remarks)


class ByName:
    """Weighs the displayed names of one meeting's open participants."""

    def __init__(
        self, people: People, arrivals: Arrivals, policy: Policy, reader: Reader, taken: AbstractSet[int]
    ) -> None:
        """Take the meeting; `taken` are the rows that keys or humans have already found in it."""
        self.people, self.policy, self.reader, self.taken = people, policy, reader, taken
        self.names = arrivals.names
        self.staff = list(column(arrivals, "is_staff", False))
        self.hosts = list(column(arrivals, "is_host", False))

    def decide(self, cases: Sequence[Case]) -> Iterator[Decision]:
        """Decide every open participant; each decision takes all of them into account."""
        opened = [self._open(case) for case in cases]
        ratios = [[lead.ratio for lead in each.leads.values()] for each in opened if each.says_a_name]
        odds = prior(ratios, len(self.people) - len(self.taken), self.policy)
        found = chances({at: self._odds(each, odds) for at, each in enumerate(opened)}, self.taken)
        contested = _contested(found, self.policy.propose)
        for place, each in enumerate(opened):
            yield self._one(each, found[place], contested)

    def _open(self, case: Case) -> Open:
        """Gather the leads of displayed names and shared keys, without those a human ruled out."""
        read = [self.reader.read(name) for name in self.names[case.row]]
        found = strongest(lead for one in read for lead in one.leads)
        for vote in case.shared:
            self._lean_on(found, vote)
        leads = {row: lead for row, lead in found.items() if row not in case.rejected}
        ruled_out = [Reason("rejected_name") for row in found if row in case.rejected][:1]
        remarks = {remark: None for one in read for remark in one.remarks}
        shared = (vote.reason for vote in case.shared)
        return Open(case, leads, (*remarks, *shared, *case.ruled_out, *ruled_out))

    def _lean_on(self, leads: dict[int, Lead], vote: Vote) -> None:
        """Let a shared key speak for its few rows, in the measure of how few share it."""
        if max(len(vote.rows), vote.carriers) > self.policy.crowd:
            return
        factor = max(1.0, self.policy.clues.shared_key / (len(vote.rows) * vote.carriers))
        for row in vote.rows:
            lead = leads.get(row) or Lead(row, How.NONE, 1.0, ())
            clues = (*lead.clues, Clue(factor, vote.reason))
            leads[row] = replace(lead, ratio=lead.ratio * factor, clues=clues, shared=True)

    def _odds(self, each: Open, odds: float) -> dict[int, float]:
        """Turn likelihood ratios into odds."""
        return {row: lead.ratio * odds for row, lead in each.leads.items()}

    def _one(self, each: Open, found: Mapping[int, Chance], contested: AbstractSet[int]) -> Decision:
        """Decide one participant from the probabilities of the whole meeting."""
        probable = {row: self._probability(chance) for row, chance in found.items()}
        total = fsum(probable.values())
        ranked = sorted(probable, key=lambda row: (-probable[row], str(self.people.id[row])))
        leaning = any(each.leads[row].shared for row in ranked)
        if total < self.policy.propose and not leaning:
            return self._nobody(each, total)
        best, at = ranked[0], each.case.arrival_id
        candidates = tuple(
            self._candidate(each.leads[row], probable[row]) for row in ranked[: self.policy.most_candidates]
        )
        evidence = (*each.remarks, *self._doubts(each, ranked, contested))
        person = candidates[0]
        if self._may_decide(each, best, found[best].sole):
            reasons = (*person.reasons_for, *person.reasons_against, *evidence)
            sure = found[best].sole
            return Decision(at, Tier.CERTAIN, person.person_id, Key.NAME, sure, candidates, reasons)
        strict = self.policy.mode is Mode.STRICT
        held = Reason("names_only_propose" if strict else "not_sure_enough")
        return Decision(at, Tier.LIKELY, None, Key.NAME, person.weight, candidates, (*evidence, held))

    def _probability(self, chance: Chance) -> float:
        """Allow for a second device of somebody another participant is taken for."""
        return chance.sole + self.policy.second_device * max(0.0, chance.alone - chance.sole)

    def _may_decide(self, each: Open, best: int, probability: float) -> bool:
        """Tell whether the policy lets this name decide; a row already found has no probability."""
        return (
            self.policy.mode is Mode.BALANCED
            and probability >= self.policy.decide
            and each.leads[best].how in self.policy.deciding
            and not any(remark.code == "two_people" for remark in each.remarks)
        )

    def _doubts(self, each: Open, ranked: Sequence[int], contested: AbstractSet[int]) -> Iterator[Reason]:
        """Say what stands between the best row and a decision."""
        best = ranked[0]
        if best in self.taken:
            yield Reason("already_here")
        if best in contested:
            yield Reason("also_shown_by_others")
        name = each.leads[best].name
        twins = sum(lead.name == name for lead in each.leads.values()) if name else 0
        if twins > 1:
            yield Reason("several_carry_it", (("people", twins),))
        if len(ranked) > self.policy.most_candidates:
            yield Reason("more_candidates", (("more", len(ranked) - self.policy.most_candidates),))

    def _nobody(self, each: Open, total: float) -> Decision:
        """Call a participant ignored whom nobody need look for, else a walk-in."""
        at, row = each.case.arrival_id, each.case.row
        flagged = ((self.hosts[row], "is_host"), (self.staff[row], "is_staff"))
        codes = [code for marked, code in flagged if marked]
        codes += [remark.code for remark in each.remarks if remark.code == "robot"]
        if codes:
            return Decision(at, Tier.IGNORED, None, None, 1.0, (), (*map(Reason, dict.fromkeys(codes)),))
        evidence = each.remarks or (Reason("nobody_listed"),)
        return Decision(at, Tier.NONE, None, None, 1 - total, (), evidence)

    def _candidate(self, lead: Lead, weight: float) -> Candidate:
        """Lay out one candidate with what speaks for and against."""
        pro = tuple(clue.reason for clue in lead.clues if clue.factor >= 1)
        con = tuple(clue.reason for clue in lead.clues if clue.factor < 1)
        return Candidate(self.people.id[lead.row], weight, pro, con)


def _contested(found: Mapping[int, Mapping[int, Chance]], least: float) -> set[int]:
    """Find the rows that more than one participant may be."""
    seen: set[int] = set()
    twice: set[int] = set()
    for rows in found.values():
        for row, chance in rows.items():
            if chance.alone >= least:
                (twice if row in seen else seen).add(row)
    return twice
