"""Settles participants without looking at names first: what humans said, then what strong keys say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod

from attendance.matching.columns import column
from attendance.matching.keys import PAIRS, Vote
from attendance.matching.model import (
    Arrivals,
    Candidate,
    Decision,
    Earlier,
    Id,
    Key,
    People,
    Reason,
    Tier,
)
from attendance.matching.policy import Policy
from attendance.matching.weigh import Lead
from portal.names import fold

_SUREST = 0.99999


@dataclass(frozen=True, slots=True)
class Case:
    """One participant with what the keys say; `rejected` holds the rows a human ruled out."""

    row: int
    arrival_id: Id
    votes: tuple[Vote, ...]
    rejected: frozenset[int]

    @property
    def trusted(self) -> list[Vote]:
        """Give the votes that name one person and were not ruled out."""
        return [vote for vote in self.votes if vote.trusted and vote.rows[0] not in self.rejected]

    @property
    def shared(self) -> list[Vote]:
        """Give the votes that cannot be trusted because others share the value."""
        return [vote for vote in self.votes if not vote.trusted]

    @property
    def ruled_out(self) -> Iterator[Reason]:
        """Say which keys point to somebody a human ruled out."""
        for vote in self.votes:
            if vote.trusted and vote.rows[0] in self.rejected:
                yield Reason("rejected_before", (("key", vote.key.value),))


class Settler:
    """Settles one meeting's participants by human word and strong keys."""

    def __init__(
        self,
        people: People,
        arrivals: Arrivals,
        earlier: Earlier,
        policy: Policy,
        leads: Callable[[Sequence[str]], Mapping[int, Lead]],
    ) -> None:
        """Take the meeting; `leads` gives the strongest lead to each row from displayed names."""
        self.people, self.earlier, self.policy, self.leads = people, earlier, policy, leads
        self.rows = {person: row for row, person in enumerate(people.id)}
        self.names = list(arrivals.names)
        self.keys = {
            pair.key: (list(column(people, pair.people)), list(column(arrivals, pair.arrivals)))
            for pair in PAIRS
            if any(column(people, pair.people))
        }

    def settle(self, case: Case) -> Decision | None:
        """Decide a participant by human word or strong key; None leaves it to the name."""
        return self._by_human(case) or self._by_keys(case)

    def _by_human(self, case: Case) -> Decision | None:
        """Repeat what a human said of this participant in this meeting."""
        at, said = case.arrival_id, self.earlier
        if at in said.ignored:
            return Decision(at, Tier.IGNORED, None, Key.HUMAN, 1.0, (), (Reason("human_ignored"),))
        if at in said.unlisted:
            return Decision(at, Tier.NONE, None, Key.HUMAN, 1.0, (), (Reason("human_unlisted"),))
        row = self.rows.get(said.confirmed[at]) if at in said.confirmed else None
        if row is None:
            return None
        agreeing = tuple(vote.reason for vote in case.trusted if vote.rows == (row,))
        against = tuple(_against(vote) for vote in case.trusted if vote.rows != (row,))
        person = Candidate(self.people.id[row], 1.0, agreeing, against)
        evidence = (Reason("human_confirmed"), *agreeing, *against)
        return Decision(at, Tier.CERTAIN, person.person_id, Key.HUMAN, 1.0, (person,), evidence)

    def _by_keys(self, case: Case) -> Decision | None:
        """Decide by the trusted keys if they agree; a link that went round settles nothing."""
        trusted = case.trusted
        rows = list(dict.fromkeys(vote.rows[0] for vote in trusted))
        if len(rows) > 1:
            named = Reason("keys_disagree", (("keys", _listed(vote.key for vote in trusted)),))
            return self._conflict(case, trusted, (named,))
        if rows:
            return self._one(case, trusted, rows[0])
        links = [vote for vote in case.shared if _went_round(vote, case.rejected)]
        return self._conflict(case, links, ()) if links else None

    def _one(self, case: Case, trusted: list[Vote], row: int) -> Decision:
        """Decide for the one person the keys name, unless only a link does and the name is against it."""
        differs = tuple(self._differences(case.row, row))
        keys = {vote.key for vote in trusted}
        if keys <= self.policy.transferable:
            doubts = (*self._somebody_else(case.row, row), *(r for r in differs if _is_login(r)))
            if doubts:
                return self._conflict(case, trusted, doubts)
        sure = min(_SUREST, 1 - prod(1 - self.policy.sure[key] for key in keys))
        agreeing = (*(vote.reason for vote in trusted), *self._name_agrees(case.row, row))
        against = (*(vote.reason for vote in case.shared), *differs, *case.ruled_out)
        person = Candidate(self.people.id[row], sure, agreeing, against)
        evidence = (*agreeing, *against)
        return Decision(
            case.arrival_id, Tier.CERTAIN, person.person_id, trusted[0].key, sure, (person,), evidence
        )

    def _conflict(self, case: Case, votes: list[Vote], doubts: tuple[Reason, ...]) -> Decision:
        """Lay keys that cannot all be right before a human, with everybody they name."""
        rows = dict.fromkeys(vote.rows[0] for vote in votes)
        weight = 1 / max(2, len(rows))
        named = sorted((str(self.people.id[row]), row) for row in rows)
        candidates = tuple(
            Candidate(
                self.people.id[row],
                weight,
                (*(vote.reason for vote in votes if vote.rows[0] == row), *self._name_agrees(case.row, row)),
                tuple(_against(vote) for vote in votes if vote.rows[0] != row),
            )
            for _, row in named
        )
        evidence = (*doubts, *(vote.reason for vote in case.shared), *case.ruled_out)
        return Decision(case.arrival_id, Tier.CONFLICT, None, votes[0].key, weight, candidates, evidence)

    def _somebody_else(self, arrival: int, row: int) -> Iterator[Reason]:
        """Say that the participant shows somebody else's whole name and not the person's own."""
        found = self.leads(self.names[arrival])
        others = [lead for lead in found.values() if lead.how in self.policy.deciding]
        if others and all(lead.row != row for lead in others):
            yield Reason("name_of_other", (("said", min(lead.name for lead in others)),))

    def _name_agrees(self, arrival: int, row: int) -> tuple[Reason, ...]:
        """Say that the person's name stands in a displayed name."""
        own = fold(self.people.name[row]).strip()
        agrees = len(own) > 1 and any(own in fold(name) for name in self.names[arrival])
        return (Reason("name_agrees"),) if agrees else ()

    def _differences(self, arrival: int, row: int) -> Iterator[Reason]:
        """Say which of the person's keys the participant has otherwise, and which not at all."""
        missing: list[Key] = []
        for key, (listed, carried) in self.keys.items():
            expected, value = listed[row], carried[arrival]
            if expected and not value:
                missing.append(key)
            elif expected and not _same(expected, value):
                yield _differs(key)
        if missing:
            yield _missing(tuple(missing))


@cache
def _differs(key: Key) -> Reason:
    """Say that a key has another value than the list gives the person."""
    return Reason("key_differs", (("key", key.value),))


@cache
def _missing(keys: tuple[Key, ...]) -> Reason:
    """Say which keys the participant came without."""
    return Reason("keys_missing", (("keys", _listed(keys)),))


def _same(expected: str | Sequence[str], value: str) -> bool:
    """Compare a listed value, or any of several, with a participant's."""
    accepted = (expected,) if isinstance(expected, str) else expected
    return value.upper() in {one.upper() for one in accepted}


def _is_login(reason: Reason) -> bool:
    """Tell whether a reason says that another login of the enterprise was used."""
    return reason == _differs(Key.USERID)


def _against(vote: Vote) -> Reason:
    """Say that a key names somebody else."""
    return Reason("key_names_other", (("key", vote.key.value),))


def _went_round(vote: Vote, rejected: frozenset[int]) -> bool:
    """Tell whether a vote is one person's link that several participants used."""
    return vote.key is Key.TAG and len(vote.rows) == 1 and vote.rows[0] not in rejected


def _listed(keys: Iterator[Key] | tuple[Key, ...]) -> str:
    """Join keys for a reason, each once."""
    return ",".join(dict.fromkeys(key.value for key in keys))

