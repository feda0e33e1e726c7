"""Turns the likelihood ratios of a whole meeting into probabilities: walk-ins estimated, rivals on both sides counted."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import exp, fsum, log1p

from attendance.matching.policy import Policy

_LEAST, _MOST = 0.02, 0.98
# A claim of lower odds changes nobody's chances by as much as a hundredth.
_LIGHT = 0.01
# Beyond this exponent a float overflows, and nothing changes any more.
_HUGE = 500.0

Odds = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Prior:
    """What was to be expected of a participant before the name was seen.

    Meaning: `odds` that it is one given person of the list not found yet, against a stranger; `again`
    that it is one more participant of a given person who was; `second` how much less likely that is.
    """

    odds: float
    again: float
    second: float


def prior(sums: Sequence[float], free: int, policy: Policy, expected: float, among: int) -> tuple[Prior, float]:
    """Estimate who came, by a few rounds of expectation and maximisation.

    Shape: for each participant the likelihood ratios of the free persons added up; `free` persons not
    found yet; `expected` share of walk-ins before the participants speak; `among` how many participants there are of
    whom these are a kind. Gives the share found, too.
    """
    share, weight, free = expected, policy.walk_in_weight, max(free, 1)
    for _ in range(policy.rounds):
        odds = (1 - share) / (share * free)
        strangers = fsum([1 / (1 + odds * total) for total in sums])
        share = (strangers + weight * expected) / (len(sums) + weight)
        share = min(max(share, _LEAST), _MOST)
    among = max(1, among)
    rate = min(1.0, (1 - share) * among / free)
    second = min(1.0, policy.second_device / rate)
    return Prior((1 - share) / (share * free), policy.second_device / (share * among), second), share


class Claims:
    """The odds of all participants, and how the claims on one row weaken each other.

    Meaning: a participant is one person at most. A person is one participant, and each further one with
    the odds of a second device. Messages go to and fro between participants and contested rows, which
    is exact where the claims form no circle.
    """

    def __init__(self, odds: Sequence[Odds], second: Sequence[float], taken: AbstractSet[int], policy: Policy) -> None:
        """Take odds against being a stranger; `taken` rows have a participant already and are not contested."""
        self.odds, self.second = odds, second
        self.contested = _contested(odds, taken)
        self._rivals = {at for claimants in self.contested.values() for at in claimants}
        self._left: dict[tuple[int, int], float] = {}
        rows: Collection[int] = self.contested
        for _ in range(policy.sweeps):
            self._left |= self._sweep(rows)
            rows = [row for row in rows if any(len(odds[at]) > 1 for at in self.contested[row])]

    def chances(self, at: int) -> dict[int, float]:
        """Give how probable each row is for a participant."""
        claims = self._claims(at)
        total = 1 + _sum(claims)
        return {row: claim / total for row, claim in claims.items()}

    def _claims(self, at: int) -> Odds:
        """Give the odds of a participant's rows, as far as other participants leave them."""
        rows = self.odds[at]
        if at not in self._rivals:
            return rows
        return {row: odd * self._left.get((at, row), 1.0) for row, odd in rows.items()}

    def _sweep(self, rows: Collection[int]) -> dict[tuple[int, int], float]:
        """Let contested rows tell each claimant how much the others leave of them.

        Meaning: what claimants of one row alone say to it never changes.
        """
        weighed = {at: self._claims(at) for at in {at for row in rows for at in self.contested[row]}}
        totals = {at: 1 + _sum(claims) for at, claims in weighed.items()}
        told = {}
        for row in rows:
            claimants = self.contested[row]
            second = min([self.second[at] for at in claimants])
            logs = [
                log1p(second * self.odds[at][row] / max(1.0, totals[at] - weighed[at][row])) for at in claimants
            ]
            total = fsum(logs)
            for at, own in zip(claimants, logs, strict=True):
                others = exp(min(total - own, _HUGE))
                told[at, row] = others / (1 + (others - 1) / second)
        return told


def _sum(claims: Odds) -> float:
    """Add up the odds of a participant's rows."""
    return next(iter(claims.values())) if len(claims) == 1 else fsum(claims.values())


def _contested(odds: Sequence[Odds], taken: AbstractSet[int]) -> dict[int, list[int]]:
    """Give the rows that several participants claim with some weight, with these participants."""
    first: dict[int, int] = {}
    found: dict[int, list[int]] = {}
    for at, rows in enumerate(odds):
        for row, odd in rows.items():
            if odd >= _LIGHT and row not in taken and first.setdefault(row, at) != at:
                found.setdefault(row, [first[row]]).append(at)
    return found
