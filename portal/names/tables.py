"""Reads the data tables; each is loaded once, at first use."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Words = Mapping[str, frozenset[str]]


def _lines(name: str) -> list[str]:
    """Read the lines of one table."""
    return (files(__package__) / "data" / name).read_text("utf-8").splitlines()


@cache
def traditional() -> Mapping[int, int]:
    """Map each traditional character to the simplified one, both as code points."""
    old, new = _lines("traditional.tsv")
    return str.maketrans(old, new)


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """Map a simplified character to its readings without tones, the most usual first."""
    found: dict[str, tuple[str, ...]] = {}
    rows = [line.split("\t") for line in _lines("readings.tsv")]
    for syllable, usual, _ in rows:
        found.update(dict.fromkeys(usual, (syllable,)))
    for syllable, _, further in rows:
        for character in further:
            found[character] = (*found.get(character, ()), syllable)
    return found


@cache
def surnames() -> Mapping[str, tuple[tuple[str, ...], float]]:
    """Map a surname to its readings as such (none: the ordinary one) and its population share."""
    rows = (line.split("\t") for line in _lines("surnames.tsv"))
    return {name: (tuple(filter(None, read.split(","))), int(share) / 10_000) for name, read, share in rows}


@cache
def words() -> Words:
    """Map each heading of the word table to its words."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in _lines("words.tsv"):
        if line.startswith("["):
            heading = line.strip("[]")
        found.setdefault(heading, set()).update(() if line.startswith("[") else line.split())
    return {name: frozenset(listed) for name, listed in found.items()}
