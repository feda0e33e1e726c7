"""OAuth: where to send the browser, and what comes of codes and tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.tencent import oauth
from portal.tencent.errors import AnswerLost, GrantGone, Refused, TryAgain
from portal.tencent.transport import new_session

NOW = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
DATA = {
    "access_token": "acc+/ess",
    "refresh_token": "ref+/resh",
    "expires": 1_800_021_600,
    "open_id": "alice",
    "open_corp_id": "corp",
    "scopes": ["MANAGE_MEETING", "VIEW_USER_INFO"],
}


def clock() -> float:
    return NOW.timestamp()


def exchange(platform: Any) -> oauth.Grant:
    with new_session() as session:
        return oauth.exchange(
            session,
            url=platform.url,
            sdk_id="17",
            secret="hush",
            auth_code="code",
            timeout=(1, 1),
            clock=clock,
        )


def refresh(platform: Any) -> oauth.Grant:
    with new_session() as session:
        return oauth.refresh(
            session,
            url=platform.url,
            sdk_id="17",
            refresh_token="old",
            open_id="alice",
            timeout=(1, 1),
            clock=clock,
        )


def test_the_browser_is_sent_with_four_parameters() -> None:
    url = oauth.authorize_url(
        url="https://platform.example",
        corp_id="200001",
        sdk_id="17",
        redirect_uri="https://us/cb?a=1",
        state="aB9",
    )
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("platform.example", "/marketplace/authorize.html")
    assert parse_qs(parts.query) == {
        "corp_id": ["200001"],
        "sdk_id": ["17"],
        "redirect_uri": ["https://us/cb?a=1"],
        "state": ["aB9"],
    }


@pytest.mark.parametrize("state", ["", "a-b", "a.b", "a" * 65, "ａ", "a\n"])
def test_a_state_the_platform_forbids_is_not_sent(state: str) -> None:
    with pytest.raises(ValueError, match="state"):
        oauth.authorize_url(url="https://p", corp_id="1", sdk_id="2", redirect_uri="https://us", state=state)


def test_a_code_becomes_a_grant_with_absolute_ends(platform: Any) -> None:
    platform.answers({"code": 0, "message": "SUCCESS", "nonce": "0", "data": DATA})
    assert exchange(platform) == oauth.Grant(
        access_token="acc+/ess",
        refresh_token="ref+/resh",
        open_id="alice",
        open_corp_id="corp",
        scopes=("MANAGE_MEETING", "VIEW_USER_INFO"),
        expires_at=NOW + timedelta(hours=6),
        refresh_expires_at=NOW + timedelta(days=30),
    )
    assert platform.last.path == "/wemeet-webapi/v2/oauth2/oauth/access_token"
    assert platform.last.json == {"sdk_id": "17", "secret": "hush", "auth_code": "code"}
    assert platform.last.headers["Content-Type"] == "application/json"


def test_a_refresh_sends_no_secret_and_knows_whose_it_is(platform: Any) -> None:
    fewer = {key: value for key, value in DATA.items() if key not in ("open_id", "open_corp_id", "expires")}
    platform.answers({"code": 0, "data": fewer})
    grant = refresh(platform)
    assert (grant.open_id, grant.open_corp_id, grant.expires_at) == ("alice", "", NOW + timedelta(hours=6))
    assert platform.last.path == "/wemeet-webapi/v2/oauth2/oauth/refresh_token"
    assert platform.last.json == {"sdk_id": "17", "refresh_token": "old", "open_id": "alice"}


def test_a_grant_never_shows_its_tokens(platform: Any) -> None:
    platform.answers({"code": 0, "data": DATA})
    shown = repr(exchange(platform))
    assert ("acc+/ess" in shown, "ref+/resh" in shown) == (False, False)


def test_a_spent_code_and_a_dead_refresh_token_are_told_apart(platform: Any) -> None:
    platform.does(status=400, body=b'{"code": 1002, "message": "no", "nonce": "0"}')
    platform.does(status=400, body=b'{"code": 1006, "message": "no", "nonce": "0"}')
    with pytest.raises(Refused) as spent:
        exchange(platform)
    with pytest.raises(GrantGone):
        refresh(platform)
    assert (spent.value.field, spent.value.call) == ("auth_code", "oauth.exchange")


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True},
        {"status": 502, "body": b"<html>"},
        {"body": b""},
        {"body": b'{"code": 0}'},
        {"body": b'{"code": 0, "data": {"open_id": "alice"}}'},
        {"body": b'{"code": 0, "data": {"access_token": "a b", "open_id": "alice"}}'},
        {"body": b'{"code": 0, "data": {"access_token": "\xe4\xbb\xa4", "open_id": "alice"}}'},
        {"status": 400, "body": b'{"code": 20, "message": "inner"}'},
        {"body": b'{"code": 0, "data": {"acc', "cut": True},
    ],
)
@pytest.mark.parametrize("ask", [exchange, refresh])
def test_an_answer_lost_may_have_spent_code_or_token(platform: Any, ask: Any, fault: dict[str, Any]) -> None:
    platform.does(**fault)
    with pytest.raises(AnswerLost):
        ask(platform)
    assert len(platform.seen) == 1


@pytest.mark.parametrize("open_id", [None, "", [], "a\nb"])
def test_nobody_is_signed_in_as_nobody(platform: Any, open_id: object) -> None:
    platform.answers({"code": 0, "data": DATA | {"open_id": open_id}})
    with pytest.raises(AnswerLost):
        exchange(platform)


def test_a_refresh_that_tells_no_new_token_keeps_the_old_one(platform: Any) -> None:
    platform.answers({"code": 0, "data": DATA | {"refresh_token": ""}})
    assert refresh(platform).refresh_token == "old"


def test_a_rate_limit_spends_nothing(platform: Any) -> None:
    platform.refuses(190310)
    with pytest.raises(TryAgain) as caught:
        refresh(platform)
    assert type(caught.value) is TryAgain


@pytest.mark.parametrize("expires", [1_800_021_600, "1800021600"])
def test_a_token_is_checked(platform: Any, expires: object) -> None:
    platform.answers(
        {"code": 0, "data": {"expires": expires, "open_id": "alice", "scopes": ["VIEW_MEETING"]}}
    )
    with new_session() as session:
        info = oauth.user_info(session, url=platform.url, access_token="t", open_id="alice")
    assert info == oauth.TokenInfo("alice", ("VIEW_MEETING",), NOW + timedelta(hours=6))
    assert platform.last.json == {"access_token": "t", "open_id": "alice"}
