"""Control of a running meeting: who may, at whom, and what rows and events show of it."""

import base64
from collections.abc import Iterator

import pytest

from tests.sandbox.hearing import Ear, listening
from tests.sandbox.room import HOUR, PREFIX, host, ms_open_id, open_meeting, person, stay, target, truth
from tests.sandbox.wire import Json, Keys, Platform, Token


@pytest.fixture
def ear(platform: Platform) -> Iterator[Ear]:
    with listening(platform) as ear:
        yield ear


def path(made: str, what: str) -> str:
    return f"/v1/real-control/meetings/{made}/{what}"


def kick(platform: Platform, made: str, key: str, device: int = 1, **more: object) -> Json:
    return {"allow_rejoin": True, "users": [target(platform, made, key, device)], **more}


def names(platform: Platform, made: str, key: str, name: str, device: int = 1) -> Json:
    return {"users": [{"ms_open_id": ms_open_id(platform, made, key), "instanceid": device, "nick_name": name}]}


def inside(platform: Platform, token: Token, made: str) -> list[Json]:
    query = {**platform.actor(token), "page": 1, "page_size": 50}
    return platform.call(token, "GET", f"/v1/meetings/{made}/real-time-participants", **query)["participants"]


def shown(rows: list[Json]) -> list[str]:
    return [base64.b64decode(row["user_name"]).decode() for row in rows]


def test_a_kicked_device_leaves_and_the_other_stays(platform: Platform, token: Token, ear: Ear, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a", stay(60), stay(70, device=4))])
    answer = platform.call(token, "PUT", path(made, "kickout"), platform.actor(token) | kick(platform, made, "a", 4))
    assert answer == {}
    assert [row["instanceid"] for row in inside(platform, token, made)] == [1, 1]
    rows = {row["instanceid"]: row for row in platform.participants(token, made) if row["user_role"] != 3}
    assert (int(rows[4]["left_time"]) >= now, rows[1]["left_time"]) == (True, "")
    (left,) = ear.entries(made, f"{PREFIX}left")
    assert (left["operator"]["instance_id"], left["operator"]["user_name"]) == ("4", "人a")


def test_a_kicked_person_comes_back_only_where_allowed(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a"), person("b")])
    for key, allowed in (("a", False), ("b", True)):
        body = platform.actor(token) | kick(platform, made, key, allow_rejoin=allowed)
        platform.call(token, "PUT", path(made, "kickout"), body)
    done = platform.post("play", meeting_id=made, people=[person("a", stay(890)), person("b", stay(890))], end=False)
    assert (done["rows"], done["turned_away"]) == (1, 1)


def test_a_new_name_shows_on_every_device_and_in_the_waiting_room(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a", stay(60), stay(70, device=4)), person("b")])
    body = platform.actor(token) | names(platform, made, "a", "华泰证券-张三")
    platform.call(token, "PUT", path(made, "names"), body)
    assert shown(inside(platform, token, made))[1:] == ["华泰证券-张三", "人b", "华泰证券-张三"]
    assert shown(platform.participants(token, made))[1:] == ["华泰证券-张三", "人b", "华泰证券-张三"]
    other = open_meeting(platform, token, now, [person("w")], settings={"auto_in_waiting_room": True})
    platform.call(token, "PUT", path(other, "names"), platform.actor(token) | names(platform, other, "w", "新名"))
    page = platform.call(token, "GET", f"/v1/meetings/{other}/waiting-room-participants", userid=token.open_id)
    assert shown(page["participants"]) == ["新名"]


def test_only_creator_host_and_co_host_control(platform: Platform, token: Token, keys: Keys, now: int) -> None:
    people = [person("co", userid="", kind="co_host"), person("a")]
    made = open_meeting(platform, token, now, people)
    member = {"operator_id": platform.organiser(0, 3)["userid"], "operator_id_type": 1, "instanceid": 1}
    body = kick(platform, made, "a")
    assert platform.refused(keys, "PUT", path(made, "kickout"), member | body) == (403, 9042)
    stranger = platform.token(platform.organiser(1)["open_id"])
    assert platform.refused(stranger, "PUT", path(made, "kickout"), platform.actor(stranger) | body) == (403, 9042)
    foreign = {"operator_id": platform.organiser(0, 3)["open_id"], "operator_id_type": 2, "instanceid": 1}
    assert platform.refused(token, "PUT", path(made, "kickout"), foreign | body) == (400, 190004)
    ghost = {"operator_id": "WMnobody", "operator_id_type": 4, "instanceid": 1}
    assert platform.refused(token, "PUT", path(made, "kickout"), ghost | body) == (403, 9042)
    creator = {"operator_id": ms_open_id(platform, made, "h"), "operator_id_type": 4, "instanceid": 1}
    assert platform.call(token, "PUT", path(made, "kickout"), creator | body) == {}


def test_a_co_host_may_kick_and_rename_but_not_rename_hosts(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - 900, now + HOUR)["meeting_id"]
    staff = platform.staff()[4]
    people = [host(platform), person("co", kind="co_host", userid=staff["userid"]), person("a")]
    platform.post("play", meeting_id=made, people=people, end=False)
    co_host = {"operator_id": ms_open_id(platform, made, "co"), "operator_id_type": 4, "instanceid": 1}
    for key, outcome in (("a", None), ("h", (403, 9042)), ("co", (403, 9042))):
        body = co_host | names(platform, made, key, "新名")
        if outcome is None:
            platform.call(keys, "PUT", path(made, "names"), body)
        else:
            assert platform.refused(keys, "PUT", path(made, "names"), body) == outcome, key
    platform.call(keys, "PUT", path(made, "kickout"), co_host | kick(platform, made, "a"))
    assert platform.get(f"rows/{made}")[2]["left_time"] != ""


def test_an_operator_inside_must_name_their_device_and_one_outside_need_not(
    platform: Platform, token: Token, now: int
) -> None:
    made = open_meeting(platform, token, now, [person("a"), person("b")])
    body = platform.actor(token) | kick(platform, made, "a")
    assert platform.refused(token, "PUT", path(made, "kickout"), body | {"instanceid": 4}) == (400, 190004)
    away = platform.book(token, now - 900, now + HOUR)["meeting_id"]
    platform.post("play", meeting_id=away, people=[person("a")], end=False)
    body = platform.actor(token) | kick(platform, away, "a")
    assert platform.call(token, "PUT", path(away, "kickout"), body | {"instanceid": 4}) == {}


def test_a_device_that_is_not_there_is_no_error_unless_the_switch_says_so(
    platform: Platform, token: Token, now: int
) -> None:
    made = open_meeting(platform, token, now, [person("a")])
    for what in ("kickout", "waiting-room"):
        body = platform.actor(token) | kick(platform, made, "a", 4)
        if what == "waiting-room":
            body = platform.actor(token) | {"operate_type": 1, "users": body["users"]}
        platform.switch(absent_target="silent")
        assert platform.call(token, "PUT", path(made, what), body) == {}
        platform.switch(absent_target="refuse")
        assert platform.refused(token, "PUT", path(made, what), body) == (400, 190004), what
    assert len(inside(platform, token, made)) == 2


def test_nothing_is_controlled_before_or_after_the_meeting(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR)["meeting_id"]
    users = [{"to_operator_id": "WMx", "to_operator_id_type": 4, "instanceid": 1}]
    body = {**platform.actor(token), "allow_rejoin": True, "users": users}
    assert platform.refused(token, "PUT", path(made, "kickout"), body) == (500, 190308)


def test_a_conference_device_needs_a_reason_and_cannot_be_kept_out(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("m", stay(60, device=9))])
    body = platform.actor(token) | kick(platform, made, "m", 9, allow_rejoin=False)
    assert platform.refused(token, "PUT", path(made, "kickout"), body) == (400, 190004)
    platform.call(token, "PUT", path(made, "kickout"), body | {"reason": "测试"})
    done = platform.post("play", meeting_id=made, people=[person("m", stay(890, device=9))], end=False)
    assert done["rows"] == 1


def test_a_room_system_cannot_be_put_outside(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("r", stay(60, device=20))])
    body = platform.actor(token) | {"operate_type": 2, "users": [target(platform, made, "r", 20)]}
    assert platform.refused(token, "PUT", path(made, "waiting-room"), body) == (400, 9103)
    assert len(inside(platform, token, made)) == 2


def test_settings_change_while_the_meeting_runs(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [])
    locked = {**platform.actor(token), "meeting_locked": True, "auto_waiting_room": True}
    assert platform.call(token, "PUT", path(made, "status"), locked) == {}
    late = [person("late", stay(1_000))]
    assert platform.post("play", meeting_id=made, people=late, end=False)["turned_away"] == 1
    opened = {**platform.actor(token), "meeting_locked": False}
    platform.call(token, "PUT", path(made, "status"), opened)
    done = platform.post("play", meeting_id=made, people=late, end=False, waiting="hold")
    assert (done["turned_away"], done["waiting"]) == (0, 1), "the waiting room stays on"
    read = platform.call(token, "GET", f"/v1/meetings/{made}", **platform.actor(token))["meeting_info_list"][0]
    assert read["settings"]["auto_in_waiting_room"] is True


def test_a_meeting_for_staff_only_turns_outsiders_away(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("before")])
    body = {**platform.actor(token), "only_enterprise_user_allowed": True}
    platform.call(token, "PUT", path(made, "status"), body)
    people = [person("out", stay(1_000)), person("own", stay(1_000), userid=platform.staff()[0]["userid"])]
    done = platform.post("play", meeting_id=made, people=people, end=False)
    assert (done["rows"], done["turned_away"], truth(platform, made)["out"]["rows"]) == (1, 1, 0)


@pytest.mark.parametrize(("what", "bad"), [
    ("kickout", {"users": []}),
    ("kickout", {"users": [{"to_operator_id": "WMx", "to_operator_id_type": 4, "instanceid": 1}] * 21}),
    ("kickout", {"users": ["WMx"]}),
    ("kickout", {"users": [{"to_operator_id": "WMx", "to_operator_id_type": 1, "instanceid": 1}]}),
    ("kickout", {"users": [{"to_operator_id": "WMx", "to_operator_id_type": 4}]}),
    ("kickout", {"users": [{"to_operator_id": 7, "to_operator_id_type": 4, "instanceid": 1}]}),
    ("kickout", {"allow_rejoin": "no"}),
    ("kickout", {"operator_id_type": 3}),
    ("kickout", {"instanceid": None}),
    ("names", {"users": [{"ms_open_id": "WMx", "instanceid": 1, "nick_name": ""}]}),
    ("names", {"users": [{"ms_open_id": "WMx", "instanceid": 1, "nick_name": "字" * 21}]}),
    ("names", {"users": [{"to_operator_id": "WMx", "instanceid": 1, "nick_name": "新名"}]}),
    ("waiting-room", {"operate_type": 4}),
    ("waiting-room", {"operate_type": 1, "allow_rejoin": True}),
    ("status", {"meeting_locked": 1}),
    ("status", {"allow_chat": 7}),
    ("status", {"participant_join_mute": []}),
])
def test_a_malformed_control_call_is_refused_and_changes_nothing(
    platform: Platform, token: Token, now: int, what: str, bad: Json
) -> None:
    made = open_meeting(platform, token, now, [person("a")])
    good: dict[str, Json] = {
        "kickout": kick(platform, made, "a"), "names": names(platform, made, "a", "新名"),
        "waiting-room": {"operate_type": 2, "users": [target(platform, made, "a")]}, "status": {},
    }
    body = platform.actor(token) | good[what] | bad
    assert platform.refused(token, "PUT", path(made, what), body) == (400, 190004)
    assert shown(inside(platform, token, made)) == [platform.organiser()["name"], "人a"]
