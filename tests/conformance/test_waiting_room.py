"""The waiting room and control of a running meeting through the SDK, with their effect on who is inside."""

import base64
from typing import Any

import pytest

from tests.conformance.booking import book
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform

PC = 1
ADMIT, MOVE_IN, REMOVE = 1, 2, 3


@pytest.fixture
def made(either: Witness, platform: Platform, now: int) -> Any:
    """A meeting ten minutes old whose host is inside and where three people wait."""
    made = book(either, now - 600, settings={"auto_in_waiting_room": True})
    host = platform.organiser()
    people = [{"key": "h", "name": host["name"], "userid": host["userid"], "kind": "host", "stays": [{"join": 0, "leave": None}]}]
    people += [
        {"key": key, "name": name, "stays": [{"join": 60 + number, "leave": None, "device": PC}]}
        for number, (key, name) in enumerate((("a", "甲"), ("b", "乙"), ("c", "丙")))
    ]
    platform.post("play", meeting_id=made.meeting_id, people=people, end=False, waiting="hold")
    return made


def operating(who: Witness, **more: Any) -> dict[str, Any]:
    return {**who.operator, "instanceid": PC, **more}


def ids_of(who: Witness, made: Any) -> dict[str, str]:
    asked = {"meeting_id": made.meeting_id, "userid": who.user, "page": "1", "page_size": "50"}
    page = who.call("v1_meetings_meeting_id_waiting_room_participants_get", **asked)
    return dict(zip(names(page.participants), [each.ms_open_id for each in page.participants], strict=True))


def target(ms_open_id: str) -> dict[str, Any]:
    return {"to_operator_id": ms_open_id, "to_operator_id_type": 4, "instanceid": PC}


def inside(platform: Platform, made: Any) -> list[str]:
    rows = platform.get(f"rows/{made.meeting_id}")
    return [base64.b64decode(row["user_name"]).decode() for row in rows if row["left_time"] == ""]


def names(people: list[Any]) -> list[str]:
    return [base64.b64decode(each.user_name).decode() for each in people]


def test_who_waits_is_listed_now_and_in_the_log(either: Witness, platform: Platform, made: Any, now: int) -> None:
    asked = {"meeting_id": made.meeting_id, "userid": either.user, "page": "1", "page_size": "2"}
    page = either.call("v1_meetings_meeting_id_waiting_room_participants_get", **asked)
    assert (page.total_count, page.total_page, page.current_size, page.meeting_code) == (3, 2, 2, made.meeting_code)
    assert (page.schedule_start_time, page.schedule_end_time) == (now - 600, now + 3_000)
    assert (names(page.participants), base64.b64decode(page.subject).decode()) == (["甲", "乙"], "半年报路演")
    log = either.call("v1_meeting_meeting_id_waiting_room_get", meeting_id=made.meeting_id, page="1", page_size="50",
                      **either.asked)  # fmt: skip
    assert (log.total_count, log.subject, log.schedule_start_time) == (3, "半年报路演", (now - 600) * 1_000)
    assert [each.join_time for each in log.participants] == [(now - 540 + number) * 1_000 for number in range(3)]
    assert [each.instanceid for each in log.participants] == [str(PC)] * 3


def test_people_are_let_in_sent_back_and_sent_away(either: Witness, platform: Platform, made: Any) -> None:
    where = {"meeting_id": made.meeting_id}
    host = inside(platform, made)[0]
    everybody = [target(ms_open_id) for ms_open_id in ids_of(either, made).values()]
    body = operating(either, operate_type=ADMIT, users=everybody[:2])
    either.call("v1_real_control_meetings_meeting_id_waiting_room_put", **where, body=body)
    assert inside(platform, made) == [host, "甲", "乙"]
    back = operating(either, operate_type=MOVE_IN, users=everybody[:1])
    either.call("v1_real_control_meetings_meeting_id_waiting_room_put", **where, body=back)
    assert inside(platform, made) == [host, "乙"]
    away = operating(either, operate_type=REMOVE, allow_rejoin=False, users=everybody[2:])
    either.call("v1_real_control_meetings_meeting_id_waiting_room_put", **where, body=away)
    asked = {**where, "userid": either.user, "page": "1", "page_size": "50"}
    left = either.call("v1_meetings_meeting_id_waiting_room_participants_get", **asked)
    assert names(left.participants) == ["甲"]


def test_people_are_renamed_and_put_out(either: Witness, platform: Platform, made: Any) -> None:
    where = {"meeting_id": made.meeting_id}
    host, ids = inside(platform, made)[0], ids_of(either, made)
    users = [target(ids[name]) for name in ("甲", "乙")]
    body = operating(either, operate_type=ADMIT, users=users)
    either.call("v1_real_control_meetings_meeting_id_waiting_room_put", **where, body=body)
    named = [{"ms_open_id": ids["甲"], "instanceid": PC, "nick_name": "甲（星河证券）"}]
    either.call("v1_real_control_meetings_meeting_id_names_put", **where, body=operating(either, users=named))
    live = {**where, "page": "1", "page_size": "50", **either.asked}
    shown = either.call("v1_meetings_meeting_id_real_time_participants_get", **live)
    assert names(shown.participants) == [host, "甲（星河证券）", "乙"]
    out = operating(either, allow_rejoin=True, reason="误入", users=users[1:])
    either.call("v1_real_control_meetings_meeting_id_kickout_put", **where, body=out)
    assert inside(platform, made) == [host, "甲（星河证券）"]


def test_a_running_meeting_is_locked_and_opened(either: Witness, platform: Platform, made: Any) -> None:
    where = {"meeting_id": made.meeting_id}
    late = [{"key": "l", "name": "迟", "stays": [{"join": 700, "leave": None}]}]
    body = operating(either, meeting_locked=True, auto_waiting_room=False)
    either.call("v1_real_control_meetings_meeting_id_status_put", **where, body=body)
    before = inside(platform, made)
    platform.post("play", meeting_id=made.meeting_id, people=late, end=False)
    assert inside(platform, made) == before
    opened = operating(either, meeting_locked=False)
    either.call("v1_real_control_meetings_meeting_id_status_put", **where, body=opened)
    platform.post("play", meeting_id=made.meeting_id, people=[late[0] | {"key": "m"}], end=False)
    assert inside(platform, made) == [*before, "迟"]


def test_the_welcome_of_the_waiting_room_is_set_and_read(either: Witness, made: Any) -> None:
    body = {**either.operator, "meeting_id": made.meeting_id, "enable_welcome": True, "welcome_text": "%NICKNAME% 您好"}
    set_ = either.call("v1_meeting_set_waiting_room_welcome_message_post", body=body)
    assert (set_.enable_welcome, set_.welcome_text) == (True, "%NICKNAME% 您好")
    asked = {"meeting_id": made.meeting_id, **either.asked}
    told = either.call("v1_meeting_meeting_id_waiting_room_welcome_message_get", **asked)
    assert (told.enable_welcome, told.welcome_text) == (True, "%NICKNAME% 您好")
