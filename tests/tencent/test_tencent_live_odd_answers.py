"""Whatever the platform says to the calls of a running meeting, the reader gets a value or one of our errors."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.tencent import directory, guests, participants, pstn, toolkit, waiting_room
from portal.tencent.client import Client
from portal.tencent.errors import PlatformError

PHONE = pstn.Phone("86", "13800000001")
KEYS = (
    *("participants", "total_page", "total_count", "users", "has_remaining", "next_pos", "guests", "phone_info"),
    *("phone_numbers", "invalid_phone_numbers", "success_list", "SuccessList", "FailedList", "tool_list", "ticket"),
    *("expired_time", "unique_code", "enable_welcome", "welcome_text", "visible_list", "department_list"),
    *("ms_open_id", "userid", "user_name", "instanceid", "join_time", "left_time", "customer_data", "status"),
    *("area", "phone", "error_msg", "phone_number", "country_code", "tool_sdkid", "enable_customer_data"),
)
SCALARS = (
    *(None, True, 0, -1, 7.5, 10**30, float("nan"), "", "0", "1e400", "%%%", "5LiJ", "////", "\ud800", "a\x00b"),
    *("MEETING_STATE_OF_NEXT_YEAR", "1795147200", 1795147200000, "13800000001", [], {}, [[]], [None, "x", 7]),
)
scalars = st.sampled_from(SCALARS)
things = st.dictionaries(st.sampled_from(KEYS), scalars, max_size=8)
answers = st.dictionaries(st.sampled_from(KEYS), scalars | things | st.lists(things, max_size=2), max_size=6)

READINGS: dict[str, Callable[[Client], Any]] = {
    "waiting_room.now": lambda client: list(waiting_room.now(client, "5")),
    "waiting_room.log": lambda client: list(waiting_room.log(client, "5")),
    "waiting_room.read_welcome": lambda client: waiting_room.read_welcome(client, "5"),
    "participants.live": lambda client: list(participants.live(client, "5")),
    "pstn.call_out": lambda client: pstn.call_out(client, "5", callees=[pstn.Callee(PHONE)]),
    "pstn.call_status": lambda client: list(pstn.call_status(client, "5")),
    "pstn.cancel_call": lambda client: pstn.cancel_call(client, "5", callees=[pstn.Callee(PHONE)]),
    "directory.advanced_list": lambda client: list(directory.advanced_list(client)),
    "directory.read_user": lambda client: directory.read_user(client, "bob"),
    "guests.read_by_code": lambda client: guests.read_by_code(client, meeting_code="1"),
    "toolkit.read": lambda client: toolkit.read(client, "5"),
    "toolkit.unique_code": lambda client: toolkit.unique_code(client, "5"),
    "toolkit.phone_number": lambda client: toolkit.phone_number(client, token="t"),
    "toolkit.jsapi_ticket": lambda client: toolkit.jsapi_ticket(client),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=answers)
def test_no_answer_is_too_odd(platform: Any, key_client: Client, answer: dict[str, Any]) -> None:
    platform.replies.clear()
    platform.answers(answer)
    for call, read in READINGS.items():
        try:
            repr(read(key_client)).encode()
        except PlatformError as error:
            assert error.call == call
