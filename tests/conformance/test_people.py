"""Who was there through the SDK: rows by pages, who is inside, temporary ids."""

import base64
from typing import Any

from tests.conformance.booking import HOUR, book
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform

FIELDS = ("userid", "open_id", "ms_open_id", "user_name", "phone", "is_enterprise_user", "join_time", "left_time",
          "instanceid", "user_role", "join_type", "webinar_member_role", "customer_data", "ip", "net")  # fmt: skip


def people(platform: Platform, count: int, leave: int | None) -> list[dict[str, Any]]:
    staff = platform.staff()[0]
    inside = [{"key": "s", "name": staff["name"], "userid": staff["userid"], "stays": [{"join": 0, "leave": leave}]}]
    return inside + [
        {"key": f"p{number}", "name": f"张{number}", "phone": f"1380000{number:04d}",
         "stays": [{"join": number, "leave": leave, "device": 4}]}
        for number in range(1, count)
    ]  # fmt: skip


def test_every_row_comes_over_the_pages_as_the_sandbox_knows_it(
    either: Witness, platform: Platform, now: int
) -> None:
    made = book(either, now - 2 * HOUR)
    platform.post("play", meeting_id=made.meeting_id, people=people(platform, 45, 1_800))
    asked = {"meeting_id": made.meeting_id, "size": "20", **either.asked}
    page = either.call("v1_meetings_meeting_id_participants_get", pos="0", **asked)
    assert (page.meeting_code, page.subject, page.total_count) == (made.meeting_code, "半年报路演", 45)
    assert (page.schedule_start_time, page.schedule_end_time) == (str(now - 2 * HOUR), str(now - HOUR))
    rows, sizes = list(page.participants), [len(page.participants)]
    while page.has_remaining:
        page = either.call("v1_meetings_meeting_id_participants_get", pos=str(page.next_pos), **asked)
        rows += page.participants
        sizes.append(len(page.participants))
    viewer = {"as": "oauth"} if either.kind == "token" else {}
    known = platform.get(f"rows/{made.meeting_id}", **viewer)
    assert sizes == [20, 20, 5]
    assert [{name: getattr(row, name) for name in FIELDS} for row in rows] == [
        {name: row[name] for name in FIELDS} for row in known
    ]
    assert base64.b64decode(rows[3].user_name).decode() == "张3"


def test_people_inside_are_listed_live(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now - 600)
    platform.post("play", meeting_id=made.meeting_id, people=people(platform, 12, None), end=False)
    asked = {"meeting_id": made.meeting_id, "page_size": "10", **either.asked}
    first = either.call("v1_meetings_meeting_id_real_time_participants_get", page="1", **asked)
    last = either.call("v1_meetings_meeting_id_real_time_participants_get", page="2", **asked)
    assert (first.total_count, first.total_page, first.current_size, last.current_size) == (12, 2, 10, 2)
    assert (first.status, base64.b64decode(first.subject).decode()) == ("MEETING_STATE_STARTED", "半年报路演")
    joined = [int(each.join_time) - (now - 600) for each in (*first.participants, *last.participants)]
    assert joined == list(range(12))
    rows = platform.get(f"rows/{made.meeting_id}")
    assert [each.app_version for each in first.participants] == [row["app_version"] for row in rows[:10]]


def test_a_person_has_one_temporary_id_in_a_meeting(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now - 600)
    asked = {"meeting_id": made.meeting_id, **either.asked}
    before = either.call("v1_meetings_meeting_id_ms_open_id_get", **asked)
    host = platform.organiser()
    stays = [{"join": 0, "leave": 60}]
    cast = [{"key": "h", "name": host["name"], "userid": host["userid"], "kind": "host", "stays": stays}]
    platform.post("play", meeting_id=made.meeting_id, people=cast)
    assert before.meeting_id == made.meeting_id
    assert [row["ms_open_id"] for row in platform.get(f"rows/{made.meeting_id}")] == [before.ms_open_id]
    other = book(either, now)
    again = either.call("v1_meetings_meeting_id_ms_open_id_get", **{**asked, "meeting_id": other.meeting_id})
    assert again.ms_open_id != before.ms_open_id
