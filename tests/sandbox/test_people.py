"""Who was there: rows, pages, windows, live lists, temporary ids, and the truth behind them."""

import base64
import hashlib

from tests.sandbox.wire import Json, Keys, Platform, Token

HOUR, DAY = 3_600, 86_400


def stay(join: int, leave: int | None, **more: object) -> Json:
    return {"join": join, "leave": leave, **more}


def test_rows_and_truth_of_a_written_script_agree(platform: Platform, keys: Keys, now: int) -> None:
    start = now - 2 * HOUR
    made = platform.book(keys, start, start + HOUR)["meeting_id"]
    host = platform.organiser()
    people = [
        {
            "key": "host",
            "name": host["name"],
            "kind": "host",
            "userid": host["userid"],
            "stays": [stay(0, None)],
        },
        {
            "key": "early",
            "name": "张三",
            "phone": "13800000001",
            "stays": [stay(-300, 600), stay(900, 1_200)],
        },
        {
            "key": "two",
            "name": "李四",
            "phone": "13800000002",
            "stays": [stay(60, 1_000, device=1), stay(500, 2_000, device=4, name="iPhone")],
        },
        {"key": "before", "name": "王五", "stays": [stay(-600, -60)]},
        {"key": "absent", "name": "赵六", "stays": []},
    ]
    assert platform.post("play", meeting_id=made, people=people)["rows"] == 6
    truth = platform.get(f"truth/{made}")
    assert truth["window"] == {"started": start, "ended": start + HOUR}
    by_key = {person["key"]: person for person in truth["people"]}
    seconds = {key: person["seconds"] for key, person in by_key.items()}
    assert seconds == {"host": HOUR, "early": 900, "two": 1_940, "before": 0, "absent": 0}
    assert by_key["early"]["intervals"] == [[start, start + 600], [start + 900, start + 1_200]]
    assert len(by_key["two"]["ms_open_ids"]) == 1

    rows = platform.participants(keys, made)
    assert rows == platform.get(f"rows/{made}")
    two = [row for row in rows if row["ms_open_id"] == by_key["two"]["ms_open_ids"][0]]
    assert [(row["instanceid"], base64.b64decode(row["user_name"]).decode()) for row in two] == [
        (1, "李四"),
        (4, "iPhone"),
    ]
    secret_id = keys.enterprise["secret_id"]
    assert two[0]["phone"] == hashlib.sha256(f"13800000002/{secret_id}".encode()).hexdigest().upper()
    anonymous = next(row for row in rows if row["ms_open_id"] == by_key["before"]["ms_open_ids"][0])
    assert anonymous["phone"] == hashlib.sha256(f"/{secret_id}".encode()).hexdigest().upper()
    first = next(row for row in rows if row["userid"] == host["userid"])
    assert (first["user_role"], first["is_enterprise_user"], first["ip"]) == (3, True, "")


def test_the_same_people_look_different_to_an_oauth_caller(
    platform: Platform, token: Token, now: int
) -> None:
    made = platform.book(token, now - HOUR, now + HOUR)["meeting_id"]
    host = platform.organiser()
    platform.post(
        "play",
        meeting_id=made,
        end=False,
        people=[
            {
                "key": "host",
                "name": host["name"],
                "kind": "host",
                "userid": host["userid"],
                "stays": [stay(0, None)],
            },
            {
                "key": "staff",
                "name": "同事",
                "userid": platform.staff()[0]["userid"],
                "stays": [stay(5, None)],
            },
        ],
    )
    rows = platform.participants(token, made)
    assert [(row["userid"], row["open_id"]) for row in rows] == [("", token.open_id), ("", "")]
    assert [row["left_time"] for row in rows] == ["", ""]
    assert rows[0]["ip"] != "", "network fields are there only while somebody is inside"
    staff = platform.token(platform.organiser(0, 5)["open_id"])
    assert staff.open_id not in [row["open_id"] for row in platform.participants(token, made)]
    platform.switch(open_left_time="missing")
    assert "left_time" not in platform.participants(token, made)[0]


def test_a_switch_changes_rows_that_were_read_before(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - HOUR, now - 60)["meeting_id"]
    person = {"key": "a", "name": "甲", "phone": "13800000001", "stays": [stay(0, 60)]}
    platform.post("play", meeting_id=made, people=[person])
    secret_id = keys.enterprise["secret_id"]
    for prefix in ("", "86", "+86", "0086"):
        platform.switch(phone_hash_prefix=prefix)
        expected = hashlib.sha256(f"{prefix}13800000001/{secret_id}".encode()).hexdigest().upper()
        assert platform.participants(keys, made)[0]["phone"] == expected


def test_pages_follow_an_opaque_cursor(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - 2 * HOUR, now - HOUR)["meeting_id"]
    platform.post("bulk", meeting_id=made, rows=250)
    path, query = f"/v1/meetings/{made}/participants", {"userid": platform.organiser()["userid"]}
    page = platform.call(keys, "GET", path, **query)
    assert (len(page["participants"]), page["total_count"], page["has_remaining"]) == (20, 250, True)
    assert page["next_pos"] not in (1, 2, 20)
    rows = platform.participants(keys, made)
    assert rows == platform.get(f"rows/{made}")
    assert platform.refused(keys, "GET", path, size=101, **query) == (400, 190004)
    for wrong in (20, page["next_pos"] + 1, page["next_pos"] * 1_000):
        assert platform.refused(keys, "GET", path, pos=wrong, **query) == (400, 190004)
    platform.switch(participants_row_cap=120)
    assert len(platform.participants(keys, made)) == 120
    last = platform.call(keys, "GET", path, pos=page["next_pos"], size=100, **query)
    assert "next_pos" not in last


def test_the_window_filters_by_joining_time(platform: Platform, keys: Keys, now: int) -> None:
    start = now - 2 * HOUR
    made = platform.book(keys, start, start + HOUR)["meeting_id"]
    people = [
        {"key": f"p{minute}", "name": "人", "stays": [stay(minute * 60, minute * 60 + 30)]}
        for minute in range(10)
    ]
    platform.post("play", meeting_id=made, people=people)
    chosen = platform.participants(keys, made, start_time=start + 120, end_time=start + 300)
    assert [int(row["join_time"]) - start for row in chosen] == [120, 180, 240, 300]
    assert len(platform.participants(keys, made, end_time=now)) == 10
    path, userid = f"/v1/meetings/{made}/participants", platform.organiser()["userid"]
    wide = {"userid": userid, "start_time": now - 91 * DAY, "end_time": now}
    assert platform.refused(keys, "GET", path, **wide) == (400, 190004)


def test_a_series_needs_the_occurrence_and_keeps_them_apart(platform: Platform, keys: Keys, now: int) -> None:
    rule = {"recurring_type": 0, "until_type": 1, "until_count": 3}
    start = now - DAY - 2 * HOUR
    made = platform.book(keys, start, start + HOUR, meeting_type=1, recurring_rule=rule)["meeting_id"]
    person = {"key": "a", "name": "甲", "stays": [stay(0, 600)]}
    for day in (0, 1):
        platform.post("play", meeting_id=made, sub_meeting_id=str(start + day * DAY), people=[person])
    path, userid = f"/v1/meetings/{made}/participants", platform.organiser()["userid"]
    assert platform.refused(keys, "GET", path, userid=userid) == (400, 190004)
    rows = platform.participants(keys, made, sub_meeting_id=str(start + DAY))
    assert [int(row["join_time"]) for row in rows] == [start + DAY]
    truth = platform.get(f"truth/{made}", sub_meeting_id=str(start + DAY))
    assert truth["people"][0]["intervals"] == [[start + DAY, start + DAY + 600]]


def test_a_meeting_that_is_reopened_ends_twice_and_adds_up(platform: Platform, keys: Keys, now: int) -> None:
    start = now - 3 * HOUR
    made = platform.book(keys, start, start + 2 * HOUR)["meeting_id"]
    first = {"key": "a", "name": "甲", "stays": [stay(0, None)]}
    platform.post("play", meeting_id=made, people=[first], end=1_800)
    again = {"key": "a", "name": "甲", "stays": [stay(3_600, 5_400)]}
    platform.post("play", meeting_id=made, people=[again])
    truth = platform.get(f"truth/{made}")
    assert truth["window"]["ended"] == start + 2 * HOUR
    assert [person["seconds"] for person in truth["people"]] == [3_600]
    assert truth["people"][0]["rows"] == 2


def test_only_those_inside_are_listed_live(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - HOUR, now + HOUR)["meeting_id"]
    people = [
        {"key": f"p{number}", "name": f"人{number}", "stays": [stay(number, None if number % 2 else 600)]}
        for number in range(24)
    ]
    platform.post("play", meeting_id=made, people=people, end=False)
    page = platform.call(
        keys,
        "GET",
        f"/v1/meetings/{made}/real-time-participants",
        page=2,
        page_size=10,
        **platform.actor(keys),
    )
    assert (page["total_count"], page["current_size"], page["total_page"]) == (12, 2, 2)
    assert page["status"] == "MEETING_STATE_STARTED"
    assert base64.b64decode(page["subject"]).decode() == "季度路演"
    assert {"phone", "left_time", "ip"} & set(page["participants"][0]) == set()


def test_a_temporary_id_can_be_looked_up_before_the_meeting(
    platform: Platform, keys: Keys, token: Token, now: int
) -> None:
    made = platform.book(keys, now - HOUR, now - 60)["meeting_id"]
    staff = platform.staff()[3]
    path = f"/v1/meetings/{made}/ms-open-id"
    found = platform.call(keys, "GET", path, operator_id=staff["userid"], operator_id_type=1)["ms_open_id"]
    person = {"key": "s", "name": staff["name"], "userid": staff["userid"], "stays": [stay(0, 60)]}
    platform.post("play", meeting_id=made, people=[person])
    row = platform.participants(keys, made)[0]
    assert (row["ms_open_id"], row["userid"]) == (found, staff["userid"])
    other = platform.book(token, now, now + HOUR)["meeting_id"]
    elsewhere = platform.call(
        keys, "GET", f"/v1/meetings/{other}/ms-open-id", operator_id=staff["userid"], operator_id_type=1
    )
    assert elsewhere["ms_open_id"] != found
    assert platform.refused(token, "GET", path, operator_id=token.open_id, operator_id_type=2) == (
        500,
        202801,
    )


def test_callers_are_found_by_number_and_one_number_may_be_several_people(
    platform: Platform, keys: Keys, now: int
) -> None:
    made = platform.book(keys, now - HOUR, now - 60)["meeting_id"]
    caller = {"stays": [stay(0, 600, join_type=0, device=0)], "number": "13800000009"}
    platform.post(
        "play",
        meeting_id=made,
        people=[
            {"key": "c1", "name": "总机甲", **caller},
            {"key": "c2", "name": "总机乙", **caller},
            {
                "key": "v",
                "name": "丙",
                "phone": "13800000003",
                "stays": [stay(0, 600), stay(5, 300, join_type=0, device=0)],
            },
        ],
    )
    body = {
        **platform.actor(keys),
        "phone_numbers": [{"area": 86, "phone": "13800000009"}, {"area": 86, "phone": "13800000010"}],
    }
    found = platform.call(keys, "POST", f"/v1/meetings/{made}/phone/ms-open-id", body)["ms_open_id_list"]
    assert [each["phone"] for each in found] == ["13800000009", "13800000009"]
    truth = {person["key"]: person for person in platform.get(f"truth/{made}")["people"]}
    assert {each["ms_open_id"] for each in found} == {
        *truth["c1"]["ms_open_ids"],
        *truth["c2"]["ms_open_ids"],
    }
    assert len(truth["v"]["ms_open_ids"]) == 2
    rows = platform.participants(keys, made)
    assert all(row["userid"] == "" for row in rows if row["instanceid"] == 0)
    wrong = {**platform.actor(keys), "phone_numbers": [{"area": "86", "phone": "13800000009"}]}
    assert platform.refused(keys, "POST", f"/v1/meetings/{made}/phone/ms-open-id", wrong) == (400, 190004)


def test_a_script_with_a_fault_names_the_place(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - HOUR, now - 60)["meeting_id"]
    bad = [{"key": "a", "name": "甲", "stays": [stay(10, 5)]}]
    answer = platform.session.post(
        f"{platform.url}/_sandbox/play", json={"meeting_id": made, "people": bad}, timeout=10
    )
    assert (answer.status_code, answer.json()["error"].split(" ")[0]) == (400, "people[0].stays[0].leave")
