"""Guests (嘉宾): who skips password and waiting room."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.transport import filled

Kind = Literal["meetings", "webinars"]

MOST_GUESTS: dict[Kind, int] = {"meetings": 2000, "webinars": 200}
# 61989, 61994; who came by link has neither phone nor e-mail.
INTERNAL, EXTERNAL, BY_LINK = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest: of meetings by area and phone, of webinars also by userid, with a `guest_type` then."""

    area: str = ""
    phone_number: str = field(default="", repr=False)
    guest_name: str = field(default="", repr=False)
    userid: str = ""
    email: str = field(default="", repr=False)
    guest_type: int | None = None

    def as_meeting_guest(self) -> dict[str, Any]:
        """Return the guest as a meeting takes it."""
        named = {"guest_name": self.guest_name} if self.guest_name else {}
        return {"area": self.area, "phone_number": self.phone_number} | named

    def as_webinar_guest(self) -> dict[str, Any]:
        """Return the guest as a webinar takes it: internal by userid, external by phone and name."""
        if self.userid:
            return {"guest_type": INTERNAL, "userid": self.userid}
        email = {"email": self.email} if self.email else {}
        named = {"guest_type": EXTERNAL, "guest_name": self.guest_name}
        return self.as_meeting_guest() | named | email


def read(client: Client, meeting_id: str, *, kind: Kind) -> tuple[Guest, ...]:
    """Return the guests of a meeting or webinar; only its creator may ask.

    Source: 54308, 61994. Shape: the whole list at once. Raises: NotAllowed, NotThere, TryAgain.
    """
    # 61994 takes the webinar in the query, 54308 the meeting in the path.
    if kind == "meetings":
        told = client.get(f"/v1/guests/{segment(meeting_id)}", client.caller, call="guests.read")
        # An answer without a word taken for an empty list would take everybody's place at the next change.
        answer = filled(told, call="guests.read")
    else:
        query = {"meeting_id": meeting_id} | client.caller
        answer = client.get("/v1/webinars/guests", query, call="guests.read")
    return _listed(answer)


def replace(client: Client, meeting_id: str, *, kind: Kind, guests: Sequence[Guest]) -> None:
    """Set the whole list of guests: who is not in it loses the place; an empty one clears. May be repeated.

    Source: 93438, 61989. Shape: one PUT; of its effect only ten a day and person keep showing the meeting.
    Raises: ValueError over 2,000 (webinars 200), Refused, NotAllowed, TryAgain.
    """
    if len(guests) > MOST_GUESTS[kind]:
        raise ValueError(f"{kind} take at most {MOST_GUESTS[kind]} guests")
    if kind == "meetings":
        path, listed = f"/v1/guests/{segment(meeting_id)}", [guest.as_meeting_guest() for guest in guests]
    else:
        path, listed = (
            f"/v1/webinars/{segment(meeting_id)}/guests",
            # Who came by link has neither id nor phone to be named by (61994).
            [guest.as_webinar_guest() for guest in guests if guest.guest_type != BY_LINK],
        )
    client.put(path, body=client.caller | {"guests": listed}, call="guests.replace")


def read_by_code(client: Client, *, meeting_code: str) -> tuple[Guest, ...]:
    """Return the guests of a meeting by its code; recycled codes are not found.

    Source: 54308 (its query form is inferred). Shape: as read, meetings only. Raises: NotAllowed, NotThere, TryAgain.
    """
    query = {"meeting_code": wire.meeting_code(meeting_code)} | client.caller
    told = client.get("/v1/guests", query, call="guests.read_by_code")
    return _listed(filled(told, call="guests.read_by_code"))


def replace_by_code(client: Client, *, meeting_code: str, guests: Sequence[Guest]) -> None:
    """Set the whole list of guests of a meeting by its code, an empty one clears. May be repeated.

    Source: 93438. Shape: as replace, meetings only. Raises: ValueError over 2,000, Refused, NotAllowed, TryAgain.
    """
    if len(guests) > MOST_GUESTS["meetings"]:
        raise ValueError(f"meetings take at most {MOST_GUESTS['meetings']} guests")
    listed = [guest.as_meeting_guest() for guest in guests]
    body = client.caller | {"meeting_code": wire.meeting_code(meeting_code), "guests": listed}
    client.put("/v1/guests", body=body, call="guests.replace_by_code")


def _listed(answer: wire.Row) -> tuple[Guest, ...]:
    return tuple(wire.read(Guest, row) for row in wire.rows(answer, "guests"))
