"""Faults as a caller meets them: before the effect, after it, and on the answer."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from portal.sandbox.faults import KINDS, Fault, Faults, is_write
from tests.sandbox.wire import Keys, Platform, Token

BASIC = "GET /v1/users/info/basic"
CREATE = "POST /v1/meetings"
PARTICIPANTS = "GET /v1/meetings/{meeting_id}/participants"


@pytest.fixture
def client(platform: Platform) -> Platform:
    """A platform without any fault left at the end."""
    yield platform
    platform.delete("faults")


def basic(platform: Platform, token: Token, **more: Any) -> requests.Response:
    return platform.send(token, "GET", "/v1/users/info/basic", operator_id=token.open_id, operator_id_type=2, **more)


def made(platform: Platform) -> int:
    return len(platform.get("meetings"))


def code_of(answer: requests.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error_info"]["error_code"]


def test_there_are_many_kinds_and_each_is_written_down() -> None:
    text = Path("docs/sandbox.md").read_text(encoding="utf-8")
    assert len(KINDS) >= 20
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_status_comes_with_or_without_the_envelope(client: Platform, token: Token, status: int) -> None:
    client.post("faults", [
        {"call": BASIC, "kind": "status", "status": status, "times": 1},
        {"call": BASIC, "kind": "code", "status": status, "error_code": 960000, "nth": 2},
    ])
    bare = basic(client, token)
    assert (bare.status_code, bare.text) == (status, "upstream error")
    assert code_of(basic(client, token)) == (status, 960000)
    assert basic(client, token).status_code == 200


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("replay", (400, 190301)), ("rate_limit", (500, 190310)), ("day_limit", (500, 190311)),
     ("clock_skew", (400, 190300))],
)
def test_a_refusal_has_its_code_and_documented_status(
    client: Platform, token: Token, kind: str, expected: tuple[int, int]
) -> None:
    client.post("faults", call=BASIC, kind=kind, times=1)
    assert code_of(basic(client, token)) == expected
    assert basic(client, token).status_code == 200


def test_a_skewed_clock_shows_in_the_date(client: Platform, token: Token) -> None:
    client.post("faults", call=BASIC, kind="clock_skew", seconds=7_200)
    stamp = basic(client, token).headers["Date"]
    ahead = time.mktime(time.strptime(stamp, "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone - time.time()
    assert 7_190 < ahead <= 7_200


def test_an_expired_token_is_dead_until_refreshed(client: Platform, token: Token) -> None:
    client.post("faults", call=BASIC, kind="expired_token", times=1)
    assert [code_of(basic(client, token)) for _ in range(2)] == [(400, 190303)] * 2
    pair = client.oauth(
        "refresh_token", sdk_id=client.app["sdk_id"], open_id=token.open_id,
        refresh_token=token.pair["refresh_token"],
    ).json()["data"]
    assert basic(client, Token(pair)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "effect"),
    [("cut_before", 0), ("timeout_before", 0), ("reset", 0),
     ("cut_after_commit", 1), ("timeout_after", 1), ("reset_after", 1)],
)
def test_an_answer_may_be_lost_before_or_after_the_effect(
    client: Platform, token: Token, now: int, kind: str, effect: int
) -> None:
    before = made(client)
    client.post("faults", call=CREATE, kind=kind, seconds=0.2, times=1)
    with pytest.raises(requests.ConnectionError) as lost:
        client.book(token, now, now + 60)
    assert ("reset by peer" in str(lost.value)) is kind.startswith("reset")
    assert made(client) - before == effect


def test_a_time_out_is_silence(client: Platform, token: Token) -> None:
    client.post("faults", call=BASIC, kind="timeout_before", seconds=3)
    began = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{client.url}/v1/users/info/basic", timeout=0.2)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("kind", ["half_json", "not_json", "wrong_content_type", "empty_body", "bad_utf8"])
def test_a_body_may_be_no_json(client: Platform, token: Token, kind: str) -> None:
    client.post("faults", call=BASIC, kind=kind, times=1)
    answer = basic(client, token)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|decode"):
        json.loads(answer.content.decode())
    assert basic(client, token).json()["username"]


def test_a_page_of_a_gateway_has_no_effect_but_a_spoilt_answer_has(
    client: Platform, token: Token, now: int
) -> None:
    before = made(client)
    body = {
        "userid": token.open_id, "instanceid": 1, "subject": "x", "type": 0,
        "start_time": str(now), "end_time": str(now + 60),
    }
    client.post("faults", call=CREATE, kind="wrong_content_type", times=1)
    client.post("faults", call=CREATE, kind="empty_body", times=1)
    pages = [client.send(token, "POST", "/v1/meetings", body) for _ in range(2)]
    assert [page.headers["Content-Type"].split(";")[0] for page in pages] == ["text/html", "application/json"]
    assert made(client) - before == 1


def test_bodies_may_be_cut_short_mislabelled_or_falsely_compressed(client: Platform, token: Token) -> None:
    client.post("faults", [
        {"call": BASIC, "kind": "truncate", "nth": 1}, {"call": BASIC, "kind": "mislabelled", "nth": 2},
        {"call": BASIC, "kind": "bad_gzip", "nth": 3},
    ])
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        basic(client, token)
    answer = basic(client, token)
    assert (answer.headers["Content-Type"], answer.json()["status"]) == ("text/html; charset=utf-8", "1")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        basic(client, token)


def test_a_slow_body_drips(client: Platform, token: Token) -> None:
    client.post("faults", call=BASIC, kind="slow_body", seconds=0.4)
    began = time.monotonic()
    assert basic(client, token).json()["username"]
    assert 0.35 < time.monotonic() - began < 3


def test_a_redirect_leads_to_another_address_of_this_machine(client: Platform, token: Token) -> None:
    client.post("faults", call=BASIC, kind="redirect", times=1)
    headers = token.headers(str(next(Platform.nonces)), str(int(time.time())))
    answer = requests.get(f"{client.url}/v1/users/info/basic", headers=headers, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{client.url}/elsewhere")


@pytest.fixture
def full(client: Platform, token: Token, now: int) -> str:
    meeting_id = client.book(token, now - 7_200, now - 60)["meeting_id"]
    client.post("bulk", meeting_id=meeting_id, rows=30)
    return meeting_id


def page(client: Platform, token: Token, meeting_id: str, pos: int = 0) -> dict[str, Any]:
    return client.call(
        token, "GET", f"/v1/meetings/{meeting_id}/participants", userid=token.open_id, size=10, pos=pos
    )


def test_a_cursor_may_be_stuck(client: Platform, token: Token, full: str) -> None:
    client.post("faults", call=PARTICIPANTS, kind="stuck_cursor", nth=2)
    second = page(client, token, full, page(client, token, full)["next_pos"])
    assert second["has_remaining"] is True
    assert page(client, token, full, second["next_pos"])["participants"] == second["participants"]


def test_a_page_may_come_again_under_a_new_cursor(client: Platform, token: Token, full: str) -> None:
    client.post("faults", call=PARTICIPANTS, kind="repeated_page", nth=2)
    first = page(client, token, full)
    second = page(client, token, full, first["next_pos"])
    assert second["participants"] == first["participants"]
    assert second["next_pos"] != first["next_pos"]
    third = page(client, token, full, second["next_pos"])
    assert third["participants"] != second["participants"]
    assert third["has_remaining"] is False


def test_types_fields_and_nulls_may_be_odd(client: Platform, token: Token, full: str) -> None:
    plain = page(client, token, full)
    client.post("faults", [
        {"call": PARTICIPANTS, "kind": "wrong_types", "nth": 1},
        {"call": PARTICIPANTS, "kind": "extra_fields", "nth": 2},
        {"call": PARTICIPANTS, "kind": "missing_fields", "nth": 3},
        {"call": PARTICIPANTS, "kind": "null_fields", "nth": 4, "fields": ["user_name"]},
    ])
    mistyped, extra, missing, nulls = (page(client, token, full) for _ in range(4))
    row = plain["participants"][0]
    assert mistyped["participants"][0] | {"phone": ""} == row | {
        "phone": "", "join_time": int(row["join_time"]), "left_time": int(row["left_time"]),
        "instanceid": str(row["instanceid"]), "join_type": str(row["join_type"]),
        "user_role": str(row["user_role"]), "webinar_member_role": str(row["webinar_member_role"]),
    }
    assert mistyped["total_count"] == "30"
    assert set(extra["participants"][0]) - set(row) == {"x_unknown"}
    assert "total_count" not in missing
    assert {"ms_open_id", "join_time", "user_name"} <= set(missing["participants"][0]) < set(row)
    assert nulls["participants"][0] == row | {"user_name": None}


def test_a_set_of_calls_and_one_identity_can_be_struck(client: Platform, keys: Keys, token: Token) -> None:
    client.post("faults", call="reads", kind="code", error_code=41, identity=token.open_id)
    assert code_of(basic(client, token)) == (500, 41)
    operator = {"operator_id": client.organiser()["userid"], "operator_id_type": 1}
    assert client.send(keys, "GET", "/v1/users/list", page=1, page_size=1, **operator).status_code == 200
    client.delete("faults")
    client.post("faults", call="tokens", kind="code", error_code=20, status=500)
    answer = client.exchange("none")
    assert (answer.status_code, answer.json()["code"]) == (500, 20)


@pytest.mark.parametrize(
    ("pattern", "hits"),
    [("*", {BASIC, CREATE, "POST /v1/meetings/{meeting_id}/enroll/ids"}),
     ("reads", {BASIC, "POST /v1/meetings/{meeting_id}/enroll/ids"}), ("writes", {CREATE}),
     ("tokens", {"POST /wemeet-webapi/v2/oauth2/oauth/refresh_token"}),
     ("POST /v1/meetings*", {CREATE, "POST /v1/meetings/{meeting_id}/enroll/ids"})],
)
def test_a_pattern_names_its_calls(pattern: str, hits: set[str]) -> None:
    calls = {BASIC, CREATE, "POST /v1/meetings/{meeting_id}/enroll/ids",
             "POST /wemeet-webapi/v2/oauth2/oauth/refresh_token"}
    assert {call for call in calls if Fault(pattern, "status").names(call, "anybody")} == hits
    assert is_write(CREATE) is True


def test_only_the_rule_that_struck_counts_as_fired() -> None:
    faults = Faults()
    first, second = faults.add([
        {"call": "*", "kind": "status", "every": 2}, {"call": BASIC, "kind": "code", "nth": 2, "error_code": 41},
    ])
    assert [rule and rule.kind for rule in (faults.strike(BASIC) for _ in range(4))] == [
        None, "status", "code", "status",
    ]
    assert (first.fired, second.fired) == (2, 1)


@pytest.mark.parametrize(
    "wanted",
    [[], 3, {"call": BASIC}, {"call": BASIC, "kind": "odd"}, {"call": BASIC, "kind": "status", "nth": "1"},
     {"call": BASIC, "kind": "status", "status": True}, {"call": 1, "kind": "status"},
     {"call": BASIC, "kind": "latency", "seconds": -1}, [{"call": BASIC, "kind": "status"}, {"call": BASIC}]],
)
def test_a_fault_that_makes_no_sense_is_refused_whole(client: Platform, wanted: Any) -> None:
    answer = client.session.post(f"{client.url}/_sandbox/faults", json=wanted, timeout=10)
    assert (answer.status_code, client.get("faults")) == (200 if wanted == [] else 400, [])


def test_a_fault_is_named_in_the_ledger(client: Platform, token: Token) -> None:
    client.post("faults", call=BASIC, kind="rate_limit", times=1)
    basic(client, token)
    told = client.get("ledger", calls=1)["last_calls"][-1]
    assert (told["fault"], told["error_code"], told["identity"], told["kind"]) == (
        "rate_limit", 190310, token.open_id, "user",
    )


def test_the_server_goes_on_after_a_reset(client: Platform, token: Token) -> None:
    client.post("faults", call="*", kind="reset", times=3)
    address = client.url.removeprefix("http://").split(":")
    for _ in range(3):
        with socket.create_connection((address[0], int(address[1])), timeout=5) as raw:
            raw.sendall(b"GET /v1/meetings HTTP/1.1\r\nHost: x\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                raw.recv(1)
    assert basic(client, token).status_code == 200
