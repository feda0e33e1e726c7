"""Whatever the platform answers, every call gives a value or one of our errors: never another exception."""

import copy
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from types import GeneratorType
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import portal.tencent
from portal.tencent import (
    control,
    directory,
    enrolment,
    events,
    guests,
    invitees,
    links,
    meetings,
    oauth,
    participants,
    pstn,
    toolkit,
    waiting_room,
    webhooks,
    webinars,
)
from portal.tencent.client import Client
from portal.tencent.enrolment_form import EnrolmentConfig
from portal.tencent.errors import PlatformError
from portal.tencent.plans import MeetingPlan
from portal.tencent.transport import new_session
from tests.tencent.conftest import Make, Reply, Script
from tests.tencent.samples import MEETING, PERSON, QUESTION, SAMPLES

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TIMES = {"start": START, "end": START + timedelta(hours=1)}
PHONE = pstn.Phone("86", "13800000001")
WHO = [control.Target("m1", 1)]
GUESTS = [guests.Guest(area="86", phone_number="13800000001")]
ROWS = [enrolment.ImportRow(userid="a"), enrolment.ImportRow(area="86", phone_number="13800000001")]
MEETINGS: Any = {"kind": "meetings"}
WEBINARS: Any = {"kind": "webinars"}

# Take a client but call nothing by themselves.
NO_CALLS = {"control.asking", "paging.cursored", "paging.numbered", "transport.send"}

CALLS: dict[str, Callable[[Client], Any]] = {
    "control.kick_out": lambda client: control.kick_out(client, "5", users=WHO, allow_rejoin=True),
    "control.rename": lambda client: control.rename(client, "5", names={WHO[0]: "甲"}),
    "control.set_access": lambda client: control.set_access(client, "5", access=control.Access()),
    "directory.advanced_list": directory.advanced_list,
    "directory.basic_info": directory.basic_info,
    "directory.cancel_auth": directory.cancel_auth,
    "directory.list_users": directory.list_users,
    "directory.open_ids_to_userids": lambda client: directory.open_ids_to_userids(client, sdk_id="1", open_ids=["o"]),
    "directory.read_user": lambda client: directory.read_user(client, "bob"),
    "enrolment.approvals": lambda client: _registrants(client),
    "enrolment.decide": lambda client: enrolment.decide(
        client, "5", enroll_ids=[7], action=enrolment.Action.APPROVE, **MEETINGS
    ),
    "enrolment.ids": lambda client: enrolment.ids(client, "5", ms_open_ids=["m1"], **WEBINARS),
    "enrolment.import_rows": lambda client: enrolment.import_rows(client, "5", rows=ROWS, **MEETINGS).unanswered(ROWS),
    "enrolment.read_config": lambda client: enrolment.read_config(client, "5", **WEBINARS),
    "enrolment.unregister": lambda client: enrolment.unregister(client, "5", enroll_ids=[7], **MEETINGS),
    "enrolment.write_config": lambda client: enrolment.write_config(client, "5", config=EnrolmentConfig(), **MEETINGS),
    "guests.read": lambda client: (guests.read(client, "5", **MEETINGS), guests.read(client, "5", **WEBINARS)),
    "guests.read_by_code": lambda client: guests.read_by_code(client, meeting_code="1"),
    "guests.replace": lambda client: guests.replace(client, "5", guests=GUESTS, **WEBINARS),
    "guests.replace_by_code": lambda client: guests.replace_by_code(client, meeting_code="1", guests=GUESTS),
    "invitees.read": lambda client: invitees.read(client, "5"),
    "invitees.replace": lambda client: invitees.replace(client, "5", userids=["a"]),
    "links.create": lambda client: links.create(client, "5", tag="row-1", **MEETINGS),
    "links.list_all": lambda client: [*links.list_all(client, "5", **MEETINGS), *links.list_all(client, "5", **WEBINARS)],
    "meetings.cancel": lambda client: meetings.cancel(client, "5"),
    "meetings.change": lambda client: meetings.change(client, "5", plan=MeetingPlan(), series=False),
    "meetings.change_occurrence": lambda client: meetings.change_occurrence(client, "5", sub_meeting_id="7", **TIMES),
    "meetings.create": lambda client: meetings.create(client, plan=MeetingPlan()).is_series,
    "meetings.dismiss": lambda client: meetings.dismiss(client, "5"),
    "meetings.history": lambda client: meetings.history(client, **TIMES),
    "meetings.list_upcoming": meetings.list_upcoming,
    "meetings.read": lambda client: meetings.read(client, "5"),
    "meetings.read_by_code": lambda client: meetings.read_by_code(client, meeting_code=MEETING["meeting_code"]),
    "oauth.exchange": lambda client: _oauth(client, oauth.exchange, sdk_id="1", secret="s", auth_code="c"),
    "oauth.refresh": lambda client: _oauth(client, oauth.refresh, sdk_id="1", refresh_token="r", open_id="o"),
    "oauth.user_info": lambda client: _oauth(client, oauth.user_info, access_token="t", open_id="o"),
    "participants.live": lambda client: participants.live(client, "5"),
    "participants.ms_open_id": lambda client: participants.ms_open_id(client, "5", person="a", person_type=1),
    "participants.page": lambda client: participants.after(participants.page(client, "5", keep_network=True), pos="0"),
    "participants.pages": lambda client: participants.pages(client, "5"),
    "pstn.call_out": lambda client: pstn.call_out(client, "5", callees=[pstn.Callee(PHONE)]),
    "pstn.call_status": lambda client: pstn.call_status(client, "5"),
    "pstn.cancel_call": lambda client: pstn.cancel_call(client, "5", callees=[pstn.Callee(PHONE)]),
    "pstn.ms_open_ids": lambda client: pstn.ms_open_ids(client, "5", phones=[PHONE]),
    "toolkit.bind": lambda client: toolkit.bind(client, "5", tools=[toolkit.Tool("1", "2")]),
    "toolkit.jsapi_ticket": toolkit.jsapi_ticket,
    "toolkit.phone_number": lambda client: toolkit.phone_number(client, token="t"),
    "toolkit.read": lambda client: toolkit.read(client, "5"),
    "toolkit.unique_code": lambda client: toolkit.unique_code(client, "5"),
    "waiting_room.admit": lambda client: waiting_room.admit(client, "5", users=WHO),
    "waiting_room.log": lambda client: waiting_room.log(client, "5"),
    "waiting_room.move_in": lambda client: waiting_room.move_in(client, "5", users=WHO),
    "waiting_room.now": lambda client: waiting_room.now(client, "5"),
    "waiting_room.read_welcome": lambda client: waiting_room.read_welcome(client, "5"),
    "waiting_room.remove": lambda client: waiting_room.remove(client, "5", users=WHO, allow_rejoin=False),
    "waiting_room.write_welcome": lambda client: waiting_room.write_welcome(client, "5", text="x"),
    "webinars.cancel": lambda client: webinars.cancel(client, "5"),
    "webinars.change": lambda client: webinars.change(client, "5", plan=webinars.WebinarPlan()),
    "webinars.create": lambda client: webinars.create(client, plan=webinars.WebinarPlan()),
    "webinars.read": lambda client: webinars.read(client, meeting_id="5"),
}

DEEP = json.loads("[" * 50 + "]" * 50)
ODD = (
    *(None, True, False, 0, -1, 7.5, 10**9, 2**62, 2**63, 10**30, 10**400, float("nan"), float("inf")),
    *("", "0", "-7", "1e400", "1_0", "９", "%%%", "5LiJ5", "////", "\ud800", "a\x00b", "MEETING_STATE_OF_NEXT_YEAR"),
    *("2026-13-45 99:99", "1795147200", 1795147200000, [], {}, [[]], [None, "x", 7, {}], {"x": {}}, DEEP),
)
BODIES = (b"", b"  \n", b"null", b"[]", b"7", b'"x"', b"{", b"\xff\xfe", b"\xef\xbb\xbf{}", b"<html>", b"[" * 100_000)
ERRORS = (
    *({"error_info": each} for each in (None, [], "x", 7, {}, {"error_code": None}, {"error_code": [1]})),
    *({"error_info": {"error_code": code, "message": {}}} for code in ("9003", 9007, 13603, 0, -1, 10**30, True, "x")),
    *({"code": code, "message": None, "data": []} for code in (0, "0", 1002, "1005", None, {})),
)


def mended(value: Any) -> Any:
    """Turn a number into text and back."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else [value]
    return str(value) if isinstance(value, int | float) else [value]


SPOILT: tuple[Callable[[Any, Any], Any], ...] = (
    lambda value, odd: odd,
    lambda value, odd: mended(value),
    lambda value, odd: [value, odd],
    lambda value, odd: value | {"unheard_of": odd} if isinstance(value, dict) else odd,
)


def places(thing: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands in an answer."""
    inside = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def spoilt(draw: st.DrawFn, answer: dict[str, Any]) -> dict[str, Any]:
    """Take some keys away and put odd things in the place of others."""
    answer = copy.deepcopy(answer)
    for _ in range(draw(st.integers(1, 4))):
        found = list(places(answer))
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        holder = answer
        for step in way:
            holder = holder[step]
        change = draw(st.sampled_from((None, *SPOILT)))
        if change is None:
            del holder[last]
        else:
            holder[last] = change(holder[last], copy.deepcopy(draw(st.sampled_from(ODD))))
    return answer


@st.composite
def replies(draw: st.DrawFn, sample: dict[str, Any]) -> Reply:
    """Draw one answer: mostly a spoilt one, else no answer of the kind at all, or an error nobody can read."""
    kind = draw(st.sampled_from(("spoilt",) * 6 + ("body", "error")))
    status = draw(st.sampled_from((200, 200, 200, 200, 204, 302, 400, 403, 404, 429, 500, 502)))
    if kind == "body":
        return Reply(status, draw(st.sampled_from(BODIES)))
    answer = draw(st.sampled_from(ERRORS)) if kind == "error" else spoilt(draw, sample)
    return Reply(200 if kind == "spoilt" else status, as_json(answer))


def as_json(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def _oauth(client: Client, ask: Callable[..., Any], **given: str) -> Any:
    with new_session() as session:
        return ask(session, url=client._api_url, timeout=(1, 1), clock=lambda: 1_800_000_000.0, **given)


def _registrants(client: Client) -> list[str]:
    return [each.answer(2) for each in enrolment.approvals(client, "5", **MEETINGS)]


def all_calls() -> set[str]:
    """Return every public function of the room that is given a client or a session."""
    found = set()
    for module in pkgutil.iter_modules(portal.tencent.__path__):
        room = importlib.import_module(f"portal.tencent.{module.name}")
        for name, function in inspect.getmembers(room, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if function.__module__ == room.__name__ and first and first.annotation in (Client, requests.Session):
                found |= set() if name.startswith("_") else {f"{module.name}.{name}"}
    return found


def test_every_call_is_tried() -> None:
    assert set(CALLS) == set(SAMPLES) == all_calls() - NO_CALLS


@pytest.mark.parametrize("call", CALLS)
def test_the_whole_answer_is_read(platform: Script, key_client: Client, call: str) -> None:
    platform.does(body=as_json(SAMPLES[call]))
    whole(CALLS[call](key_client))


@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_answer_is_too_odd(platform: Script, make: Make, key_client: Client, call: str, data: st.DataObject) -> None:
    platform.replies[:] = data.draw(st.lists(replies(SAMPLES[call]), min_size=1, max_size=2))
    platform.seen.clear()
    # A walk without end would ask for the time for ever.
    hours = iter([1_800_000_000.0] * 30)
    client = make(key_client.credential, tries=1, clock=lambda: next(hours))
    try:
        whole(CALLS[call](client))
    except PlatformError as error:
        str(error).encode()


def whole(value: Any) -> None:
    """Read a value to its end and see that all its texts can be kept."""
    if isinstance(value, str):
        assert "\x00" not in value
        value.encode()
    elif isinstance(value, dict):
        whole([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | GeneratorType | filter):
        for each in value:
            whole(each)
    elif is_dataclass(value):
        whole([getattr(value, each.name) for each in fields(value)])
    elif isinstance(value, int):
        assert abs(value) < 2**63
    else:
        assert value is None or isinstance(value, datetime), type(value)


ENTRY = {
    "operate_time": 1757270338155,
    "operator": PERSON | {"instance_id": "4", "pstn_number": "0086123888", "role_type": 1},
    "to_operator": PERSON | {"user_role": 30},
    "meeting_info": MEETING | {"creator": PERSON, "sub_meeting_id": "1795147200"},
    "enroll_info": {"meeting_id": "9", "enroll_id": 7, "answer_list": [QUESTION | {"answer_content": ["甲"]}]},
    "app_info": {"sdk_id": 7, "app_name": "x"},
    "cancel_open_id_list": [{"open_id": "a"}],
    "extend_info": {"customer_data": PERSON["customer_data"]},
    "meeting_end_type": 3,
    "leave_reason": "主动离开",
}
DELIVERY = {"event": "meeting.end", "trace_id": "t", "payload": [ENTRY]}


@st.composite
def deliveries(draw: st.DrawFn) -> str:
    plain = json.dumps(spoilt(draw, DELIVERY))
    return plain if draw(st.booleans()) else draw(st.sampled_from(BODIES)).decode("utf-8", "replace")


@settings(max_examples=300, deadline=None)
@given(deliveries())
def test_no_event_is_too_odd(plain: str) -> None:
    try:
        whole(list(events.parse(plain)))
    except ValueError as error:
        assert str(error) in ("not JSON", "not a JSON object", "not an event")


@settings(max_examples=300, deadline=None)
@given(st.text() | st.sampled_from(["\ud800", "AAAA", "=" * 9]), st.text(max_size=50))
def test_no_delivery_is_too_odd(data: str, aes_key: str) -> None:
    timestamp, nonce = "1766194600155", "33247089"
    signature = webhooks.sign("token", timestamp, nonce, data)
    given = {"token": "token", "aes_key": aes_key, "timestamp": timestamp, "nonce": nonce, "signature": signature}
    for receive, name in ((webhooks.receive, "data"), (webhooks.verify_url_check, "check_str")):
        try:
            receive(**given, **{name: data}, now=1766194600.0)
        except webhooks.WebhookRefused as error:
            assert str(error) == "refused"
