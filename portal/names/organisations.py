"""Knows organisations by their full and short names, and places and titles by tables."""

from functools import lru_cache
from typing import NamedTuple

from portal.names.fold import fold, is_han, letters
from portal.names.tables import words

SHORTEST = 2


class Forms(NamedTuple):
    """The ways to write one organisation: in full, and every way including the abbreviated ones."""

    full: frozenset[str]
    every: frozenset[str]


@lru_cache(maxsize=16_384)
def forms(text: str) -> Forms:
    """List the ways to write an organisation's name.

    Shape: "华泰证券股份有限公司" is in full 华泰证券, and abbreviated 华泰.
    Meaning: two texts may name one organisation if a full form of either is among all forms of the
    other, so 中信 agrees with 中信证券 and with 中信银行, which do not agree with each other.
    """
    name = "".join(letters(fold(text)))
    base = _without(name, words()["legal"])
    full = {base, _without_place(base)} - {""}
    short = {_without(one, words()["endings"]) for one in full} - words()["places"]
    return Forms(frozenset(full), frozenset((full | short | {name}) - {""}))


def agree(one: str, other: str) -> bool:
    """Tell whether two texts may name the same organisation."""
    first, second = forms(one), forms(other)
    return not (first.full.isdisjoint(second.every) and second.full.isdisjoint(first.every))


def looks_organisational(piece: str) -> bool:
    """Tell whether a folded piece has the shape of an organisation's name (…证券, …大学)."""
    return len(piece) > SHORTEST and _ending(piece, words()["endings"]) > 0


def is_place(piece: str) -> bool:
    """Tell whether a folded piece is a known place."""
    return piece.removesuffix("市").removesuffix("省") in words()["places"]


def is_title(piece: str) -> bool:
    """Tell whether a folded piece is a known title or form of address."""
    return piece in words()["titles"]


def _without(name: str, endings: frozenset[str]) -> str:
    """Take endings off a name as long as two characters remain."""
    while size := _ending(name, endings):
        name = name[:-size]
    return name


def _ending(name: str, endings: frozenset[str]) -> int:
    """Measure the longest of the endings that a name has, leaving two characters."""
    longest = min(10, len(name) - SHORTEST)
    return next((size for size in range(longest, 0, -1) if name[-size:] in endings), 0)


def _without_place(name: str) -> str:
    """Take a leading place off a name unless only a kind of organisation would remain (北京大学)."""
    if not is_han(name):
        return name
    places, endings = words()["places"], words()["endings"]
    for size in (3, 2):
        rest = name[size:]
        tells = len(rest) >= SHORTEST and rest not in endings and rest[:2] not in endings
        if name[:size] in places and tells:
            return rest.removeprefix("市").removeprefix("省")
    return name
