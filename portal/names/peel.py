"""Takes titles, places, prefixes and filler off the ends of a run of Chinese characters."""

from collections.abc import Iterator
from functools import cache

from portal.names.tables import words

LONGEST = 8


@cache
def _suffixes() -> frozenset[str]:
    """Collect what may follow a name."""
    table = words()
    return table["titles"] | table["noise"] | table["places"] | table["devices"]


@cache
def _prefixes() -> frozenset[str]:
    """Collect what may stand before a name; most single characters begin too many names."""
    table = words()
    long = (word for word in table["titles"] | table["noise"] | table["places"] if len(word) > 1)
    return table["prefixes"] | frozenset(long)


def peel(run: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a run, then what is left of it each time one more word is taken off an end, with the words taken.

    Meaning: the longest known word goes first, ends before beginnings; the remainder is never empty.
    """
    taken: tuple[str, ...] = ()
    while run:
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
    known = _suffixes()
    return next((size for size in range(min(LONGEST, len(run) - 1), 0, -1) if run[-size:] in known), 0)


def _known_prefix(run: str) -> int:
    """Measure the longest known word at the beginning of a longer run."""
    known = _prefixes()
    return next((size for size in range(min(LONGEST, len(run) - 1), 0, -1) if run[:size] in known), 0)
