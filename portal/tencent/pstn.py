"""Telephone callers (PSTN): which participant a phone was."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.tencent import wire
from portal.tencent.client import Client, segment

PHONES_AT_ONCE = 20


class Phone(NamedTuple):
    """A phone by area, without plus, and national number."""

    area: str
    number: str


def ms_open_ids(client: Client, meeting_id: str, *, phones: Iterable[Phone]) -> dict[Phone, tuple[str, ...]]:
    """Return the people each phone was in the meeting; one switchboard number may be several.

    Source: 80578. Shape: 20 phones a call, only callers who got through. Enterprise credential only.
    Raises: ValueError for an area that is no number, NotAllowed, NotThere, TryAgain.
    """
    found: dict[Phone, tuple[str, ...]] = {}
    path = f"/v1/meetings/{segment(meeting_id)}/phone/ms-open-id"
    for piece in wire.chunks(list(dict.fromkeys(phones)), PHONES_AT_ONCE):
        # 80578: the area is a number here, text everywhere else, and the key is `phone`.
        listed = [{"area": int(phone.area), "phone": phone.number} for phone in piece]
        body = client.operator | {"phone_numbers": listed}
        answer = client.post(path, body=body, repeatable=True, call="pstn.ms_open_ids")
        for row in wire.rows(answer, "ms_open_id_list"):
            phone, person = (
                Phone(wire.text(row, "area"), wire.text(row, "phone")),
                wire.text(row, "ms_open_id"),
            )
            if person and person not in found.get(phone, ()):
                found[phone] = (*found.get(phone, ()), person)
    return found
