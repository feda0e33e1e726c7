"""The waiting room (等候室): who waits, who waited, letting in and sending away, and its welcome."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.control import Target, asking, listed
from portal.tencent.paging import numbered

WAITING_PAGE = 50
LONGEST_WELCOME = 1000
ADMIT, MOVE_IN, REMOVE = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One wait of one device; only the log knows its times, and `left_time` None is still waiting."""

    ms_open_id: str
    userid: str
    open_id: str
    user_name: str = field(repr=False)
    instanceid: int | None
    customer_data: str
    tag: str
    join_time: datetime | None
    left_time: datetime | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the platform tells everybody who starts to wait; `%NICKNAME%` in it becomes the name."""

    enable_welcome: bool | None
    welcome_text: str


def now(client: Client, meeting_id: str) -> Iterator[Waiting]:
    """Yield who waits at this moment; of a series ask for the main meeting.

    Source: 58522. Shape: 50 a page; nobody unless the meeting runs with its waiting room on.
    Raises: NotAllowed, NotThere, GrantGone, TryAgain.
    """
    path = f"/v1/meetings/{segment(meeting_id)}/waiting-room-participants"
    # 58522 knows no operator: the creator goes in as userid.
    query = {"userid": client.user_id}
    return numbered(
        client, path, query, key="participants", size=WAITING_PAGE, read=_waiting, call="waiting_room.now"
    )


def log(client: Client, meeting_id: str) -> Iterator[Waiting]:
    """Yield every wait there was, before, during and after the meeting.

    Source: 80579. Shape: 50 a page, a row a device and wait. Units: milliseconds become datetimes.
    Raises: NotAllowed, NotThere, GrantGone, TryAgain.
    """
    # 80579: `meeting` without the plural.
    path = f"/v1/meeting/{segment(meeting_id)}/waiting-room"
    return numbered(
        client, path, client.operator, key="participants", size=WAITING_PAGE, read=_waiting, call="waiting_room.log"
    )


def admit(client: Client, meeting_id: str, *, users: Sequence[Target], instanceid: int = 1) -> None:
    """Let people in, on all their devices. May be repeated: who is inside stays inside.

    Source: 57954. Shape: 1 to 20 a call (inferred from its siblings); the creator, host or co-host asks.
    Raises: ValueError for another number, NotAllowed, NotThere, Refused (gone meanwhile), TryAgain.
    """
    body = asking(client, instanceid) | {"operate_type": ADMIT, "users": listed(users)}
    client.put(_control(meeting_id), body=body, call="waiting_room.admit")


def move_in(client: Client, meeting_id: str, *, users: Sequence[Target], instanceid: int = 1) -> None:
    """Move people from the meeting into its waiting room. Never repeated: somebody may have let them in again.

    Source: 57954. Shape: as admit; no Rooms. Raises: ValueError, AnswerLost (look in now), Refused, NotAllowed,
    NotThere, TryAgain.
    """
    body = asking(client, instanceid) | {"operate_type": MOVE_IN, "users": listed(users)}
    client.put(_control(meeting_id), body=body, repeatable=False, call="waiting_room.move_in")


def remove(
    client: Client, meeting_id: str, *, users: Sequence[Target], allow_rejoin: bool, instanceid: int = 1
) -> None:
    """Send people out of the waiting room. Never repeated: they may wait again by then.

    Source: 57954. Shape: as admit. Raises: ValueError, AnswerLost (look in now), Refused, NotAllowed, NotThere,
    TryAgain.
    """
    chosen = {"operate_type": REMOVE, "allow_rejoin": allow_rejoin}
    body = asking(client, instanceid) | chosen | {"users": listed(users)}
    client.put(_control(meeting_id), body=body, repeatable=False, call="waiting_room.remove")


def read_welcome(client: Client, meeting_id: str) -> Welcome:
    """Return the welcome of the waiting room, and whether it is said.

    Source: 86896. Shape: one object. Raises: NotAllowed, NotThere, GrantGone, TryAgain.
    """
    path = f"/v1/meeting/{segment(meeting_id)}/waiting-room-welcome-message"
    return wire.read(Welcome, client.get(path, client.operator, call="waiting_room.read_welcome"))


def write_welcome(client: Client, meeting_id: str, *, text: str, enabled: bool = True) -> None:
    """Set the welcome of a meeting whose waiting room is on. May be repeated: it replaces.

    Source: SDK. Units: 1,000 characters at most, `%NICKNAME%` in capitals.
    Raises: ValueError beyond, NotAllowed, NotThere, Refused, TryAgain.
    """
    if len(text) > LONGEST_WELCOME:
        raise ValueError(f"a welcome holds at most {LONGEST_WELCOME} characters")
    body: dict[str, Any] = client.operator | {"meeting_id": meeting_id}
    body |= {"enable_welcome": enabled, "welcome_text": text}
    # Here the meeting goes in the body, and the path has no plural.
    path = "/v1/meeting/set-waiting-room-welcome-message"
    client.post(path, body=body, repeatable=True, call="waiting_room.write_welcome")


def _control(meeting_id: str) -> str:
    return f"/v1/real-control/meetings/{segment(meeting_id)}/waiting-room"


def _waiting(row: wire.Row) -> Waiting:
    raw = wire.text(row, "customer_data")
    return wire.read(
        Waiting,
        row,
        user_name=wire.decoded(wire.text(row, "user_name")),
        left_time=wire.moment(row, "left_time", "leave_time"),
        customer_data=raw,
        tag=wire.decode_tag(raw),
    )
