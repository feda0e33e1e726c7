"""The newer directory and guests by code: what is asked, what is read, and where a list must end."""

from typing import Any

import pytest

from portal.tencent import directory, guests
from portal.tencent.client import Client
from portal.tencent.errors import NotAllowed, NotThere, StuckCursor
from portal.tencent.guests import Guest

BOSS = "operator_id=operator1&operator_id_type=1"


def test_the_newer_list_is_followed_by_its_cursor(platform: Any, key_client: Client) -> None:
    told = {"userid": "bob", "username": "鲍勃", "area": 86, "phone": "13800000001", "status": 1, "phone_status": "1"}
    more = {
        "user_account_type": 1,
        "add_on_webinar": "4",
        "department_list": [{"department_name": "销售", "is_main": True}],
    }
    platform.answers(
        {"users": [told | more], "has_remaining": True, "next_pos": "a/b+1"},
        {"users": [{"userid": "eve"}], "has_remaining": False, "next_pos": ""},
    )
    bob, eve = directory.advanced_list(key_client)
    assert (bob.userid, bob.phone, bob.status, bob.phone_status, bob.uuid) == ("bob", "13800000001", "1", 1, "")
    assert (bob.user_account_type, bob.add_on_webinar, bob.departments) == (1, 4, ("销售",))
    assert (eve.userid, eve.phone, eve.phone_status, eve.departments) == ("eve", "", None, ())
    assert [seen.target for seen in platform.seen] == [
        f"/v1/users/advance/list?{BOSS}&pos=&size=100",
        f"/v1/users/advance/list?{BOSS}&pos=a%2Fb%2B1&size=100",
    ]
    assert "13800000001" not in repr(bob)


def test_the_newer_list_is_filtered(platform: Any, key_client: Client) -> None:
    assert list(directory.advanced_list(key_client, status=4, user_account_type=1, department_id="d/1")) == []
    assert platform.last.target == (
        f"/v1/users/advance/list?{BOSS}&status=4&user_account_type=1&department_id=d%2F1&pos=&size=100"
    )


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"], [""]])
def test_a_cursor_that_stands_still_is_told(platform: Any, key_client: Client, cursors: list[str]) -> None:
    platform.answers(*({"users": [{"userid": "u"}], "has_remaining": True, "next_pos": each} for each in cursors))
    with pytest.raises(StuckCursor):
        list(directory.advanced_list(key_client))
    assert len(platform.seen) == len(cursors)


def test_one_colleague_is_read_by_either_id(platform: Any, key_client: Client) -> None:
    platform.answers({"userid": "bob", "uuid": 7, "email": "bob@example.com", "account_version": "2"})
    bob = directory.read_user(key_client, "b/ob")
    assert (bob.userid, bob.uuid, bob.email, bob.account_version) == ("bob", "7", "bob@example.com", 2)
    assert platform.last.target == f"/v1/users/b%2Fob?{BOSS}"
    assert directory.read_user(key_client, uuid="a+b").userid == "bob"
    assert platform.last.target == f"/v1/users?uuid=a%2Bb&{BOSS}"


@pytest.mark.parametrize("given", [{}, {"userid": "bob", "uuid": "7"}])
def test_a_colleague_has_one_id(platform: Any, key_client: Client, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="uuid"):
        directory.read_user(key_client, **given)
    assert platform.seen == []


def test_a_stranger_nobody_and_the_wrong_credential_are_told_apart(
    platform: Any, key_client: Client, oauth_client: Client
) -> None:
    platform.refuses(20001)
    platform.answers({"userid": None})
    platform.refuses(190325, status=400)
    for _ in range(2):
        with pytest.raises(NotThere):
            directory.read_user(key_client, "bob")
    with pytest.raises(NotAllowed) as wrong:
        directory.read_user(oauth_client, "bob")
    assert wrong.value.reason == "credential_kind"


def test_guests_are_read_and_replaced_by_the_code_of_the_meeting(platform: Any, oauth_client: Client) -> None:
    guest = Guest(area="86", phone_number="13800000001", guest_name="甲")
    platform.answers({"guests": [{"area": 86, "phone_number": 13800000001, "guest_name": "甲"}]})
    platform.does(body=b"")
    assert guests.read_by_code(oauth_client, meeting_code="040 468-657") == (guest,)
    assert platform.last.target == (
        "/v1/guests?meeting_code=040468657&userid=openidofalice00000000000000a&instanceid=1"
    )
    guests.replace_by_code(oauth_client, meeting_code="040 468-657", guests=[guest])
    assert (platform.last.method, platform.last.target) == ("PUT", "/v1/guests")
    assert platform.last.body == (
        b'{"userid":"openidofalice00000000000000a","instanceid":1,"meeting_code":"040468657",'
        b'"guests":[{"area":"86","phone_number":"13800000001","guest_name":"' + "甲".encode() + b'"}]}'
    )


def test_too_many_guests_are_never_sent_by_code_either(platform: Any, oauth_client: Client) -> None:
    with pytest.raises(ValueError, match="2000"):
        guests.replace_by_code(oauth_client, meeting_code="1", guests=[Guest()] * 2001)
    assert platform.seen == []
