"""Plays a script into a meeting: visits appear, and the events of them go out."""

import random
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.actors import TELEPHONE_TYPES, Actor, Stay
from portal.sandbox.door import ADMIT, HOSTS, Door
from portal.sandbox.events import Sending, tell_meeting, tell_visit
from portal.sandbox.events_room import (
    ADMITTED_IN,
    HOST_WAIT,
    JOINED_ROOM,
    LEFT_ROOM,
    PUT_OUTSIDE,
    ROLE_CHANGED,
    WEBINAR_ROLE_CHANGED,
    About,
    role_event,
    tell_phone,
    tell_room,
)
from portal.sandbox.meeting import Holding, Meeting, account_key
from portal.sandbox.room import ADMITTED, CONNECTED, HUNG_UP, LEFT, OVER, Wait
from portal.sandbox.state import State
from portal.sandbox.visits import Identity, Visit
from portal.sandbox.world import User

CREATOR_HOST, HOST, CO_HOST, MEMBER, VISITOR = 3, 2, 6, 0, 4
GUEST_BY_LINK, AUDIENCE, ORDINARY = 3, 4, 0
# The event's numbers of webinar roles begin at 30, those of the rows at 1.
WEBINAR_OFFSET = 29
ENDED_BY_PERSON = 0
COUNTRY = "0086"
JOINED, GONE = "meeting.participant-joined", "meeting.participant-left"
# Within one second a platform tells arrivals before departures, and the end last.
ORDER = (
    "meeting.started", JOINED_ROOM, ADMITTED_IN, JOINED, HOST_WAIT, ROLE_CHANGED, WEBINAR_ROLE_CHANGED,
    PUT_OUTSIDE, GONE, LEFT_ROOM, "meeting.end",
)


@dataclass(frozen=True, slots=True)
class Noise:
    """How the events of a script travel: shares sent twice and lost, order shuffled."""

    send: bool = True
    duplicate: float = 0.0
    shuffle: bool = False
    lose: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Script:
    """People and how the holding ends: True at its natural end, a number of seconds, or not yet."""

    actors: list[Actor]
    end: bool | int = True
    noise: Noise = Noise()
    waiting: str = ADMIT


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a script in time order."""

    at: int
    event: str
    visit: Visit | None = None
    by: Identity | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def play(state: State, meeting: Meeting, sub_meeting_id: str, script: Script) -> dict[str, Any]:
    """Let the people of a script come and go; what was there before stays."""
    holding = meeting.holding(sub_meeting_id)
    start, end = meeting.booked(sub_meeting_id)
    door = Door(meeting, sub_meeting_id, start, state.now(), script.waiting)
    for actor in script.actors:
        for stay in actor.stays:
            door.arrive(actor, _visit(meeting, actor, stay, start), stay)
        holding.people[actor.key] = _remembered(actor)
    visits = sorted(door.visits, key=lambda visit: visit.join)
    older = holding.inside()
    holding.record(visits)
    meeting.room.waits += door.waits
    told = _started(holding, visits)
    if state.switches["host_wait_events"]:
        told += _without_host(meeting, holding, visits)
    told += [each for actor in script.actors for each in _promoted(meeting, actor, visits, start)]
    if script.end is not False:
        told += _ended(meeting, sub_meeting_id, script, min(end, state.now()))
    told += _waited(door.waits)
    told += [Told(visit.join, JOINED, visit) for visit in visits]
    told += [Told(visit.left, GONE, visit) for visit in (*older, *visits) if visit.left is not None]
    sent = _tell(state, meeting, sub_meeting_id, told, script.noise)
    return {
        "rows": len(visits), "people": len(script.actors), "events": sent,
        "waiting": sum(wait.left is None for wait in door.waits), "turned_away": door.turned_away,
    }


def dismiss(state: State, meeting: Meeting, now: int) -> None:
    """End everything that runs: everybody leaves and the end is told."""
    for sub_meeting_id, holding in meeting.holdings.items():
        inside = holding.inside()
        for visit in inside:
            visit.leave(now)
        if inside:
            holding.ended, holding.dismissed = now, True
            told = [Told(now, GONE, visit) for visit in inside]
            told += _closed(meeting, sub_meeting_id, now)
            _tell(state, meeting, sub_meeting_id, [*told, Told(now, "meeting.end")], Noise())


def hang_up(state: State, meeting: Meeting, visit: Visit, at: int) -> None:
    """Tell of a called telephone that has left; other visits are no calls."""
    for callout in meeting.room.callouts:
        if callout.visit is visit and callout.status == CONNECTED:
            callout.status = HUNG_UP
            tell_phone(state, meeting, callout, None, at)


def _visit(meeting: Meeting, actor: Actor, stay: Stay, start: int) -> Visit:
    identity = _identity(meeting, actor, stay)
    link = next((link for link in meeting.links if link.url == actor.link), None) if actor.link else None
    webinar_role = ORDINARY
    if meeting.webinar and actor.kind not in ("host", "co_host"):
        webinar_role = GUEST_BY_LINK if link and link.is_guest == 1 else AUDIENCE
    left = None if stay.leave is None else start + stay.leave
    return Visit(
        identity, start + stay.join, left, stay.device, stay.join_type, actor.display(stay),
        _role(meeting, actor, identity), webinar_role, link.customer_data if link else "",
    )


def _identity(meeting: Meeting, actor: Actor, stay: Stay) -> Identity:
    number = actor.number or actor.phone
    if stay.join_type in TELEPHONE_TYPES and number:
        identity = meeting.identify(actor.key, actor.name, pstn_number=COUNTRY + number)
    else:
        user = _user(meeting, actor)
        identity = meeting.identify(_handle(actor, user), actor.name)
        identity.user = user
        identity.phone = actor.phone or (user.phone if user else "")
        identity.enroll_phone, identity.registered = actor.enroll_phone, actor.registered
    identity.key, identity.hash_as, identity.former = actor.key, actor.hash_as, actor.former
    return identity


def _user(meeting: Meeting, actor: Actor) -> User | None:
    if actor.kind == "host" and actor.userid == meeting.creator.userid:
        return meeting.creator
    enterprise = meeting.creator.enterprise
    return enterprise.users.get(actor.userid) if enterprise and actor.userid else None


def _handle(actor: Actor, user: User | None) -> str:
    """Return what the platform knows the person by: an account, the own registration, or this visit alone."""
    if user:
        return account_key(user)
    return actor.registered or f"visitor:{actor.key}"


def _role(meeting: Meeting, actor: Actor, identity: Identity) -> int:
    if identity.user is meeting.creator:
        return CREATOR_HOST
    if actor.kind == "host" or (actor.userid and actor.userid in meeting.hosts):
        return HOST
    if actor.kind == "co_host":
        return CO_HOST
    return MEMBER if identity.user or identity.phone else VISITOR


def _remembered(actor: Actor) -> dict[str, Any]:
    return {
        "key": actor.key, "kind": actor.kind, "name": actor.name, "userid": actor.userid,
        "phone": actor.listed_phone or actor.phone or actor.number, "code": actor.code,
        "calls_from": actor.number or actor.phone,
    }


def _started(holding: Holding, visits: list[Visit]) -> list[Told]:
    """Note when a host first came in; only that starts a meeting."""
    hosts = [visit.join for visit in visits if visit.role in (CREATOR_HOST, HOST)]
    if not hosts:
        return []
    first = min(hosts)
    again = holding.started is not None
    holding.started = min(first, holding.started) if holding.started is not None else first
    return [] if again and holding.ended is None else [Told(first, "meeting.started")]


def _without_host(meeting: Meeting, holding: Holding, visits: list[Visit]) -> list[Told]:
    """Return who was in before the host; with a waiting room nobody is, and some scripts have no host."""
    if meeting.settings.get("auto_in_waiting_room") or holding.started is None:
        return []
    early = [visit for visit in visits if visit.role not in HOSTS and visit.join < holding.started]
    return [Told(visit.join, HOST_WAIT, visit) for visit in early]


def _promoted(meeting: Meeting, actor: Actor, visits: list[Visit], start: int) -> list[Told]:
    """Give an actor's rows the roles the script names, each from its moment on."""
    told: list[Told] = []
    for after, role in sorted(actor.roles):
        for visit in visits:
            gone = visit.left is not None and visit.left < start + after
            if visit.identity.key != actor.key or gone or visit.join > start + after:
                continue
            if role > WEBINAR_OFFSET:
                visit.webinar_role = role - WEBINAR_OFFSET
            else:
                visit.role = role
            told.append(Told(start + after, role_event(meeting), visit, extra={"user_role": role}))
    return told


def _waited(waits: list[Wait]) -> list[Told]:
    """Return what is told of the waiting room, except of its end with the meeting."""
    told = [Told(wait.join, JOINED_ROOM, wait.visit) for wait in waits]
    for wait in waits:
        if wait.left is not None and wait.ending == ADMITTED:
            told.append(Told(wait.left, ADMITTED_IN, wait.visit))
        elif wait.left is not None and wait.ending == LEFT:
            told.append(Told(wait.left, LEFT_ROOM, wait.visit, wait.visit.identity, {"leave_reason": LEFT}))
    return told


def _closed(meeting: Meeting, sub_meeting_id: str, at: int) -> list[Told]:
    """Send everybody home who still waits for an occurrence that is over."""
    waits = [wait for wait in meeting.room.waiting() if wait.sub_meeting_id == sub_meeting_id]
    for wait in waits:
        wait.close(at, OVER)
    return [Told(at, LEFT_ROOM, wait.visit, extra={"leave_reason": OVER}) for wait in waits]


def _ended(meeting: Meeting, sub_meeting_id: str, script: Script, natural_end: int) -> list[Told]:
    """Close the holding: whoever is inside leaves, and the end is told."""
    holding, start = meeting.holding(sub_meeting_id), meeting.booked(sub_meeting_id)[0]
    last = max((visit.left for visit in holding.visits if visit.left is not None), default=start)
    at = max(natural_end, last) if script.end is True else start + int(script.end)
    inside = holding.inside()
    holding.ended = max(at, holding.ended or 0)
    holding.dismissed = True
    for visit in inside:
        visit.leave(at)
    return [Told(at, "meeting.end"), *_closed(meeting, sub_meeting_id, at)]


def _tell(state: State, meeting: Meeting, sub_meeting_id: str, told: list[Told], noise: Noise) -> int:
    if not noise.send:
        return 0
    rng = random.Random(noise.seed)
    told = sorted(told, key=lambda each: (each.at, ORDER.index(each.event)))
    if noise.shuffle:
        rng.shuffle(told)
    for each in told:
        times = 2 if rng.random() < noise.duplicate else 1
        sending = Sending(lost=rng.random() < noise.lose, times=times)
        _tell_one(state, meeting, sub_meeting_id, each, sending)
    return len(told)


def _tell_one(state: State, meeting: Meeting, sub_meeting_id: str, told: Told, sending: Sending) -> None:
    if told.visit is None:
        extra = {"meeting_end_type": ENDED_BY_PERSON} if told.event == "meeting.end" else {}
        tell_meeting(state, told.event, meeting, sub_meeting_id, told.at * 1000, sending, **extra)
    elif told.event in (JOINED, GONE):
        tell_visit(state, told.event, meeting, sub_meeting_id, told.visit, told.at, sending)
    else:
        about = About(told.visit, told.at, told.by)
        tell_room(state, told.event, meeting, sub_meeting_id, about, sending, **told.extra)
    if told.event == GONE and told.visit is not None:
        hang_up(state, meeting, told.visit, told.at)
