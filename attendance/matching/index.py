"""Finds listed names for a displayed one by dictionaries; no pair of names is ever compared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from attendance.matching.policy import How
from portal.names import (
    Shown,
    fold,
    given_spellings,
    initials,
    is_filler,
    is_han,
    is_place,
    is_title,
    looks_organisational,
    peel,
    read,
    spellings,
    split,
    surname_spellings,
)

# Surnames that are written with either character by the same families, or by those who type for them.
_VARIANTS = set(map(frozenset, ("肖萧", "付傅", "代戴", "闫阎", "丘邱", "仝同", "晏宴", "侯候", "蓝兰")))
_PARTS = (4, 3, 2)
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed name that a displayed one leads to: how, by which part of it, and what else stands there."""

    name: str
    how: How
    said: str
    rest: tuple[str, ...] = ()


def listed_names(name: str) -> tuple[str, ...]:
    """Give the names a list cell holds: its Chinese name without titles and places, and its Latin one joined.

    Shape: "张三" gives ("张三",); "张三（北京） Sam Zhang" gives ("张三", "samzhang", "zhangsam").
    """
    plain = fold(name)
    if 2 <= len(plain) <= 4 and plain.isalpha() and all(map(is_han, plain)):
        return (plain,)
    shown = read(name)
    runs = (run for run in shown.runs if not (is_place(run) or is_title(run) or looks_organisational(run)))
    bare = dict.fromkeys(_whole(run) for run in runs)
    return (*bare, *(_orders(shown.words) if shown.words else ()))


class NameIndex:
    """The names of a list, ready to be looked up in every way people write them."""

    def __init__(self, names: Iterable[str]) -> None:
        """Read the list's names; the costlier dictionaries are made when first needed."""
        self.names = [listed_names(name) for name in names]
        self.rows: dict[str, list[int]] = defaultdict(list)
        for row, held in enumerate(self.names):
            for name in held:
                self.rows[name].append(row)
        self.rows.default_factory = None

    def find(self, shown: Shown) -> tuple[Hit, ...]:
        """Find the listed names a displayed name may mean.

        Guarantee: whole names first; the doubtful ways (homophone, one character off, given name or
        surname alone, initials) are tried only where no whole name was found; each listed name comes
        once.
        """
        hits = list(chain(self._in_runs(shown), self._in_words(shown)))
        if not hits:
            hits = list(chain(self._doubtful_runs(shown), self._doubtful_words(shown)))
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.name, hit)
        return tuple(best.values())

    # Whole names

    def _in_runs(self, shown: Shown) -> Iterator[Hit]:
        """Look every run up as it is, without what stands around it, then its beginning and end."""
        for place, run in enumerate(shown.runs):
            others = (*shown.runs[:place], *shown.runs[place + 1 :], *shown.words)
            yield from self._whole_run(run, others) or self._part_of_run(run, others)

    def _whole_run(self, run: str, others: tuple[str, ...]) -> list[Hit]:
        """Look a run up, first as it is, then with titles and places taken off."""
        for bare, taken in peel(run):
            if bare in self.rows:
                return [Hit(bare, How.TITLED if taken else How.EXACT, bare, (*taken, *others))]
        return []

    def _part_of_run(self, run: str, others: tuple[str, ...]) -> Iterator[Hit]:
        """Look up the beginning and the end of a run; at least two characters must be left over."""
        bare, taken = list(peel(run))[-1]
        for left in dict.fromkeys((run, bare)):
            around = (*(taken if left != run else ()), *others)
            found = False
            for size in _PARTS:
                if found or len(left) - size < 2:
                    continue
                for part, rest in ((left[-size:], left[:-size]), (left[:size], left[size:])):
                    if part in self.rows:
                        found = True
                        yield Hit(part, self._part_kind(rest), part, (rest, *around))

    def _part_kind(self, rest: str) -> How:
        """Tell a name beside something known from a fragment that may be chance."""
        known = looks_organisational(rest) or is_place(rest) or is_title(rest) or rest in self.rows
        return How.PART if known else How.FRAGMENT

    def _in_words(self, shown: Shown) -> Iterator[Hit]:
        """Look neighbouring words up as a Latin name and as pinyin, in every order, longest first."""
        for joined, others in _stretches(shown.words):
            rest = (*others, *shown.runs)
            if joined in self.rows:
                yield Hit(joined, How.EXACT, joined, rest)
            for name in self.pinyin.get(joined, ()):
                yield Hit(name, How.PINYIN, joined, rest)

    # Doubtful ways

    def _doubtful_runs(self, shown: Shown) -> Iterator[Hit]:
        """Try a run as a name written wrongly, then as part of a name."""
        for place, run in enumerate(shown.runs):
            others = (*shown.runs[:place], *shown.runs[place + 1 :], *shown.words)
            for bare, taken in peel(run):
                rest = (*taken, *others)
                yield from self._written_wrongly(bare, rest)
                if len(bare) == 2 and not is_place(bare):
                    yield from (Hit(name, How.GIVEN, bare, rest) for name in self.given.get(bare, ()))
                if taken and len(bare) <= 2:
                    yield from (Hit(name, How.SURNAME, bare, rest) for name in self.surname.get(bare, ()))

    def _written_wrongly(self, name: str, rest: tuple[str, ...]) -> Iterator[Hit]:
        """Find names of one surname that sound the same or differ in one given character."""
        if not 2 <= len(name) <= 4:
            return
        for spelled in spellings(name):
            if spelled in self.rows:
                yield Hit(spelled, How.PINYIN, name, rest)
            same = (other for other in self.pinyin.get(spelled, ()) if _same_family(name, other))
            yield from (Hit(other, How.HOMOPHONE, name, rest) for other in same)
        for mask in _masks(name):
            yield from (Hit(other, How.TYPO, name, rest) for other in self.masked.get(mask, ()))

    def _doubtful_words(self, shown: Shown) -> Iterator[Hit]:
        """Look words up as initials (zs, zhang s)."""
        for joined, others in _stretches(shown.words):
            for name in self.abbreviated.get(joined, ()):
                yield Hit(name, How.INITIALS, joined, (*others, *shown.runs))

    # Dictionaries made when first needed

    @cached_property
    def _chinese(self) -> list[tuple[str, str, str]]:
        """List the Chinese names of at least two characters with surname and given name, each once."""
        names = (name for name in self.rows if is_han(name) and 2 <= len(name) <= 8)
        return [(name, *split(name)) for name in names]

    @cached_property
    def pinyin(self) -> dict[str, list[str]]:
        """Names by their spellings, surname first and last."""
        return _grouped(
            (key, name)
            for name, surname, given in self._chinese
            for first in surname_spellings(surname)
            for last in given_spellings(given)
            for key in (first + last, last + first)
        )

    @cached_property
    def abbreviated(self) -> dict[str, list[str]]:
        """Names by initials alone, and by the spelled surname with initials, in either order."""
        return _grouped(
            (key, name)
            for name, surname, given in self._chinese
            for first in surname_spellings(surname)[:2]
            for letters in (initials("", given),)
            for key in (first[0] + letters, first + letters, letters + first)
        )

    @cached_property
    def given(self) -> dict[str, list[str]]:
        """Names by a given name of two characters."""
        return _grouped((given, name) for name, _, given in self._chinese if len(given) == 2)

    @cached_property
    def surname(self) -> dict[str, list[str]]:
        """Names by surname."""
        return _grouped((surname, name) for name, surname, _ in self._chinese)

    @cached_property
    def masked(self) -> dict[str, list[str]]:
        """Names by themselves with one character of the given name covered."""
        return _grouped((mask, name) for name, _, _ in self._chinese for mask in _masks(name))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Collect the names of each key, each once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for key, name in pairs:
        found[key][name] = None
    return {key: list(names) for key, names in found.items()}


def _whole(run: str) -> str:
    """Take off a run of a list cell what is no part of the name; two characters stay."""
    return next((bare for bare, _ in reversed(list(peel(run))) if len(bare) > 1), run)


def _orders(words: Sequence[str]) -> tuple[str, ...]:
    """Join words in the orders names are written in: as they are, last word first, first word last."""
    return tuple(dict.fromkeys("".join(o) for o in (words, (words[-1], *words[:-1]), (*words[1:], words[0]))))


def _stretches(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield neighbouring words joined in every order, with the words left over; longer stretches first."""
    words = words[:_MOST_WORDS]
    for size in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            others = (*words[:start], *words[start + size :])
            for joined in _orders(words[start : start + size]):
                yield joined, tuple(word for word in others if not is_filler(word))


def _masks(name: str) -> Iterator[str]:
    """Cover one character of the given name; two-character names would all look alike."""
    surname, given = split(name)
    if len(given) > 1:
        for place in range(len(given)):
            yield f"{surname}{given[:place]}?{given[place + 1 :]}"


def _same_family(one: str, other: str) -> bool:
    """Tell whether two names differ but have the same surname, or two that are written for one another."""
    return one != other and (one[0] == other[0] or frozenset((one[0], other[0])) in _VARIANTS)
