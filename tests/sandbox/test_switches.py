"""Oddities whose truth is unknown: each switch changes what a caller gets."""

from pathlib import Path
from typing import Any

import pytest
import requests

from portal.sandbox.switches import CHOICES, TABLE, Switches, UnknownSwitch
from tests.sandbox.wire import Keys, Platform, Token


def info(answer: requests.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json()["error_info"]


def unknown(platform: Platform, token: Token) -> tuple[int, dict[str, Any]]:
    return info(platform.send(token, "GET", "/v1/meetings/1", userid=token.open_id, instanceid=1))


def test_the_long_code_may_be_plain_or_missing(platform: Platform, token: Token, keys: Keys) -> None:
    assert unknown(platform, token)[1]["new_error_code"] == 101009003
    answer = platform.send(keys, "GET", "/v1/nothing")
    assert info(answer)[1]["new_error_code"] == 200200004
    platform.switch(new_error_code="plain")
    assert info(platform.send(keys, "GET", "/v1/nothing"))[1]["new_error_code"] == 200004
    assert unknown(platform, token)[1]["new_error_code"] == 101009003
    platform.switch(new_error_code="missing")
    assert set(unknown(platform, token)[1]) == {"error_code", "message"}


def test_a_status_can_be_set_by_code(platform: Platform, token: Token) -> None:
    assert unknown(platform, token)[0] == 500
    platform.switch(statuses="9042=500,9003=404")
    assert unknown(platform, token)[0] == 404


def test_gate_codes_are_switches(platform: Platform, token: Token, keys: Keys) -> None:
    query = {"operator_id": token.open_id, "operator_id_type": 2}
    platform.switch(oauth_unsupported_code=200004)
    assert platform.refused(token, "GET", "/v1/users/list", page=1, page_size=1, **query) == (400, 200004)
    platform.switch(missing_permission_code=9042, granted_scopes="VIEW_USER_INFO")
    poor = platform.token(platform.organiser(0, 3)["open_id"])
    assert platform.refused(poor, "GET", "/v1/meetings", userid=poor.open_id, instanceid=1) == (403, 9042)
    platform.switch(expired_token_code=1005)
    platform.post("tokens/expire", open_id=token.open_id)
    answer = platform.send(token, "GET", "/v1/users/info/basic", **query)
    assert info(answer)[1]["new_error_code"] == 107001005


def test_the_oauth_addresses_may_refuse_otherwise(platform: Platform) -> None:
    assert (platform.exchange("x").status_code, "data" in platform.exchange("x").json()) == (400, False)
    platform.switch(oauth_failure_status=200, oauth_failure_data="null")
    answer = platform.exchange("x")
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, 1002, None)
    platform.switch(oauth_failure_data="empty")
    assert platform.exchange("x").json()["data"] == {}


def test_a_refresh_may_keep_the_refresh_token(platform: Platform, token: Token) -> None:
    def refresh(pair: dict[str, Any]) -> dict[str, Any]:
        answer = platform.oauth(
            "refresh_token", sdk_id=platform.app["sdk_id"], open_id=token.open_id,
            refresh_token=pair["refresh_token"],
        )
        return answer.json()["data"]

    second = refresh(token.pair)
    assert second["refresh_token"] != token.pair["refresh_token"]
    platform.switch(refresh_rotates=False, expires_as_text=True)
    third = refresh(second)
    assert third["refresh_token"] == second["refresh_token"]
    assert third["access_token"] != second["access_token"]
    told = platform.oauth("user_info", access_token=third["access_token"], open_id=token.open_id).json()["data"]
    assert told["expires"] == str(third["expires"])


def test_a_refused_consent_may_lead_back(platform: Platform) -> None:
    open_id = platform.organiser()["open_id"]
    assert platform.consent(open_id, decision="refuse").status_code == 200
    platform.switch(refused_consent="redirect")
    back = platform.consent(open_id, decision="refuse")
    assert back.headers["Location"] == "http://127.0.0.1/cb?a=1&error=access_denied&state=s1"


def test_the_platforms_clock_shows_in_every_answer(platform: Platform) -> None:
    plain = requests.head(f"{platform.url}/_sandbox/", timeout=10).headers["Date"]
    platform.switch(clock_skew=86_400)
    assert requests.head(f"{platform.url}/_sandbox/", timeout=10).headers["Date"][:16] != plain[:16]


def test_each_choice_has_its_default_and_anything_else_is_refused() -> None:
    switches = Switches()
    for name, choices in CHOICES.items():
        assert TABLE[name][0] in choices, name
        with pytest.raises(UnknownSwitch):
            switches.change({name: "nothing of the kind" if isinstance(choices[0], str) else -7})
    assert switches.changed() == {}


def test_every_switch_is_written_down() -> None:
    text = Path("docs/sandbox.md").read_text(encoding="utf-8")
    assert [name for name in TABLE if f"`{name}`" not in text] == []
