"""Exclusive links, guests, invitees and the directory: what mostly needs the enterprise's own app."""

import base64
import json

import pytest

from tests.sandbox.wire import Json, Keys, Platform, Token, tag

HOUR = 3_600


@pytest.fixture
def made(platform: Platform, keys: Keys, now: int) -> Json:
    return platform.book(keys, now - HOUR, now + HOUR)


def link(platform: Platform, who: Keys, meeting_id: str, text: str, **more: object) -> Json:
    body = {"meeting_id": meeting_id, "customer_data": tag(text), **platform.actor(who), **more}
    return platform.call(who, "POST", "/v1/meetings/customer-short-url", body)[
        "meeting_short_url_customer_data"
    ]


def test_a_link_carries_its_tag_into_the_rows(platform: Platform, keys: Keys, made: Json) -> None:
    first = link(platform, keys, made["meeting_id"], "A001")
    assert first["customer_data"] == tag("A001")
    assert link(platform, keys, made["meeting_id"], "A001") == first
    stays = [{"join": 1, "leave": 50}]
    platform.post(
        "play",
        meeting_id=made["meeting_id"],
        end=False,
        people=[
            {"key": "a", "name": "甲", "link": first["meeting_short_url"], "stays": stays},
            {"key": "b", "name": "乙", "link": first["meeting_short_url"], "stays": stays},
            {"key": "c", "name": "丙", "link": "https://portal.example/own", "stays": stays},
        ],
    )
    tags = [row["customer_data"] for row in platform.participants(keys, made["meeting_id"])]
    assert tags == [tag("A001"), tag("A001"), ""]
    platform.switch(customer_data_returned="decoded")
    assert platform.participants(keys, made["meeting_id"])[0]["customer_data"] == "A001"


def test_a_link_opens_a_page_and_makes_nobody_present(platform: Platform, keys: Keys, made: Json) -> None:
    url = link(platform, keys, made["meeting_id"], "A001")["meeting_short_url"]
    for address, exclusive in ((url, True), (made["join_url"], False)):
        page = platform.session.get(address, timeout=10)
        assert (page.status_code, "季度路演" in page.text, "专属链接" in page.text) == (200, True, exclusive)
    assert platform.session.get(f"{platform.url}/dm/none", timeout=10).status_code == 404
    assert platform.get(f"rows/{made['meeting_id']}") == []


def test_links_are_listed_and_capped(platform: Platform, keys: Keys, made: Json) -> None:
    platform.switch(links_per_meeting=3)
    links = [link(platform, keys, made["meeting_id"], f"A{number}") for number in range(3)]
    body = {"meeting_id": made["meeting_id"], "customer_data": tag("A9"), **platform.actor(keys)}
    assert platform.refused(keys, "POST", "/v1/meetings/customer-short-url", body) == (500, 202005)
    listed = platform.call(
        keys, "GET", f"/v1/meetings/{made['meeting_id']}/customer-short-url", **platform.actor(keys)
    )
    assert listed["meeting_short_url_customer_data"] == links
    assert platform.get("ledger")["links_made"] == {made["meeting_id"]: 3}
    assert platform.get("switches")["links_per_meeting"]["default"] == 300


def test_a_repeated_tag_may_give_a_new_link(platform: Platform, keys: Keys, made: Json) -> None:
    platform.switch(repeated_link="new")
    urls = {link(platform, keys, made["meeting_id"], "A001")["meeting_short_url"] for _ in range(2)}
    assert len(urls) == 2


@pytest.mark.parametrize(
    "wrong", ["plain", base64.b64encode(b"[1]").decode(), tag("x" * 170), tag("中" * 60)]
)
def test_a_tag_must_be_small_base64_json(platform: Platform, keys: Keys, made: Json, wrong: str) -> None:
    body = {"meeting_id": made["meeting_id"], "customer_data": wrong, **platform.actor(keys)}
    assert platform.refused(keys, "POST", "/v1/meetings/customer-short-url", body) == (400, 190004)


def test_on_an_oauth_meeting_the_creator_must_be_named(
    platform: Platform, keys: Keys, token: Token, now: int
) -> None:
    theirs = platform.book(token, now, now + HOUR)["meeting_id"]
    assert link(platform, keys, theirs, "A1")["meeting_short_url"] != ""
    admin = {"operator_id": platform.organiser(0, 0)["userid"], "operator_id_type": 1}
    body = {"meeting_id": theirs, "customer_data": tag("A2"), **admin}
    assert platform.refused(keys, "POST", "/v1/meetings/customer-short-url", body) == (500, 9042)
    foreign = platform.keys(1)
    body["operator_id"] = platform.organiser(1, 2)["userid"]
    assert platform.refused(foreign, "POST", "/v1/meetings/customer-short-url", body) == (500, 9042)


def test_webinar_links_are_paged_and_may_make_guests(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.webinar(keys, now - HOUR, now + HOUR)
    actor = platform.actor(keys)
    for number in range(12):
        body = {
            "meeting_id": made["meeting_id"],
            "customer_data": tag(f"W{number}"),
            "is_webinar_guest": 1 + number % 2,
            **actor,
        }
        answer = platform.call(keys, "POST", "/v1/webinars/customer-short-url", body)[
            "webinar_short_url_customer_data"
        ]
    page = platform.call(
        keys, "GET", "/v1/webinars/customer-short-url", meeting_id=made["meeting_id"], page=2, **actor
    )
    assert (page["current_size"], page["total_count"], page["total_page"]) == (2, 12, 2)
    assert page["webinar_short_url_customer_data"][1] == answer
    guest = page["webinar_short_url_customer_data"][0]["webinar_short_url"]
    platform.post(
        "play",
        meeting_id=made["meeting_id"],
        end=False,
        people=[{"key": "g", "name": "嘉宾", "link": guest, "stays": [{"join": 0, "leave": 9}]}],
    )
    assert platform.participants(keys, made["meeting_id"])[0]["webinar_member_role"] == 3
    wrong = {"meeting_id": made["meeting_id"], "customer_data": tag("x"), **actor}
    assert platform.refused(keys, "POST", "/v1/meetings/customer-short-url", wrong) == (400, 202002)


def test_guests_are_replaced_as_a_whole(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR)
    path, who = f"/v1/guests/{made['meeting_id']}", {"userid": token.open_id, "instanceid": 1}
    guests = [
        {"area": "86", "phone_number": f"1380000000{number}", "guest_name": "客"} for number in range(3)
    ]
    platform.switch(empty_success_body=True)
    assert platform.send(token, "PUT", path, {**who, "guests": guests}).content == b""
    assert platform.call(token, "GET", path, **who)["guests"] == guests
    assert platform.refused(
        token, "PUT", path, {**who, "guests": [{"area": "0086", "phone_number": "1"}]}
    ) == (400, 190004)
    platform.call(token, "PUT", path, {**who, "guests": []})
    assert platform.call(token, "GET", path, **who)["guests"] == []


def test_webinar_guests_are_staff_or_outsiders(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.webinar(keys, now, now + HOUR)
    who = {"userid": platform.organiser()["userid"], "instanceid": 1}
    staff = platform.staff()[1]["userid"]
    outsider = {"guest_type": 2, "area": "86", "phone_number": "13800000001", "guest_name": "外宾"}
    path = f"/v1/webinars/{made['meeting_id']}/guests"
    platform.call(keys, "PUT", path, {**who, "guests": [{"guest_type": 1, "userid": staff}, outsider]})
    shown = platform.call(keys, "GET", "/v1/webinars/guests", meeting_id=made["meeting_id"], **who)["guests"]
    assert shown == [{"guest_type": 1, "userid": staff}, {**outsider, "email": ""}]
    stranger = {**who, "guests": [{"guest_type": 1, "userid": "nobody"}]}
    assert platform.refused(keys, "PUT", path, stranger) == (400, 190001)


def test_invitees_are_replaced_and_unknown_ones_named(platform: Platform, keys: Keys, made: Json) -> None:
    path, who = (
        f"/v1/meetings/{made['meeting_id']}/invitees",
        {"userid": platform.organiser()["userid"], "instanceid": 1},
    )
    staff = [user["userid"] for user in platform.staff()[:3]]
    wanted = [{"userid": userid} for userid in [*staff, "nobody"]]
    assert platform.call(keys, "PUT", path, {**who, "invitees": wanted}) == {
        "user_non_registered": ["nobody"]
    }
    shown = platform.call(keys, "GET", path, **who)
    assert ([row["userid"] for row in shown["invitees"]], shown["has_remaining"]) == (staff, False)


def test_the_directory_gives_all_members_in_both_styles(platform: Platform, keys: Keys) -> None:
    operator = {"operator_id": platform.organiser()["userid"], "operator_id_type": 1}
    everybody = [user["userid"] for user in platform.world["enterprises"][0]["users"]]
    listed: list[str] = []
    for page in range(1, -(-len(everybody) // 20) + 1):
        listed += [
            user["userid"]
            for user in platform.call(keys, "GET", "/v1/users/list", page=page, page_size=20, **operator)[
                "users"
            ]
        ]
    assert listed == everybody
    cursor, advanced = "", []
    while True:
        answer = platform.call(keys, "GET", "/v1/users/advance/list", pos=cursor, size=50, **operator)
        advanced += [user["userid"] for user in answer["users"]]
        if not answer["has_remaining"]:
            break
        cursor = answer["next_pos"]
    assert advanced == everybody
    one = platform.call(keys, "GET", f"/v1/users/{everybody[9]}", **operator)
    assert one["phone"].startswith("1990000")
    assert platform.refused(keys, "GET", "/v1/users/nobody", **operator) == (400, 20001)


def test_open_ids_of_the_own_enterprise_become_userids(platform: Platform, keys: Keys) -> None:
    own, foreign = platform.organiser(), platform.organiser(1)
    body = {
        **platform.actor(keys),
        "sdkid": platform.app["sdk_id"],
        "open_id_list": [own["open_id"], foreign["open_id"]],
    }
    answer = platform.call(keys, "POST", "/v1/users/open-id-to-userid", body)
    assert answer["userid_list"] == [{"open_id": own["open_id"], "userid": own["userid"]}]
    assert answer["invalid_open_id_list"] == [foreign["open_id"]]
    other_app = platform.call(keys, "POST", "/v1/users/open-id-to-userid", {**body, "sdkid": "1"})
    assert other_app["userid_list"] == []


def test_tags_in_these_tests_have_the_documented_shape() -> None:
    assert json.loads(base64.b64decode(tag("A001"))) == {"ver": "1.0", "userData": "A001"}
