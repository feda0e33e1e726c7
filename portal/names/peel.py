"""Takes titles, places, prefixes and filler off the ends of a run of Chinese characters."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from portal.names.tables import words

LONGEST = 8

# Known words, and for the character at the end where they are looked for how long they are, the longest first.
Known = tuple[frozenset[str], Mapping[str, tuple[int, ...]]]
Peeled = tuple[tuple[str, tuple[str, ...]], ...]


@cache
def _suffixes() -> Known:
    """Collect what may follow a name."""
    table = words()
    return _by_end(table["titles"] | table["units"] | table["noise"] | table["places"] | table["devices"], -1)


@cache
def _prefixes() -> Known:
    """Collect what may stand before a name; most single characters begin too many names."""
    table = words()
    every = table["titles"] | table["units"] | table["noise"] | table["places"]
    return _by_end(table["prefixes"] | frozenset(word for word in every if len(word) > 1), 0)


def _by_end(known: Iterable[str], end: int) -> Known:
    """Put words together with their sizes by their last or first character."""
    sizes: dict[str, set[int]] = {}
    for word in known:
        if len(word) <= LONGEST:
            sizes.setdefault(word[end], set()).add(len(word))
    return frozenset(known), {character: tuple(sorted(each, reverse=True)) for character, each in sizes.items()}


@lru_cache(maxsize=65_536)
def peel(run: str) -> Peeled:
    """Give a run, then what is left of it each time one more word is taken off an end, with the words taken.

    Meaning: the longest known word goes first, ends before beginnings; the remainder is never empty.
    """
    taken: tuple[str, ...] = ()
    stages = [(run, taken)]
    (after, ends), (before, beginnings) = _suffixes(), _prefixes()
    while True:
        if size := _size(run, after, ends.get(run[-1]), -1):
            run, taken = run[:-size], (*taken, run[-size:])
        elif size := _size(run, before, beginnings.get(run[0]), 0):
            run, taken = run[size:], (*taken, run[:size])
        else:
            return tuple(stages)
        stages.append((run, taken))


def is_filler(piece: str) -> bool:
    """Tell whether a piece as a whole says nothing of who somebody is (用户, guest, a make of telephone)."""
    table = words()
    return piece in table["noise"] or piece in table["devices"]


def _size(run: str, known: frozenset[str], sizes: Iterable[int] | None, end: int) -> int:
    """Measure the longest known word at an end of a longer run."""
    for size in sizes or ():
        if size < len(run) and (run[-size:] if end else run[:size]) in known:
            return size
    return 0
