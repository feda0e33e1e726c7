"""Meetings through the SDK: made, read, listed, changed, cancelled, ended, with what the sandbox answers."""

import base64

from tests.conformance.booking import DAY, HOUR, book, planned, read
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform

SERIES = 1


def test_a_meeting_is_made_with_what_was_asked(either: Witness, platform: Platform, now: int) -> None:
    guest = {"area": "86", "phone_number": "13800000017", "guest_name": "王嘉宾"}
    settings = {"auto_in_waiting_room": True, "mute_enable_type_join": 1, "change_nickname": 2}
    body = planned(either, now + DAY, password="4711", settings=settings, guests=[guest])
    answer = either.call("v1_meetings_post", body=body)
    made = answer.meeting_info_list[0]
    assert (answer.meeting_number, made.subject, made.password) == (1, "半年报路演", "4711")
    assert (made.start_time, made.end_time) == (str(now + DAY), str(now + DAY + HOUR))
    assert [host.userid for host in made.hosts] == [either.user]
    held = made.settings
    assert (held.auto_in_waiting_room, held.mute_enable_type_join, held.change_nickname) == (True, 1, 2)
    known = next(each for each in platform.get("meetings") if each["meeting_id"] == made.meeting_id)
    assert (known["meeting_code"], known["subject"]) == (made.meeting_code, made.subject)

    asked = {"meeting_id": made.meeting_id, "instanceid": "1", **either.asked}
    answer = either.call("v1_meetings_meeting_id_get", **asked)
    shown = answer.meeting_info_list[0]
    assert (answer.meeting_number, shown.meeting_code, shown.join_url) == (1, made.meeting_code, made.join_url)
    assert (shown.status, shown.type, shown.meeting_type) == ("MEETING_STATE_INIT", 0, 0)
    assert [vars(each) for each in shown.guests] == [guest]
    # 42418: the zone is plain when sent and base64 when read.
    assert base64.b64decode(shown.time_zone) == b"Asia/Shanghai"


def test_people_unknown_to_the_enterprise_are_named_not_refused(
    keys: Witness, platform: Platform, now: int
) -> None:
    staff = platform.staff()[0]["userid"]
    made = book(keys, now + DAY, invitees=[{"userid": staff}, {"userid": "nobody"}])
    assert [each.userid for each in made.participants] == [staff]
    assert made.user_non_registered == ["nobody"]


def test_a_host_key_is_given_shown_to_the_creator_and_changed(either: Witness, now: int) -> None:
    made = book(either, now + DAY, enable_host_key=True)
    assert (len(made.host_key), made.host_key.isdecimal()) == (6, True)
    assert read(either, made.meeting_id).host_key == made.host_key
    body = {"userid": either.user, "instanceid": 1, "host_key": "471147"}
    answer = either.call("v1_meetings_meeting_id_put", meeting_id=made.meeting_id, body=body)
    assert answer.meeting_info_list[0].host_key == "471147"
    assert read(either, made.meeting_id).host_key == "471147"


def test_an_administrator_learns_of_a_password_but_not_which(keys: Witness, platform: Platform, now: int) -> None:
    made = book(keys, now + DAY, password="4711")
    asked = {"operator_id": platform.organiser(0, 0)["userid"], "operator_id_type": "1", "instanceid": "1"}
    shown = keys.call("v1_meetings_meeting_id_get", meeting_id=made.meeting_id, **asked).meeting_info_list[0]
    assert (shown.need_password, shown.password, shown.hosts, shown.guests) == (True, None, None, None)
    assert read(keys, made.meeting_id).need_password is None


def test_a_meeting_is_found_by_its_code(either: Witness, now: int) -> None:
    made = book(either, now + DAY)
    answer = either.call("v1_meetings_get", userid=either.user, instanceid="1", meeting_code=made.meeting_code)
    assert [each.meeting_id for each in answer.meeting_info_list] == [made.meeting_id]


def test_the_list_of_coming_meetings_is_paged_by_both_cursors(either: Witness, now: int) -> None:
    made = {book(either, now + DAY + number).meeting_id for number in range(23)}
    asked = {"userid": either.user, "instanceid": "1"}
    first = either.call("v1_meetings_get", **asked)
    assert (len(first.meeting_info_list), first.remaining > 0) == (20, True)
    seen, page = {each.meeting_id for each in first.meeting_info_list}, first
    while page.remaining:
        cursor = {"pos": str(page.next_pos), "cursory": str(page.next_cursory)}
        page = either.call("v1_meetings_get", **asked, **cursor)
        seen |= {each.meeting_id for each in page.meeting_info_list}
    assert made - seen == set()
    assert {each.join_meeting_role for each in first.meeting_info_list} == {"creator"}


def test_a_meeting_that_was_held_is_in_the_history(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now - 2 * HOUR)
    stays = [{"join": 0, "leave": 600}]
    platform.post("play", meeting_id=made.meeting_id, people=[{"key": "a", "name": "张三", "stays": stays}])
    window = {"start_time": str(now - 2 * HOUR), "end_time": str(now)}
    asked = {"userid": either.user, "page": "1", "page_size": "20", "meeting_code": made.meeting_code}
    answer = either.call("v1_history_meetings_userid_get", **asked, **window)
    past = answer.meeting_info_list[0]
    assert (answer.total_count, answer.total_page, answer.current_page, answer.current_size) == (1, 1, 1, 1)
    assert (past.meeting_id, past.start_time, past.end_time) == (made.meeting_id, now - 2 * HOUR, now - HOUR)


def test_a_change_keeps_what_it_does_not_name(either: Witness, now: int) -> None:
    made = book(either, now + DAY, password="4711")
    body = {"userid": either.user, "instanceid": 1, "subject": "改期", "settings": {"only_user_join_type": 2}}
    answer = either.call("v1_meetings_meeting_id_put", meeting_id=made.meeting_id, body=body)
    changed = answer.meeting_info_list[0]
    assert (changed.meeting_id, changed.meeting_code) == (made.meeting_id, made.meeting_code)
    assert (changed.settings.only_user_join_type, changed.settings.change_nickname) == (2, 1)
    shown = read(either, made.meeting_id)
    assert (shown.subject, shown.password, shown.start_time) == ("改期", "4711", str(now + DAY))


def test_a_series_is_changed_whole_and_by_one_occurrence(either: Witness, now: int) -> None:
    start = now + DAY
    rule = {"recurring_type": 0, "until_type": 1, "until_count": 4}
    made = book(either, start, meeting_type=SERIES, recurring_rule=rule)
    shown = read(either, made.meeting_id)
    assert (shown.meeting_type, shown.remain_sub_meetings, shown.recurring_rule.until_count) == (1, 4, 4)
    subs = shown.sub_meetings
    # Numbers, as 42418 shows them, where the SDK says text.
    assert [each.start_time for each in subs] == [start + number * DAY for number in range(4)]
    assert shown.current_sub_meeting_id == subs[0].sub_meeting_id

    one = {"sub_meeting_id": subs[1].sub_meeting_id}
    moved = {"start_time": str(start + DAY + 900), "end_time": str(start + DAY + 900 + HOUR)}
    body = {"userid": either.user, "instanceid": 1, "meeting_type": SERIES, "recurring_rule": one, **moved}
    either.call("v1_meetings_meeting_id_put", meeting_id=made.meeting_id, body=body)
    assert read(either, made.meeting_id).sub_meetings[1].start_time == start + DAY + 900

    cancelled = {"userid": either.user, "instanceid": 1, "reason_code": 0, **one}
    either.call("v1_meetings_meeting_id_cancel_post", meeting_id=made.meeting_id, body=cancelled)
    after = read(either, made.meeting_id)
    assert (after.remain_sub_meetings, [each.status for each in after.sub_meetings]) == (3, [0, 1, 0, 0])

    whole = {"userid": either.user, "instanceid": 1, "reason_code": 0, "meeting_type": SERIES}
    either.call("v1_meetings_meeting_id_cancel_post", meeting_id=made.meeting_id, body=whole)
    assert read(either, made.meeting_id).status == "MEETING_STATE_CANCELLED"


def test_a_running_meeting_is_ended(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now - 600)
    people = [{"key": "a", "name": "张三", "stays": [{"join": 0, "leave": None}]}]
    platform.post("play", meeting_id=made.meeting_id, people=people, end=False)
    assert read(either, made.meeting_id).status == "MEETING_STATE_STARTED"
    body = {**either.operator, "instanceid": 1, "reason_code": 1, "force_dismiss_meeting": 1}
    either.call("v1_meetings_meeting_id_dismiss_post", meeting_id=made.meeting_id, body=body)
    truth = platform.get(f"truth/{made.meeting_id}")
    assert truth["window"]["ended"] >= now
    assert [row["left_time"] != "" for row in platform.get(f"rows/{made.meeting_id}")] == [True]


def test_invitees_are_replaced_and_read(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now + DAY)
    invited = platform.staff()[1:4]
    ids = [each["open_id" if either.kind == "token" else "userid"] for each in invited]
    listed = [{"userid": each} for each in (*ids, "nobody")]
    body = {"userid": either.user, "instanceid": 1, "invitees": listed}
    answer = either.call("v1_meetings_meeting_id_invitees_put", meeting_id=made.meeting_id, body=body)
    assert answer.user_non_registered == ["nobody"]
    asked = {"meeting_id": made.meeting_id, "userid": either.user, "instanceid": "1"}
    answer = either.call("v1_meetings_meeting_id_invitees_get", **asked)
    assert (answer.has_remaining, [each.userid for each in answer.invitees]) == (False, ids)
    assert [each.nick_name for each in answer.invitees] == [each["name"] for each in invited]


def test_guests_are_replaced_and_read(either: Witness, now: int) -> None:
    made = book(either, now + DAY)
    guests = [{"area": "86", "phone_number": f"1380000{number:04d}", "guest_name": "客"} for number in range(3)]
    body = {"userid": either.user, "instanceid": 1, "guests": guests}
    either.call("v1_guests_meeting_id_put", meeting_id=made.meeting_id, body=body)
    asked = {"meeting_id": made.meeting_id, "userid": either.user, "instanceid": "1"}
    answer = either.call("v1_guests_meeting_id_get", **asked)
    assert (answer.meeting_id, answer.meeting_code, answer.subject) == (
        made.meeting_id, made.meeting_code, made.subject,
    )  # fmt: skip
    assert [vars(each) for each in answer.guests] == guests
