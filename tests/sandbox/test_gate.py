"""What every call must pass before it has an effect: headers, time, replay, identity, signature, limits."""

import subprocess
import sys
import time
from pathlib import Path

import requests

from portal.sandbox.signing import encode_event, event_signature, phone_hash, request_signature
from tests.sandbox.conftest import start, stop, url_of
from tests.sandbox.wire import Keys, Platform, Token

# Vectors of the platform file 1, section 3.2.
VECTORS = [
    (
        (
            "GET",
            "88080",
            "1572168600",
            "/v1/meetings/7567173273889276131?operator_id=tester1&operator_id_type=1&instanceid=1",
            "",
        ),
        "OGIwNzFiMzYwNDE2NjhlODA3MmJkOGM0NTFkYWJjY2M5MjlmZDVkYWU5OTU5MDBjOWM3MGQxODhjNWMxNzRmOQ==",
    ),
    (
        (
            "POST",
            "88081",
            "1572168601",
            "/v1/meetings",
            '{"userid":"tester","instanceid":1,"subject":"测试会议","type":0,'
            '"start_time":"1651334400","end_time":"1651338000"}',
        ),
        "NjJkN2U2ZjA4YTViYjlhNGRkMTZjZDVjODFkYjM4ZmQxZjU2ZGE4NmRlZTRkNzU5ZGI2ODhkYmQwNGNhYTcxZg==",
    ),
    (
        (
            "POST",
            "88080",
            "1572168600",
            "/v1/meetings/7567454748865986567/cancel",
            '{"userid":"test1","instanceid":1,"reason_code":1,"reason_detail":"取消会议"}',
        ),
        "NjU0MWJlOTU3N2Y3ZDViODE4ZDI4M2E4NzBjNmIwZGExYjg2MDYxOTI0MTJkOGU2OThjMDcyNjUzY2I2MTZkZA==",
    ),
]
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
EVENT = (
    '{"event":"meeting.participant-joined","trace_id":"e7aa65dd-f7e6-4b62-912c-2035173b34a9",'
    '"payload":[{"operate_time":1609313201465}]}'
)


def test_the_signature_equals_the_golden_vectors() -> None:
    for (method, nonce, timestamp, uri, body), expected in VECTORS:
        signed = ("AKIDEXAMPLE0001", nonce, timestamp)
        assert request_signature("SecretKeyExample0001", method, signed, uri, body.encode()) == expected


def test_webhook_crypto_equals_the_golden_vectors() -> None:
    check = "rECR+t/jRZwWsEac7PxY+xUwOJnWxoPpXurQXfP6BmQ="
    plain = (
        "eyJldmVudCI6Im1lZXRpbmcucGFydGljaXBhbnQtam9pbmVkIiwidHJhY2VfaWQiOiJlN2FhNjVkZC1mN2U2LTRiNjItOTEyYy0y"
        "MDM1MTczYjM0YTkiLCJwYXlsb2FkIjpbeyJvcGVyYXRlX3RpbWUiOjE2MDkzMTMyMDE0NjV9XX0"
    )
    sealed = (
        "e3rc/bZXIO/hFRmixpASDUF3RHEyM6dJn5RbqF3D6DAPBxIPV5TlbPTLX7btCI+lAn6TJENF1AFMuBds/5O7gKPuFfGC0Dw2RgSc8D2L5p"
        "Ro5WpFLLOPcRIMcpAFryO+KO2DIZEUtMAPg0OwPiMFy72JW4NX3aDNa5zE78CZ2Mbsvq59uXrj0BSVrOMe2INX"
    )
    token = "AbCdEfGhIjKlMnOpQrStUvWx1"
    assert encode_event("hello-wemeet-check", AES_KEY) == check
    assert encode_event(EVENT, AES_KEY) == sealed
    assert encode_event(EVENT, "") == plain
    stamped = [event_signature(token, "1766194600155", "33247089", data) for data in (check, sealed, plain)]
    assert stamped == [
        "ec030b4a2fb686d8b583648666fdd32e418579af",
        "962227bb6720a3d8210712aecbafba8c99115b3e",
        "a018c24fcb1eccf4cdceba64d49adc34d9198aa8",
    ]


def test_the_phone_hash_equals_the_check_value() -> None:
    expected = "A74D641848033600CF9693FC082193D3E0BA4D1E08760BC5A2993C8A5F9389F4"
    assert phone_hash("13800000000", "SECRETID") == expected


def raw(platform: Platform, headers: dict[str, str], path: str = "/v1/users/list") -> tuple[int, int, int]:
    answer = requests.get(
        platform.url + path, headers={"Content-Type": "application/json", **headers}, timeout=10
    )
    info = answer.json()["error_info"]
    return answer.status_code, info["error_code"], info["new_error_code"]


def stamp(keys: Keys, path: str = "/v1/users/list", timestamp: int = 0, nonce: str = "") -> dict[str, str]:
    nonce = nonce or str(next(Platform.nonces))
    return keys.headers(nonce, str(timestamp or int(time.time())), "GET", path, "")


def test_each_fault_of_a_signed_call_has_its_own_code(platform: Platform, keys: Keys) -> None:
    without = {name: value for name, value in stamp(keys).items() if name != "X-TC-Registered"}
    assert raw(platform, without) == (400, 200001, 200200001)
    assert raw(platform, stamp(keys, timestamp=int(time.time()) - 400)) == (400, 190300, 200190300)
    assert raw(platform, stamp(keys) | {"X-TC-Key": "AKIDforeign"}) == (400, 190303, 200190303)
    assert raw(platform, stamp(keys) | {"X-TC-Signature": "x" * 88}) == (400, 200003, 200200003)
    assert raw(platform, stamp(keys, "/v1/users/list?page=2")) == (400, 200003, 200200003)
    no_sdk_id = {name: value for name, value in stamp(keys).items() if name != "SdkId"}
    assert raw(platform, no_sdk_id)[1] == 200003
    assert raw(platform, stamp(keys))[1] == 190004, "a good signature reaches the parameters"
    assert raw(platform, stamp(keys, "/v1/nothing"), "/v1/nothing")[1] == 200004


def test_a_replayed_nonce_is_refused_once_per_app(platform: Platform, keys: Keys) -> None:
    headers = stamp(keys, nonce="77001")
    assert raw(platform, headers)[1] == 190004
    assert raw(platform, headers)[1] == 190301
    other = stamp(platform.keys(1), nonce="77001")
    assert raw(platform, other)[1] == 190004
    assert platform.get("ledger")["nonces_reused"] == 1


def test_a_wrong_token_is_refused_and_aksk_only_calls_refuse_any_token(
    platform: Platform, token: Token
) -> None:
    stranger = Token({**token.pair, "access_token": "no+/such"})
    own = platform.organiser()["open_id"]
    query = {"operator_id": own, "operator_id_type": 2}
    assert platform.refused(stranger, "GET", "/v1/users/info/basic", **query) == (400, 190303)
    assert platform.refused(token, "GET", "/v1/users/list", page=1, page_size=20, **query) == (400, 190325)
    link = {"meeting_id": "1", "customer_data": "x", **query}
    assert platform.refused(token, "POST", "/v1/meetings/customer-short-url", link) == (400, 190325)
    assert (
        platform.call(token, "GET", "/v1/users/info/basic", **query)["open_corp_name"]
        == "星河证券股份有限公司"
    )
    assert platform.refused(platform.keys(), "GET", "/v1/users/info/basic", **query) == (400, 190325)


def test_a_missing_permission_is_500014(platform: Platform, now: int) -> None:
    platform.switch(granted_scopes="VIEW_USER_INFO")
    token = platform.token(platform.organiser(0, 3)["open_id"])
    body = {
        "userid": token.open_id,
        "instanceid": 1,
        "subject": "x",
        "type": 0,
        "start_time": str(now),
        "end_time": str(now + 60),
    }
    assert platform.refused(token, "POST", "/v1/meetings", body) == (400, 500014)


def test_the_rate_limit_counts_by_app_and_by_user(platform: Platform, keys: Keys, token: Token) -> None:
    platform.switch(rate_per_minute=3, rate_minute_seconds=86_400.0)
    operator = {"operator_id": platform.organiser(1)["userid"], "operator_id_type": 1}
    second = platform.keys(1)
    codes = [
        platform.send(second, "GET", "/v1/users/list", page=1, page_size=1, **operator) for _ in range(5)
    ]
    assert [answer.status_code for answer in codes] == [200, 200, 200, 500, 500]
    assert codes[3].json()["error_info"]["error_code"] == 190310
    query = {"operator_id": token.open_id, "operator_id_type": 2}
    assert (
        platform.call(token, "GET", "/v1/users/info/basic", **query)["username"]
        == platform.organiser()["name"]
    )
    assert platform.get("ledger")["peak_minute"][second.enterprise["app_id"]] == 3


def test_a_body_that_is_no_json_is_200005(platform: Platform, token: Token) -> None:
    headers = token.headers(str(next(Platform.nonces)), str(int(time.time())))
    answer = requests.post(
        f"{platform.url}/v1/meetings",
        data=b"{oops",
        timeout=10,
        headers={"Content-Type": "application/json", **headers},
    )
    assert answer.json()["error_info"]["error_code"] == 200005


def test_it_refuses_to_start_in_production(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = start(ready, ROLLCALL_PRODUCTION="1")
    assert process.wait(timeout=10) == 2
    assert b"ROLLCALL_PRODUCTION" in process.stderr.read()
    process.stderr.close()
    assert not ready.exists()


def test_it_starts_with_random_secrets_and_ends_promptly_on_sigterm(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = start(ready)
    platform = Platform(url_of(ready, process))
    assert platform.world["app"]["secret"] != ""
    platform.session.close()
    began = time.monotonic()
    assert stop(process) == 0
    assert time.monotonic() - began < 2


def test_it_takes_events_to_this_machine_only() -> None:
    command = [sys.executable, "-m", "portal.sandbox", "--portal-url", "https://portal.example/hook"]
    done = subprocess.run(command, capture_output=True, timeout=15, check=False)
    assert done.returncode != 0
    assert b"127.0.0.1" in done.stderr
