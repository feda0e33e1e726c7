"""One whole answer for every call, as the documents show it: what the tests of odd answers spoil."""

import base64
from typing import Any

from portal.tencent.wire import encode_tag


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


PERSON = {
    "userid": "alice",
    "open_id": "o1",
    "ms_open_id": "m1",
    "uuid": "u1",
    "user_name": packed("张三"),
    "nick_name": "张三",
    "instanceid": 1,
    "customer_data": encode_tag("row-1"),
}
STAY = PERSON | {
    "phone": "A" * 64,
    "is_enterprise_user": True,
    "join_time": "1795147200",
    "left_time": "1795150800",
    "join_type": 1,
    "user_role": 0,
    "webinar_member_role": 4,
    "ip": "203.0.113.9",
    "net": "WIFI",
}
SETTINGS = {
    "mute_enable_type_join": 2,
    "only_user_join_type": 1,
    "only_allow_enterprise_user_join": False,
    "auto_record_type": "cloud",
    "change_nickname": 1,
    "corp_lock_mask": 5,
}
MEETING = {
    "meeting_id": "18357763596888459343",
    "meeting_code": "040468657",
    "subject": "季度路演",
    "status": "MEETING_STATE_INIT",
    "type": 0,
    "meeting_type": 1,
    "start_time": "1795147200",
    "end_time": "1795150800",
    "time_zone": packed("Asia/Shanghai"),
    "join_url": "https://meeting.example/dm/1",
    "hosts": [{"userid": "alice"}],
    "current_hosts": ["alice"],
    "participants": [{"userid": "bob"}],
    "user_non_registered": ["x"],
    "guests": [{"area": "86", "phone_number": "13800000001", "guest_name": "甲"}],
    "settings": SETTINGS,
    "live_config": {"live_addr": "https://l", "enable_live_im": True, "live_watermark": {"watermark_opt": 1}},
    "recurring_rule": {"recurring_type": 2, "until_type": 0, "until_date": 1795750800},
    "sub_meetings": [{"sub_meeting_id": "1795147200", "status": 0, "start_time": 1795147200}],
    "has_more_sub_meetings": 0,
    "current_sub_meeting_id": "1795147200",
    "remain_sub_meetings": 5,
    "join_meeting_role": "creator",
}
ONE_MEETING = {"meeting_number": 1, "meeting_info_list": [MEETING]}
WEBINAR = MEETING | {"admission_type": 1, "audience_join_link": "https://a", "media_setting": SETTINGS, "enable_qa": True}
QUESTION = {
    "question_title": "城市",
    "question_type": 1,
    "is_required": 2,
    "special_type": 1,
    "option_list": [{"content": "北京"}],
}
CONFIG = {
    "approve_type": 2,
    "is_collect_question": 2,
    "question_list": [QUESTION],
    "no_registration_needed_for_staff": False,
    "enroll_number": 300,
    "enroll_deadline": "1795147200",
    "enroll_push_type": [1],
    "cover_image": [packed("https://x/a.png")],
}
ANSWER = {"question_num": 1, "question_title": "手机", "special_type": 2, "answer_content": ["13800000001"]}
REGISTRANT = PERSON | {
    "enroll_id": 13339451618,
    "status": 3,
    "enroll_time": "2026/11/20 12:00",
    "enroll_source_type": 1,
    "enroll_code": "111",
    "answer_list": [ANSWER],
}
PAGED = {"total_count": 1, "current_size": 1, "current_page": 1, "total_page": 1}
ENROLLED = {"enroll_id": 7, "userid": "", "area": "86", "phone_number": "13800000001", "enroll_code": "111"}
LINK = {"customer_data": encode_tag("row-1"), "meeting_short_url": "https://m", "webinar_short_url": "https://w"}
USER = {
    "userid": "bob",
    "uuid": "u1",
    "username": "鲍勃",
    "area": "86",
    "phone": "13800000001",
    "status": "1",
    "user_account_type": 1,
    "department_list": [{"department_id": "1", "department_name": "销售"}],
}
CALLED = {"area": 86, "phone": "13800000001", "extension_number": "", "status": "RINGING", "ms_open_id": "m1"}
CALLS = PAGED | {"phone_numbers": [CALLED], "invalid_phone_numbers": [CALLED | {"error_msg": "bad 13800000001"}]}
TOOL = {"tool_appid": "1", "tool_sdkid": "2", "visible_type": 2, "visible_list": [{"visible_appid": "1"}]}
GRANT = {
    "access_token": "acc+/ess",
    "refresh_token": "ref+/resh",
    "expires": 1_800_021_600,
    "open_id": "alice",
    "open_corp_id": "corp",
    "scopes": ["MANAGE_MEETING"],
}
SIGNED_IN = {"code": 0, "message": "SUCCESS", "nonce": "0", "data": GRANT}
WAITING = PAGED | {"meeting_id": "5", "participants": [PERSON | {"join_time": 1795147200000}]}

SAMPLES: dict[str, dict[str, Any]] = {
    "control.kick_out": {},
    "control.rename": {},
    "control.set_access": {},
    "directory.advanced_list": {"has_remaining": False, "next_pos": "", "users": [USER]},
    "directory.basic_info": USER | {"open_corp_id": "corp", "account_version": 2, "add_on_webinar": 3},
    "directory.cancel_auth": {},
    "directory.list_users": PAGED | {"users": [USER]},
    "directory.open_ids_to_userids": {"userid_list": [{"open_id": "o", "userid": "u"}], "invalid_open_id_list": ["x"]},
    "directory.read_user": USER,
    "enrolment.approvals": PAGED | {"enroll_list": [REGISTRANT]},
    "enrolment.decide": {"meeting_id": "5", "handled_count": 1},
    "enrolment.ids": {"meeting_id": "5", "enroll_id_list": [{"ms_open_id": "m1", "enroll_id": 7}]},
    "enrolment.import_rows": {"total_count": 1, "enroll_list": [ENROLLED], "user_non_registered": ["x"]},
    "enrolment.read_config": CONFIG,
    "enrolment.unregister": {"total_count": 1},
    "enrolment.write_config": {"meeting_id": "5", "question_count": 1},
    "guests.read": {"meeting_id": "5", "guests": MEETING["guests"]},
    "guests.read_by_code": {"meeting_id": "5", "guests": MEETING["guests"]},
    "guests.replace": {},
    "guests.replace_by_code": {},
    "invitees.read": {"has_remaining": False, "invitees": [{"userid": "a", "nick_name": "甲"}]},
    "invitees.replace": {"user_non_registered": ["x"]},
    "links.create": {"meeting_short_url_customer_data": LINK, "webinar_short_url_customer_data": LINK},
    "links.list_all": PAGED | {"webinar_short_url_customer_data": [LINK], "meeting_short_url_customer_data": [LINK]},
    "meetings.cancel": {},
    "meetings.change": ONE_MEETING,
    "meetings.change_occurrence": ONE_MEETING,
    "meetings.create": ONE_MEETING,
    "meetings.dismiss": {},
    "meetings.history": PAGED | {"meeting_info_list": [MEETING | {"start_time": 1795147200}]},
    "meetings.list_upcoming": ONE_MEETING | {"remaining": 0, "next_pos": 1795147200, "next_cursory": 1795147200123},
    "meetings.read": ONE_MEETING,
    "meetings.read_by_code": ONE_MEETING,
    "oauth.exchange": SIGNED_IN,
    "oauth.refresh": SIGNED_IN,
    "oauth.user_info": SIGNED_IN,
    "participants.live": PAGED | {"meeting_id": "5", "participants": [STAY]},
    "participants.ms_open_id": {"meeting_id": "5", "ms_open_id": "m1"},
    "participants.page": {"meeting_id": "5", "participants": [STAY], "has_remaining": True, "next_pos": 5678},
    "participants.pages": {"meeting_id": "5", "participants": [STAY], "has_remaining": False, "next_pos": 0},
    "pstn.call_out": CALLS,
    "pstn.call_status": CALLS,
    "pstn.cancel_call": {"success_list": [CALLED], "FailedList": [CALLED]},
    "pstn.ms_open_ids": {"ms_open_id_list": [CALLED]},
    "toolkit.bind": {},
    "toolkit.jsapi_ticket": {"ticket": "t", "timestamp": "1795147200", "expired_time": "300"},
    "toolkit.phone_number": {"phone_info": {"phone_number": "13800000001", "country_code": "86"}},
    "toolkit.read": {"tool_list": [TOOL], "auto_open_sdkid": "2", "toolbar_sdkid": "2"},
    "toolkit.unique_code": {"unique_code": "x"},
    "waiting_room.admit": {},
    "waiting_room.log": WAITING,
    "waiting_room.move_in": {},
    "waiting_room.now": WAITING,
    "waiting_room.read_welcome": {"enable_welcome": True, "welcome_text": "%NICKNAME%"},
    "waiting_room.remove": {},
    "waiting_room.write_welcome": {},
    "webinars.cancel": {},
    "webinars.change": {},
    "webinars.create": WEBINAR,
    "webinars.read": {"meeting_info_list": [WEBINAR]},
}
