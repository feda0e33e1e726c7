"""Weighs what stands beside a name: company, place, title, the ending of a phone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import NamedTuple

from attendance.matching.columns import column
from attendance.matching.model import People, Reason
from attendance.matching.policy import Clues
from portal.names import Shown, fold, forms, is_place, is_title, letters, looks_organisational


class Clue(NamedTuple):
    """One likelihood ratio with its reason; above 1 it speaks for the person."""

    factor: float
    reason: Reason


class Surroundings:
    """What the list says of its people beside their names, ready to be compared with what is shown."""

    def __init__(self, people: People, weights: Clues) -> None:
        """Read the list's columns."""
        self.weights = weights
        self._company = list(column(people, "company"))
        self._place = list(column(people, "place"))
        self._title = list(column(people, "title"))
        self._tail = list(column(people, "phone_tail"))
        self._employers = Counter(filter(None, self._company))
        self._agreeing = cache(self._companies_of)
        self._by_full, self._by_any = self._spelled()

    def clues(self, row: int, shown: Shown, rest: Iterable[str]) -> Iterator[Clue]:
        """Compare what is shown beside a name with a row; what either side lacks says nothing."""
        said = tuple(rest)
        yield from self._company_clue(row, said)
        yield from self._place_clue(row, said)
        yield from self._title_clue(row, said)
        yield from self._phone_clue(row, shown)

    def supported(self, pieces: Iterable[str], tail: str) -> set[int]:
        """Give the rows whose company one of the pieces may name, or whose phone ends so."""
        rows = set(self._rows_by_tail.get(tail, ())) if tail else set()
        for company in frozenset().union(*(self._agreeing(piece) for piece in pieces)):
            rows |= self._rows_by_company[company]
        return rows

    @cached_property
    def _rows_by_company(self) -> dict[str, set[int]]:
        """Index the rows by company."""
        return _rows_by(self._company)

    @cached_property
    def _rows_by_tail(self) -> dict[str, set[int]]:
        """Index the rows by phone ending."""
        return _rows_by(self._tail)

    def _spelled(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Index the listed companies by their full and by all their forms."""
        full: dict[str, set[str]] = defaultdict(set)
        every: dict[str, set[str]] = defaultdict(set)
        for company in self._employers:
            ways = forms(company)
            for index, spelled in ((full, ways.full), (every, ways.every)):
                for form in spelled:
                    index[form].add(company)
        return full, every

    def _companies_of(self, piece: str) -> frozenset[str]:
        """Give the listed companies that a shown piece may name, in full or abbreviated."""
        ways = forms(piece)
        as_full = (self._by_any.get(form, ()) for form in ways.full)
        as_short = (self._by_full.get(form, ()) for form in ways.every)
        return frozenset().union(*as_full, *as_short)

    def _company_clue(self, row: int, said: tuple[str, ...]) -> Iterator[Clue]:
        """Weigh a shown company: agreeing is worth the more the rarer the company is on the list."""
        own = self._company[row]
        if not own:
            return
        for piece in said:
            named = self._agreeing(piece)
            if own in named:
                staff = sum(self._employers[one] for one in named)
                factor = max(1.5, len(self._company) / (staff + 1))
                yield Clue(factor, Reason("company_agrees", (("said", piece), ("company", own))))
                return
        other = next((p for p in said if self._agreeing(p) or looks_organisational(p)), None)
        if other is not None:
            differs = Reason("company_differs", (("said", other), ("company", own)))
            yield Clue(self.weights.company_miss, differs)

    def _place_clue(self, row: int, said: tuple[str, ...]) -> Iterator[Clue]:
        """Weigh a shown place against the row's place, else its company and title."""
        shown = next((piece for piece in said if is_place(piece)), None)
        if shown is None:
            return
        own = fold(self._place[row])
        if shown.rstrip("市省") in own + fold(self._company[row]) + fold(self._title[row]):
            yield Clue(self.weights.place_hit, Reason("place_agrees", (("said", shown),)))
        elif own:
            differs = Reason("place_differs", (("said", shown), ("place", self._place[row])))
            yield Clue(self.weights.place_miss, differs)

    def _title_clue(self, row: int, said: tuple[str, ...]) -> Iterator[Clue]:
        """Weigh a shown title; titles flatter and change, so another one speaks against nobody."""
        own = "".join(letters(fold(self._title[row])))
        shown = next((piece for piece in said if own and is_title(piece) and piece in own), None)
        if shown is not None:
            yield Clue(self.weights.title_hit, Reason("title_agrees", (("said", shown),)))

    def _phone_clue(self, row: int, shown: Shown) -> Iterator[Clue]:
        """Weigh the ending of a phone; four digits alone may also be a year or a number of staff."""
        own = self._tail[row]
        if not (own and shown.tail):
            return
        hit, miss = self.weights.digits_hit, self.weights.digits_miss
        if shown.sure_tail:
            hit, miss = self.weights.phone_hit, self.weights.phone_miss
        if own == shown.tail:
            yield Clue(hit, Reason("phone_agrees", (("tail", own),)))
        else:
            yield Clue(miss, Reason("phone_differs", (("said", shown.tail), ("tail", own))))


def _rows_by(values: Iterable[str]) -> dict[str, set[int]]:
    """Index rows by a column."""
    found: dict[str, set[int]] = defaultdict(set)
    for row, value in enumerate(values):
        found[value].add(row)
    return found
