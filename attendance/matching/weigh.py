"""Turns displayed names into likelihood ratios for listed persons."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from math import fsum, log, prod
from typing import NamedTuple

from attendance.matching.clues import Clue, Surroundings
from attendance.matching.copies import Copies
from attendance.matching.index import Hit, NameIndex
from attendance.matching.model import People, Reason
from attendance.matching.policy import How, Policy
from attendance.matching.rarity import Rarity
from attendance.matching.sounds import Heard, Sounds
from portal.names import (
    Shown,
    fold,
    fold_all,
    given_spellings,
    is_han,
    is_place,
    is_title,
    is_unit,
    looks_named,
    looks_organisational,
    peel,
    read,
    split,
    surname_spellings,
    syllables,
)
from portal.names.fold import HAN


class Lead(NamedTuple):
    """A row a participant may be: how much likelier it makes what is shown than a stranger does, and why."""

    row: int
    how: How
    ratio: float
    reasons: tuple[Reason, ...]
    name: str = ""
    supported: bool = False
    shared: bool = False


class Findings(NamedTuple):
    """What one displayed name leads to, and remarks on the name itself (a device, two people, a crowd).

    Meaning: `script` tells the letters of the name, "han" or "latin"; it is empty for what names nobody.
    """

    leads: Mapping[int, Lead]
    remarks: tuple[Reason, ...] = ()
    script: str = ""


_PLAIN = Shown()
_ROBOT = Findings({}, (Reason("robot"),))
_DEVICE = Reason("device_name")
_WRONG = frozenset({How.HOMOPHONE, How.TYPO})
_STANDS_IN = re.compile(
    r"助理|秘书|家属|代参|代会|代听|代替|替会|(?<![^\W_])[代替](?![^\W_])"
    rf"|(?<=[{HAN}]{{2}})(?<![时现当古])[代替](?![表办])(?=[{HAN}]{{2}})"
)
# The characters its matches begin with.
_STANDING = frozenset("助秘家代替")
_WHOLE = frozenset({How.EXACT, How.TITLED})
# What is written in one with a name is a second one only from this length on: companies have two characters.
_GLUED = 3


class Reader:
    """Reads displayed names against one list, equal ones once, and the list only if need be."""

    def __init__(self, people: People, policy: Policy, copies: Copies) -> None:
        """Take the list."""
        self.people, self.policy, self.copies = people, policy, copies
        self.read = cache(self._read)
        self.look, self.somebody = cache(self._look), cache(self._somebody)
        self._folded: dict[str, str] = {}

    @cached_property
    def index(self) -> NameIndex:
        """Index the list's names."""
        return NameIndex(self.people.name, self.listed, self.copies)

    @cached_property
    def listed(self) -> list[str]:
        """Fold the list's names."""
        return fold_all(self.people.name)

    @cached_property
    def around(self) -> Surroundings:
        """Index what the list says beside the names."""
        return Surroundings(self.people, self.policy.clues)

    @cached_property
    def rarity(self) -> Rarity:
        """Count how rare the list's names are."""
        return Rarity({name: len(rows) for name, rows in self.index.rows.items()}, self.policy)

    def forget(self) -> None:
        """Let go of all that was read: what remembers answers for its own methods would stay until it is collected."""
        held = [self, *vars(self).values()]
        for each in (*held, getattr(vars(self).get("index"), "sounds", None)):
            if isinstance(each, Reader | Rarity | Surroundings | Sounds):
                vars(each).clear()

    def prepare(self, names: Iterable[str]) -> None:
        """Fold the names that are going to be read, all at once."""
        distinct = list(dict.fromkeys(names))
        self._folded = dict(zip(distinct, fold_all(distinct), strict=True))

    def folded(self, name: str) -> str:
        """Give a name folded."""
        known = self._folded.get(name)
        return fold(name) if known is None else known

    def leads(self, names: Iterable[str]) -> dict[int, Lead]:
        """Give the strongest lead to each row from all displayed names of a participant."""
        return strongest([lead for name in names for lead in self.read(name).leads.values()])

    def whole_names(self, names: Iterable[str]) -> dict[str, list[int]]:
        """Give the listed names that displayed ones hold whole, in a way that may decide, with their rows."""
        return {
            hit.name: self.index.rows[hit.name]
            for name in names
            for hit in self.look(name)[1]
            if hit.how in self.policy.deciding
        }

    def stranger(self, names: Sequence[str], row: int) -> str:
        """Give the name of a stranger that is shown alone and can be no way to write that of a row; else nothing."""
        own = self.listed[row]
        if not is_han(own):
            return ""
        each = [self.look(name)[0] for name in names]
        runs = [bare for shown in each for run in shown.runs for bare, _ in peel(run)]
        alone = {self.folded(name) for name in names}
        written = next((run for run in runs if _unlike(run, own) and self._namely(run, alone)), "")
        return written or next((said for shown in each if (said := self._spelled(shown, own))), "")

    def _namely(self, run: str, alone: AbstractSet[str]) -> bool:
        """Tell whether a run is a name that some people carry, and no nickname; one of two characters stands alone."""
        short = len(run) == 2
        if (short and run not in alone) or not looks_named(run):
            return False
        return self.rarity.expected(run) >= (self.policy.namely_short if short else self.policy.namely)

    def _spelled(self, shown: Shown, own: str) -> str:
        """Give words that are the name of a stranger in pinyin and no way to write the own one; else nothing."""
        if shown.runs or len(set(shown.words)) < 2:
            return ""
        said = " ".join(shown.words)
        heard = self.index.sounds.hear(said)
        share = fsum([self.rarity.sounds(one.surnames, one.givens, one.size) for one in heard])
        least = self.policy.namely if any(one.size > 1 for one in heard) else self.policy.namely_short
        return said if heard and share >= least and not any(_sounds_like(one, own) for one in heard) else ""

    def _look(self, name: str) -> tuple[Shown, list[Hit]]:
        """Find the listed names that stand whole in a displayed one."""
        folded = self.folded(name)
        if folded in self.index.rows:
            return _PLAIN, [Hit(folded, How.EXACT, folded)]
        shown = read(name, folded)
        return shown, [] if shown.robot else self.index.whole(shown)

    def _read(self, name: str) -> Findings:
        """Find and weigh every row a displayed name may mean, with what is to be said of the name.

        Guarantee: a name that fits more rows than the policy's crowd leads only to those whose company
        or phone ending agrees too, and to nobody if these are a crowd as well.
        """
        shown, hits = self.look(name)
        if shown is _PLAIN and len(self.index.rows[hits[0].name]) <= self.policy.crowd:
            return self._plain(hits[0].name)
        if shown.robot:
            return _ROBOT
        if hits:
            most, crowd = self.policy.crowd, sum(len(self.index.rows[hit.name]) for hit in hits)
        else:
            most = self.policy.few
            hits, crowd = self.index.doubtful(shown, most)
        leads = strongest(self._all(hits, shown, crowded=crowd > most)) if hits else {}
        if not leads and shown.tail and not any(map(looks_named, shown.runs)):
            leads = strongest(self._by_phone(shown))
        people = tuple([one for one in shown.people if self._no_company(one)])
        remarks = _remarks(shown, people, hits, crowd if crowd > most else 0) + self._beside(self.folded(name), shown, hits)
        return Findings(leads, tuple(remarks), _script(shown, hits))

    def _beside(self, folded: str, shown: Shown, hits: Sequence[Hit]) -> list[Reason]:
        """Remark that somebody else may sit there: an assistant, a relative, a second person who is not listed."""
        remarks = []
        stands = None if _STANDING.isdisjoint(folded) else _STANDS_IN.search(folded)
        if stands and not any(stands[0] in title for title in self._titles(hits)):
            remarks.append(Reason("stands_in", (("said", stands[0]),)))
        if hits and len(shown.people) < 2 and any(hit.how in _WHOLE or hit.how is How.PART for hit in hits):
            said = {hit.said for hit in hits}
            glued = [piece for hit in hits if hit.how is How.PART for piece in hit.rest if len(piece) == _GLUED]
            others = [run for run in dict.fromkeys((*shown.runs, *glued)) if run not in said and self.somebody(run)]
            if others:
                remarks.append(Reason("two_people", (("said", "、".join((*sorted(said), *others))),)))
        return remarks

    def _no_company(self, run: str) -> bool:
        """Tell whether a part of a name that says two people is no company after all (安信+张三)."""
        return run in self.index.rows or not (looks_organisational(run) or is_place(run) or self.around.heads(run))

    def _titles(self, hits: Sequence[Hit]) -> Iterator[str]:
        """Give the titles of those a name leads to."""
        rows = (row for hit in hits if hit.name for row in self.index.rows[hit.name])
        return (self.people.title[row] for row in rows) if self.people.title else iter(())

    def _somebody(self, run: str) -> bool:
        """Tell whether a run is the name of a person and no company, place or title."""
        if len(run) > 3 or not looks_named(run) or is_place(run) or is_title(run) or is_unit(run):
            return False
        # 高工 is how one addresses a Gao, and 王丽的 comes before a device.
        if any(taken for _, taken in peel(run)):
            return False
        least = self.policy.namely if len(run) == 3 else self.policy.namely_short
        return not (looks_organisational(run) or self.around.heads(run)) and self.rarity.expected(run) >= least

    def _plain(self, name: str) -> Findings:
        """Lead to the bearers of a name that is shown as it is listed."""
        ratio = 1 / self.rarity.of(name)
        reasons = (Reason(How.EXACT.value, (("said", name),), log(ratio)),)
        leads = {row: Lead(row, How.EXACT, ratio, reasons, name) for row in self.index.rows[name]}
        return Findings(leads, (), "han" if is_han(name) else "latin")

    def _all(self, hits: Sequence[Hit], shown: Shown, *, crowded: bool) -> Sequence[Lead]:
        """Weigh the rows of all hits; of a crowd only those whom company or phone speaks for."""
        if not crowded:
            rows = [self.index.rows[hit.name] for hit in hits]
        else:
            hits = [hit for hit in hits if hit.rest or shown.tail]
            rows = [self._supported(hit, shown.tail) for hit in hits]
        if sum(map(len, rows)) > self.policy.crowd:
            return ()
        return [lead for hit, each in zip(hits, rows, strict=True) if each for lead in self._leads(hit, each, shown)]

    def _supported(self, hit: Hit, tail: str) -> list[int]:
        """Give the rows of a hit that the company or the phone ending speaks for."""
        backed = self.around.backed(hit.rest, tail)
        if hit.name:
            return [row for row in self.index.rows[hit.name] if row in backed]
        own = {self.copies.first.get(row, row) for row in backed if self.listed[row].startswith(hit.said)}
        return sorted(own)

    def _by_phone(self, shown: Shown) -> Sequence[Lead]:
        """Lead to those whose phone ends like the digits of a name that names nobody."""
        rows = {self.copies.first.get(row, row) for row in self.around.by_phone(shown)}
        if not 0 < len(rows) <= self.policy.crowd:
            return ()
        return self._leads(Hit("", How.PHONE, shown.tail), sorted(rows), shown)

    def _leads(self, hit: Hit, rows: Sequence[int], shown: Shown) -> list[Lead]:
        """Weigh the rows of one listed name under one reading of the displayed one."""
        rarer = 1 / self._share(hit.name or self.listed[rows[0]], hit.how, hit.said)
        plain = self._named(hit, hit.how, rarer)
        if not (hit.rest or shown.tail):
            return [Lead(row, *plain[1:]) for row in rows]
        support = self.policy.strong_support if hit.how in _WRONG else self.policy.support
        leads = []
        for row in rows:
            clues, named = self.around.clues(row, shown, hit.rest), plain
            if hit.how is How.FRAGMENT and any(one.reason.code == "company_agrees" for one in clues):
                # A fragment beside the right company is no chance.
                named = self._named(hit, How.PART, rarer)
            leads.append(_with_clues(named, row, clues, support))
        return leads

    def _named(self, hit: Hit, how: How, rarer: float) -> Lead:
        """Weigh the name alone."""
        ratio = self.policy.shows[how] * rarer
        return Lead(-1, how, ratio, (Reason(how.value, (("said", hit.said),), log(ratio)),), hit.name)

    def _share(self, name: str, how: How, said: str) -> float:
        """Give the share of strangers who would show what was shown."""
        rarity = self.rarity
        if how is How.PHONE:
            return 1.0
        if not is_han(name) or how in (How.EXACT, How.TITLED, How.PART, How.FRAGMENT):
            return rarity.of(name)
        surname, given = split(name)
        if how is How.PINYIN:
            return self._spoken(name, said)
        if how in (How.HOMOPHONE, How.TYPO):
            return rarity.of(said)
        if how is How.GIVEN:
            return rarity.given(given)
        if how is How.SURNAME:
            return rarity.surname(surname)
        return rarity.initials(surname, given, spelled=len(said) > len(given) + 1)


    def _spoken(self, name: str, said: str) -> float:
        """Give the share of strangers who would write so, for each time somebody of this name does."""
        heard = self.index.sounds.hear(said)
        own = max(one.usual for one in heard if name in one.names)
        return fsum([one.usual * self.rarity.sounds(one.surnames, one.givens, one.size) for one in heard]) / own


def _unlike(run: str, own: str) -> bool:
    """Tell whether a run can be no way to write a name: another surname, and at most one character of the rest."""
    return run[0] != own[0] and len(set(run) & set(own)) < 2


def _sounds_like(one: Heard, own: str) -> bool:
    """Tell whether what is heard could be meant for a name: the same surname, or two syllables of it."""
    surname, given = split(own)
    first, last = one.said
    spelled = {way for character in given for way in given_spellings(character)}
    return first in surname_spellings(surname) or len(spelled.intersection((first, *syllables(last)))) > 1


def _with_clues(plain: Lead, row: int, clues: Sequence[Clue], support: float) -> Lead:
    """Weigh a name with what stands beside it."""
    if not clues:
        return Lead(row, *plain[1:])
    if len(clues) == 1:
        (factor, reason), = clues
        sure = factor >= support and (plain.how is not How.PHONE or reason.code == "number_agrees")
        return Lead(row, plain.how, plain.ratio * factor, (*plain.reasons, reason), plain.name, sure)
    factors = [one.factor for one in clues]
    reasons = (*plain.reasons, *[one.reason for one in clues])
    ratio = plain.ratio * prod(sorted(factors))
    sure = plain.how is not How.PHONE or any(reason.code == "number_agrees" for reason in reasons)
    supported = sure and max(factors) >= support
    return Lead(row, plain.how, ratio, reasons, plain.name, supported)


def _remarks(shown: Shown, people: Sequence[str], hits: Sequence[Hit], crowd: int) -> list[Reason]:
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
    for hit in hits:
        if hit.how is How.PART and not (beside := said.intersection(hit.rest)) <= {hit.said}:
            whole |= {hit.said, *beside}
    return whole


def _script(shown: Shown, hits: Sequence[Hit]) -> str:
    """Tell in which letters a name is shown, if it is one: known to the list, or at least shaped like one."""
    if shown is _PLAIN:
        return "han" if is_han(hits[0].name) else "latin"
    if shown.runs:
        named = hits or any(looks_named(bare) for run in shown.runs for bare, _ in peel(run))
        return "han" if named else ""
    return "latin" if shown.words else ""


def strongest(leads: Sequence[Lead]) -> dict[int, Lead]:
    """Keep the strongest lead to each row, for a participant who showed several names."""
    if len(leads) == 1:
        return {leads[0].row: leads[0]}
    best: dict[int, Lead] = {}
    for lead in leads:
        held = best.get(lead.row)
        if held is None or (lead.ratio, lead.name) > (held.ratio, held.name):
            best[lead.row] = lead
    return best

