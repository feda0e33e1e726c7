"""Details of the platform's pages about bookings, lists, webinars, guests and enrolment, and doubts as switches."""

import base64
import time
from typing import Any

import pytest

from portal.sandbox.ledger import Ledger
from tests.sandbox.wire import Json, Keys, Platform, Token

HOUR, DAY = 3_600, 86_400
RULE = {"recurring_type": 0, "until_type": 1, "until_count": 3}


def body(token: Token, now: int, **fields: Any) -> Json:
    return {
        "userid": token.open_id, "instanceid": 1, "subject": "x", "type": 0,
        "start_time": str(now + HOUR), "end_time": str(now + 2 * HOUR), **fields,
    }


def read(platform: Platform, who: Token | Keys, meeting_id: str) -> Json:
    userid = who.open_id if isinstance(who, Token) else platform.organiser()["userid"]
    return platform.call(who, "GET", f"/v1/meetings/{meeting_id}", userid=userid, instanceid=1)["meeting_info_list"][0]


def series(platform: Platform, token: Token, now: int) -> Json:
    made = platform.book(token, now + HOUR, now + 2 * HOUR, meeting_type=1, recurring_rule=RULE)
    return read(platform, token, made["meeting_id"])


def change(platform: Platform, token: Token, meeting_id: str, **fields: Any) -> Json:
    wanted = {"userid": token.open_id, "instanceid": 1, **fields}
    return platform.call(token, "PUT", f"/v1/meetings/{meeting_id}", wanted)


@pytest.mark.parametrize(
    "fields",
    [{"meeting_type": 1}, {"meeting_type": 2}, {"location": "二" * 19}, {"host_key": "12345"},
     {"settings": {"auto_record_type": "tape"}}, {"subject": "x" * 513}, {"password": 1234}],
)
def test_a_booking_outside_the_documented_limits_is_refused(
    platform: Platform, token: Token, now: int, fields: Json
) -> None:
    assert platform.refused(token, "POST", "/v1/meetings", body(token, now, **fields)) == (400, 190004)


def test_a_letter_of_a_subject_may_count_twice(platform: Platform, token: Token, now: int) -> None:
    platform.switch(subject_letter_bytes=2)
    assert platform.refused(token, "POST", "/v1/meetings", body(token, now, subject="x" * 257)) == (400, 190004)
    platform.call(token, "POST", "/v1/meetings", body(token, now, subject="会" * 170))
    webinar = body(token, now, subject="x" * 256, admission_type=0)
    assert platform.refused(token, "POST", "/v1/webinars", webinar) == (400, 190004)
    platform.call(token, "POST", "/v1/webinars", webinar | {"subject": "会" * 255})


def test_only_so_many_series_may_live(platform: Platform, now: int) -> None:
    token = platform.token(platform.organiser(1, 3)["open_id"])
    platform.switch(live_series_most=1)
    made = series(platform, token, now)
    again = body(token, now, meeting_type=1, recurring_rule=RULE)
    assert platform.refused(token, "POST", "/v1/meetings", again) == (500, 9098)
    cancel = {"userid": token.open_id, "instanceid": 1, "reason_code": 0, "meeting_type": 1}
    platform.call(token, "POST", f"/v1/meetings/{made['meeting_id']}/cancel", cancel)
    platform.call(token, "POST", "/v1/meetings", again)


def test_an_instant_meeting_cannot_be_changed(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR, type=1)["meeting_id"]
    wanted = {"userid": token.open_id, "instanceid": 1, "subject": "y"}
    assert platform.refused(token, "PUT", f"/v1/meetings/{made}", wanted) == (400, 190004)


def test_hosts_of_a_change_must_contain_the_creator(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now + HOUR, now + 2 * HOUR)["meeting_id"]
    other = platform.organiser(0, 3)["open_id"]
    wanted = {"userid": token.open_id, "instanceid": 1, "hosts": [{"userid": other}]}
    assert platform.refused(token, "PUT", f"/v1/meetings/{made}", wanted) == (400, 190004)
    change(platform, token, made, hosts=[{"userid": token.open_id}, {"userid": other}])
    assert [host["userid"] for host in read(platform, token, made)["hosts"]] == [token.open_id, other]
    change(platform, token, made, hosts=[])
    assert [host["userid"] for host in read(platform, token, made)["hosts"]] == [token.open_id]


def test_invitees_are_replaced_unless_they_are_added_or_removed(platform: Platform, token: Token, now: int) -> None:
    first, second = ({"userid": user["open_id"]} for user in platform.staff()[:2])
    made = platform.book(token, now + HOUR, now + 2 * HOUR, invitees=[first])["meeting_id"]

    def invited() -> list[str]:
        return [person["userid"] for person in read(platform, token, made)["participants"]]

    change(platform, token, made, invitees=[second], invitees_operate_type=1)
    assert invited() == [first["userid"], second["userid"]]
    change(platform, token, made, invitees=[first], invitees_operate_type=2)
    assert invited() == [second["userid"]]
    change(platform, token, made, invitees=[first])
    assert invited() == [first["userid"]]


def test_live_settings_and_current_hosts_are_the_creators(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - 60, now + HOUR, enable_live=True, live_config={"live_subject": "s"})["meeting_id"]
    host = platform.organiser()
    people = [{"key": "h", "name": host["name"], "kind": "host", "userid": host["userid"],
               "stays": [{"join": 0, "leave": None}]}]
    platform.post("play", meeting_id=made, people=people, end=False)
    own = read(platform, keys, made)
    assert (own["enable_live"], [each["userid"] for each in own["current_hosts"]]) == (True, [host["userid"]])
    admin = platform.call(
        keys, "GET", f"/v1/meetings/{made}", userid=platform.organiser(0, 0)["userid"], instanceid=1
    )["meeting_info_list"][0]
    assert {"enable_live", "live_config", "hosts", "current_hosts", "current_co_hosts", "password"} & set(admin) == set()


def test_a_code_is_recycled_thirty_days_after_the_scheduled_start(platform: Platform, token: Token, now: int) -> None:
    long = platform.book(token, now - 31 * DAY, now - DAY)["meeting_id"]
    short = platform.book(token, now - 29 * DAY, now - 28 * DAY)["meeting_id"]
    assert read(platform, token, long)["status"] == "MEETING_STATE_RECYCLED"
    assert read(platform, token, short)["status"] == "MEETING_STATE_NULL"


def test_one_occurrence_can_be_cancelled_while_another_runs(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - 60, now + HOUR, meeting_type=1, recurring_rule=RULE)["meeting_id"]
    subs = [each["sub_meeting_id"] for each in read(platform, token, made)["sub_meetings"]]
    people = [{"key": "a", "name": "甲", "stays": [{"join": 0, "leave": None}]}]
    platform.post("play", meeting_id=made, sub_meeting_id=subs[0], people=people, end=False)
    cancel = {"userid": token.open_id, "instanceid": 1, "reason_code": 0, "sub_meeting_id": subs[0]}
    path = f"/v1/meetings/{made}/cancel"
    assert platform.refused(token, "POST", path, cancel) == (500, 13602)
    platform.call(token, "POST", path, cancel | {"sub_meeting_id": subs[1]})


def test_an_emptied_series_is_cancelled_or_waits(platform: Platform, token: Token, now: int) -> None:
    for value, status in (("cancelled", "MEETING_STATE_CANCELLED"), ("waiting", "MEETING_STATE_INIT")):
        platform.switch(emptied_series=value)
        made = series(platform, token, now)
        for each in made["sub_meetings"]:
            cancel = {
                "userid": token.open_id, "instanceid": 1, "reason_code": 0, "sub_meeting_id": each["sub_meeting_id"],
            }
            platform.call(token, "POST", f"/v1/meetings/{made['meeting_id']}/cancel", cancel)
        assert read(platform, token, made["meeting_id"])["status"] == status


def test_a_moved_occurrence_keeps_its_id_or_takes_its_new_start(platform: Platform, token: Token, now: int) -> None:
    for value in ("same", "start"):
        platform.switch(moved_occurrence_id=value, sub_meeting_times="text")
        made = series(platform, token, now)
        old, start = made["sub_meetings"][1]["sub_meeting_id"], str(now + 30 * HOUR)
        change(
            platform, token, made["meeting_id"], meeting_type=1, recurring_rule={"sub_meeting_id": old},
            start_time=start, end_time=str(now + 31 * HOUR),
        )
        moved = read(platform, token, made["meeting_id"])["sub_meetings"][1]
        assert (moved["start_time"], moved["sub_meeting_id"]) == (start, old if value == "same" else start)


def test_dismissal_takes_the_temporary_id_of_a_host(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - 60, now + HOUR)["meeting_id"]
    people = [
        {"key": "h", "name": "主", "kind": "host", "stays": [{"join": 0, "leave": None}]},
        {"key": "a", "name": "甲", "stays": [{"join": 0, "leave": None}]},
    ]
    platform.post("play", meeting_id=made, people=people, end=False)
    ids = {person["key"]: person["ms_open_ids"][0] for person in platform.get(f"truth/{made}")["people"]}
    dismiss = {"operator_id_type": 4, "instanceid": 1, "reason_code": 0}
    path = f"/v1/meetings/{made}/dismiss"
    assert platform.refused(token, "POST", path, dismiss | {"operator_id": ids["a"]}) == (403, 9042)
    platform.call(token, "POST", path, dismiss | {"operator_id": ids["h"]})
    assert platform.refused(token, "POST", path, dismiss | {"operator_id": ids["h"]}) == (403, 9042), "nobody is inside"


def listed_of(platform: Platform, token: Token, **query: Any) -> set[str]:
    page = platform.call(token, "GET", "/v1/meetings", userid=token.open_id, instanceid=1, **query)
    return {each["meeting_id"] for each in page["meeting_info_list"]}


def test_the_list_begins_today_and_shows_webinars_by_switch_only(platform: Platform, now: int) -> None:
    token = platform.token(platform.organiser(1, 4)["open_id"])
    platform.switch(webinars_in_list=True)
    before = listed_of(platform, token, pos=1)
    platform.switch(webinars_in_list=False)
    old = platform.book(token, now - 3 * DAY, now + HOUR)["meeting_id"]
    coming = platform.book(token, now + HOUR, now + 2 * HOUR)["meeting_id"]
    webinar = platform.webinar(token, now + HOUR, now + 2 * HOUR)["meeting_id"]

    def listed(**query: Any) -> set[str]:
        return listed_of(platform, token, **query) - before

    assert listed(pos=0) == listed() == {coming}
    assert listed(pos=1) == {old, coming}
    platform.switch(webinars_in_list=True)
    assert listed() == {coming, webinar}


def test_history_holds_what_was_attended_not_what_was_looked_up(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now - 2 * HOUR, now - HOUR)["meeting_id"]
    person = platform.staff()[5]

    def attended() -> bool:
        page = platform.call(keys, "GET", f"/v1/history/meetings/{person['userid']}", page=1, page_size=20)
        return made in {each["meeting_id"] for each in page["meeting_info_list"]}

    query = {"operator_id": person["userid"], "operator_id_type": 1}
    platform.call(keys, "GET", f"/v1/meetings/{made}/ms-open-id", **query)
    assert attended() is False
    people = [{"key": "s", "name": person["name"], "userid": person["userid"], "stays": [{"join": 0, "leave": 60}]}]
    platform.post("play", meeting_id=made, people=people)
    assert attended() is True


def test_the_zone_may_have_another_name_and_spelling(platform: Platform, token: Token, now: int) -> None:
    fields = {"time_zone": "Asia/Tokyo", "timezone": "Europe/Paris"}
    for name, zone in (("time_zone", "Asia/Tokyo"), ("timezone", "Europe/Paris"), ("both", "Asia/Tokyo")):
        platform.switch(time_zone_name=name, time_zone_returned="plain")
        made = platform.book(token, now + HOUR, now + 2 * HOUR, **fields)["meeting_id"]
        assert read(platform, token, made)["time_zone"] == zone
    platform.switch(time_zone_returned="base64")
    assert base64.b64decode(read(platform, token, made)["time_zone"]).decode() == "Asia/Tokyo"


def test_webinars_follow_their_own_page(platform: Platform, token: Token, now: int) -> None:
    open_to_all = platform.webinar(token, now + 60, now + HOUR, admission_type=0, password="1234")
    assert (open_to_all["password"], platform.webinar(token, now + 60, now + HOUR, admission_type=2, password="1234")[
        "password"]) == ("", "1234")
    bad = body(token, now, admission_type=0, sensitive_words=["x" * 11])
    assert platform.refused(token, "POST", "/v1/webinars", bad) == (400, 190004)
    query = {"userid": token.open_id, "instanceid": 1}

    def status() -> str:
        return platform.call(token, "GET", "/v1/webinars", meeting_id=open_to_all["meeting_id"], **query)["status"]

    assert status() == "MEETING_STATE_INIT"
    platform.switch(webinar_about_to_start_seconds=600)
    assert status() == "MEETING_STATE_ABOUT_TO_START"


def test_guests_of_a_webinar_are_found_by_code_and_replaced_or_appended(
    platform: Platform, token: Token, now: int
) -> None:
    made = platform.webinar(token, now + HOUR, now + 2 * HOUR)

    def put(name: str) -> list[str]:
        guest = {"guest_type": 2, "area": "86", "phone_number": "13800000001", "guest_name": name}
        wanted = {"userid": token.open_id, "instanceid": 1, "guests": [guest]}
        platform.call(token, "PUT", f"/v1/webinars/{made['meeting_id']}/guests", wanted)
        query = {"userid": token.open_id, "instanceid": 1, "meeting_code": made["meeting_code"]}
        return [each["guest_name"] for each in platform.call(token, "GET", "/v1/webinars/guests", **query)["guests"]]

    assert [put("甲"), put("乙")] == [["甲"], ["乙"]]
    platform.switch(webinar_guests_put="append")
    assert put("丙") == ["乙", "丙"]


def enrolments(platform: Platform, token: Token, meeting_id: str) -> list[Json]:
    page = platform.call(
        token, "GET", f"/v1/meetings/{meeting_id}/enroll/approvals", page=1, page_size=50, **platform.actor(token)
    )
    return page.get("enroll_list", [])


def test_registrations_carry_the_ids_of_known_accounts(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - HOUR, now + HOUR, enable_enroll=True)["meeting_id"]
    platform.switch(import_drop_every=0)
    authorised, other = platform.organiser(0, 3), platform.staff()[0]
    platform.token(authorised["open_id"])
    rows = [{"userid": authorised["userid"]}, {"userid": other["userid"]}, {"area": "86", "phone_number": "13800000001"}]
    imported = platform.actor(token) | {"enroll_list": rows}
    platform.call(token, "POST", f"/v1/meetings/{made}/enroll/import", imported)
    first, second, third = enrolments(platform, token, made)
    assert (first["open_id"], second["open_id"], third["open_id"]) == (authorised["open_id"], "", "")
    assert (bool(first["ms_open_id"]), bool(second["ms_open_id"]), third["ms_open_id"]) == (True, True, "")
    assert (first["userid"], second["userid"]) == ("", "")
    platform.switch(approvals_userid_under_oauth=True, ms_open_id_of_unknown_phone=True)
    first, second, third = enrolments(platform, token, made)
    assert (first["userid"], second["userid"], third["userid"]) == (authorised["userid"], other["userid"], "")
    assert third["ms_open_id"] != ""


def test_decisions_have_a_batch_and_an_end(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - 2 * HOUR, now - HOUR, enable_enroll=True)["meeting_id"]
    rows = [{"area": "86", "phone_number": f"138000000{number:02d}"} for number in range(3)]
    imported = platform.actor(token) | {"enroll_list": rows}
    platform.call(token, "POST", f"/v1/meetings/{made}/enroll/import", imported)
    ids = [each["enroll_id"] for each in enrolments(platform, token, made)]
    path, wanted = f"/v1/meetings/{made}/enroll/approvals", platform.actor(token) | {"action": 2}
    platform.switch(approvals_batch=2)
    assert platform.refused(token, "PUT", path, wanted | {"enroll_id_list": ids}) == (400, 190004)
    assert platform.call(token, "PUT", path, wanted | {"enroll_id_list": ids[:2]})["handled_count"] == 2
    platform.post("bulk", meeting_id=made, rows=5)
    assert platform.refused(token, "PUT", path, wanted | {"enroll_id_list": ids[:2]}) == (500, 129)
    platform.switch(ended_refuses_approvals=False)
    platform.call(token, "PUT", path, wanted | {"enroll_id_list": ids[:2]})


def test_the_form_keeps_its_limits(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now + HOUR, now + 2 * HOUR, enable_enroll=True)["meeting_id"]
    path, base = f"/v1/meetings/{made}/enroll/config", platform.actor(token)
    for fields in ({"enroll_description": "x" * 5_001}, {"cover_image": ["http://x"] * 6}, {"enroll_number": 0}):
        assert platform.refused(token, "PUT", path, base | fields) == (400, 190004)
    platform.call(token, "PUT", path, base | {"cover_image": ["https://example.com/a.png"]})
    assert len(platform.call(token, "GET", path, **base)["cover_image"]) == 1
    platform.call(token, "PUT", path, base | {"cover_image": [""]})
    assert platform.call(token, "GET", path, **base)["cover_image"] == []
    platform.switch(questions_most=1)
    questions = [{"special_type": kind, "is_required": 2} for kind in (2, 4)]
    assert platform.refused(token, "PUT", path, base | {"question_list": questions}) == (400, 190004)


def test_participants_may_lack_their_total_or_spell_the_address_otherwise(
    platform: Platform, keys: Keys, now: int
) -> None:
    made = platform.book(keys, now - 60, now + HOUR)["meeting_id"]
    people = [{"key": "a", "name": "甲", "stays": [{"join": 0, "leave": None}]}]
    platform.post("play", meeting_id=made, people=people, end=False)
    path, userid = f"/v1/meetings/{made}/participants", platform.organiser()["userid"]
    plain = platform.call(keys, "GET", path, userid=userid)
    assert (plain["total_count"], plain["participants"][0]["ip"]) == (1, "192.0.2.17")
    platform.switch(participants_total=False, network_key="IP", participants_by_operator=False)
    odd = platform.call(keys, "GET", path, userid=userid)
    assert ("total_count" in odd, odd["participants"][0]["IP"], "ip" in odd["participants"][0]) == (
        False, "192.0.2.17", False,
    )
    assert platform.refused(keys, "GET", path, operator_id=userid, operator_id_type=1) == (400, 190004)


def test_every_call_is_kept_and_can_be_asked_for(platform: Platform, keys: Keys, token: Token) -> None:
    stamp = token.headers(str(next(Platform.nonces)), str(int(time.time())))
    for _ in range(2):
        platform.session.get(
            f"{platform.url}/v1/users/info/basic", params={"operator_id": token.open_id, "operator_id_type": 2},
            headers={"Content-Type": "application/json", **stamp}, timeout=10,
        )
    platform.send(keys, "GET", "/v1/nothing")
    good, replayed = platform.get("calls", identity=token.open_id)
    assert (good["status"], good["kind"], good["nonce_reused"]) == (200, "user", False)
    assert (replayed["status"], replayed["error_code"], replayed["nonce_reused"]) == (400, 190301, True)
    assert [each["identity"] for each in platform.get("calls", error_code=200004)] == [keys.enterprise["app_id"]]
    assert len(platform.get("calls", most=1)) == 1
    assert platform.get("ledger")["nonces_reused"] == 1


def test_the_truth_of_all_meetings_can_be_read_at_once(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now - HOUR, now - 60)["meeting_id"]
    platform.post("bulk", meeting_id=made, rows=3)
    assert platform.get("truth", meeting_id=made)[made][""] == platform.get(f"truth/{made}")
    assert platform.get("truth")[made][""]["rows"] == 3


def test_reused_nonces_are_counted_exactly_over_many_calls() -> None:
    ledger = Ledger()
    began = time.process_time()
    told = [ledger.note_nonce(f"app|{number % 99_000}") for number in range(100_000)]
    assert (ledger.nonces_reused, told.index(True)) == (1_000, 99_000)
    assert time.process_time() - began < 2
