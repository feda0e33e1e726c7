"""Decides many participants in one go by a rule: first it says who that would be, then one yes decides just them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance import cases, review
from attendance.models import Decision, Match, MatchRun
from attendance.review import Choice
from meetings.models import ExpectedPerson
from portal.accounts.models import User

SURE = 0.9
NOBODY = 0
# Ways of reading a displayed name that find a whole name.
WHOLE_NAME = frozenset({"name_exact", "name_titled", "name_part", "name_pinyin"})
# What says that more than one human may sit there: somebody has to look.
SHARED = frozenset({"two_people", "stands_in", "key_of_several_people", "key_of_several_arrivals"})

Verb = Decision.Verb


class Clear(NamedTuple):
    """One participant a rule decides; nobody stands for setting them aside."""

    match: Match
    person: ExpectedPerson | None
    last: int


class Rule(NamedTuple):
    """A rule: its words, which rows it looks at, and whom of the list each is: NOBODY of it, or None: not by this rule."""

    label: str | Promise
    told: str | Promise
    verb: str
    rows: Callable[[MatchRun], QuerySet[Match]]
    person: Callable[[Match], int | None]


def likely(run: MatchRun) -> QuerySet[Match]:
    """Give what waits, without conflicts."""
    return cases.waiting(run).filter(tier=Match.Tier.LIKELY)


def alone(match: Match, person: Callable[[Match], int | None]) -> int | None:
    """Give whom a rule takes a participant for, unless several may share the device, the link or the name."""
    return None if any(told[0] in SHARED for told in match.evidence) else person(match)


def own_staff(run: MatchRun) -> QuerySet[Match]:
    """Give the enterprise's own people whom nobody on the list fits."""
    return _unlisted(run).filter(participant__is_enterprise_user=True)


def the_only_one(match: Match) -> int | None:
    """Give the single candidate of whom the matching is nearly sure."""
    return match.candidates[0]["person"] if len(match.candidates) == 1 and match.confidence >= SURE else None


def name_and_company(match: Match) -> int | None:
    """Give the one candidate whose whole name and company agree."""
    fitting = [each["person"] for each in match.candidates if _agrees(each)]
    return fitting[0] if len(fitting) == 1 else None


def robot(match: Match) -> int | None:
    """Tell whether a participant is named like a recording robot."""
    return NOBODY if any(told[0] == "robot" for told in match.evidence) else None


RULES: Mapping[str, Rule] = {
    "company": Rule(
        _("Name and company agree"),
        _("Confirms whoever shows the whole name and the company of exactly one person."),
        Verb.CONFIRM, likely, partial(alone, person=name_and_company),
    ),
    "sure": Rule(
        _("One candidate, and nearly sure"),
        _("Confirms whoever has a single candidate that is right in nine of ten cases or more."),
        Verb.CONFIRM, likely, partial(alone, person=the_only_one),
    ),
    "staff": Rule(
        _("Own staff not on a list"), _("Sets aside whoever joined with an account of your enterprise and fits nobody."),
        Verb.IGNORE, own_staff, lambda match: NOBODY,
    ),
    "robots": Rule(
        _("Recording robots"), _("Sets aside whatever is named like a recording or note-taking robot."),
        Verb.IGNORE, cases.waiting, robot,
    ),
}  # fmt: skip


def preview(run: MatchRun, code: str) -> list[Clear]:
    """Give everybody a rule would decide now; nobody twice, and no person who is on no list any more."""
    rule = RULES[code]
    found = [(match, person) for match in rule.rows(run) if (person := rule.person(match)) is not None]
    people = ExpectedPerson.objects.present().in_bulk({person for _match, person in found if person})
    last = _seen(run)
    return [
        Clear(match, people.get(person), last.get(match.participant.ms_open_id, 0))
        for match, person in found
        if person == NOBODY or person in people
    ]


def digest(found: Sequence[Clear]) -> str:
    """Name what was shown, so that the yes is to just that."""
    told = [(each.match.participant_id, each.person.pk if each.person else 0, each.last) for each in found]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def clear(run: MatchRun, code: str, shown: str, by: User, reason: str) -> list[Decision] | None:
    """Decide everybody of a rule in one go; None, and nothing written, where it is not what was shown any more.

    Raises: Meanwhile, NotDecidable.
    """
    found = preview(run, code)
    if not found or digest(found) != shown:
        return None
    return review.decide_many(list(_choices(found, RULES[code].verb)), by, reason)


def counts(run: MatchRun) -> dict[str, int]:
    """Say how many each rule would decide now."""
    return {code: len(preview(run, code)) for code in RULES}


def _choices(found: Sequence[Clear], verb: str) -> Iterator[Choice]:
    for each in found:
        each.match.participant.occurrence = each.match.run.occurrence
        yield Choice(each.match.participant, verb, each.person, seen=each.last)


def _unlisted(run: MatchRun) -> QuerySet[Match]:
    """Give walk-ins about whom nobody has spoken."""
    said = Decision.objects.open().filter(occurrence=run.occurrence_id)
    walk_ins = Match.objects.filter(run=run, tier=Match.Tier.NONE, same_as=None)
    return walk_ins.exclude(participant__ms_open_id__in=said.values("ms_open_id")).select_related("participant", "run")


def _agrees(candidate: Mapping[str, object]) -> bool:
    codes = {told[0] for told in candidate["for"]}
    return bool(codes & WHOLE_NAME) and "company_agrees" in codes and not candidate["against"]


def _seen(run: MatchRun) -> dict[str, int]:
    """Give the newest open word about each identity."""
    said = Decision.objects.open().filter(occurrence=run.occurrence_id).order_by("pk")
    return dict(said.values_list("ms_open_id", "pk"))
