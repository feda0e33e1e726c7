"""Plays a script into a meeting: visits appear, and the events of them go out."""

import random
from dataclasses import dataclass
from typing import Any

from portal.sandbox.actors import TELEPHONE_TYPES, Actor, Stay
from portal.sandbox.events import Sending, tell_meeting, tell_visit
from portal.sandbox.meeting import Holding, Identity, Meeting, Visit, account_key
from portal.sandbox.state import State
from portal.sandbox.world import User

CREATOR_HOST, HOST, MEMBER, VISITOR = 3, 2, 0, 4
GUEST_BY_LINK, AUDIENCE, ORDINARY = 3, 4, 0
ENDED_BY_PERSON = 0
COUNTRY = "0086"
ORDER = ("meeting.started", "meeting.participant-joined", "meeting.participant-left", "meeting.end")


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


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a script in time order."""

    at: int
    event: str
    visit: Visit | None = None


def play(state: State, meeting: Meeting, sub_meeting_id: str, script: Script) -> dict[str, Any]:
    """Let the people of a script come and go; what was there before stays."""
    holding = meeting.holding(sub_meeting_id)
    start, end = meeting.booked(sub_meeting_id)
    visits: list[Visit] = []
    for actor in script.actors:
        visits += [_visit(meeting, actor, stay, start) for stay in actor.stays]
        holding.people[actor.key] = _remembered(actor)
    visits.sort(key=lambda visit: visit.join)
    older = holding.inside()
    holding.record(visits)
    told = _started(holding, meeting, visits)
    if script.end is not False:
        told += _ended(holding, script, start, min(end, state.now()))
    told += [Told(visit.join, "meeting.participant-joined", visit) for visit in visits]
    told += [
        Told(visit.left, "meeting.participant-left", visit)
        for visit in (*older, *visits)
        if visit.left is not None
    ]
    sent = _tell(state, meeting, sub_meeting_id, told, script.noise)
    return {"rows": len(visits), "people": len(script.actors), "events": sent}


def dismiss(state: State, meeting: Meeting, now: int) -> None:
    """End everything that runs: everybody leaves and the end is told."""
    for sub_meeting_id, holding in meeting.holdings.items():
        inside = holding.inside()
        for visit in inside:
            visit.leave(now)
        if inside:
            holding.ended, holding.dismissed = now, True
            told = [Told(now, "meeting.participant-left", visit) for visit in inside]
            _tell(state, meeting, sub_meeting_id, [*told, Told(now, "meeting.end")], Noise())


def _visit(meeting: Meeting, actor: Actor, stay: Stay, start: int) -> Visit:
    identity = _identity(meeting, actor, stay)
    link = next((link for link in meeting.links if link.url == actor.link), None) if actor.link else None
    webinar_role = ORDINARY
    if meeting.webinar and actor.kind != "host":
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
    return MEMBER if identity.user or identity.phone else VISITOR


def _remembered(actor: Actor) -> dict[str, Any]:
    return {
        "key": actor.key, "kind": actor.kind, "name": actor.name, "userid": actor.userid,
        "phone": actor.listed_phone or actor.phone or actor.number, "code": actor.code,
        "calls_from": actor.number or actor.phone,
    }


def _started(holding: Holding, meeting: Meeting, visits: list[Visit]) -> list[Told]:
    """Note when a host first came in; only that starts a meeting."""
    hosts = [visit.join for visit in visits if visit.role in (CREATOR_HOST, HOST)]
    if not hosts:
        return []
    first = min(hosts)
    again = holding.started is not None
    holding.started = min(first, holding.started) if holding.started is not None else first
    return [] if again and holding.ended is None else [Told(first, "meeting.started")]


def _ended(holding: Holding, script: Script, start: int, natural_end: int) -> list[Told]:
    """Close the holding: whoever is inside leaves, and the end is told."""
    last = max((visit.left for visit in holding.visits if visit.left is not None), default=start)
    at = max(natural_end, last) if script.end is True else start + int(script.end)
    inside = holding.inside()
    holding.ended = max(at, holding.ended or 0)
    holding.dismissed = True
    for visit in inside:
        visit.leave(at)
    return [Told(at, "meeting.end")]


def _tell(state: State, meeting: Meeting, sub_meeting_id: str, told: list[Told], noise: Noise) -> int:
    if not noise.send:
        return 0
    rng = random.Random(noise.seed)
    # Within one second a platform tells arrivals before departures, and the end last.
    told = sorted(told, key=lambda each: (each.at, ORDER.index(each.event)))
    if noise.shuffle:
        rng.shuffle(told)
    for each in told:
        times = 2 if rng.random() < noise.duplicate else 1
        sending = Sending(lost=rng.random() < noise.lose, times=times)
        _tell_one(state, meeting, sub_meeting_id, each, sending)
    return len(told)


def _tell_one(state: State, meeting: Meeting, sub_meeting_id: str, told: Told, sending: Sending) -> None:
    if told.visit is not None:
        tell_visit(state, told.event, meeting, sub_meeting_id, told.visit, told.at, sending)
        return
    extra = {"meeting_end_type": ENDED_BY_PERSON} if told.event == "meeting.end" else {}
    tell_meeting(state, told.event, meeting, sub_meeting_id, told.at * 1000, sending, **extra)
