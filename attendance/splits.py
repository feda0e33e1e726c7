"""One platform identity that several people used one after the other: its visits in parts by time, as colleagues said.

A split is a decision with a border. The standing borders of an identity cut its time into parts; a visit that lasts
across a border is cut there, so that no second counts twice. Each part is a participant of its own, called by the
identity and its times, so that what was said of it stands as long as its borders do.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q, QuerySet

from attendance import presence
from attendance.models import Decision, MatchRun, Participant, Visit
from meetings.models import Occurrence

Verb = Decision.Verb
_MARK = re.compile(r"#(\d*)-(\d*)$", re.ASCII)

Border = int | None
Row = tuple[object, ...]


def label(identity: str, since: Border, until: Border) -> str:
    """Name a part of an identity; all of it is named by the identity alone."""
    return f"{identity}#{since or ''}-{until or ''}" if since or until else identity


def identity_of(who: str) -> str:
    """Give the platform's name of the identity a participant is, or is a part of."""
    return _MARK.sub("", who)


def times_of(who: str) -> tuple[Border, Border]:
    """Give from when and until when a participant is one; None is open."""
    found = _MARK.search(who)
    since, until = found.groups() if found else ("", "")
    return int(since) if since else None, int(until) if until else None


def said_of_identity(who: str) -> Q:
    """Find what was said of an identity and of all its parts, whichever of them is meant."""
    identity = identity_of(who)
    return Q(ms_open_id=identity) | Q(ms_open_id__startswith=f"{identity}#")


def borders(occurrence: Occurrence) -> dict[str, list[int]]:
    """Give where the identities of an occurrence are split by decisions that count, in order of time."""
    found: dict[str, set[int]] = defaultdict(set)
    for who, border in _splits(occurrence).standing().values_list("ms_open_id", "border"):
        found[identity_of(who)].add(border)
    return {identity: sorted(each) for identity, each in found.items()}


def cut(join: int, leave: int | None, since: Border, until: Border) -> tuple[int, int | None] | None:
    """Give the piece of a stay that lies in a part, None where there is none; one without length lies where it begins."""
    if until is not None and join >= until:
        return None
    if since is not None and join < since:
        if leave is not None and leave <= since:
            return None
        join = since
    return join, until if until is not None and (leave is None or leave > until) else leave


def pieces(row: Row, borders: Sequence[int]) -> Iterator[Row]:
    """Cut a row of visits (the values of `participants.COLUMNS`) at the borders of its identity; each piece names its part."""
    who, device, join_type, join, leave, *rest = row
    for since, until in pairwise([None, *borders, None]):
        if (piece := cut(join, leave, since, until)) is not None:
            yield label(who, since, until), device, join_type, *piece, *rest


def visits_of(occurrence: int, whos: Iterable[str]) -> list[Visit]:
    """Read the visits of participants, in order of joining; those of parts cut to their time and named by their part."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for who in whos:
        wanted[identity_of(who)].add(who)
    rows = Visit.objects.filter(occurrence=occurrence, ms_open_id__in=list(wanted))
    return [piece for visit in rows for who in sorted(wanted[visit.ms_open_id]) if (piece := _piece(visit, who))]


def divides(who: Participant, border: int) -> bool:
    """Tell whether a moment leaves visits of a participant before and after it."""
    since, until = times_of(who.ms_open_id)
    if (since is not None and border <= since) or (until is not None and border >= until):
        return False
    stays = [(each.join_time, each.left_time) for each in visits_of(who.occurrence_id, [who.ms_open_id])]
    sides = (times for times in ((since, border), (border, until)))
    return all(any(cut(*stay, *side) for stay in stays) for side in sides)


def siblings(who: Participant) -> QuerySet[Participant]:
    """Give all parts of the identity a participant is a part of, in order of time; none of one that is whole."""
    parts = Participant.objects.filter(occurrence=who.occurrence_id, retired=False, whole__isnull=False, whole=who.whole_id)
    return parts.order_by("since")


def instead(said: Decision | None) -> list[Participant]:
    """Give who is there now instead of the participant a word calls one the same as; nobody where that one still counts."""
    known = Participant.objects.filter(occurrence=said.occurrence_id) if said and said.same_as else Participant.objects.none()
    if said is None or not known.filter(ms_open_id=said.same_as, retired=True).exists():
        return []
    return list(known.filter(said_of_identity(said.same_as), retired=False).order_by("since"))


@dataclass(frozen=True, slots=True)
class Half:
    """What lies on one side of a border: from when and until when, the names shown there, and the presence."""

    since: Border
    until: Border
    names: list[str]
    presence: presence.Presence


def halves(who: Participant, border: int, run: MatchRun, now: datetime) -> list[Half]:
    """Measure both sides of a border as the participants they would be."""
    identity, (since, until) = identity_of(who.ms_open_id), times_of(who.ms_open_id)
    starts, windows = int(run.occurrence.start_at.timestamp()), [window.interval for window in run.windows]
    found = []
    for sides in ((since, border), (border, until)):
        visits = visits_of(who.occurrence_id, [label(identity, *sides)])
        stays = [presence.Visit(each.join_time, each.left_time, str(each.instanceid), each.join_type) for each in visits]
        names = list(dict.fromkeys(each.user_name for each in visits if each.user_name))
        found.append(Half(*sides, names, presence.measure(stays, windows, starts, int(now.timestamp()))))
    return found


def settle(occurrence: Occurrence, held: Collection[str]) -> None:
    """Say which participants count where identities are or were split: those with visits of their own (`held`)."""
    split = {identity_of(who) for who in _splits(occurrence).values_list("ms_open_id", flat=True)}
    for identity in split:
        rows = list(occurrence.participants.filter(said_of_identity(identity)))
        whole = next(one for one in rows if one.ms_open_id == identity)
        for one in rows:
            since, until = times_of(one.ms_open_id)
            told = {"whole": None if one is whole else whole, "since": since, "until": until,
                    "retired": one.ms_open_id not in held}  # fmt: skip
            if told != {name: getattr(one, name) for name in told}:
                Participant.objects.filter(pk=one.pk).update(**told)


def _piece(visit: Visit, who: str) -> Visit | None:
    """Give a visit as far as it lies in a part, as a copy that is never saved."""
    piece = cut(visit.join_time, visit.left_time, *times_of(who))
    if piece is None:
        return None
    found = copy(visit)
    found.ms_open_id, (found.join_time, found.left_time) = who, piece
    return found


def _splits(occurrence: Occurrence) -> QuerySet[Decision]:
    return Decision.objects.filter(occurrence=occurrence, verb=Verb.SPLIT)
