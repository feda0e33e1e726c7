"""Telephone callers (PSTN): which participant a phone was, and calling people into a meeting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import scrub
from portal.tencent.paging import numbered

PHONES_AT_ONCE = 20
# 80576 says 30 where the SDK still says 50.
CALLS_AT_ONCE = 30
CANCELS_AT_ONCE = 50
CALLS_PAGE = 100


class Phone(NamedTuple):
    """A phone by area, without plus, and national number; never shown."""

    area: str
    number: str

    def __repr__(self) -> str:
        return "Phone(***)"


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody to call: the switchboard and `extension_number` of a landline, and the name to show inside."""

    phone: Phone
    extension_number: str = field(default="", repr=False)
    nick_name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the platform sees it; `ms_open_id` is there once somebody answered, `status` is its own word."""

    phone: Phone
    extension_number: str = field(repr=False)
    nick_name: str = field(repr=False)
    status: str
    ms_open_id: str
    error_msg: str


@dataclass(frozen=True, slots=True)
class CallsMade:
    """What became of a call-out: who is being called, and who cannot be."""

    calls: tuple[Call, ...]
    invalid: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class CallsCancelled:
    """What became of a cancellation; who was cancelled before may come back as failed."""

    cancelled: tuple[Call, ...]
    failed: tuple[Call, ...]


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


def call_out(client: Client, meeting_id: str, *, callees: Sequence[Callee]) -> CallsMade:
    """Ring people up and take them into the meeting, before or while it runs. Never repeated: it would ring twice.

    Source: 80576. Shape: 30 a call, areas 86, 852 and 1; it returns at once, call_status tells the rest. Of a
    webinar guests while it is rehearsed, the audience while it is live. Enterprise credential, telephone package.
    Raises: ValueError over 30 or for an area that is no number, AnswerLost (look in call_status), Refused
    (bad number, meeting over), NotAllowed, NotThere, TryAgain.
    """
    body = client.operator | {"phone_numbers": _dialled(callees, CALLS_AT_ONCE, "nick_name")}
    answer = client.post(_path(meeting_id, "callout"), body=body, call="pstn.call_out")
    return CallsMade(_calls(answer, "phone_numbers"), _calls(answer, "invalid_phone_numbers"))


def call_status(client: Client, meeting_id: str) -> Iterator[Call]:
    """Yield every call of a meeting, whoever made it: the direct way from a phone to its `ms_open_id`.

    Source: 80577. Shape: 100 a page. Enterprise credential only. Raises: NotAllowed, NotThere, TryAgain.
    """
    return numbered(
        client,
        _path(meeting_id, "callout"),
        client.operator,
        key="phone_numbers",
        size=CALLS_PAGE,
        read=_call,
        call="pstn.call_status",
    )


def cancel_call(client: Client, meeting_id: str, *, callees: Sequence[Callee]) -> CallsCancelled:
    """Stop calls that still ring; it takes a moment, call_status tells. May be repeated.

    Source: 111469. Shape: 50 a call; who answered already is put out by control.kick_out instead.
    Raises: ValueError over 50 or for an area that is no number, Refused, NotAllowed, NotThere, TryAgain.
    """
    body = client.operator | {"phone_numbers": _dialled(callees, CANCELS_AT_ONCE)}
    answer = client.post(_path(meeting_id, "cancelcall"), body=body, repeatable=True, call="pstn.cancel_call")
    # 111469 spells both lists one way in its table and the other in its sample.
    return CallsCancelled(_calls(answer, "success_list", "SuccessList"), _calls(answer, "failed_list", "FailedList"))


def _path(meeting_id: str, what: str) -> str:
    # 80576: `meeting` without the plural, unlike 80578.
    return f"/v1/meeting/{segment(meeting_id)}/phone/{what}"


def _dialled(callees: Sequence[Callee], most: int, *more: str) -> list[dict[str, Any]]:
    if len(callees) > most:
        raise ValueError(f"at most {most} phones go in one call")
    return [_dial(callee, ("extension_number", *more)) for callee in callees]


def _dial(callee: Callee, extras: Iterable[str]) -> dict[str, Any]:
    given = {name: getattr(callee, name) for name in extras}
    number = {"area": int(callee.phone.area), "phone": callee.phone.number}
    return number | {name: value for name, value in given.items() if value}


def _calls(answer: wire.Row, *keys: str) -> tuple[Call, ...]:
    return tuple(map(_call, wire.rows(answer, *keys)))


def _call(row: wire.Row) -> Call:
    phone = Phone(wire.text(row, "area"), wire.text(row, "phone"))
    # The platform's sentence may repeat the number.
    return wire.read(Call, row, phone=phone, error_msg=scrub(wire.text(row, "error_msg")))
