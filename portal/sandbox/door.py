"""The door of a meeting: whoever arrives goes in, waits outside, or is turned away."""

from dataclasses import dataclass, field, replace

from portal.sandbox.actors import Actor, Stay
from portal.sandbox.meeting import Meeting
from portal.sandbox.room import ADMITTED, LEFT, Wait
from portal.sandbox.visits import Identity, Visit

HOSTS = (1, 2, 3, 5, 6, 7, 8)
ATTACHED = (2, 4, 5)
ADMIT, HOLD = "admit", "hold"
SOON = 12
CAPACITY = 3_000


@dataclass(slots=True)
class Door:
    """Sorts the arrivals of one script; `hold` leaves people waiting until somebody lets them in."""

    meeting: Meeting
    sub_meeting_id: str
    start: int
    now: int
    waiting: str = ADMIT
    visits: list[Visit] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    turned_away: int = 0
    guests: set[str] = field(init=False)
    free: int = field(init=False)

    def __post_init__(self) -> None:
        self.guests = {str(guest.get("phone_number") or guest.get("userid")) for guest in self.meeting.guests}
        self.free = CAPACITY - len(self.meeting.room.waiting())

    def arrive(self, actor: Actor, visit: Visit, stay: Stay) -> None:
        """Let somebody arrive at the moment the visit names."""
        if stay.join_type in ATTACHED:
            self._follow(visit)
        elif self._kept_out(visit):
            self.turned_away += 1
        elif self._waits(visit):
            self._wait(actor, visit, stay)
        else:
            self.visits.append(visit)

    def _follow(self, visit: Visit) -> None:
        """Let a screen or a telephone in where its owner is in."""
        outside = any(wait.visit.identity.key == visit.identity.key and wait.ending != ADMITTED for wait in self.waits)
        if not outside:
            self.visits.append(visit)

    def _kept_out(self, visit: Visit) -> bool:
        room = self.meeting.room
        if visit.identity.ms_open_id in room.barred:
            return True
        if visit.role in HOSTS:
            return False
        if room.locked_at is not None and visit.join >= room.locked_at:
            return True
        closed = room.staff_only_at is not None and visit.join >= room.staff_only_at
        return (closed and not _colleague(self.meeting, visit.identity)) or (self.free <= 0 and self._waits(visit))

    def _waits(self, visit: Visit) -> bool:
        """Tell whether this person has to wait: hosts and guests need not."""
        if not self.meeting.settings.get("auto_in_waiting_room") or visit.role in HOSTS:
            return False
        identity = visit.identity
        known = {identity.phone, identity.pstn_number.removeprefix("0086")} - {""}
        return not (known | ({identity.user.userid} if identity.user else set())) & self.guests

    def _wait(self, actor: Actor, visit: Visit, stay: Stay) -> None:
        wait = Wait(visit, self.sub_meeting_id, visit.join)
        self.waits.append(wait)
        admitted, gives_up = self._moments(visit, stay)
        if admitted is not None:
            visit.join = admitted
            visit.left = None if visit.left is None else max(visit.left, admitted)
            wait.close(admitted, ADMITTED)
            self.visits.append(visit)
        elif gives_up is not None and gives_up <= self.now:
            wait.close(gives_up, LEFT)
        else:
            self.free -= 1

    def _moments(self, visit: Visit, stay: Stay) -> tuple[int | None, int | None]:
        """Return when somebody is let in and when they lose patience; neither means: waits for a call."""
        if stay.gives_up is not None:
            return None, self.start + stay.gives_up
        if stay.admitted is not None:
            return self.start + stay.admitted, None
        if stay.held or self.waiting == HOLD:
            return None, visit.left
        # Whoever has somebody at the door waits a moment, and never longer than half the stay.
        end = max(visit.join, self.now) if visit.left is None else visit.left
        return visit.join + min(SOON, (end - visit.join) // 2), None


def outside(visit: Visit, sub_meeting_id: str, at: int) -> Wait:
    """Return the wait of somebody who was inside until now."""
    return Wait(replace(visit, join=at, left=None, shown={}), sub_meeting_id, at)


def _colleague(meeting: Meeting, identity: Identity) -> bool:
    enterprise = meeting.creator.enterprise
    return identity.user is not None and enterprise is not None and identity.user.enterprise is enterprise
