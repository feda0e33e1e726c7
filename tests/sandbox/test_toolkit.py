"""The in-client app: bound to a meeting, opened by somebody, its signature and the phones it is given."""

import hashlib
from collections.abc import Iterator

import pytest

from tests.sandbox.hearing import Ear, listening
from tests.sandbox.room import HOUR, open_meeting, person, stay
from tests.sandbox.wire import Json, Keys, Platform, Token, tag

URL = "https://portal.example/in-client/?a=1"


@pytest.fixture
def ear(platform: Platform) -> Iterator[Ear]:
    with listening(platform) as ear:
        yield ear


def bound(platform: Platform, token: Token, made: str, **tool: object) -> Json:
    own = {"tool_appid": platform.app["corp_id"], "tool_sdkid": platform.app["sdk_id"], **tool}
    return {"userid": token.open_id, "instanceid": 1, "meeting_id": made, "tool_list": [own]}


def signature(app: Json, ticket: Json, nonce: str = "abc", url: str = URL) -> str:
    text = (
        f"corp_id={app['corp_id']}&sdk_id={app['sdk_id']}&timestamp={ticket['timestamp']}"
        f"&nonce_str={nonce}&url={url}&ticket={ticket['ticket']}"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def config(platform: Platform, ticket: Json, signed: str, **more: object) -> Json:
    wanted = {
        "sdk_id": platform.app["sdk_id"], "timestamp": ticket["timestamp"], "nonce_str": "abc", "url": URL,
        "signature": signed, **more,
    }
    return platform.post("client/config", wanted)


def test_apps_are_bound_and_read_back(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR)["meeting_id"]
    query = {"userid": token.open_id, "instanceid": 1, "meeting_id": made}
    assert platform.call(token, "GET", "/v1/app/unique-code", **query) == {"unique_code": ""}
    body = bound(platform, token, made, unique_code="meeting-7", enable_customer_data=1)
    assert platform.call(token, "POST", "/v1/app/toolkit", body | {"auto_open_sdkid": platform.app["sdk_id"]}) == {}
    read = platform.call(token, "GET", "/v1/app/toolkit", **query)
    assert read == {
        "tool_list": [{
            "tool_appid": platform.app["corp_id"], "tool_sdkid": platform.app["sdk_id"], "unique_code": "meeting-7",
            "visible_type": 0, "enable_customer_data": 1, "enable_add_robot": 0,
        }],
        "auto_open_sdkid": platform.app["sdk_id"], "toolbar_sdkid": "",
    }
    assert platform.call(token, "GET", "/v1/app/unique-code", **query) == {"unique_code": "meeting-7"}
    platform.call(token, "POST", "/v1/app/toolkit", bound(platform, token, made, unique_code="meeting-8"))
    assert platform.call(token, "GET", "/v1/app/unique-code", **query) == {"unique_code": "meeting-8"}


@pytest.mark.parametrize("tool", [
    {"unique_code": "x" * 129}, {"visible_type": 3}, {"enable_customer_data": True}, {"tool_sdkid": ""},
    {"visible_type": 2, "visible_list": "all"},
])
def test_a_faulty_binding_is_refused(platform: Platform, token: Token, now: int, tool: Json) -> None:
    made = platform.book(token, now, now + HOUR)["meeting_id"]
    assert platform.refused(token, "POST", "/v1/app/toolkit", bound(platform, token, made, **tool)) == (400, 190004)
    body = bound(platform, token, made)
    for bad in ({"tool_list": []}, {"tool_list": "x"}, {"toolbar_sdkid": "99"}, {"instanceid": None}):
        assert platform.refused(token, "POST", "/v1/app/toolkit", body | bad) == (400, 190004), bad


def test_only_the_creator_binds_apps(platform: Platform, token: Token, keys: Keys, now: int) -> None:
    made = platform.book(keys, now, now + HOUR)["meeting_id"]
    assert platform.refused(token, "POST", "/v1/app/toolkit", bound(platform, token, made)) == (403, 9042)


def test_a_signature_made_from_the_ticket_is_taken_once(platform: Platform, token: Token) -> None:
    ticket = platform.call(token, "GET", "/v1/jsapi/ticket")
    assert (ticket["expired_time"], ticket["timestamp"].isdigit()) == ("300", True)
    signed = signature(platform.app, ticket)
    assert config(platform, ticket, signed) == {"ok": True, "open_id": token.open_id}
    again = config(platform, ticket, signed)
    assert (again["ok"], "used before" in again["reason"]) == (False, True)


def test_the_documented_signature_example_holds() -> None:
    text = (
        "corp_id=12345&sdk_id=67890&timestamp=1622517702&nonce_str=abcde"
        "&url=https://www.test.com/search?a=1&b=2&ticket=ABCDEFXX"
    )
    app, ticket = {"corp_id": "12345", "sdk_id": "67890"}, {"timestamp": "1622517702", "ticket": "ABCDEFXX"}
    made = signature(app, ticket, "abcde", "https://www.test.com/search?a=1&b=2")
    assert made == hashlib.sha256(text.encode()).hexdigest()
    assert made == "9b467a116dae8a1f21dbb6a99bca1634ccd4003111f36572bf51c6b23c94c4ba"


def test_a_signature_for_another_page_user_or_time_is_not_taken(platform: Platform, token: Token) -> None:
    other = platform.token(platform.organiser(0, 3)["open_id"])
    for more in ({"url": URL + "2"}, {"url": URL + "#x"}, {"nonce_str": "abd"}, {"sdk_id": "1"}, {"signature": ""}):
        ticket = platform.call(token, "GET", "/v1/jsapi/ticket")
        assert config(platform, ticket, signature(platform.app, ticket), **more)["ok"] is False, more
    ticket = platform.call(token, "GET", "/v1/jsapi/ticket")
    assert config(platform, ticket, signature(platform.app, ticket), open_id=other.open_id)["ok"] is False
    platform.switch(ticket_seconds=0)
    ticket = platform.call(token, "GET", "/v1/jsapi/ticket")
    assert config(platform, ticket, signature(platform.app, ticket))["reason"] == "the ticket has ended"


def test_an_enterprise_gets_a_ticket_for_its_own_app(platform: Platform, keys: Keys) -> None:
    user = platform.organiser()
    ticket = platform.call(keys, "GET", "/v1/jsapi/ticket", userid=user["userid"])
    app = {"corp_id": keys.enterprise["app_id"], "sdk_id": keys.enterprise["sdk_id"]}
    done = config(platform, ticket, signature(app, ticket), sdk_id=app["sdk_id"])
    assert done == {"ok": True, "open_id": user["open_id"]}


def test_the_page_learns_who_opened_it_and_in_which_meeting(
    platform: Platform, token: Token, keys: Keys, ear: Ear, now: int
) -> None:
    staff = platform.staff()[0]
    guest = platform.token(staff["open_id"])
    made = open_meeting(platform, token, now, [])
    body = {"meeting_id": made, "customer_data": tag("A7"), **platform.actor(keys)}
    link = platform.call(keys, "POST", "/v1/meetings/customer-short-url", body)["meeting_short_url_customer_data"]
    people = [
        person("s", userid=staff["userid"], link=link["meeting_short_url"]), person("x"),
        person("web", stay(60, device=5)),
    ]
    platform.post("play", meeting_id=made, people=people, end=False)
    opened = platform.post("client/open", meeting_id=made, key="s")
    rows = {row["open_id"]: row for row in platform.participants(token, made)}
    assert opened["user"]["openId"] == guest.open_id
    assert (opened["user"]["msOpenId"], opened["user"]["roleType"]) == (rows[guest.open_id]["ms_open_id"], 3)
    assert (opened["meeting"]["meetingId"], opened["customer_data"]) == (made, "")
    assert platform.exchange(opened["auth_code"]).json()["data"]["open_id"] == guest.open_id
    platform.call(token, "POST", "/v1/app/toolkit", bound(platform, token, made, enable_customer_data=1))
    assert platform.post("client/open", meeting_id=made, key="s")["customer_data"] == tag("A7")
    stranger = platform.post("client/open", meeting_id=made, key="x")
    assert ("openId" in stranger["user"], stranger["auth_code"]) == (False, "")
    platform.post("client/close", meeting_id=made, key="x")
    log = [each["event"] for each in platform.get("events")["deliveries"] if each["event"].startswith("app.")]
    assert log[-4:] == ["app.open", "app.open", "app.open", "app.close"]
    answer = platform.session.post(
        f"{platform.url}/_sandbox/client/open", json={"meeting_id": made, "key": "web"}, timeout=10
    )
    assert answer.status_code == 400


def test_a_phone_token_gives_the_number_once_and_for_five_minutes(
    platform: Platform, token: Token, keys: Keys, now: int
) -> None:
    made = open_meeting(platform, token, now, [person("a", phone="13800000001")])
    read = "/v1/user/info/phonenumber"
    given = platform.post("client/phone", meeting_id=made, key="a")
    assert (given["code"], given["message"]) == (0, "success")
    assert platform.call(token, "GET", read, token=given["token"]) == {
        "phone_info": {"phone_number": "13800000001", "country_code": "86"}
    }
    assert platform.refused(token, "GET", read, token=given["token"]) == (400, 3507)
    assert platform.refused(token, "GET", read, token="made-up") == (400, 3507)
    assert platform.refused(token, "GET", read) == (400, 190004)
    platform.switch(phone_token_seconds=0)
    late = platform.post("client/phone", meeting_id=made, key="a")["token"]
    assert platform.refused(keys, "GET", read, token=late) == (400, 3507)


def test_a_phone_token_belongs_to_its_person(platform: Platform, token: Token, keys: Keys, now: int) -> None:
    staff = platform.staff()[0]
    own = platform.token(staff["open_id"])
    made = open_meeting(platform, token, now, [person("s", userid=staff["userid"])])
    read = "/v1/user/info/phonenumber"
    given = platform.post("client/phone", meeting_id=made, key="s")["token"]
    assert platform.refused(token, "GET", read, token=given) == (400, 3507), "another user's token"
    assert platform.call(own, "GET", read, token=given)["phone_info"]["country_code"] == "86"
    again = platform.post("client/phone", meeting_id=made, key="s")["token"]
    assert "phone_info" in platform.call(keys, "GET", read, token=again)


def test_reading_phones_needs_permission_and_patience(platform: Platform, token: Token, now: int) -> None:
    made = open_meeting(platform, token, now, [person("a", phone="13800000001")])
    tokens = [platform.post("client/phone", meeting_id=made, key="a")["token"] for _ in range(2)]
    read = "/v1/user/info/phonenumber"
    platform.switch(phone_permission=False)
    assert platform.refused(token, "GET", read, token=tokens[0]) == (400, 3501)
    platform.switch(phone_permission=True, phone_reads_per_minute=10_000)
    platform.call(token, "GET", read, token=tokens[0])
    platform.switch(phone_reads_per_minute=1)
    assert platform.refused(token, "GET", read, token=tokens[1]) == (400, 3506)
