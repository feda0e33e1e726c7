"""Stores what one matching found: a match run with its matches, outcomes and counts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from attendance import presence
from attendance.bulk import upsert
from attendance.inputs import Inputs
from attendance.matching import Decision, Reason, Result, Tier, decide
from attendance.models import Match, MatchRun, Outcome
from attendance.participants import Identities, Identity, anybody_inside
from meetings.models import Kind, Occurrence

DOUBTFUL = (Tier.LIKELY, Tier.CONFLICT)
# How each tier is called among the counts of a run.
COUNTED = {Tier.CERTAIN: "matched", Tier.NONE: "walk_in", Tier.LIKELY: "review", Tier.CONFLICT: "conflict",
           Tier.IGNORED: "ignored"}  # fmt: skip
OUTCOME_FIELDS = ("run", "person", "state", "seconds", "entries", "devices", "first_join", "last_leave", "late_by",
                  "still_in", "left_early", "gaps", "longest_gap", "by_window", "key", "signed_in")  # fmt: skip
MATCH_FIELDS = ("run", "participant", "person", "tier", "key", "confidence", "candidates", "evidence")


@dataclass(frozen=True, slots=True)
class Picture:
    """One state of everything the results of an occurrence depend on, and its fingerprint."""

    occurrence: Occurrence
    identities: Identities
    inputs: Inputs
    counting: presence.Counting
    rule: presence.Rule
    fingerprint: str
    signed_in: frozenset[int] = frozenset()


def current_run(occurrence: Occurrence) -> MatchRun | None:
    """Give the run that pages show, if there is one."""
    return MatchRun.objects.filter(occurrence=occurrence, current=True).first()


def store(picture: Picture, result: Result, now: datetime, without: list[str] | None) -> MatchRun:
    """Store a result as the current run; the former one is kept, unless it was made while the meeting ran.

    Call it inside a transaction that holds the occurrence.
    """
    occurrence = picture.occurrence
    former = current_run(occurrence)
    if former and former.fingerprint == picture.fingerprint:
        return former
    run = MatchRun(
        occurrence=occurrence, number=_next_number(former), policy=result.policy_version, rule=asdict(picture.rule),
        fingerprint=picture.fingerprint, window_start=picture.counting.start, window_end=picture.counting.end,
        counting=asdict(picture.counting),
        live=_is_live(occurrence), final=_is_final(occurrence),
    )  # fmt: skip
    _step_back(former)
    outcomes = list(_outcomes(picture, result, now))
    told = without if without is not None or former is None else former.counts.get("without")
    run.counts = _counts(picture.inputs, result, outcomes) | {"without": told or []}
    run.save()
    upsert(Outcome, OUTCOME_FIELDS, ((run.pk, *row) for row in outcomes), key=["run", "person"])
    upsert(Match, MATCH_FIELDS, ((run.pk, *_match(each)) for each in result.decisions), key=["run", "participant"])
    return run


def refresh(run: MatchRun, picture: Picture, now: datetime, without: list[str] | None) -> MatchRun:
    """Bring a run whose input has not changed up to date: the minutes of who is still inside, and its standing."""
    before = (run.live, run.final, run.counts)
    run.live, run.final = _is_live(picture.occurrence), _is_final(picture.occurrence)
    if without is not None:
        run.counts = run.counts | {"without": without}
    if anybody_inside(picture.identities.values()):
        inputs = picture.inputs
        result = decide(inputs.people, inputs.arrivals, inputs.earlier, inputs.policy)
        outcomes = list(_outcomes(picture, result, now))
        run.counts = run.counts | _counts(inputs, result, outcomes)
        upsert(Outcome, OUTCOME_FIELDS, ((run.pk, *row) for row in outcomes), key=["run", "person"])
    if before != (run.live, run.final, run.counts):
        run.save(update_fields=["live", "final", "counts"])
    return run


def _is_live(occurrence: Occurrence) -> bool:
    return occurrence.state in (Occurrence.State.PLANNED, Occurrence.State.RUNNING)


def _is_final(occurrence: Occurrence) -> bool:
    return occurrence.state == Occurrence.State.FINAL


def _next_number(former: MatchRun | None) -> int:
    if former is None:
        return 1
    return former.number if former.live else former.number + 1


def _step_back(former: MatchRun | None) -> None:
    """Make room for a new run: a live one goes, any other is kept as it was."""
    if former is None:
        return
    if former.live:
        former.delete()
    else:
        MatchRun.objects.filter(pk=former.pk).update(current=False)


def _outcomes(picture: Picture, result: Result, now: datetime) -> Iterator[tuple[object, ...]]:
    """Say of every expected person whether they were there: measured over all their participants together."""
    whos = dict(zip(picture.inputs.arrivals.id, picture.inputs.arrivals.ms_open_id, strict=True))
    found: dict[object, list[Decision]] = defaultdict(list)
    doubtful = set()
    for decision in result.decisions:
        if decision.person_id is not None:
            found[decision.person_id].append(decision)
        elif decision.tier in DOUBTFUL:
            doubtful |= {candidate.person_id for candidate in decision.candidates}
    nobody = (0, 0, [], None, None, 0, False, None, None, None, [], "")
    beside = picture.inputs.beside
    for person in (each for each in picture.inputs.people.id if each not in beside):
        signed_in = person in picture.signed_in if picture.rule.needs_sign_in else None
        if decisions := found.get(person):
            # Somebody may have come after the visits were read; the next run knows them.
            known = (picture.identities.get(whos[decision.arrival_id]) for decision in decisions)
            theirs = [identity for identity in known if identity]
            yield person, *_there(picture, theirs, signed_in, now), str(decisions[0].key or ""), signed_in
        else:
            state = Outcome.State.UNDECIDED if person in doubtful else Outcome.State.ABSENT
            yield person, state.value, *nobody, signed_in


def _there(picture: Picture, theirs: list[Identity], signed_in: bool | None, now: datetime) -> tuple[object, ...]:
    stays = [stay for identity in theirs for stay in identity.stays]
    starts, moment, counting = int(picture.occurrence.start_at.timestamp()), int(now.timestamp()), picture.counting
    there = presence.measure(stays, counting.intervals, starts, moment)
    parts = presence.per_window(stays, counting.windows, moment) if len(counting.windows) > 1 else []
    devices = sorted(set().union(*(identity.used for identity in theirs)))
    return (picture.rule.verdict(there, bool(signed_in)).value, there.seconds, there.entries, devices, there.first_join,
            there.last_leave, there.late_by, there.open, there.left_early, there.gaps, there.longest_gap,
            parts)  # fmt: skip


def _match(decision: Decision) -> tuple[object, ...]:
    candidates = [
        {"person": each.person_id, "weight": round(each.weight, 4), "for": _told(each.reasons_for),
         "against": _told(each.reasons_against)}
        for each in decision.candidates
    ]  # fmt: skip
    return (decision.arrival_id, decision.person_id, decision.tier.value, str(decision.key or ""),
            round(decision.confidence, 5), candidates, _told(decision.evidence))  # fmt: skip


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
    return {"expected": len(outcomes), "participants": len(result.decisions), **people, **told, **beside}


def _beside(inputs: Inputs, result: Result) -> dict[str, int]:
    kinds = Counter(inputs.beside.get(each.person_id) for each in result.decisions if each.tier == Tier.CERTAIN)
    doubtful = [each for each in result.decisions if inputs.beside and each.tier in DOUBTFUL]
    maybe = sum(any(inputs.beside.get(one.person_id) == Kind.BARRED for one in each.candidates) for each in doubtful)
    return {Kind.STAFF.value: kinds[Kind.STAFF], Kind.BARRED.value: kinds[Kind.BARRED], "maybe_barred": maybe}
