"""Estimates how many strangers carry a name: from the list, smoothed by what is common in general."""

from collections import Counter
from collections.abc import Iterable

from attendance.matching.policy import How
from portal.names import is_han, split, surnames

# What is assumed before the list speaks, and how many list rows that assumption weighs.
_UNKNOWN_SURNAME = 0.0003
_GIVEN_CHARACTER = 0.004
_WORD = 0.001
_WEIGHT = 200
# A Chinese syllable without tone is shared by about this many characters that people use in given names.
_SAME_SOUND = 5.0
_GIVEN_LENGTH = {0: 0.001, 1: 0.14, 2: 0.84}
_LONG_GIVEN = 0.01
_INITIAL = 0.07
_RAREST = 1e-9


class Rarity:
    """How rare the names of one list are."""

    def __init__(self, names: Iterable[str], clumping: float) -> None:
        """Count the surnames and the characters of given names of a list, each listed row once."""
        self.clumping = clumping
        self._whole: Counter[str] = Counter(names)
        self._total = sum(self._whole.values())
        self._surnames: Counter[str] = Counter()
        self._given: Counter[str] = Counter()
        for name, times in self._whole.items():
            if is_han(name):
                surname, given = split(name)
                self._surnames[surname] += times
                self._given.update({character: given.count(character) * times for character in given})
        self._surname_total = sum(self._surnames.values())
        self._given_total = sum(self._given.values())

    def of(self, name: str) -> float:
        """Give the share of strangers who carry a name."""
        if not is_han(name):
            return max(_WORD * _WORD, self._repeated(name))
        surname, given = split(name)
        share = self.clumping * self._surname(surname) * self._given_name(given)
        return max(_RAREST, share, self._repeated(name))

    def shown(self, name: str, how: How, said: str) -> float:
        """Give the share of strangers who would show what was shown, when it was read as a listed name."""
        if how in (How.EXACT, How.TITLED, How.PART, How.FRAGMENT, How.NONE) or not is_han(name):
            return self.of(name)
        surname, given = split(name)
        if how in (How.PINYIN, How.HOMOPHONE):
            return self.of(name) * _SAME_SOUND ** len(given)
        if how is How.TYPO:
            return self.of(said) / _GIVEN_CHARACTER
        if how is How.GIVEN:
            return self._given_name(given)
        if how is How.SURNAME:
            return self._surname(surname)
        spelled = len(said) > len(given) + 1
        return (self._surname(surname) if spelled else _INITIAL) * _INITIAL ** len(given)

    def _repeated(self, name: str) -> float:
        """Give how often the list itself repeats a name beyond its first bearer."""
        return (self._whole[name] - 1) / self._total if self._whole[name] > 1 else 0.0

    def _surname(self, surname: str) -> float:
        """Give the smoothed share of a surname."""
        general = surnames().get(surname, ((), _UNKNOWN_SURNAME))[1]
        return (self._surnames[surname] + _WEIGHT * general) / (self._surname_total + _WEIGHT)

    def _given_name(self, given: str) -> float:
        """Give the smoothed share of a given name: its length and its characters."""
        share = _GIVEN_LENGTH.get(len(given), _LONG_GIVEN)
        for character in given:
            share *= (self._given[character] + _WEIGHT * _GIVEN_CHARACTER) / (self._given_total + _WEIGHT)
        return share
