"""Finds listed names for a displayed one by dictionaries; no pair of names is ever compared."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from attendance.matching.cells import FIRST_HAN, MOST_WORDS, is_bare, names_in
from attendance.matching.copies import Copies
from attendance.matching.policy import How
from attendance.matching.sounds import Sounds
from portal.names import (
    Shown,
    is_pinyin,
    is_place,
    is_title,
    looks_organisational,
    peel,
    spellings,
    split,
    split_all,
)

_PARTS = (4, 3, 2)
_FAMILY = 12


class Hit(NamedTuple):
    """A listed name that a displayed one leads to: how, by which part of it, and what else stands there."""

    name: str
    how: How
    said: str
    rest: tuple[str, ...] = ()


# Several listed names that one reading leads to: how, by what, which, and what else stands there.
Guess = tuple[How, str, Sequence[str], tuple[str, ...]]


class NameIndex:
    """The names of a list, ready to be looked up in every way people write them."""

    def __init__(self, names: Sequence[str], folded: Sequence[str], copies: Copies) -> None:
        """Read the list's names; the costlier dictionaries are made when first needed."""
        found: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(folded):
            if is_bare(name):
                found[name].append(row)
            else:
                for held in names_in(name, names[row]):
                    found[held].append(row)
        for name, rows in found.items():
            if len(rows) > 1:
                found[name] = copies.persons(rows)
        self.rows: dict[str, list[int]] = dict(found)
        self.sounds = Sounds(self.rows, self.parts)

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        """Split every Chinese name of at least two characters into surname and given name."""
        return split_all(name for name in self.rows if name[0] >= FIRST_HAN and len(name) > 1)

    def whole(self, shown: Shown) -> list[Hit]:
        """Find the listed names that stand whole in a displayed one."""
        hits = self._in_runs(shown)
        if shown.words:
            hits += self._in_words(shown)
        if len(hits) > 1:
            # Somebody may be called like a place, but beside another name it is the place.
            hits = [hit for hit in hits if not is_place(hit.said)] or hits
            hits = _written(hits) if shown.runs and shown.words else hits
        return _distinct(hits)

    def doubtful(self, shown: Shown, most: int) -> tuple[list[Hit], int]:
        """Find the names a displayed one may mean that holds none whole: misspelt, a part, initials.

        Meaning: gives the hits and how many names there are; of more than `most` those with nothing beside
        them lead nowhere and are only counted.
        """
        guesses = [guess for run, others in _with_others(shown) for guess in self._guesses(run, others)]
        if shown.words:
            guesses.extend(self._initials(shown))
        if not guesses:
            return [], 0
        named = {name for how, _, names, _ in guesses if how is not How.SURNAME for name in names}
        count = len(named) + sum(self.family(said) for how, said, _, _ in guesses if how is How.SURNAME)
        if count > most and not shown.tail:
            guesses = [guess for guess in guesses if guess[3]]
        return _distinct([Hit(name, how, said, rest) for how, said, names, rest in guesses for name in names]), count

    # Whole names

    def _in_runs(self, shown: Shown) -> list[Hit]:
        """Look every run up as it is, without what stands around it, then its beginning and end."""
        hits: list[Hit] = []
        for run, others in _with_others(shown) + _in_two(shown):
            if run in self.rows:
                hits.append(Hit(run, How.EXACT, run, others))
            elif run in shown.runs:
                hits += self._peeled(run, others)
        return hits

    def _peeled(self, run: str, others: tuple[str, ...]) -> list[Hit]:
        """Look a run up with titles and places taken off, else its beginning and end."""
        stages = peel(run)
        for bare, taken in stages:
            if bare in self.rows:
                return [Hit(bare, How.TITLED, bare, taken + others)]
        hits = self._parts(run, others)
        if len(stages) > 1:
            bare, taken = stages[-1]
            hits += self._parts(bare, taken + others)
        return hits

    def _parts(self, run: str, others: tuple[str, ...]) -> list[Hit]:
        """Look up the end and the beginning of a run, the longest first; at least two characters are left over."""
        for size in _PARTS:
            if len(run) - size < 2:
                continue
            found = [(part, rest) for part, rest in _ends(run, size) if part in self.rows]
            if found:
                return [Hit(part, self._part_kind(part, rest), part, _loose(rest) + others) for part, rest in found]
        return self._inside(run, others)

    def _inside(self, run: str, others: tuple[str, ...]) -> list[Hit]:
        """Look for a name in the middle of a run, between company and department."""
        for start, part in _middles(run):
            if part in self.rows:
                rest = _loose(run[:start]) + _loose(run[start + len(part) :]) + others
                return [Hit(part, How.FRAGMENT, part, rest)]
        return []

    def _part_kind(self, part: str, rest: str) -> How:
        """Tell a name beside something else from a fragment: two characters may stand together by chance."""
        known = len(part) > 2 or looks_organisational(rest) or is_place(rest) or is_title(rest) or rest in self.rows
        return How.PART if known else How.FRAGMENT

    def _in_words(self, shown: Shown) -> list[Hit]:
        """Look neighbouring words up as a Latin name and as pinyin, the longest stretch first."""
        hits: list[Hit] = []
        for words, others in _stretches(shown.words):
            joined, rest = "".join(words), others + shown.runs
            if joined in self.rows:
                hits.append(Hit(joined, How.EXACT, joined, rest))
            # A name in pinyin has to explain every syllable: Yanying Xia is no 晏莹.
            if any(map(is_pinyin, others)):
                continue
            said = " ".join(words)
            heard = [name for one in self.sounds.hear(said) for name in one.names]
            hits += [Hit(name, How.PINYIN, said, rest) for name in heard]
            if heard:
                break
        return hits

    # Doubtful ways

    def _guesses(self, run: str, others: tuple[str, ...]) -> Iterator[Guess]:
        """Try a run as a name written wrongly, then as part of a name."""
        for bare, taken in peel(run):
            rest = taken + others
            size = len(bare)
            if 2 <= size <= 4:
                yield from self._written_wrongly(bare, rest)
            if size == 2 and bare in self._by_given and not is_place(bare):
                yield How.GIVEN, bare, self._by_given[bare], rest
            if taken and size <= 2 and bare in self._by_surname:
                yield self._family_of(bare, rest)
            elif taken and looks_organisational(bare[:-1]) and bare[-1] in self._by_surname and any(map(is_title, taken)):
                yield self._family_of(bare[-1], (bare[:-1], *rest))

    def _family_of(self, surname: str, rest: tuple[str, ...]) -> Guess:
        """Guess the people of a surname; who of a large family is meant is found by company or phone, not by going through it."""
        names = self._by_surname[surname]
        return How.SURNAME, surname, names if len(names) <= _FAMILY else [""], rest

    def family(self, surname: str) -> int:
        """Count the names of a surname."""
        return len(self._by_surname[surname])

    def _written_wrongly(self, name: str, rest: tuple[str, ...]) -> Iterator[Guess]:
        """Find names of one surname that sound the same or differ in one given character."""
        if self._latin and (spelled := [way for way in spellings(name) if way in self.rows]):
            yield How.PINYIN, name, spelled, rest
        if alike := self.sounds.alike(name):
            yield How.HOMOPHONE, name, alike, rest
        if len(split(name)[1]) == 2:
            for mask, alike in zip(_masks(name), self._masked, strict=True):
                if mask in alike:
                    yield How.TYPO, name, alike[mask], rest

    def _initials(self, shown: Shown) -> Iterator[Guess]:
        """Look words up as initials (zs, zhang s)."""
        for words, others in _stretches(shown.words):
            joined = "".join(words)
            if names := tuple(self.sounds.abbreviated(joined)):
                yield How.INITIALS, joined, names, others + shown.runs

    # Dictionaries made when first needed

    @cached_property
    def _latin(self) -> bool:
        """Tell whether the list holds a name in Latin letters at all."""
        return any(name.isascii() for name in self.rows)

    @cached_property
    def _by_given(self) -> dict[str, list[str]]:
        """Names by a given name of two characters."""
        found: dict[str, list[str]] = defaultdict(list)
        for surname, given in self.parts:
            if len(given) == 2:
                found[given].append(surname + given)
        return dict(found)

    @cached_property
    def _by_surname(self) -> dict[str, list[str]]:
        """Names by surname."""
        found: dict[str, list[str]] = defaultdict(list)
        for surname, given in self.parts:
            found[surname].append(surname + given)
        return dict(found)

    @cached_property
    def _masked(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Names of two given characters by themselves without the first of these, and without the second."""
        first: dict[str, list[str]] = {}
        second: dict[str, list[str]] = {}
        for surname, given in self.parts:
            if len(given) == 2:
                name = surname + given
                one, other = _masks(name)
                first.setdefault(one, []).append(name)
                second.setdefault(other, []).append(name)
        return first, second


def _masks(name: str) -> tuple[str, str]:
    """Leave the last character but one out of a name, and the last."""
    return name[:-2] + name[-1], name[:-1]


def _loose(rest: str) -> tuple[str, ...]:
    """Take titles and places off what stands beside a name."""
    bare, taken = peel(rest)[-1]
    return (bare, *taken)


def _with_others(shown: Shown) -> list[tuple[str, tuple[str, ...]]]:
    """Give every run of a displayed name with what else stands there."""
    runs, words = shown.runs, shown.words
    if len(runs) == 1:
        return [(runs[0], words)]
    return [(run, runs[:place] + runs[place + 1 :] + words) for place, run in enumerate(runs)]


def _in_two(shown: Shown) -> list[tuple[str, tuple[str, ...]]]:
    """Give neighbouring runs as one, with what else stands there, for names written with a blank or a dot in them."""
    runs, words = shown.runs, shown.words
    return [(runs[at] + runs[at + 1], runs[:at] + runs[at + 2 :] + words) for at in range(len(runs) - 1)]


def _ends(run: str, size: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Cut so many characters off the end of a run, and off its beginning."""
    return (run[-size:], run[:-size]), (run[:size], run[size:])


def _middles(run: str) -> list[tuple[int, str]]:
    """List what stands in the middle of a run and where, the longest parts first."""
    return [
        (start, run[start : start + size]) for size in _PARTS for start in range(2, len(run) - size - 1)
    ]


def _written(hits: Sequence[Hit]) -> Sequence[Hit]:
    """Leave out who only sounds like the one whose name stands beside the sound in characters."""
    names = {hit.name for hit in hits if hit.how is not How.PINYIN}
    told = {hit.said for hit in hits if hit.how is How.PINYIN and hit.name in names}
    return [hit for hit in hits if hit.how is not How.PINYIN or hit.said not in told or hit.name in names]


def _distinct(hits: Sequence[Hit]) -> list[Hit]:
    """Keep the first way to each listed name: the surer ways come first."""
    if len(hits) < 2:
        return list(hits)
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.name, hit)
    return list(best.values())


def _stretches(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield neighbouring words, with the words left over; longer stretches first."""
    if len(words) == 1:
        yield words, ()
        return
    words = words[:MOST_WORDS]
    for size in range(len(words), 0, -1):
        for start in range(len(words) - size + 1):
            yield words[start : start + size], (*words[:start], *words[start + size :])
