"""How good answers are, held against the truth of a room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attendance import presence
from attendance.bench import rooms
from attendance.bench.answers import CERTAIN, CONFLICT, LIKELY, NONE, Answer
from attendance.bench.rooms import Truth, Visit

BINS = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1: of automatic decisions right, of listed people found, of all sent to review; of reviewed
    ones with the right first candidate; how far confidence is from what came true; minutes off a person."""

    precision: float
    recall: float
    f1: float
    review: float
    first: float
    calibration: float
    minutes: float = 0.0


def quality(truth: Sequence[Truth], answers: Sequence[Answer]) -> Quality:
    """Measure the answers about participants whose truth stands in the same order."""
    pairs = list(zip(truth, answers, strict=True))
    decided = [right(one, answer) for one, answer in pairs if answer.tier == CERTAIN]
    asked = [(one, answer) for one, answer in pairs if answer.tier in (LIKELY, CONFLICT)]
    firsts = [answer.row in one.rows for one, answer in asked if one.rows]
    listed = sum(1 for one in truth if one.rows and not one.shared)
    found, all_decided = sum(decided), len(decided)
    precision, recall = found / all_decided if all_decided else 1.0, found / listed if listed else 1.0
    return Quality(precision, recall, f1(precision, recall), len(asked) / len(pairs), share(firsts), calibration(pairs))


def right(truth: Truth, answer: Answer) -> bool:
    """Whether a row is who the participant is; with two people before one device no row is."""
    return answer.row in truth.rows and not truth.shared


def f1(precision: float, recall: float) -> float:
    """Give the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(cases: Sequence[bool]) -> float:
    """Give the share of true cases; of none it is 1."""
    return sum(cases) / len(cases) if cases else 1.0


def calibration(pairs: Iterable[tuple[Truth, Answer]]) -> float:
    """Give the expected calibration error: what was claimed against what came true, in ten bins, weighted by count."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for one, answer in pairs:
        if answer.tier in (CERTAIN, LIKELY):
            bins[min(BINS - 1, int(answer.score * BINS))].append((answer.score, right(one, answer)))
    total = sum(map(len, bins.values()))
    off = sum(abs(sum(score - true for score, true in cases)) for cases in bins.values())
    return off / total if total else 0.0


def tuned(truth: Sequence[Truth], answers: Sequence[Answer], sure: float = 0.0) -> list[Answer]:
    """Let scores decide from the threshold on that the truth likes best.

    Meaning: with the highest F1, or, where `sure` is given, with the most found at that precision. The others are said
    to be nobody.
    """
    listed = sum(1 for one in truth if one.rows and not one.shared)
    scored = sorted(((answer.score, right(one, answer)) for one, answer in zip(truth, answers, strict=True)
                     if answer.row is not None), reverse=True)  # fmt: skip
    best, threshold, found = 0.0, float("inf"), 0
    for at, (score, true) in enumerate(scored):
        found += true
        if at + 1 < len(scored) and scored[at + 1][0] == score:
            continue
        precision, recall = found / (at + 1), found / listed if listed else 0.0
        worth = f1(precision, recall) if not sure else recall if precision >= sure else 0.0
        if worth > best:
            best, threshold = worth, score
    return [
        answer._replace(tier=CERTAIN if answer.row is not None and answer.score >= threshold else NONE) for answer in answers
    ]


def minutes_off(visits: Iterable[Visit], rows: Mapping[str, int], seconds: Mapping[int, int]) -> float:
    """Give how many minutes the presence of those decided is off the truth, on average over persons.

    Shape: `rows` gives the list row of each participant that was decided.
    """
    found: dict[int, list[presence.Visit]] = defaultdict(list)
    for visit in visits:
        if visit.ms_open_id in rows:
            stay = presence.Visit(visit.join_time, visit.left_time, str(visit.instanceid), visit.join_type)
            found[rows[visit.ms_open_id]].append(stay)
    window = [presence.Interval(rooms.START, rooms.END)]
    off = [
        abs(presence.measure(stays, window, rooms.START, rooms.END).seconds - seconds[row])
        for row, stays in found.items()
        if row in seconds
    ]
    return sum(off) / len(off) / 60 if off else 0.0
