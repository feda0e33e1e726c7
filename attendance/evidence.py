"""Why the portal says so: stored reasons as steps from what was to be expected to what is claimed, and who lost.

The weights of a candidate's reasons are natural logarithms of likelihood ratios; with `base_rate` and `rivals` they add
up to the log odds of the candidate's probability. Runs made before reasons had weights give no steps, only sentences.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from attendance import words
from attendance.models import Match
from attendance.words import Told
from meetings.models import ExpectedPerson
from portal.phones import scrub

BASE, RIVALS, REST = "base_rate", "rivals", "rest"
# Log odds beyond which a drawing shows no more: one in a million.
FURTHEST = math.log(1e6)
# A lower weight changes nothing anybody could notice; figures are stored with two digits.
SLIGHT = 0.05


class Step(NamedTuple):
    """One reason on the way: its code and sentence, what it weighs, and the log odds before and after it."""

    code: str
    sentence: str
    weight: float
    before: float
    after: float

    @property
    def effect(self) -> str:
        """Say in words what the reason did."""
        return of_weight(self.weight) if self.code != BASE else one_in(chance(self.after))

    @property
    def tone(self) -> str:
        """Name the tone of the bar: for, against, or where everything begins."""
        if self.code in (BASE, REST):
            return "mute"
        return "good" if self.weight > 0 else "bad"

    @property
    def chance(self) -> float:
        """How probable the claim is after this reason, from 0 to 1."""
        return chance(self.after)


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else of the list who could have been meant, how probable, and why not (sentences)."""

    person: ExpectedPerson | None
    share: float
    why: list[str]


@dataclass(frozen=True, slots=True)
class Explained:
    """One match, laid out: the claim's probability, its steps, what only explains, and the rivals."""

    match: Match
    share: float
    steps: list[Step]
    loose: list[Told]
    rivals: list[Rival]
    certain: bool


def waterfall(reasons: Iterable[Told], probability: float) -> list[Step]:
    """Give the steps from the base rate to a probability: strongest first, rivals last; none where nothing was weighed."""
    weighed = [told for told in reasons if weight_of(told)]
    if not weighed:
        return []
    steps: list[Step] = []
    at = 0.0
    for told in sorted(weighed, key=_place):
        weight = weight_of(told)
        steps.append(Step(str(told[0]), say(told), weight, at, at + weight))
        at += weight
    rest = log_odds(probability) - at
    # Beyond what is measured keys add up to more than anybody claims: where both read alike there is nothing to explain.
    if abs(rest) > 3 * SLIGHT and sure(chance(at)) != sure(probability):
        steps.append(Step(REST, _("Rounding, and the limit of what this policy has measured."), rest, at, at + rest))
    return steps


def explain(matches: Sequence[Match], about: int | None = None) -> list[Explained]:
    """Lay matches out; `about` is the person whose card it is, else whoever the match says. One query for all names."""
    wanted = {each["person"] for match in matches for each in match.candidates}
    people = ExpectedPerson.objects.defer("phone", "more_phones", "enroll_code").in_bulk(wanted)
    return [_explained(match, match.person_id or about, people) for match in matches]


def _explained(match: Match, about: int | None, people: dict[int, ExpectedPerson]) -> Explained:
    own = next((each for each in match.candidates if each["person"] == about), None)
    certain = match.tier == Match.Tier.CERTAIN
    reasons = [*own["for"], *own["against"]] if own else match.evidence
    share = match.confidence if own is None or certain else own["weight"]
    rivals = [
        Rival(people.get(each["person"]), each["weight"], why_not(each)) for each in match.candidates if each is not own
    ]
    steps = waterfall(reasons, share)
    # What was said of the whole decision goes with what weighs nothing; what is drawn as a step is not said again.
    drawn = {repr(each[:2]) for each in reasons if steps and weight_of(each)}
    loose = {repr(each[:2]): each for each in [*reasons, *match.evidence] if not (steps and weight_of(each))}
    return Explained(match, share, steps, [each for key, each in loose.items() if key not in drawn], rivals, certain)


def lead(told: Iterable[Told]) -> Told | None:
    """Give the reason that says most: the heaviest, else the first."""
    reasons = [each for each in told if each[0] not in (BASE, RIVALS)]
    return max(reasons, key=lambda each: abs(weight_of(each)), default=None)


def why_not(candidate: dict) -> list[str]:
    """Say why a candidate lost: what speaks against it, else that less speaks for it."""
    against = [*candidate["against"], *(told for told in candidate["for"] if weight_of(told) < 0)]
    return [say(told) for told in against if told[0] != BASE] or [_("Less speaks for this person.")]


def weight_of(told: Told) -> float:
    """Give the weight of a stored reason, 0 where it was stored without one."""
    return float(told[2]) if len(told) > 2 else 0.0


def say(told: Told) -> str:
    """Give the sentence of a stored reason, with nothing in it that could be dialled."""
    return scrub(words.say(told))


def of_weight(weight: float) -> str:
    """Say a likelihood ratio in words."""
    if abs(weight) < SLIGHT:
        return _("changes nothing")
    factor = math.exp(min(abs(weight), FURTHEST + 1))
    if factor > 1e6:
        return _("more than a million times likelier") if weight > 0 else _("more than a million times less likely")
    told = {"times": _rounded(factor)}
    return (_("%(times)s times likelier") if weight > 0 else _("%(times)s times less likely")) % told


def factor(weight: float) -> str:
    """Write a likelihood ratio for a table: ×20 or ÷20; nothing where nothing was weighed."""
    if not weight:
        return ""
    return f"{'×' if weight > 0 else '÷'}{_rounded(math.exp(min(abs(weight), FURTHEST)))}"


def one_in(probability: float) -> str:
    """Say a small probability as one in so many, a large one in per cent."""
    if probability >= 0.2:
        return sure(probability)
    return _("one chance in %(many)s") % {"many": _rounded(round(1 / max(probability, 1e-6)))}


def sure(probability: float) -> str:
    """Write a probability in per cent; what is not wholly sure is never 100 %, nor what is possible 0 %."""
    share = 100 * probability
    if share >= 99.95:
        return "> 99.9 %"
    if share < 0.1:
        return "< 0.1 %"
    return f"{share:.1f} %" if share > 99 or share < 1 else f"{min(99, round(share))} %"


def meaning(probability: float) -> str:
    """Say what a confidence means: how many of a hundred (or a thousand) such claims are right."""
    many = 1000 if probability > 0.99 else 100
    right = min(many - 1, round(many * probability))
    return _("Of %(many)d such claims about %(right)d are right.") % {"many": many, "right": right}


def log_odds(probability: float) -> float:
    """Turn a probability into log odds, within what is drawn."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def chance(odds: float) -> float:
    """Turn log odds into a probability."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))


def _place(told: Told) -> tuple[int, float]:
    order = {BASE: 0, RIVALS: 2}
    return order.get(str(told[0]), 1), -abs(weight_of(told))


def _rounded(figure: float) -> str:
    """Write a factor with two digits that mean something."""
    if figure < 10:
        return f"{figure:.1f}".removesuffix(".0")
    digits = len(str(int(figure)))
    return f"{int(round(figure, 2 - digits)):,}"
