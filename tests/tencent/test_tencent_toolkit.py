"""The in-meeting app: binding, signature, and a phone whose token nobody but the platform sees."""

import logging
import re
import traceback
from typing import Any

import pytest

from portal.tencent import toolkit
from portal.tencent.client import Client
from portal.tencent.errors import NotAllowed, PlatformError, Refused, TryAgain
from portal.tencent.pstn import Phone
from portal.tencent.toolkit import Binding, Ticket, Tool, Visible

# Short, so that no pattern for tokens finds it.
TOKEN = "tok/4+a=b"


def test_an_app_is_bound_with_what_was_said_and_nothing_else(platform: Any, oauth_client: Client) -> None:
    platform.does(body=b"")
    ours = Tool("corp1", "sdk1", unique_code="row-1", enable_customer_data=True, enable_add_robot=False)
    toolkit.bind(oauth_client, "5", tools=[ours], auto_open_sdkid="sdk1", toolbar_sdkid="sdk1")
    assert (platform.last.method, platform.last.target) == ("POST", "/v1/app/toolkit")
    assert platform.last.body == (
        b'{"userid":"openidofalice00000000000000a","instanceid":1,"meeting_id":"5","tool_list":[{"tool_appid":"corp1",'
        b'"tool_sdkid":"sdk1","unique_code":"row-1","enable_customer_data":1,"enable_add_robot":0,"visible_type":0}],'
        b'"auto_open_sdkid":"sdk1","toolbar_sdkid":"sdk1"}'
    )


def test_an_app_is_shown_to_those_listed(platform: Any, key_client: Client) -> None:
    seen_by = (Visible("corp2", visible_userid="bob"), Visible("corp3"))
    listed = Tool("corp1", "sdk1", visible_type=toolkit.LISTED, visible_list=seen_by, is_shield_creator=True)
    toolkit.bind(key_client, "5", tools=[listed, Tool("corp1", "sdk2")])
    first, second = platform.last.json.pop("tool_list")
    assert platform.last.json.keys() == {"userid", "instanceid", "meeting_id", "tool_list"}
    assert first == {
        "tool_appid": "corp1",
        "tool_sdkid": "sdk1",
        "visible_type": 2,
        "visible_list": [{"visible_appid": "corp2", "visible_userid": "bob"}, {"visible_appid": "corp3"}],
        "is_shield_creator": True,
    }
    assert second == {"tool_appid": "corp1", "tool_sdkid": "sdk2", "visible_type": 0}


def test_no_app_at_all_unbinds(platform: Any, oauth_client: Client) -> None:
    toolkit.bind(oauth_client, "5", tools=[])
    assert platform.last.json["tool_list"] == []


def test_binding_is_tried_again(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    platform.answers({})
    toolkit.bind(oauth_client, "5", tools=[Tool("corp1", "sdk1")])
    assert len(platform.seen) == 2


@pytest.mark.parametrize(
    ("tool", "toolbar"), [(Tool("corp1", "sdk1", unique_code="x" * 129), ""), (Tool("corp1", "sdk1"), "sdk2")]
)
def test_what_the_platform_would_refuse_is_never_sent(
    platform: Any, oauth_client: Client, tool: Tool, toolbar: str
) -> None:
    with pytest.raises(ValueError, match=r"128 characters|toolbar"):
        toolkit.bind(oauth_client, "5", tools=[tool], toolbar_sdkid=toolbar)
    assert platform.seen == []


def test_a_reference_has_128_characters(platform: Any, oauth_client: Client) -> None:
    toolkit.bind(oauth_client, "5", tools=[Tool("corp1", "sdk1", unique_code="x" * 128)])
    assert len(platform.seen) == 1


def test_what_is_bound_is_read_back(platform: Any, oauth_client: Client) -> None:
    seen_by = {"visible_appid": "corp2", "visible_openid": "o1"}
    told = {"tool_appid": 17, "tool_sdkid": "sdk1", "visible_type": "2", "visible_list": [seen_by]}
    more = {"unique_code": "row-1", "enable_customer_data": 1, "enable_add_robot": "0", "is_shield_creator": False}
    platform.answers({"tool_list": [told | more], "auto_open_sdkid": "sdk1"}, {"tool_list": None})
    tool = Tool("17", "sdk1", "row-1", True, False, 2, (Visible("corp2", visible_openid="o1"),), False)
    assert toolkit.read(oauth_client, "5") == Binding((tool,), "sdk1", "")
    assert platform.last.target == "/v1/app/toolkit?userid=openidofalice00000000000000a&instanceid=1&meeting_id=5"
    assert toolkit.read(oauth_client, "5") == Binding((), "", "")


@pytest.mark.parametrize(("body", "code"), [(b'{"unique_code":"row-1"}', "row-1"), (b"{}", ""), (b"", "")])
def test_the_own_reference_is_read_or_empty(platform: Any, oauth_client: Client, body: bytes, code: str) -> None:
    platform.does(body=body)
    assert toolkit.unique_code(oauth_client, "5") == code
    assert [seen.target for seen in platform.seen] == [
        "/v1/app/unique-code?userid=openidofalice00000000000000a&instanceid=1&meeting_id=5"
    ]


@pytest.mark.parametrize("country", ["86", 86, "+86", "0086"])
def test_a_token_becomes_a_phone(platform: Any, oauth_client: Client, country: object) -> None:
    platform.answers({"phone_info": {"phone_number": "13800000001", "country_code": country}})
    assert toolkit.phone_number(oauth_client, token=TOKEN) == Phone("86", "13800000001")
    assert platform.last.target == "/v1/user/info/phonenumber?token=tok%2F4%2Ba%3Db"


@pytest.mark.parametrize("answer", [{}, {"phone_info": None}, {"phone_info": {}}, {"phone_info": {"phone_number": ""}}])
def test_no_phone_is_none(platform: Any, oauth_client: Client, answer: dict[str, Any]) -> None:
    platform.answers(answer)
    assert toolkit.phone_number(oauth_client, token=TOKEN) is None


def test_without_a_token_nothing_is_asked(platform: Any, oauth_client: Client) -> None:
    with pytest.raises(ValueError, match="token"):
        toolkit.phone_number(oauth_client, token="")
    assert platform.seen == []


def test_why_there_is_no_phone_is_told(platform: Any, oauth_client: Client) -> None:
    platform.refuses(3501)
    platform.refuses(3507)
    platform.refuses(3506)
    with pytest.raises(NotAllowed) as scope:
        toolkit.phone_number(oauth_client, token=TOKEN)
    with pytest.raises(Refused) as spent:
        toolkit.phone_number(oauth_client, token=TOKEN)
    with pytest.raises(TryAgain) as often:
        toolkit.phone_number(oauth_client, token=TOKEN)
    assert (scope.value.reason, spent.value.reason, often.value.retry_after) == ("scope", "phone_token_spent", 60)


def test_the_token_reaches_no_log_and_no_error(
    platform: Any, oauth_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    platform.refuses(3507, f"illegal token {TOKEN} of 13800000001")
    platform.does(drop=True)
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            with pytest.raises(PlatformError) as caught:
                toolkit.phone_number(oauth_client, token=TOKEN)
            told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args) + caplog.text
            assert "illegal token *** of ***" in told or "ConnectionError" in told
            assert {"tok/4", "tok%2F4", "13800000001"} & set(re.findall(r"tok/4|tok%2F4|13800000001", told)) == set()


def test_a_ticket_is_drawn_for_the_user_of_the_credential(
    platform: Any, oauth_client: Client, key_client: Client
) -> None:
    platform.answers(
        {"ticket": "ABCDEFXX", "timestamp": "1622517702", "expired_time": "300"},
        {"ticket": "ABCDEFXX", "timestamp": 1622517702, "expired_time": 300},
        {},
    )
    ticket = Ticket("ABCDEFXX", "1622517702", 300)
    assert toolkit.jsapi_ticket(oauth_client) == ticket
    assert platform.last.target == "/v1/jsapi/ticket"
    assert toolkit.jsapi_ticket(key_client) == ticket
    assert platform.last.target == "/v1/jsapi/ticket?userid=operator1"
    assert "ABCDEFXX" not in repr(ticket)
    with pytest.raises(TryAgain):
        toolkit.jsapi_ticket(oauth_client)


PAGE = "https://www.test.com/search?a=1&b=2"
V5 = "9b467a116dae8a1f21dbb6a99bca1634ccd4003111f36572bf51c6b23c94c4ba"


@pytest.mark.parametrize("url", [PAGE, f"{PAGE}#", f"{PAGE}#/tab?c=3#d"])
def test_the_signature_of_the_platform_files(url: str) -> None:
    signed = toolkit.jsapi_signature(
        corp_id="12345", sdk_id="67890", timestamp="1622517702", nonce_str="abcde", url=url, ticket="ABCDEFXX"
    )
    assert signed == V5


@pytest.mark.parametrize("url", ["https://www.test.com/search/?a=1&b=2", "https://www.test.com/search?a=1&b=2%20"])
def test_nothing_else_of_the_address_is_touched(url: str) -> None:
    facts = {"corp_id": "12345", "sdk_id": "67890", "timestamp": "1622517702", "nonce_str": "abcde"}
    assert toolkit.jsapi_signature(**facts, url=url, ticket="ABCDEFXX") != V5
