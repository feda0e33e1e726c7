"""What surrounds a running meeting: who waits outside, who may not come back, whom it called."""

from dataclasses import dataclass, field

from portal.sandbox.visits import Visit

ADMITTED, LEFT, REMOVED, OVER = "admitted", "主动离开", "被主持人移出等候室", "会议已结束"
RINGING, CONNECTED, MISSED, CANCELLED, HUNG_UP = (
    "START_INVITE", "START_ACCEPT", "LEAVE_WITHOUT_ACCEPT", "CANCLE_INVITE", "LEAVE_WITH_ACCEPTED",
)


@dataclass(slots=True, eq=False)
class Wait:
    """One stay in the waiting room; `visit` is the stay in the meeting that begins on admission."""

    visit: Visit
    sub_meeting_id: str
    join: int
    left: int | None = None
    ending: str = ""

    def close(self, at: int, ending: str) -> None:
        """End the wait."""
        self.left, self.ending = max(at, self.join), ending


@dataclass(slots=True, eq=False)
class Callout:
    """One number the meeting called; `status` is spelled as the event spells it."""

    area: int
    phone: str
    extension_number: str
    nick_name: str
    sub_meeting_id: str
    status: str = RINGING
    visit: Visit | None = None

    @property
    def number(self) -> str:
        """Return the number as events write it."""
        return f"00{self.area}{self.phone}"


@dataclass(slots=True)
class Room:
    """The state that in-meeting control sets; `locked_at` and `staff_only_at` are seconds."""

    waits: list[Wait] = field(default_factory=list)
    barred: set[str] = field(default_factory=set)
    locked_at: int | None = None
    staff_only_at: int | None = None
    status: dict[str, bool | int] = field(default_factory=dict)
    welcome: dict[str, str | bool] = field(default_factory=lambda: {"welcome_text": "", "enable_welcome": False})
    callouts: list[Callout] = field(default_factory=list)

    def waiting(self) -> list[Wait]:
        """Return who waits now, in the order they came."""
        return [wait for wait in self.waits if wait.left is None]
