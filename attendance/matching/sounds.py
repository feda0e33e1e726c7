"""Finds listed Chinese names by their sound: in pinyin, by initials, and by names that sound the same."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from portal.names import given_spellings, initials, split, surname_spellings

# Surnames that are written with either character by the same families, or by those who type for them.
_VARIANTS = {
    character: pair.replace(character, "")
    for pair in ("肖萧", "付傅", "代戴", "闫阎", "丘邱", "仝同", "晏宴", "侯候", "蓝兰")
    for character in pair
}
_LONGEST_SURNAME = 9


class Heard(NamedTuple):
    """One way to hear a surname and a given name in a word: who it may be, and all who sound so."""

    names: tuple[str, ...]
    surnames: Sequence[str]
    givens: Sequence[str]


class Sounds:
    """The names of one list by sound; the two halves of a name are indexed apart, when first asked for."""

    def __init__(self, names: Collection[str], parts: Sequence[tuple[str, str]]) -> None:
        """Take the list's names, and the Chinese ones among them split."""
        self._names, self._parts = names, parts
        self.hear = cache(self._hear)

    @cached_property
    def _families(self) -> list[str]:
        """Collect the surnames in one order."""
        return sorted({first for first, _ in self._parts})

    @cached_property
    def _surnames(self) -> Mapping[str, Sequence[str]]:
        """Surnames by their spellings."""
        return _grouped(self._families, surname_spellings)

    @cached_property
    def _givens(self) -> Mapping[str, Sequence[str]]:
        """Given names by their spellings."""
        return _grouped({last for _, last in self._parts}, given_spellings)

    @cached_property
    def _initials(self) -> Mapping[str, Sequence[str]]:
        """Given names by their initials."""
        return _grouped({last for _, last in self._parts if len(last) > 1}, lambda given: (initials("", given),))

    @cached_property
    def _by_letter(self) -> Mapping[str, Sequence[str]]:
        """Surnames by the first letters of their spellings."""
        return _grouped(self._families, lambda surname: [way[0] for way in surname_spellings(surname)])

    def _hear(self, word: str) -> tuple[Heard, ...]:
        """Hear a joined word as surname and given name of the list, in every way; some name nobody together."""
        families, lasts = self._surnames, self._givens
        ways = [each for each in _halves(word, families) if each[1] in lasts]
        known = [(families[first], sorted(lasts[last])) for first, last in dict.fromkeys(ways)]
        return tuple([Heard(self._known(*each), *each) for each in known])

    def abbreviated(self, word: str) -> Iterator[str]:
        """Give the names a word may be the initials of: zxm, zhangxm, xmzhang."""
        for first, last in _halves(word, self._surnames):
            if last in self._initials:
                yield from self._known(self._surnames[first], sorted(self._initials[last]))
        if len(word) in (2, 3, 4):
            yield from self._known(self._by_letter.get(word[0], ()), sorted(self._initials.get(word[1:], ())))

    def alike(self, name: str) -> tuple[str, ...]:
        """Give the other names that sound the same, of this surname or one that is written for it."""
        surname, given = split(name)
        families = [surname, *_VARIANTS.get(surname, ())]
        same = {name for spelled in given_spellings(given) for name in self._known(families, self._givens.get(spelled, ()))}
        return tuple(sorted(same - {name}))

    def _known(self, surnames: Sequence[str], givens: Sequence[str]) -> tuple[str, ...]:
        """Give those names of these surnames and given names that the list has."""
        known = self._names
        return tuple([name for first in surnames for last in givens if (name := first + last) in known])


def _halves(word: str, surnames: Container[str]) -> list[tuple[str, str]]:
    """Cut a word into a known surname and a given name, surname first and surname last."""
    found = []
    for size in range(1, min(_LONGEST_SURNAME, len(word) - 1) + 1):
        if (first := word[:size]) in surnames:
            found.append((first, word[size:]))
        if (last := word[-size:]) in surnames:
            found.append((last, word[:-size]))
    return found


def _grouped(values: Iterable[str], keys: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """Collect the distinct values of each key."""
    found: dict[str, list[str]] = {}
    for value in values:
        for key in keys(value):
            held = found.get(key)
            if held is None:
                found[key] = [value]
            elif held[-1] != value:
                held.append(value)
    return found
