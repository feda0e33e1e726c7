"""Exclusive links (专属参会链接): one link a person, told apart by its tag."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import AnswerLost
from portal.tencent.guests import Kind
from portal.tencent.paging import numbered

MOST_LINKS = 300
# 95024: 10 by default, 50 at most.
LINKS_PAGE = 50
GUEST, AUDIENCE = 1, 2
AT_ONCE, AFTER_INVITATION = 1, 2

ANSWER_KEY: dict[Kind, str] = {
    "meetings": "meeting_short_url_customer_data",
    "webinars": "webinar_short_url_customer_data",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the platform has it; `tag` is what `customer_data` carries."""

    customer_data: str
    tag: str
    url: str
    is_webinar_guest: int | None


def create(
    client: Client, meeting_id: str, *, kind: Kind, tag: str, as_guest: bool = False, at_once: bool = True
) -> Link:
    """Make one link; it cannot be taken back, and at most 300 exist a meeting. Never repeated.

    Source: 64850, 95023. Shape: one link a call; `as_guest` and `at_once` are for webinars.
    Raises: ValueError for a tag over 165 bytes, AnswerLost (look in list_all), Refused (too many),
    NotAllowed, TryAgain.
    """
    body = client.operator | {"meeting_id": meeting_id, "customer_data": wire.encode_tag(tag)}
    if kind == "webinars":
        role = GUEST if as_guest else AUDIENCE
        body |= {
            "instanceid": 1,
            "is_webinar_guest": role,
            "is_join_meeting": AT_ONCE if at_once else AFTER_INVITATION,
        }
    answer = client.post(f"/v1/{kind}/customer-short-url", body=body, call="links.create")
    for link in _links(answer, kind):
        # Another person's link would make one person appear as the other.
        if link.tag in ("", tag):
            return link
    raise AnswerLost("the answer holds no link", call="links.create")


def list_all(client: Client, meeting_id: str, *, kind: Kind) -> Iterator[Link]:
    """Yield every link of a meeting or webinar.

    Source: 64851, 95024. Shape: meetings all at once, webinars 50 a page; old links carry any text as tag.
    Raises: StuckCursor, NotAllowed, NotThere, TryAgain.
    """
    if kind == "meetings":
        path = f"/v1/meetings/{segment(meeting_id)}/customer-short-url"
        yield from _links(client.get(path, client.operator, call="links.list_all"), kind)
        return
    found = numbered(
        client,
        "/v1/webinars/customer-short-url",
        client.operator | {"meeting_id": meeting_id},
        key=ANSWER_KEY[kind],
        size=LINKS_PAGE,
        read=_link,
        call="links.list_all",
    )
    yield from filter(_is_usable, found)


def _links(answer: wire.Row, kind: Kind) -> list[Link]:
    # 64850, 64851: one object when made, an array when listed, under the same key.
    return list(filter(_is_usable, map(_link, wire.rows(answer, ANSWER_KEY[kind]))))


def _is_usable(link: Link) -> bool:
    return bool(link.url)


def _link(row: wire.Row) -> Link:
    raw = wire.text(row, "customer_data")
    url = wire.text(row, "meeting_short_url", "webinar_short_url")
    return wire.read(Link, row, customer_data=raw, tag=wire.decode_tag(raw), url=url)
