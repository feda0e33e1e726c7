"""The matching core: who of the expected persons each participant is, and why."""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attendance.matching.byname import ByName
from attendance.matching.columns import check
from attendance.matching.comers import Comers
from attendance.matching.copies import Copies
from attendance.matching.keys import votes
from attendance.matching.listed import Listed
from attendance.matching.model import Arrivals, Decision, Earlier, Id, People, Result, Tier
from attendance.matching.policy import STRICT, Policy
from attendance.matching.settle import Case, Settler
from attendance.matching.weigh import Reader

_NOTHING = Earlier()


def decide(
    people: People, arrivals: Arrivals, earlier: Earlier = _NOTHING, policy: Policy = STRICT
) -> Result:
    """Decide for every participant of an occurrence which expected person it is, with evidence.

    Shape: columns in; one Decision for each arrival, in the order of the arrivals.
    Meaning: what humans said comes first, then the strong keys, then the displayed names of all that is
    left.
    Guarantee: pure; the same decisions for every order of people and arrivals; one person at most for a
    participant; a person set only where the tier is certain; a pair a human rejected is never proposed.
    Raises: ValueError for a column of the wrong length or an id that occurs twice.
    """
    _check_ids(people.id, "People")
    _check_ids(arrivals.id, "Arrivals")
    check(people)
    check(arrivals)
    with _collector_off():
        decisions = tuple(_decisions(people, arrivals, earlier, policy))
    tiers = Counter(decision.tier for decision in decisions)
    return Result(decisions, {tier: tiers[tier] for tier in Tier}, policy.version)


def _decisions(people: People, arrivals: Arrivals, earlier: Earlier, policy: Policy) -> list[Decision]:
    """Settle what humans and keys settle, then weigh the names of the rest together."""
    copies = Copies(people)
    listed = Listed(people, policy, copies)
    listed.prepare(name for names in arrivals.names for name in names)
    reader = Reader(listed)
    settler = Settler(people, arrivals, earlier, policy, reader, copies)
    cases = _cases(people, arrivals, earlier, copies)
    settled = {case.row: decision for case in cases if (decision := settler.settle(case))}
    rows = settler.rows
    here: dict[int, list[int]] = defaultdict(list)
    for at, one in settled.items():
        for row in copies.spread([rows[one.person_id]]) if one.person_id is not None else ():
            here[row].append(at)
    left = [case for case in cases if case.row not in settled]
    known = {vote.key for case in cases for vote in case.votes if vote.trusted}
    comers = Comers(people, arrivals, known, here.keys(), policy)
    named = ByName(people, arrivals, policy, reader, comers, here).decide(left)
    settled.update(zip((case.row for case in left), named, strict=True))
    reader.forget()
    return [settled[row] for row in range(len(arrivals))]


def _cases(people: People, arrivals: Arrivals, earlier: Earlier, copies: Copies) -> list[Case]:
    """Put every participant's votes together with the persons a human ruled out."""
    cast = votes(people, arrivals, earlier, copies)
    rows = {person: row for row, person in enumerate(people.id)} if earlier.rejected else {}
    ruled_out: dict[Id, set[int]] = defaultdict(set)
    for arrival, person in earlier.rejected:
        if person in rows:
            ruled_out[arrival].add(rows[person])
    return [
        Case(row, arrival, cast.get(row, ()), frozenset(ruled_out.get(arrival, ())))
        for row, arrival in enumerate(arrivals.id)
    ]


def _check_ids(ids: Sequence[Id], table: str) -> None:
    """Refuse a table in which an id occurs twice: its decisions could not be told apart."""
    repeated = [one for one, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"{table}.id holds {len(repeated)} ids more than once")


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the garbage collector out: nothing here makes cycles, and it takes a third of the time.

    What was made is put among what is old already, lest the collector goes through all of it the moment it is back.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
