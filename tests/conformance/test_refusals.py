"""Refusals as the SDK reads them: code, full code and words of the platform's one envelope."""

import pytest

from tests.conformance.booking import DAY, HOUR, book, planned
from tests.conformance.witness import Witness, granted, keys_witness
from tests.sandbox.wire import Platform, tag

# 43704 and its siblings prefix a code by the part of the platform that speaks.
MEETINGS, GATEWAY, OPEN_API = 101_000_000, 200_000_000, 1_000_000_000
NOBODY = "18357763596888459343"


def test_an_unknown_meeting_is_refused(either: Witness) -> None:
    asked = {"meeting_id": NOBODY, "instanceid": "1", **either.asked}
    assert either.refused("v1_meetings_meeting_id_get", **asked) == (500, 9003, MEETINGS + 9003)


def test_an_end_before_the_start_is_refused(either: Witness, now: int) -> None:
    body = planned(either, now + DAY, end_time=str(now + DAY - 1))
    assert either.refused("v1_meetings_post", body=body) == (400, 190004, OPEN_API + 190004)


def test_enrolment_that_is_off_is_refused(either: Witness, now: int) -> None:
    asked = {"meeting_id": book(either, now + DAY).meeting_id, "instanceid": "1", **either.asked}
    error = either.refused("v1_meetings_meeting_id_enroll_config_get", **asked)
    assert error == (500, 101, GATEWAY + 101)


def test_somebody_elses_enrolment_is_refused(
    token: Witness, platform: Platform, honest: list[Witness], now: int
) -> None:
    made = book(token, now + DAY, enable_enroll=True)
    with granted(platform, platform.organiser(0, 4), honest) as other:
        asked = {"meeting_id": made.meeting_id, "instanceid": "1", **other.asked}
        error = other.refused("v1_meetings_meeting_id_enroll_config_get", **asked)
    assert error == (500, 107, GATEWAY + 107)


def test_a_meeting_that_a_grant_did_not_make_is_hidden_from_it(keys: Witness, token: Witness, now: int) -> None:
    asked = {"meeting_id": book(keys, now + DAY).meeting_id, "instanceid": "1", **token.asked}
    assert token.refused("v1_meetings_meeting_id_get", **asked) == (403, 9042, OPEN_API + 9042)
    lookup = {"meeting_id": asked["meeting_id"], **token.asked}
    assert token.refused("v1_meetings_meeting_id_ms_open_id_get", **lookup) == (500, 202801, GATEWAY + 202801)


@pytest.mark.parametrize(
    "name", ["v1_users_list_get", "v1_users_advance_list_get", "v1_meetings_meeting_id_customer_short_url_get"]
)
def test_a_grant_is_refused_where_only_the_enterprises_own_app_may_ask(token: Witness, name: str) -> None:
    paged = {"page": "1", "page_size": "20"} if name == "v1_users_list_get" else {}
    paged |= {"meeting_id": NOBODY} if "meeting" in name else {}
    assert token.refused(name, **paged, **token.asked) == (400, 190325, GATEWAY + 190325)


def test_a_meeting_over_begun_or_cancelled_is_not_cancelled(either: Witness, platform: Platform, now: int) -> None:
    body = {"userid": either.user, "instanceid": 1, "reason_code": 0}
    begun, over, waiting = (book(either, now + since).meeting_id for since in (-600, -2 * HOUR, DAY))
    people = [{"key": "a", "name": "张三", "stays": [{"join": 0, "leave": None}]}]
    platform.post("play", meeting_id=begun, people=people, end=False)
    either.call("v1_meetings_meeting_id_cancel_post", meeting_id=waiting, body=body)
    answered = [
        either.refused("v1_meetings_meeting_id_cancel_post", meeting_id=meeting, body=body)[:2]
        for meeting in (begun, over, waiting)
    ]
    assert answered == [(500, 13602), (500, 13603), (500, 9007)]


def test_links_beyond_the_quota_and_tags_of_another_make_are_refused(
    keys: Witness, platform: Platform, now: int
) -> None:
    platform.switch(links_per_meeting=1)
    body = {"meeting_id": book(keys, now + DAY).meeting_id, **keys.operator}
    keys.call("v1_meetings_customer_short_url_post", body=body | {"customer_data": tag("A1")})
    over = keys.refused("v1_meetings_customer_short_url_post", body=body | {"customer_data": tag("A2")})
    plain = keys.refused("v1_meetings_customer_short_url_post", body=body | {"customer_data": "A3"})
    assert (over[:2], plain[:2]) == ((500, 202005), (400, 190004))


def test_a_userid_nobody_has_is_refused(keys: Witness, now: int) -> None:
    error = keys.refused("v1_meetings_post", body=planned(keys, now + DAY) | {"userid": "nobody"})
    assert error == (400, 190001, GATEWAY + 190001)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"secret_key": "Another0001"}, 200003), ({"secret_id": "AKIDnobody"}, 190303), ({"app_id": "1"}, 190303)],
)
def test_a_wrong_key_is_refused(platform: Platform, wrong: dict[str, str], code: int) -> None:
    enterprise = platform.world["enterprises"][0] | wrong
    stranger = keys_witness(platform.url, enterprise, platform.organiser()["userid"])
    error = stranger.refused("v1_users_list_get", page="1", page_size="20", **stranger.asked)
    stranger.close()
    assert error == (400, code, GATEWAY + code)


def test_an_expired_token_is_refused(token: Witness, platform: Platform) -> None:
    platform.post("tokens/expire", open_id=token.user)
    assert token.refused("v1_users_info_basic_get", **token.asked) == (400, 190303, GATEWAY + 190303)


def test_an_old_timestamp_and_a_used_nonce_are_refused(either: Witness, now: int) -> None:
    made = book(either, now + DAY)
    asked = {"meeting_id": made.meeting_id, "instanceid": "1", **either.asked}
    old = either.at(timestamp=str(now - 301))
    assert old.refused("v1_meetings_meeting_id_get", **asked)[:2] == (400, 190300)
    twice = either.at(timestamp=str(now), nonce=4711 + now)
    assert twice.send("v1_meetings_meeting_id_get", **asked).data.meeting_info_list[0].meeting_id == made.meeting_id
    assert twice.refused("v1_meetings_meeting_id_get", **asked) == (400, 190301, GATEWAY + 190301)


def test_one_call_too_many_in_a_minute_is_refused(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now + DAY)
    asked = {"meeting_id": made.meeting_id, "instanceid": "1", **either.asked}
    platform.delete("ledger")
    platform.switch(rate_per_minute=2)
    told = [either.send("v1_meetings_meeting_id_get", **asked).data.meeting_number for _ in range(2)]
    assert told == [1, 1]
    assert either.refused("v1_meetings_meeting_id_get", **asked) == (500, 190310, GATEWAY + 190310)
