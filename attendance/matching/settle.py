"""Settles participants without weighing names: what humans said, then what strong keys say."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import exp, fsum, log
from typing import NamedTuple

from attendance.matching.columns import column
from attendance.matching.copies import Copies
from attendance.matching.keys import PAIRS, Vote
from attendance.matching.model import Arrivals, Candidate, Decision, Earlier, Id, Key, People, Reason, Tier
from attendance.matching.policy import Policy
from attendance.matching.weigh import Reader


class Case(NamedTuple):
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
        self, people: People, arrivals: Arrivals, earlier: Earlier, policy: Policy, reader: Reader, copies: Copies
    ) -> None:
        """Take the meeting."""
        self.people, self.earlier, self.policy, self.reader, self.copies = people, earlier, policy, reader, copies
        self.rows = {person: row for row, person in enumerate(people.id)}
        self.names = arrivals.names
        self.keys = [
            (pair.key, list(column(people, pair.people)), list(column(arrivals, pair.arrivals)))
            for pair in PAIRS
            if any(column(people, pair.people))
        ]
        self.weights = {key: log(sure / (1 - sure)) for key, sure in policy.sure.items()}
        self._agreeing = {key: Reason("key_agrees", (("key", key.value),), self.weights[key]) for key in self.weights}
        self._told, self._both = cache(_told), cache(_both)
        self._sure: dict[tuple[Key, ...], float] = {}

    def settle(self, case: Case) -> Decision | None:
        """Decide a participant by human word or strong key; None leaves it to the name."""
        return self._by_human(case) or (self._by_keys(case) if case.votes else None)

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
        agreeing = tuple(self._agreeing[vote.key] for vote in case.trusted if vote.rows == (row,))
        against = tuple(self._against(vote) for vote in case.trusted if vote.rows != (row,))
        person = Candidate(self.people.id[row], 1.0, agreeing, against)
        evidence = (Reason("human_confirmed"), *agreeing, *against)
        return Decision(at, Tier.CERTAIN, person.person_id, Key.HUMAN, 1.0, (person,), evidence)

    def _by_keys(self, case: Case) -> Decision | None:
        """Decide by the trusted keys if they agree; a link that went round settles nothing."""
        trusted = case.trusted
        rows = {vote.rows[0] for vote in trusted}
        if len(rows) > 1 and len(self.copies.merged(tuple(rows))) > 1:
            named = Reason("keys_disagree", (("keys", _listed(vote.key for vote in trusted)),))
            return self._conflict(case, trusted, (named,))
        if rows:
            return self._one(case, trusted, trusted[0].rows[0])
        links = [vote for vote in case.shared if _went_round(vote, case.rejected)]
        return self._conflict(case, links, ()) if links else None

    def _one(self, case: Case, trusted: Sequence[Vote], row: int) -> Decision:
        """Decide for the one person the keys name, unless they can be handed on and the name is against it."""
        named = self._name_agrees(case.row, row)
        differs = self._differences(case.row, row)
        keys = dict.fromkeys(vote.key for vote in trusted)
        if named and (second := self.reader.second(self.names[case.row], row)):
            said = "、".join((self.reader.listed.names[row], second))
            return self._conflict(case, trusted, (Reason("two_people", (("said", said),)),))
        if self.policy.transferable.issuperset(keys):
            doubts = () if named else tuple(self._somebody_else(case.row, row))
            if stands := self.reader.stands_in(self.names[case.row], row):
                doubts = (*doubts, Reason("stands_in", (("said", stands),)))
            if len(keys) == 1:
                doubts = (*doubts, *(reason for reason in differs if _is_login(reason)))
            if doubts:
                return self._conflict(case, trusted, doubts)
        agreeing = self._both(tuple([self._agreeing[key] for key in keys]), named)
        against = differs
        if len(case.votes) > len(trusted):
            against = (*(vote.reason for vote in case.shared), *differs, *case.ruled_out)
        sure = self._surety(tuple(keys))
        person = self.people.id[row]
        candidate = Candidate(person, sure, agreeing, against)
        evidence = self._both(agreeing, against)
        return Decision(case.arrival_id, Tier.CERTAIN, person, trusted[0].key, sure, (candidate,), evidence)

    def _surety(self, keys: tuple[Key, ...]) -> float:
        """Give how probable a person is whom keys name together."""
        if keys not in self._sure:
            self._sure[keys] = 1 / (1 + exp(-fsum(self.weights[key] for key in keys)))
        return self._sure[keys]

    def _conflict(self, case: Case, votes: Sequence[Vote], doubts: tuple[Reason, ...]) -> Decision:
        """Lay keys that cannot all be right before a human, with everybody they name and whoever's name is shown.

        Meaning: whose name is shown comes first, then whom more and surer keys name.
        """
        keys: dict[int, float] = {}
        for vote in votes:
            keys[vote.rows[0]] = keys.get(vote.rows[0], 0.0) + self.weights[vote.key]
        shown = self._shown(case, keys)
        rows = sorted(
            {*keys, *shown}, key=lambda row: (row not in shown, -keys.get(row, 0.0), str(self.people.id[row]))
        )
        weight = 1 / max(2, len(rows))
        candidates = tuple(self._named(case, votes, row, weight, shown.get(row)) for row in rows)
        evidence = (*doubts, *(vote.reason for vote in case.shared), *case.ruled_out)
        return Decision(case.arrival_id, Tier.CONFLICT, None, votes[0].key, weight, candidates, evidence)

    def _shown(self, case: Case, keyed: Iterable[int]) -> dict[int, Reason]:
        """Say by which name each person is shown wholly, among few whom a human did not rule out."""
        hits: dict[int, Reason] = {}
        for name in self.names[case.row]:
            for listed, rows in self.reader.whole_names([name]).items():
                told = _AGREES[0] if listed in self.reader.listed.folded(name) else Reason("name_pinyin", (("said", name),))
                hits |= dict.fromkeys(self.copies.persons(rows), told)
        # Somebody entered twice is a candidate once: as the row the keys name.
        one = {copy: row for row in keyed for copy in self.copies.spread([row])}
        found = {one.get(row, row): reason for row, reason in hits.items() if row not in case.rejected}
        found |= {row: _AGREES[0] for row in keyed if self._name_agrees(case.row, row)}
        return found if len(found) <= self.policy.few else {row: found[row] for row in keyed if row in found}

    def _named(self, case: Case, votes: Sequence[Vote], row: int, weight: float, shown: Reason | None) -> Candidate:
        """Lay out somebody keys or the name point to; what the others take is its rivals' weight."""
        # What several participants share proves nothing, and so weighs nothing.
        agreeing = [
            vote.reason._replace(weight=self.weights[vote.key] if vote.trusted else 0.0) for vote in votes if vote.rows[0] == row
        ]
        against = [self._against(vote) for vote in votes if vote.rows[0] != row]
        taken = log(weight / (1 - weight)) - fsum(reason.weight for reason in (*agreeing, *against))
        rivals = Reason("rivals", (), taken)
        named = (shown,) if shown else self._name_agrees(case.row, row)
        return Candidate(self.people.id[row], weight, (*agreeing, *named), (*against, rivals))

    def _against(self, vote: Vote) -> Reason:
        """Say that a key names somebody else."""
        return Reason("key_names_other", (("key", vote.key.value),), -self.weights[vote.key])

    def _somebody_else(self, arrival: int, row: int) -> Iterator[Reason]:
        """Say that the participant shows somebody else's whole name and not the person's own."""
        shown = self.reader.whole_names(self.names[arrival])
        if shown and all(row not in rows for rows in shown.values()):
            yield Reason("name_of_other", (("said", min(shown)),))
        elif not shown and (other := self.reader.stranger(self.names[arrival], row)):
            yield Reason("name_of_stranger", (("said", other),))

    def _name_agrees(self, arrival: int, row: int) -> tuple[Reason, ...]:
        """Say that the person's name stands in a displayed name, which is not that of somebody else (张文, 张文高)."""
        listed = self.reader.listed
        own = listed.names[row].strip()
        if len(own) > 1:
            for name in self.names[arrival]:
                shown = listed.folded(name)
                if own == shown or (own in shown and shown not in listed.index.rows):
                    return _AGREES
        return ()

    def _differences(self, arrival: int, row: int) -> tuple[Reason, ...]:
        """Say which of the person's keys the participant has otherwise, and which not at all."""
        differ: list[Key] = []
        missing: list[Key] = []
        for key, listed, carried in self.keys:
            expected, value = listed[row], carried[arrival]
            if expected and not value:
                missing.append(key)
            elif expected and value != expected and not _same(expected, value):
                differ.append(key)
        return self._told(tuple(differ), tuple(missing))


_AGREES = (Reason("name_agrees"),)


def _both(some: tuple[Reason, ...], others: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Put reasons one after the other; for equal ones they are the same tuple each time."""
    return some + others


def _told(differ: tuple[Key, ...], missing: tuple[Key, ...]) -> tuple[Reason, ...]:
    """Say that keys have other values than the list gives the person, and that some are missing."""
    reasons = [Reason("key_differs", (("key", key.value),)) for key in differ]
    if missing:
        reasons.append(Reason("keys_missing", (("keys", _listed(missing)),)))
    return tuple(reasons)


def _same(expected: str | Sequence[str], value: str) -> bool:
    """Compare a listed value, or any of several, with a participant's."""
    if isinstance(expected, str):
        return value.upper() == expected.upper()
    return value in expected or value.upper() in {one.upper() for one in expected}


def _is_login(reason: Reason) -> bool:
    """Tell whether a reason says that another login of the enterprise was used."""
    return reason == ("key_differs", (("key", Key.USERID.value),), 0.0)


def _went_round(vote: Vote, rejected: frozenset[int]) -> bool:
    """Tell whether a vote is one person's link that several participants used."""
    return vote.key is Key.TAG and len(vote.rows) == 1 and vote.rows[0] not in rejected


def _listed(keys: Iterable[Key]) -> str:
    """Join keys for a reason, each once."""
    return ",".join(dict.fromkeys(key.value for key in keys))
