"""Phone hashes (identity file 8.4): which ones a list's numbers may have, and whether they say anything in a meeting."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from attendance.matching import Arrivals, People
from portal.phones import Phone

HOME_AREA = "86"
# What is kept of a hash that nobody carries: whole, those of a hundred thousand people would be fifty megabytes.
SHORT = 10
_WRITTEN = re.compile("[0-9A-F]{64}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into a hash beside the number: the SecretIds it may have been made with, and what stands before it."""

    secrets: Sequence[str]
    prefixes: Sequence[str]

    def digests(self, phone: Phone) -> list[bytes]:
        """Give every hash under which the platform may show a number, as bytes: writing them out takes as long as making them."""
        area, national = phone.area, phone.national
        fronts = self.prefixes if area == HOME_AREA else [each.replace(HOME_AREA, area) for each in self.prefixes]
        return [sha256(f"{front}{national}/{secret}".encode()).digest() for secret in self.secrets for front in fronts]

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
    carried = {bytes.fromhex(each): each for each in seen if _WRITTEN.fullmatch(each)}
    accepted = [_kept(each, recipe, carried) for each in numbers] if carried and recipe.secrets else ()
    if not seen & void and all(seen.isdisjoint(row) for row in accepted):
        return people, replace(arrivals, phone_hash=())
    told = ["" if each in void else each for each in arrivals.phone_hash]
    return replace(people, phone_hashes=accepted), replace(arrivals, phone_hash=told)


def _kept(numbers: Iterable[Phone], recipe: Recipe, carried: Mapping[bytes, str]) -> tuple[str, ...]:
    """Give a person's hashes that somebody carries; where nobody does, the beginning of one still tells phones apart."""
    digests = [each for phone in numbers for each in recipe.digests(phone)]
    return tuple(carried[each] for each in digests if each in carried) or tuple(map(_beginning, digests[:1]))


def _beginning(digest: bytes) -> str:
    return digest[: SHORT // 2].hex().upper()


def _hash(number: str, secret_id: str) -> str:
    return sha256(f"{number}/{secret_id}".encode()).hexdigest().upper()
