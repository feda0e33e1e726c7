"""Folds the visits of an occurrence into participants: one for each platform identity, with its presence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import NamedTuple

from attendance import presence, splits
from attendance.bulk import upsert
from attendance.models import CountingWindows, Participant
from meetings.models import Occurrence

COLUMNS = ("ms_open_id", "instanceid", "join_type", "join_time", "left_time", "user_name", "userid", "open_id",
           "phone_hash", "customer_data", "is_enterprise_user", "user_role")  # fmt: skip
# 1 creator, 2 host, 3 both, 5 guest and host, 7 creator and co-host (42701).
HOST_ROLES = frozenset({1, 2, 3, 5, 7})
# 0 a telephone, 6 a telephone through the Linux SDK; device 0 is a telephone too (42701).
TELEPHONE = frozenset({0, 6})
# Later than anything that happens.
NEVER = 2**40


@dataclass(slots=True)
class Identity:
    """What the visits of one platform identity say together; later rows win where they differ.

    An attached row (a cast, a telephone beside the app) carries its owner's ms_open_id (identity file 8.3); `attached`
    holds names and devices of such rows, which speak only where the owner's row is lacking.
    """

    names: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)
    userid: str = ""
    open_id: str = ""
    phone_hash: str = ""
    pstn: bool = False
    is_enterprise_user: bool = False
    hosting: list[int] = field(default_factory=list)
    devices: set[int] = field(default_factory=set)
    attached: dict[tuple[str, int], None] = field(default_factory=dict)
    stays: list[presence.Visit] = field(default_factory=list)

    def add(self, row: tuple) -> None:
        """Take in one visit (the values of COLUMNS); rows come in order of joining."""
        _, device, join_type, joined, left, name, userid, open_id, phone_hash, tag, own, role = row
        self.stays.append(presence.Visit(joined, left, _device(device), join_type))
        if join_type not in presence.ATTACHED:
            self.devices.add(device)
            self.names |= {name: None} if name else {}
            self.pstn |= join_type in TELEPHONE or device == 0
        else:
            self.attached[name, device] = None
        self.tags |= {tag: None} if tag else {}
        self.userid, self.open_id = userid or self.userid, open_id or self.open_id
        self.phone_hash = phone_hash or self.phone_hash
        self.is_enterprise_user |= own
        if role in HOST_ROLES:
            self.hosting.append(joined)

    @property
    def shown(self) -> list[str]:
        """The names shown; those of attached rows where there are no others."""
        return list(self.names) or list(dict.fromkeys(name for name, _ in self.attached if name))

    @property
    def used(self) -> set[int]:
        """The devices; those of attached rows where there are no others."""
        return self.devices or {device for _, device in self.attached}


Identities = Mapping[str, Identity]
# There are few devices, so that those of a hundred thousand visits take no room.
_device = cache(str)


class Stayed(NamedTuple):
    """What results need of an identity once it is folded: when it was there, with which devices, and when as a host."""

    stays: Sequence[presence.Visit]
    used: Collection[int] = ()
    hosting: Sequence[int] = ()


Stays = Mapping[str, Stayed]


def gather(occurrence: Occurrence) -> dict[str, Identity]:
    """Read all visits of an occurrence, grouped by identity or by its parts where it is split, in order of joining."""
    found: dict[str, Identity] = {}
    borders = splits.borders(occurrence)
    rows = occurrence.visits.order_by("join_time", "id").values_list(*COLUMNS)
    for row in rows.iterator(chunk_size=5000):
        for piece in splits.pieces(row, borders[row[0]]) if row[0] in borders else (row,):
            found.setdefault(piece[0], Identity()).add(piece)
    return found


def stayed(identities: Identities) -> dict[str, Stayed]:
    """Give what is kept of identities that were folded: a third of their memory."""
    same: dict[tuple[int, ...], tuple[int, ...]] = {}
    used = ((who, one, tuple(sorted(one.used))) for who, one in identities.items())
    return {who: Stayed(tuple(one.stays), same.setdefault(ids, ids), tuple(one.hosting)) for who, one, ids in used}


def windows_of(occurrence: Occurrence, identities: Identities | Stays) -> presence.Counting:
    """Give when attendance counts: the windows an organiser set, else the one that is found by itself."""
    chosen = CountingWindows.objects.filter(occurrence=occurrence).first()
    if chosen and chosen.windows:
        windows = sorted((presence.Window(*each) for each in chosen.windows), key=lambda one: (one.start, one.end))
        return presence.Counting(tuple(windows), chosen.number)
    return _found(occurrence, identities)


def _found(occurrence: Occurrence, identities: Identities | Stays) -> presence.Counting:
    """Find the counting window of an occurrence (product.md section 3), whatever events were lost.

    Meaning: where `meeting.started` never came, the first host's joining stands for it, which is what sets it off
    (51618). A rehearsal before the scheduled start does not open the meeting. Somebody who left after the last end that
    was heard shows that a later one was lost. What was opened again after an end has none yet.
    """
    stays = [stay for identity in identities.values() for stay in identity.stays]
    last_leave = max((stay.leave for stay in stays if stay.leave is not None), default=None)
    over = occurrence.ended_at and occurrence.state != Occurrence.State.RUNNING
    ends = [_stamp(occurrence.ended_at), last_leave or 0] if over else []
    starts, left_out = _starts(occurrence, identities)
    start, end = presence.window(
        starts=starts, scheduled_start=_stamp(occurrence.start_at), ends=ends, scheduled_end=_stamp(occurrence.end_at),
        last_leave=last_leave,
    )  # fmt: skip
    return presence.Counting((presence.Window("", start, end),), 0, left_out)


def _starts(occurrence: Occurrence, identities: Identities | Stays) -> tuple[list[int], tuple[presence.Interval, ...]]:
    """Give what opened the meeting: the event, else hosts that came; and when there was only a rehearsal."""
    scheduled = _stamp(occurrence.start_at)
    hosts = [joined for identity in identities.values() for joined in identity.hosting]
    heard = [_stamp(occurrence.started_at)] if occurrence.started_at else hosts
    if not identities or min(heard, default=scheduled) >= scheduled - presence.ALLOWANCE:
        return heard, ()
    # Who is still there has not broken up, whenever that is looked at.
    stays = [presence.stay_of(stay, NEVER) for identity in identities.values() for stay in identity.stays]
    opened, left_out = presence.openings(heard, stays, scheduled)
    # Only the earliest start is kept of several: after a rehearsal the hosts tell when they came to the meeting itself.
    return opened or presence.openings(hosts, stays, scheduled)[0], left_out


def fold(
    occurrence: Occurrence, identities: Identities, windows: Sequence[presence.Interval], now: datetime
) -> int:
    """Write the participants, and which of them count; gives how many are new or changed.

    Repeatable; what was looked up stays.
    """
    looked_up = occurrence.participants.filter(userid_looked_up=True).exclude(userid="")
    userids = dict(looked_up.values_list("ms_open_id", "userid"))
    starts, moment = _stamp(occurrence.start_at), _stamp(now)
    rows = (
        (occurrence.pk, who, *_known(one, userids.get(who, "")), *_there(one, windows, starts, moment))
        for who, one in identities.items()
    )
    fields = ["occurrence", "ms_open_id", "name", "names", "userid", "open_id", "phone_hash", "tags", "pstn",
              "is_enterprise_user", "is_host", "seconds", "entries", "devices", "first_join", "last_leave",
              "still_in"]  # fmt: skip
    empty = {"userid_looked_up": False, "enroll_id": "", "enroll_looked_up": False, "phone_indexes": [],
             "callers_asked": "", "retired": False}  # fmt: skip
    written = upsert(Participant, fields, rows, key=["occurrence", "ms_open_id"], at_insert=empty)
    splits.settle(occurrence, identities)
    return written


def _known(one: Identity, looked_up: str) -> tuple[object, ...]:
    names = one.shown
    name = names[-1] if names else ""
    return (name, names, one.userid or looked_up, one.open_id, one.phone_hash, list(one.tags), one.pstn,
            one.is_enterprise_user, bool(one.hosting))  # fmt: skip


def _there(one: Identity, windows: Sequence[presence.Interval], starts: int, now: int) -> tuple[object, ...]:
    there = presence.measure(one.stays, windows, starts, now)
    first = min(stay.join for stay in one.stays) if there.first_join is None else there.first_join
    return there.seconds, there.entries, sorted(one.used), first, there.last_leave, there.open


def anybody_inside(identities: Iterable[Stayed]) -> bool:
    """Whether any stay has not ended, so that figures grow with time."""
    return any(stay.leave is None for one in identities for stay in one.stays)


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp())
