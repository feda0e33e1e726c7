"""Takes titles, places, prefixes and filler off the ends of a run of Chinese characters."""

from collections.abc import Iterator
from functools import cache

from portal.names.tables import words

LONGEST = 8


@cache
def _suffixes() -> tuple[frozenset[str], frozenset[str]]:
    """Collect what may follow a name, and the last characters of it."""
    table = words()
    known = table["titles"] | table["units"] | table["noise"] | table["places"] | table["devices"]
    return known, frozenset(word[-1] for word in known)


@cache
def _prefixes() -> tuple[frozenset[str], frozenset[str]]:
    """Collect what may stand before a name, and the first characters of it; most single ones begin too many names."""
    table = words()
    every = table["titles"] | table["units"] | table["noise"] | table["places"]
    long = (word for word in every if len(word) > 1)
    known = table["prefixes"] | frozenset(long)
    return known, frozenset(word[0] for word in known)


def peel(run: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a run, then what is left of it each time one more word is taken off an end, with the words taken.

    Meaning: the longest known word goes first, ends before beginnings; the remainder is never empty.
    """
    taken: tuple[str, ...] = ()
    while True:
        yield run, taken
        size = _known_suffix(run)
        if size:
            run, taken = run[:-size], (*taken, run[-size:])
            continue
        size = _known_prefix(run)
        if not size:
            return
        run, taken = run[size:], (*taken, run[:size])


def is_filler(piece: str) -> bool:
    """Tell whether a piece as a whole says nothing of who somebody is (用户, guest, a make of telephone)."""
    table = words()
    return piece in table["noise"] or piece in table["devices"]


def _known_suffix(run: str) -> int:
    """Measure the longest known word at the end of a longer run."""
    known, last = _suffixes()
    if run[-1] not in last:
        return 0
    return next((size for size in range(min(LONGEST, len(run) - 1), 0, -1) if run[-size:] in known), 0)


def _known_prefix(run: str) -> int:
    """Measure the longest known word at the beginning of a longer run."""
    known, first = _prefixes()
    if run[0] not in first:
        return 0
    return next((size for size in range(min(LONGEST, len(run) - 1), 0, -1) if run[:size] in known), 0)
