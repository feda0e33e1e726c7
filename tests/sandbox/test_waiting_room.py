"""The waiting room: who waits, who is let in, who gives up, and what is told of it; only time inside counts."""

import base64
from collections.abc import Iterator

import pytest

from tests.sandbox.hearing import Ear, listening
from tests.sandbox.room import HOUR, PREFIX, host, open_meeting, person, stay, target, truth
from tests.sandbox.wire import Json, Keys, Platform, Token, tag

ROOM = {"settings": {"auto_in_waiting_room": True}}


@pytest.fixture
def ear(platform: Platform) -> Iterator[Ear]:
    with listening(platform) as ear:
        yield ear


def now_waiting(platform: Platform, token: Token, made: str, **query: int) -> Json:
    path = f"/v1/meetings/{made}/waiting-room-participants"
    return platform.call(token, "GET", path, userid=token.open_id, **query)


def move(platform: Platform, who: Token | Keys, made: str, kind: int, users: list[Json], **more: object) -> None:
    body = {**platform.actor(who), "operate_type": kind, "users": users, **more}
    platform.call(who, "PUT", f"/v1/real-control/meetings/{made}/waiting-room", body)


def test_who_waits_is_listed_and_no_row_yet(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a"), person("b", stay(70, device=4))], **ROOM)
    page = now_waiting(platform, token, made)
    assert [base64.b64decode(row["user_name"]).decode() for row in page["participants"]] == ["人a", "人b"]
    assert (page["total_count"], page["current_size"], page["current_page"], page["total_page"]) == (2, 2, 1, 1)
    assert base64.b64decode(page["subject"]).decode() == "季度路演"
    assert (page["schedule_start_time"], page["schedule_end_time"]) == (now - 900, now + HOUR)
    assert set(page["participants"][0]) == {
        "userid", "open_id", "ms_open_id", "user_name", "instanceid", "app_version", "customer_data",
    }
    assert page["participants"][1]["instanceid"] == 4
    assert now_waiting(platform, token, made, page=2, page_size=1)["participants"] == page["participants"][1:]
    assert [row["user_role"] for row in platform.participants(token, made)] == [3]
    assert [each["seconds"] for key, each in truth(platform, made).items() if key != "h"] == [0, 0]


def test_only_the_creator_reads_who_waits_and_only_while_the_meeting_runs(
    platform: Platform, token: Token, keys: Keys, now: int
) -> None:
    made = platform.book(token, now - 900, now + HOUR, **ROOM)["meeting_id"]
    platform.post("play", meeting_id=made, people=[person("a")], end=False, waiting="hold")
    assert now_waiting(platform, token, made)["participants"] == [], "nobody is in: not in progress"
    path, other = f"/v1/meetings/{made}/waiting-room-participants", platform.organiser(0, 3)
    assert platform.refused(keys, "GET", path, userid=other["userid"]) == (403, 9042)
    assert platform.refused(token, "GET", path, userid="somebody") == (400, 190004)
    assert platform.refused(token, "GET", path, userid=token.open_id, page_size=51) == (400, 190004)


def test_admission_by_call_lets_all_devices_in_from_now_on(
    platform: Platform, token: Token, ear: Ear, now: int
) -> None:
    two = person("a", stay(60), stay(70, device=4))
    made = open_meeting(platform, token, now, [two, person("b")], **ROOM)
    move(platform, token, made, 1, [target(platform, made, "a")])
    rows = [row for row in platform.participants(token, made) if row["user_role"] != 3]
    assert [(row["instanceid"], int(row["join_time"]) >= now) for row in rows] == [(1, True), (4, True)]
    assert [row["user_name"] for row in now_waiting(platform, token, made)["participants"]] == [
        base64.b64encode("人b".encode()).decode()
    ]
    admitted = ear.entries(made, f"{PREFIX}admitted")
    assert [entry["to_operator"]["instance_id"] for entry in admitted] == ["1", "4"]
    assert admitted[0]["operator"]["open_id"] == token.open_id
    assert (admitted[0]["to_operator"]["user_name"], admitted[0]["to_operator"]["nick_name"]) == ("", "人a")
    waits = truth(platform, made)["a"]["waits"]
    assert [(wait["join"], wait["ending"]) for wait in waits] == [(now - 840, "admitted"), (now - 830, "admitted")]


def test_a_script_admits_at_its_second_and_waiting_is_no_time(
    platform: Platform, token: Token, ear: Ear, now: int
) -> None:
    people = [
        person("in", stay(60, 600, admitted=100)),
        person("gone", stay(60, None, gives_up=200)),
        person("open", stay(60, None, admitted=None)),
    ]
    made = open_meeting(platform, token, now, people, **ROOM)
    known = truth(platform, made)
    assert known["in"]["intervals"] == [[now - 800, now - 300]]
    assert (known["gone"]["rows"], known["gone"]["waits"][0]["left"]) == (0, now - 700)
    assert known["open"]["waits"][0]["left"] is None
    (left,) = ear.entries(made, f"{PREFIX}left-waiting-room")
    assert left["leave_reason"] == "主动离开"
    assert left["operator"] == left["to_operator"]
    assert left["operate_time"] // 1000 == now - 700
    joined = ear.entries(made, f"{PREFIX}joined-waiting-room")
    assert [entry["operator"]["nick_name"] for entry in joined] == ["人in", "人gone", "人open"]
    assert all("to_operator" not in entry for entry in joined)


def test_somebody_at_the_door_lets_people_in_unless_told_to_hold(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - 900, now + HOUR, **ROOM)["meeting_id"]
    brief = person("brief", stay(100, 110))
    done = platform.post("play", meeting_id=made, people=[host(platform), person("a"), brief], end=False)
    assert (done["rows"], done["waiting"]) == (3, 0)
    known = truth(platform, made)
    assert known["a"]["intervals"][0][0] == now - 840 + 12
    assert known["brief"]["intervals"] == [[now - 795, now - 790]]


def test_guests_and_hosts_skip_the_waiting_room(platform: Platform, token: Token, now: int) -> None:
    guest = {"area": "86", "phone_number": "13800000001", "guest_name": "贵宾"}
    made = open_meeting(
        platform, token, now, [person("g", phone="13800000001"), person("o", phone="13800000002")],
        guests=[guest], **ROOM,
    )
    known = truth(platform, made)
    assert (known["g"]["rows"], known["g"]["waits"], known["o"]["rows"], len(known["o"]["waits"])) == (1, [], 0, 1)


def test_a_person_may_be_put_outside_and_let_in_again(
    platform: Platform, token: Token, ear: Ear, now: int
) -> None:
    made = open_meeting(platform, token, now, [person("a")])
    aim = target(platform, made, "a")
    move(platform, token, made, 2, [aim])
    assert [row["ms_open_id"] for row in now_waiting(platform, token, made)["participants"]] == [aim["to_operator_id"]]
    assert truth(platform, made)["a"]["intervals"] == [[now - 840, int(_left(platform, token, made))]]
    move(platform, token, made, 1, [aim])
    assert truth(platform, made)["a"]["rows"] == 2
    names = [name.removeprefix(PREFIX) for name in ear.names(made)][-4:]
    assert names == ["left", "put-in-waiting-room", "admitted", "joined"]


def _left(platform: Platform, token: Token, made: str) -> str:
    return next(row["left_time"] for row in platform.participants(token, made) if row["left_time"])


def test_a_removed_person_may_be_kept_out_for_good(platform: Platform, token: Token, ear: Ear, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a"), person("b")], **ROOM)
    move(platform, token, made, 3, [target(platform, made, "a")], allow_rejoin=False)
    move(platform, token, made, 3, [target(platform, made, "b")], allow_rejoin=True)
    again = [person("a", stay(800)), person("b", stay(800, admitted=810))]
    done = platform.post("play", meeting_id=made, people=again, end=False)
    assert (done["turned_away"], done["rows"]) == (1, 1)
    left = ear.entries(made, f"{PREFIX}left-waiting-room")
    assert [entry["leave_reason"] for entry in left] == ["被主持人移出等候室"] * 2
    assert left[0]["operator"]["user_name"] == platform.organiser()["name"]


def test_the_log_gives_a_row_a_device_in_milliseconds(platform: Platform, token: Token, now: int) -> None:
    people = [person("a", stay(60, 600, admitted=100), stay(60, None, device=4)), person("b", stay(70))]
    made = open_meeting(platform, token, now, people, **ROOM)
    path = f"/v1/meeting/{made}/waiting-room"
    page = platform.call(token, "GET", path, page=1, page_size=2, **platform.actor(token))
    assert (page["subject"], page["schedule_start_time"]) == ("季度路演", (now - 900) * 1000)
    assert (page["total_count"], page["current_size"], page["total_page"]) == (3, 2, 2)
    first, second = page["participants"]
    assert (first["instanceid"], first["join_time"], first["left_time"]) == ("1", (now - 840) * 1000, (now - 800) * 1000)
    assert (second["instanceid"], second["left_time"]) == ("4", 0)
    assert platform.refused(token, "GET", path, page=2001, **platform.actor(token)) == (400, 190004)
    other = {"operator_id": platform.organiser(0, 3)["userid"], "operator_id_type": 1}
    assert platform.refused(platform.keys(), "GET", path, page=1, **other) == (403, 9042)


def test_the_end_of_the_meeting_sends_the_waiting_home(platform: Platform, token: Token, ear: Ear, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a")], **ROOM)
    body = {**platform.actor(token), "reason_code": 1}
    platform.call(token, "POST", f"/v1/meetings/{made}/dismiss", body)
    assert truth(platform, made)["a"]["waits"][0]["ending"] == "会议已结束"
    (left,) = ear.entries(made, f"{PREFIX}left-waiting-room")
    assert left["leave_reason"] == "会议已结束"
    assert ear.names(made)[-1] == "meeting.end"


def test_a_tag_waits_with_its_bearer(platform: Platform, token: Token, keys: Keys, ear: Ear, now: int) -> None:
    made = platform.book(token, now - 900, now + HOUR, **ROOM)["meeting_id"]
    body = {"meeting_id": made, "customer_data": tag("A7"), **platform.actor(keys)}
    link = platform.call(keys, "POST", "/v1/meetings/customer-short-url", body)["meeting_short_url_customer_data"]
    people = [host(platform), person("a", stay(60, 500, admitted=90), link=link["meeting_short_url"])]
    platform.post("play", meeting_id=made, people=people, end=False)
    for name in ("joined-waiting-room", "admitted"):
        (entry,) = ear.entries(made, PREFIX + name)
        assert entry["extend_info"] == {"customer_data": tag("A7")}, name


def test_the_welcome_is_kept_and_bounded(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR, **ROOM)["meeting_id"]
    read, write = f"/v1/meeting/{made}/waiting-room-welcome-message", "/v1/meeting/set-waiting-room-welcome-message"
    assert platform.call(token, "GET", read, **platform.actor(token)) == {"welcome_text": "", "enable_welcome": False}
    body = {**platform.actor(token), "meeting_id": made, "welcome_text": "%NICKNAME%，请改名", "enable_welcome": True}
    assert platform.call(token, "POST", write, body) == {"welcome_text": "%NICKNAME%，请改名", "enable_welcome": True}
    assert platform.call(token, "GET", read, **platform.actor(token)) == {
        "welcome_text": "%NICKNAME%，请改名", "enable_welcome": True,
    }
    for bad in ({"welcome_text": "字" * 1_001}, {"welcome_text": 5}, {"enable_welcome": 1}, {"meeting_id": 5}):
        assert platform.refused(token, "POST", write, body | bad) == (400, 190004), bad


def test_roles_change_as_the_script_says(platform: Platform, token: Token, ear: Ear, now: int) -> None:
    roles = [{"at": 300, "user_role": 6}]
    made = open_meeting(platform, token, now, [person("a", roles=roles)])
    (changed,) = ear.entries(made, f"{PREFIX}role-changed")
    assert (changed["to_operator"]["user_role"], "uuid" in changed["to_operator"]) == (6, False)
    assert changed["operate_time"] // 1000 == now - 600
    assert [row["user_role"] for row in platform.participants(token, made)] == [3, 6]
    webinar = platform.webinar(token, now - 900, now + HOUR, admission_type=0)["meeting_id"]
    people = [host(platform), person("a", roles=[{"at": 300, "user_role": 34}])]
    platform.post("play", meeting_id=webinar, people=people, end=False)
    (changed,) = ear.entries(webinar, "webinar.participant-role-changed")
    assert changed["to_operator"]["user_role"] == 34
    assert platform.participants(token, webinar)[1]["webinar_member_role"] == 5


def test_whoever_comes_before_the_host_waits_for_the_host(
    platform: Platform, token: Token, ear: Ear, now: int
) -> None:
    made = open_meeting(platform, token, now, [person("early", stay(-100)), person("late", stay(100))])
    (waiting,) = ear.entries(made, f"{PREFIX}jbh-waiting")
    assert (waiting["operator"]["nick_name"], "to_operator" in waiting) == ("人early", False)
    platform.switch(host_wait_events=False)
    other = open_meeting(platform, token, now, [person("early", stay(-100))])
    assert ear.entries(other, f"{PREFIX}jbh-waiting") == []


@pytest.mark.parametrize("bad", [
    {"admitted": 5}, {"gives_up": "x"}, {"admitted": 7.5},
])
def test_a_faulty_wait_in_a_script_is_named(platform: Platform, token: Token, now: int, bad: Json) -> None:
    made = platform.book(token, now - 900, now + HOUR, **ROOM)["meeting_id"]
    people = [person("a", stay(60, None, **bad))]
    answer = platform.session.post(
        f"{platform.url}/_sandbox/play", json={"meeting_id": made, "people": people}, timeout=10
    )
    assert (answer.status_code, answer.json()["error"].startswith("people[0].stays[0].")) == (400, True)


def test_a_whole_scenario_may_wait_for_the_portal(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - HOUR, now + HOUR, **ROOM)["meeting_id"]
    play = {"meeting_id": made, "people": 30, "seed": 9, "end": False}
    done = platform.post("scenarios/4/play", **play, waiting="hold")
    inside = [row["user_role"] for row in platform.participants(token, made)]
    assert (set(inside), done["rows"]) == ({3}, 1)
    assert done["waiting"] == now_waiting(platform, token, made)["total_count"] > 10
    assert sum(each["seconds"] for each in truth(platform, made).values() if each["kind"] != "host") == 0
    other = platform.book(token, now - HOUR, now + HOUR, **ROOM)["meeting_id"]
    free = platform.book(token, now - HOUR, now + HOUR)["meeting_id"]
    let_in = platform.post("scenarios/4/play", **play | {"meeting_id": other})
    plain = platform.post("scenarios/4/play", **play | {"meeting_id": free})
    assert (let_in["rows"], let_in["waiting"], let_in["turned_away"]) == (plain["rows"], 0, 0)
