"""Reads a displayed name: the runs and words that may name somebody, a phone ending, devices, two people."""

import re
from typing import NamedTuple

from portal.names.fold import HAN, fold, is_han, letters
from portal.names.organisations import looks_organisational
from portal.names.peel import is_filler, peel
from portal.names.pinyin import split
from portal.names.tables import surnames, words

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE = re.compile(r"['’]s\b")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{2})[- *x]*\d{0,4}[- *x]*(\d{4})(?!\d)")
_DIGITS = re.compile(r"\d{4}")
# Digits beside letters are a model or an account (M2012, 用户5611), no phone.
_FOUR = re.compile(r"(?<![0-9a-z])(?<!用户)(\d{4})(?![0-9a-z])")
# One character in brackets is a note on somebody: 女, 男, 新.
_ASIDE = re.compile(rf"[(\[{{<【〔「『《〈][{HAN}][)\]}}>】〕」』》〉]")
_BOTH = re.compile(rf"[&+、]|(?<=[{HAN}]{{2}})[和与跟](?=[{HAN}]{{2}})")


class Shown(NamedTuple):
    """What a displayed name says.

    Shape: `runs` of Chinese characters and `words` of other letters are folded and in order; `tail` is
    the last four digits of a phone, `sure_tail` tells whether they came as part of one, `head` its first
    three if so; `people` holds the parts when the name says two people; `device` and `robot` mean that it names no human.
    """

    runs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tail: str = ""
    sure_tail: bool = False
    head: str = ""
    people: tuple[str, ...] = ()
    device: bool = False
    robot: bool = False


def read(text: str, folded: str | None = None) -> Shown:
    """Read a displayed name without knowing any list; `folded` is the text folded already.

    Guarantee: the result holds no more of a phone than one that is masked (138****0000); the same text always reads the same.
    """
    folded = _ASIDE.sub(" ", fold(text) if folded is None else folded)
    found = letters(folded)
    table = words()
    if not table["robots"].isdisjoint(found) or folded.strip() in table["robots"]:
        return Shown(robot=True)
    if len(found) == 1 and found[0] == folded and is_han(folded) and not _BOTH.search(folded):
        return _DEVICE if is_filler(folded) else Shown((folded,))
    latin = [piece for piece in found if not is_han(piece)]
    runs = _joined([piece for piece in found if is_han(piece) and piece not in table["noise"]])
    runs = () if all(map(is_filler, runs)) else runs
    spelled = _words(text, folded, latin) if latin else ()
    brand = not table["devices"].isdisjoint(latin)
    head, tail = _phone(folded) if _DIGITS.search(folded) and not brand else ("", "")
    people = _people(folded) if _BOTH.search(folded) else ()
    return Shown(runs, spelled, tail, bool(head), head, people, not runs and not spelled)


_DEVICE = Shown(device=True)


def _joined(runs: list[str]) -> tuple[str, ...]:
    """Join single characters to their neighbour, for names written with spaces (张 三)."""
    if len(runs) < 2:
        return tuple(runs)
    joined: list[str] = []
    for run in runs:
        if joined and (len(run) == 1 or len(joined[-1]) == 1):
            joined[-1] += run
        else:
            joined.append(run)
    return tuple(joined)


def _words(text: str, folded: str, latin: list[str]) -> tuple[str, ...]:
    """Give the words that may be a name: those before a make of device, CamelCase taken apart."""
    brands = [piece for piece in latin if piece in words()["devices"]]
    if brands:
        folded = folded[: folded.index(brands[0])]
    elif not text.islower() and _CAMEL.search(text):
        folded = fold(_CAMEL.sub(" ", text))
    plain = letters(_POSSESSIVE.sub(" ", folded) if "s" in folded else folded)
    return tuple(piece for piece in plain if not is_han(piece) and not is_filler(piece))


def _phone(folded: str) -> tuple[str, str]:
    """Find the first three digits of a phone and the last four; only these may stand alone."""
    if phone := _PHONE.search(folded):
        return phone[1], phone[2]
    four = _FOUR.search(folded)
    return "", four[1] if four else ""


def _people(folded: str) -> tuple[str, ...]:
    """Give the parts of a name that says two people, each shaped like a Chinese name; else nothing."""
    named = [name for part in _BOTH.split(folded) for name in _named(part)]
    return tuple(named) if len(named) > 1 else ()


def _named(part: str) -> list[str]:
    """Give the first run of a part that is shaped like a name once titles are off."""
    bare = [peel(run)[-1][0] for run in letters(part) if is_han(run) and not looks_organisational(run)]
    return [run for run in bare if looks_named(run)][:1]


def looks_called(run: str) -> bool:
    """Tell whether a run has the shape of a Chinese name whose given name is made of what given names are made of."""
    return looks_named(run) and words()["givens"].issuperset(split(run)[1])


def looks_named(run: str) -> bool:
    """Tell whether a run has the shape of a Chinese name: a surname, and a given name of one or two characters."""
    known = surnames()
    return (2 <= len(run) <= 3 and run[0] in known) or (3 <= len(run) <= 4 and run[:2] in known)
