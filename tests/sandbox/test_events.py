"""Events: signed and encrypted as documented, repeated until answered, worded for each audience."""

import time
from collections.abc import Iterator

import pytest

from tests.sandbox.receiver import Receiver, receiving
from tests.sandbox.wire import Json, Platform, tag

HOUR = 3_600


def settle(platform: Platform) -> list[Json]:
    until = time.monotonic() + 10
    while platform.get("events")["pending"] and time.monotonic() < until:
        time.sleep(0.02)
    return platform.get("events")["deliveries"]


@pytest.fixture
def portal(platform: Platform) -> Iterator[Receiver]:
    hook = platform.app["webhook"]
    settle(platform)
    platform.switch(retry_minute_seconds=0.01)
    with receiving(hook["token"], hook["aes_key"]) as receiver:
        platform.post("portal", url=receiver.url)
        yield receiver
        settle(platform)
        platform.post(
            "portal",
            url="",
            enterprise_urls=dict.fromkeys(
                [enterprise["app_id"] for enterprise in platform.world["enterprises"]], ""
            ),
        )


def test_the_url_check_wants_exactly_the_plain_text(platform: Platform, portal: Receiver) -> None:
    assert platform.post("check-url") == {"ok": True, "status": 200}
    portal.token = "another"
    assert platform.post("check-url") == {"ok": False, "status": 403}


def test_an_authorisation_and_its_end_are_told(platform: Platform, portal: Receiver) -> None:
    admin = platform.organiser(0, 0)
    platform.token(admin["open_id"])
    platform.post(f"users/{admin['open_id']}/uninstall")
    first, second = portal.wait_for(2)
    assert [first["event"], second["event"]] == ["oauth.auth-user", "oauth.cancel-auth"]
    told = first["payload"][0]
    assert told["oauth_open_id_list"] == [{"open_id": admin["open_id"]}]
    assert told["operator"]["role_type"] == 2
    assert told["operator"]["open_corp_id"] == platform.world["enterprises"][0]["open_corp_id"]
    assert str(told["app_info"]["sdk_id"]) == platform.app["sdk_id"]
    assert second["payload"][0]["cancel_open_id_list"] == [{"open_id": admin["open_id"]}]


def test_a_script_is_told_in_order_with_names_devices_and_tags(
    platform: Platform, portal: Receiver, now: int
) -> None:
    token = platform.token(platform.organiser()["open_id"])
    start = now - 2 * HOUR
    made = platform.book(token, start, start + HOUR)["meeting_id"]
    keys = platform.keys()
    body = {"meeting_id": made, "customer_data": tag("A1"), **platform.actor(keys)}
    link = platform.call(keys, "POST", "/v1/meetings/customer-short-url", body)[
        "meeting_short_url_customer_data"
    ]
    host = platform.organiser()
    portal.wait_for(2)
    portal.events.clear()
    platform.post(
        "play",
        meeting_id=made,
        people=[
            {
                "key": "h",
                "name": host["name"],
                "kind": "host",
                "userid": host["userid"],
                "stays": [{"join": 60, "leave": None}],
            },
            {
                "key": "a",
                "name": "甲",
                "phone": "13800000001",
                "link": link["meeting_short_url"],
                "shown": "甲🌻",
                "stays": [{"join": 0, "leave": 100, "device": 4}],
            },
            {
                "key": "p",
                "name": "来电",
                "number": "13800000002",
                "stays": [{"join": 70, "leave": 90, "join_type": 0, "device": 0}],
            },
        ],
    )
    settle(platform)
    events = sorted(portal.events, key=lambda event: event["payload"][0]["operate_time"])
    assert sorted(event["event"] for event in events) == sorted(
        ["meeting.participant-joined"] * 3
        + ["meeting.participant-left"] * 3
        + ["meeting.participant-jbh-waiting", "meeting.started", "meeting.end"]
    )
    joined = [event["payload"][0] for event in events if event["event"] == "meeting.participant-joined"]
    guest, creator, caller = (entry["operator"] for entry in joined)
    assert (guest["user_name"], guest["instance_id"], guest["userid"]) == ("甲🌻", "4", "")
    assert joined[0]["extend_info"] == {"customer_data": tag("A1")}
    assert (creator["userid"], creator["open_id"]) == (token.open_id, token.open_id)
    assert (caller["pstn_number"], caller["uuid"], caller["instance_id"]) == ("008613800000002", "", "0")
    assert joined[0]["operate_time"] // 1000 == start
    truth = {person["key"]: person for person in platform.get(f"truth/{made}")["people"]}
    assert guest["ms_open_id"] in truth["a"]["ms_open_ids"]
    started = next(event for event in events if event["event"] == "meeting.started")
    assert started["payload"][0]["operate_time"] == (start + 60) * 1000
    info = started["payload"][0]["meeting_info"]
    assert (info["meeting_id"], info["start_time"], info["meeting_type"]) == (made, start, 0)
    ended = next(event for event in events if event["event"] == "meeting.end")["payload"][0]
    assert (ended["meeting_end_type"], ended["operate_time"]) == (0, (start + HOUR) * 1000)


def test_an_enterprise_hears_in_its_own_ids_at_its_own_address(
    platform: Platform, portal: Receiver, now: int
) -> None:
    own = platform.world["enterprises"][0]
    with receiving(own["webhook"]["token"], own["webhook"]["aes_key"]) as enterprise:
        platform.post("portal", enterprise_urls={own["app_id"]: enterprise.url})
        assert platform.post("check-url", to=own["app_id"])["ok"] is True
        platform.book(platform.keys(), now, now + HOUR)
        created = enterprise.wait_for(1)[0]
        assert created["payload"][0]["operator"]["userid"] == platform.organiser()["userid"]
        assert "open_id" not in created["payload"][0]["operator"]
        token = platform.token(platform.organiser()["open_id"])
        platform.book(token, now, now + HOUR)
        told = enterprise.wait_for(2)[1]
        assert told["payload"][0]["operator"]["userid"] == platform.organiser()["userid"]
        platform.switch(enterprise_hears_oauth_meetings=False)
        platform.book(token, now, now + HOUR)
        settle(platform)
        assert len(enterprise.events) == 2
    assert {event["event"] for event in portal.events} == {"oauth.auth-user", "meeting.created"}


def test_an_unanswered_event_comes_again_three_times_with_one_trace_id(
    platform: Platform, portal: Receiver, now: int
) -> None:
    token = platform.token(platform.organiser()["open_id"])
    portal.wait_for(1)
    portal.failures = 2
    platform.book(token, now, now + HOUR)
    portal.wait_for(2)
    last = settle(platform)[-1]
    assert [attempt["status"] for attempt in last["attempts"]] == [500, 500, 200]
    assert (last["state"], last["trace_id"]) == ("answered", portal.events[1]["trace_id"])
    assert len({seen["nonce"] for seen in portal.headers_seen[-3:]}) == 3
    portal.answer = b'"successfully received callback"'
    platform.book(token, now, now + HOUR)
    lost = settle(platform)[-1]
    assert (lost["state"], len(lost["attempts"])) == ("lost", 4)


def test_a_script_may_lose_double_and_shuffle_its_events(
    platform: Platform, portal: Receiver, now: int
) -> None:
    token = platform.token(platform.organiser()["open_id"])
    made = platform.book(token, now - HOUR, now - 60)["meeting_id"]
    portal.wait_for(2)
    people = [
        {"key": f"p{number}", "name": "人", "stays": [{"join": number, "leave": number + 9}]}
        for number in range(50)
    ]
    noise = {"duplicate": 0.5, "shuffle": True, "lose": 0.2}
    assert platform.post("play", meeting_id=made, people=people, events=noise, seed=5)["events"] == 101
    deliveries = [each for each in settle(platform) if each["meeting_id"] == made][1:]
    lost = [each for each in deliveries if each["state"] == "never sent"]
    assert 0 < len({each["trace_id"] for each in lost}) < 50
    assert len(deliveries) > 120
    times = [event["payload"][0]["operate_time"] for event in portal.events[2:]]
    assert times != sorted(times)
    assert len(portal.events) - 2 == len(deliveries) - len(lost)


def test_an_event_can_be_sent_again_out_of_turn_or_forged(
    platform: Platform, portal: Receiver, now: int
) -> None:
    token = platform.token(platform.organiser()["open_id"])
    made = platform.book(token, now - HOUR, now - 60)["meeting_id"]
    portal.wait_for(2)
    number = settle(platform)[-1]["number"]
    platform.post("events/send", number=number)
    again = portal.wait_for(3)
    assert again[2] == again[1]
    platform.post(
        "events/send", event="meeting.end", meeting_id=made, meeting_end_type=3, at=now - 30, times=2
    )
    ends = portal.wait_for(5)[3:]
    assert [end["payload"][0]["meeting_end_type"] for end in ends] == [3, 3]
    assert ends[0]["trace_id"] == ends[1]["trace_id"]
    unknown = {"event": "smart.unknown", "trace_id": "t1", "payload": [{"operate_time": 1}]}
    platform.post("events/send", {"body": unknown})
    assert portal.wait_for(6)[5] == unknown
    platform.post("events/send", event="meeting.end", meeting_id=made, bad_signature=True)
    settle(platform)
    assert (portal.rejected, len(portal.events)) == (4, 6)


def test_enrolments_are_told_without_the_meeting_block(
    platform: Platform, portal: Receiver, now: int
) -> None:
    token = platform.token(platform.organiser()["open_id"])
    made = platform.webinar(token, now - HOUR, now + HOUR)["meeting_id"]
    portal.wait_for(2)
    platform.post("scenarios/2/register", meeting_id=made, people=3)
    told = portal.wait_for(5)[2]
    assert told["event"] == "enroll.enroll"
    assert set(told["payload"][0]) == {"operate_time", "operator", "enroll_info"}
    assert set(told["payload"][0]["enroll_info"]) == {"meeting_id", "enroll_id"}
    page = platform.call(
        token, "GET", f"/v1/webinars/{made}/enroll/approvals", page=1, page_size=50, **platform.actor(token)
    )
    ids = {row["enroll_id"]: row["ms_open_id"] for row in page["enroll_list"]}
    assert told["payload"][0]["operator"]["ms_open_id"] == ids[told["payload"][0]["enroll_info"]["enroll_id"]]
    assert len(set(ids.values()) - {""}) == 3
    again = platform.post("scenarios/2/register", meeting_id=made, people=3, cancel=1)
    assert again == {"registered": 0, "refused": 0, "already": 3, "cancelled": 1}
    portal.wait_for(6)
    assert platform.post("scenarios/2/register", meeting_id=made, people=3)["registered"] == 1
    assert [event["event"] for event in portal.wait_for(7)[5:]] == ["enroll.cancel", "enroll.enroll"]
    told = portal.events[6]
    gone = {
        **platform.actor(token),
        "enroll_id_list": [{"enroll_id": told["payload"][0]["enroll_info"]["enroll_id"]}],
    }
    platform.call(token, "DELETE", f"/v1/webinars/{made}/enroll/unregistration", gone)
    assert portal.wait_for(8)[7]["event"] == "enroll.cancel"


def test_events_stay_on_this_machine(platform: Platform) -> None:
    answer = platform.session.post(
        f"{platform.url}/_sandbox/portal", json={"url": "https://portal.example/"}, timeout=10
    )
    assert answer.status_code == 400
