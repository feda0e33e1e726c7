"""Control of a running meeting: what is sent, in which portions, and what is never sent twice."""

from typing import Any

import pytest

from portal.tencent import control
from portal.tencent.client import Client
from portal.tencent.control import Access, Target
from portal.tencent.errors import AnswerLost, NotAllowed

BOSS = {"operator_id": "operator1", "operator_id_type": 1}


def test_people_and_callers_are_put_out(platform: Any, oauth_client: Client) -> None:
    platform.does(body=b"")
    control.kick_out(oauth_client, "5/6", users=[Target("m1", 4), Target("m2", 0)], allow_rejoin=False)
    assert (platform.last.method, platform.last.target) == ("PUT", "/v1/real-control/meetings/5%2F6/kickout")
    assert platform.last.body == (
        b'{"operator_id":"openidofalice00000000000000a","operator_id_type":2,"instanceid":1,"allow_rejoin":false,'
        b'"users":[{"to_operator_id":"m1","to_operator_id_type":4,"instanceid":4},'
        b'{"to_operator_id":"m2","to_operator_id_type":4,"instanceid":0}]}'
    )


def test_a_room_system_is_put_out_with_a_reason_only(platform: Any, key_client: Client) -> None:
    with pytest.raises(ValueError, match="reason"):
        control.kick_out(key_client, "5", users=[Target("m1", 1), Target("m2", 9)], allow_rejoin=True)
    assert platform.seen == []
    control.kick_out(key_client, "5", users=[Target("m2", 9)], allow_rejoin=True, reason="不在名单", instanceid=2)
    user = {"to_operator_id": "m2", "to_operator_id_type": 4, "instanceid": 9}
    chosen = {"instanceid": 2, "allow_rejoin": True, "reason": "不在名单"}
    assert platform.last.json == {**BOSS, **chosen, "users": [user]}


@pytest.mark.parametrize("allow_rejoin", [True, False])
def test_nobody_is_put_out_twice(platform: Any, oauth_client: Client, allow_rejoin: bool) -> None:
    platform.does(status=502)
    with pytest.raises(AnswerLost):
        control.kick_out(oauth_client, "5", users=[Target("m1", 1)], allow_rejoin=allow_rejoin)
    assert len(platform.seen) == 1


def test_a_name_is_given_by_the_other_key(platform: Any, oauth_client: Client) -> None:
    platform.does(body=b"")
    control.rename(oauth_client, "5/6", names={Target("m1", 0): "华泰证券-张三", Target("m2", 1): "x" * 20})
    assert (platform.last.method, platform.last.target) == ("PUT", "/v1/real-control/meetings/5%2F6/names")
    assert platform.last.body == (
        b'{"operator_id":"openidofalice00000000000000a","operator_id_type":2,"instanceid":1,'
        b'"users":[{"ms_open_id":"m1","instanceid":0,"nick_name":"'
        + "华泰证券-张三".encode()
        + b'"},{"ms_open_id":"m2","instanceid":1,"nick_name":"xxxxxxxxxxxxxxxxxxxx"}]}'
    )


@pytest.mark.parametrize("name", ["", "名" * 21])
def test_no_name_and_a_long_name_are_never_sent(platform: Any, oauth_client: Client, name: str) -> None:
    with pytest.raises(ValueError, match="20 characters"):
        control.rename(oauth_client, "5", names={Target("m1", 1): "张三", Target("m2", 1): name})
    assert platform.seen == []


def test_renaming_is_tried_again(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    platform.answers({})
    control.rename(oauth_client, "5", names={Target("m1", 1): "张三"})
    assert len(platform.seen) == 2


@pytest.mark.parametrize("count", [0, 21])
def test_nobody_and_too_many_are_never_sent(platform: Any, oauth_client: Client, count: int) -> None:
    users = [Target(f"m{n}", 1) for n in range(count)]
    with pytest.raises(ValueError, match="1 to 20"):
        control.kick_out(oauth_client, "5", users=users, allow_rejoin=False)
    with pytest.raises(ValueError, match="1 to 20"):
        control.rename(oauth_client, "5", names=dict.fromkeys(users, "张三"))
    assert platform.seen == []


def test_access_changes_only_what_is_said(platform: Any, key_client: Client) -> None:
    platform.does(drop=True)
    platform.does(body=b"")
    control.set_access(key_client, "5", access=Access(auto_waiting_room=True, meeting_locked=False))
    assert [(seen.method, seen.target) for seen in platform.seen] == [
        ("PUT", "/v1/real-control/meetings/5/status")
    ] * 2
    assert platform.last.json == {**BOSS, "instanceid": 1, "auto_waiting_room": True, "meeting_locked": False}
    every = Access(auto_waiting_room=False, only_enterprise_user_allowed=True, hide_meeting_code_password=True)
    control.set_access(key_client, "5", access=every)
    told = {"auto_waiting_room": False, "only_enterprise_user_allowed": True, "hide_meeting_code_password": True}
    assert platform.last.json == {**BOSS, "instanceid": 1, **told}


def test_who_is_no_host_is_told_so(platform: Any, oauth_client: Client) -> None:
    platform.refuses(9042, status=400)
    with pytest.raises(NotAllowed) as caught:
        control.rename(oauth_client, "5", names={Target("m1", 1): "张三"})
    assert (caught.value.reason, caught.value.call) == ("role", "control.rename")
