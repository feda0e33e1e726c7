"""Calling people by telephone: who answers, what rows and events show, and giving up."""

from collections.abc import Iterator

import pytest

from tests.sandbox.hearing import Ear, listening
from tests.sandbox.room import HOUR, host, stay
from tests.sandbox.wire import Json, Keys, Platform, Token

STATUS = "meeting.phone.participant-status-updated"
A, B, C = "13800000001", "13800000002", "13800000003"


@pytest.fixture
def ear(platform: Platform) -> Iterator[Ear]:
    platform.post("client/answers", {})
    with listening(platform) as ear:
        yield ear


def path(made: str, what: str = "callout") -> str:
    return f"/v1/meeting/{made}/phone/{what}"


def numbers(platform: Platform, keys: Keys, *phones: str, **more: object) -> Json:
    return {**platform.actor(keys), "phone_numbers": [{"area": 86, "phone": phone, **more} for phone in phones]}


def running(platform: Platform, keys: Keys, token: Token, now: int) -> str:
    made = platform.book(token, now - 900, now + HOUR)["meeting_id"]
    platform.post("play", meeting_id=made, people=[host(platform)], end=False)
    return made


def listed(platform: Platform, keys: Keys, made: str) -> list[Json]:
    return platform.call(keys, "GET", path(made), page=1, page_size=100, **platform.actor(keys))["phone_numbers"]


def test_called_people_connect_refuse_or_do_not_answer(
    platform: Platform, keys: Keys, token: Token, ear: Ear, now: int
) -> None:
    made = running(platform, keys, token, now)
    platform.post("client/answers", {A: "connect", B: "refuse", C: "no_answer"})
    answer = platform.call(keys, "POST", path(made), numbers(platform, keys, A, B, C, nick_name="张三"))
    assert answer["meeting_id"] == made
    assert answer["phone_numbers"][0] == {
        "area": 86, "phone": A, "extension_number": "", "status": "START_INVITE",
    }
    assert answer["invalid_phone_numbers"] == []
    calls = listed(platform, keys, made)
    assert [call["status"] for call in calls] == ["START_ACCEPT", "LEAVE_WITHOUT_ACCEPT", "LEAVE_WITHOUT_ACCEPT"]
    assert [bool(call["ms_open_id"]) for call in calls] == [True, False, False]
    (row,) = [row for row in platform.participants(token, made) if row["join_type"] == 0]
    assert (row["instanceid"], row["ms_open_id"], int(row["join_time"]) >= now) == (0, calls[0]["ms_open_id"], True)
    told = ear.entries(made, STATUS)
    assert [entry["status"] for entry in told] == [
        "START_INVITE", "START_ACCEPT", "START_INVITE", "LEAVE_WITHOUT_ACCEPT", "START_INVITE", "LEAVE_WITHOUT_ACCEPT",
    ]
    assert told[1]["operator"]["ms_open_id"] == calls[0]["ms_open_id"]
    assert all("creator" not in entry["meeting_info"] for entry in told)
    assert not any(A in str(entry) for entry in told), "the event carries no number"
    (joined,) = [entry for entry in ear.entries(made, "meeting.participant-joined") if "pstn_number" in entry["operator"]]
    assert joined["operator"]["pstn_number"] == f"0086{A}"


def test_a_called_number_is_found_by_the_look_up_and_leaves_with_the_meeting(
    platform: Platform, keys: Keys, token: Token, ear: Ear, now: int
) -> None:
    made = running(platform, keys, token, now)
    platform.post("client/answers", {A: "connect"})
    platform.call(keys, "POST", path(made), numbers(platform, keys, A))
    body = numbers(platform, keys, A)
    found = platform.call(keys, "POST", f"/v1/meetings/{made}/phone/ms-open-id", body)["ms_open_id_list"]
    assert [each["ms_open_id"] for each in found] == [listed(platform, keys, made)[0]["ms_open_id"]]
    platform.call(token, "POST", f"/v1/meetings/{made}/dismiss", {**platform.actor(token), "reason_code": 1})
    assert listed(platform, keys, made)[0]["status"] == "LEAVE_WITH_ACCEPTED"
    assert ear.entries(made, STATUS)[-1]["status"] == "LEAVE_WITH_ACCEPTED"


def test_kicking_a_telephone_out_hangs_it_up(platform: Platform, keys: Keys, token: Token, ear: Ear, now: int) -> None:
    made = running(platform, keys, token, now)
    platform.post("client/answers", {A: "connect"})
    platform.call(keys, "POST", path(made), numbers(platform, keys, A, nick_name="张三"))
    users = [{"to_operator_id": listed(platform, keys, made)[0]["ms_open_id"], "to_operator_id_type": 4, "instanceid": 0}]
    body = {**platform.actor(token), "allow_rejoin": True, "users": users}
    platform.call(token, "PUT", f"/v1/real-control/meetings/{made}/kickout", body)
    assert ear.entries(made, STATUS)[-1]["status"] == "LEAVE_WITH_ACCEPTED"
    (left,) = ear.entries(made, "meeting.participant-left")
    assert left["operator"]["user_name"] == "张三"


def test_a_ringing_telephone_is_given_up_and_an_answered_one_is_not(
    platform: Platform, keys: Keys, token: Token, ear: Ear, now: int
) -> None:
    made = running(platform, keys, token, now)
    platform.post("client/answers", {A: "ring", B: "ring", C: "connect"})
    platform.call(keys, "POST", path(made), numbers(platform, keys, A, B, C))
    answer = platform.call(keys, "POST", path(made, "cancelcall"), numbers(platform, keys, A, C))
    assert answer["success_list"] == [{"area": 86, "phone": A, "extension_number": ""}]
    assert [each["phone"] for each in answer["failed_list"]] == [C]
    assert ear.entries(made, STATUS)[-1]["status"] == "CANCLE_INVITE"
    platform.switch(cancelcall_lists="camel")
    again = platform.call(keys, "POST", path(made, "cancelcall"), numbers(platform, keys, A))
    assert (again["SuccessList"], len(again["FailedList"])) == ([], 1)
    assert platform.post("client/answer", meeting_id=made, phone=B, outcome="connect") == {"status": "START_ACCEPT"}
    assert [call["status"] for call in listed(platform, keys, made)] == [
        "CANCLE_INVITE", "START_ACCEPT", "START_ACCEPT",
    ]


def test_the_answers_of_strangers_are_dealt_by_a_seed(platform: Platform, keys: Keys, token: Token, now: int) -> None:
    platform.post("client/answers", {})
    phones = [f"1380000{number:04d}" for number in range(30)]
    seen = []
    for seed in (1, 1, 2):
        platform.switch(callout_seed=seed)
        made = running(platform, keys, token, now)
        platform.call(keys, "POST", path(made), numbers(platform, keys, *phones))
        seen.append([call["status"] for call in listed(platform, keys, made)])
    assert seen[0] == seen[1] != seen[2]
    assert set(seen[0]) == {"START_ACCEPT", "LEAVE_WITHOUT_ACCEPT"}


def test_bad_numbers_are_listed_and_a_call_of_nothing_else_fails(
    platform: Platform, keys: Keys, token: Token, now: int
) -> None:
    made = running(platform, keys, token, now)
    body = numbers(platform, keys, A, "12")
    answer = platform.call(keys, "POST", path(made), body)
    (bad,) = answer["invalid_phone_numbers"]
    assert (bad["phone"], bool(bad["error_msg"]), len(answer["phone_numbers"])) == ("12", True, 1)
    assert platform.refused(keys, "POST", path(made), numbers(platform, keys, "12")) == (500, 14203)
    abroad = {**platform.actor(keys), "phone_numbers": [{"area": 44, "phone": "7700900000"}]}
    assert platform.refused(keys, "POST", path(made), abroad) == (500, 14203)
    for wrong in ("86", True, None):
        body = {**platform.actor(keys), "phone_numbers": [{"area": wrong, "phone": A}]}
        assert platform.refused(keys, "POST", path(made), body) == (400, 190004), wrong
    platform.switch(callout_package=False)
    assert platform.refused(keys, "POST", path(made), numbers(platform, keys, A)) == (500, 14220)


def test_calls_have_their_bounds_and_callers(platform: Platform, keys: Keys, token: Token, now: int) -> None:
    made = running(platform, keys, token, now)
    many = numbers(platform, keys, *[f"1380000{number:04d}" for number in range(31)])
    assert platform.refused(keys, "POST", path(made), many) == (400, 190004)
    platform.switch(callouts_per_call=50)
    assert len(platform.call(keys, "POST", path(made), many)["phone_numbers"]) == 31
    one = numbers(platform, keys, A)
    assert platform.refused(token, "POST", path(made), one) == (400, 190325)
    assert platform.refused(keys, "POST", path("1234567890"), one) == (400, 190457)
    other = one | {"operator_id": platform.organiser(0, 3)["userid"]}
    assert platform.refused(keys, "POST", path(made), other) == (400, 9042)
    assert platform.refused(keys, "POST", path(made, "cancelcall"), other) == (400, 500122)
    over = platform.book(keys, now - 2 * HOUR, now - HOUR)["meeting_id"]
    assert platform.refused(keys, "POST", path(over), one) == (500, 9006)
    before = platform.book(keys, now + HOUR, now + 2 * HOUR)["meeting_id"]
    assert len(platform.call(keys, "POST", path(before), one)["phone_numbers"]) == 1


def test_the_truth_knows_who_was_called(platform: Platform, keys: Keys, token: Token, now: int) -> None:
    made = running(platform, keys, token, now)
    platform.post("client/answers", {A: "connect"})
    expected = {"key": "x", "name": "张三", "phone": A, "stays": [stay(0, 60)]}
    platform.post("play", meeting_id=made, people=[expected], end=False)
    platform.call(keys, "POST", path(made), numbers(platform, keys, A))
    known = {each["key"]: each for each in platform.get(f"truth/{made}")["people"]}
    assert (known["x"]["rows"], len(known["x"]["ms_open_ids"])) == (2, 2)
