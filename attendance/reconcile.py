"""Turns visits into results: participants, look-ups, matching, presence, stored as one match run with its evidence."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Sum

from attendance import digest, presence, rules, runs, versions
from attendance.inputs import POLICIES, Inputs, read
from attendance.lookups import look_up
from attendance.matching import Policy
from attendance.models import CountingWindows, Decision, MatchRun, SignIn
from attendance.participants import Stays, fold, gather, stayed, windows_of
from attendance.runs import Picture
from attendance.stages import Beat, Stage, nobody_asks
from meetings.models import ExpectedPerson, Occurrence
from portal.accounts.models import Organisation
from portal.tencent.errors import TryAgain

LATER = "later"

# The state of what can change while a meeting is being matched.
Mark = tuple[object, ...]


class Seen(NamedTuple):
    """What the visits came to, with the mark that was taken before they were read."""

    mark: Mark
    stays: Stays


def reconcile(occurrence: Occurrence, now: datetime, beat: Beat = nobody_asks) -> MatchRun | None:
    """Bring participants up to date, look up what is missing, and match; gives the current run.

    None stands for an occurrence that has not begun. Repeatable: the same visits, list and decisions make no new run.
    Raises: TryAgain where a look-up must wait; the matching is then done with what is known.
    """
    beat(Stage.VISITS)
    seen = Seen(_mark(occurrence), _folded(occurrence, now, beat))
    beat(Stage.PLATFORM)
    try:
        without = look_up(occurrence, lambda: beat(Stage.PLATFORM))
    except TryAgain:
        match(occurrence, now, without=[LATER], seen=seen, beat=beat)
        raise
    return match(occurrence, now, without=without, seen=seen, beat=beat)


def match(
    occurrence: Occurrence,
    now: datetime,
    without: list[str] | None = None,
    seen: Seen | None = None,
    beat: Beat = nobody_asks,
) -> MatchRun | None:
    """Match with what is stored, without asking the platform anything; gives the current run.

    `without` names the keys that could not be looked up; None leaves what the former run said of it. `seen`
    saves reading and folding the visits where the caller just did.
    """
    # Somebody may decide or change the list while a large meeting is being matched: then it is matched once more.
    for last_round in (False, False, True):
        beat(Stage.LIST)
        mark, stays = seen or (_mark(occurrence), None)
        picture, seen = _picture(occurrence, now, stays), None
        if picture is None:
            return None
        if known := runs.known(picture, now, without, partial(_still, occurrence, mark)):
            return known
        beat(Stage.MATCHING)
        result = picture.inputs.decide()
        beat(Stage.MINUTES)
        outcomes = runs.outcomes(picture, result, now)
        beat(Stage.STORING)
        with transaction.atomic():
            # One at a time: the row is locked on PostgreSQL, the database on SQLite.
            Occurrence.objects.select_for_update().get(pk=occurrence.pk)
            if last_round or _still(occurrence, mark):
                run = versions.worth_proposing(runs.store(picture, result, outcomes, now, without))
                # Within what it stores: whoever took the job over meanwhile stored it, and this is undone.
                beat(Stage.STORING)
                return run
    return None


def _folded(occurrence: Occurrence, now: datetime, beat: Beat = nobody_asks) -> Stays:
    """Bring participants up to date; what only they need of the visits is let go of before the list is read."""
    identities = gather(occurrence)
    beat(Stage.PARTICIPANTS)
    fold(occurrence, identities, windows_of(occurrence, identities).intervals, now)
    return stayed(identities)


def _picture(occurrence: Occurrence, now: datetime, folded: Stays | None) -> Picture | None:
    identities = folded if folded is not None else _folded(occurrence, now)
    if not identities and now < occurrence.start_at and occurrence.state == Occurrence.State.PLANNED:
        return None
    counting = windows_of(occurrence, identities)
    inputs, rule = read(occurrence, policy_of(occurrence)), rule_of(occurrence)
    signed_in = rules.signed_in(occurrence, rule)
    fingerprint, parts = _fingerprint(identities, inputs, counting, rule, signed_in)
    return Picture(occurrence, identities, inputs, counting, rule, fingerprint, signed_in, parts)


def rule_of(occurrence: Occurrence) -> presence.Rule:
    """Give the rule in force: the one a final occurrence was frozen with, else what its meeting has now."""
    run = runs.current_run(occurrence) if occurrence.state == Occurrence.State.FINAL else None
    # A run that is not final yet may have been made before the rule was changed: nothing is frozen with it.
    return presence.Rule(**run.rule) if run and run.final else rules.in_force(occurrence.meeting)


def policy_of(occurrence: Occurrence) -> Policy:
    """Give the policy in force: the one a final occurrence was matched under, else the organisation's present one."""
    present = POLICIES[Organisation.Policy(occurrence.meeting.organisation.policy)]
    run = runs.current_run(occurrence) if occurrence.state == Occurrence.State.FINAL else None
    return next((each for each in POLICIES.values() if run and each.version == run.policy), present)


def _still(occurrence: Occurrence, mark: Mark) -> bool:
    """Tell whether nothing has changed since a mark was taken."""
    return mark == _mark(occurrence)


def _mark(occurrence: Occurrence) -> Mark:
    """Name the state of what can change meanwhile, cheaply."""
    decisions = Decision.objects.filter(meeting=occurrence.meeting_id)
    people = ExpectedPerson.objects.filter(meeting=occurrence.meeting_id)
    visits = occurrence.visits.aggregate(n=Count("pk"), v=Sum("version"))
    said = decisions.aggregate(last=Max("pk"), undone=Count("undone_at"), seconded=Count("seconded_at"))
    listed = people.aggregate(last=Max("pk"), removed=Count("removed_at"))
    windows = CountingWindows.objects.filter(occurrence=occurrence).aggregate(last=Max("number"))
    signed = SignIn.objects.filter(occurrence=occurrence).aggregate(last=Max("pk"), undone=Count("undone_at"))
    rule = rules.in_force(occurrence.meeting).version
    return (*visits.values(), *said.values(), *listed.values(), *windows.values(), *signed.values(), rule)


def _fingerprint(
    identities: Stays, inputs: Inputs, counting: presence.Counting, rule: presence.Rule, signed_in: frozenset[int]
) -> tuple[str, dict[str, str]]:
    """Hash everything results depend on, apart from the present time; and each part of it, to tell later what changed."""
    earlier, beyond = inputs.earlier, inputs.beyond
    told = [("list", _columns(inputs.people)), ("keys", _columns(inputs.arrivals)),
            ("decisions", sorted(earlier.confirmed.items())), ("decisions", sorted(earlier.rejected)),
            ("decisions", sorted(earlier.ignored)), ("decisions", sorted(earlier.unlisted)),
            ("memory", sorted(earlier.remembered.items())), ("policy", inputs.policy.version),
            ("window", _counted(counting)), ("rule", _ruled(rule)),
            ("visits", [(who, one.stays) for who, one in identities.items()])]  # fmt: skip
    # Only where there are any: runs made before lists had kinds, rules sign-ins, or devices several owners, stay valid.
    told += [("list", sorted(inputs.beside.items()))] if inputs.beside else []
    told += [("sign_ins", sorted(signed_in))] if signed_in else []
    told += [("decisions", sorted(beyond.also.items()))] if beyond.also else []
    told += [("decisions", sorted(beyond.same.items()))] if beyond.same else []
    told += [("memory", sorted(beyond.aside))] if beyond.aside else []
    told += [("decisions", inputs.parts.told())] if inputs.parts.whole_of else []
    return digest.of(told)


def _counted(counting: presence.Counting) -> object:
    """Tell when attendance counts: a window that was found by itself by its times alone."""
    return [counting.version, *counting.windows] if counting.version else counting.windows[0].interval


def _ruled(rule: presence.Rule) -> dict[str, object]:
    return {name: value for name, value in asdict(rule).items() if value or name != "needs_sign_in"}


def _columns(table: object) -> Iterator[object]:
    return (getattr(table, field.name) for field in fields(table))
