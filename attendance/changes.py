"""What a list on its way in does to results: read from the newest runs, before anybody says yes.

Who of the walk-ins may be among the new people is not computed here: the matching after the yes finds that out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from attendance import words
from attendance.matching import Key
from attendance.models import Decision, Match, MatchRun, Outcome
from meetings.lists import standing
from meetings.lists.checking import BACK, CHANGED, MISSING, NEW
from meetings.lists.preview import SECTIONS
from meetings.models import AWAITED, ExpectedPerson, Kind, Listing, Upload, UploadLine

# The latest meetings of a series that are looked at.
MOST_RUNS = 3
# The fields of a list that each key is compared with; all others hold whatever the list says.
READ_FROM = {
    Key.USERID: "userid", Key.PSTN: "phone", Key.APP_PHONE: "phone", Key.PHONE_HASH: "phone", Key.NAME: "name",
}  # fmt: skip
# What names are weighed with, and what keys are made of: whoever was not found may be found by it.
LOOKED_AT = {"name", "company", "title", "phone", "userid"}

WORDS: Mapping[str, str | Promise] = {
    "walk_in": _("Was matched with %(minutes)s: becomes a walk-in."),
    "staff_leaves": _("Was recognised as own staff (%(minutes)s): becomes a walk-in."),
    "barred_leaves": _("Was recognised as barred (%(minutes)s): the alarm ends, and they become a walk-in."),
    "absent_leaves": _("Counted as absent: is no longer counted."),
    "undecided_leaves": _("Waits for review: is no longer proposed there, nor counted."),
    "becomes_barred": _("Was matched with %(minutes)s: counts as barred, which is an alarm."),
    "becomes_staff": _("Was matched with %(minutes)s: counts as own staff, and no longer as expected."),
    "becomes_expected": _("Was recognised (%(minutes)s): counts as expected."),
    "looked_again": _("Was matched by %(key)s with %(minutes)s; what that was read from changes, so it is looked at again."),
    "stays": _("Was matched by %(key)s with %(minutes)s, and stays so."),
    "looked_for": _("Was not found for certain: is looked for again with what changes."),
    "decided": _("What a colleague decided about them counts again."),
}


class Effect(NamedTuple):
    """One thing that happens to results: a code, what its sentence names, and the start of the meeting it is about."""

    code: str
    params: Mapping[str, str] = {}
    when: datetime | None = None

    def __str__(self) -> str:
        return str(WORDS[self.code]) % self.params


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run says of one person: their outcome, if they were expected, and the participants they are."""

    outcome: Outcome | None
    matches: Sequence[Match]

    @property
    def told(self) -> dict[str, str]:
        """How long they were there and what proved them, in words."""
        seconds = self.outcome.seconds if self.outcome else sum(match.participant.seconds for match in self.matches)
        minutes = round(seconds / 60)
        length = ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
        return {"minutes": length, "key": words.key_word(self.matches[0].key) if self.matches else ""}


def runs_of(upload: Upload) -> list[MatchRun]:
    """Give the results a batch would touch, the latest meeting first."""
    current = MatchRun.objects.filter(occurrence__meeting=upload.meeting_id, current=True).select_related("occurrence")
    return list(current.order_by("-occurrence__start_at")[:MOST_RUNS])


def came(upload: Upload, section: str, run: MatchRun) -> tuple[int, int]:
    """Say how many of a section a run expected, and how many of them it found in the meeting."""
    people = upload.lines.filter(SECTIONS[section]).exclude(person=None).values("person")
    tally = run.outcomes.filter(person__in=people).tally()
    return sum(tally.values()), tally.get(Outcome.State.ATTENDED, 0) + tally.get(Outcome.State.PARTLY, 0)


def of_lines(upload: Upload, lines: Iterable[UploadLine], runs: Sequence[MatchRun]) -> dict[int, list[Effect]]:
    """Give what each line does to results, by the line's id; of people who are missing, if they are taken off.

    Six queries for any number of lines; nothing is computed anew.
    """
    meant = [line for line in lines if line.person_id and line.effect in (MISSING, CHANGED, NEW, BACK)]
    people = ExpectedPerson.objects.defer("phone", "more_phones", "enroll_code").in_bulk([each.person_id for each in meant])
    after = _after(upload, meant, people)
    seen = {run.pk: _seen(run, list(people)) for run in runs}
    decided = _decided(upload, [line.person_id for line in meant if line.effect == BACK])
    found: dict[int, list[Effect]] = {}
    for line in meant:
        person = people[line.person_id]
        told = [
            effect._replace(when=run.occurrence.start_at)
            for run in runs
            if person.pk in seen[run.pk]
            for effect in _of(line, person, after[line.pk], seen[run.pk][person.pk])
        ]
        found[line.pk] = [*told, *([Effect("decided")] if person.pk in decided else [])]
    return found


def _of(line: UploadLine, person: ExpectedPerson, after: str | None, seen: Seen) -> Iterator[Effect]:
    """Say what one line does to what one run says of its person."""
    if after is None:
        yield from _leaving(person, seen)
    elif after != person.kind and not (after in AWAITED and person.kind in AWAITED):
        yield from _moving(after, seen)
    elif line.effect == CHANGED:
        yield from _changing(line.changes.split(","), seen)


def _leaving(person: ExpectedPerson, seen: Seen) -> Iterator[Effect]:
    if seen.matches:
        yield Effect("walk_in" if person.kind in AWAITED else f"{person.kind}_leaves", seen.told)
    elif seen.outcome:
        undecided = seen.outcome.state == Outcome.State.UNDECIDED
        yield Effect("undecided_leaves" if undecided else "absent_leaves")


def _moving(after: str, seen: Seen) -> Iterator[Effect]:
    """Say what becomes of somebody who is counted in another way: by a list of own staff, of barred people, or no more."""
    if seen.matches:
        yield Effect("becomes_expected" if after in AWAITED else f"becomes_{after}", seen.told)
    elif seen.outcome:
        yield Effect("absent_leaves")


def _changing(changes: Sequence[str], seen: Seen) -> Iterator[Effect]:
    if seen.matches:
        shaken = any(READ_FROM.get(match.key) in changes for match in seen.matches)
        yield Effect("looked_again" if shaken else "stays", seen.told)
    elif LOOKED_AT & set(changes):
        yield Effect("looked_for")


def _after(upload: Upload, lines: Sequence[UploadLine], people: Mapping[int, ExpectedPerson]) -> dict[int, str | None]:
    """Give as what each line's person counts after the yes; None for whoever leaves."""
    elsewhere: dict[int, set[str]] = defaultdict(set)
    others = Listing.objects.filter(person__in=people).exclude(expected_list=upload.expected_list_id)
    for person, kind in others.values_list("person", "expected_list__kind"):
        elsewhere[person].add(kind)
    # Their own registration keeps them.
    held = set(ExpectedPerson.objects.filter(Exists(standing.holding()), pk__in=people).values_list("pk", flat=True))
    found = {}
    for line in lines:
        here = set() if line.effect == MISSING else {upload.expected_list.kind}
        kinds = elsewhere[line.person_id] | here
        alone = Kind.EXPECTED.value if line.person_id in held else None
        found[line.pk] = next((kind.value for kind in Kind if kind in kinds), alone)
    return found


def _seen(run: MatchRun, people: Sequence[int]) -> dict[int, Seen]:
    """Read what a run says of some people; whoever it does not know is left out."""
    matches: dict[int, list[Match]] = defaultdict(list)
    for match in run.matches.filter(person__in=people, tier=Match.Tier.CERTAIN).select_related("participant").order_by("pk"):
        matches[match.person_id].append(match)
    outcomes = {each.person_id: each for each in run.outcomes.filter(person__in=people)}
    return {pk: Seen(outcomes.get(pk), matches[pk]) for pk in people if pk in outcomes or pk in matches}


def _decided(upload: Upload, people: Sequence[int]) -> set[int]:
    """Give those about whom somebody decided while they were on the list."""
    said = Decision.objects.standing().filter(meeting=upload.meeting_id, person__in=people)
    return set(said.values_list("person", flat=True))
