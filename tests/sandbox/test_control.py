"""Faults, switches, the ledger and the pages of the operator."""

import http.client
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import ROOT, stop, url_of
from tests.sandbox.wire import Json, Keys, Platform, tag

HOUR = 3_600
CREATE_LINK = "POST /v1/meetings/customer-short-url"
PARTICIPANTS = "GET /v1/meetings/{meeting_id}/participants"


@pytest.fixture
def made(platform: Platform, keys: Keys, now: int) -> str:
    meeting_id = platform.book(keys, now - HOUR, now - 60)["meeting_id"]
    platform.post("bulk", meeting_id=meeting_id, rows=150)
    return meeting_id


def link(platform: Platform, keys: Keys, meeting_id: str, text: str) -> requests.Response:
    body = {"meeting_id": meeting_id, "customer_data": tag(text), **platform.actor(keys)}
    return platform.send(keys, "POST", "/v1/meetings/customer-short-url", body)


def links(platform: Platform, keys: Keys, meeting_id: str) -> list[Json]:
    path = f"/v1/meetings/{meeting_id}/customer-short-url"
    return platform.call(keys, "GET", path, **platform.actor(keys))["meeting_short_url_customer_data"]


def page(platform: Platform, keys: Keys, meeting_id: str) -> requests.Response:
    return platform.send(
        keys, "GET", f"/v1/meetings/{meeting_id}/participants", userid=platform.organiser()["userid"]
    )


def test_an_answer_lost_after_the_commit_leaves_the_effect(platform: Platform, keys: Keys, made: str) -> None:
    platform.post("faults", call=CREATE_LINK, nth=2, kind="cut_after_commit")
    assert link(platform, keys, made, "A1").status_code == 200
    with pytest.raises(requests.ConnectionError):
        link(platform, keys, made, "A2")
    assert link(platform, keys, made, "A3").status_code == 200
    assert len(links(platform, keys, made)) == 3
    assert platform.get("ledger")["faults_fired"] == 1


def test_a_cut_before_leaves_no_effect(platform: Platform, keys: Keys, made: str) -> None:
    platform.post("faults", call=CREATE_LINK, every=2, times=1, kind="cut_before")
    assert link(platform, keys, made, "A1").status_code == 200
    with pytest.raises(requests.ConnectionError):
        link(platform, keys, made, "A2")
    assert link(platform, keys, made, "A3").status_code == 200
    assert link(platform, keys, made, "A4").status_code == 200
    assert [row["customer_data"] for row in links(platform, keys, made)] == [tag("A1"), tag("A3"), tag("A4")]


def test_each_kind_of_bad_answer(platform: Platform, keys: Keys, made: str) -> None:
    platform.post(
        "faults",
        [
            {"call": PARTICIPANTS, "nth": 1, "kind": "status", "status": 503},
            {"call": PARTICIPANTS, "nth": 2, "kind": "code", "error_code": 190310},
            {"call": PARTICIPANTS, "nth": 3, "kind": "not_json"},
            {"call": PARTICIPANTS, "nth": 4, "kind": "half_json"},
            {"call": PARTICIPANTS, "nth": 5, "kind": "stuck_cursor"},
            {"call": PARTICIPANTS, "nth": 6, "kind": "truncate"},
        ],
    )
    assert page(platform, keys, made).status_code == 503
    limited = page(platform, keys, made)
    assert (limited.status_code, limited.json()["error_info"]["error_code"]) == (500, 190310)
    for _ in range(2):
        with pytest.raises(requests.JSONDecodeError):
            page(platform, keys, made).json()
    assert page(platform, keys, made).json()["next_pos"] == 0
    with pytest.raises((requests.exceptions.ChunkedEncodingError, http.client.IncompleteRead)):
        page(platform, keys, made)
    assert page(platform, keys, made).status_code == 200


def test_latency_and_rate_are_chance_that_can_be_repeated(platform: Platform, keys: Keys, made: str) -> None:
    platform.post("faults", call=PARTICIPANTS, nth=1, kind="latency", seconds=0.2)
    assert page(platform, keys, made).elapsed.total_seconds() >= 0.2
    assert page(platform, keys, made).elapsed.total_seconds() < 0.2
    platform.delete("faults")
    platform.post("faults", call="*", rate=0.5, kind="code", error_code=41)
    codes = [page(platform, keys, made).status_code for _ in range(40)]
    assert 8 < codes.count(500) < 32
    assert platform.get("faults")[0]["fired"] == codes.count(500)


def test_oauth_calls_fail_in_their_own_envelope(platform: Platform) -> None:
    platform.post(
        "faults", call="POST /wemeet-webapi/v2/oauth2/oauth/access_token", kind="code", error_code=20
    )
    answer = platform.exchange("x")
    assert (answer.status_code, answer.json()["code"]) == (400, 20)


def test_an_odd_fault_or_switch_is_refused_whole(platform: Platform) -> None:
    post = platform.session.post
    assert (
        post(
            f"{platform.url}/_sandbox/faults", json={"call": CREATE_LINK, "kind": "fire"}, timeout=9
        ).status_code
        == 400
    )
    assert post(f"{platform.url}/_sandbox/faults", json={"kind": "status"}, timeout=9).status_code == 400
    for wrong in ({"token_grace": "much"}, {"no_such": 1}, {"token_grace": 9, "empty_success_body": 1}):
        assert post(f"{platform.url}/_sandbox/switches", json=wrong, timeout=9).status_code == 400
    assert platform.get("switches")["token_grace"]["value"] == 0


def test_the_ledger_tells_calls_without_secrets(platform: Platform, keys: Keys, made: str) -> None:
    page(platform, keys, made)
    told = platform.get("ledger", calls=1)
    assert told["calls"][PARTICIPANTS] == 1
    last = told["last_calls"][-1]
    assert (last["method"], last["path"], last["status"]) == ("GET", f"/v1/meetings/{made}/participants", 200)
    assert platform.organiser()["userid"] not in str(told)


def test_the_console_shows_what_is_there(platform: Platform, keys: Keys, made: str) -> None:
    platform.switch(token_grace=30)
    shown = requests.get(f"{platform.url}/_sandbox/", timeout=10)
    assert shown.status_code == 200
    for text in ("星河证券股份有限公司", "季度路演", "token_grace", "150"):
        assert text in shown.text
    assert platform.app["secret"] not in shown.text
    assert "https://" not in shown.text


def test_the_management_command_runs_the_same(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [
        sys.executable,
        "manage.py",
        "sandbox",
        "--port",
        "0",
        "--ready-file",
        str(ready),
        "--seed",
        "5",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    first = Platform(url_of(ready, process))
    first.session.close()
    assert stop(process) == 0
    assert len(first.world["enterprises"]) == 2


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("bulk", {"rows": "many"}), ("bulk", {"rows": 10**400}), ("play", {"people": [3]}), ("play", {"people": 3}),
     ("play", {"people": [], "events": [1]}), ("play", {"people": [], "events": {"lose": "x"}}),
     ("play", {"people": [], "seed": None}), ("events/send", {"times": "x", "event": "meeting.end"}),
     ("events/send", {"body": []}), ("events/send", {"number": "x"}), ("events/send", {"action_scene_type": 9}),
     ("portal", {"url": "http://["}), ("portal", {"enterprise_urls": [1]}), ("scenarios/2/register", {"people": "x"})],
)
def test_a_control_call_that_makes_no_sense_is_refused(
    platform: Platform, made: str, path: str, wanted: Json
) -> None:
    body = {"meeting_id": made, **wanted}
    answer = platform.session.post(f"{platform.url}/_sandbox/{path}", json=body, timeout=10)
    assert (answer.status_code, set(answer.json())) == (400, {"error"})
