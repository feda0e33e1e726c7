"""Estimates how many strangers carry a name: from the list, smoothed by what is common in general."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from math import fsum

from attendance.matching.policy import Policy
from portal.names import is_han, looks_named, split, split_all, surnames

# What is assumed before the list speaks, and how many list rows that assumption weighs.
_UNKNOWN_SURNAME = 0.0003
_GIVEN_CHARACTER = 0.002
_WORD = 0.001
_WEIGHT = 200
_GIVEN_LENGTH = {0: 0.001, 1: 0.14, 2: 0.84}
_LONG_GIVEN = 0.01
_INITIAL = 0.07
_LONG = 4
# What pinyin without tones hides: a syllable is one of about this many that given names are made of.
_SYLLABLE = 0.01
_RAREST = 1e-9
_SAMPLE = 4_000


class Rarity:
    """How rare the names of one list are among people in general.

    Meaning: a name is as frequent as its surname times its given name, and a given name as the list
    counts it, discounted for chance, and for the rest as its characters are. How much oftener names
    repeat than that is measured on the list itself, by how many of its people share a name.
    """

    def __init__(self, counts: Mapping[str, int], policy: Policy) -> None:
        """Take the list's names with the number of people who carry each."""
        self.policy = policy
        self._whole = {name: times for name, times in counts.items() if is_han(name)}
        self._others = counts
        self._total = max(1, sum(self._whole.values()))
        families, givens = self._parts()
        self._surnames, self._givens = Counter(families), Counter(givens)
        self._characters, self._unwritten = _shares(Counter("".join(givens)))
        self.of, self.surname, self.given = cache(self._of), cache(self._surname), cache(self._given)
        self._discount = _discount(self._givens.values())
        # The people whose given name the list could not have told beforehand, and some more for a short list.
        self._novel = self._discount * len(self._givens) + _WEIGHT

    def _parts(self) -> tuple[list[str], list[str]]:
        """List the surnames and the given names of everybody whose name is Chinese."""
        repeated = [name for name, times in self._whole.items() for _ in range(times - 1)]
        parts = split_all((*self._whole, *repeated))
        return [surname for surname, _ in parts], [given for _, given in parts]

    def _of(self, name: str) -> float:
        """Give the share of strangers who carry a name of the list."""
        if not is_han(name):
            return max(_WORD * _WORD, (self._others.get(name, 1) - 1) / self._total)
        once, again = self._clumping
        others = max(0, self._whole.get(name, 0) - 1)
        return max(_RAREST, once * self.expected(name) + again * others / self._total)

    def expected(self, name: str) -> float:
        """Give the share of strangers expected to carry a name by its parts."""
        surname, given = split(name)
        share = self.surname(surname) * self.given(given)
        # What is longer has no surname: its parts are whole names, which many people carry.
        return share if len(name) < _LONG or looks_named(name) else max(share, _WORD * _WORD)

    @cached_property
    def _clumping(self) -> tuple[float, float]:
        """Measure how much oftener names repeat than their parts suggest, and how much a repeated name will again.

        Meaning: by Good and Turing the next person carries a name of one bearer as often as people stand in
        pairs, and a name of two as often as people stand in threes.
        """
        weight = self.policy.clumping_weight
        first, second, third = (self._carried(times) for times in (1, 2, 3))
        share = self._share(first)
        once = (2 * len(second) + weight * self.policy.clumping) / (share * self._total + weight)
        beyond = 3 * len(third) - once * self._share(second) * self._total
        again = (beyond + weight / 2) / (len(second) + weight)
        return once, min(1.0, max(0.05, again))

    def _carried(self, times: int) -> list[str]:
        """List the names that so many people carry."""
        return [name for name, count in self._whole.items() if count == times]

    def _share(self, names: list[str]) -> float:
        """Add up the shares expected for names, from a sample of them where they are many."""
        step = max(1, len(names) // _SAMPLE)
        sample = [name for name in names if ord(name[-1]) % step == 0]
        return fsum(map(self.expected, sample)) * len(names) / max(1, len(sample))

    def _surname(self, surname: str) -> float:
        """Give the share of a surname."""
        general = surnames().get(surname, ((), _UNKNOWN_SURNAME))[1]
        return (max(0.0, self._surnames.get(surname, 0) - 0.5) + _WEIGHT * general) / (self._total + _WEIGHT)

    def _given(self, given: str) -> float:
        """Give the share of a given name."""
        counted = max(0.0, self._givens.get(given, 0) - self._discount)
        return (counted + self._novel * self._by_characters(given)) / (self._total + _WEIGHT)

    def sounds(self, family: Iterable[str], givens: Iterable[str], syllables: int) -> float:
        """Give the share of strangers whose name sounds like one of these surnames with one of these given names."""
        first = fsum(map(self.surname, family))
        heard = fsum([max(0.0, self._givens[given] - self._discount) for given in givens])
        base = _GIVEN_LENGTH.get(syllables, _LONG_GIVEN) * _SYLLABLE**syllables
        last = (heard + self._novel * base) / (self._total + _WEIGHT)
        return max(_RAREST, self._clumping[0] * first * last)

    def initials(self, surname: str, given: str, *, spelled: bool) -> float:
        """Give the share of strangers with the same initials, of the given name alone where the surname is spelled."""
        return (self.surname(surname) if spelled else _INITIAL) * _INITIAL ** len(given)

    def _by_characters(self, given: str) -> float:
        """Give the share of a given name by its length and its characters."""
        share, known, unknown = _GIVEN_LENGTH.get(len(given), _LONG_GIVEN), self._characters, self._unwritten
        for character in given:
            share *= known.get(character, unknown)
        return share


def _shares(characters: Counter[str]) -> tuple[dict[str, float], float]:
    """Give the share of each character among those of given names, and that of one which the list does not hold."""
    total, assumed = characters.total() + _WEIGHT, _WEIGHT * _GIVEN_CHARACTER
    shares = {character: (max(0.0, times - 0.5) + assumed) / total for character, times in characters.items()}
    return shares, assumed / total


def _discount(counts: Iterable[int]) -> float:
    """Give what each count owes to chance: nearly all of one where things hardly repeat."""
    times = Counter(counts)
    return (times[1] + 1) / (times[1] + 2 * times[2] + 1)
