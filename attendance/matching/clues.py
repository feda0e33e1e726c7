"""Weighs what stands beside a name: company, place, title, the ending of a phone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from math import log
from typing import NamedTuple

from attendance.matching.columns import column
from attendance.matching.model import People, Reason
from attendance.matching.policy import Clues
from portal.names import (
    Shown,
    abbreviates,
    agree,
    begins,
    fold,
    holds,
    is_filler,
    is_han,
    is_place,
    is_title,
    is_unit,
    letters,
    looks_organisational,
    only_kind,
    within,
)
from portal.names.tables import words

_HEADS = (2, 3, 4)
# How many phones begin alike before the list speaks, and how many of its phones that assumption weighs.
_NUMBERS, _WEIGHT = 0.03, 20
# What a piece that is not the own company may speak of.
_OTHER, _PERHAPS = "another company", "perhaps another"


class Clue(NamedTuple):
    """One likelihood ratio with its reason; above 1 it speaks for the person."""

    factor: float
    reason: Reason


def clue(factor: float, code: str, *params: tuple[str, str]) -> Clue:
    """Make a clue whose reason carries its weight."""
    return Clue(factor, Reason(code, params, log(factor)))


class Surroundings:
    """What the list says of its people beside their names, ready to be compared with what is shown."""

    def __init__(self, people: People, weights: Clues) -> None:
        """Take the list's columns."""
        self.weights = weights
        self._company = list(column(people, "company"))
        self._place = list(column(people, "place"))
        self._title = list(column(people, "title"))
        self._head = list(column(people, "phone_head"))
        self._tail = list(column(people, "phone_tail"))
        self._same = cache(_same)
        self._agrees = cache(self._company_agrees)
        self._other = cache(self._company_differs)
        self._other_kind = cache(self._kind)
        self._employed = cache(self._rows_of)
        self._beside = cache(self._company_clue)
        self._titled, self._untitled = cache(_title_shown), cache(_without_title)
        self._begins = cache(self._numbers_begin)
        self.backed = cache(self._backed)

    def clues(self, row: int, shown: Shown, rest: tuple[str, ...]) -> list[Clue]:
        """Compare what is shown beside a name with a row; what either side lacks says nothing."""
        found: list[Clue] = []
        if rest:
            title = self._title[row]
            if (own := self._company[row]) and (company := self._beside(own, self._untitled(title, rest) if title else rest)):
                found.append(company)
            if (place := _place_shown(rest)) and (there := self._place_clue(row, place)):
                found.append(there)
            if title and (said := self._titled(title, rest)):
                found.append(clue(self.weights.title_hit, "title_agrees", ("said", said)))
        if shown.tail and self._tail[row]:
            found.append(self._phone_clue(self._head[row], self._tail[row], shown))
        return found

    def _backed(self, rest: tuple[str, ...], tail: str) -> frozenset[int]:
        """Give the rows for which a shown company or phone ending speaks."""
        rows = set(self._rows_by_tail.get(tail, ())) if tail else set()
        return frozenset(rows.union(*map(self._employed, rest)))

    def heads(self, piece: str) -> bool:
        """Tell whether a company of the list begins so."""
        return piece in self._heads

    def by_phone(self, shown: Shown) -> list[int]:
        """Give the rows whose phone ends so, and begins so where that is shown and known."""
        rows = self._rows_by_tail.get(shown.tail, [])
        return [row for row in rows if self._head[row] in ("", shown.head)] if shown.head else rows

    def _rows_of(self, piece: str) -> list[int]:
        """Give the rows of the companies a shown piece may name."""
        companies = self._by_head.get(piece[:2], ())
        return [row for company in companies if self._same(piece, company) for row in self._rows_by_company[company]]

    @cached_property
    def _rows_by_tail(self) -> dict[str, list[int]]:
        """Index the rows by phone ending."""
        return _rows_by(self._tail)

    @cached_property
    def _rows_by_company(self) -> dict[str, list[int]]:
        """Index the rows by company."""
        return _rows_by(self._company)

    @cached_property
    def _by_head(self) -> dict[str, list[str]]:
        """Index the companies by their first two characters, with and without a place."""
        found: dict[str, list[str]] = defaultdict(list)
        for company in self._employers:
            for head in {form[:2] for form in _spelt(company)}:
                found[head].append(company)
        return dict(found)

    @cached_property
    def _employers(self) -> Counter[str]:
        """Count the people of each company."""
        return Counter(filter(None, self._company))

    @cached_property
    def _heads(self) -> Counter[str]:
        """Count the people by the first characters of their companies, with and without a place."""
        found: Counter[str] = Counter()
        for company, staff in self._employers.items():
            for head in {form[:size] for form in set(_spelt(company)) if is_han(form) for size in _HEADS}:
                found[head] = found.get(head, 0) + staff
        return found

    def _numbers_begin(self, head: str) -> float:
        """Give the share of phones that begin so, as the list has them."""
        return (self._numbers[head] + _WEIGHT * _NUMBERS) / (self._numbers.total() + _WEIGHT)

    @cached_property
    def _numbers(self) -> Counter[str]:
        """Count the phones of the list by their beginning."""
        return Counter(filter(None, self._head))

    def _company_clue(self, own: str, rest: tuple[str, ...]) -> Clue | None:
        """Weigh a shown company: agreeing is worth the more the rarer the company is on the list."""
        for piece in rest:
            if not is_title(piece) and self._same(piece, own):
                return self._agrees(piece, own)
        if any(_vaguely(piece, own) for piece in rest):
            return None
        return min([differs for piece in rest if (differs := self._other(piece, own))], default=None)

    def _company_agrees(self, piece: str, own: str) -> Clue:
        """Weigh an agreeing company."""
        staff = max(self._employers[own], self._heads[piece])
        factor = min(self.weights.company_most, max(1.5, len(self._company) / (staff + 1)))
        return clue(factor, "company_agrees", ("said", piece), ("company", own))

    def _company_differs(self, piece: str, own: str) -> Clue | None:
        """Weigh a piece that names another company, or looks as if it could."""
        kind = self._other_kind(piece)
        if kind == _OTHER:
            return clue(self.weights.company_miss, "company_differs", ("said", piece), ("company", own))
        if kind == _PERHAPS:
            return clue(self.weights.unknown_miss, "company_unlike", ("said", piece), ("company", own))
        return None

    def _kind(self, piece: str) -> str:
        """Tell what a piece that is not the own company speaks of: another one, perhaps another one, or none."""
        if is_place(piece) or is_unit(piece) or _says_title(piece):
            return ""
        if looks_organisational(piece) or piece in self._heads:
            return _OTHER
        return _PERHAPS if len(piece) > 1 and is_han(piece) and not is_filler(piece) else ""

    def _place_clue(self, row: int, shown: str) -> Clue | None:
        """Weigh a shown place against the row's place, else its company and title."""
        own = fold(self._place[row])
        if shown.rstrip("市省") in own + fold(self._company[row]) + fold(self._title[row]):
            return clue(self.weights.place_hit, "place_agrees", ("said", shown))
        return clue(self.weights.place_miss, "place_differs", ("said", shown), ("place", self._place[row])) if own else None

    def _phone_clue(self, head: str, own: str, shown: Shown) -> Clue:
        """Weigh what is shown of a phone; four digits alone may also be a year or a number of staff."""
        hit, miss = self.weights.digits_hit, self.weights.digits_miss
        if shown.sure_tail:
            hit, miss = self.weights.phone_hit, self.weights.phone_miss
        if own == shown.tail and head and shown.head:
            if head == shown.head:
                factor = min(self.weights.number_most, hit / self._begins(head))
                return clue(factor, "number_agrees", ("head", head), ("tail", own))
            return clue(miss, "number_differs", ("head", shown.head), ("tail", own))
        if own == shown.tail:
            return clue(hit, "phone_agrees", ("tail", own))
        return clue(miss, "phone_differs", ("said", shown.tail), ("tail", own))


def _place_shown(rest: Iterable[str]) -> str:
    """Give the first piece that is a place, if one is."""
    return next((piece for piece in rest if is_place(piece)), "")


def _title_shown(own: str, rest: Iterable[str]) -> str:
    """Give the first piece that says the own title; titles flatter and change, so another one speaks against nobody."""
    listed = _letters(own)
    return next((piece for piece in rest if piece == listed or (piece in listed and _says_title(piece))), "")


def _without_title(own: str, rest: tuple[str, ...]) -> tuple[str, ...]:
    """Leave the own title out of what is shown: whatever it looks like, it is no company."""
    listed = _letters(own)
    return tuple(piece for piece in rest if piece not in listed) if any(piece in listed for piece in rest) else rest


@lru_cache(maxsize=65_536)
def _letters(text: str) -> str:
    """Fold a text and keep its letters."""
    return "".join(letters(fold(text)))


@lru_cache(maxsize=65_536)
def _spelt(company: str) -> tuple[str, str]:
    """Give a company's name folded, and without a place in front."""
    name = fold(company)
    if name[:2] not in words()["places"]:
        return name, name
    return name, name[2:].removeprefix("市").removeprefix("省")


def _rows_by(values: Iterable[str]) -> dict[str, list[int]]:
    """Index rows by their value."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        if value:
            found[value].append(row)
    return dict(found)


@lru_cache(maxsize=16_384)
def _says_title(piece: str) -> bool:
    """Tell whether a piece is a title, or ends with one that is no mere syllable (销售经理)."""
    return is_title(piece) or any(is_title(piece[-size:]) for size in (4, 3, 2) if len(piece) > size)


@lru_cache(maxsize=16_384)
def _characters(piece: str) -> frozenset[str]:
    """Collect the characters of a piece."""
    return frozenset(piece)


def _same(piece: str, company: str) -> bool:
    """Tell whether a shown piece names a company: in full, abbreviated, or with something else beside it."""
    name = _letters(company)
    if _characters(piece).isdisjoint(name):
        return False
    if piece == name or agree(piece, name) or abbreviates(piece, name) or abbreviates(name, piece):
        return True
    # Words that only say of what kind an organisation is stand in many names.
    return holds(piece, name) or (not only_kind(piece) and within(piece, name))


def _vaguely(piece: str, company: str) -> bool:
    """Tell whether a shown piece may name a company, but others as well: the beginning of its name, or only its kind."""
    name = _letters(company)
    return begins(piece, name) or (only_kind(piece) and within(piece, name))
