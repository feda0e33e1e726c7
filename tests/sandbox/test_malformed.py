"""Any type anywhere: every route answers a documented code, and no exception gets out."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from portal.sandbox.app import make_app
from portal.sandbox.errors import MEANINGS
from portal.sandbox.shapes import SHAPES
from portal.sandbox.state import State, new_state
from tests.sandbox.wire import sign, tag

HOUR = 3_600
STATE: State = new_state(3)
APP = make_app(STATE)
# Exceptions reach the test instead of becoming a 500.
APP.testing = True
RULES = sorted(
    (method, rule.rule)
    for rule in APP.url_map.iter_rules()
    for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    if not rule.rule.startswith("/_sandbox")
)
PAGING = ["page", "page_size", "pos", "size", "cursory", "status", "start_time", "end_time", "token", "uuid", "url"]
PAIR = ["userid", "operator_id", "operator_id_type", "instanceid", "meeting_id", "meeting_code", "sub_meeting_id"]
NAMES = sorted({*SHAPES, *PAGING, *PAIR, "tool_list", "phone_numbers", "reason", "state", "redirect_uri", "as"})


# Good values for everything, so that a mangled field is reached behind good ones.
GOOD: dict[str, Any] = {
    "subject": "x", "type": 0, "admission_type": 1, "reason_code": 1, "page": 1, "page_size": 10, "size": 10,
    "action": 3, "enroll_list": [{"area": "86", "phone_number": "13800000001"}], "ms_open_id_list": ["WM1"],
    "customer_data": tag("A"), "guests": [], "invitees": [], "hosts": [], "open_id_list": ["x"], "settings": {},
    "approve_type": 1, "is_collect_question": 2, "enroll_number": 5, "recurring_rule": {"recurring_type": 0},
    "question_list": [{"special_type": 2, "is_required": 2}], "phone_numbers": [{"area": 86, "phone": "13800000001"}],
    "users": [{"to_operator_id": "WM1", "to_operator_id_type": 4, "instanceid": 1}], "operate_type": 1,
}


class World:
    """One of each kind of meeting with people in it, and two callers."""

    def __init__(self) -> None:
        self.client: FlaskClient = APP.test_client()
        STATE.switches.change({"rate_per_minute": 0, "creations_per_hour": 0, "rate_corp_per_minute": 0})
        self.enterprise = STATE.world.enterprises[0]
        self.user = next(user for user in self.enterprise.users.values() if user.role_type == 2)
        self.grant = STATE.tokens.exchange(STATE.tokens.new_code(self.user))
        now = int(time.time())
        self.nonce = now * 1_000_000
        times = {"start_time": str(now - HOUR), "end_time": str(now + HOUR), "subject": "x", "type": 0}
        people = {"hosts": [{"userid": self.user.userid}]}
        series = {"meeting_type": 1, "recurring_rule": {"recurring_type": 0, "until_type": 1, "until_count": 3}}
        self.meetings = [
            self.made("keys", "/v1/meetings", {**times, "enable_enroll": True, **people}),
            self.made("token", "/v1/meetings", {**times, "enable_enroll": True}),
            self.made("keys", "/v1/meetings", {**times, **series}),
            self.made("keys", "/v1/webinars", {**times, "admission_type": 1}),
            self.made("token", "/v1/webinars", {**times, "admission_type": 1}),
        ]
        for meeting_id in (self.meetings[0], self.meetings[1], self.meetings[3]):
            self.client.post("/_sandbox/bulk", json={"meeting_id": meeting_id, "rows": 20})
        self.subs = [each.sub_meeting_id for each in STATE.meetings[self.meetings[2]].occurrences]

    def made(self, who: str, path: str, body: dict[str, Any]) -> str:
        answer = self.send(who, "POST", path, {}, json.dumps({**self.base(who, ""), **body}).encode())
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return str(found.get("meeting_id") or found["meeting_info_list"][0]["meeting_id"])

    def base(self, who: str, meeting_id: str) -> dict[str, Any]:
        shown = self.user.open_id if who == "token" else self.user.userid
        kind = 2 if who == "token" else 1
        pair = {"userid": shown, "operator_id": shown, "operator_id_type": kind, "instanceid": 1}
        return pair | ({"meeting_id": meeting_id} if meeting_id else {})

    def send(self, who: str, method: str, path: str, query: dict[str, str], body: bytes) -> TestResponse:
        self.nonce += 1
        uri = f"{path}?{urlencode(query, errors='replace')}" if query else path
        return self.client.open(
            uri, method=method, data=body, content_type="application/json",
            headers=self.headers(who, str(self.nonce), method, uri, body),
        )

    def headers(self, who: str, nonce: str, method: str, uri: str, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        basics = {"X-TC-Timestamp": stamp, "X-TC-Nonce": nonce, "X-TC-Registered": "1"}
        if who == "token":
            return basics | {"AccessToken": self.grant.access_token, "OpenId": self.user.open_id}
        own = self.enterprise
        signature = sign(
            own.secret_key, method, own.secret_id, nonce, stamp, uri, body.decode("latin-1")
        ) if body.isascii() else "x"
        named = {"X-TC-Key": own.secret_id, "AppId": own.app_id, "SdkId": own.sdk_id}
        return basics | named | {"X-TC-Signature": signature}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    yield World()


ODD: list[Any] = [
    "", "0", "-1", "²", "\ud800", "\x00", "1e9", "9" * 5_000, 10**400, 2**63, "99999999999", "Asia/Shanghai",
    "../..", "http://[", 1e999, [], {}, [[]], [None], [{}], [1], ["a"], "4", 4, "13800000000", True, None, 1.5, -1,
    {"recurring_type": 5, "customized_recurring_days": -1}, {"until_type": 1, "until_count": 10**9},
    [{"enroll_id": 1}], [{"userid": "x"}], {"userid": "x"},
]
odd = st.one_of(
    st.booleans(), st.integers(), st.integers(-3, 9), st.floats(), st.text(max_size=8), st.sampled_from(ODD)
)
value = st.recursive(odd, lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
), max_leaves=6)
mangled = st.dictionaries(st.sampled_from(NAMES), value, max_size=4)
raw = st.one_of(
    st.binary(max_size=20), st.sampled_from([
        b"[" * 100_000, b'{"a":' * 5_000, b"NaN", b"[]", b'"x"', b"null", b"1", b'{"subject":"\\ud800"}',
        b"\xff\xfe", '{"a":1}'.encode("utf-16"), b"{\"page\":" + b"9" * 5_000 + b"}",
    ]),
)


def assert_documented(answer: TestResponse, path: str) -> None:
    if answer.status_code == 200 or not path.startswith(("/v1/", "/wemeet-webapi/")):
        assert answer.status_code < 500, answer.text
        return
    body = answer.get_json()
    if path.startswith("/wemeet-webapi/"):
        assert (answer.status_code, set(body)) == (400, {"code", "message", "nonce"}), body
        return
    info = body["error_info"]
    assert set(info) == {"error_code", "new_error_code", "message"}
    assert info["error_code"] in MEANINGS, info
    assert info["error_code"] != 5108


def good(world: World, who: str, meeting_id: str) -> dict[str, Any]:
    # Far ahead, so that what these calls make does not slow the next ones.
    times = {"start_time": "1900000000", "end_time": "1900003600"}
    return GOOD | times | world.base(who, meeting_id)


def filled(world: World, rule: str, meeting_id: str) -> str:
    path = rule.replace("<meeting_id>", meeting_id).replace("<userid>", world.user.userid)
    return path.replace("<slug>", "none").replace("<department_id>", "1")


@pytest.mark.parametrize(("method", "rule"), RULES)
def test_each_field_alone_may_be_odd(method: str, rule: str, world: World) -> None:
    shift = RULES.index((method, rule))
    for place, name in enumerate(NAMES):
        who, meeting_id = ("keys", world.meetings[0]) if place % 2 else ("token", world.meetings[1])
        if "webinars" in rule:
            meeting_id = world.meetings[3 if who == "keys" else 4]
        fields = good(world, who, meeting_id) | {name: ODD[(place + shift) % len(ODD)]}
        query = {key: str(each) for key, each in fields.items()} if method == "GET" else {}
        path = filled(world, rule, meeting_id)
        assert_documented(world.send(who, method, path, query, json.dumps(fields).encode()), path)


@pytest.mark.parametrize(("method", "rule"), RULES)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_route_answers_a_documented_code(method: str, rule: str, world: World, data: st.DataObject) -> None:
    who = data.draw(st.sampled_from(["keys", "token"]), "who")
    meeting_id = data.draw(st.sampled_from([*world.meetings, "1", "x", "²", "9" * 400]), "meeting")
    path = filled(world, rule, meeting_id)
    fields = good(world, who, meeting_id) | data.draw(mangled, "fields")
    for name in data.draw(st.lists(st.sampled_from(sorted(fields)), max_size=2), "gone"):
        fields.pop(name, None)
    if data.draw(st.booleans(), "occurrence"):
        fields["sub_meeting_id"] = world.subs[1]
    query = {name: str(each) for name, each in fields.items()}
    if method == "GET":
        body = data.draw(st.sampled_from([b"", b"{", b"[]"]), "body")
    else:
        body = data.draw(st.one_of(st.just(json.dumps(fields).encode()), raw), "body")
        query = data.draw(st.sampled_from([{}, query]), "query")
    assert_documented(world.send(who, method, path, query, body), path)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(headers=st.dictionaries(
    st.sampled_from(["X-TC-Key", "X-TC-Timestamp", "X-TC-Nonce", "X-TC-Signature", "AppId", "SdkId", "OpenId",
                     "AccessToken", "X-TC-Registered", "Content-Type"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30), min_size=1,
))
def test_odd_headers_are_refused_at_the_gate(headers: dict[str, str], world: World) -> None:
    good = world.headers("token" if "OpenId" in headers else "keys", str(world.nonce), "GET", "/v1/meetings", b"")
    world.nonce += 1
    answer = world.client.get("/v1/meetings", headers={"Content-Type": "application/json", **good, **headers})
    assert_documented(answer, "/v1/meetings")


def test_every_kind_of_route_is_tried() -> None:
    assert len(RULES) > 45
    assert {("POST", "/v1/meetings"), ("GET", "/dm/<slug>"), ("POST", "/marketplace/authorize.html")} <= set(RULES)
