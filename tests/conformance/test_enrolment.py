"""Enrolment through the SDK: the form, registrants, decisions, import, withdrawal, who is who."""

import base64
from typing import Any

import pytest

from tests.conformance.booking import HOUR, book
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform

QUESTIONS = [
    {"question_title": "从哪里得知", "question_type": 1, "is_required": 1,
     "option_list": [{"content": "朋友"}, {"content": "邮件"}]},
    {"special_type": 4, "is_required": 2},
    {"special_type": 2, "is_required": 2},
]  # fmt: skip
IMPORTED, SELF_MADE = 2, 1
PENDING, APPROVED = 1, 3


def operating(who: Witness) -> dict[str, Any]:
    return {**who.operator, "instanceid": 1}


def asking(who: Witness, made: Any) -> dict[str, str]:
    return {"meeting_id": made.meeting_id, "instanceid": "1", **who.asked}


@pytest.fixture
def made(either: Witness, now: int) -> Any:
    """A meeting that people enrol for, begun half an hour ago."""
    return book(either, now - HOUR // 2, enable_enroll=True)


def test_the_form_is_set_and_read(either: Witness, made: Any, now: int) -> None:
    body = {**operating(either), "approve_type": 2, "is_collect_question": 2, "question_list": QUESTIONS,
            "enroll_deadline": str(now + HOUR), "enroll_number": 80, "enroll_description": "欢迎",
            "no_registration_needed_for_staff": True, "cover_image": ["https://example.com/a.png"]}  # fmt: skip
    answer = either.call("v1_meetings_meeting_id_enroll_config_put", meeting_id=made.meeting_id, body=body)
    assert (answer.meeting_id, answer.question_count) == (made.meeting_id, 3)
    form = either.call("v1_meetings_meeting_id_enroll_config_get", **asking(either, made))
    assert (form.approve_type, form.is_collect_question, form.enroll_number) == (2, 2, 80)
    assert (form.enroll_deadline, form.enroll_description) == (str(now + HOUR), "欢迎")
    assert (form.no_registration_needed_for_staff, form.display_number_of_participants) == (True, 1)
    assert [each.special_type for each in form.question_list] == [4, 2, 1]
    assert [each.content for each in form.question_list[2].option_list] == ["朋友", "邮件"]
    # 64009: covers are plain when set and base64 when read.
    assert [base64.b64decode(each) for each in form.cover_image] == [b"https://example.com/a.png"]


def test_an_import_names_whom_it_enrolled_and_whom_it_does_not_know(
    either: Witness, made: Any, platform: Platform
) -> None:
    staff = platform.staff()[0]["userid"]
    rows = [{"area": "86", "phone_number": "13800000001", "nick_name": "甲"}, {"userid": staff}, {"userid": "nobody"}]
    body = {**operating(either), "enroll_list": rows}
    answer = either.call("v1_meetings_meeting_id_enroll_import_post", meeting_id=made.meeting_id, body=body)
    assert (answer.total_count, answer.user_non_registered) == (2, ["nobody"])
    by_phone, by_userid = answer.enroll_list
    assert (by_phone.area, by_phone.phone_number, by_phone.nick_name) == ("86", "13800000001", "甲")
    assert (by_userid.userid, by_userid.phone_number) == (staff, "")

    answer = either.call("v1_meetings_meeting_id_enroll_approvals_get", page="1", page_size="50", **asking(either, made))
    assert (answer.total_count, answer.current_size, answer.current_page, answer.total_page) == (2, 2, 1, 1)
    listed = {each.enroll_id: each for each in answer.enroll_list}
    assert listed.keys() == {by_phone.enroll_id, by_userid.enroll_id}
    assert {each.enroll_source_type for each in answer.enroll_list} == {IMPORTED}
    assert listed[by_phone.enroll_id].enroll_code == by_phone.enroll_code

    gone = {**operating(either), "enroll_id_list": [{"enroll_id": by_phone.enroll_id}]}
    answer = either.call(
        "v1_meetings_meeting_id_enroll_unregistration_delete", meeting_id=made.meeting_id, body=gone
    )
    assert answer.total_count == 1
    left = either.call("v1_meetings_meeting_id_enroll_approvals_get", page="1", page_size="50", **asking(either, made))
    assert [each.enroll_id for each in left.enroll_list] == [by_userid.enroll_id]


def test_registrants_are_read_with_their_answers_and_decided_upon(
    either: Witness, made: Any, platform: Platform
) -> None:
    form = {**operating(either), "approve_type": 2, "is_collect_question": 2, "question_list": QUESTIONS}
    either.call("v1_meetings_meeting_id_enroll_config_put", meeting_id=made.meeting_id, body=form)
    cast = platform.post("scenarios/2/register", meeting_id=made.meeting_id, people=6, seed=5)
    asked = asking(either, made) | {"page": "1", "page_size": "50"}
    pending = either.call("v1_meetings_meeting_id_enroll_approvals_get", status=str(PENDING), **asked)
    assert pending.total_count == cast["registered"] > 0
    first = pending.enroll_list[0]
    assert (first.status, first.enroll_source_type) == (PENDING, SELF_MADE)
    told = {each.special_type: each.answer_content for each in first.answer_list}
    assert (told[4], len(told[2][0])) == ([first.nick_name], 11)

    ids = [each.enroll_id for each in pending.enroll_list]
    body = {**operating(either), "action": 3, "enroll_id_list": ids}
    answer = either.call("v1_meetings_meeting_id_enroll_approvals_put", meeting_id=made.meeting_id, body=body)
    assert (answer.meeting_id, answer.handled_count) == (made.meeting_id, len(ids))
    approved = either.call("v1_meetings_meeting_id_enroll_approvals_get", status=str(APPROVED), **asked)
    assert [each.enroll_id for each in approved.enroll_list] == ids
    empty = either.call("v1_meetings_meeting_id_enroll_approvals_get", status=str(PENDING), **asked)
    # 64011: the list is missing where it would be empty.
    assert (empty.total_count, empty.enroll_list) == (0, None)


def test_people_seen_are_told_by_their_enrolment(either: Witness, made: Any, platform: Platform) -> None:
    rows = [{"area": "86", "phone_number": f"1380000{number:04d}"} for number in range(2)]
    body = {**operating(either), "enroll_list": rows}
    imported = either.call("v1_meetings_meeting_id_enroll_import_post", meeting_id=made.meeting_id, body=body)
    people = [
        {"key": key, "name": "来客", "phone": phone, "enroll_phone": phone, "stays": [{"join": 1, "leave": 90}]}
        for key, phone in (("a", "13800000000"), ("b", "13800000001"), ("c", "13800000077"))
    ]
    platform.post("play", meeting_id=made.meeting_id, people=people, end=False)
    seen = {row["ms_open_id"] for row in platform.get(f"rows/{made.meeting_id}")}
    body = {**operating(either), "ms_open_id_list": sorted(seen), "sorting_rules": 1}
    answer = either.call("v1_meetings_meeting_id_enroll_ids_post", meeting_id=made.meeting_id, body=body)
    truth = {person["key"]: person for person in platform.get(f"truth/{made.meeting_id}")["people"]}
    expected = {truth[key]["ms_open_ids"][0]: truth[key]["enroll_id"] for key in ("a", "b")}
    assert {each.ms_open_id: each.enroll_id for each in answer.enroll_id_list} == expected
    assert sorted(expected.values()) == sorted(each.enroll_id for each in imported.enroll_list)
