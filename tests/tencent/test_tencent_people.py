"""Enrolment, links, guests, callers and the directory: what is sent, what is read, in which portions."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.tencent import directory, enrolment, guests, links, pstn, wire
from portal.tencent.client import Client
from portal.tencent.enrolment_form import DEFAULT_QUESTIONS, EnrolmentConfig, Question, Special
from portal.tencent.errors import AnswerLost, NotAllowed, Refused

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


def test_a_link_carries_its_tag(platform: Any, key_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    made = {"customer_data": packed, "meeting_short_url": "https://meeting.example/dm/1"}
    platform.answers({"meeting_short_url_customer_data": made})
    link = links.create(key_client, "5", kind="meetings", tag="row-1")
    assert link == links.Link(packed, "row-1", "https://meeting.example/dm/1", None)
    assert platform.last.path == "/v1/meetings/customer-short-url"
    assert platform.last.json == {**BOSS, "meeting_id": "5", "customer_data": packed}


def test_a_webinar_link_says_as_what_and_when_one_enters(platform: Any, key_client: Client) -> None:
    packed = wire.encode_tag("row-1")
    made = {"customer_data": packed, "webinar_short_url": "https://w", "is_webinar_guest": 1}
    platform.answers({"webinar_short_url_customer_data": made})
    link = links.create(key_client, "5", kind="webinars", tag="row-1", as_guest=True, at_once=False)
    assert (link.url, link.is_webinar_guest) == ("https://w", 1)
    chosen = {"instanceid": 1, "is_webinar_guest": 1, "is_join_meeting": 2}
    assert platform.last.json == {**BOSS, "meeting_id": "5", "customer_data": packed, **chosen}


@pytest.mark.parametrize("reply", [{"drop": True}, {"body": b"{}"}, {"body": b""}])
def test_a_link_is_never_made_twice(platform: Any, key_client: Client, reply: dict[str, Any]) -> None:
    platform.does(**reply)
    with pytest.raises(AnswerLost):
        links.create(key_client, "5", kind="meetings", tag="row-1")
    assert len(platform.seen) == 1


def test_too_many_links_and_the_wrong_credential_are_told_apart(
    platform: Any, key_client: Client, oauth_client: Client
) -> None:
    platform.refuses(202005)
    platform.refuses(190325, status=400)
    with pytest.raises(Refused) as many:
        links.create(key_client, "5", kind="meetings", tag="a")
    with pytest.raises(NotAllowed) as wrong:
        links.create(oauth_client, "5", kind="meetings", tag="a")
    assert (many.value.reason, wrong.value.reason) == ("too_many_links", "credential_kind")


def test_links_of_a_meeting_come_at_once_and_of_a_webinar_in_pages(platform: Any, key_client: Client) -> None:
    listed = [{"customer_data": "test", "meeting_short_url": "https://1"}]
    platform.answers(
        {"meeting_short_url_customer_data": listed},
        {"webinar_short_url_customer_data": [{"customer_data": "a"}], "total_page": 2},
        {"webinar_short_url_customer_data": [{"customer_data": "b"}], "total_page": 2},
    )
    assert list(links.list_all(key_client, "5", kind="meetings")) == [
        links.Link("test", "test", "https://1", None)
    ]
    assert [link.tag for link in links.list_all(key_client, "5", kind="webinars")] == ["a", "b"]
    assert platform.seen[0].path == "/v1/meetings/5/customer-short-url"
    assert (platform.last.path, platform.last.query["page"]) == ("/v1/webinars/customer-short-url", "2")


def test_guests_of_a_meeting_are_read_and_replaced_whole(platform: Any, oauth_client: Client) -> None:
    platform.answers({"guests": [{"area": 86, "phone_number": "13800000001", "guest_name": "甲"}]})
    guest = guests.Guest(area="86", phone_number="13800000001", guest_name="甲")
    assert guests.read(oauth_client, "5", kind="meetings") == (guest,)
    platform.does(body=b"")
    guests.replace(oauth_client, "5", kind="meetings", guests=[guest])
    assert (platform.last.method, platform.last.path) == ("PUT", "/v1/guests/5")
    listed = [{"area": "86", "phone_number": "13800000001", "guest_name": "甲"}]
    assert platform.last.json == {"userid": ALICE["operator_id"], "instanceid": 1, "guests": listed}


def test_guests_of_a_webinar_are_internal_or_external(platform: Any, oauth_client: Client) -> None:
    outsider = guests.Guest(area="86", phone_number="13800000001", guest_name="甲", email="a@example.com")
    guests.replace(oauth_client, "5", kind="webinars", guests=[guests.Guest(userid="staff1"), outsider])
    assert platform.last.path == "/v1/webinars/5/guests"
    assert platform.last.json["guests"] == [
        {"guest_type": 1, "userid": "staff1"},
        {
            "guest_type": 2,
            "area": "86",
            "phone_number": "13800000001",
            "guest_name": "甲",
            "email": "a@example.com",
        },
    ]
    guests.read(oauth_client, "5", kind="webinars")
    assert (platform.last.path, platform.last.query["meeting_id"]) == ("/v1/webinars/guests", "5")


@pytest.mark.parametrize(("kind", "most"), [("meetings", 2000), ("webinars", 200)])
def test_too_many_guests_are_never_sent(platform: Any, oauth_client: Client, kind: Any, most: int) -> None:
    with pytest.raises(ValueError, match=str(most)):
        guests.replace(oauth_client, "5", kind=kind, guests=[guests.Guest(userid="a")] * (most + 1))
    assert platform.seen == []


def test_a_guest_never_shows_a_phone() -> None:
    assert "13800000001" not in repr(guests.Guest(area="86", phone_number="13800000001"))


def test_one_phone_may_be_several_callers(platform: Any, key_client: Client) -> None:
    phones = [pstn.Phone("86", f"1380000{n:04}") for n in range(21)]
    listed = [{"area": 86, "phone": "13800000000", "ms_open_id": each} for each in ("m1", "m2", "m1")]
    platform.answers({"ms_open_id_list": listed}, {})
    assert pstn.ms_open_ids(key_client, "5", phones=[*phones, phones[0]]) == {phones[0]: ("m1", "m2")}
    assert [len(seen.json["phone_numbers"]) for seen in platform.seen] == [20, 1]
    assert platform.last.json == {**BOSS, "phone_numbers": [{"area": 86, "phone": "13800000020"}]}
    assert platform.last.path == "/v1/meetings/5/phone/ms-open-id"


def test_the_directory_is_read_over_all_pages(platform: Any, key_client: Client) -> None:
    first, second = (
        [
            {"userid": f"u{n}", "status": "1", "department_list": [{"department_name": "销售"}]}
            for n in numbers
        ]
        for numbers in (range(20), range(20, 21))
    )
    platform.answers({"total_count": 21, "users": first}, {"total_count": 21, "users": second})
    found = list(directory.list_users(key_client))
    assert [user.userid for user in found] == [f"u{n}" for n in range(21)]
    assert found[0].departments == ("销售",)
    assert platform.last.query == {
        "operator_id": "operator1",
        "operator_id_type": "1",
        "page": "2",
        "page_size": "20",
    }


def test_open_ids_are_turned_into_userids_a_thousand_at_a_time(platform: Any, key_client: Client) -> None:
    platform.answers({"userid_list": [{"open_id": "o0", "userid": "u0"}], "invalid_open_id_list": ["o1"]}, {})
    found = directory.open_ids_to_userids(key_client, sdk_id="17", open_ids=[f"o{n}" for n in range(1001)])
    assert found == {"o0": "u0"}
    assert [len(seen.json["open_id_list"]) for seen in platform.seen] == [1000, 1]
    assert platform.last.json == {**BOSS, "sdkid": "17", "open_id_list": ["o1000"]}


def test_the_own_user_is_read_and_the_grant_given_back(platform: Any, oauth_client: Client) -> None:
    platform.answers({"username": "爱丽丝", "status": "1", "account_version": 2, "add_on_webinar": "4"})
    info = directory.basic_info(oauth_client)
    assert (info.username, info.open_corp_id, info.account_version, info.add_on_webinar) == (
        "爱丽丝",
        "",
        2,
        4,
    )
    platform.refuses(40)
    with pytest.raises(NotAllowed) as caught:
        directory.cancel_auth(oauth_client)
    assert caught.value.reason == "administrator"
    assert (platform.last.method, platform.last.path) == ("PUT", "/v1/auth-users/cancel-auth")
    assert platform.last.query == {"operator_id": ALICE["operator_id"], "operator_id_type": "2"}
    assert platform.last.body == b""
