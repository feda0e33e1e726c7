"""Consent, tokens, and what becomes of them."""

from urllib.parse import parse_qs, urlsplit

import requests

from tests.sandbox.wire import Platform, Token


def basics(platform: Platform, token: Token) -> int:
    answer = platform.send(
        token, "GET", "/v1/users/info/basic", operator_id=token.open_id, operator_id_type=2
    )
    return 0 if answer.status_code == 200 else answer.json()["error_info"]["error_code"]


def test_the_consent_page_names_the_app_and_preselects_an_organiser(platform: Platform) -> None:
    query = {
        "corp_id": platform.app["corp_id"],
        "sdk_id": platform.app["sdk_id"],
        "redirect_uri": "http://127.0.0.1/cb",
        "state": "abc123",
    }
    page = requests.get(f"{platform.url}/marketplace/authorize.html", params=query, timeout=10)
    assert page.status_code == 200
    assert 'id="consent-approve"' in page.text
    first = platform.organiser(0, 2)
    assert f'value="{first["open_id"]}" checked' in page.text
    other = platform.organiser(1, 3)
    chosen = requests.get(
        f"{platform.url}/authorize.html", params={**query, "as": other["open_id"]}, timeout=10
    )
    assert f'value="{other["open_id"]}" checked' in chosen.text


def test_consent_keeps_the_query_and_appends_code_and_state(platform: Platform) -> None:
    answer = platform.consent(platform.organiser()["open_id"], "http://127.0.0.1/cb?a=1&b=%E4%BA%8C", "Ab9")
    target = urlsplit(answer.headers["Location"])
    query = parse_qs(target.query)
    assert (answer.status_code, query["a"], query["b"], query["state"]) == (302, ["1"], ["二"], ["Ab9"])
    assert len(query["auth_code"][0]) == 32


def test_refusal_and_bad_parameters_stay_on_the_page(platform: Platform) -> None:
    user = platform.organiser()["open_id"]
    assert platform.consent(user, decision="refuse").status_code == 200
    assert platform.consent(user, state="dotted.state").status_code == 400
    assert platform.consent(user, state="a" * 65).status_code == 400
    assert platform.consent(user, sdk_id="1").status_code == 400
    assert platform.consent(user, redirect_uri="javascript:alert(1)").status_code == 400
    platform.switch(trusted_redirect_hosts="portal.example")
    assert platform.consent(user).status_code == 400


def test_a_member_waits_for_the_administrator_where_the_switch_says_so(platform: Platform) -> None:
    platform.switch(admin_approval_required=True)
    assert platform.consent(platform.organiser()["open_id"]).status_code == 200
    assert platform.consent(platform.organiser(0, 0)["open_id"]).status_code == 302


def test_a_code_works_once(platform: Platform) -> None:
    code = platform.auth_code(platform.organiser()["open_id"])
    data = platform.exchange(code).json()["data"]
    assert set(data) == {"access_token", "refresh_token", "expires", "open_id", "scopes", "open_corp_id"}
    assert data["open_corp_id"] == platform.world["enterprises"][0]["open_corp_id"]
    again = platform.exchange(code)
    assert (again.status_code, again.json()["code"]) == (400, 1002)


def test_a_personal_user_has_an_empty_corp_id(platform: Platform) -> None:
    token = platform.token(platform.world["personal_user"]["open_id"])
    assert token.pair["open_corp_id"] == ""


def test_wrong_secret_and_missing_field_have_their_codes(platform: Platform) -> None:
    code = platform.auth_code(platform.organiser()["open_id"])
    sdk_id = platform.app["sdk_id"]
    assert platform.oauth("access_token", sdk_id=sdk_id, secret="x", auth_code=code).json()["code"] == 1003
    assert platform.oauth("access_token", sdk_id=sdk_id, auth_code=code).json()["code"] == 10


def test_a_refresh_kills_the_former_pair_at_once(platform: Platform, token: Token) -> None:
    wanted = {
        "sdk_id": platform.app["sdk_id"],
        "refresh_token": token.pair["refresh_token"],
        "open_id": token.open_id,
    }
    fresh = platform.oauth("refresh_token", **wanted).json()["data"]
    assert basics(platform, token) == 190303
    assert basics(platform, Token(fresh)) == 0
    assert platform.oauth("refresh_token", **wanted).json()["code"] == 1006
    assert platform.get("ledger")["refreshes"] == {token.open_id: 2}


def test_a_foreign_open_id_cannot_refresh(platform: Platform, token: Token) -> None:
    other = platform.organiser(0, 4)["open_id"]
    body = {"sdk_id": platform.app["sdk_id"], "refresh_token": token.pair["refresh_token"], "open_id": other}
    assert platform.oauth("refresh_token", **body).json()["code"] == 1004
    assert basics(platform, token) == 0


def test_a_replaced_token_lives_on_for_the_grace_of_the_switch(platform: Platform, token: Token) -> None:
    platform.switch(token_grace=60)
    platform.token(token.open_id)
    assert basics(platform, token) == 0


def test_an_expired_token_is_refused_until_it_is_refreshed(platform: Platform, token: Token) -> None:
    platform.post("tokens/expire", open_id=token.open_id)
    assert basics(platform, token) == 190303
    checked = platform.oauth("user_info", access_token=token.pair["access_token"], open_id=token.open_id)
    assert checked.json()["code"] == 1005
    body = {
        "sdk_id": platform.app["sdk_id"],
        "refresh_token": token.pair["refresh_token"],
        "open_id": token.open_id,
    }
    assert basics(platform, Token(platform.oauth("refresh_token", **body).json()["data"])) == 0


def test_user_info_tells_life_and_permissions_only(platform: Platform, token: Token) -> None:
    body = {"access_token": token.pair["access_token"], "open_id": token.open_id}
    data = platform.oauth("user_info", **body).json()["data"]
    assert set(data) == {"expires", "open_id", "scopes"}


def test_withdrawing_by_call_or_in_the_client_kills_the_tokens(platform: Platform, token: Token) -> None:
    query = {"operator_id": token.open_id, "operator_id_type": 2}
    assert platform.refused(
        token, "PUT", "/v1/auth-users/cancel-auth", operator_id="x", operator_id_type=2
    ) == (400, 1004)
    platform.switch(cancel_auth_forbidden=True)
    assert platform.refused(token, "PUT", "/v1/auth-users/cancel-auth", **query) == (500, 40)
    platform.switch(cancel_auth_forbidden=False)
    assert platform.call(token, "PUT", "/v1/auth-users/cancel-auth", **query) == {}
    assert basics(platform, token) == 190303
    again = platform.token(token.open_id)
    assert platform.post(f"users/{token.open_id}/uninstall") == {"had_tokens": True}
    assert basics(platform, again) == 190303
