"""What a host does to people: lets them in, puts them outside, sends them away, renames them."""

from dataclasses import dataclass

from portal.sandbox.door import outside
from portal.sandbox.events import tell_visit
from portal.sandbox.events_room import ADMITTED_IN, LEFT_ROOM, PUT_OUTSIDE, About, tell_room
from portal.sandbox.meeting import Meeting
from portal.sandbox.play import GONE, JOINED, hang_up
from portal.sandbox.room import ADMITTED, REMOVED, Wait
from portal.sandbox.state import State
from portal.sandbox.visits import Identity, Visit

MRA = 9


@dataclass(frozen=True, slots=True)
class Move:
    """One hand of control: in which meeting, by whom, when (seconds)."""

    state: State
    meeting: Meeting
    by: Identity
    at: int


def admit(move: Move, wait: Wait) -> None:
    """Let somebody in: the wait ends, the visit begins now and lasts until somebody ends it."""
    wait.close(move.at, ADMITTED)
    visit = wait.visit
    visit.join, visit.left = move.at, None
    move.meeting.holding(wait.sub_meeting_id).record([visit])
    _told(move, ADMITTED_IN, wait)
    tell_visit(move.state, JOINED, move.meeting, wait.sub_meeting_id, visit, move.at)


def put_outside(move: Move, visit: Visit) -> None:
    """Send somebody back into the waiting room: the visit ends, a wait begins."""
    sub_meeting_id = _end(move, visit)
    wait = outside(visit, sub_meeting_id, move.at)
    move.meeting.room.waits.append(wait)
    _told(move, PUT_OUTSIDE, wait)


def remove(move: Move, wait: Wait, allow_rejoin: bool) -> None:
    """Send somebody away from the waiting room, for good unless they may come again."""
    wait.close(move.at, REMOVED)
    about = About(wait.visit, move.at, move.by)
    tell_room(move.state, LEFT_ROOM, move.meeting, wait.sub_meeting_id, about, leave_reason=REMOVED)
    _bar(move.meeting, wait.visit, allow_rejoin)


def kick_out(move: Move, visit: Visit, allow_rejoin: bool) -> None:
    """End somebody's visit, for good unless they may come again; the events tell no reason."""
    _end(move, visit)
    _bar(move.meeting, visit, allow_rejoin)


def rename(meeting: Meeting, ms_open_id: str, name: str) -> None:
    """Give somebody another displayed name on all devices, and in the waiting room."""
    waiting = [wait.visit for wait in meeting.room.waiting()]
    for visit in (*meeting.inside(), *waiting):
        if visit.identity.ms_open_id == ms_open_id:
            visit.name = name.encode()
            visit.shown.clear()


def _end(move: Move, visit: Visit) -> str:
    """End a visit, tell of it, and return the occurrence it belongs to."""
    held = ((key, holding) for key, holding in move.meeting.holdings.items())
    sub_meeting_id = next(key for key, holding in held if any(each is visit for each in holding.inside()))
    visit.leave(move.at)
    tell_visit(move.state, GONE, move.meeting, sub_meeting_id, visit, move.at)
    hang_up(move.state, move.meeting, visit, move.at)
    return sub_meeting_id


def _bar(meeting: Meeting, visit: Visit, allow_rejoin: bool) -> None:
    # A conference device cannot be kept out (57954).
    if not allow_rejoin and visit.device != MRA:
        meeting.room.barred.add(visit.identity.ms_open_id)


def _told(move: Move, event: str, wait: Wait) -> None:
    tell_room(move.state, event, move.meeting, wait.sub_meeting_id, About(wait.visit, move.at, move.by))
