"""Calling people by telephone: how they answer, and what becomes of them in the meeting."""

import hashlib
from typing import Any

from portal.sandbox.actors import PSTN
from portal.sandbox.events import tell_visit
from portal.sandbox.events_room import tell_phone
from portal.sandbox.invented import mask
from portal.sandbox.meeting import Meeting
from portal.sandbox.play import AUDIENCE, JOINED, ORDINARY, VISITOR
from portal.sandbox.room import CANCELLED, CONNECTED, MISSED, RINGING, Callout
from portal.sandbox.state import State
from portal.sandbox.visits import Identity, Visit

TELEPHONE = 0
CONNECT, REFUSE, NO_ANSWER, RING = "connect", "refuse", "no_answer", "ring"
OUTCOMES = (CONNECT, REFUSE, NO_ANSWER, RING)


def dealt(phone: str, seed: int) -> str:
    """Return how somebody answers who was told nothing: seven of ten take the call."""
    number = int(hashlib.sha256(f"{seed}:{phone}".encode()).hexdigest(), 16) % 10
    return CONNECT if number < 7 else REFUSE if number < 9 else NO_ANSWER


def call_out(state: State, meeting: Meeting, callout: Callout, by: Identity) -> None:
    """Ring somebody; they answer at once, unless a script lets them ring."""
    meeting.room.callouts.append(callout)
    tell_phone(state, meeting, callout, by, state.now())
    outcome = state.answers.get(callout.phone) or dealt(callout.phone, int(state.switches["callout_seed"]))
    if outcome != RING:
        answer(state, meeting, callout, outcome)


def answer(state: State, meeting: Meeting, callout: Callout, outcome: str) -> None:
    """Let a ringing telephone be answered or not; refused and not answered look alike."""
    now = state.now()
    if outcome != CONNECT:
        callout.status = MISSED
        tell_phone(state, meeting, callout, None, now)
        return
    callout.status, callout.visit = CONNECTED, _visit(meeting, callout, now)
    meeting.holding(callout.sub_meeting_id).record([callout.visit])
    tell_phone(state, meeting, callout, None, now)
    tell_visit(state, JOINED, meeting, callout.sub_meeting_id, callout.visit, now)


def cancel(state: State, meeting: Meeting, callout: Callout, by: Identity) -> None:
    """Stop ringing somebody who has not answered yet."""
    callout.status = CANCELLED
    tell_phone(state, meeting, callout, by, state.now())


def ringing(meeting: Meeting, area: int, phone: str) -> Callout | None:
    """Return the call to a number that still rings."""
    found = (each for each in meeting.room.callouts if (each.area, each.phone) == (area, phone))
    return next((each for each in found if each.status == RINGING), None)


def _visit(meeting: Meeting, callout: Callout, now: int) -> Visit:
    known = _known(meeting, callout)
    name = callout.nick_name or mask(callout.phone)
    identity = meeting.identify(known["key"], name, pstn_number=callout.number)
    identity.key = known["key"]
    meeting.holding(callout.sub_meeting_id).people.setdefault(known["key"], known)
    webinar_role = AUDIENCE if meeting.webinar else ORDINARY
    return Visit(identity, now, None, TELEPHONE, PSTN, name.encode(), VISITOR, webinar_role, "")


def _known(meeting: Meeting, callout: Callout) -> dict[str, Any]:
    """Return whom the truth knows by this number, or somebody new."""
    for known in meeting.holding(callout.sub_meeting_id).people.values():
        if callout.phone in (known["phone"], known["calls_from"]):
            return known
    name = callout.nick_name or mask(callout.phone)
    return {
        "key": f"called:{callout.number}", "kind": "walk_in", "name": name, "userid": "", "phone": callout.phone,
        "code": "", "calls_from": callout.phone,
    }
