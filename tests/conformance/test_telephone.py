"""Calls out and the in-meeting app through the SDK."""

import base64
from typing import Any

from tests.conformance.booking import book
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform, Token


def test_phones_are_called_and_calls_are_cancelled(keys: Witness, platform: Platform, now: int) -> None:
    moods = {"13800000000": "ring", "13800000001": "connect", "13800000002": "refuse"}
    platform.post("client/answers", moods)
    made = book(keys, now - 600)
    where = {"meeting_id": made.meeting_id}
    good = [{"area": 86, "phone": f"1380000{number:04d}", "nick_name": f"客{number}"} for number in range(3)]
    body = {**keys.operator, "phone_numbers": [*good, {"area": 86, "phone": "12"}]}
    answer = keys.call("v1_meeting_meeting_id_phone_callout_post", **where, body=body)
    assert (answer.meeting_id, [each.area for each in answer.phone_numbers]) == (made.meeting_id, [86, 86, 86])
    assert [each.phone for each in answer.phone_numbers] == [each["phone"] for each in good]
    assert [(each.phone, bool(each.error_msg)) for each in answer.invalid_phone_numbers] == [("12", True)]
    rows = platform.get(f"rows/{made.meeting_id}")
    assert [(row["instanceid"], row["join_type"], base64.b64decode(row["user_name"]).decode()) for row in rows] == [
        (0, 0, "客1")
    ]

    numbers = [{"area": 86, "phone": "13800000000"}, {"area": 86, "phone": "13800000088"}]
    body = {**keys.operator, "phone_numbers": numbers}
    answer = keys.call("v1_meeting_meeting_id_phone_cancelcall_post", **where, body=body)
    assert [each.phone for each in answer.success_list] == ["13800000000"]
    assert [(each.phone, bool(each.error_msg)) for each in answer.failed_list] == [("13800000088", True)]


def test_an_app_is_bound_to_a_meeting(either: Witness, platform: Platform, token: Witness, now: int) -> None:
    made = book(either, now + 600)
    tool = {"tool_appid": platform.app["corp_id"], "tool_sdkid": platform.app["sdk_id"], "visible_type": 0,
            "enable_customer_data": 1, "unique_code": "m1"}  # fmt: skip
    body = {"meeting_id": made.meeting_id, "userid": either.user, "instanceid": 1, "tool_list": [tool]}
    either.call("v1_app_toolkit_post", body=body | {"auto_open_sdkid": platform.app["sdk_id"]})
    bound = platform.call(caller(either, platform), "GET", "/v1/app/toolkit", userid=either.user, instanceid=1,
                          meeting_id=made.meeting_id)  # fmt: skip
    assert [{name: each[name] for name in tool} for each in bound["tool_list"]] == [tool]


def caller(who: Witness, platform: Platform) -> Any:
    """The binding is read by the sandbox's own tests' client: the SDK cannot."""
    return platform.keys() if who.kind == "keys" else Token(platform.token(who.user).pair)
