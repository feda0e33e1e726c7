"""Invitees of a meeting: colleagues of the creator's enterprise."""

from collections.abc import Iterator, Sequence

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import StuckCursor

MOST_INVITEES = 2000


def read(client: Client, meeting_id: str) -> Iterator[str]:
    """Yield the user ids of all invitees; only the creator may ask.

    Source: 63648. Shape: 200 a page. Raises: StuckCursor, NotAllowed, NotThere, TryAgain.
    """
    path, seen = f"/v1/meetings/{segment(meeting_id)}/invitees", {""}
    pos = None
    while True:
        answer = client.get(path, client.caller | {"pos": pos}, call="invitees.read")
        yield from filter(None, (wire.text(row, "userid") for row in wire.rows(answer, "invitees")))
        if not wire.flag(answer, "has_remaining"):
            return
        pos = wire.text(answer, "next_pos")
        if pos in seen:
            raise StuckCursor("the list of invitees does not move on", call="invitees.read")
        seen.add(pos)


def replace(client: Client, meeting_id: str, *, userids: Sequence[str]) -> tuple[str, ...]:
    """Set the whole list, an empty one clears, and return the ids nobody has. May be repeated.

    Source: 63659. Shape: one PUT. Raises: ValueError over 2,000, Refused, NotAllowed, NotThere, TryAgain.
    """
    if len(userids) > MOST_INVITEES:
        raise ValueError(f"a meeting takes at most {MOST_INVITEES} invitees")
    body = client.caller | {"invitees": [{"userid": userid} for userid in userids]}
    answer = client.put(f"/v1/meetings/{segment(meeting_id)}/invitees", body=body, call="invitees.replace")
    return wire.texts(answer, "user_non_registered")
