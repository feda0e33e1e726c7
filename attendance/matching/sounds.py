"""Finds listed Chinese names by their sound: in pinyin, by initials, and by names that sound the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    surnames: tuple[str, ...]
    givens: tuple[str, ...]


class Sounds:
    """The names of one list by sound; the two halves of a name are indexed apart, when first asked for."""

    def __init__(self, parts: Sequence[tuple[str, str]]) -> None:
        """Take the list's names, split."""
        self._parts = parts
        self.hear = cache(self._hear)

    @cached_property
    def _names(self) -> frozenset[str]:
        """Collect the names."""
        return frozenset(surname + given for surname, given in self._parts)

    @cached_property
    def _surnames(self) -> Mapping[str, tuple[str, ...]]:
        """Surnames by their spellings."""
        return _grouped(
            (spelled, surname) for surname in {first for first, _ in self._parts} for spelled in surname_spellings(surname)
        )

    @cached_property
    def _givens(self) -> Mapping[str, tuple[str, ...]]:
        """Given names by their spellings."""
        return _grouped(
            (spelled, given) for given in {last for _, last in self._parts} for spelled in given_spellings(given)
        )

    @cached_property
    def _initials(self) -> Mapping[str, tuple[str, ...]]:
        """Given names by their initials."""
        return _grouped((initials("", given), given) for given in {last for _, last in self._parts} if len(given) > 1)

    def _hear(self, word: str) -> tuple[Heard, ...]:
        """Hear a joined word as surname and given name of the list, in every way; some name nobody together."""
        ways = dict.fromkeys(_halves(word))
        heard = (self._heard(first, last) for first, last in ways)
        return tuple(one for one in heard if one.surnames and one.givens)

    def _heard(self, first: str, last: str) -> Heard:
        """Hear a surname and a given name in two halves of a word."""
        surnames, givens = self._surnames.get(first, ()), self._givens.get(last, ())
        return Heard(self._known(surnames, givens) if surnames and givens else (), surnames, givens)

    def abbreviated(self, word: str) -> Iterator[str]:
        """Give the names a word may be the initials of: zxm, zhangxm, xmzhang."""
        for first, last in _halves(word):
            if last in self._initials and first in self._surnames:
                yield from self._known(self._surnames[first], self._initials[last])
        if len(word) in (2, 3, 4):
            surnames = [one for spelled, ones in self._surnames.items() if spelled[0] == word[0] for one in ones]
            yield from self._known(sorted(set(surnames)), self._initials.get(word[1:], ()))

    def alike(self, name: str) -> tuple[str, ...]:
        """Give the other names that sound the same, of this surname or one that is written for it."""
        surname, given = split(name)
        families = [surname, *_VARIANTS.get(surname, ())]
        same = {other for spelled in given_spellings(given) for other in self._givens.get(spelled, ())}
        return tuple(sorted(set(self._known(families, sorted(same))) - {name}))

    def _known(self, surnames: Sequence[str], givens: Sequence[str]) -> tuple[str, ...]:
        """Give those names of these surnames and given names that the list has."""
        return tuple(name for first in surnames for last in givens if (name := first + last) in self._names)


def _halves(word: str) -> Iterator[tuple[str, str]]:
    """Cut a word into surname and given name, surname first and surname last."""
    for size in range(1, min(_LONGEST_SURNAME, len(word) - 1) + 1):
        yield word[:size], word[size:]
        yield word[-size:], word[:-size]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Collect the values of each key, each once and in one order."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: tuple(sorted(values)) for key, values in found.items()}
