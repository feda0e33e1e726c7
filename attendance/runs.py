"""Stores what one matching found: a match run with its matches, outcomes and counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from attendance import presence, records
from attendance.bulk import Encoded, encoded, upsert
from attendance.inputs import Inputs
from attendance.matching import Candidate, Decision, Reason, Result, Tier
from attendance.models import FURTHER, Companion, Match, MatchRun, Outcome
from attendance.participants import Stayed, Stays, anybody_inside
from attendance.together import Beyond
from meetings.models import Kind, Occurrence

DOUBTFUL = (Tier.LIKELY, Tier.CONFLICT)
# How each tier is called among the counts of a run.
COUNTED = {Tier.CERTAIN: "matched", Tier.NONE: "walk_in", Tier.LIKELY: "review", Tier.CONFLICT: "conflict",
           Tier.IGNORED: "ignored"}  # fmt: skip
OUTCOME_FIELDS = ("run", "person", "state", "seconds", "entries", "devices", "first_join", "last_leave", "late_by",
                  "still_in", "left_early", "gaps", "longest_gap", "by_window", "key", "signed_in", "shared")  # fmt: skip
MATCH_FIELDS = ("run", "participant", "person", "tier", "key", "confidence", "candidates", "evidence", "doubt", "same_as",
                "remembered")  # fmt: skip
# What a run is computed from, as `reconcile` hashes it; the order in which causes are told.
PARTS = ("decisions", "list", "visits", "keys", "memory", "rule", "window", "sign_ins", "policy")
# Reasons that say that several people may have used one device.
ON_ONE_DEVICE = frozenset({"two_people", "key_of_several_arrivals", "part_since", "part_until", "part_between"})
# A candidate this many times less likely than the first is still one who could be meant.
CLOSE = 3
# Decisions made within this time after each other make one version.
SITTING = timedelta(minutes=15)


class Telling(dict[tuple[Reason, ...], Encoded]):
    """Reasons as JSON; most decisions have the same ones, which are written once."""

    def __missing__(self, reasons: tuple[Reason, ...]) -> Encoded:
        """Write reasons that were not met before."""
        return self.setdefault(reasons, encoded(_told(reasons)))

    def candidates(self, some: Sequence[Candidate]) -> Encoded:
        """Give candidates with their reasons as they are stored."""
        rows = (
            f'{{"person": {each.person_id}, "weight": {round(each.weight, 4)}, "for": {self[each.reasons_for]}, '
            f'"against": {self[each.reasons_against]}}}'
            for each in some
        )
        return Encoded(f"[{', '.join(rows)}]")


@dataclass(frozen=True, slots=True)
class Picture:
    """One state of everything the results of an occurrence depend on, and its fingerprint."""

    occurrence: Occurrence
    identities: Stays
    inputs: Inputs
    counting: presence.Counting
    rule: presence.Rule
    fingerprint: str
    signed_in: frozenset[int] = frozenset()
    parts: Mapping[str, str] = field(default_factory=dict)


def current_run(occurrence: Occurrence) -> MatchRun | None:
    """Give the run that pages show, if there is one."""
    return MatchRun.objects.filter(occurrence=occurrence, current=True).first()


def known(picture: Picture, now: datetime, without: list[str] | None, still: Callable[[], bool]) -> MatchRun | None:
    """Give the run that was made from this very input, brought up to date; None where there is none that counts.

    What somebody discarded stays so: the current run is given. `still` tells whether the input is what it was when it was
    read: what another matching proposed from newer input meanwhile stays.
    """
    current = current_run(picture.occurrence)
    if current and current.fingerprint == picture.fingerprint:
        proposals = MatchRun.objects.filter(occurrence=picture.occurrence, proposed=True)
        if proposals.exists():
            with transaction.atomic():
                Occurrence.objects.select_for_update().get(pk=picture.occurrence.pk)
                if still():
                    records.replace(list(proposals.all()), current.number)
        return refresh(current, picture, now, without)
    if not is_settled(current, picture.occurrence):
        return None
    same = MatchRun.objects.filter(occurrence=picture.occurrence, fingerprint=picture.fingerprint)
    decided = same.filter(proposed=True).first()
    return decided or (current if same.filter(discarded=True, number__gt=current.number).exists() else None)


def is_settled(current: MatchRun | None, occurrence: Occurrence) -> bool:
    """Whether results are final, so that another run is only a proposal."""
    return current is not None and current.final and occurrence.state == Occurrence.State.FINAL


def store(
    picture: Picture, result: Result, outcomes: list[tuple[object, ...]], now: datetime, without: list[str] | None
) -> MatchRun:
    """Store a result as the current run, or as a proposal where results are final; the former one is kept.

    Call it inside a transaction that holds the occurrence. See MatchRun for whose place a new run takes.
    """
    occurrence = picture.occurrence
    former = current_run(occurrence)
    if former and former.fingerprint == picture.fingerprint:
        return former
    run = MatchRun(
        occurrence=occurrence, policy=result.policy_version, rule=asdict(picture.rule), fingerprint=picture.fingerprint,
        window_start=picture.counting.start, window_end=picture.counting.end, counting=asdict(picture.counting),
        parts=dict(picture.parts), causes=causes(former, picture.parts), live=_is_live(occurrence),
        final=_is_final(occurrence),
    )  # fmt: skip
    _make_room(former, run, now)
    told = without if without is not None or former is None else former.counts.get("without")
    run.counts = _counts(picture.inputs, result, outcomes) | {"without": told or []}
    run.save()
    _write(run, picture.inputs.beyond, result, outcomes)
    return run


def outcomes(picture: Picture, result: Result, now: datetime) -> list[tuple[object, ...]]:
    """Give the outcome of every expected person: the values of OUTCOME_FIELDS after the run."""
    return list(_outcomes(picture, result, now))


def _write(run: MatchRun, beyond: Beyond, result: Result, outcomes: list[tuple[object, ...]]) -> None:
    upsert(Outcome, OUTCOME_FIELDS, ((run.pk, *row) for row in outcomes), key=["run", "person"])
    told = Telling()
    matches = ((run.pk, *_match(each, beyond, told)) for each in result.decisions)
    upsert(Match, MATCH_FIELDS, matches, key=["run", "participant"])
    Companion.objects.bulk_create(
        Companion(run=run, participant_id=decision.arrival_id, person_id=person)
        for decision in result.decisions
        if decision.arrival_id in beyond.also
        for person in beyond.people_of(decision)[1:]
    )


def refresh(run: MatchRun, picture: Picture, now: datetime, without: list[str] | None) -> MatchRun:
    """Bring a run whose input has not changed up to date: the minutes of who is still inside, and its standing."""
    before = (run.live, run.final, run.counts)
    run.live, run.final = _is_live(picture.occurrence), _is_final(picture.occurrence)
    if without is not None:
        run.counts = run.counts | {"without": without}
    if anybody_inside(picture.identities.values()):
        result = picture.inputs.decide()
        found = outcomes(picture, result, now)
        run.counts = run.counts | _counts(picture.inputs, result, found)
        upsert(Outcome, OUTCOME_FIELDS, ((run.pk, *row) for row in found), key=["run", "person"])
    if before != (run.live, run.final, run.counts):
        run.version = run.version or (next_version(run.occurrence_id) if run.final else None)
        run.save(update_fields=["live", "final", "version", "counts"])
    return run


def next_version(occurrence: int) -> int:
    """Count the versions that were made final, and one more."""
    return 1 + (MatchRun.objects.filter(occurrence=occurrence).aggregate(last=Max("version"))["last"] or 0)


def causes(former: MatchRun | None, parts: Mapping[str, str]) -> list[str]:
    """Name what differs from the former run; keys that came with new visits are no cause of their own."""
    if former is None:
        return ["first"]
    found = [part for part in PARTS if former.parts and former.parts.get(part) != parts.get(part)]
    return [part for part in found if part != "keys" or "visits" not in found]


def _is_live(occurrence: Occurrence) -> bool:
    return occurrence.state in (Occurrence.State.PLANNED, Occurrence.State.RUNNING)


def _is_final(occurrence: Occurrence) -> bool:
    return occurrence.state == Occurrence.State.FINAL


def _make_room(former: MatchRun | None, run: MatchRun, now: datetime) -> None:
    """Say what the new run is, whose place it takes, and its number."""
    gone = list(MatchRun.objects.filter(occurrence=run.occurrence, proposed=True))
    if is_settled(former, run.occurrence):
        run.current, run.final, run.proposed = False, False, True
    elif former and (former.live or _same_sitting(former, run, now)):
        gone.append(former)
    elif former:
        MatchRun.objects.filter(pk=former.pk).update(current=False)
    if run.final:
        run.version = next_version(run.occurrence.pk)
    kept = MatchRun.objects.filter(occurrence=run.occurrence).exclude(pk__in=[each.pk for each in gone])
    run.number = 1 + (kept.aggregate(last=Max("number"))["last"] or 0)
    records.replace(gone, run.number)


def _same_sitting(former: MatchRun, run: MatchRun, now: datetime) -> bool:
    """Whether somebody is deciding one case after the other: all of it is one version."""
    only_decisions = former.causes == run.causes == ["decisions"]
    return only_decisions and former.version is None and now - former.made_at < SITTING


def _outcomes(picture: Picture, result: Result, now: datetime) -> Iterator[tuple[object, ...]]:
    """Say of every expected person whether they were there: measured over all their participants together."""
    whos = dict(picture.occurrence.participants.values_list("pk", "ms_open_id"))
    found: dict[object, list[Decision]] = defaultdict(list)
    doubtful = set()
    beyond = picture.inputs.beyond
    for decision in result.decisions:
        for person in beyond.people_of(decision):
            found[person].append(decision)
        if decision.person_id is None and decision.tier in DOUBTFUL:
            doubtful |= {candidate.person_id for candidate in decision.candidates}
    nobody = (0, 0, [], None, None, 0, False, None, None, None, [], "")
    beside = picture.inputs.beside
    for person in (each for each in picture.inputs.people.id if each not in beside):
        signed_in = person in picture.signed_in if picture.rule.needs_sign_in else None
        if decisions := found.get(person):
            # Somebody may have come after the visits were read; the next run knows them.
            known = (picture.identities.get(whos[decision.arrival_id]) for decision in decisions)
            theirs = [identity for identity in known if identity]
            shared = any(decision.arrival_id in beyond.also for decision in decisions)
            proved = str(decisions[0].key or "")
            yield person, *_there(picture, theirs, signed_in, now), proved, signed_in, shared
        else:
            state = Outcome.State.UNDECIDED if person in doubtful else Outcome.State.ABSENT
            yield person, state.value, *nobody, signed_in, False


def _there(picture: Picture, theirs: list[Stayed], signed_in: bool | None, now: datetime) -> tuple[object, ...]:
    stays = [stay for identity in theirs for stay in identity.stays]
    starts, moment, counting = int(picture.occurrence.start_at.timestamp()), int(now.timestamp()), picture.counting
    there = presence.measure(stays, counting.intervals, starts, moment)
    parts = presence.per_window(stays, counting.windows, moment) if len(counting.windows) > 1 else []
    devices = sorted(set().union(*(identity.used for identity in theirs)))
    return (picture.rule.verdict(there, bool(signed_in)).value, there.seconds, there.entries, devices, there.first_join,
            there.last_leave, there.late_by, there.open, there.left_early, there.gaps, there.longest_gap,
            parts)  # fmt: skip


def _match(decision: Decision, beyond: Beyond, told: Telling) -> tuple[object, ...]:
    return (decision.arrival_id, decision.person_id, decision.tier.value, str(decision.key or ""),
            round(decision.confidence, 5), told.candidates(decision.candidates), told[decision.evidence], _doubt(decision),
            beyond.same.get(decision.arrival_id), beyond.source_of(decision))  # fmt: skip


def _doubt(decision: Decision) -> str:
    """Say what kind of question a doubtful participant is."""
    if decision.tier not in DOUBTFUL:
        return ""
    codes = {reason.code for reason in decision.evidence}
    if decision.tier == Tier.CONFLICT:
        return Match.Doubt.CONFLICT.value
    if codes & ON_ONE_DEVICE:
        return Match.Doubt.SHARED.value
    first, *others = decision.candidates
    close = any(each.weight * CLOSE >= first.weight for each in others)
    return (Match.Doubt.TWINS if close or "several_carry_it" in codes else Match.Doubt.LIKELY).value


def _told(reasons: tuple[Reason, ...]) -> list[list[object]]:
    """Write reasons as [code, parameters, weight], the form `attendance.words` reads; the weight only where there is one."""
    return [
        [reason.code, dict(reason.params), *([round(reason.weight, 2)] if reason.weight else [])] for reason in reasons
    ]


def _counts(inputs: Inputs, result: Result, outcomes: list[tuple[object, ...]]) -> dict[str, int]:
    """Count both sides: attended + partly + absent + undecided = expected; the tiers add up to participants.

    Certain are the expected who matched, own staff and the barred; `maybe_barred` are among the doubtful.
    """
    states = Counter(str(row[1]) for row in outcomes)
    told = {name: result.counts.get(tier, 0) for tier, name in COUNTED.items()}
    people = {state.value: states[state.value] for state in Outcome.State}
    beside = _beside(inputs, result)
    told["matched"] -= beside[Kind.STAFF] + beside[Kind.BARRED]
    further = {FURTHER: len(inputs.beyond.same)} if inputs.beyond.same else {}
    return {"expected": len(outcomes), "participants": len(result.decisions), **people, **told, **beside, **further}


def _beside(inputs: Inputs, result: Result) -> dict[str, int]:
    owners = [each for each in result.decisions if each.arrival_id not in inputs.beyond.same]
    kinds = Counter(inputs.beside.get(each.person_id) for each in owners if each.tier == Tier.CERTAIN)
    doubtful = [each for each in owners if inputs.beside and each.tier in DOUBTFUL]
    maybe = sum(any(inputs.beside.get(one.person_id) == Kind.BARRED for one in each.candidates) for each in doubtful)
    return {Kind.STAFF.value: kinds[Kind.STAFF], Kind.BARRED.value: kinds[Kind.BARRED], "maybe_barred": maybe}
