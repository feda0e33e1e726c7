"""Finds listed Chinese names by their sound: in pinyin, by initials, and by names that sound the same."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from portal.names import given_spellings, initials, split, surname_spellings, surnames, syllables

# Surnames that are written with either character by the same families, or by those who type for them.
_VARIANTS = {
    character: pair.replace(character, "")
    for pair in ("肖萧", "付傅", "代戴", "闫阎", "丘邱", "仝同", "晏宴", "侯候", "蓝兰")
    for character in pair
}
_LONGEST_SURNAME = 9
# How often a name written in one word ends with the surname, for each time it begins with it.
_LAST = 0.1


class Heard(NamedTuple):
    """One way to hear a surname and a given name: who it may be, all who sound so, and what was said.

    Shape: `givens` are those of the list; `size` is how many characters the given name has; `said` has both halves;
    `usual` is how often people write so for each time they write the surname first.
    """

    names: tuple[str, ...]
    surnames: Sequence[str]
    givens: Sequence[str]
    size: int
    said: tuple[str, str]
    usual: float


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
        """Surnames by their spellings: those of the list, and all that are common."""
        return _grouped(sorted({*self._families, *surnames()}), surname_spellings)

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

    def _hear(self, said: str) -> tuple[Heard, ...]:
        """Hear words as surname and given name in every way; some are nobody's of the list, but may be a stranger's.

        Meaning: where several words are said, the surname ends or begins with one of them.
        """
        whole = " " not in said
        cuts = {(first, last): not whole or said == first + last for first, last in _cuts(said)}
        found = [self._heard(*cut, 1.0 if usual else _LAST) for cut, usual in cuts.items()]
        return tuple([heard for heard in found if heard])

    def _heard(self, first: str, last: str, usual: float) -> Heard | None:
        """Hear a surname and a given name, if they can be one."""
        families = self._surnames.get(first, ())
        givens = sorted(self._givens.get(last, ())) if families else ()
        size = len(givens[0]) if givens else len(syllables(last)) if families else 0
        return Heard(self._known(families, givens), families, givens, size, (first, last), usual) if size else None

    def abbreviated(self, word: str) -> Iterator[str]:
        """Give the names a word may be the initials of: zxm, zhangxm, xmzhang."""
        for first, last in _halves(word):
            if last in self._initials and first in self._surnames:
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


def _cuts(said: str) -> Iterator[tuple[str, str]]:
    """Cut what is said into surname and given name, between its words if there are several."""
    words = said.split()
    if len(words) == 1:
        yield from _halves(said)
    for size in range(1, len(words)):
        head, rest = "".join(words[:size]), "".join(words[size:])
        yield head, rest
        yield rest, head


def _halves(word: str) -> Iterator[tuple[str, str]]:
    """Cut a word into surname and given name, surname first and surname last."""
    for size in range(1, min(_LONGEST_SURNAME, len(word) - 1) + 1):
        yield word[:size], word[size:]
        yield word[-size:], word[:-size]


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
