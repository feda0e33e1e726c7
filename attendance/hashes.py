"""Phone hashes (identity file 8.4): which ones a list's numbers may have, and whether they say anything in a meeting."""

import hashlib
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from attendance.matching import Arrivals, People
from portal.phones import Phone

HOME_AREA = "86"
# What is kept of a hash that nobody carries: whole, those of a hundred thousand people would be fifty megabytes.
SHORT = 10


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into a hash beside the number: the SecretIds it may have been made with, and what stands before it."""

    secrets: Sequence[str]
    prefixes: Sequence[str]

    def hashes(self, phone: Phone) -> list[str]:
        """Give every hash under which the platform may show a number."""
        area, national = phone.area, phone.national
        fronts = self.prefixes if area == HOME_AREA else [each.replace(HOME_AREA, area) for each in self.prefixes]
        return [_hash(front + national, secret) for secret in self.secrets for front in fronts]

    @property
    def void(self) -> frozenset[str]:
        """The hashes of no number at all, which many people share."""
        return frozenset(_hash(prefix, secret) for prefix in {"", *self.prefixes} for secret in self.secrets)


def compared(
    people: People, arrivals: Arrivals, numbers: Iterable[Iterable[Phone]], recipe: Recipe
) -> tuple[People, Arrivals]:
    """Put in the hashes of the list's numbers, or take out the participants' where not a single one is known.

    Shape: `numbers` has the numbers of each person, in the order of the list. Meaning: the platform may have used a
    secret nobody here has (every grant's, identity file 8.4): then hashes say nothing, and "the phone differs" would be
    said of everybody.
    """
    void, seen = recipe.void, set(arrivals.phone_hash) - {""}
    accepted = [_kept(each, recipe, seen) for each in numbers] if seen and recipe.secrets else ()
    if not seen & void and all(seen.isdisjoint(row) for row in accepted):
        return people, replace(arrivals, phone_hash=())
    told = ["" if each in void else each for each in arrivals.phone_hash]
    return replace(people, phone_hashes=accepted), replace(arrivals, phone_hash=told)


def _kept(numbers: Iterable[Phone], recipe: Recipe, seen: Set[str]) -> tuple[str, ...]:
    """Give a person's hashes that somebody carries; where nobody does, the beginning of one still tells phones apart."""
    hashes = [each for phone in numbers for each in recipe.hashes(phone)]
    return tuple(each for each in hashes if each in seen) or tuple(each[:SHORT] for each in hashes[:1])


def _hash(number: str, secret_id: str) -> str:
    return hashlib.sha256(f"{number}/{secret_id}".encode()).hexdigest().upper()
