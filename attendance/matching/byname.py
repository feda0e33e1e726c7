"""Decides what keys left open, by displayed names: all of a meeting's participants weighed together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import fsum, log

from attendance.matching.columns import column
from attendance.matching.comers import Comers, Open
from attendance.matching.keys import Vote
from attendance.matching.model import Arrivals, Candidate, Decision, Key, People, Reason, Tier
from attendance.matching.policy import How, Mode, Policy
from attendance.matching.room import Claims
from attendance.matching.settle import Case
from attendance.matching.texts import Texts
from attendance.matching.weigh import Findings, Lead, Reader

# A phone shown that is not the person's, so that the name beside it only proposes.
_CONTRADICTS = frozenset({"phone_differs", "number_differs"})
# Remarks that say somebody else may sit there, so that the name only proposes.
_SOMEBODY_ELSE = frozenset({"two_people", "stands_in"})


class ByName:
    """Weighs the displayed names of one meeting's open participants."""

    def __init__(
        self, people: People, arrivals: Arrivals, policy: Policy, reader: Reader, comers: Comers, here: Mapping[int, list[int]]
    ) -> None:
        """Take the meeting; `here` holds the participants that were found to be a row."""
        self.here, self.texts = here, Texts(arrivals.names, reader, policy)
        self.people, self.policy, self.reader, self.comers, self.taken = people, policy, reader, comers, comers.taken
        self.names = arrivals.names
        self.staff = list(column(arrivals, "is_staff", False))
        self.hosts = list(column(arrivals, "is_host", False))

    def decide(self, cases: Sequence[Case]) -> Iterator[Decision]:
        """Decide every open participant; each decision takes all of them into account."""
        opened = [Open(case, self._found(case)) for case in cases]
        self.comers.learn(opened)
        odds = [self._odds(each) if each.found.leads else {} for each in opened]
        claims = Claims(odds, list(map(self.comers.second, opened)), self.taken, self.policy)
        chances = [claims.chances(at) if rows else rows for at, rows in enumerate(odds)]
        best = [_best(found) if found else -1 for found in chances]
        self.able = {at for at, each in enumerate(opened) if chances[at] and self._able(each, best[at])}
        self.least = self._threshold([chances[at][best[at]] for at in self.able])
        for at, each in enumerate(opened):
            yield self._one(at, each, chances[at], odds[at], claims) if chances[at] else self._nobody(each, 0.0)
        self.comers.forget()
        self.texts.forget()

    def _odds(self, each: Open) -> dict[int, float]:
        """Give the odds of a participant's rows; of somebody who is here already by how alike is what they show."""
        odds = self.comers.odds(each)
        for row in odds.keys() & self.taken:
            odds[row] *= self.texts.again(each.case.row, self.here[row])
        return odds

    def _threshold(self, able: Sequence[float]) -> float:
        """Find the least probability that may decide, so that all decisions together are right often enough."""
        doubt, least = 0.0, 1.0
        for count, probability in enumerate(sorted(able, reverse=True), 1):
            doubt += 1 - probability
            if probability < self.policy.decide or doubt > count * (1 - self.policy.right):
                break
            least = probability
        return least

    def _able(self, each: Open, best: int) -> bool:
        """Tell whether the best reading of a name is one that may decide."""
        lead, remarks = each.found.leads[best], each.found.remarks
        if not (lead.supported or lead.how in self.policy.deciding):
            return False
        if any(reason.code in _CONTRADICTS for reason in lead.reasons):
            return False
        return not (remarks and any(remark.code in _SOMEBODY_ELSE for remark in remarks))

    def _found(self, case: Case) -> Findings:
        """Gather the leads of displayed names and shared keys, without those a human ruled out."""
        names = self.names[case.row]
        if len(names) == 1 and not (case.votes or case.rejected):
            return self.reader.read(names[0])
        read = [self.reader.read(name) for name in names]
        leads = self.reader.leads(names)
        for vote in case.shared:
            self._lean_on(leads, vote)
        ruled_out = [Reason("rejected_name") for row in leads if row in case.rejected][:1]
        kept = {row: lead for row, lead in leads.items() if row not in case.rejected}
        remarks = dict.fromkeys((*(remark for one in read for remark in one.remarks), *self._one_after_the_other(names)))
        shared = (vote.reason for vote in case.shared)
        script = next((one.script for one in read if one.script), "")
        return Findings(kept, (*remarks, *shared, *case.ruled_out, *ruled_out), script)

    def _one_after_the_other(self, names: Sequence[str]) -> Iterator[Reason]:
        """Remark that a participant showed the whole names of two people of the list, one after the other."""
        whole = [found for name in names if (found := self.reader.whole_names([name]))]
        rows = [{row for each in found.values() for row in each} for found in whole]
        if len(rows) > 1 and not set.intersection(*rows):
            yield Reason("two_people", (("said", "、".join(dict.fromkeys(min(found) for found in whole))),))

    def _lean_on(self, leads: dict[int, Lead], vote: Vote) -> None:
        """Let a shared key speak for its few rows, in the measure of how few share it."""
        if max(len(vote.rows), vote.carriers) > self.policy.crowd:
            return
        factor = max(1.0, self.policy.clues.shared_key / (len(vote.rows) * vote.carriers))
        for row in vote.rows:
            lead = leads.get(row) or Lead(row, How.NONE, 1.0, ())
            reason = vote.reason._replace(weight=log(factor))
            leads[row] = lead._replace(ratio=lead.ratio * factor, reasons=(*lead.reasons, reason), shared=True)

    def _one(
        self, place: int, each: Open, probable: Mapping[int, float], odds: Mapping[int, float], claims: Claims
    ) -> Decision:
        """Decide one participant from the probabilities of the whole meeting."""
        total = fsum(probable.values())
        leads, at = each.found.leads, each.case.arrival_id
        if not self._worth_proposing(leads, probable, total):
            return self._nobody(each, total)
        ranked = self._ranked(probable)
        candidates = tuple(
            [self._candidate(leads[row], probable[row], odds[row], self._expected(each, leads[row])) for row in ranked]
        )
        person, evidence = candidates[0], (*each.found.remarks, *self._doubts(each, ranked, claims))
        if self.policy.mode is Mode.BALANCED and person.weight >= self.least and place in self.able:
            reasons = (*person.reasons_for, *person.reasons_against, *evidence)
            return Decision(at, Tier.CERTAIN, person.person_id, Key.NAME, person.weight, candidates, reasons)
        held = _ONLY_PROPOSES if self.policy.mode is Mode.STRICT else _NOT_SURE
        return Decision(at, Tier.LIKELY, None, Key.NAME, person.weight, candidates, (*evidence, held))

    def _expected(self, each: Open, lead: Lead) -> Iterator[Reason]:
        """Say what was to be expected before the name was read, and how alike is what somebody shows who is here already."""
        yield from self.comers.expected(each, lead)
        if lead.row in self.taken:
            factor = self.texts.again(each.case.row, self.here[lead.row])
            if factor > 1:
                yield Reason("shows_the_same", (), log(factor))
            elif factor < 1:
                yield Reason("shows_another", (), log(factor))

    def _ranked(self, probable: Mapping[int, float]) -> list[int]:
        """Put the rows that are shown in order, the most probable first."""
        if len(probable) == 1:
            return [*probable]
        every = sorted(probable, key=lambda row: (-probable[row], str(self.people.id[row])))
        return every[: self.policy.most_candidates]

    def _worth_proposing(self, leads: Mapping[int, Lead], probable: Mapping[int, float], total: float) -> bool:
        """Tell whether a human should look: a crowd of guesses helps nobody, several bearers of a whole name do."""
        if len(leads) == 1:
            return total >= self.policy.propose or next(iter(leads.values())).shared
        if any(lead.shared for lead in leads.values()):
            return True
        best = _best(probable)
        whole = leads[best].how in self.policy.deciding
        return (total if whole else probable[best]) >= self.policy.propose

    def _doubts(self, each: Open, ranked: Sequence[int], claims: Claims) -> Iterator[Reason]:
        """Say what stands between the best row and a decision."""
        best, leads = ranked[0], each.found.leads
        if best in self.taken:
            yield _ALREADY_HERE
        if best in claims.contested:
            yield _ALSO_OTHERS
        if len(leads) == 1:
            return
        name = leads[best].name
        twins = sum(lead.name == name for lead in leads.values()) if name else 0
        if twins > 1:
            yield Reason("several_carry_it", (("people", twins),))
        if len(leads) > len(ranked):
            yield Reason("more_candidates", (("more", len(leads) - len(ranked)),))

    def _nobody(self, each: Open, total: float) -> Decision:
        """Call a participant ignored whom nobody need look for, else a walk-in."""
        at, row = each.case.arrival_id, each.case.row
        flagged = ((self.hosts[row], "is_host"), (self.staff[row], "is_staff"))
        codes = [code for marked, code in flagged if marked]
        codes += [remark.code for remark in each.found.remarks if remark.code == "robot"]
        if codes:
            return Decision(at, Tier.IGNORED, None, None, 1.0, (), (*map(Reason, dict.fromkeys(codes)),))
        evidence = each.found.remarks or (_UNLIKELY if total else _NOBODY)
        return Decision(at, Tier.NONE, None, None, 1 - total, (), evidence)

    def _candidate(self, lead: Lead, weight: float, odds: float, expected: Iterable[Reason]) -> Candidate:
        """Lay out one candidate with what speaks for and against, down to the base rate and the rivals."""
        reasons = [*lead.reasons, *expected]
        rivals = _logit(weight) - log(odds)
        if abs(rivals) > _NOTHING:
            reasons.append(Reason("rivals", (), rivals))
        pro = tuple([reason for reason in reasons if reason.weight >= 0])
        con = tuple([reason for reason in reasons if reason.weight < 0])
        return Candidate(self.people.id[lead.row], weight, pro, con)


_NOBODY, _UNLIKELY = (Reason("nobody_listed"),), (Reason("too_unlikely"),)
_ALREADY_HERE, _ALSO_OTHERS = Reason("already_here"), Reason("also_shown_by_others")
_ONLY_PROPOSES, _NOT_SURE = Reason("names_only_propose"), Reason("not_sure_enough")
_NOTHING = 1e-6


def _best(probable: Mapping[int, float]) -> int:
    """Give the most probable row."""
    return max(probable, key=probable.__getitem__) if len(probable) > 1 else next(iter(probable))


def _logit(probability: float) -> float:
    """Give the log odds of a probability."""
    return log(probability) - log(max(1 - probability, 1e-15))
