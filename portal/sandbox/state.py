"""Everything the sandbox remembers, behind one lock."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.sandbox.client import ClientSide
from portal.sandbox.errors import Refusal
from portal.sandbox.faults import Faults
from portal.sandbox.ledger import Ledger
from portal.sandbox.meeting import Meeting
from portal.sandbox.outbox import Outbox
from portal.sandbox.quota import Quota
from portal.sandbox.switches import Switches
from portal.sandbox.tokens import Tokens
from portal.sandbox.world import World, make_world

NONCE_SECONDS = 300


@dataclass(slots=True)
class State:
    """The whole platform in memory; handlers run while holding `lock`."""

    world: World
    address: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    clock: Callable[[], float] = time.time
    switches: Switches = field(default_factory=Switches)
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    client: ClientSide = field(default_factory=ClientSide)
    answers: dict[str, str] = field(default_factory=dict)
    nonces: dict[str, float] = field(default_factory=dict)
    nonce_ages: deque[str] = field(default_factory=deque)
    tokens: Tokens = field(init=False)
    quota: Quota = field(init=False)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.switches, self.now)
        self.quota = Quota(self.switches, self.clock)
        self.outbox = Outbox(self.switches, self.lock)

    def now(self) -> int:
        """Return the time in seconds."""
        return int(self.clock())

    def meeting(self, meeting_id: str, webinar: bool | None = None) -> Meeting:
        """Return a meeting by id; raises the code the switch names for an unknown one."""
        if not meeting_id.isdigit():
            raise Refusal(190004, "meeting_id必须是整型")
        found = self.meetings.get(meeting_id)
        if found is None or (webinar is not None and found.webinar != webinar):
            raise Refusal(self.switches["unknown_meeting_code"])
        return found

    def by_code(self, code: str, webinar: bool) -> Meeting:
        """Return a meeting by its code; recycled codes are not found."""
        for found in self.meetings.values():
            recycled = found.status(self.now()) == "MEETING_STATE_RECYCLED" and not webinar
            if found.code == code and found.webinar == webinar and not recycled:
                return found
        raise Refusal(self.switches["unknown_meeting_code"])

    def seen_before(self, nonce: str) -> bool:
        """Remember a nonce and tell whether it came within the last five minutes."""
        now = self.clock()
        while self.nonce_ages and self.nonces[self.nonce_ages[0]] < now - NONCE_SECONDS:
            self.nonces.pop(self.nonce_ages.popleft())
        if nonce in self.nonces:
            return True
        self.nonces[nonce] = now
        self.nonce_ages.append(nonce)
        return False

    def new_meeting_id(self) -> str:
        """Return an unused id of 19 or 20 digits; half of them exceed a signed 64-bit integer."""
        # 20 digits from 1 up lie beyond 2^63: callers must keep ids as text.
        first = secrets.choice(("1", "8")) if secrets.randbelow(2) else "6"
        digits = 20 if first == "1" else 19
        while True:
            meeting_id = first + "".join(secrets.choice("0123456789") for _ in range(digits - 1))
            if meeting_id not in self.meetings and int(meeting_id) < 2**64:
                return meeting_id

    def new_code(self) -> str:
        """Return an unused code of nine digits, now and then with a leading zero."""
        taken = {meeting.code for meeting in self.meetings.values()}
        while True:
            code = f"{secrets.randbelow(10**9):09d}"
            if code not in taken:
                return code


def new_state(seed: int | None = None) -> State:
    """Return the state of a platform that just started."""
    return State(make_world(seed))
