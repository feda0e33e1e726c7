"""Meetings from booking to the end: shapes, lists, series, cancelling and dismissing."""

import base64
import time

import pytest

from tests.sandbox.wire import Json, Keys, Platform, Token

HOUR, DAY = 3_600, 86_400


def read(platform: Platform, who: Keys | Token, meeting_id: str) -> Json:
    return platform.call(who, "GET", f"/v1/meetings/{meeting_id}", **platform.actor(who))[
        "meeting_info_list"
    ][0]


def test_a_booked_meeting_has_the_documented_shape(platform: Platform, token: Token, now: int) -> None:
    staff = platform.staff()[0]["open_id"]
    made = platform.book(
        token,
        now + HOUR,
        now + 2 * HOUR,
        password="1234",
        time_zone="Asia/Tokyo",
        invitees=[{"userid": staff}, {"userid": "nobody"}],
    )
    assert made["meeting_id"].isdigit() and len(made["meeting_id"]) in (19, 20)
    assert (len(made["meeting_code"]), made["start_time"]) == (9, str(now + HOUR))
    assert made["user_non_registered"] == ["nobody"]
    shown = read(platform, token, made["meeting_id"])
    assert (shown["status"], shown["password"]) == ("MEETING_STATE_INIT", "1234")
    assert base64.b64decode(shown["time_zone"]) == b"Asia/Tokyo"
    assert shown["settings"]["only_allow_enterprise_user_join"] is False
    assert [each["userid"] for each in shown["participants"]] == [staff]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"end_time": "1"}, 190004),
        ({"start_time": 5}, 190004),
        ({"subject": ""}, 190004),
        ({"subject": "赌博"}, 9093),
        ({"password": "12"}, 190004),
        ({"userid": "nobody"}, 190001),
        ({"time_zone": "Mars/Base"}, 190004),
        ({"guests": [{"area": "+86", "phone_number": "13800000001"}]}, 190004),
    ],
)
def test_a_bad_booking_is_refused(platform: Platform, keys: Keys, now: int, fields: Json, code: int) -> None:
    body = {
        "userid": platform.organiser()["userid"],
        "instanceid": 1,
        "subject": "例会",
        "type": 0,
        "start_time": str(now),
        "end_time": str(now + HOUR),
        **fields,
    }
    assert platform.refused(keys, "POST", "/v1/meetings", body)[1] == code


def test_a_past_start_is_a_switch(platform: Platform, token: Token, now: int) -> None:
    platform.switch(allow_past_start=False)
    body = {
        "userid": token.open_id,
        "instanceid": 1,
        "subject": "例会",
        "type": 0,
        "start_time": str(now - HOUR),
        "end_time": str(now + HOUR),
    }
    assert platform.refused(token, "POST", "/v1/meetings", body) == (400, 190004)


def test_who_may_see_which_meeting(platform: Platform, keys: Keys, token: Token, now: int) -> None:
    by_keys = platform.book(keys, now, now + HOUR)["meeting_id"]
    by_token = platform.book(token, now, now + HOUR)["meeting_id"]
    assert platform.refused(token, "GET", f"/v1/meetings/{by_keys}", **platform.actor(token)) == (403, 9042)
    assert read(platform, keys, by_token)["meeting_id"] == by_token
    other = platform.token(platform.organiser(0, 4)["open_id"])
    assert platform.refused(other, "GET", f"/v1/meetings/{by_token}", **platform.actor(other)) == (403, 9042)
    platform.switch(aksk_on_oauth_meetings=False)
    assert platform.refused(keys, "GET", f"/v1/meetings/{by_token}", **platform.actor(keys)) == (403, 9042)
    platform.switch(oauth_sees_all_meetings=True)
    assert read(platform, token, by_keys)["meeting_id"] == by_keys
    assert platform.refused(keys, "GET", "/v1/meetings/1234567", **platform.actor(keys)) == (500, 9003)
    assert platform.refused(keys, "GET", "/v1/meetings/abc", **platform.actor(keys)) == (400, 190004)


def test_a_meeting_is_found_by_its_code(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR)
    found = platform.call(
        token, "GET", "/v1/meetings", meeting_code=made["meeting_code"], userid=token.open_id, instanceid=1
    )
    assert found["meeting_info_list"][0]["meeting_id"] == made["meeting_id"]


def test_the_list_of_coming_meetings_overlaps_at_page_borders_and_loses_none(
    platform: Platform, now: int
) -> None:
    token = platform.token(platform.organiser(0, 5)["open_id"])
    made = {platform.book(token, now + HOUR, now + 2 * HOUR)["meeting_id"] for _ in range(45)}
    gone = platform.book(token, now + HOUR, now + 2 * HOUR)["meeting_id"]
    platform.call(
        token,
        "POST",
        f"/v1/meetings/{gone}/cancel",
        {"userid": token.open_id, "instanceid": 1, "reason_code": 0},
    )
    seen: list[str] = []
    query: Json = {}
    for _ in range(10):
        page = platform.call(token, "GET", "/v1/meetings", userid=token.open_id, instanceid=1, **query)
        assert page["meeting_number"] <= 20
        seen += [each["meeting_id"] for each in page["meeting_info_list"]]
        if page["remaining"] == 0:
            break
        query = {"pos": page["next_pos"], "cursory": page["next_cursory"]}
    assert set(seen) == made
    assert len(seen) == len(made) + 2, "the last row of a page comes again as the first of the next"


def test_history_shows_what_is_over(platform: Platform, now: int) -> None:
    token = platform.token(platform.organiser(1, 3)["open_id"])
    over = platform.book(token, now - 3 * HOUR, now - HOUR)["meeting_id"]
    platform.book(token, now - HOUR, now + HOUR)
    path = f"/v1/history/meetings/{token.open_id}"
    page = platform.call(token, "GET", path, page=1, page_size=20)
    assert [each["meeting_id"] for each in page["meeting_info_list"]] == [over]
    assert page["meeting_info_list"][0]["start_time"] == now - 3 * HOUR
    span = {"start_time": now - 100 * DAY, "end_time": now}
    assert platform.refused(token, "GET", path, page=1, page_size=20, **span) == (400, 190004)


def series(platform: Platform, who: Keys | Token, start: int, count: int = 4) -> Json:
    made = platform.book(
        who,
        start,
        start + HOUR,
        meeting_type=1,
        recurring_rule={"recurring_type": 0, "until_type": 1, "until_count": count},
    )
    return read(platform, who, made["meeting_id"])


def change(platform: Platform, who: Token, meeting_id: str, **fields: object) -> None:
    platform.call(
        who, "PUT", f"/v1/meetings/{meeting_id}", {"userid": who.open_id, "instanceid": 1, **fields}
    )


def test_past_occurrences_drop_out_of_a_series(platform: Platform, token: Token, now: int) -> None:
    shown = series(platform, token, now - 2 * DAY - 2 * HOUR, count=5)
    ids = [each["sub_meeting_id"] for each in shown["sub_meetings"]]
    expected = [str(now - 2 * HOUR + days * DAY) for days in (1, 2)]
    assert ids == expected
    assert shown["current_sub_meeting_id"] == expected[0]
    assert (shown["remain_sub_meetings"], shown["has_more_sub_meeting"], shown["has_more_sub_meetings"]) == (
        2,
        0,
        0,
    )


def test_a_weekly_rule_must_contain_the_first_day(platform: Platform, token: Token, now: int) -> None:
    weekday = time.gmtime(now + 8 * HOUR).tm_wday
    bits = 1 << (weekday + 1) % 7
    rule = {
        "recurring_type": 5,
        "customized_recurring_type": 1,
        "customized_recurring_step": 1,
        "until_type": 1,
        "until_count": 3,
    }
    body = {
        "userid": token.open_id,
        "instanceid": 1,
        "subject": "x",
        "type": 0,
        "meeting_type": 1,
        "start_time": str(now),
        "end_time": str(now + HOUR),
    }
    wrong = body | {"recurring_rule": rule | {"customized_recurring_days": 127 - bits}}
    assert platform.refused(token, "POST", "/v1/meetings", wrong) == (400, 190004)
    right = platform.call(
        token, "POST", "/v1/meetings", body | {"recurring_rule": rule | {"customized_recurring_days": bits}}
    )
    shown = read(platform, token, right["meeting_info_list"][0]["meeting_id"])
    starts = [each["start_time"] for each in shown["sub_meetings"]]
    assert starts == [now, now + 7 * DAY, now + 14 * DAY]


def test_a_running_series_is_listed_by_its_next_occurrence(platform: Platform, now: int) -> None:
    token = platform.token(platform.organiser(1, 4)["open_id"])
    shown = series(platform, token, now - 10 * DAY + HOUR, count=20)
    listed = platform.call(token, "GET", "/v1/meetings", userid=token.open_id, instanceid=1)
    assert [each["meeting_id"] for each in listed["meeting_info_list"]] == [shown["meeting_id"]]
    assert (listed["next_pos"], len(listed["meeting_info_list"][0]["sub_meetings"])) == (now + HOUR, 1)


def test_one_occurrence_moves_and_keeps_its_id(platform: Platform, token: Token, now: int) -> None:
    shown = series(platform, token, now + HOUR)
    second = shown["sub_meetings"][1]
    moved = second["start_time"] + 600
    change(
        platform,
        token,
        shown["meeting_id"],
        meeting_type=1,
        subject="不会改",
        recurring_rule={"sub_meeting_id": second["sub_meeting_id"]},
        start_time=str(moved),
        end_time=str(moved + HOUR),
    )
    after = read(platform, token, shown["meeting_id"])
    assert after["sub_meetings"][1]["start_time"] == moved
    assert after["sub_meetings"][1]["sub_meeting_id"] == second["sub_meeting_id"]
    assert after["subject"] == shown["subject"]


def test_a_change_that_forgets_meeting_type_loses_the_series(
    platform: Platform, token: Token, now: int
) -> None:
    shown = series(platform, token, now + HOUR)
    change(
        platform,
        token,
        shown["meeting_id"],
        subject="改名",
        meeting_type=1,
        recurring_rule=shown["recurring_rule"],
    )
    kept = read(platform, token, shown["meeting_id"])
    assert (kept["subject"], kept["meeting_type"], len(kept["sub_meetings"])) == ("改名", 1, 4)
    change(platform, token, shown["meeting_id"], subject="再改名")
    lost = read(platform, token, shown["meeting_id"])
    assert (lost["meeting_type"], "sub_meetings" in lost) == (0, False)


def test_a_meeting_keeps_the_time_that_is_not_sent(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now + HOUR, now + 2 * HOUR)["meeting_id"]
    change(platform, token, made, end_time=str(now + 3 * HOUR))
    shown = read(platform, token, made)
    assert (shown["start_time"], shown["end_time"]) == (str(now + HOUR), str(now + 3 * HOUR))
    body = {"userid": token.open_id, "instanceid": 1, "subject": "改", "end_time": str(now)}
    assert platform.refused(token, "PUT", f"/v1/meetings/{made}", body) == (400, 190004)
    assert read(platform, token, made)["subject"] == "季度路演"


def test_cancelling_needs_the_right_words_for_a_series(platform: Platform, token: Token, now: int) -> None:
    shown = series(platform, token, now + HOUR, count=3)
    path = f"/v1/meetings/{shown['meeting_id']}/cancel"
    body = {"userid": token.open_id, "instanceid": 1, "reason_code": 0}
    assert platform.refused(token, "POST", path, body) == (400, 190004)
    first = shown["sub_meetings"][0]["sub_meeting_id"]
    assert platform.call(token, "POST", path, body | {"sub_meeting_id": first}) == {}
    assert read(platform, token, shown["meeting_id"])["sub_meetings"][0]["status"] == 1
    platform.switch(empty_success_body=True)
    assert platform.send(token, "POST", path, body | {"meeting_type": 1}).content == b""
    assert read(platform, token, shown["meeting_id"])["status"] == "MEETING_STATE_CANCELLED"
    assert platform.refused(token, "POST", path, body | {"meeting_type": 1}) == (500, 9007)


def test_status_follows_who_is_inside(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - HOUR, now + HOUR)["meeting_id"]
    person = {"key": "a", "name": "甲", "stays": [{"join": 10, "leave": None}]}
    platform.post("play", meeting_id=made, people=[person], end=False)
    assert read(platform, token, made)["status"] == "MEETING_STATE_STARTED"
    body = {"userid": token.open_id, "instanceid": 1, "reason_code": 0}
    assert platform.refused(token, "POST", f"/v1/meetings/{made}/cancel", body) == (500, 13602)
    dismissal = {**platform.actor(token), "reason_code": 1}
    held = dismissal | {"force_dismiss_meeting": 0}
    assert platform.refused(token, "POST", f"/v1/meetings/{made}/dismiss", held) == (500, 190308)
    assert platform.call(token, "POST", f"/v1/meetings/{made}/dismiss", dismissal) == {}
    assert read(platform, token, made)["status"] == "MEETING_STATE_INIT"
    assert platform.participants(token, made)[0]["left_time"] != ""
    over = platform.book(token, now - 2 * HOUR, now - HOUR)["meeting_id"]
    assert read(platform, token, over)["status"] == "MEETING_STATE_NULL"
    assert platform.refused(token, "POST", f"/v1/meetings/{over}/cancel", body) == (500, 13603)


def test_webinars_have_an_own_life_without_a_list(platform: Platform, token: Token, now: int) -> None:
    made = platform.webinar(token, now + HOUR, now + 2 * HOUR, enable_manual_check=True, sponsor="星河")
    assert made["audience_join_link"] != "" and "manual_check_password" in made
    query = {"userid": token.open_id, "instanceid": 1}
    shown = platform.call(token, "GET", "/v1/webinars", meeting_id=made["meeting_id"], **query)
    assert (shown["admission_type"], shown["sponsor"], shown["status"]) == (1, "星河", "MEETING_STATE_INIT")
    by_code = platform.call(token, "GET", "/v1/webinars", meeting_code=made["meeting_code"], **query)
    assert by_code["meeting_id"] == made["meeting_id"]
    platform.call(token, "PUT", f"/v1/webinars/{made['meeting_id']}", query | {"subject": "改期公开课"})
    platform.switch(webinar_envelope="list")
    again = platform.call(token, "GET", "/v1/webinars", meeting_id=made["meeting_id"], **query)
    assert again["meeting_info_list"][0]["subject"] == "改期公开课"
    listed = platform.call(token, "GET", "/v1/meetings", **query)
    assert made["meeting_id"] not in [each["meeting_id"] for each in listed.get("meeting_info_list", [])]
    assert (
        platform.refused(token, "GET", f"/v1/meetings/{made['meeting_id']}", **platform.actor(token))[1]
        == 9003
    )
    assert (
        platform.call(token, "POST", f"/v1/webinars/{made['meeting_id']}/cancel", query | {"reason_code": 0})
        == {}
    )


def test_webinar_bookings_are_checked(platform: Platform, token: Token, now: int) -> None:
    body = {
        "userid": token.open_id,
        "instanceid": 1,
        "subject": "x",
        "start_time": str(now),
        "end_time": str(now + 9),
    }
    assert platform.refused(token, "POST", "/v1/webinars", body) == (400, 190004)
    assert platform.refused(token, "POST", "/v1/webinars", body | {"admission_type": 2}) == (400, 190004)
    platform.switch(allow_past_start=False)
    late = body | {"admission_type": 0, "start_time": str(now - 1_900), "end_time": str(now + 60)}
    assert platform.refused(token, "POST", "/v1/webinars", late) == (400, 190004)
