"""Calling people into a meeting: who is rung up once, what became of it, and that no number is ever shown."""

from typing import Any

import pytest

from portal.tencent import pstn
from portal.tencent.client import Client
from portal.tencent.errors import AnswerLost, NotAllowed, Refused
from portal.tencent.pstn import Call, Callee, CallsCancelled, CallsMade, Phone

BOSS = {"operator_id": "operator1", "operator_id_type": 1}
LI = Phone("86", "13800000001")
DESK = Phone("852", "20000000")


def called(phone: Phone, **facts: str) -> Call:
    """Give a call of which nothing but the given facts is known."""
    return Call(phone, **({"extension_number": "", "nick_name": "", "status": "", "ms_open_id": "", "error_msg": ""} | facts))


def test_people_are_rung_up_with_their_names(platform: Any, key_client: Client) -> None:
    made = {"area": 86, "phone": "13800000001", "status": "START_INVITE"}
    bad = {"area": "852", "phone": 20000000, "extension_number": "7", "error_msg": "bad number 20000000"}
    platform.answers({"meeting_id": "5", "phone_numbers": [made], "invalid_phone_numbers": [bad]})
    callees = [Callee(LI, nick_name="华泰证券-李四"), Callee(DESK, extension_number="7")]
    assert pstn.call_out(key_client, "5/6", callees=callees) == CallsMade(
        (called(LI, status="START_INVITE"),), (called(DESK, extension_number="7", error_msg="bad number ***"),)
    )
    assert (platform.last.method, platform.last.target) == ("POST", "/v1/meeting/5%2F6/phone/callout")
    assert platform.last.body == (
        b'{"operator_id":"operator1","operator_id_type":1,"phone_numbers":['
        b'{"area":86,"phone":"13800000001","nick_name":"' + "华泰证券-李四".encode() + b'"},'
        b'{"area":852,"phone":"20000000","extension_number":"7"}]}'
    )


@pytest.mark.parametrize("reply", [{"drop": True}, {"status": 502}, {"body": b"{"}])
def test_nobody_is_rung_up_twice(platform: Any, key_client: Client, reply: dict[str, Any]) -> None:
    platform.does(**reply)
    with pytest.raises(AnswerLost):
        pstn.call_out(key_client, "5", callees=[Callee(LI)])
    assert len(platform.seen) == 1


def test_the_state_of_all_calls_is_read_over_all_pages(platform: Any, key_client: Client) -> None:
    first = {"area": 86, "phone": "13800000001", "status": "START_ACCEPT", "ms_open_id": "m1", "nick_name": "李四"}
    second = {"area": 852, "phone": "20000000", "status": "SOMETHING_NEW"}
    # 80577 swaps the descriptions of these two.
    paging = {"current_size": 1, "current_page": 1, "total_count": 2, "total_page": 2}
    platform.answers({"phone_numbers": [first], **paging}, {"phone_numbers": [second], **paging})
    assert list(pstn.call_status(key_client, "5")) == [
        called(LI, status="START_ACCEPT", ms_open_id="m1", nick_name="李四"),
        called(DESK, status="SOMETHING_NEW"),
    ]
    assert [seen.target for seen in platform.seen] == [
        f"/v1/meeting/5/phone/callout?operator_id=operator1&operator_id_type=1&page={page}&page_size=100"
        for page in (1, 2)
    ]


@pytest.mark.parametrize(("yes", "no"), [("success_list", "failed_list"), ("SuccessList", "FailedList")])
def test_calls_are_stopped_and_both_spellings_read(platform: Any, key_client: Client, yes: str, no: str) -> None:
    late = {"area": 852, "phone": "20000000", "extension_number": "7", "error_msg": "answered"}
    platform.does(drop=True)
    platform.answers({yes: [{"area": 86, "phone": "13800000001"}], no: [late]})
    callees = [Callee(LI, nick_name="李四"), Callee(DESK, extension_number="7")]
    assert pstn.cancel_call(key_client, "5", callees=callees) == CallsCancelled(
        (called(LI),), (called(DESK, extension_number="7", error_msg="answered"),)
    )
    assert [seen.target for seen in platform.seen] == ["/v1/meeting/5/phone/cancelcall"] * 2
    listed = [{"area": 86, "phone": "13800000001"}, {"area": 852, "phone": "20000000", "extension_number": "7"}]
    assert platform.last.json == {**BOSS, "phone_numbers": listed}


@pytest.mark.parametrize(("function", "most"), [(pstn.call_out, 30), (pstn.cancel_call, 50)])
def test_too_many_are_never_sent(platform: Any, key_client: Client, function: Any, most: int) -> None:
    function(key_client, "5", callees=[Callee(LI)] * most)
    with pytest.raises(ValueError, match=str(most)):
        function(key_client, "5", callees=[Callee(LI)] * (most + 1))
    assert [len(seen.json["phone_numbers"]) for seen in platform.seen] == [most]


@pytest.mark.parametrize("function", [pstn.call_out, pstn.cancel_call])
def test_an_area_that_is_no_number_is_never_sent(platform: Any, key_client: Client, function: Any) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        function(key_client, "5", callees=[Callee(Phone("CN", "13800000001"))])
    assert platform.seen == []


@pytest.mark.parametrize("body", [b"{}", b"", b'{"phone_numbers":null}'])
def test_an_answer_without_lists_is_read(platform: Any, key_client: Client, body: bytes) -> None:
    platform.does(body=body)
    assert pstn.call_out(key_client, "5", callees=[Callee(LI)]) == CallsMade((), ())
    assert pstn.cancel_call(key_client, "5", callees=[Callee(LI)]) == CallsCancelled((), ())


def test_a_bad_number_and_the_wrong_credential_are_told_apart(
    platform: Any, key_client: Client, oauth_client: Client
) -> None:
    platform.refuses(14203)
    platform.refuses(190325, status=400)
    with pytest.raises(Refused) as bad:
        pstn.call_out(key_client, "5", callees=[Callee(LI)])
    with pytest.raises(NotAllowed) as wrong:
        pstn.call_out(oauth_client, "5", callees=[Callee(LI)])
    assert (bad.value.reason, wrong.value.reason) == ("bad_phone", "credential_kind")


def test_no_number_is_ever_shown() -> None:
    callee = Callee(LI, extension_number="4711", nick_name="李四")
    call = called(LI, extension_number="4711", nick_name="李四")
    told = repr([LI, {LI: 1}, callee, CallsMade((call,), ()), CallsCancelled((call,), ())]) + f"{LI} {callee}"
    assert [secret for secret in ("13800000001", "4711", "李四") if secret in told] == []
    assert LI == ("86", "13800000001")
