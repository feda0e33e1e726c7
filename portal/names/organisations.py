"""Knows organisations by their full and short names, and places and titles by tables."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from portal.names.fold import fold, is_han, letters
from portal.names.tables import words

SHORTEST = 2
_NUMBERED = re.compile(r"^第?[一二三四五六七八九十]+")
# Words that begin like a kind of place (成都市政设计院).
_NO_KIND = frozenset({"市政", "市场", "市民"})


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
    base = _spelt_out(_plain_place(_stages(name, words()["legal"])[-1]))
    full = {base, _without_place(base)} - {"", *words()["endings"]}
    short = {stage for one in full for stage in _stages(one, words()["endings"])} - words()["places"]
    return Forms(frozenset(full), frozenset((full | short | {name}) - {""}))


def agree(one: str, other: str) -> bool:
    """Tell whether two texts may name the same organisation."""
    first, second = forms(one), forms(other)
    return not (first.full.isdisjoint(second.every) and second.full.isdisjoint(first.every))


def abbreviates(short: str, full: str) -> bool:
    """Tell whether a text of two to four characters picks its characters from a longer name (招行 from 招商银行).

    Meaning: the first characters agree; the mere beginning of a name is not picked from it (华泰, 华泰通). Of 中国 the
    second may be picked alone, to the last one of the name (国寿 from 中国人寿).
    """
    if not 2 <= len(short) <= 4 or not is_han(short) or is_place(short):
        return False
    ways = forms(full)
    # 二院 is short for 第二人民医院.
    for form in [form.removeprefix("第") for form in ways.full]:
        if form[0] == short[0] and not form.startswith(short) and _within(short, form):
            return True
    return short[0] == "国" and any(
        form.startswith("中国") and form[-1] == short[-1] and _within(short, form) for form in ways.every
    )


def holds(text: str, organisation: str) -> bool:
    """Tell whether a longer text holds an organisation's name, in full or without what kind it is (启润法务, 启润科技).

    Meaning: what says another kind is another organisation (中信证券, 中信银行).
    """
    ways = forms(organisation)
    return any(
        len(form) >= SHORTEST
        and form in text
        and (form in {text, *ways.full} or not _other_kind(text.replace(form, "", 1)))
        for form in ways.every
    )


def _other_kind(rest: str) -> bool:
    """Tell whether what stands beside an organisation's name says of what kind it is, in some place or other."""
    rest = _stages(rest, words()["legal"])[-1]
    size = next((size for size in (4, 3, 2) if rest[:size] in words()["places"]), 0)
    return only_kind(rest[size:])


def within(piece: str, organisation: str) -> bool:
    """Tell whether a piece stands inside an organisation's name, but not at its beginning (湘雅, 中南大学湘雅医院)."""
    return len(piece) >= SHORTEST and any(form.find(piece) > 0 for form in forms(organisation).full) and not is_place(piece)


def begins(piece: str, organisation: str) -> bool:
    """Tell whether an organisation's name begins so, which may be how it is called (字节 for 字节跳动) or another's name."""
    return len(piece) >= SHORTEST and not is_place(piece) and any(form.startswith(piece) for form in forms(organisation).full)


def only_kind(piece: str) -> bool:
    """Tell whether a piece only says of what kind an organisation is (中心医院, 第一人民医院), so that many are called so."""
    rest = _NUMBERED.sub("", piece.removeprefix("附属"))
    return _stages(f"某某{rest}", words()["endings"])[-1] == "某某"


def looks_organisational(piece: str) -> bool:
    """Tell whether a folded piece has the shape of an organisation's name (…证券, …大学)."""
    return len(piece) > SHORTEST and _ending(piece, words()["endings"]) > 0


def is_place(piece: str) -> bool:
    """Tell whether a folded piece is a known place."""
    return piece.removesuffix("市").removesuffix("省") in words()["places"]


def is_title(piece: str) -> bool:
    """Tell whether a folded piece is a known title or form of address."""
    return piece in words()["titles"]


def is_unit(piece: str) -> bool:
    """Tell whether a folded piece is a part of an organisation, known or by its ending (…部, …科)."""
    return piece in words()["units"] or piece[-1] in "部组处室科"


def _stages(name: str, endings: frozenset[str]) -> list[str]:
    """List a name as it is and each time one more ending is taken off, as long as two characters remain."""
    stages = [name]
    while size := _ending(stages[-1], endings):
        stages.append(stages[-1][:-size])
    return stages


def _ending(name: str, endings: frozenset[str]) -> int:
    """Measure the longest of the endings that a name has, leaving two characters."""
    if name[-1:] not in _last(endings):
        return 0
    for size in range(min(10, len(name) - SHORTEST), 0, -1):
        if name[-size:] in endings:
            return size
    return 0


@cache
def _last(endings: frozenset[str]) -> frozenset[str]:
    """Collect the last characters of endings."""
    return frozenset(ending[-1] for ending in endings)


def _without_place(name: str) -> str:
    """Take a leading place off a name unless only a kind of organisation would remain (北京大学)."""
    if not is_han(name):
        return name
    places, endings = words()["places"], words()["endings"]
    for size in (4, 3, 2):
        rest = name[size:]
        national = name[:size] in ("中国", "全国") and len(rest) > SHORTEST
        tells = national or (len(rest) >= SHORTEST and rest not in endings and rest[:2] not in endings)
        if name[:size] in places and tells:
            return rest
    return name


def _plain_place(name: str) -> str:
    """Write a leading place without what kind of place it is (昆明市人民医院, 昆明人民医院)."""
    for size in (4, 3, 2):
        place, kind = name[:size], name[size : size + 1]
        if place in words()["places"] and kind in ("市", "省") and name[size : size + 2] not in _NO_KIND:
            return place + name[size + 1 :]
    return name


def _spelt_out(name: str) -> str:
    """Write the kind of an organisation out at the end of its name (恒信律所, 恒信律师事务所)."""
    for short, full in _kinds().items():
        if name.endswith(short) and len(name) > len(short) + 1:
            return name[: -len(short)] + full
    return name


@cache
def _kinds() -> Mapping[str, str]:
    """Map the short word for a kind of organisation to the full one."""
    return dict(pair.split("=") for pair in words()["kinds"])


def _within(short: str, form: str) -> bool:
    """Tell whether characters stand in a name in their order."""
    rest = iter(form)
    return all(character in rest for character in short)
