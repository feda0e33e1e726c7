"""Webhooks: golden vectors, forgeries, and events of every make."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from portal.tencent import events, webhooks

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TOKEN = "AbCdEfGhIjKlMnOpQrStUvWx1"
TIMESTAMP, NONCE = "1766194600155", "33247089"
NOW = 1766194600.155

CHECK = "rECR+t/jRZwWsEac7PxY+xUwOJnWxoPpXurQXfP6BmQ="
CHECK_SIGNATURE = "ec030b4a2fb686d8b583648666fdd32e418579af"
ENCRYPTED = (
    "e3rc/bZXIO/hFRmixpASDUF3RHEyM6dJn5RbqF3D6DAPBxIPV5TlbPTLX7btCI+lAn6TJENF1AFMuBds/5O7gKPuFfGC0Dw2RgSc8D2L5pRo"
    "5WpFLLOPcRIMcpAFryO+KO2DIZEUtMAPg0OwPiMFy72JW4NX3aDNa5zE78CZ2Mbsvq59uXrj0BSVrOMe2INX"
)
ENCRYPTED_SIGNATURE = "962227bb6720a3d8210712aecbafba8c99115b3e"
PLAIN = (
    '{"event":"meeting.participant-joined","trace_id":"e7aa65dd-f7e6-4b62-912c-2035173b34a9",'
    '"payload":[{"operate_time":1609313201465}]}'
)
UNPADDED = base64.b64encode(PLAIN.encode()).decode().rstrip("=")
UNPADDED_SIGNATURE = "a018c24fcb1eccf4cdceba64d49adc34d9198aa8"

DOCUMENTED = (
    "eyJldmVudCI6Im1lZXRpbmcuY3JlYXRlZCIsInVuaXF1ZV9zZXF1ZW5jZSI6ImYyMDA5NmVlLThhYzgtNGRmMi1hN2RlLTA1NzQ2NDlmMjExYiIs"
    "InBheWxvYWQiOlt7Im9wZXJhdGVfdGltZSI6IjIwMjAtMTItMjkgMTc6NDE6MDYiLCJvcGVyYXRvciI6eyJ1c2VyaWQiOiJ0ZXN0ZXIwMDAwNmJh"
    "NWJhYjMzOTg1OGMxM2M5MzBjY2E5NTY4NCJ9LCJtZWV0aW5nX2luZm8iOnsibWVldGluZ19pZCI6IjYwNTg4OTAzODU0ODA5MjEwNTIiLCJtZWV0"
    "aW5nX2NvZGUiOiI1MzA4MTI0NTIiLCJzdWJqZWN0IjoibWVkaWEgdGVzdGVyIG1lZXRpbmciLCJjcmVhdG9yX2lkIjoidGVzdGVyMDAwMDZiYTVi"
    "YWIzMzk4NThjMTNjOTMwY2NhOTU2ODQiLCJob3N0cyI6WyJ0ZXN0ZXIwMDAwNmJhNWJhYjMzOTg1OGMxM2M5MzBjY2E5NTY4NCJdLCJtZWV0aW5n"
    "X3R5cGUiOjAsInN0YXJ0X3RpbWUiOiIyMDIwLTEyLTI5IDE3OjQxOjA0IiwiZW5kX3RpbWUiOiIyMDIwLTEyLTI5IDE4OjAxOjA0In19XX0"
)


def receive(**changed: Any) -> tuple[events.Event, ...]:
    given = {
        "token": TOKEN,
        "aes_key": KEY,
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        "signature": ENCRYPTED_SIGNATURE,
        "data": ENCRYPTED,
        "now": NOW,
    }
    return webhooks.receive(**(given | changed))


def check(**changed: Any) -> str:
    given = {
        "token": TOKEN,
        "aes_key": KEY,
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        "signature": CHECK_SIGNATURE,
        "check_str": CHECK,
        "now": NOW,
    }
    return webhooks.verify_url_check(**(given | changed))


def signed(**changed: Any) -> dict[str, Any]:
    parts = {"token": TOKEN, "timestamp": TIMESTAMP, "nonce": NONCE, "data": ENCRYPTED} | changed
    return changed | {
        "signature": webhooks.sign(parts["token"], parts["timestamp"], parts["nonce"], parts["data"])
    }


def parse_one(entry: dict[str, Any], name: str = "meeting.participant-joined") -> events.Event:
    (event,) = events.parse(json.dumps({"event": name, "trace_id": "t", "payload": [entry]}))
    return event


def test_the_documented_vector() -> None:
    expected = "b11e507817336a91d7df0c8536ee2aca18bbbae8"
    assert webhooks.sign("bVPU6F8Htxl5XkAbp3jGV2xWp", "1609239040864", "14964161", DOCUMENTED) == expected
    (event,) = webhooks.receive(
        token="bVPU6F8Htxl5XkAbp3jGV2xWp",
        aes_key="",
        timestamp="1609239040864",
        nonce="14964161",
        signature=expected,
        data=DOCUMENTED,
        now=1609239041,
    )
    assert (event.event, event.trace_id) == ("meeting.created", "f20096ee-8ac8-4df2-a7de-0574649f211b")
    assert event.operate_time == datetime(2020, 12, 29, 9, 41, 6, tzinfo=UTC)
    assert event.meeting is not None
    assert event.meeting.start_time == datetime(2020, 12, 29, 9, 41, 4, tzinfo=UTC)


def test_the_vector_of_the_address_check() -> None:
    assert check() == "hello-wemeet-check"
    assert check(check_str=CHECK.replace("+", " ")) == "hello-wemeet-check"


def test_the_vectors_of_both_modes_give_the_same_event() -> None:
    assert webhooks.decrypt(ENCRYPTED, aes_key=KEY) == PLAIN
    plain_mode = receive(aes_key="", data=UNPADDED, signature=UNPADDED_SIGNATURE)
    assert receive() == plain_mode
    assert plain_mode[0].operate_time == datetime(2020, 12, 30, 7, 26, 41, 465000, tzinfo=UTC)


def test_a_plain_check_without_a_key() -> None:
    data = base64.b64encode(b"hello").decode()
    given = signed(data=data)
    assert check(aes_key="", check_str=data, signature=given["signature"]) == "hello"


@pytest.mark.parametrize(
    "forged",
    [
        {"signature": "0" * 40},
        {"signature": ""},
        {"signature": ENCRYPTED_SIGNATURE.upper()},
        {"signature": "\ud800"},
        {"token": "another"},
        {"data": UNPADDED},
        {"data": ENCRYPTED + "="},
        {"timestamp": "1766194600156"},
        {"nonce": "33247080"},
        {"now": NOW + 901},
        {"now": NOW - 901},
        signed(data="not base64!"),
        signed(data=base64.b64encode(b"\xff\xfe").decode()) | {"aes_key": ""},
        signed(data=base64.b64encode(b"[]").decode()) | {"aes_key": ""},
        signed(data=base64.b64encode(b'{"event":""}').decode()) | {"aes_key": ""},
        signed(data=base64.b64encode(b"[" * 100_000).decode()) | {"aes_key": ""},
        signed(data=base64.b64encode(b"x" * 15).decode()),
        signed(data=base64.b64encode(b"x" * 16).decode()),
        signed(data=""),
        signed(data="\ud800名"),
        signed(data=UNPADDED),
        {"aes_key": "short"},
        signed(nonce="12a"),
        signed(nonce=""),
        signed(nonce="１２"),
        signed(nonce="9" * 21),
        signed(timestamp="1766194600"),
        signed(timestamp="1766194600.15"),
        signed(token="") | {"now": NOW},
    ],
)
def test_what_is_not_proven_is_refused_without_a_reason(forged: dict[str, Any]) -> None:
    with pytest.raises(webhooks.WebhookRefused, match=r"^refused$") as caught:
        receive(**forged)
    assert caught.value.__cause__ is None


def encrypted(plain: str) -> str:
    key = base64.b64decode(KEY + "=")
    padding = 16 - len(plain) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    raw = encryptor.update(plain.encode() + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(raw).decode()


def starting_with_digits(count: int) -> str:
    spelt = (encrypted(PLAIN.replace("{", f'{{"a":"{n:08}",', 1)) for n in range(100_000))
    return next(data for data in spelt if data[:count].isdigit())


@pytest.mark.parametrize(("aes_key", "data"), [("", UNPADDED), (KEY, starting_with_digits(2))])
def test_one_signature_fits_no_other_split(aes_key: str, data: str) -> None:
    # Sorted, the timestamp stands before the nonce and both before the data: digits could cross each border.
    assert sorted([TIMESTAMP, NONCE, data]) == [TIMESTAMP, NONCE, data]
    signature, joined = webhooks.sign(TOKEN, TIMESTAMP, NONCE, data), TIMESTAMP + NONCE + data
    accepted = []
    for stamp_end in (12, 13, 14):
        for nonce_end in range(stamp_end + 1, 40):
            parts = (joined[:stamp_end], joined[stamp_end:nonce_end], joined[nonce_end:])
            try:
                receive(
                    **dict(zip(("timestamp", "nonce", "data"), parts, strict=True)),
                    aes_key=aes_key,
                    signature=signature,
                )
            except webhooks.WebhookRefused:
                continue
            accepted.append(parts)
    assert accepted == [(TIMESTAMP, NONCE, data)]


def test_events_are_taken_late_but_checks_only_fresh() -> None:
    assert len(receive(now=NOW + 899)) == 1
    assert check(now=NOW + 299) == "hello-wemeet-check"
    with pytest.raises(webhooks.WebhookRefused):
        check(now=NOW + 301)


@pytest.mark.parametrize("space", ["", " ", "\n", "\ufeff"])
def test_a_captured_event_is_never_echoed(space: str) -> None:
    data = base64.b64encode((space + PLAIN).encode()).decode()
    with pytest.raises(webhooks.WebhookRefused):
        check(aes_key="", check_str=data, signature=signed(data=data)["signature"])
    with pytest.raises(webhooks.WebhookRefused):
        check(check_str=ENCRYPTED, signature=ENCRYPTED_SIGNATURE)


def test_the_acknowledgement_is_exact() -> None:
    assert webhooks.ACKNOWLEDGEMENT == "successfully received callback"


def test_a_join_carries_everything_that_identifies() -> None:
    event = parse_one(
        {
            "operate_time": 1757270338155,
            "operator": {"open_id": "o", "ms_open_id": "m", "user_name": "张三", "instance_id": "4"},
            "meeting_info": {
                "meeting_id": 13339451618278424869,
                "start_time": 1757270334,
                "creator": {"userid": "a"},
            },
            "extend_info": {"customer_data": "eyJ2ZXIiOiIxLjAiLCJ1c2VyRGF0YSI6IkEwMDEifQ=="},
        }
    )
    assert event.person is not None
    assert event.meeting is not None
    assert (event.person.open_id, event.person.ms_open_id, event.person.userid) == ("o", "m", "")
    assert (event.person.user_name, event.person.instanceid) == ("张三", 4)
    assert (event.meeting_id, event.tag) == ("13339451618278424869", "A001")
    assert event.meeting.creator is not None
    assert event.meeting.creator.userid == "a"


def test_a_person_in_an_event_never_shows_a_phone() -> None:
    event = parse_one({"operator": {"pstn_number": "008613800000001", "user_name": "13800000001"}})
    assert event.person is not None
    assert (event.person.pstn_number, "13800000001" in repr(event)) == ("008613800000001", False)


def test_in_the_waiting_room_the_target_is_the_person() -> None:
    event = parse_one(
        {"operator": {"userid": "host"}, "to_operator": {"ms_open_id": "m"}, "leave_reason": "主动离开"}
    )
    assert event.person is not None
    assert (event.person.ms_open_id, event.leave_reason) == ("m", "主动离开")


def test_an_end_says_how_it_ended() -> None:
    assert parse_one({"meeting_end_type": 3}, "meeting.end").meeting_end_type == 3


def test_an_enrolment_names_its_meeting_by_itself() -> None:
    answers = [{"question_content": "手机", "answer_type": 3, "answer_content": ["13800000001"]}]
    event = parse_one(
        {"enroll_info": {"meeting_id": "9", "enroll_id": 7, "answer_list": answers}}, "enroll.enroll"
    )
    assert event.enrolment is not None
    assert (event.meeting_id, event.enrolment.enroll_id) == ("9", 7)
    assert event.enrolment.answers[0].answer_content == ("13800000001",)
    assert "13800000001" not in repr(event)


@pytest.mark.parametrize("sdk_id", [324324343242343, "324324343242343"])
@pytest.mark.parametrize("key", ["oauth_open_id_list", "cancel_open_id_list"])
def test_an_authorisation_lists_whom_it_concerns(sdk_id: object, key: str) -> None:
    entry = {
        "operator": {"role_type": 1},
        "app_info": {"sdk_id": sdk_id},
        key: [{"open_id": "a"}, {"open_id": "b"}],
    }
    event = parse_one(entry, "oauth.auth-user")
    assert event.app is not None
    assert event.operator is not None
    assert (event.app.sdk_id, event.open_ids, event.operator.role_type) == ("324324343242343", ("a", "b"), 1)


@pytest.mark.parametrize("name", ["oauth.user-auth", "oauth.user-cancel-auth"])
def test_a_former_authorisation_concerns_whoever_acted(name: str) -> None:
    operator = {"open_id": "a", "role_type": 0}
    assert parse_one({"operator": operator, "app_info": {"sdk_id": 7}}, name).open_ids == ("a",)
    assert parse_one({}, name).open_ids == ()


def test_an_administrator_who_cancels_for_nobody_loses_nothing() -> None:
    entry = {"operator": {"open_id": "boss", "role_type": 2}, "cancel_open_id_list": []}
    assert parse_one(entry, "oauth.cancel-auth").open_ids == ()


EVENTS = {
    "meeting.participant-joined-waiting-room": {"operator": {"ms_open_id": "m"}},
    "meeting.participant-left-waiting-room": {"operator": {"userid": "h"}, "to_operator": {"ms_open_id": "m"}},
    "meeting.participant-admitted": {"operator": {"userid": "h"}, "to_operator": {"ms_open_id": "m"}},
    "meeting.participant-put-in-waiting-room": {"operator": {"userid": "h"}, "to_operator": {"ms_open_id": "m"}},
    "meeting.participant-jbh-waiting": {"operator": {"ms_open_id": "m", "nick_name": "甲"}},
    "meeting.participant-role-changed": {"to_operator": {"ms_open_id": "m", "user_role": 8}},
    "webinar.participant-role-changed": {"to_operator": {"ms_open_id": "m", "user_role": "34"}},
    "meeting.phone.participant-status-updated": {"operator": {"ms_open_id": "m"}, "status": "CANCLE_INVITE"},
    "enroll.cancel": {"operator": {"ms_open_id": "m"}, "enroll_info": {"meeting_id": "9", "enroll_id": 7}},
    "app.open": {"operator": {"ms_open_id": "m", "app_id": 7}, "app_info": {"sdk_id": 7, "app_open_time": 1}},
}


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_says_whom_it_is_about(name: str) -> None:
    event = parse_one(EVENTS[name], name)
    assert event.person is not None
    assert event.person.ms_open_id == "m"


@pytest.mark.parametrize(("role", "read"), [(8, 8), ("34", 34), (None, None), ("host", None)])
def test_a_role_is_read_in_either_spelling(role: object, read: int | None) -> None:
    event = parse_one({"to_operator": {"ms_open_id": "m", "user_role": role}}, "meeting.participant-role-changed")
    assert event.person is not None
    assert event.person.user_role == read


def test_each_entry_of_a_payload_is_an_event_of_its_own() -> None:
    found = events.parse('{"event":"x","unique_sequence":"u","payload":[{"status":"a"},{"status":"b"}]}')
    assert [(each.trace_id, each.index, each.status) for each in found] == [("u", 0, "a"), ("u", 1, "b")]


@pytest.mark.parametrize("payload", ["[]", "null", '"x"', "{}", "[7]"])
def test_an_event_without_a_payload_is_still_kept(payload: str) -> None:
    plain = f'{{"event":"unheard.of","payload":{payload}}}'
    (event,) = events.parse(plain)
    assert (event.event, event.person, event.meeting_id) == ("unheard.of", None, "")
    assert (
        event.trace_id
        == events.parse(plain)[0].trace_id
        != events.parse(plain.replace("heard", "seen"))[0].trace_id
    )


@pytest.mark.parametrize("operator", [None, [], {}, [{}], "x", 7])
def test_nobody_acted_where_nobody_is_named(operator: object) -> None:
    assert parse_one({"operator": operator}).operator is None
