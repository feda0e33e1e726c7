"""Limits in true sliding windows, by identity, kind of call, meeting and account."""

import pytest

from portal.sandbox.errors import MEANINGS, Refusal
from portal.sandbox.quota import Quota
from portal.sandbox.switches import Switches
from portal.sandbox.usage import mean_use
from portal.sandbox.world import make_world
from tests.sandbox.wire import Keys, Platform, Token

LIST = "GET /v1/users/list"
CORP = "GET /v1/corp/users"


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Gate:
    """A quota with a clock of its own; `take` gives the code of each call, 0 where it is accepted."""

    def __init__(self, **switches: object) -> None:
        self.switches = Switches()
        self.switches.change({"rate_per_minute": 0, **switches})
        self.clock = Clock()
        self.quota = Quota(self.switches, self.clock)

    def take(self, calls: int = 1, call: str = LIST, identity: str = "app", **more: object) -> list[int]:
        return [self._one(identity, call, **{"of_app": True, **more}) for _ in range(calls)]

    def _one(self, identity: str, call: str, **more: object) -> int:
        try:
            self.quota.spend(identity, call, **more)
        except Refusal as refusal:
            return refusal.code
        return 0


def test_a_window_slides_so_a_burst_over_the_full_minute_is_refused() -> None:
    gate = Gate(rate_per_minute=3)
    gate.clock.now = 1_700_000_039.0
    assert gate.take(3) == [0, 0, 0]
    gate.clock.now += 2
    assert gate.take(2) == [190310, 190310]
    gate.clock.now += 58
    assert gate.take(1) == [190310], "the first calls are exactly a minute old"
    gate.clock.now += 0.5
    assert gate.take(4) == [0, 0, 0, 190310]


def test_the_clock_mode_begins_again_at_the_full_minute() -> None:
    gate = Gate(rate_per_minute=3, rate_window="clock")
    gate.clock.now = 1_700_000_039.0
    assert gate.take(3) == [0, 0, 0]
    gate.clock.now += 2
    assert gate.take(4) == [0, 0, 0, 190310]
    assert gate.quota.peaks == {"app": 6}


def test_refused_calls_count_only_where_the_switch_says_so() -> None:
    gate = Gate(rate_per_minute=2)
    gate.take(2)
    gate.clock.now += 40
    assert gate.take(2) == [190310, 190310]
    gate.clock.now += 21
    assert gate.take(2) == [0, 0]
    strict = Gate(rate_per_minute=2, rate_counts_refused=True)
    strict.take(2)
    strict.clock.now += 40
    strict.take(2)
    strict.clock.now += 21
    assert strict.take(1) == [190310]


def test_a_day_is_limited_for_apps_and_for_users_by_switch_only() -> None:
    gate = Gate(rate_per_day=2, rate_day_seconds=100.0)
    assert gate.take(3) == [0, 0, 190311]
    assert gate.take(3, identity="user", of_app=False) == [0, 0, 0]
    gate.switches.change({"rate_day_for_oauth": True})
    assert gate.take(1, identity="user", of_app=False) == [190311]
    gate.clock.now += 101
    assert gate.take(1) == [0]


def test_account_level_calls_have_a_smaller_limit_of_their_own() -> None:
    gate = Gate(rate_corp_per_minute=2)
    other = "GET /v1/corp/meetings"
    assert gate.take(1, CORP) + gate.take(2, other) == [0, 0, 190313]
    assert gate.take(1) == [0], "other calls go on"
    gate.switches.change({"rate_corp_each": True})
    assert gate.take(3, other) == [0, 0, 190313]


def test_one_kind_of_call_and_one_meeting_can_be_limited_by_switch() -> None:
    gate = Gate(rate_endpoint_per_day=2, rate_endpoint_per_minute=0)
    assert gate.take(3) == [0, 0, 190312]
    assert gate.take(1, "GET /v1/other") == [0]
    gate = Gate(rate_endpoint_per_minute=1)
    assert gate.take(2) == [0, 190313]
    gate = Gate(rate_meeting_per_minute=1)
    assert gate.take(2, meeting_id="1") + gate.take(1, meeting_id="2") == [0, 9061, 0]


def test_creations_are_limited_by_hour_day_and_account() -> None:
    users = list(make_world(3).enterprises[0].users.values())
    gate = Gate(creations_per_hour=2, rate_hour_seconds=10.0)
    gate.quota.create(users[0])
    gate.quota.create(users[0])
    with pytest.raises(Refusal, match="500029"):
        gate.quota.create(users[0])
    gate.quota.create(users[1])
    gate.clock.now += 11
    gate.quota.create(users[0])
    gate.switches.change({"creations_per_month": 4})
    gate.clock.now += 11
    with pytest.raises(Refusal, match="500168"):
        gate.quota.create(users[2])
    gate.switches.change({"creations_per_month": 0, "creations_per_day": 3})
    with pytest.raises(Refusal, match="9008"):
        gate.quota.create(users[0])


def test_the_platform_answers_limits_with_500() -> None:
    codes = (190310, 190311, 190312, 190313, 500029, 500168)
    assert {code: MEANINGS[code][0] for code in codes} == dict.fromkeys(codes, 500)


def test_use_is_measured_while_there_was_demand() -> None:
    paced = [float(at) for at in range(0, 600, 2)]
    assert mean_use(paced, [], 30, 60.0) == 1.0
    assert mean_use(paced, [], 60, 60.0) == 0.5
    bursts = [60.0 * minute for minute in range(10) for _ in range(30)]
    assert mean_use(bursts, [], 30, 60.0) == 1.0
    assert mean_use(paced + [at + 10_000 for at in paced], [], 30, 60.0) == 1.0, "a pause is no demand"
    assert mean_use([0.0] * 10, [30.0, 90.0, 120.0, 180.0], 10, 60.0) == 0.0
    assert mean_use([0.0, 1.0], [], 30, 60.0) is None
    assert mean_use(paced, [], 0, 60.0) is None


def test_the_ledger_tells_each_identity_apart(platform: Platform, keys: Keys, token: Token) -> None:
    platform.switch(rate_per_minute=2, rate_minute_seconds=600.0)
    operator = {"operator_id": platform.organiser()["userid"], "operator_id_type": 1}
    answers = [platform.send(keys, "GET", "/v1/users/list", page=1, page_size=1, **operator) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 500]
    assert answers[2].json()["error_info"]["new_error_code"] == 200190310
    platform.call(token, "GET", "/v1/users/info/basic", operator_id=token.open_id, operator_id_type=2)
    told = platform.get("ledger")["identities"]
    assert told[keys.enterprise["app_id"]] == {
        "kind": "app", "calls": 2, "refused": 1, "refused_by_code": {"190310": 1}, "peak_minute": 2,
        "mean_use": None,
    }
    assert (told[token.open_id]["kind"], told[token.open_id]["calls"]) == ("user", 1)


def test_a_refused_booking_does_not_count_as_a_meeting_made(
    platform: Platform, token: Token, now: int
) -> None:
    bad = {
        "userid": token.open_id, "instanceid": 1, "subject": "x", "type": 0,
        "start_time": str(now), "end_time": str(now + 60), "password": "no digits",
    }
    platform.switch(creations_per_hour=1)
    platform.delete("ledger")
    assert platform.refused(token, "POST", "/v1/meetings", bad) == (400, 190004)
    platform.book(token, now, now + 60)
    assert platform.refused(token, "POST", "/v1/meetings", bad | {"password": ""}) == (500, 500029)
