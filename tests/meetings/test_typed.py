"""Registrants join the lists by the code or staff id they typed, where both sides have it once and nothing speaks against it."""

import pytest
from django.db import transaction

from meetings import enrolment
from meetings.models import ExpectedList, Meeting
from portal.tencent.enrolment import Answer, Registrant
from portal.tencent.enrolment_form import Special
from tests.factories import make_list, make_meeting, make_member, make_person, phone
from tests.meetings.batched import NOW, bring

pytestmark = pytest.mark.django_db

CODE, STAFF = "请填写客户编号", "工号"


@pytest.fixture
def meeting() -> Meeting:
    return make_meeting(make_member())


@pytest.fixture
def guests(meeting: Meeting) -> ExpectedList:
    guests = make_list(meeting)
    bring(guests, "姓名,手机号,编号,工号\n张三,13800000001,A1,\n李四,,A2,\n王五,,,E3\n")
    return guests


def enrolled(
    number: int, nick: str, code: str = "", *, name: str = "", mobile: int | None = None, question: str = CODE, status: int = 3
) -> Registrant:
    """Give what the platform tells of a registration; the name only where the form asked for it."""
    number_of = phone(mobile)[3:] if mobile else ""
    told = [(Special.NAME, "姓名", name), (Special.PHONE, "手机号", number_of), (Special.NONE, question, code)]
    answers = tuple(Answer(at, title, special, (text,)) for at, (special, title, text) in enumerate(told, 1) if text)
    return Registrant(number, status, NOW, 1, nick, "", "", "", "", answers)


def pulled(meeting: Meeting, *found: Registrant) -> dict[str, str]:
    """Take in what a pull brought; gives who of the meeting's people each registrant is."""
    with transaction.atomic():
        enrolment.store(meeting, found, now=NOW)
    rows = meeting.registrants.exclude(person=None).values_list("enroll_id", "person__name", "person__source")
    return {enroll_id: f"{name} {source}" for enroll_id, name, source in rows}


JOINS = {
    "a code": enrolled(7, "三三", "A2"),
    "a code in small letters": enrolled(7, "三三", "ａ2"),
    "a code beside the same name": enrolled(7, "lisi", "A2", name="李四"),
    "a code beside the same name and a new phone": enrolled(7, "lisi", "A2", name="李 四", mobile=9),
    "a staff id": enrolled(7, "五五", "E3", question="您的工号"),
}


@pytest.mark.parametrize("registrant", JOINS.values(), ids=JOINS.keys())
def test_who_typed_a_key_of_the_list_is_that_person(meeting: Meeting, guests: ExpectedList, registrant: Registrant) -> None:
    expected = "王五 list" if registrant.nick_name == "五五" else "李四 list"
    assert pulled(meeting, registrant) == {"7": expected}
    assert meeting.people.present().count() == 3


APART = {
    "another name": [enrolled(7, "x", "A2", name="赵六")],
    "another phone, and no name asked for": [enrolled(7, "李四", "A1", mobile=9)],
    "a code of nobody": [enrolled(7, "李四", "A9")],
    "a code that two typed": [enrolled(7, "李四", "A2"), enrolled(8, "四四", "a2")],
    "keys of two people": [
        Registrant(7, 3, NOW, 1, "四", "", "", "", "", (Answer(1, CODE, 1, ("A2",)), Answer(2, STAFF, 1, ("E3",))))
    ],
    "several answers": [Registrant(7, 3, NOW, 1, "四", "", "", "", "", (Answer(1, CODE, 1, ("A2", "A1")),))],
    "a question about something else": [enrolled(7, "李四", "A2", question="您喜欢的座位")],
}


@pytest.mark.parametrize("registrants", APART.values(), ids=APART.keys())
def test_nobody_is_guessed(meeting: Meeting, guests: ExpectedList, registrants: list[Registrant]) -> None:
    told = pulled(meeting, *registrants)
    assert {person.rpartition(" ")[2] for person in told.values()} == {"registrant"}
    assert meeting.people.present().count() == 3 + len(registrants)


def test_a_code_that_two_of_the_lists_carry_is_no_key(meeting: Meeting, guests: ExpectedList) -> None:
    make_person(meeting, "李四", on=make_list(meeting, "贵宾"), code="a2")
    assert pulled(meeting, enrolled(7, "四四", "A2")) == {"7": "四四 registrant"}


def test_a_registration_that_was_refused_takes_no_key_from_one_that_stands(meeting: Meeting, guests: ExpectedList) -> None:
    told = pulled(meeting, enrolled(7, "四", "A2", status=2), enrolled(8, "四四", "A2"))
    assert told == {"8": "李四 list"}


def test_a_list_that_comes_later_knows_a_registrant_by_the_code_they_typed(meeting: Meeting) -> None:
    pulled(meeting, enrolled(7, "四四", "A2"), enrolled(8, "五", "A3"), enrolled(9, "六", "A3"))
    before = meeting.people.get(code="A2")
    assert meeting.people.filter(code="A3").count() == 0
    assert bring(make_list(meeting), "姓名,编号\n李四,A2\n王五,A3\n")["new"] == 2
    before.refresh_from_db()
    assert (before.name, before.source, before.registrants.get().enroll_id) == ("李四", "list", "7")
    assert meeting.people.present().count() == 4


def test_a_phone_typed_for_a_code_is_never_kept_as_one(meeting: Meeting) -> None:
    pulled(meeting, enrolled(7, "四四", phone(5)[3:]))
    assert meeting.people.get().code == ""
