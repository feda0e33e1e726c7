"""Invitees of a meeting: colleagues of the creator's enterprise."""

from collections.abc import Iterator, Sequence

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.paging import cursored
from portal.tencent.plans import people_body

MOST_INVITEES = 2000


def read(client: Client, meeting_id: str) -> Iterator[str]:
    """Yield the user ids of all invitees; only the creator may ask.

    Source: 63648. Shape: 200 a page. Raises: StuckCursor, NotAllowed, NotThere, TryAgain.
    """
    path = f"/v1/meetings/{segment(meeting_id)}/invitees"
    found = cursored(client, path, client.caller, key="invitees", read=_userid, call="invitees.read")
    return filter(None, found)


def replace(client: Client, meeting_id: str, *, userids: Sequence[str]) -> tuple[str, ...]:
    """Set the whole list, an empty one clears, and return the ids nobody has. May be repeated.

    Source: 63659. Shape: one PUT. Raises: ValueError over 2,000, Refused, NotAllowed, NotThere, TryAgain.
    """
    if len(userids) > MOST_INVITEES:
        raise ValueError(f"a meeting takes at most {MOST_INVITEES} invitees")
    body = client.caller | {"invitees": people_body(userids)}
    answer = client.put(f"/v1/meetings/{segment(meeting_id)}/invitees", body=body, call="invitees.replace")
    return wire.texts(answer, "user_non_registered")


def _userid(row: wire.Row) -> str:
    return wire.text(row, "userid")
