"""Meetings and webinars: what is sent, what is read, and the traps of series, lists and repeats."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.tencent import meetings, webinars
from portal.tencent.client import Client
from portal.tencent.errors import AnswerLost, NotThere, Refused, StuckCursor, TryAgain
from portal.tencent.guests import Guest
from portal.tencent.plans import LiveConfig, MeetingPlan, MeetingSettings, RecurringRule, Watermark

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
STAMPS = {"start_time": "1795147200", "end_time": "1795150800"}
ALICE = {"userid": "openidofalice00000000000000a", "instanceid": 1}
BIG_ID = "18357763596888459343"


def info(**facts: Any) -> dict[str, Any]:
    return {"meeting_number": 1, "meeting_info_list": [{"meeting_id": BIG_ID, **facts}]}


def test_a_plan_is_sent_without_what_it_does_not_say(platform: Any, oauth_client: Client) -> None:
    platform.answers(info(subject="季度路演"))
    plan = MeetingPlan(
        subject="季度路演",
        start_time=START,
        end_time=END,
        hosts=("bob",),
        invitees=("carol", "dave"),
        guests=(Guest(area="86", phone_number="13800000001"),),
        settings=MeetingSettings(auto_in_waiting_room=True, only_user_join_type=2),
        enable_enroll=True,
    )
    meetings.create(oauth_client, plan=plan)
    assert (platform.last.method, platform.last.target) == ("POST", "/v1/meetings")
    assert platform.last.json == {
        **ALICE,
        **STAMPS,
        "type": 0,
        "subject": "季度路演",
        "hosts": [{"userid": "bob"}],
        "invitees": [{"userid": "carol"}, {"userid": "dave"}],
        "guests": [{"area": "86", "phone_number": "13800000001"}],
        "settings": {"auto_in_waiting_room": True, "only_user_join_type": 2},
        "enable_enroll": True,
    }


def test_a_series_is_sent_with_its_rule_and_a_numeric_end(platform: Any, key_client: Client) -> None:
    platform.answers(info())
    rule = RecurringRule(recurring_type=2, until_type=0, until_date=END)
    meetings.create(
        key_client, plan=MeetingPlan(subject="s", start_time=START, end_time=END, recurring_rule=rule)
    )
    sent = platform.last.json
    assert (sent["userid"], sent["meeting_type"]) == ("operator1", 1)
    assert sent["recurring_rule"] == {"recurring_type": 2, "until_type": 0, "until_date": 1795150800}


def test_a_meeting_is_read_through_every_type_trap(platform: Any, oauth_client: Client) -> None:
    platform.answers(
        info(
            meeting_code="040468657",
            status="MEETING_STATE_SOMETHING_NEW",
            type=0,
            meeting_type=1,
            start_time="1795147200",
            end_time=1795150800,
            time_zone=base64.b64encode(b"Asia/Shanghai").decode(),
            hosts=[{"userid": "a"}, {"operator_id": "b"}],
            participants=["c", "d"],
            user_non_registered=["x"],
            settings={"only_allow_enterprise_user_join": True, "mute_all": True, "corp_lock_mask": 5},
            recurring_rule={"recurring_type": 2, "until_type": 1, "until_count": 7},
            sub_meetings=[{"sub_meeting_id": "1795147200", "status": 0, "start_time": 1795147200}],
            has_more_sub_meetings=1,
            current_sub_meeting_id=1795147200,
            remain_sub_meetings=5,
        )
    )
    meeting = meetings.read(oauth_client, BIG_ID)
    assert platform.last.query == {"operator_id": ALICE["userid"], "operator_id_type": "2", "instanceid": "1"}
    assert (meeting.meeting_id, meeting.meeting_code, meeting.is_series) == (BIG_ID, "040468657", True)
    assert (meeting.start_time, meeting.end_time, meeting.time_zone) == (START, END, "Asia/Shanghai")
    assert (meeting.hosts, meeting.invitees, meeting.user_non_registered) == (("a", "b"), ("c", "d"), ("x",))
    assert (meeting.status, meeting.corp_lock_mask) == ("MEETING_STATE_SOMETHING_NEW", 5)
    assert meeting.settings == MeetingSettings(only_enterprise_user_allowed=True)
    assert meeting.recurring_rule == RecurringRule(recurring_type=2, until_type=1, until_count=7)
    assert meeting.sub_meetings == (meetings.SubMeeting("1795147200", 0, START, None),)
    assert (meeting.has_more_sub_meetings, meeting.current_sub_meeting_id) == (True, "1795147200")


def test_a_creation_without_a_meeting_in_its_answer_is_a_lost_answer(
    platform: Any, oauth_client: Client
) -> None:
    platform.answers({})
    with pytest.raises(AnswerLost):
        meetings.create(oauth_client, plan=MeetingPlan(subject="s"))
    with pytest.raises(AnswerLost):
        webinars.create(oauth_client, plan=webinars.WebinarPlan(subject="s"))


def test_a_creation_is_never_repeated(platform: Any, oauth_client: Client) -> None:
    platform.refuses(960000)
    with pytest.raises(AnswerLost):
        meetings.create(oauth_client, plan=MeetingPlan(subject="s"))
    with pytest.raises(AnswerLost):
        webinars.create(oauth_client, plan=webinars.WebinarPlan(subject="s"))
    assert len(platform.seen) == 2


def test_a_code_is_asked_for_without_dashes_and_nothing_found_is_not_there(
    platform: Any, oauth_client: Client
) -> None:
    platform.answers({"meeting_number": 0, "meeting_info_list": []})
    with pytest.raises(NotThere):
        meetings.read_by_code(oauth_client, meeting_code="040-468 657")
    assert platform.last.query["meeting_code"] == "040468657"


def test_a_code_is_read_as_people_type_it(platform: Any, oauth_client: Client) -> None:
    platform.answers(info(meeting_code="040468657"))
    for typed in ("会议号：040 468 657", "０４０４６８６５７"):
        assert meetings.read_by_code(oauth_client, meeting_code=typed).meeting_id == BIG_ID
        assert platform.last.query["meeting_code"] == "040468657"


def test_a_list_is_no_answer_to_a_code(platform: Any, oauth_client: Client) -> None:
    platform.answers(info(meeting_code="111222333"))
    with pytest.raises(NotThere):
        meetings.read_by_code(oauth_client, meeting_code="040468657")


@pytest.mark.parametrize("answer", [{}, {"meeting_info_list": None}, {"meeting_info_list": [{"subject": "x"}]}])
def test_a_meeting_that_was_only_not_read_is_not_gone(platform: Any, oauth_client: Client, answer: Any) -> None:
    platform.answers(answer)
    with pytest.raises(TryAgain):
        meetings.read(oauth_client, BIG_ID)


def test_a_meeting_that_an_empty_list_denies_is_gone(platform: Any, oauth_client: Client) -> None:
    platform.answers({"meeting_number": 0, "meeting_info_list": []})
    with pytest.raises(NotThere):
        meetings.read(oauth_client, BIG_ID)


def test_everything_an_organiser_may_set_is_sent(platform: Any, oauth_client: Client) -> None:
    platform.answers(info())
    live = LiveConfig("s", "t", True, "1234", False, True, Watermark(1))
    plan = MeetingPlan(
        enable_doc_upload_permission=False,
        allow_enterprise_intranet_only=True,
        enable_live=True,
        live_config=live,
        enable_interpreter=True,
        sync_to_wework=False,
    )
    meetings.create(oauth_client, plan=plan)
    assert platform.last.json == {
        **ALICE,
        "type": 0,
        "enable_doc_upload_permission": False,
        "allow_enterprise_intranet_only": True,
        "enable_live": True,
        "live_config": {
            "live_subject": "s",
            "live_summary": "t",
            "enable_live_password": True,
            "live_password": "1234",
            "enable_live_im": False,
            "enable_live_replay": True,
            "live_watermark": {"watermark_opt": 1},
        },
        "enable_interpreter": True,
        "sync_to_wework": False,
    }
    assert "1234" not in repr(plan)


@pytest.mark.parametrize("field", ["enable_interpreter", "sync_to_wework"])
def test_what_a_change_cannot_set_is_not_quietly_dropped(platform: Any, oauth_client: Client, field: str) -> None:
    with pytest.raises(ValueError, match=field):
        meetings.change(oauth_client, BIG_ID, plan=MeetingPlan(**{field: True}), series=False)
    assert platform.seen == []


@pytest.mark.parametrize("hosts", [("bob",), ("bob", ALICE["userid"])])
def test_changed_hosts_hold_the_creator(platform: Any, oauth_client: Client, hosts: Any) -> None:
    meetings.change(oauth_client, BIG_ID, plan=MeetingPlan(hosts=hosts), series=False)
    assert {host["userid"] for host in platform.last.json["hosts"]} == {"bob", ALICE["userid"]}
    assert len(platform.last.json["hosts"]) == 2


def test_a_meeting_shows_its_stream_hosts_and_guests(platform: Any, oauth_client: Client) -> None:
    platform.answers(
        info(
            enable_live=True,
            live_config={"live_subject": "s", "live_addr": "https://l", "live_watermark": {"watermark_opt": "1"}},
            current_hosts=[{"userid": "a"}],
            current_co_hosts=[{"operator_id": "b"}],
            guests=[{"area": 86, "phone_number": "13800000001"}],
            enable_host_key=1,
            has_more_sub_meeting=0,
            has_more_sub_meetings="true",
        )
    )
    meeting = meetings.read(oauth_client, BIG_ID)
    assert (meeting.live_addr, meeting.live_config) == (
        "https://l",
        LiveConfig(live_subject="s", live_watermark=Watermark(1)),
    )
    assert (meeting.current_hosts, meeting.current_co_hosts, meeting.enable_host_key) == (("a",), ("b",), True)
    assert meeting.guests == (Guest(area="86", phone_number="13800000001"),)
    assert "13800000001" not in repr(meeting)


def test_a_cursor_of_one_half_is_sent_as_one_half(platform: Any, oauth_client: Client) -> None:
    platform.answers({"remaining": 1, "next_pos": 9}, {"remaining": 0})
    assert list(meetings.list_upcoming(oauth_client)) == []
    assert (platform.last.query["pos"], "cursory" in platform.last.query) == ("9", False)


@pytest.mark.parametrize("code", [9006, 13603])
def test_a_meeting_that_ended_before_counts_as_ended(platform: Any, oauth_client: Client, code: int) -> None:
    platform.refuses(code)
    meetings.dismiss(oauth_client, BIG_ID)
    with pytest.raises(Refused):
        meetings.cancel(oauth_client, BIG_ID)


def test_coming_meetings_follow_both_cursors_and_come_once(platform: Any, oauth_client: Client) -> None:
    first, second, third = ({"meeting_id": n} for n in ("1", "2", "3"))
    platform.answers(
        {
            "meeting_info_list": [first, second],
            "remaining": 1,
            "next_pos": 1795147200,
            "next_cursory": 1795147200123,
        },
        {"meeting_info_list": [second, third], "remaining": 0, "next_pos": 0},
    )
    assert [each.meeting_id for each in meetings.list_upcoming(oauth_client)] == ["1", "2", "3"]
    assert platform.seen[0].query == {
        "userid": ALICE["userid"],
        "instanceid": "1",
        "is_show_all_sub_meetings": "1",
    }
    assert (platform.last.query["pos"], platform.last.query["cursory"]) == ("1795147200", "1795147200123")


def test_coming_meetings_that_do_not_move_on_stop_within_three_calls(
    platform: Any, oauth_client: Client
) -> None:
    platform.answers(
        {"meeting_info_list": [{"meeting_id": "1"}], "remaining": 5, "next_pos": 9, "next_cursory": 9}
    )
    with pytest.raises(StuckCursor):
        list(meetings.list_upcoming(oauth_client))
    assert len(platform.seen) <= 3


def test_history_goes_by_windows_and_pages_and_gives_each_once(platform: Any, oauth_client: Client) -> None:
    one = {"meeting_id": 1, "sub_meeting_id": "", "start_time": 1795147200, "meeting_type": 6}
    two, three = one | {"meeting_id": 2}, one | {"meeting_id": 2, "sub_meeting_id": "1795147200"}
    platform.answers(
        {"total_page": 2, "meeting_info_list": [one]},
        {"total_page": 2, "meeting_info_list": [two]},
        {"total_page": 1, "meeting_info_list": [two, three]},
    )
    found = list(meetings.history(oauth_client, start=START, end=START + timedelta(days=45)))
    assert [(each.meeting_id, each.sub_meeting_id) for each in found] == [
        ("1", ""),
        ("2", ""),
        ("2", "1795147200"),
    ]
    assert (found[0].start_time, found[0].meeting_type) == (START, 6)
    windows = [
        (seen.query["start_time"], seen.query["end_time"], seen.query["page"]) for seen in platform.seen
    ]
    first, border, last = "1795147200", "1797739200", "1799035200"
    assert windows == [(first, border, "1"), (first, border, "2"), (border, last, "1")]
    assert platform.last.path == f"/v1/history/meetings/{ALICE['userid']}"


def test_a_change_of_a_series_keeps_it_a_series(platform: Any, oauth_client: Client) -> None:
    rule = RecurringRule(recurring_type=2, until_type=1, until_count=7)
    meetings.change(oauth_client, BIG_ID, plan=MeetingPlan(subject="new", recurring_rule=rule), series=True)
    assert platform.last.json == {
        **ALICE,
        "subject": "new",
        "meeting_type": 1,
        "recurring_rule": {"recurring_type": 2, "until_type": 1, "until_count": 7},
    }


def test_a_series_is_never_changed_without_its_rule(platform: Any, oauth_client: Client) -> None:
    with pytest.raises(ValueError, match="series"):
        meetings.change(oauth_client, BIG_ID, plan=MeetingPlan(subject="new"), series=True)
    assert platform.seen == []


def test_a_change_clears_what_is_empty_and_leaves_what_is_unsaid(platform: Any, oauth_client: Client) -> None:
    meetings.change(oauth_client, BIG_ID, plan=MeetingPlan(hosts=(), guests=(), password=""), series=False)
    assert (platform.last.method, platform.last.json) == (
        "PUT",
        {**ALICE, "hosts": [], "guests": [], "password": ""},
    )


def test_one_occurrence_changes_its_times_only(platform: Any, oauth_client: Client) -> None:
    meetings.change_occurrence(oauth_client, BIG_ID, sub_meeting_id="1795147200", start=START, end=END)
    rule = {"sub_meeting_id": "1795147200"}
    assert platform.last.json == {**ALICE, **STAMPS, "meeting_type": 1, "recurring_rule": rule}


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({}, {}),
        ({"series": True}, {"meeting_type": 1}),
        ({"sub_meeting_id": "7", "series": True}, {"sub_meeting_id": "7"}),
    ],
)
def test_a_cancellation_says_how_much_it_cancels(
    platform: Any, oauth_client: Client, asked: dict[str, Any], sent: dict[str, Any]
) -> None:
    meetings.cancel(oauth_client, BIG_ID, reason="雨", **asked)
    assert platform.last.path == f"/v1/meetings/{BIG_ID}/cancel"
    assert platform.last.json == {**ALICE, "reason_code": 0, "reason_detail": "雨", **sent}


def test_a_repeated_cancellation_meets_its_own_effect(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    platform.refuses(9007)
    meetings.cancel(oauth_client, BIG_ID)
    webinars.cancel(oauth_client, BIG_ID)
    assert len(platform.seen) == 3


@pytest.mark.parametrize("cancel", [meetings.cancel, webinars.cancel])
def test_a_started_meeting_is_not_cancelled(platform: Any, oauth_client: Client, cancel: Any) -> None:
    platform.refuses(13602)
    with pytest.raises(Refused) as caught:
        cancel(oauth_client, BIG_ID)
    assert caught.value.reason == "meeting_started"


def test_a_running_meeting_is_ended(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    platform.refuses(13603)
    meetings.dismiss(oauth_client, BIG_ID, force=False, recycle=True)
    assert platform.last.json == {
        "operator_id": ALICE["userid"],
        "operator_id_type": 2,
        "instanceid": 1,
        "reason_code": 0,
        "force_dismiss_meeting": 0,
        "retrieve_code": 1,
    }


def test_an_id_never_breaks_out_of_its_path(platform: Any, oauth_client: Client) -> None:
    platform.answers(info())
    meetings.read(oauth_client, "1/../2?x=1")
    assert platform.last.path == "/v1/meetings/1%2F..%2F2%3Fx%3D1"
