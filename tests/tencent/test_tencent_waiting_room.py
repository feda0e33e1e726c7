"""The waiting room: who is read from it, who is let in or sent away, what is said to those who wait."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.tencent import waiting_room, wire
from portal.tencent.client import Client
from portal.tencent.control import Target
from portal.tencent.errors import AnswerLost, NotAllowed, NotThere, Refused, StuckCursor
from portal.tencent.waiting_room import Waiting, Welcome

ALICE = {"operator_id": "openidofalice00000000000000a", "operator_id_type": 2}
BOSS = {"operator_id": "operator1", "operator_id_type": 1}
CAME = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NAME = base64.b64encode("张三".encode()).decode()


def test_who_waits_now_is_read_through_every_type_trap(platform: Any, oauth_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    row = {"ms_open_id": "m1", "userid": 7, "user_name": NAME, "instanceid": 4, "customer_data": packed}
    platform.answers({"subject": NAME, "schedule_start_time": 1795147200, "total_page": 1, "participants": [row]})
    expected = Waiting("m1", "7", "", "张三", 4, packed, "row-1", join_time=None, left_time=None)
    assert list(waiting_room.now(oauth_client, "5/6")) == [expected]
    assert platform.last.target == (
        "/v1/meetings/5%2F6/waiting-room-participants?userid=openidofalice00000000000000a&page=1&page_size=50"
    )


def test_the_log_tells_times_in_milliseconds_and_devices_as_text(platform: Any, key_client: Client) -> None:
    times = {"join_time": 1795147200000, "left_time": 1795147260500}
    still = {"ms_open_id": "m1", "instanceid": "6", "join_time": "1795147200000", "left_time": 0}
    platform.answers({"participants": [{"ms_open_id": "m1", "instanceid": "1", **times}, still], "total_page": 1})
    first, second = waiting_room.log(key_client, "5")
    assert (first.instanceid, first.join_time, first.left_time) == (1, CAME, CAME + timedelta(seconds=60.5))
    assert (second.instanceid, second.join_time, second.left_time) == (6, CAME, None)
    assert platform.last.target == (
        "/v1/meeting/5/waiting-room?operator_id=operator1&operator_id_type=1&page=1&page_size=50"
    )


def test_all_pages_are_read_and_nobody_twice(platform: Any, oauth_client: Client) -> None:
    first, second, third = ({"ms_open_id": each, "instanceid": 1} for each in ("m1", "m2", "m3"))
    platform.answers(
        {"participants": [first, second], "total_page": 2}, {"participants": [second, third], "total_page": 2}
    )
    assert [each.ms_open_id for each in waiting_room.now(oauth_client, "5")] == ["m1", "m2", "m3"]
    assert [seen.query["page"] for seen in platform.seen] == ["1", "2"]


def test_two_devices_of_one_person_are_two_rows(platform: Any, oauth_client: Client) -> None:
    rows = [{"ms_open_id": "m1", "instanceid": device} for device in (1, 4)]
    platform.answers({"participants": rows, "total_count": 2})
    assert [each.instanceid for each in waiting_room.now(oauth_client, "5")] == [1, 4]


def test_without_a_number_of_pages_the_number_of_rows_tells_the_end(platform: Any, oauth_client: Client) -> None:
    pages = [[{"ms_open_id": f"m{n}"} for n in range(start, start + 50)] for start in (0, 50)]
    platform.answers(*({"participants": page, "total_count": "100"} for page in pages))
    assert len(list(waiting_room.now(oauth_client, "5"))) == 100
    assert len(platform.seen) == 2


@pytest.mark.parametrize("answer", [b'{"total_page":9}', b'{"participants":null,"total_count":"0"}'])
def test_an_answer_without_people_is_an_empty_room(platform: Any, oauth_client: Client, answer: bytes) -> None:
    platform.does(body=answer)
    assert list(waiting_room.now(oauth_client, "5")) == []
    assert len(platform.seen) == 1


def test_a_platform_that_repeats_one_page_for_ever_is_left(platform: Any, oauth_client: Client) -> None:
    platform.answers({"participants": [{"ms_open_id": "m1"}], "total_page": 10**9})
    with pytest.raises(StuckCursor):
        list(waiting_room.now(oauth_client, "5"))
    assert len(platform.seen) == 2


def test_a_name_is_never_shown_in_a_repr(platform: Any, oauth_client: Client) -> None:
    platform.answers({"participants": [{"ms_open_id": "m1", "user_name": NAME}]})
    assert "张三" not in repr(next(waiting_room.now(oauth_client, "5")))


CALLS: list[tuple[Any, dict[str, Any], bytes]] = [
    (waiting_room.admit, {}, b'"operate_type":1,'),
    (waiting_room.move_in, {}, b'"operate_type":2,'),
    (waiting_room.remove, {"allow_rejoin": True}, b'"operate_type":3,"allow_rejoin":true,'),
    (waiting_room.remove, {"allow_rejoin": False}, b'"operate_type":3,"allow_rejoin":false,'),
]


@pytest.mark.parametrize(("function", "given", "told"), CALLS)
def test_people_are_moved_by_their_id_in_the_meeting_and_their_device(
    platform: Any, oauth_client: Client, function: Any, given: dict[str, Any], told: bytes
) -> None:
    platform.does(body=b"")
    function(oauth_client, "5/6", users=[Target("m1", 4), Target("m2", 0)], **given)
    assert (platform.last.method, platform.last.target) == ("PUT", "/v1/real-control/meetings/5%2F6/waiting-room")
    assert platform.last.body == (
        b'{"operator_id":"openidofalice00000000000000a","operator_id_type":2,"instanceid":1,'
        + told
        + b'"users":[{"to_operator_id":"m1","to_operator_id_type":4,"instanceid":4},'
        b'{"to_operator_id":"m2","to_operator_id_type":4,"instanceid":0}]}'
    )


def test_an_operator_who_is_inside_names_the_own_device(platform: Any, key_client: Client) -> None:
    waiting_room.admit(key_client, "5", users=[Target("m1", 1)], instanceid=6)
    user = {"to_operator_id": "m1", "to_operator_id_type": 4, "instanceid": 1}
    assert platform.last.json == {**BOSS, "instanceid": 6, "operate_type": 1, "users": [user]}


@pytest.mark.parametrize("count", [0, 21])
@pytest.mark.parametrize(("function", "given"), [each[:2] for each in CALLS])
def test_nobody_and_too_many_are_never_sent(
    platform: Any, oauth_client: Client, function: Any, given: dict[str, Any], count: int
) -> None:
    with pytest.raises(ValueError, match="20"):
        function(oauth_client, "5", users=[Target("m", 1)] * count, **given)
    assert platform.seen == []


def test_twenty_go_in_one_call(platform: Any, oauth_client: Client) -> None:
    waiting_room.admit(oauth_client, "5", users=[Target(f"m{n}", 1) for n in range(20)])
    assert [len(seen.json["users"]) for seen in platform.seen] == [20]


def test_letting_in_is_tried_again_after_a_lost_answer(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    platform.does(body=b"")
    waiting_room.admit(oauth_client, "5", users=[Target("m1", 1)])
    assert len(platform.seen) == 2


@pytest.mark.parametrize(("function", "given"), [each[:2] for each in CALLS[1:]])
def test_sending_away_is_not_tried_again(
    platform: Any, oauth_client: Client, function: Any, given: dict[str, Any]
) -> None:
    platform.does(drop=True)
    with pytest.raises(AnswerLost):
        function(oauth_client, "5", users=[Target("m1", 1)], **given)
    assert len(platform.seen) == 1


def test_a_room_device_and_a_stranger_are_told_apart(platform: Any, key_client: Client) -> None:
    platform.refuses(9103)
    platform.refuses(9042, status=403)
    with pytest.raises(Refused) as rooms:
        waiting_room.move_in(key_client, "5", users=[Target("m1", 20)])
    with pytest.raises(NotAllowed) as role:
        waiting_room.admit(key_client, "5", users=[Target("m1", 1)])
    assert (rooms.value.field, role.value.reason) == ("users", "role")


def test_the_welcome_is_read(platform: Any, oauth_client: Client) -> None:
    platform.answers({"welcome_text": "%NICKNAME%，欢迎", "enable_welcome": True}, {}, {"enable_welcome": "0"})
    assert waiting_room.read_welcome(oauth_client, "5") == Welcome(True, "%NICKNAME%，欢迎")
    assert platform.last.target == (
        "/v1/meeting/5/waiting-room-welcome-message?operator_id=openidofalice00000000000000a&operator_id_type=2"
    )
    assert waiting_room.read_welcome(oauth_client, "5") == Welcome(None, "")
    assert waiting_room.read_welcome(oauth_client, "5") == Welcome(False, "")


def test_the_welcome_is_set_with_the_meeting_in_the_body(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    platform.answers({"welcome_text": "%NICKNAME%，请稍等", "enable_welcome": True})
    waiting_room.write_welcome(oauth_client, "5", text="%NICKNAME%，请稍等")
    waiting_room.write_welcome(oauth_client, "5", text="", enabled=False)
    assert len(platform.seen) == 3
    first, last = platform.seen[1], platform.last
    assert (first.method, first.target) == ("POST", "/v1/meeting/set-waiting-room-welcome-message")
    assert first.json == {**ALICE, "meeting_id": "5", "enable_welcome": True, "welcome_text": "%NICKNAME%，请稍等"}
    assert last.json == {**ALICE, "meeting_id": "5", "enable_welcome": False, "welcome_text": ""}


def test_a_welcome_has_a_thousand_characters_and_no_more(platform: Any, oauth_client: Client) -> None:
    waiting_room.write_welcome(oauth_client, "5", text="迎" * 1000)
    with pytest.raises(ValueError, match="1000"):
        waiting_room.write_welcome(oauth_client, "5", text="迎" * 1001)
    assert len(platform.seen) == 1


def test_a_meeting_nobody_knows_is_not_there(platform: Any, key_client: Client) -> None:
    platform.refuses(190457, status=400)
    with pytest.raises(NotThere):
        list(waiting_room.log(key_client, "5"))
