"""Participant rows: every stay, every trap, and no page read for ever."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.tencent import participants, wire
from portal.tencent.client import Client
from portal.tencent.errors import StuckCursor, TryAgain

JOINED = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def stay(**facts: Any) -> dict[str, Any]:
    return {"ms_open_id": "m1", "join_time": "1795147200", **facts}


def test_a_row_is_read_through_every_type_trap(platform: Any, oauth_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    row = stay(
        userid=7,
        user_name=base64.b64encode("张三".encode()).decode(),
        phone="0a07c3",
        left_time=1795150800,
        instanceid="4",
        join_type=1,
        user_role="3",
        is_enterprise_user=True,
        customer_data=packed,
        ip="203.0.113.9",
        location="北京",
    )
    platform.answers({"participants": [row], "has_remaining": True, "next_pos": 5678, "total_count": 2})
    page = participants.page(oauth_client, "5", sub_meeting_id="1795147200", start=JOINED)
    assert (page.has_more, page.next_pos, page.total) == (True, "5678", 2)
    assert page.rows == (
        participants.ParticipantRow(
            ms_open_id="m1",
            userid="7",
            open_id="",
            uuid="",
            user_name="张三",
            phone_hash="0A07C3",
            is_enterprise_user=True,
            join_time=JOINED,
            left_time=JOINED + timedelta(hours=1),
            instanceid=4,
            join_type=1,
            user_role=3,
            webinar_member_role=None,
            customer_data=packed,
            tag="row-1",
            network=None,
        ),
    )
    assert platform.last.path == "/v1/meetings/5/participants"
    assert platform.last.query == {
        "userid": "openidofalice00000000000000a",
        "pos": "0",
        "size": "100",
        "sub_meeting_id": "1795147200",
        "start_time": "1795147200",
    }


@pytest.mark.parametrize("left", [{}, {"left_time": ""}, {"left_time": "0"}, {"left_time": None}])
def test_who_is_still_inside_has_not_left(platform: Any, oauth_client: Client, left: dict[str, Any]) -> None:
    platform.answers({"participants": [stay(**left)]})
    assert participants.page(oauth_client, "5").rows[0].left_time is None


@pytest.mark.parametrize("key", ["ip", "IP"])
def test_the_network_is_kept_only_where_it_is_asked_for(
    platform: Any, oauth_client: Client, key: str
) -> None:
    platform.answers({"participants": [stay(**{key: "203.0.113.9"}, location="北京", net="WIFI")]})
    dropped = participants.page(oauth_client, "5").rows[0]
    kept = participants.page(oauth_client, "5", keep_network=True).rows[0]
    assert dropped.network is None
    assert kept.network == participants.Network("203.0.113.9", "北京", "", "WIFI", "")
    assert "203.0.113.9" not in repr(kept)


def test_a_meeting_not_begun_has_an_empty_page(platform: Any, oauth_client: Client) -> None:
    platform.answers({"meeting_id": "5"})
    page = participants.page(oauth_client, "5")
    assert (page.rows, page.has_more, page.next_pos) == ((), False, "")
    assert participants.after(page, pos="0") is None


def test_a_page_that_was_only_not_read_is_not_the_end(platform: Any, oauth_client: Client) -> None:
    platform.answers({})
    with pytest.raises(TryAgain):
        participants.page(oauth_client, "5")


def test_pages_follow_the_opaque_cursor_and_resume_anywhere(platform: Any, oauth_client: Client) -> None:
    platform.answers(
        {"participants": [stay()], "has_remaining": True, "next_pos": 5678},
        {"participants": [stay(ms_open_id="m2")], "has_remaining": False},
    )
    found = list(participants.pages(oauth_client, "5", pos="1234"))
    assert [[row.ms_open_id for row in page.rows] for page in found] == [["m1"], ["m2"]]
    assert [seen.query["pos"] for seen in platform.seen] == ["1234", "5678"]


@pytest.mark.parametrize("cursors", [["7"], ["0"], [None], ["7", "8", "7"]])
def test_a_cursor_that_does_not_move_on_stops_and_says_so(
    platform: Any, oauth_client: Client, cursors: list[Any]
) -> None:
    platform.answers(
        *({"participants": [stay()], "has_remaining": True, "next_pos": each} for each in cursors)
    )
    with pytest.raises(StuckCursor):
        list(participants.pages(oauth_client, "5"))
    assert len(platform.seen) <= 3


def test_a_caller_that_resumes_finds_a_stuck_cursor_too(platform: Any, oauth_client: Client) -> None:
    platform.answers({"participants": [stay()], "has_remaining": True, "next_pos": 7})
    page = participants.page(oauth_client, "5", pos="3")
    assert participants.after(page, pos="3") == "7"
    with pytest.raises(StuckCursor):
        participants.after(page, pos="7")
    with pytest.raises(StuckCursor):
        participants.after(page, pos="3", seen={"7"})


def test_a_fault_in_the_middle_leaves_the_pages_before_it(platform: Any, oauth_client: Client) -> None:
    platform.answers({"participants": [stay()], "has_remaining": True, "next_pos": 7})
    platform.refuses(190310)
    read = participants.pages(oauth_client, "5")
    assert next(read).next_pos == "7"
    with pytest.raises(TryAgain):
        next(read)


def test_fifty_thousand_rows_are_read_in_seconds(platform: Any, oauth_client: Client) -> None:
    platform.answers({"participants": [stay(user_name="5byg5LiJ", left_time="1795150800")] * 50_000})
    begun = datetime.now(UTC)
    assert len(participants.page(oauth_client, "5").rows) == 50_000
    assert datetime.now(UTC) - begun < timedelta(seconds=5)


def test_the_id_of_one_person_in_one_meeting(platform: Any, key_client: Client) -> None:
    platform.answers({"meeting_id": "5", "ms_open_id": "m1"})
    assert participants.ms_open_id(key_client, "5", person="staff1", person_type=1) == "m1"
    assert platform.last.query == {"operator_id": "staff1", "operator_id_type": "1"}
