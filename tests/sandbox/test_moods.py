"""How events travel: late, doubled, lost, out of turn, badly signed, incomplete, in plain text."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.sandbox.moods import BadMood, Mood, Moods
from tests.sandbox.receiver import Receiver, decode, receiving
from tests.sandbox.wire import Json, Platform, Token

HOUR = 3_600
Made = Callable[[], str]


def settle(platform: Platform) -> list[Json]:
    until = time.monotonic() + 15
    while platform.get("events")["pending"] and time.monotonic() < until:
        time.sleep(0.02)
    return platform.get("events")["deliveries"]


@pytest.fixture
def portal(platform: Platform) -> Iterator[Receiver]:
    hook = platform.app["webhook"]
    settle(platform)
    platform.delete("events/moods")
    platform.switch(retry_minute_seconds=0.01)
    with receiving(hook["token"], hook["aes_key"]) as receiver:
        platform.post("portal", url=receiver.url)
        yield receiver
        settle(platform)
        platform.delete("events/moods")
        platform.post("portal", url="")


@pytest.fixture
def booked(platform: Platform, portal: Receiver, now: int) -> Made:
    token = platform.token(platform.organiser(0, 4)["open_id"])

    def made() -> str:
        meeting_id = platform.book(token, now - HOUR, now - 60)["meeting_id"]
        settle(platform)
        portal.events.clear()
        portal.headers_seen.clear()
        return meeting_id

    return made


def of(platform: Platform, meeting_id: str, event: str = "meeting.end") -> list[Json]:
    return [each for each in settle(platform) if (each["meeting_id"], each["event"]) == (meeting_id, event)]


def end(platform: Platform, meeting_id: str, **more: Any) -> None:
    platform.post("events/send", event="meeting.end", meeting_id=meeting_id, **more)


def test_a_mood_holds_for_its_meeting_and_event_only(platform: Platform, portal: Receiver, booked: Made) -> None:
    lossy, calm = booked(), booked()
    platform.post("events/moods", meeting_id=lossy, event="meeting.e*", lose=1.0)
    for meeting_id in (lossy, calm):
        end(platform, meeting_id)
        platform.post("events/send", event="meeting.updated", meeting_id=meeting_id)
    assert [each["state"] for each in of(platform, lossy)] == ["never sent"]
    assert [each["state"] for each in of(platform, calm)] == ["answered"]
    assert [each["state"] for each in of(platform, lossy, "meeting.updated")] == ["answered"]
    told = [(event["event"], event["payload"][0]["meeting_info"]["meeting_id"]) for event in portal.events]
    assert sorted(told) == sorted([("meeting.end", calm), ("meeting.updated", calm), ("meeting.updated", lossy)])


def test_copies_share_the_trace_id_and_have_headers_of_their_own(
    platform: Platform, portal: Receiver, booked: Made
) -> None:
    meeting_id = booked()
    platform.post("events/moods", meeting_id=meeting_id, duplicate=1.0, copies=2)
    for _ in range(12):
        end(platform, meeting_id)
    deliveries = of(platform, meeting_id)
    by_trace: dict[str, int] = {}
    for each in deliveries:
        by_trace[each["trace_id"]] = by_trace.get(each["trace_id"], 0) + 1
    assert (len(by_trace), set(by_trace.values())) == (12, {2, 3})
    assert len({seen["nonce"] for seen in portal.headers_seen}) == len(deliveries) == len(portal.events)


def test_events_may_be_late_and_overtake_each_other(platform: Platform, portal: Receiver, booked: Made) -> None:
    meeting_id = booked()
    platform.post("events/moods", meeting_id=meeting_id, delay=0.2, jitter=0.3)
    began = time.monotonic()
    for number in range(10):
        end(platform, meeting_id, at=1_700_000_000 + number)
    sent = time.monotonic() - began
    portal.wait_for(10)
    assert time.monotonic() - began - sent > 0.1
    times = [event["payload"][0]["operate_time"] for event in portal.events]
    assert times != sorted(times)
    assert sorted(times) == [(1_700_000_000 + number) * 1000 for number in range(10)]


def test_one_sender_keeps_the_order(platform: Platform, portal: Receiver, booked: Made) -> None:
    meeting_id = booked()
    platform.switch(event_senders=1)
    for number in range(30):
        end(platform, meeting_id, at=1_700_000_000 + number)
    times = [event["payload"][0]["operate_time"] for event in portal.wait_for(30)]
    assert times == sorted(times)


def test_a_repetition_is_signed_anew_or_carries_the_same_headers(
    platform: Platform, portal: Receiver, booked: Made
) -> None:
    meeting_id = booked()
    for fresh, different in ((True, 3), (False, 1)):
        platform.post("events/moods", meeting_id=meeting_id, fresh_headers=fresh)
        portal.failures, portal.headers_seen[:] = 2, []
        end(platform, meeting_id)
        settle(platform)
        assert len(portal.headers_seen) == 3
        assert len({tuple(seen.items()) for seen in portal.headers_seen}) == different


def test_gaps_are_one_three_and_six_minutes_after_the_attempt_before(
    platform: Platform, portal: Receiver, booked: Made
) -> None:
    meeting_id = booked()
    platform.switch(retry_minute_seconds=0.2)
    portal.answer = b"no"
    for origin, expected in (("previous", [0.2, 0.8, 2.0]), ("first", [0.2, 0.6, 1.2])):
        platform.switch(retry_gaps_from=origin)
        portal.arrivals.clear()
        end(platform, meeting_id)
        assert of(platform, meeting_id)[-1]["state"] == "lost"
        waits = [at - portal.arrivals[0] for at in portal.arrivals[1:]]
        assert waits == pytest.approx(expected, abs=0.15)


def test_which_answers_are_good_is_a_switch(platform: Platform, portal: Receiver, booked: Made) -> None:
    meeting_id = booked()
    portal.answer = b'"successfully received callback"'
    platform.switch(event_answer_strict=False)
    end(platform, meeting_id)
    assert [attempt["ok"] for attempt in of(platform, meeting_id)[-1]["attempts"]] == [True]
    platform.switch(event_answer_strict=True, retry_on="silence")
    end(platform, meeting_id)
    assert [attempt["ok"] for attempt in of(platform, meeting_id)[-1]["attempts"]] == [False]


def test_forged_events_are_sent_once_and_not_believed(platform: Platform, portal: Receiver, booked: Made) -> None:
    meeting_id = booked()
    platform.post("events/moods", meeting_id=meeting_id, bad_signature=1.0)
    end(platform, meeting_id)
    assert (of(platform, meeting_id)[-1]["state"], portal.rejected, portal.events) == ("lost", 4, [])


def test_plain_events_and_checks_are_unpadded_base64(platform: Platform, portal: Receiver, booked: Made) -> None:
    meeting_id = booked()
    platform.switch(events_plain=True)
    portal.aes_key = ""
    end(platform, meeting_id)
    assert portal.wait_for(1)[0]["event"] == "meeting.end"
    assert platform.post("check-url") == {"ok": True, "status": 200}
    assert not portal.data_seen[-1].endswith("=")
    assert decode(portal.data_seen[-1], "").startswith('{"event"')


def test_several_entries_may_share_an_envelope(platform: Platform, portal: Receiver, booked: Made) -> None:
    meeting_id = booked()
    platform.post("events/moods", meeting_id=meeting_id, together=3)
    for number in range(5):
        end(platform, meeting_id, at=1_700_000_000 + number)
    settle(platform)
    assert sorted(len(event["payload"]) for event in portal.events) == [2, 3]
    assert len({event["trace_id"] for event in portal.events}) == 2
    times = [entry["operate_time"] for event in portal.events for entry in event["payload"]]
    assert sorted(times) == [(1_700_000_000 + number) * 1000 for number in range(5)]


def test_optional_fields_may_be_missing_and_old_names_come_back(
    platform: Platform, portal: Receiver, booked: Made
) -> None:
    meeting_id = booked()
    platform.post("events/moods", meeting_id=meeting_id, missing=True)
    platform.switch(event_id_name="unique_sequence", operate_time_shape="text")
    end(platform, meeting_id, at=1_700_000_000)
    event = portal.wait_for(1)[0]
    assert set(event) == {"event", "unique_sequence", "payload"}
    entry = event["payload"][0]
    assert set(entry["operator"]) == {"ms_open_id", "user_name", "instance_id"}
    assert entry["operate_time"] == "2023-11-15 06:13:20"
    platform.switch(operate_time_shape="seconds")
    end(platform, meeting_id, at=1_700_000_000)
    assert portal.wait_for(2)[1]["payload"][0]["operate_time"] == 1_700_000_000


def test_a_meeting_may_end_several_times_and_people_move_between_rooms(
    platform: Platform, portal: Receiver, booked: Made
) -> None:
    meeting_id = booked()
    platform.switch(meeting_end_types="3,1,0", event_senders=1)
    people = [{"key": "a", "name": "甲", "stays": [{"join": 0, "leave": 60}]}]
    platform.post("play", meeting_id=meeting_id, people=people)
    ends = [event["payload"][0] for event in portal.wait_for(5) if event["event"] == "meeting.end"]
    assert [entry["meeting_end_type"] for entry in ends] == [3, 1, 0]
    move = {"event": "meeting.participant-left", "key": "a", "action_scene_type": 2, "at": 1_700_000_000}
    platform.post("events/send", meeting_id=meeting_id, **move)
    entry = portal.wait_for(6)[5]["payload"][0]
    assert (entry["meeting_info"]["action_scene_type"], entry["meeting_info"]["meeting_id_type"]) == (2, 0)
    truth = platform.get(f"truth/{meeting_id}")["people"][0]
    assert entry["operator"]["ms_open_id"] in truth["ms_open_ids"]


def test_meetings_of_the_client_are_told_to_the_app_by_switch_only(
    platform: Platform, portal: Receiver, booked: Made, now: int
) -> None:
    booked()
    platform.token(platform.organiser()["open_id"])
    platform.book(platform.keys(), now, now + HOUR)
    platform.switch(app_hears_client_meetings=True)
    platform.book(platform.keys(), now, now + HOUR)
    settle(platform)
    assert [event["event"] for event in portal.events] == ["oauth.auth-user", "meeting.created"]


def test_a_portal_that_hangs_does_not_slow_the_calls(
    platform: Platform, portal: Receiver, booked: Made, token: Token
) -> None:
    meeting_id = booked()
    platform.switch(event_timeout_seconds=0.5)
    portal.hang = 0.6
    for _ in range(12):
        end(platform, meeting_id)
    began = time.monotonic()
    for _ in range(20):
        platform.call(token, "GET", "/v1/users/info/basic", operator_id=token.open_id, operator_id_type=2)
    took = time.monotonic() - began
    assert platform.get("events")["pending"] > 0
    assert took / 20 < 0.1
    portal.hang = 0.0


def test_the_rule_given_last_counts_and_nonsense_is_refused(platform: Platform) -> None:
    moods = Moods()
    moods.add({"lose": 0.5})
    moods.add({"meeting_id": "1", "delay": 3})
    assert moods.of("1", "meeting.end", "x") == Mood(meeting_id="1", delay=3)
    assert moods.of("2", "meeting.end", "x").lose == 0.5
    bad = ({"lose": 2}, {"odd": 1}, {"copies": 0}, {"lose": True}, {"missing": "x"}, {"delay": -1}, {"event": 3})
    for wanted in bad:
        with pytest.raises(BadMood):
            moods.add(wanted)
    answer = platform.session.post(f"{platform.url}/_sandbox/events/moods", json={"lose": "x"}, timeout=10)
    assert answer.status_code == 400
