"""Small oddities of the platform that a portal must survive: forced settings, ignored guests, tired lists."""

from tests.sandbox.room import HOUR, host, open_meeting, person
from tests.sandbox.wire import Json, Keys, Platform, Token

GUEST = {"area": "86", "phone_number": "13800000001", "guest_name": "贵宾"}


def settings(platform: Platform, who: Keys | Token, made: str) -> Json:
    query = platform.actor(who)
    return platform.call(who, "GET", f"/v1/meetings/{made}", **query)["meeting_info_list"][0]["settings"]


def test_an_enterprise_may_force_settings_and_says_which(platform: Platform, keys: Keys, now: int) -> None:
    wanted = {"auto_record_type": "none", "auto_asr": False, "allow_screen_shared_watermark": False}
    free = platform.book(keys, now, now + HOUR, settings=wanted)
    assert "corp_lock_mask" not in free["settings"]
    platform.switch(corp_lock_mask=1 + 4)
    made = platform.book(keys, now, now + HOUR, settings=wanted)
    shown = settings(platform, keys, made["meeting_id"])
    for each in (made["settings"], shown):
        assert (each["corp_lock_mask"], each["auto_record_type"]) == (5, "cloud")
        assert (each["allow_screen_shared_watermark"], each["auto_asr"]) == (True, False)


def test_guests_of_a_personal_user_are_ignored_without_a_word(platform: Platform, now: int) -> None:
    token = platform.token(platform.world["personal_user"]["open_id"])
    made = platform.book(token, now, now + HOUR, guests=[GUEST])["meeting_id"]
    body = {"userid": token.open_id, "instanceid": 1, "guests": [GUEST]}
    assert platform.call(token, "PUT", f"/v1/guests/{made}", body) == {}
    read = platform.call(token, "GET", f"/v1/guests/{made}", userid=token.open_id, instanceid=1)
    assert read["guests"] == []


def test_the_eleventh_edit_of_guests_succeeds_and_hides_the_meeting_from_them(
    platform: Platform, token: Token, now: int
) -> None:
    made = platform.book(token, now, now + HOUR, guests=[GUEST])["meeting_id"]
    body = {"userid": token.open_id, "instanceid": 1, "guests": [GUEST]}
    listed = []
    for _ in range(11):
        platform.call(token, "PUT", f"/v1/guests/{made}", body)
        listed.append(platform.get(f"truth/{made}")["guests_listed"])
    assert listed == [True] * 10 + [False]


def test_a_co_host_inside_may_read_who_is_there(platform: Platform, keys: Keys, now: int) -> None:
    staff, member = platform.staff()[4], platform.staff()[5]
    made = platform.book(keys, now - 900, now + HOUR)["meeting_id"]
    people = [
        host(platform), person("co", kind="co_host", userid=staff["userid"]), person("m", userid=member["userid"]),
    ]
    platform.post("play", meeting_id=made, people=people, end=False)
    path = f"/v1/meetings/{made}/real-time-participants"
    query = {"operator_id_type": 1, "page": 1, "page_size": 50}
    rows = platform.call(keys, "GET", path, operator_id=staff["userid"], **query)["participants"]
    assert [row["user_role"] for row in rows] == [3, 6, 0]
    assert platform.refused(keys, "GET", path, operator_id=member["userid"], **query) == (403, 9042)


def test_a_live_list_has_the_documented_fields(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [])
    path = f"/v1/meetings/{made}/real-time-participants"
    page = platform.call(token, "GET", path, **platform.actor(token))
    assert (page["schedule_start_time"], page["schedule_end_time"]) == (str(now - 900), str(now + HOUR))
    assert set(page["participants"][0]) == {
        "userid", "open_id", "ms_open_id", "user_name", "join_time", "instanceid", "user_role", "join_type",
        "app_version", "audio_state", "video_state", "screen_shared_state", "customer_data",
    }
    assert platform.refused(token, "GET", path, page_size=51, **platform.actor(token)) == (400, 190004)
