"""Turns displayed names into likelihood ratios for listed persons."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import fsum, log, prod
from typing import NamedTuple

from attendance.matching.clues import Clue
from attendance.matching.index import Hit
from attendance.matching.listed import Listed
from attendance.matching.model import Reason
from attendance.matching.others import Others
from attendance.matching.policy import How
from portal.names import (
    Shown,
    is_han,
    looks_named,
    peel,
    read,
    split,
)


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
# Ways of which many people are shown: only a phone beside them decides.
_WEAK = frozenset({How.HOMOPHONE, How.TYPO, How.SURNAME})


class Reader:
    """Reads displayed names against one list, equal ones once, and the list only if need be."""

    def __init__(self, listed: Listed) -> None:
        """Take the list."""
        self.listed, self.others, self.policy = listed, Others(listed), listed.policy
        self.read, self.look = cache(self._read), cache(self._look)

    def forget(self) -> None:
        """Let go of all that was read: what remembers answers for its own methods would stay until it is collected."""
        self.listed.forget()
        vars(self.others).clear()
        vars(self).clear()

    def leads(self, names: Iterable[str]) -> dict[int, Lead]:
        """Give the strongest lead to each row from all displayed names of a participant."""
        return strongest([lead for name in names for lead in self.read(name).leads.values()])

    def whole_names(self, names: Iterable[str]) -> dict[str, list[int]]:
        """Give the listed names that displayed ones hold whole, in a way that may decide, with their rows."""
        return {
            hit.name: self.listed.index.rows[hit.name]
            for name in names
            for hit in self.look(name)[1]
            if hit.how in self.policy.deciding
        }

    def stranger(self, names: Sequence[str], row: int) -> str:
        """Give the name of a stranger that is shown alone and can be no way to write that of a row; else nothing."""
        return self.others.stranger(names, [self.look(name)[0] for name in names], row)

    def stands_in(self, names: Sequence[str], row: int) -> str:
        """Give the word by which a name that holds a row's own, or its surname, says that somebody else sits there."""
        family = split(self.listed.names[row])[0]
        shown = [folded for name in names if family and family in (folded := self.listed.folded(name))]
        return next((word for folded in shown if (word := self.others.stands_in(folded, [row]))), "")

    def second(self, names: Iterable[str], row: int) -> str:
        """Give the name of a second person that stands in one displayed name with a row's own; else nothing."""
        own = self.listed.names[row]
        if not is_han(own):
            return ""
        shown = [folded for name in names if (folded := self.listed.folded(name)) != own and own in folded]
        return next((said for folded in shown if (said := self.others.second(folded, own))), "")

    def pieces(self, name: str) -> tuple[str, ...]:
        """Give the pieces of a displayed name that may name somebody or a company."""
        shown = self.look(name)[0]
        if shown is _PLAIN:
            return (self.listed.folded(name),)
        # 的 before a device.
        return (*(run.removesuffix("的") for run in shown.runs), *shown.words)

    def _look(self, name: str) -> tuple[Shown, list[Hit]]:
        """Find the listed names that stand whole in a displayed one."""
        folded = self.listed.folded(name)
        if folded in self.listed.index.rows:
            return _PLAIN, [Hit(folded, How.EXACT, folded)]
        shown = read(name, folded)
        return shown, [] if shown.robot else self.listed.index.whole(shown)

    def _read(self, name: str) -> Findings:
        """Find and weigh every row a displayed name may mean, with what is to be said of the name.

        Guarantee: a name that fits more rows than the policy's crowd leads only to those whose company
        or phone ending agrees too, and to nobody if these are a crowd as well.
        """
        shown, hits = self.look(name)
        if shown is _PLAIN and len(self.listed.index.rows[hits[0].name]) <= self.policy.crowd:
            return self._plain(hits[0].name)
        if shown.robot:
            return _ROBOT
        if hits:
            most, crowd = self.policy.crowd, sum(len(self.listed.index.rows[hit.name]) for hit in hits)
        else:
            most = self.policy.few
            hits, crowd = self.listed.index.doubtful(shown, most)
        leads = strongest(self._all(hits, shown, crowded=crowd > most)) if hits else {}
        if not leads and shown.tail and not any(map(looks_named, shown.runs)):
            leads = strongest(self._by_phone(shown))
        remarks = self.others.remarks(name, shown, hits, crowd if crowd > most else 0)
        return Findings(leads, remarks, _script(shown, hits))

    def _plain(self, name: str) -> Findings:
        """Lead to the bearers of a name that is shown as it is listed."""
        ratio = 1 / self.listed.rarity.of(name)
        reasons = (Reason(How.EXACT.value, (("said", name),), log(ratio)),)
        leads = {row: Lead(row, How.EXACT, ratio, reasons, name) for row in self.listed.index.rows[name]}
        return Findings(leads, (), "han" if is_han(name) else "latin")

    def _all(self, hits: Sequence[Hit], shown: Shown, *, crowded: bool) -> Sequence[Lead]:
        """Weigh the rows of all hits; of a crowd only those whom company or phone speaks for."""
        if not crowded:
            rows = [self.listed.index.rows[hit.name] for hit in hits]
        else:
            hits = [hit for hit in hits if hit.rest or shown.tail]
            rows = [self._supported(hit, shown.tail) for hit in hits]
        if sum(map(len, rows)) > self.policy.crowd:
            return ()
        return [lead for hit, each in zip(hits, rows, strict=True) if each for lead in self._leads(hit, each, shown)]

    def _supported(self, hit: Hit, tail: str) -> list[int]:
        """Give the rows of a hit that the company or the phone ending speaks for."""
        backed = self.listed.around.backed(hit.rest, tail)
        if hit.name:
            return [row for row in self.listed.index.rows[hit.name] if row in backed]
        own = {self.listed.copies.first.get(row, row) for row in backed if self.listed.names[row].startswith(hit.said)}
        return sorted(own)

    def _by_phone(self, shown: Shown) -> Sequence[Lead]:
        """Lead to those whose phone ends like the digits of a name that names nobody."""
        rows = {self.listed.copies.first.get(row, row) for row in self.listed.around.by_phone(shown)}
        if not 0 < len(rows) <= self.policy.crowd:
            return ()
        return self._leads(Hit("", How.PHONE, shown.tail), sorted(rows), shown)

    def _leads(self, hit: Hit, rows: Sequence[int], shown: Shown) -> list[Lead]:
        """Weigh the rows of one listed name under one reading of the displayed one."""
        rarer = 1 / self._share(hit.name or self.listed.names[rows[0]], hit.how, hit.said)
        plain = self._named(hit, hit.how, rarer)
        if not (hit.rest or shown.tail):
            return [Lead(row, *plain[1:]) for row in rows]
        support = self.policy.strong_support if hit.how in _WEAK else self.policy.support
        leads = []
        for row in rows:
            clues, named = self.listed.around.clues(row, shown, hit.rest), plain
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
        rarity = self.listed.rarity
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
        heard = self.listed.index.sounds.hear(said)
        own = max(one.usual for one in heard if name in one.names)
        return fsum([one.usual * self.listed.rarity.sounds(one.surnames, one.givens, one.size) for one in heard]) / own


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
    return Lead(row, plain.how, ratio, reasons, plain.name, max(factors) >= support)


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

