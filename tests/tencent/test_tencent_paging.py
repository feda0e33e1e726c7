"""Lists in pages: none cut short, none endless, nothing taken for the end that is a fault."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.tencent import directory, enrolment, invitees, links, meetings
from portal.tencent.client import Client
from portal.tencent.errors import StuckCursor, TryAgain

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
Row = Callable[[int], dict[str, Any]]

# A list, the key its rows stand under, one row by number, and how many a full page has.
NUMBERED = {
    "approvals": (
        lambda client: enrolment.approvals(client, "5", kind="meetings"),
        "enroll_list",
        lambda number: {"enroll_id": number + 1},
        50,
    ),
    "history": (
        lambda client: meetings.history(client, start=START, end=START + timedelta(days=1)),
        "meeting_info_list",
        lambda number: {"meeting_id": str(number + 1)},
        20,
    ),
    "links": (
        lambda client: links.list_all(client, "5", kind="webinars"),
        "webinar_short_url_customer_data",
        lambda number: {"customer_data": f"tag{number}", "webinar_short_url": f"https://w/{number}"},
        50,
    ),
    "users": (directory.list_users, "users", lambda number: {"userid": f"u{number}"}, 20),
}
each_list = pytest.mark.parametrize(("read", "key", "row", "size"), NUMBERED.values(), ids=NUMBERED)


@each_list
def test_a_list_without_any_count_goes_on_while_pages_are_full(
    platform: Any, key_client: Client, read: Any, key: str, row: Row, size: int
) -> None:
    platform.answers({key: [row(n) for n in range(size)]}, {key: [row(size)]})
    assert len(list(read(key_client))) == size + 1
    assert [seen.query["page"] for seen in platform.seen] == ["1", "2"]


@each_list
def test_rows_that_come_twice_are_given_once_and_nobody_behind_them_is_lost(
    platform: Any, key_client: Client, read: Any, key: str, row: Row, size: int
) -> None:
    pages = [[row(0), row(1)], [row(1), row(0)], [row(2)]]
    platform.answers(*({key: page, "total_page": "3"} for page in pages))
    assert len(list(read(key_client))) == 3


@each_list
def test_a_page_that_comes_again_hides_others_and_is_told(
    platform: Any, key_client: Client, read: Any, key: str, row: Row, size: int
) -> None:
    platform.answers({key: [row(0)], "total_page": 10**9, "total_count": 10**9})
    with pytest.raises(StuckCursor):
        list(read(key_client))
    assert len(platform.seen) == 2


@each_list
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_an_answer_without_a_word_is_no_empty_list(
    platform: Any, key_client: Client, read: Any, key: str, row: Row, size: int, body: bytes
) -> None:
    platform.does(body=body)
    with pytest.raises(TryAgain):
        list(read(key_client))


@pytest.mark.parametrize("cursors", [["7", "7"], ["7", "8", "7"], [""], [None]])
def test_a_cursor_that_does_not_move_on_is_told(platform: Any, key_client: Client, cursors: list[Any]) -> None:
    answer = {"has_remaining": True, "invitees": [{"userid": "a"}]}
    platform.answers(*(answer | {"next_pos": cursor} for cursor in cursors))
    with pytest.raises(StuckCursor):
        list(invitees.read(key_client, "5"))
    assert len(platform.seen) == len(cursors)
