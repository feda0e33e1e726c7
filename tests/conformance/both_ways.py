"""Each call twice: as our client makes it, and as the SDK makes it, with the same ids and values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.tencent import (
    control,
    directory,
    enrolment,
    guests,
    invitees,
    links,
    meetings,
    participants,
    pstn,
    toolkit,
    waiting_room,
    wire,
)
from portal.tencent.client import Client
from portal.tencent.enrolment_form import EnrolmentConfig, Question, Special
from portal.tencent.plans import MeetingPlan, MeetingSettings, RecurringRule
from tests.conformance.witness import Kind, Witness

# Above 2^63, as the platform's samples are.
ID = "18357763596888459343"
START = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
END = START + timedelta(hours=1)
TIMES = {"start_time": str(int(START.timestamp())), "end_time": str(int(END.timestamp()))}
SUBJECT = '半年报 "路演" & 问答 😀'
GUEST = {"area": "86", "phone_number": "13800000017", "guest_name": "王嘉宾"}
TARGET = control.Target("ms0001", 4)
CALLEE = pstn.Callee(pstn.Phone("86", "13800000031"), nick_name="李四")
BOTH: tuple[Kind, ...] = ("keys", "token")
KEYS: tuple[Kind, ...] = ("keys",)
TOKEN: tuple[Kind, ...] = ("token",)


@dataclass(frozen=True)
class Case:
    """One call of ours, the SDK's function for it, and what it is given."""

    call: str
    ours: Callable[[Client], object]
    sdk: str
    given: Callable[[Witness], dict[str, Any]]
    kinds: tuple[Kind, ...] = BOTH


def asked(**more: str) -> Callable[[Witness], dict[str, Any]]:
    """Give the operator as a query holds it."""
    return lambda who: {**who.asked, **more}


def called(**more: str) -> Callable[[Witness], dict[str, Any]]:
    """Give the older pair, userid and device, as a query holds it."""
    return lambda who: {"userid": who.user, "instanceid": "1", **more}


def operating(**more: Any) -> Callable[[Witness], dict[str, Any]]:
    """Give a body with the operator, for the meeting in the path."""
    return lambda who: {"meeting_id": ID, "body": {**who.operator, **more}}


def calling(**more: Any) -> Callable[[Witness], dict[str, Any]]:
    """Give a body with userid and device, for the meeting in the path."""
    return lambda who: {"meeting_id": ID, "body": {"userid": who.user, "instanceid": 1, **more}}


def bare(body: Callable[[Witness], dict[str, Any]]) -> Callable[[Witness], dict[str, Any]]:
    """Give the same body where the path has no meeting."""
    return lambda who: {"body": body(who)["body"]}


PLAN = MeetingPlan(
    SUBJECT, START, END, password="4711", guests=(guests.Guest(**GUEST),), hosts=("zhaojun",), invitees=("liming",),
    settings=MeetingSettings(auto_in_waiting_room=True, only_user_join_type=2), time_zone="Asia/Shanghai",
    location="上海", enable_enroll=True,
)  # fmt: skip
PLANNED = {
    "subject": SUBJECT, **TIMES, "password": "4711", "guests": [GUEST], "hosts": [{"userid": "zhaojun"}],
    "invitees": [{"userid": "liming"}], "settings": {"auto_in_waiting_room": True, "only_user_join_type": 2},
    "time_zone": "Asia/Shanghai", "location": "上海", "enable_enroll": True,
}  # fmt: skip
RULE = RecurringRule(recurring_type=2, until_type=1, until_count=6)
RULED = {"meeting_type": 1, "recurring_rule": {"recurring_type": 2, "until_type": 1, "until_count": 6}}
FORM = EnrolmentConfig(
    approve_by_hand=True, enroll_deadline=END, enroll_number=80, no_registration_needed_for_staff=False,
    questions=(Question(Special.NAME, is_required=True), Question(question_title="来源", question_type=1, options=("朋友",))),
)  # fmt: skip
FORMED = {
    "approve_type": 2, "is_collect_question": 2, "enroll_deadline": TIMES["end_time"], "enroll_number": 80,
    "no_registration_needed_for_staff": False,
    "question_list": [
        {"special_type": 4, "is_required": 2},
        {"special_type": 1, "is_required": 1, "question_title": "来源", "question_type": 1,
         "option_list": [{"content": "朋友"}]},
    ],
}  # fmt: skip
ROW = {"area": "86", "phone_number": "13800000001", "nick_name": "甲"}
TOLD = {"to_operator_id": "ms0001", "to_operator_id_type": 4, "instanceid": 4}
TAGGED = {"meeting_id": ID, "customer_data": wire.encode_tag("A0001")}
TOOL = toolkit.Tool("200001", "1700001", unique_code="m1", enable_customer_data=True)
TOOLED = {"tool_appid": "200001", "tool_sdkid": "1700001", "unique_code": "m1", "enable_customer_data": 1, "visible_type": 0}

CASES = (
    Case("meetings.create", lambda c: meetings.create(c, plan=PLAN), "v1_meetings_post",
         bare(calling(type=0, **PLANNED))),
    Case("meetings.create", lambda c: meetings.create(c, plan=MeetingPlan(SUBJECT, START, END, recurring_rule=RULE)),
         "v1_meetings_post", bare(calling(type=0, subject=SUBJECT, **TIMES, **RULED))),
    Case("meetings.read", lambda c: meetings.read(c, ID), "v1_meetings_meeting_id_get",
         asked(meeting_id=ID, instanceid="1")),
    Case("meetings.read_by_code", lambda c: meetings.read_by_code(c, meeting_code="931 945-029"), "v1_meetings_get",
         called(meeting_code="931945029")),
    Case("meetings.list_upcoming", lambda c: list(meetings.list_upcoming(c)), "v1_meetings_get",
         called(is_show_all_sub_meetings="1")),
    Case("meetings.history", lambda c: list(meetings.history(c, start=START, end=END)), "v1_history_meetings_userid_get",
         lambda who: {"userid": who.user, "page_size": "20", "page": "1", **TIMES}),
    # 42424: the hosts of a change must name the creator among them.
    Case("meetings.change", lambda c: meetings.change(c, ID, plan=PLAN, series=False), "v1_meetings_meeting_id_put",
         lambda who: calling(**PLANNED | {"hosts": [{"userid": who.user}, {"userid": "zhaojun"}]})(who)),
    Case("meetings.change_occurrence",
         lambda c: meetings.change_occurrence(c, ID, sub_meeting_id="1764", start=START, end=END),
         "v1_meetings_meeting_id_put", calling(meeting_type=1, recurring_rule={"sub_meeting_id": "1764"}, **TIMES)),
    Case("meetings.cancel", lambda c: meetings.cancel(c, ID, series=True, reason="改期"),
         "v1_meetings_meeting_id_cancel_post", calling(meeting_type=1, reason_code=0, reason_detail="改期")),
    Case("meetings.dismiss", lambda c: meetings.dismiss(c, ID), "v1_meetings_meeting_id_dismiss_post",
         operating(instanceid=1, reason_code=0, force_dismiss_meeting=1, retrieve_code=0)),
    Case("invitees.read", lambda c: list(invitees.read(c, ID)), "v1_meetings_meeting_id_invitees_get",
         called(meeting_id=ID)),
    Case("invitees.replace", lambda c: invitees.replace(c, ID, userids=("liming", "zhaojun")),
         "v1_meetings_meeting_id_invitees_put", calling(invitees=[{"userid": "liming"}, {"userid": "zhaojun"}])),
    Case("guests.read", lambda c: guests.read(c, ID, kind="meetings"), "v1_guests_meeting_id_get",
         called(meeting_id=ID)),
    Case("guests.replace", lambda c: guests.replace(c, ID, kind="meetings", guests=(guests.Guest(**GUEST),)),
         "v1_guests_meeting_id_put", calling(guests=[GUEST])),
    Case("enrolment.read_config", lambda c: enrolment.read_config(c, ID, kind="meetings"),
         "v1_meetings_meeting_id_enroll_config_get", asked(meeting_id=ID, instanceid="1")),
    Case("enrolment.write_config", lambda c: enrolment.write_config(c, ID, kind="meetings", config=FORM),
         "v1_meetings_meeting_id_enroll_config_put", operating(instanceid=1, **FORMED)),
    Case("enrolment.approvals", lambda c: list(enrolment.approvals(c, ID, kind="meetings", status=1)),
         "v1_meetings_meeting_id_enroll_approvals_get",
         asked(meeting_id=ID, instanceid="1", page="1", page_size="50", status="1")),
    Case("enrolment.decide",
         lambda c: enrolment.decide(c, ID, kind="meetings", enroll_ids=[13339451618], action=enrolment.Action.APPROVE),
         "v1_meetings_meeting_id_enroll_approvals_put",
         operating(instanceid=1, action=3, enroll_id_list=[13339451618])),
    Case("enrolment.import_rows",
         lambda c: enrolment.import_rows(c, ID, kind="meetings", rows=[enrolment.ImportRow(**ROW)]),
         "v1_meetings_meeting_id_enroll_import_post", operating(instanceid=1, enroll_list=[ROW])),
    Case("enrolment.unregister", lambda c: enrolment.unregister(c, ID, kind="meetings", enroll_ids=[7]),
         "v1_meetings_meeting_id_enroll_unregistration_delete",
         operating(instanceid=1, enroll_id_list=[{"enroll_id": 7}])),
    Case("enrolment.ids", lambda c: enrolment.ids(c, ID, kind="meetings", ms_open_ids=["ms0001"]),
         "v1_meetings_meeting_id_enroll_ids_post",
         operating(instanceid=1, sorting_rules=1, ms_open_id_list=["ms0001"])),
    Case("links.create", lambda c: links.create(c, ID, kind="meetings", tag="A0001"),
         "v1_meetings_customer_short_url_post", bare(operating(**TAGGED)), KEYS),
    Case("links.list_all", lambda c: list(links.list_all(c, ID, kind="meetings")),
         "v1_meetings_meeting_id_customer_short_url_get", asked(meeting_id=ID), KEYS),
    Case("participants.page", lambda c: participants.page(c, ID, sub_meeting_id="1764", start=START, end=END),
         "v1_meetings_meeting_id_participants_get",
         lambda who: {"meeting_id": ID, "userid": who.user, "pos": "0", "size": "100", "sub_meeting_id": "1764", **TIMES}),
    Case("participants.live", lambda c: list(participants.live(c, ID, sub_meeting_id="1764")),
         "v1_meetings_meeting_id_real_time_participants_get",
         asked(meeting_id=ID, sub_meeting_id="1764", page="1", page_size="50")),
    Case("participants.ms_open_id",
         lambda c: participants.ms_open_id(c, ID, person=c.user_id, person_type=c.operator_type),
         "v1_meetings_meeting_id_ms_open_id_get", asked(meeting_id=ID)),
    Case("waiting_room.now", lambda c: list(waiting_room.now(c, ID)),
         "v1_meetings_meeting_id_waiting_room_participants_get",
         lambda who: {"meeting_id": ID, "userid": who.user, "page": "1", "page_size": "50"}),
    Case("waiting_room.log", lambda c: list(waiting_room.log(c, ID)), "v1_meeting_meeting_id_waiting_room_get",
         asked(meeting_id=ID, page="1", page_size="50")),
    Case("waiting_room.admit", lambda c: waiting_room.admit(c, ID, users=[TARGET]),
         "v1_real_control_meetings_meeting_id_waiting_room_put",
         operating(instanceid=1, operate_type=1, users=[TOLD])),
    Case("waiting_room.move_in", lambda c: waiting_room.move_in(c, ID, users=[TARGET]),
         "v1_real_control_meetings_meeting_id_waiting_room_put",
         operating(instanceid=1, operate_type=2, users=[TOLD])),
    Case("waiting_room.remove", lambda c: waiting_room.remove(c, ID, users=[TARGET], allow_rejoin=False),
         "v1_real_control_meetings_meeting_id_waiting_room_put",
         operating(instanceid=1, operate_type=3, allow_rejoin=False, users=[TOLD])),
    Case("waiting_room.read_welcome", lambda c: waiting_room.read_welcome(c, ID),
         "v1_meeting_meeting_id_waiting_room_welcome_message_get", asked(meeting_id=ID)),
    Case("waiting_room.write_welcome", lambda c: waiting_room.write_welcome(c, ID, text="%NICKNAME% 您好"),
         "v1_meeting_set_waiting_room_welcome_message_post",
         bare(operating(meeting_id=ID, enable_welcome=True, welcome_text="%NICKNAME% 您好"))),
    Case("control.kick_out", lambda c: control.kick_out(c, ID, users=[TARGET], allow_rejoin=True, reason="误入"),
         "v1_real_control_meetings_meeting_id_kickout_put",
         operating(instanceid=1, allow_rejoin=True, reason="误入", users=[TOLD])),
    Case("control.rename", lambda c: control.rename(c, ID, names={TARGET: "张三"}),
         "v1_real_control_meetings_meeting_id_names_put",
         operating(instanceid=1, users=[{"ms_open_id": "ms0001", "instanceid": 4, "nick_name": "张三"}])),
    Case("control.set_access", lambda c: control.set_access(c, ID, access=control.Access(True, False)),
         "v1_real_control_meetings_meeting_id_status_put",
         operating(instanceid=1, auto_waiting_room=True, meeting_locked=False)),
    Case("pstn.call_out", lambda c: pstn.call_out(c, ID, callees=[CALLEE]),
         "v1_meeting_meeting_id_phone_callout_post",
         operating(phone_numbers=[{"area": 86, "phone": "13800000031", "nick_name": "李四"}]), KEYS),
    Case("pstn.cancel_call", lambda c: pstn.cancel_call(c, ID, callees=[CALLEE]),
         "v1_meeting_meeting_id_phone_cancelcall_post",
         operating(phone_numbers=[{"area": 86, "phone": "13800000031"}]), KEYS),
    Case("toolkit.bind", lambda c: toolkit.bind(c, ID, tools=[TOOL]), "v1_app_toolkit_post",
         bare(calling(meeting_id=ID, tool_list=[TOOLED]))),
    Case("directory.list_users", lambda c: list(directory.list_users(c)), "v1_users_list_get",
         asked(page="1", page_size="20"), KEYS),
    Case("directory.advanced_list", lambda c: list(directory.advanced_list(c, status=1)), "v1_users_advance_list_get",
         asked(pos="", size="100", status="1"), KEYS),
    Case("directory.read_user", lambda c: directory.read_user(c, "liming"), "v1_users_userid_get",
         asked(userid="liming"), KEYS),
    Case("directory.read_user", lambda c: directory.read_user(c, uuid="U1"), "v1_users_get", asked(uuid="U1"), KEYS),
    Case("directory.open_ids_to_userids",
         lambda c: directory.open_ids_to_userids(c, sdk_id="1700001", open_ids=["openid1"]),
         "v1_users_open_id_to_userid_post", bare(operating(sdkid="1700001", open_id_list=["openid1"])), KEYS),
    Case("directory.basic_info", directory.basic_info, "v1_users_info_basic_get", asked(), TOKEN),
    Case("directory.cancel_auth", directory.cancel_auth, "v1_auth_users_cancel_auth_put", asked(), TOKEN),
)  # fmt: skip
