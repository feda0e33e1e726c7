"""Who is inside at this moment: read whole, page after page, through every type trap."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.tencent import participants, wire
from portal.tencent.client import Client
from portal.tencent.errors import NotAllowed
from portal.tencent.participants import ParticipantRow

JOINED = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def test_a_person_inside_is_read_as_a_stay_without_an_end(platform: Any, oauth_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    row = {
        "ms_open_id": "m1",
        "userid": 7,
        "user_name": base64.b64encode("张三".encode()).decode(),
        "join_time": "1795147200",
        "instanceid": "4",
        "join_type": 1,
        "user_role": "3",
        "audio_state": True,
        "customer_data": packed,
    }
    platform.answers({"status": "MEETING_STATE_STARTED", "participants": [row], "total_page": 1, "total_count": 1})
    expected = ParticipantRow(
        ms_open_id="m1",
        userid="7",
        open_id="",
        uuid="",
        user_name="张三",
        phone_hash="",
        is_enterprise_user=None,
        join_time=JOINED,
        left_time=None,
        instanceid=4,
        join_type=1,
        user_role=3,
        webinar_member_role=None,
        customer_data=packed,
        tag="row-1",
        network=None,
    )
    assert list(participants.live(oauth_client, "5/6", sub_meeting_id="1795147200")) == [expected]
    assert platform.last.target == (
        "/v1/meetings/5%2F6/real-time-participants?operator_id=openidofalice00000000000000a&operator_id_type=2"
        "&sub_meeting_id=1795147200&page=1&page_size=50"
    )


def test_all_pages_are_read_although_people_come_and_go(platform: Any, key_client: Client) -> None:
    pages = [["m1", "m2"], ["m2", "m3"], ["m4"]]
    # The number of pages grows while we read.
    platform.answers(
        *(
            {"participants": [{"ms_open_id": each} for each in page], "total_page": 2 + index}
            for index, page in enumerate(pages)
        )
    )
    platform.answers({"participants": None, "total_page": 4})
    assert [row.ms_open_id for row in participants.live(key_client, "5")] == ["m1", "m2", "m3", "m4"]
    assert [seen.query["page"] for seen in platform.seen] == ["1", "2", "3", "4"]
    assert platform.seen[0].target == (
        "/v1/meetings/5/real-time-participants?operator_id=operator1&operator_id_type=1&page=1&page_size=50"
    )


def test_a_meeting_that_is_not_running_holds_nobody(platform: Any, oauth_client: Client) -> None:
    platform.answers({"status": "MEETING_STATE_OF_NEXT_YEAR", "total_count": 0})
    assert list(participants.live(oauth_client, "5")) == []


def test_who_may_not_look_is_told_so(platform: Any, oauth_client: Client) -> None:
    platform.refuses(9042, status=403)
    with pytest.raises(NotAllowed):
        next(participants.live(oauth_client, "5"))
