"""Webinars and invitees: what is sent, what is read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.tencent import invitees, meetings, webinars
from portal.tencent.client import Client
from portal.tencent.errors import NotThere, StuckCursor, TryAgain
from portal.tencent.plans import MeetingSettings

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
STAMPS = {"start_time": "1795147200", "end_time": "1795150800"}
ALICE = {"userid": "openidofalice00000000000000a", "instanceid": 1}
BIG_ID = "18357763596888459343"

WEBINAR = {
    "meeting_id": BIG_ID,
    "subject": "讲座",
    "start_time": "1795147200",
    "admission_type": 1,
    "audience_join_link": "https://a",
    "guest_join_link": "https://g",
}


@pytest.mark.parametrize("answer", [WEBINAR, {"meeting_info_list": [WEBINAR]}])
def test_a_webinar_is_read_flat_or_listed(
    platform: Any, oauth_client: Client, answer: dict[str, Any]
) -> None:
    platform.answers(answer)
    plan = webinars.WebinarPlan(
        subject="讲座", start_time=START, end_time=END, admission_type=1, enable_qa=False
    )
    made = webinars.create(oauth_client, plan=plan)
    assert (made.meeting_id, made.start_time, made.admission_type) == (BIG_ID, START, 1)
    assert (made.audience_join_link, made.guest_join_link) == ("https://a", "https://g")
    hosts = [{"userid": ALICE["userid"]}]
    sent = {**ALICE, **STAMPS, "subject": "讲座", "admission_type": 1, "enable_qa": False, "hosts": hosts}
    assert (platform.last.path, platform.last.json) == ("/v1/webinars", sent)


@pytest.mark.parametrize(
    ("asked", "key"), [({"meeting_id": "5"}, "meeting_id"), ({"meeting_code": "5"}, "meeting_code")]
)
def test_a_webinar_is_asked_for_by_id_or_code(
    platform: Any, oauth_client: Client, asked: dict[str, str], key: str
) -> None:
    platform.answers(WEBINAR)
    webinars.read(oauth_client, **asked)
    assert platform.last.query == {key: "5", "userid": ALICE["userid"], "instanceid": "1"}


@pytest.mark.parametrize("asked", [{"meeting_id": "5"}, {"meeting_code": "5"}])
def test_a_webinar_not_found_is_not_there(platform: Any, oauth_client: Client, asked: dict[str, str]) -> None:
    platform.answers({"meeting_info_list": []})
    with pytest.raises(NotThere):
        webinars.read(oauth_client, **asked)


@pytest.mark.parametrize("answer", [{}, {"webinar_info_list": None}, {"subject": "x"}])
def test_a_webinar_that_was_only_not_read_is_not_gone(platform: Any, oauth_client: Client, answer: Any) -> None:
    platform.answers(answer)
    with pytest.raises(TryAgain):
        webinars.read(oauth_client, meeting_id="5")


@pytest.mark.parametrize("code", ["", " - ", "会议"])
def test_what_holds_no_digit_is_no_code(platform: Any, oauth_client: Client, code: str) -> None:
    for module in (webinars, meetings):
        read = module.read if module is webinars else module.read_by_code
        with pytest.raises(NotThere):
            read(oauth_client, meeting_code=code)
    assert platform.seen == []


def test_a_webinar_shows_what_holds(platform: Any, oauth_client: Client) -> None:
    more = {
        "hosts": [{"userid": "bob"}],
        "time_zone": "QXNpYS9TaGFuZ2hhaQ==",
        "media_setting": {"auto_record_type": "cloud"},
        "enable_qa": 1,
        "playback_url": "https://p",
    }
    platform.answers(WEBINAR | more)
    found = webinars.read(oauth_client, meeting_id="5")
    assert (found.hosts, found.time_zone, found.enable_qa) == (("bob",), "Asia/Shanghai", True)
    assert (found.settings, found.playback_url) == (MeetingSettings(auto_record_type="cloud"), "https://p")


def test_a_webinar_without_named_hosts_has_its_creator(platform: Any, oauth_client: Client) -> None:
    platform.answers(WEBINAR)
    webinars.create(oauth_client, plan=webinars.WebinarPlan(subject="s", hosts=()))
    assert platform.last.json["hosts"] == [{"userid": ALICE["userid"]}]
    webinars.create(oauth_client, plan=webinars.WebinarPlan(subject="s", hosts=("bob",)))
    assert platform.last.json["hosts"] == [{"userid": "bob"}]


def test_a_webinar_moves_with_both_its_times(platform: Any, oauth_client: Client) -> None:
    with pytest.raises(ValueError, match="together"):
        webinars.change(oauth_client, "5", plan=webinars.WebinarPlan(start_time=START))
    webinars.change(oauth_client, "5", plan=webinars.WebinarPlan(start_time=START, end_time=END))
    assert (platform.last.path, platform.last.json) == ("/v1/webinars/5", {**ALICE, **STAMPS})


def test_invitees_are_read_over_all_pages_and_replaced_whole(platform: Any, oauth_client: Client) -> None:
    platform.answers(
        {"has_remaining": True, "next_pos": 200, "invitees": [{"userid": "a"}]},
        {"has_remaining": False, "invitees": [{"userid": "b"}]},
        {"user_non_registered": ["zed"]},
    )
    assert list(invitees.read(oauth_client, "5")) == ["a", "b"]
    assert platform.last.query["pos"] == "200"
    assert invitees.replace(oauth_client, "5", userids=["a", "zed"]) == ("zed",)
    assert platform.last.json == {**ALICE, "invitees": [{"userid": "a"}, {"userid": "zed"}]}


def test_invitees_that_do_not_move_on_stop(platform: Any, oauth_client: Client) -> None:
    platform.answers({"has_remaining": True, "next_pos": 7, "invitees": [{"userid": "a"}]})
    with pytest.raises(StuckCursor):
        list(invitees.read(oauth_client, "5"))
    assert len(platform.seen) == 2
