"""Who was in: participant rows, one for each stay of each device."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import StuckCursor
from portal.tencent.paging import numbered
from portal.tencent.transport import filled

MOST_ON_PAGE = 100
# 72810.
LIVE_PAGE = 50
# The cursor is opaque (the sample jumps from 0 to 5678 over one row), so it is text and never computed.
BEGINNING = "0"


@dataclass(frozen=True, slots=True)
class Network:
    """Where a device was; the platform tells it only while the person is inside."""

    ip: str
    location: str
    link_type: str
    net: str
    app_version: str


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """One stay; `left_time` None is still inside, `phone_hash` is upper-case hexadecimal."""

    ms_open_id: str
    userid: str
    open_id: str
    uuid: str
    user_name: str = field(repr=False)
    phone_hash: str = field(repr=False)
    is_enterprise_user: bool | None
    join_time: datetime | None
    left_time: datetime | None
    instanceid: int | None
    join_type: int | None
    user_role: int | None
    webinar_member_role: int | None
    customer_data: str
    tag: str
    network: Network | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows; `next_pos` is opaque and "" at the end, `total` counts stays."""

    rows: tuple[ParticipantRow, ...]
    next_pos: str
    has_more: bool
    total: int | None
    meeting_code: str
    subject: str
    schedule_start_time: datetime | None
    schedule_end_time: datetime | None


def page(
    client: Client,
    meeting_id: str,
    *,
    pos: str = BEGINNING,
    sub_meeting_id: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    size: int = MOST_ON_PAGE,
    keep_network: bool = False,
) -> Page:
    """Return one page of stays, of webinars too; ask again with its `next_pos`.

    Source: 42701, 81488. Shape: 100 rows at most, 50,000 in all; nothing before the start. A series needs its
    `sub_meeting_id` and ignores the window. Units: aware datetimes, a window of at most 31 days.
    Raises: NotThere, NotAllowed, GrantGone, TryAgain.
    """
    # 42701 takes only Rooms as operator here: everybody else goes in as userid.
    query = {
        "userid": client.user_id,
        "pos": pos or BEGINNING,
        "size": size,
        "sub_meeting_id": sub_meeting_id or None,
    }
    window = {"start_time": start and wire.stamp(start), "end_time": end and wire.stamp(end)}
    path = f"/v1/meetings/{segment(meeting_id)}/participants"
    # Even a meeting without anybody has its id in the answer: one without a word is a fault, not the end.
    answer = filled(client.get(path, query | window, call="participants.page"), call="participants.page")
    return wire.read(
        Page,
        answer,
        rows=tuple(_row(row, keep_network) for row in wire.rows(answer, "participants")),
        has_more=bool(wire.flag(answer, "has_remaining")),
        total=wire.number(answer, "total_count"),
    )


def after(read: Page, *, pos: str, seen: Collection[str] = ()) -> str | None:
    """Return where to go on after a page read at `pos`, or None at the end.

    Raises: StuckCursor where the platform says there is more but points to where we have been.
    """
    if not read.has_more:
        return None
    if read.next_pos in {"", pos or BEGINNING} or read.next_pos in seen:
        raise StuckCursor("the list of participants does not move on", call="participants.page")
    return read.next_pos


def pages(
    client: Client,
    meeting_id: str,
    *,
    pos: str = BEGINNING,
    sub_meeting_id: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    keep_network: bool = False,
) -> Iterator[Page]:
    """Yield the pages from `pos` on; keep each page's `next_pos` to resume there.

    Source: 42701. Shape and units: as page. Raises: StuckCursor, and what page raises.
    """
    seen = {pos}
    here: str | None = pos
    while here is not None:
        found = page(
            client,
            meeting_id,
            pos=here,
            sub_meeting_id=sub_meeting_id,
            start=start,
            end=end,
            keep_network=keep_network,
        )
        yield found
        here = after(found, pos=here, seen=seen)
        seen.add(here or "")


def ms_open_id(client: Client, meeting_id: str, *, person: str, person_type: int) -> str:
    """Return a person's id in one meeting, before, during or after it.

    Source: 74998. Shape: `person_type` 1 userid, 2 open id; one person a call.
    Raises: NotAllowed (another app's meeting), Refused (unregistered), TryAgain.
    """
    query = {"operator_id": person, "operator_id_type": person_type}
    path = f"/v1/meetings/{segment(meeting_id)}/ms-open-id"
    return wire.text(client.get(path, query, call="participants.ms_open_id"), "ms_open_id")


def live(client: Client, meeting_id: str, *, sub_meeting_id: str = "") -> Iterator[ParticipantRow]:
    """Yield who is inside at this moment, a row a device; nobody where the meeting is not running.

    Source: 72810. Shape: 50 a page; rows without phone hash, leaving or network. A series needs its
    `sub_meeting_id`. Raises: NotAllowed, NotThere, GrantGone, TryAgain.
    """
    path = f"/v1/meetings/{segment(meeting_id)}/real-time-participants"
    query = client.operator | {"sub_meeting_id": sub_meeting_id or None}
    return numbered(
        client, path, query, key="participants", size=LIVE_PAGE, read=_live_row, call="participants.live"
    )


def _live_row(row: wire.Row) -> ParticipantRow:
    return _row(row, keep_network=False)


def _row(row: wire.Row, keep_network: bool) -> ParticipantRow:
    raw = wire.text(row, "customer_data")
    return wire.read(
        ParticipantRow,
        row,
        user_name=wire.decoded(wire.text(row, "user_name")),
        # The case of the digits is not documented; samples are upper case.
        phone_hash=wire.text(row, "phone").upper(),
        left_time=wire.moment(row, "left_time", "leave_time"),
        customer_data=raw,
        tag=wire.decode_tag(raw),
        network=_network(row) if keep_network else None,
    )


def _network(row: wire.Row) -> Network:
    # 42701 spells it IP in its table and ip on the wire.
    return wire.read(Network, row, ip=wire.text(row, "ip", "IP"))
