"""Brings the cast of a scenario to a meeting: they register beforehand, and come on the day."""

from collections.abc import Iterable
from random import Random

from portal.sandbox.actors import Actor, BadScript, Stay
from portal.sandbox.enrolling import APPROVED, enrol_by_form
from portal.sandbox.events import tell_enrolment
from portal.sandbox.meeting import Meeting
from portal.sandbox.scripts.cast import ACCOUNT, ANONYMOUS, CALLER, OTHER_PHONE, Cast, Person
from portal.sandbox.scripts.habits import call_of, stays_of
from portal.sandbox.scripts.looks import device_look, look_of
from portal.sandbox.state import State

SHORTEST = 60
UNKNOWN_LINK = ""


def register(state: State, meeting: Meeting, cast: Cast) -> dict[str, int]:
    """Let everybody who registers by themselves fill in the form once; the second run adds nobody."""
    if not meeting.enrol_on:
        raise BadScript("enrolment is off for this meeting")
    done = {each.person for each in meeting.enrolments.values() if each.person}
    coming = [person for person in cast.everybody() if person.registers and person.key not in done]
    made = [enrol_by_form(meeting, person.key, person.details(), state.now()) for person in coming]
    for enrolment in made:
        if enrolment:
            tell_enrolment(state, meeting, enrolment)
    registered = sum(enrolment is not None for enrolment in made)
    return {"registered": registered, "refused": len(made) - registered, "already": len(done)}


def withdraw(state: State, meeting: Meeting, count: int) -> int:
    """Let the first who registered by themselves cancel; returns how many did."""
    leaving = [each for each in meeting.enrolments.values() if each.person][:count]
    for enrolment in leaving:
        del meeting.enrolments[enrolment.enroll_id]
        tell_enrolment(state, meeting, enrolment, cancelled=True)
    return len(leaving)


def actors_of(meeting: Meeting, cast: Cast, span: int, seed: int, links: dict[str, str]) -> list[Actor]:
    """Return the cast as actors; whoever still waits for approval, or was rejected, stays away."""
    if span < SHORTEST:
        raise BadScript("the meeting has not run for a minute yet: book it with an earlier start")
    status = {each.person: each.status for each in meeting.enrolments.values() if each.person}
    barred = {key for key, value in status.items() if value != APPROVED}
    actors = [_host(meeting)]
    for person in cast.everybody():
        rng = Random(f"{cast.scenario}:{seed}:{person.key}")
        # Somebody who was imported as well comes by the import, whatever became of the form.
        kept_out = person.kind == "registrant" and person.key in barred
        actors.append(_actor(person, [] if kept_out else _stays(person, span, rng), rng, links))
    return actors


def _host(meeting: Meeting) -> Actor:
    return Actor("host", "host", meeting.creator.name, [Stay(0, None)], userid=meeting.creator.userid)


def _stays(person: Person, span: int, rng: Random) -> list[Stay]:
    if person.way == CALLER:
        return call_of(person.pattern, span, rng)
    stays = stays_of(person.pattern, span, rng)
    if person.pattern == "two devices":
        # The second device shows its own name.
        second = stays[1]
        stays[1] = Stay(second.join, second.leave, second.device, second.join_type, device_look(rng))
    return stays


def _actor(person: Person, stays: Iterable[Stay], rng: Random, links: dict[str, str]) -> Actor:
    known = person.way not in (ANONYMOUS, CALLER)
    actor = Actor(
        person.key, person.kind, person.name.han, list(stays), shown=look_of(person, rng), code=person.code,
        number=person.number, hash_as=person.hash_as, former=person.former,
        link=links.get(person.borrows or person.key, UNKNOWN_LINK), listed_phone=person.phone,
    )
    if person.way == ACCOUNT:
        actor.userid = person.userid
    elif known:
        actor.phone = person.own_phone
    if person.way == OTHER_PHONE or not known:
        return actor
    actor.registered = person.key
    return actor
