"""Estimates what was to be expected of a participant: a stranger, or which of the people who are still to come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from math import fsum, log
from typing import NamedTuple

from attendance.matching.columns import Table, column
from attendance.matching.keys import COLUMNS
from attendance.matching.model import Arrivals, Key, People, Reason
from attendance.matching.policy import Policy
from attendance.matching.room import Prior, prior
from attendance.matching.settle import Case
from attendance.matching.weigh import Findings, Lead

# Remarks on names that fit everybody or nobody, so that they say nothing of how many strangers came.
_MUTE = frozenset({"device_name", "crowd", "robot"})
_SCRIPTS = ("han", "latin", "")
# How many people of the list each group is thought to have sent before the meeting's own data speak.
_WEIGHT = 5.0
# Nobody's keys make it less likely than this that he came without them.
_LEAST = 0.1
_ROUNDS = 3

# Which keys somebody has, in one order.
Sign = tuple[bool, ...]
# The letters of a displayed name, and the keys its participant carries.
Kind = tuple[str, Sign]


class Open(NamedTuple):
    """A participant no key settled, and what the displayed names lead to."""

    case: Case
    found: Findings

    @property
    def says_a_name(self) -> bool:
        """Tell whether the displayed names can tell a listed person from a stranger at all."""
        return bool(self.found.leads) or (
            bool(self.found.script) and not any(remark.code in _MUTE for remark in self.found.remarks)
        )


class Told(NamedTuple):
    """What an open participant tells of who comes: its kind, and the ratios of each group of rows added up."""

    script: str
    sign: Sign
    sums: Mapping[Sign, float]
    says_a_name: bool


class Comers:
    """The people of a list whom nobody was found for yet, and how often they come against strangers.

    Meaning: both are learnt from the meeting itself, in groups. Whom a key of his would have given away is less likely
    somebody who has such a key on the list; who carries a key that the list does not know is more likely a stranger.
    """

    def __init__(
        self, people: People, arrivals: Arrivals, known: AbstractSet[Key], taken: AbstractSet[int], policy: Policy
    ) -> None:
        """Take the meeting; `known` are the keys that named participants, `taken` the rows found already."""
        self.taken, self.policy = taken, policy
        self._carried = _signs(arrivals, [(key, name) for key, _, name in COLUMNS if name])
        listed = [(key, name) for key, name, _ in COLUMNS if key in known]
        self._keys = [key for key, _ in listed]
        self._group = _signs(people, listed)
        self._left = Counter(self._group)
        self._left.subtract(Counter(self._group[row] for row in taken))
        self._free = len(people) - len(taken)
        self._signs = frozenset(self._carried)
        # Whether keys tell those who are still to come apart at all.
        self._differ = len(self._left) > 1
        self._priors: dict[Kind, Prior] = {}
        self._likelier: dict[Sign, Mapping[Sign, float]] = {}
        self._base, self._keyed = cache(self._base_rate), cache(self._without)

    def learn(self, opened: Sequence[Open]) -> None:
        """Learn from all participants no key settled."""
        told = [self._told(each) for each in opened]
        self._estimate(told)
        for _ in range(_ROUNDS if self._differ else 0):
            self._compare(told)
            self._estimate(told)

    def _told(self, each: Open) -> Told:
        """Add up a participant's ratios for each group of the rows that are not found yet."""
        sums: dict[Sign, list[float]] = {}
        for row, lead in each.found.leads.items():
            if row not in self.taken:
                sums.setdefault(self._group[row], []).append(lead.ratio)
        added = {group: ratios[0] if len(ratios) == 1 else fsum(ratios) for group, ratios in sums.items()}
        return Told(each.found.script, self._carried[each.case.row], added, each.says_a_name)

    def forget(self) -> None:
        """Let go of what was remembered: it would stay until it is collected."""
        vars(self).clear()

    def odds(self, each: Open) -> dict[int, float]:
        """Turn a participant's likelihood ratios into odds against a stranger."""
        before, sign = self._prior(each), self._carried[each.case.row]
        taken, again, odds, leads = self.taken, before.again, before.odds, each.found.leads.items()
        if not self._likelier:
            return {row: lead.ratio * (again if row in taken else odds) for row, lead in leads}
        likelier, group = self._likelier[sign], self._group
        return {
            row: lead.ratio * (again if row in taken else odds * (1.0 if lead.shared else likelier[group[row]]))
            for row, lead in leads
        }

    def second(self, each: Open) -> float:
        """Give how much less likely a person comes by a further participant than by the first."""
        return self._prior(each).second

    def expected(self, each: Open, lead: Lead) -> Iterable[Reason]:
        """Say what was to be expected of somebody before the name was read."""
        kind = each.found.script, self._carried[each.case.row]
        known = lead.row in self.taken
        yield self._base(kind, known)
        if self._differ and not (known or lead.shared):
            yield self._keyed(kind[1], self._group[lead.row])

    def _prior(self, each: Open) -> Prior:
        return self._priors[each.found.script, self._carried[each.case.row]]

    def _estimate(self, told: Sequence[Told]) -> None:
        """Estimate for each kind of participants how many are strangers, and how many are people of the list."""
        sums: dict[str, dict[Sign, list[float]]] = {script: defaultdict(list) for script in _SCRIPTS}
        for each in told:
            each_kind = sums[each.script][each.sign]
            if each.says_a_name:
                each_kind.append(fsum(self._weighed(each).values()))
        scripts = {script: [total for each in signs.values() for total in each] for script, signs in sums.items()}
        share = self._share([total for each in scripts.values() for total in each], self.policy.walk_ins)
        for script, signs in sums.items():
            usual = self._share(scripts[script], share) if len(signs) > 1 else share
            for sign, each in signs.items():
                self._priors[script, sign] = prior(each, self._free, self.policy, usual, len(scripts[script]))[0]

    def _share(self, sums: Sequence[float], expected: float) -> float:
        """Estimate the share of strangers."""
        return prior(sums, self._free, self.policy, expected, len(sums))[1]

    def _weighed(self, each: Told) -> Mapping[Sign, float]:
        """Weigh a participant's ratios by how likely their group is to come so."""
        if not self._likelier:
            return each.sums
        likelier = self._likelier[each.sign]
        return {group: total * likelier[group] for group, total in each.sums.items()}

    def _compare(self, told: Sequence[Told]) -> None:
        """Estimate how many people each group of rows sent, from how probable each is for each participant."""
        came: dict[Sign, dict[Sign, list[float]]] = {sign: {group: [] for group in self._left} for sign in self._signs}
        for each in told:
            before, sums = self._priors[each.script, each.sign].odds, self._weighed(each)
            total = 1 + before * fsum(sums.values())
            for group, ratio in sums.items():
                came[each.sign][group].append(before * ratio / total)
        sent = {sign: {group: fsum(chances) for group, chances in groups.items()} for sign, groups in came.items()}
        usual = self._against({group: fsum([each[group] for each in sent.values()]) for group in self._left})
        self._likelier = {sign: self._against(each, usual) for sign, each in sent.items()}

    def _against(self, sent: Mapping[Sign, float], usual: Mapping[Sign, float] | None = None) -> dict[Sign, float]:
        """Compare what each group sent with its share of those who are still to come."""
        rate = fsum(sent.values()) / max(1, self._free)
        assumed = usual or dict.fromkeys(sent, 1.0)
        return {
            group: max(_LEAST, (came + _WEIGHT * assumed[group]) / (rate * self._left[group] + _WEIGHT))
            for group, came in sent.items()
        }

    def _base_rate(self, kind: Kind, known: bool) -> Reason:
        """Say what was to be expected of somebody not found yet, or of one who was."""
        before = self._priors[kind]
        return Reason("base_rate", (), log(before.again if known else before.odds))

    def _without(self, sign: Sign, group: Sign) -> Reason:
        """Say what it means that somebody came without a key that told."""
        keys = ",".join(key.value for key, has in zip(self._keys, group, strict=True) if has)
        weight = log(self._likelier[sign][group])
        return Reason("comes_without", (("keys", keys),), weight) if keys else Reason("comes_by_name", (), weight)


def _signs(table: Table, columns: Iterable[tuple[Key, str]]) -> list[Sign]:
    """Give for each row of a table which keys it has; equal signs are one."""
    held = [map(bool, column(table, name)) for _, name in columns]
    met: dict[Sign, Sign] = {}
    return [met.setdefault(sign, sign) for sign in zip(*held, strict=True)] if held else [()] * len(table)
