"""Enrolment: the form, the registrants, the import, and in which portions they travel."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.tencent import enrolment
from portal.tencent.client import Client
from portal.tencent.enrolment_form import DEFAULT_QUESTIONS, EnrolmentConfig, Question, Special
from portal.tencent.errors import AnswerLost, Refused, TryAgain

ALICE = {"operator_id": "openidofalice00000000000000a", "operator_id_type": 2, "instanceid": 1}
BOSS = {"operator_id": "operator1", "operator_id_type": 1}
DEADLINE = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
KINDS = ["meetings", "webinars"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_is_written_in_ones_and_twos(platform: Any, oauth_client: Client, kind: Any) -> None:
    platform.answers({"meeting_id": "5", "question_count": 4})
    choice = Question(question_title="城市", question_type=1, options=("北京", "上海"))
    config = EnrolmentConfig(
        approve_by_hand=True,
        questions=(*DEFAULT_QUESTIONS, choice),
        no_registration_needed_for_staff=False,
        enroll_deadline=DEADLINE,
    )
    assert enrolment.write_config(oauth_client, "5", kind=kind, config=config) == 4
    assert (platform.last.method, platform.last.path) == ("PUT", f"/v1/{kind}/5/enroll/config")
    assert platform.last.json == {
        **ALICE,
        "approve_type": 2,
        "is_collect_question": 2,
        "no_registration_needed_for_staff": False,
        "enroll_deadline": "1795147200",
        "question_list": [
            {"special_type": 4, "is_required": 2, "question_type": 3},
            {"special_type": 2, "is_required": 2, "question_type": 3},
            {"special_type": 5, "is_required": 1, "question_type": 3},
            {
                "special_type": 1,
                "is_required": 1,
                "question_type": 1,
                "question_title": "城市",
                "option_list": [{"content": "北京"}, {"content": "上海"}],
            },
        ],
    }


@pytest.mark.parametrize(
    ("config", "sent"),
    [
        (EnrolmentConfig(), {}),
        (EnrolmentConfig(questions=()), {"is_collect_question": 1}),
        (EnrolmentConfig(approve_by_hand=False), {"approve_type": 1}),
    ],
)
def test_a_form_is_left_alone_where_nothing_is_said(
    platform: Any, oauth_client: Client, config: EnrolmentConfig, sent: dict[str, Any]
) -> None:
    enrolment.write_config(oauth_client, "5", kind="meetings", config=config)
    assert platform.last.json == {**ALICE, **sent}


def test_a_form_is_read_and_would_write_back_the_same(platform: Any, oauth_client: Client) -> None:
    question = {
        "question_num": 1,
        "special_type": "2",
        "is_required": 2,
        "question_type": 3,
        "question_title": "手机",
    }
    platform.answers(
        {
            "approve_type": 2,
            "is_collect_question": 2,
            "question_list": [question],
            "enroll_deadline": "1795147200",
            "enroll_push_type": [1, 2],
            "enroll_number": 300,
            "cover_image": [base64.b64encode(b"https://x/a.png").decode()],
        }
    )
    assert enrolment.read_config(oauth_client, "5", kind="meetings") == EnrolmentConfig(
        approve_by_hand=True,
        questions=(Question(Special.PHONE, is_required=True, question_title="手机"),),
        enroll_number=300,
        enroll_deadline=DEADLINE,
        enroll_push_type=None,
        enroll_description="",
        cover_image=("https://x/a.png",),
    )


def test_a_form_that_does_not_say_whether_it_asks_keeps_its_questions(platform: Any, oauth_client: Client) -> None:
    platform.answers({"question_list": [{"question_title": "城市", "is_required": "2"}], "cover_image": "%%%"})
    config = enrolment.read_config(oauth_client, "5", kind="meetings")
    assert config.questions == (Question(question_title="城市", is_required=True),)
    assert config.cover_image == ("%%%",)


def test_a_form_that_asks_nothing_has_no_questions(platform: Any, oauth_client: Client) -> None:
    platform.answers({"is_collect_question": 1, "question_list": [{"question_title": "old"}]})
    assert enrolment.read_config(oauth_client, "5", kind="meetings").questions == ()


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_form_that_was_only_not_read_is_not_empty(platform: Any, oauth_client: Client, body: bytes) -> None:
    platform.does(body=body)
    with pytest.raises(TryAgain):
        enrolment.read_config(oauth_client, "5", kind="meetings")


@pytest.mark.parametrize("special", list(Special))
@pytest.mark.parametrize("kind", [1, 2, 3])
def test_every_kind_of_question_goes_out_as_it_came(
    platform: Any, oauth_client: Client, special: Special, kind: int
) -> None:
    choices = ("甲", "乙") if kind < 3 else ()
    question = Question(special, is_required=True, question_title="问", question_type=kind, options=choices)
    enrolment.write_config(oauth_client, "5", kind="meetings", config=EnrolmentConfig(questions=(question,)))
    sent = platform.last.json
    platform.answers(sent, sent)
    assert enrolment.read_config(oauth_client, "5", kind="meetings").questions == (question,)


def test_registrants_without_an_id_are_left_out(platform: Any, oauth_client: Client) -> None:
    platform.answers({"total_page": 1, "enroll_list": [{"nick_name": "x"}, {"enroll_id": "7"}]})
    assert [each.enroll_id for each in enrolment.approvals(oauth_client, "5", kind="meetings")] == [7]


def test_registrants_come_from_all_pages_once_with_their_answers(platform: Any, oauth_client: Client) -> None:
    first = {
        "enroll_id": 13339451618,
        "status": 3,
        "enroll_time": "2026/11/20 12:00",
        "enroll_source_type": 1,
        "openid": "old",
        "ms_open_id": "m1",
        "answer_list": [
            {"question_num": 1, "special_type": "4", "answer_content": ["张三"]},
            {"question_num": 2, "special_type": 2, "answer_content": ["13800000001"]},
        ],
    }
    second = {"enroll_id": 8, "status": 1, "enroll_time": "2026-11-20 12:00:00"}
    platform.answers(
        {"total_page": 2, "enroll_list": [first]}, {"total_page": 2, "enroll_list": [first, second]}
    )
    found = list(enrolment.approvals(oauth_client, "5", kind="webinars", status=enrolment.State.ALL))
    assert [each.enroll_id for each in found] == [13339451618, 8]
    assert [each.enroll_time for each in found] == [DEADLINE, DEADLINE]
    assert (found[0].open_id, found[0].ms_open_id) == ("old", "m1")
    answers = [found[0].answer(special) for special in (Special.NAME, Special.PHONE, Special.COMPANY)]
    assert answers == ["张三", "13800000001", ""]
    assert platform.last.path == "/v1/webinars/5/enroll/approvals"
    assert (platform.last.query["page"], platform.last.query["page_size"]) == ("2", "50")


def test_nobody_registered_is_an_empty_list(platform: Any, oauth_client: Client) -> None:
    platform.answers({"total_count": 0, "current_size": 0, "total_page": 0})
    assert list(enrolment.approvals(oauth_client, "5", kind="meetings")) == []


def test_a_registrant_never_shows_a_phone() -> None:
    answer = enrolment.Answer(1, "手机", 2, ("13800000001",))
    registrant = enrolment.Registrant(1, 3, None, 2, "13800000001", "", "", "", "", (answer,))
    row = enrolment.ImportRow(area="86", phone_number="13800000001", nick_name="13800000001")
    assert [("13800000001" in repr(each)) for each in (answer, registrant, row)] == [False] * 3


def test_decisions_go_a_hundred_at_a_time(platform: Any, oauth_client: Client) -> None:
    platform.answers({"handled_count": 100}, {"handled_count": 50})
    ids = list(range(1, 151))
    decided = enrolment.decide(
        oauth_client, "5", kind="meetings", enroll_ids=ids, action=enrolment.Action.APPROVE
    )
    assert decided == 150
    assert [seen.json["enroll_id_list"] for seen in platform.seen] == [ids[:100], ids[100:]]
    assert platform.last.json["action"] == 3


def test_removals_send_objects_in_the_body_of_a_delete(platform: Any, oauth_client: Client) -> None:
    platform.answers({"total_count": 2})
    assert enrolment.unregister(oauth_client, "5", kind="meetings", enroll_ids=[7, 8]) == 2
    assert (platform.last.method, platform.last.path) == ("DELETE", "/v1/meetings/5/enroll/unregistration")
    assert platform.last.json == {**ALICE, "enroll_id_list": [{"enroll_id": 7}, {"enroll_id": 8}]}


def test_an_import_tells_enrolled_unknown_and_vanished_rows_apart(
    platform: Any, oauth_client: Client
) -> None:
    rows = [
        enrolment.ImportRow(userid="staff1"),
        enrolment.ImportRow(userid="ghost"),
        enrolment.ImportRow(area="86", phone_number="13800000001", nick_name="甲"),
        enrolment.ImportRow(area="86", phone_number="13800000002"),
    ]
    platform.answers(
        {
            "total_count": 2,
            "enroll_list": [
                {"enroll_id": 2, "area": "86", "phone_number": "13800000001", "enroll_code": "111"},
                {"enroll_id": 1, "userid": "staff1"},
            ],
            "user_non_registered": ["ghost"],
        }
    )
    answer = enrolment.import_rows(oauth_client, "5", kind="meetings", rows=rows)
    assert [(row.enroll_id, row.enroll_code) for row in answer.rows] == [(2, "111"), (1, "")]
    assert (answer.total_count, answer.user_non_registered) == (2, ("ghost",))
    assert answer.unanswered(rows) == (rows[3],)
    platform.answers({"enroll_list": [{"userid": "staff1"}]})
    nameless = enrolment.import_rows(oauth_client, "5", kind="meetings", rows=rows[:1])
    assert (nameless.rows, nameless.unanswered(rows[:1])) == ((), (rows[0],))
    platform.seen.pop()
    assert platform.last.json["enroll_list"] == [
        {"userid": "staff1"},
        {"userid": "ghost"},
        {"area": "86", "phone_number": "13800000001", "nick_name": "甲"},
        {"area": "86", "phone_number": "13800000002"},
    ]


def test_an_import_is_never_repeated_and_never_over_a_thousand(platform: Any, oauth_client: Client) -> None:
    platform.does(drop=True)
    rows = [enrolment.ImportRow(userid="a")] * 1001
    with pytest.raises(ValueError, match="1000"):
        enrolment.import_rows(oauth_client, "5", kind="meetings", rows=rows)
    with pytest.raises(AnswerLost):
        enrolment.import_rows(oauth_client, "5", kind="meetings", rows=rows[:1000])
    assert len(platform.seen) == 1


def test_enrolment_ids_are_asked_in_portions_each_person_once(platform: Any, oauth_client: Client) -> None:
    people = [f"m{n}" for n in range(501)]
    platform.does(drop=True)
    platform.answers({"enroll_id_list": [{"ms_open_id": "m0", "enroll_id": "7"}]}, {"meeting_id": "5"})
    found = enrolment.ids(
        oauth_client, "5", kind="webinars", ms_open_ids=[*people, "m0"], prefer_imported=False
    )
    assert found == {"m0": 7}
    assert [len(seen.json["ms_open_id_list"]) for seen in platform.seen] == [500, 500, 1]
    assert (platform.last.path, platform.last.json["sorting_rules"]) == ("/v1/webinars/5/enroll/ids", 2)


def test_enrolment_that_is_off_says_so(platform: Any, oauth_client: Client) -> None:
    platform.refuses(101)
    with pytest.raises(Refused) as caught:
        enrolment.read_config(oauth_client, "5", kind="meetings")
    assert caught.value.reason == "enrolment_off"
