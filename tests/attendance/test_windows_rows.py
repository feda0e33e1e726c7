"""Every figure of a counting window leads to its rows: list and count are the same, of participants and of expected people."""

import re

import pytest

from attendance import review
from attendance.models import Decision
from attendance.review import Choice
from meetings.models import Occurrence
from portal.accounts.models import Membership
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """周晓梅 in the first half, 陈子涵 over both, two on one device in the second, a walk-in who came and went at once."""
    occurrence = hall.hold(member, ("周晓梅", "陈子涵", "欧阳雪", "罗文静"))
    hall.come_by_link(occurrence, "周晓梅", 0, 30)
    hall.come_by_link(occurrence, "陈子涵", 20, None)
    hall.come(occurrence, "欧阳雪&罗文静", 30, 60, instanceid=20)
    hall.come(occurrence, "外星来客", 45, 45)
    hall.match(occurrence)
    first, second = (hall.listed(occurrence, name) for name in ("欧阳雪", "罗文静"))
    who = hall.seen(occurrence, "欧阳雪&罗文静")
    review.decide_many([Choice(who, Decision.Verb.TOGETHER, first, (second,))], member.user)
    return occurrence


def window(occurrence: Occurrence, opens: int, closes: int) -> dict[str, int]:
    start = int(occurrence.start_at.timestamp())
    return {"opens": start + 60 * opens, "closes": start + 60 * closes}


def shown(member: Membership, occurrence: Occurrence, path: str, asked: dict[str, int]) -> set[str]:
    page = hall.browser(member).get(hall.address(occurrence.meeting, path), asked)
    rows = [row.record for row in page.context["table"].page]
    return {(getattr(row, "participant", None) and row.participant.name) or row.person.name for row in rows}


@pytest.mark.parametrize(
    ("opens", "closes", "participants", "people"),
    [
        (0, 30, {"周晓梅", "陈子涵"}, {"周晓梅", "陈子涵"}),
        (30, 60, {"陈子涵", "欧阳雪&罗文静", "外星来客"}, {"陈子涵", "欧阳雪", "罗文静"}),
        (0, 20, {"周晓梅"}, {"周晓梅"}), (60, 70, {"陈子涵"}, {"陈子涵"}),
    ],
)  # fmt: skip
def test_the_rows_of_a_window_are_who_was_there_at_any_time_of_it(
    member: Membership, occurrence: Occurrence, opens: int, closes: int, participants: set[str], people: set[str]
) -> None:
    asked = window(occurrence, opens, closes)
    assert shown(member, occurrence, "attendance/participants/", asked) == participants
    assert shown(member, occurrence, "attendance/", asked) == people


def test_each_figure_of_the_page_is_a_link_to_as_many_rows(member: Membership, occurrence: Occurrence) -> None:
    browser = hall.browser(member)
    page = browser.get(hall.address(occurrence.meeting, "attendance/windows/")).content.decode()
    links = re.findall(r'href="([^"]*opens=[^"]*)">(\d+) ', page.replace("&amp;", "&"))
    assert [int(count) for _url, count in links] == [4, 4]
    for url, count in links:
        answer = browser.get(url)
        assert answer.context["table"].page.paginator.count == int(count)
        assert "Only who was there at any time from" in answer.content.decode()


def test_parts_of_an_identity_are_there_in_their_own_time(member: Membership, occurrence: Occurrence) -> None:
    who = hall.seen(occurrence, "陈子涵")
    review.decide_many([Choice(who, Decision.Verb.SPLIT, border=window(occurrence, 0, 40)["closes"])], member.user)
    browser, place = hall.browser(member), hall.address(occurrence.meeting, "attendance/participants/")
    for opens, closes, parts in ((0, 30, [None]), (30, 60, [None, 40]), (41, 60, [40]), (0, 40, [None]), (40, 60, [40])):
        page = browser.get(place, window(occurrence, opens, closes))
        found = [row.record.participant.since for row in page.context["table"].page if row.record.participant.name == "陈子涵"]
        start = int(occurrence.start_at.timestamp())
        assert sorted(found, key=lambda since: since or 0) == [minute and start + 60 * minute for minute in parts]


def test_half_a_window_narrows_nothing(member: Membership, occurrence: Occurrence) -> None:
    asked = window(occurrence, 0, 20)
    del asked["closes"]
    assert len(shown(member, occurrence, "attendance/participants/", asked)) == 4
