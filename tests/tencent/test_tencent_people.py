"""Links, guests, callers and the directory: what is sent, what is read, in which portions."""

from typing import Any

import pytest

from portal.tencent import directory, guests, links, pstn, wire
from portal.tencent.client import Client
from portal.tencent.errors import AnswerLost, NotAllowed, Refused, TryAgain

ALICE = {"operator_id": "openidofalice00000000000000a", "operator_id_type": 2, "instanceid": 1}
BOSS = {"operator_id": "operator1", "operator_id_type": 1}


def test_a_link_carries_its_tag(platform: Any, key_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    made = {"customer_data": packed, "meeting_short_url": "https://meeting.example/dm/1"}
    platform.answers({"meeting_short_url_customer_data": made})
    link = links.create(key_client, "5", kind="meetings", tag="row-1")
    assert link == links.Link(packed, "row-1", "https://meeting.example/dm/1", None)
    assert platform.last.path == "/v1/meetings/customer-short-url"
    assert platform.last.json == {**BOSS, "meeting_id": "5", "customer_data": packed}


def test_a_webinar_link_says_as_what_and_when_one_enters(platform: Any, key_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    made = {"customer_data": packed, "webinar_short_url": "https://w", "is_webinar_guest": 1}
    platform.answers({"webinar_short_url_customer_data": made})
    link = links.create(key_client, "5", kind="webinars", tag="row-1", as_guest=True, at_once=False)
    assert (link.url, link.is_webinar_guest) == ("https://w", 1)
    chosen = {"instanceid": 1, "is_webinar_guest": 1, "is_join_meeting": 2}
    assert platform.last.json == {**BOSS, "meeting_id": "5", "customer_data": packed, **chosen}


@pytest.mark.parametrize("reply", [{"drop": True}, {"body": b"{}"}, {"body": b""}])
def test_a_link_is_never_made_twice(platform: Any, key_client: Client, reply: dict[str, Any]) -> None:
    platform.does(**reply)
    with pytest.raises(AnswerLost):
        links.create(key_client, "5", kind="meetings", tag="row-1")
    assert len(platform.seen) == 1


@pytest.mark.parametrize(
    "made",
    [
        {"customer_data": "row-1"},
        {"customer_data": "another", "meeting_short_url": "https://1"},
    ],
)
def test_a_link_without_address_or_of_somebody_else_is_given_to_nobody(
    platform: Any, key_client: Client, made: dict[str, str]
) -> None:
    platform.answers({"meeting_short_url_customer_data": made})
    with pytest.raises(AnswerLost):
        links.create(key_client, "5", kind="meetings", tag="row-1")


def test_too_many_links_and_the_wrong_credential_are_told_apart(
    platform: Any, key_client: Client, oauth_client: Client
) -> None:
    platform.refuses(202005)
    platform.refuses(190325, status=400)
    with pytest.raises(Refused) as many:
        links.create(key_client, "5", kind="meetings", tag="a")
    with pytest.raises(NotAllowed) as wrong:
        links.create(oauth_client, "5", kind="meetings", tag="a")
    assert (many.value.reason, wrong.value.reason) == ("too_many_links", "credential_kind")


def test_links_of_a_meeting_come_at_once_and_of_a_webinar_in_pages(platform: Any, key_client: Client) -> None:
    listed = [{"customer_data": "test", "meeting_short_url": "https://1"}]
    platform.answers(
        {"meeting_short_url_customer_data": listed},
        {"webinar_short_url_customer_data": [{"customer_data": "a", "webinar_short_url": "https://a"}], "total_page": 2},
        {"webinar_short_url_customer_data": [{"customer_data": "b", "webinar_short_url": "https://b"}], "total_page": 2},
    )
    assert list(links.list_all(key_client, "5", kind="meetings")) == [
        links.Link("test", "test", "https://1", None)
    ]
    assert [link.tag for link in links.list_all(key_client, "5", kind="webinars")] == ["a", "b"]
    assert platform.seen[0].path == "/v1/meetings/5/customer-short-url"
    assert (platform.last.path, platform.last.query["page"]) == ("/v1/webinars/customer-short-url", "2")


def test_guests_who_came_by_link_are_not_sent_back(platform: Any, oauth_client: Client) -> None:
    platform.answers({"guests": [{"guest_type": 3, "guest_name": "甲"}, {"guest_type": 1, "userid": "bob"}]})
    listed = guests.read(oauth_client, "5", kind="webinars")
    guests.replace(oauth_client, "5", kind="webinars", guests=listed)
    assert platform.last.json["guests"] == [{"guest_type": 1, "userid": "bob"}]


def test_guests_that_were_only_not_read_are_not_gone(platform: Any, oauth_client: Client) -> None:
    platform.answers({})
    with pytest.raises(TryAgain):
        guests.read(oauth_client, "5", kind="meetings")


def test_the_user_is_not_taken_for_somebody_of_no_enterprise(platform: Any, oauth_client: Client) -> None:
    platform.answers({})
    with pytest.raises(TryAgain):
        directory.basic_info(oauth_client)


def test_guests_of_a_meeting_are_read_and_replaced_whole(platform: Any, oauth_client: Client) -> None:
    platform.answers({"guests": [{"area": 86, "phone_number": "13800000001", "guest_name": "甲"}]})
    guest = guests.Guest(area="86", phone_number="13800000001", guest_name="甲")
    assert guests.read(oauth_client, "5", kind="meetings") == (guest,)
    platform.does(body=b"")
    guests.replace(oauth_client, "5", kind="meetings", guests=[guest])
    assert (platform.last.method, platform.last.path) == ("PUT", "/v1/guests/5")
    listed = [{"area": "86", "phone_number": "13800000001", "guest_name": "甲"}]
    assert platform.last.json == {"userid": ALICE["operator_id"], "instanceid": 1, "guests": listed}


def test_guests_of_a_webinar_are_internal_or_external(platform: Any, oauth_client: Client) -> None:
    outsider = guests.Guest(area="86", phone_number="13800000001", guest_name="甲", email="a@example.com")
    guests.replace(oauth_client, "5", kind="webinars", guests=[guests.Guest(userid="staff1"), outsider])
    assert platform.last.path == "/v1/webinars/5/guests"
    assert platform.last.json["guests"] == [
        {"guest_type": 1, "userid": "staff1"},
        {
            "guest_type": 2,
            "area": "86",
            "phone_number": "13800000001",
            "guest_name": "甲",
            "email": "a@example.com",
        },
    ]
    guests.read(oauth_client, "5", kind="webinars")
    assert (platform.last.path, platform.last.query["meeting_id"]) == ("/v1/webinars/guests", "5")


@pytest.mark.parametrize(("kind", "most"), [("meetings", 2000), ("webinars", 200)])
def test_too_many_guests_are_never_sent(platform: Any, oauth_client: Client, kind: Any, most: int) -> None:
    with pytest.raises(ValueError, match=str(most)):
        guests.replace(oauth_client, "5", kind=kind, guests=[guests.Guest(userid="a")] * (most + 1))
    assert platform.seen == []


def test_a_guest_never_shows_a_phone() -> None:
    assert "13800000001" not in repr(guests.Guest(area="86", phone_number="13800000001"))


def test_one_phone_may_be_several_callers(platform: Any, key_client: Client) -> None:
    phones = [pstn.Phone("86", f"1380000{n:04}") for n in range(21)]
    listed = [{"area": 86, "phone": "13800000000", "ms_open_id": each} for each in ("m1", "m2", "m1")]
    platform.answers({"ms_open_id_list": listed}, {})
    assert pstn.ms_open_ids(key_client, "5", phones=[*phones, phones[0]]) == {phones[0]: ("m1", "m2")}
    assert [len(seen.json["phone_numbers"]) for seen in platform.seen] == [20, 1]
    assert platform.last.json == {**BOSS, "phone_numbers": [{"area": 86, "phone": "13800000020"}]}
    assert platform.last.path == "/v1/meetings/5/phone/ms-open-id"


def test_the_directory_is_read_over_all_pages(platform: Any, key_client: Client) -> None:
    first, second = (
        [
            {"userid": f"u{n}", "status": "1", "department_list": [{"department_name": "销售"}]}
            for n in numbers
        ]
        for numbers in (range(20), range(20, 21))
    )
    platform.answers({"total_count": 21, "users": first}, {"total_count": 21, "users": second})
    found = list(directory.list_users(key_client))
    assert [user.userid for user in found] == [f"u{n}" for n in range(21)]
    assert found[0].departments == ("销售",)
    assert platform.last.query == {
        "operator_id": "operator1",
        "operator_id_type": "1",
        "page": "2",
        "page_size": "20",
    }


def test_open_ids_are_turned_into_userids_a_thousand_at_a_time(platform: Any, key_client: Client) -> None:
    platform.answers({"userid_list": [{"open_id": "o0", "userid": "u0"}], "invalid_open_id_list": ["o1"]}, {})
    found = directory.open_ids_to_userids(key_client, sdk_id="17", open_ids=[f"o{n}" for n in range(1001)])
    assert found == {"o0": "u0"}
    assert [len(seen.json["open_id_list"]) for seen in platform.seen] == [1000, 1]
    assert platform.last.json == {**BOSS, "sdkid": "17", "open_id_list": ["o1000"]}


def test_the_own_user_is_read_and_the_grant_given_back(platform: Any, oauth_client: Client) -> None:
    platform.answers({"username": "爱丽丝", "status": "1", "account_version": 2, "add_on_webinar": "4"})
    info = directory.basic_info(oauth_client)
    assert (info.username, info.open_corp_id, info.account_version, info.add_on_webinar) == (
        "爱丽丝",
        "",
        2,
        4,
    )
    platform.refuses(40)
    with pytest.raises(NotAllowed) as caught:
        directory.cancel_auth(oauth_client)
    assert caught.value.reason == "administrator"
    assert (platform.last.method, platform.last.path) == ("PUT", "/v1/auth-users/cancel-auth")
    assert platform.last.query == {"operator_id": ALICE["operator_id"], "operator_id_type": "2"}
    assert platform.last.body == b""
