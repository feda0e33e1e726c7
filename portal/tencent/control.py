"""Control of a running meeting: who is put out, what people are called, who may still come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from portal.tencent import wire
from portal.tencent.client import Client, segment

TARGETS_AT_ONCE = 20
LONGEST_NICKNAME = 20
# The only way to name a target (57947, 57954): its ms_open_id.
BY_MS_OPEN_ID = 4
# A SIP or H.323 endpoint.
MRA = 9


class Target(NamedTuple):
    """A person in one meeting, on the device really in use: with another `instanceid` nothing happens."""

    ms_open_id: str
    instanceid: int


@dataclass(frozen=True, slots=True)
class Access:
    """Who may still come into a running meeting, and how; None leaves alone."""

    auto_waiting_room: bool | None = None
    meeting_locked: bool | None = None
    only_enterprise_user_allowed: bool | None = None
    hide_meeting_code_password: bool | None = None


def kick_out(
    client: Client,
    meeting_id: str,
    *,
    users: Sequence[Target],
    allow_rejoin: bool,
    reason: str = "",
    instanceid: int = 1,
) -> None:
    """Put people out of a running meeting, callers too; of several devices only the one named. Never repeated.

    Source: 57947. Shape: 1 to 20 a call; the creator, host or co-host asks, who from inside names the own
    `instanceid`. A second try would throw out again who came back.
    Raises: ValueError for another number of users or an MRA target without `reason`, AnswerLost (look in
    participants.live), NotAllowed, NotThere, Refused, TryAgain.
    """
    if not reason and any(each.instanceid == MRA for each in users):
        raise ValueError("putting out an MRA device wants a reason")
    explained = {"reason": reason} if reason else {}
    body = asking(client, instanceid) | {"allow_rejoin": allow_rejoin} | explained | {"users": listed(users)}
    client.put(_path(meeting_id, "kickout"), body=body, repeatable=False, call="control.kick_out")


def rename(client: Client, meeting_id: str, *, names: Mapping[Target, str], instanceid: int = 1) -> None:
    """Give people in a running meeting the name they shall show, on all their devices. May be repeated.

    Source: 67794. Shape: 1 to 20 a call, callers too; hosts and co-hosts only by the host. People may rename
    themselves again. Units: names of 1 to 20 characters.
    Raises: ValueError beyond either, NotAllowed, NotThere, Refused, TryAgain.
    """
    few_enough(names)
    if not all(0 < len(name) <= LONGEST_NICKNAME for name in names.values()):
        raise ValueError(f"a name has 1 to {LONGEST_NICKNAME} characters")
    # 67794: here the key is `ms_open_id`, in the siblings `to_operator_id`.
    users = [who._asdict() | {"nick_name": name} for who, name in names.items()]
    body = asking(client, instanceid) | {"users": users}
    client.put(_path(meeting_id, "names"), body=body, call="control.rename")


def set_access(client: Client, meeting_id: str, *, access: Access, instanceid: int = 1) -> None:
    """Lock a running meeting, switch its waiting room, or open it again. May be repeated.

    Source: 57944. Shape: of a series the main meeting. Raises: NotAllowed, NotThere, Refused, TryAgain.
    """
    body = asking(client, instanceid) | wire.body(access)
    client.put(_path(meeting_id, "status"), body=body, call="control.set_access")


def asking(client: Client, instanceid: int) -> dict[str, Any]:
    """Return who acts, and from which device: checked only of an operator who is inside (article 2325644)."""
    return client.operator | {"instanceid": instanceid}


def listed(users: Sequence[Target]) -> list[dict[str, Any]]:
    """Return the targets as most control calls take them. Raises: ValueError unless 1 to 20."""
    few_enough(users)
    return [
        {"to_operator_id": who.ms_open_id, "to_operator_id_type": BY_MS_OPEN_ID, "instanceid": who.instanceid}
        for who in users
    ]


def few_enough(targets: Sequence[Target] | Mapping[Target, str]) -> None:
    """Refuse what the platform would. Raises: ValueError unless there are 1 to 20 targets."""
    if not 1 <= len(targets) <= TARGETS_AT_ONCE:
        raise ValueError(f"a control call takes 1 to {TARGETS_AT_ONCE} people")


def _path(meeting_id: str, what: str) -> str:
    return f"/v1/real-control/meetings/{segment(meeting_id)}/{what}"
