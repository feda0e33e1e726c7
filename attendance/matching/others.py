"""Finds out who else may sit behind a displayed name: strangers, a second person, an assistant, a device."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from math import fsum

from attendance.matching.index import Hit
from attendance.matching.listed import Listed
from attendance.matching.model import Reason
from attendance.matching.policy import How
from attendance.matching.sounds import Heard
from portal.names import (
    Shown,
    given_spellings,
    is_han,
    is_place,
    is_title,
    is_unit,
    letters,
    looks_called,
    looks_named,
    looks_organisational,
    peel,
    split,
    surname_spellings,
    surnames,
    syllables,
)
from portal.names.fold import HAN
from portal.names.tables import words

_DEVICE = Reason("device_name")
# Who says so of somebody else by one character, where that is no part of a word.
_INSTEAD = re.compile(
    rf"(?<![^\W_])[代替](?![^\W_])|(?<=[{HAN}]{{2}})(?<![时现当古])[代替](?![表办])(?=[{HAN}]{{2}})"
)
_WHOLE = frozenset({How.EXACT, How.TITLED})
# What is written in one with a name is a second one only from this length on: companies have two characters.
_GLUED = 3
_AND = "和与跟"
_HALVES = re.compile(rf"([{HAN}]{{2,}})[·•・‧]([{HAN}]{{2,}})")
_JOINED = re.compile(rf"[&+、/{_AND}]")


class Others:
    """Looks for others than the listed in displayed names."""

    def __init__(self, listed: Listed) -> None:
        """Take the list."""
        self.listed = listed
        self._somebody = cache(self._is_somebody)

    def stranger(self, names: Sequence[str], each: Sequence[Shown], row: int) -> str:
        """Give the name of a stranger that is shown alone and can be no way to write that of a row; else nothing.

        Shape: `each` holds the displayed names as they are read.
        """
        own = self.listed.names[row]
        if not is_han(own):
            return ""
        whole = [run for shown in each for run in shown.runs]
        stages = [bare for run in whole for bare, _ in peel(run)]
        runs = [*stages, *(name for run in stages if not looks_organisational(run) for name in self._beside_company(run))]
        alone = {self.listed.folded(name) for name in names}.union(*(shown.runs for shown in each if self._introduces(shown)))
        written = next((run for run in runs if _unlike(run, own) and self._namely(run, alone)), "")
        other = written or next((run for run in whole if _addresses_another(run, own)), "") or _of_two_halves(names, own)
        return other or next((said for shown in each if (said := self._spelled(shown, own))), "")

    def _beside_company(self, run: str) -> Iterator[str]:
        """Give what has the length of a name and is written in one with a company."""
        for name, rest in ((run[-_GLUED:], run[:-_GLUED]), (run[:_GLUED], run[_GLUED:])):
            if len(rest) > 1 and self._is_company(rest):
                yield name

    def _introduces(self, shown: Shown) -> bool:
        """Tell whether a company or a title stands beside what may be a name, as nobody writes it beside a nickname."""
        return any(is_title(run) or is_unit(run) or self._is_company(run) for run in shown.runs)

    def _is_company(self, run: str) -> bool:
        """Tell whether a run is a company by its shape, or because one of the list begins so."""
        return looks_organisational(run) or self.listed.around.heads(run)

    def _namely(self, run: str, alone: AbstractSet[str]) -> bool:
        """Tell whether a run is a name, however rare, and no nickname; one of two characters stands alone and is no rare one."""
        if not looks_named(run) or _is_called(run):
            return False
        if len(run) == 2:
            return run in alone and self.listed.rarity.expected(run) >= self.listed.policy.namely_short
        return looks_called(run) or self.listed.rarity.expected(run) >= self.listed.policy.namely

    def _spelled(self, shown: Shown, own: str) -> str:
        """Give words that are the name of a stranger in pinyin and no way to write the own one; else nothing."""
        if shown.runs or len(set(shown.words)) < 2:
            return ""
        said = " ".join(shown.words)
        heard = self.listed.index.sounds.hear(said)
        share = fsum([self.listed.rarity.sounds(one.surnames, one.givens, one.size) for one in heard])
        least = self.listed.policy.namely if any(one.size > 1 for one in heard) else self.listed.policy.namely_short
        return said if heard and share >= least and not any(_sounds_like(one, own) for one in heard) else ""

    def second(self, folded: str, own: str) -> str:
        """Give the name of a second person that stands beside the own one; two characters only where something joins them."""
        rest = folded.replace(own, " ")
        least = 2 if _JOINED.search(rest) else _GLUED
        runs = (run.strip(_AND) for run in letters(rest))
        return next((run for run in runs if len(run) >= least and is_han(run) and self._somebody(run)), "")

    def remarks(self, name: str, shown: Shown, hits: Sequence[Hit], crowd: int) -> tuple[Reason, ...]:
        """Remark what is to be said of a name: two people in it, a crowd it fits, a device, somebody else beside it."""
        people = [one for one in shown.people if self._no_company(one)]
        return (*_plainly(shown, people, hits, crowd), *self._beside(self.listed.folded(name), shown, hits))

    def _beside(self, folded: str, shown: Shown, hits: Sequence[Hit]) -> list[Reason]:
        """Remark that somebody else may sit there: an assistant, a relative, a second person who is not listed."""
        remarks = []
        if stands := self.stands_in(folded, self._rows(hits)):
            remarks.append(Reason("stands_in", (("said", stands),)))
        if hits and len(shown.people) < 2 and any(hit.how in _WHOLE or hit.how is How.PART for hit in hits):
            said = {hit.said for hit in hits}
            beside = [(hit.said, piece) for hit in hits if hit.how is How.PART for piece in hit.rest]
            glued = [piece for name, piece in beside if _is_glued(name, piece, folded)]
            parts = "\n".join(said)
            others = [run for run in dict.fromkeys((*shown.runs, *glued)) if run not in parts and self._somebody(run)]
            others += [piece.strip(_AND) for name, piece in beside if _is_joined(name, piece, folded)]
            if others:
                remarks.append(Reason("two_people", (("said", "、".join((*sorted(said), *others))),)))
        return remarks

    def stands_in(self, folded: str, rows: Iterable[int]) -> str:
        """Give the word by which a name says that somebody stands in; none that is in a title or company of these rows."""
        found = _stands_in(folded)
        if not found:
            return ""
        people = self.listed.people
        said = (column[row] for row in rows for column in (people.title, people.company) if column)
        return "" if any(found in each for each in said) else found

    def _no_company(self, run: str) -> bool:
        """Tell whether a part of a name that says two people is no company after all (安信+张三)."""
        return run in self.listed.index.rows or not (is_place(run) or self._is_company(run))

    def _rows(self, hits: Sequence[Hit]) -> Iterator[int]:
        """Give those a name leads to."""
        return (row for hit in hits if hit.name for row in self.listed.index.rows[hit.name])

    def _is_somebody(self, run: str) -> bool:
        """Tell whether a run is the name of a person and no company, place or title."""
        if not looks_named(run) or (len(run) > 3 and not looks_called(run)) or _is_called(run):
            return False
        if is_place(run) or is_title(run) or is_unit(run):
            return False
        # 高工 is how one addresses a Gao, and 王丽的 comes before a device.
        if any(taken for _, taken in peel(run)):
            return False
        if self._is_company(run):
            return False
        least = self.listed.policy.namely if len(run) > 2 else self.listed.policy.namely_short
        return (len(run) > 2 and looks_called(run)) or self.listed.rarity.expected(run) >= least


def _stands_in(folded: str) -> str:
    """Give the word by which a name says that somebody stands in: an assistant, a relative, a program that takes notes."""
    said, beginnings = _standing()
    if beginnings.isdisjoint(folded):
        return ""
    found = said.search(folded) or _INSTEAD.search(folded)
    return found[0] if found else ""


@cache
def _standing() -> tuple[re.Pattern[str], frozenset[str]]:
    """Put the words together by which a name says that somebody stands in, and the characters they begin with."""
    known = words()["stands_in"]
    longest_first = sorted(known, key=lambda word: (-len(word), word))
    return re.compile("|".join(longest_first)), frozenset("代替").union(word[0] for word in known)


def _is_glued(said: str, piece: str, folded: str) -> bool:
    """Tell whether a piece written in one with a name is as long as one, or follows it, which companies do not."""
    return len(piece) == _GLUED or (len(piece) > 1 and said + piece in folded)


def _is_joined(said: str, piece: str, folded: str) -> bool:
    """Tell whether a piece is tied to a name by an "and", whatever names look like where it comes from."""
    after, before = piece[0] in _AND and said + piece in folded, piece[-1] in _AND and piece + said in folded
    return len(piece) > _GLUED and (after or before)


def _of_two_halves(names: Iterable[str], own: str) -> str:
    """Give a name written with a dot in it (古丽娜尔·库尔班), which is nobody's of another name."""
    halves = (found for name in names for found in _HALVES.finditer(name))
    return next((found[0] for found in halves if _unlike(found[0], own) and not looks_organisational(found[2])), "")


def _is_called(run: str) -> bool:
    """Tell whether a run that has the shape of a name is a word people call themselves by (安静, 阿明)."""
    return run in words()["calls"] or (len(run) == 2 and run[0] == "阿")


def _addresses_another(run: str, own: str) -> bool:
    """Tell whether a run is how one addresses somebody of another surname (卢教授, 老卢), whom nobody stands in for."""
    bare, taken = peel(run)[-1]
    if _stands_in(run):
        return False
    return bool(taken) and bare in surnames() and bare[0] not in own and all(is_title(one) or one == "老" for one in taken)


def _unlike(run: str, own: str) -> bool:
    """Tell whether a run can be no way to write a name: another surname, and at most one character of the rest."""
    return run[0] != own[0] and len(set(run) & set(own)) < 2


def _sounds_like(one: Heard, own: str) -> bool:
    """Tell whether what is heard could be meant for a name: the same surname, or two syllables of it."""
    surname, given = split(own)
    first, last = one.said
    spelled = {way for character in given for way in given_spellings(character)}
    return first in surname_spellings(surname) or len(spelled.intersection((first, *syllables(last)))) > 1


def _plainly(shown: Shown, people: Sequence[str], hits: Sequence[Hit], crowd: int) -> list[Reason]:
    """Remark what is to be said of the name: two people by its words or by two whole listed names, a crowd, a device."""
    remarks = []
    whole = _whole(hits) if len(hits) > 1 else ()
    if len(people) > 1 or len(whole) > 1:
        said = people if len(people) > 1 else sorted(whole)
        remarks.append(Reason("two_people", (("said", "、".join(said)),)))
    if crowd:
        remarks.append(Reason("crowd", (("people", crowd),)))
    if shown.device:
        remarks.append(_DEVICE)
    return remarks


def _whole(hits: Sequence[Hit]) -> set[str]:
    """Collect the names that stand whole, and those written in one or side by side with another."""
    said = {hit.said for hit in hits}
    whole = {hit.said for hit in hits if hit.how in _WHOLE}
    spoken: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        if hit.how is How.PINYIN:
            spoken[hit.said].add(hit.name)
    whole |= {each for each, names in spoken.items() if names.isdisjoint(whole)}
    for hit in hits:
        if hit.how is How.PART and not (beside := said.intersection(hit.rest)) <= {hit.said}:
            whole |= {hit.said, *beside}
    return whole
