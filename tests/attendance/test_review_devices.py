"""Several people on one device, several devices of one person: what a human saw counts, and is taken back as easily."""

import pytest

from attendance import review, tiles
from attendance.models import Decision, Match, MatchRun
from attendance.review import Choice, NotDecidable
from meetings.models import Occurrence
from portal.accounts.models import Membership
from tests import factories
from tests.attendance import hall

pytestmark = pytest.mark.django_db
Verb = Decision.Verb


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """欧阳雪 and 罗文静 sat in one room; two devices of a stranger; 王建国 on the list with two devices."""
    occurrence = hall.hold(member, ("欧阳雪", "罗文静", "王建国"))
    hall.come(occurrence, "欧阳雪&罗文静", 0, 40, instanceid=20)
    hall.come(occurrence, "外星来客", 0, 30)
    hall.come(occurrence, "iPhone", 20, 60)
    hall.match(occurrence)
    return occurrence


def run(occurrence: Occurrence) -> MatchRun:
    return MatchRun.objects.get(occurrence=occurrence, current=True)


def outcome(occurrence: Occurrence, name: str) -> tuple[str, int, bool]:
    return run(occurrence).outcomes.values_list("state", "seconds", "shared").get(person__name=name)


def together(occurrence: Occurrence) -> Decision:
    first, second = (hall.listed(occurrence, name) for name in ("欧阳雪", "罗文静"))
    choice = Choice(hall.seen(occurrence, "欧阳雪&罗文静"), Verb.TOGETHER, first, (second,))
    return review.decide_many([choice], occurrence.meeting.owner)[0]


def same(occurrence: Occurrence) -> Decision:
    choice = Choice(hall.seen(occurrence, "iPhone"), Verb.SAME, same_as=hall.seen(occurrence, "外星来客"))
    return review.decide_many([choice], occurrence.meeting.owner)[0]


def test_two_people_on_one_device_are_both_there_by_the_same_visits(occurrence: Occurrence) -> None:
    decision = together(occurrence)
    for name in ("欧阳雪", "罗文静"):
        assert outcome(occurrence, name) == ("attended", 2400, True)
    review.undo(decision, occurrence.meeting.owner)
    assert outcome(occurrence, "罗文静") == ("undecided", 0, False)


def test_the_second_persons_card_shows_the_device(occurrence: Occurrence, member: Membership) -> None:
    together(occurrence)
    second = hall.listed(occurrence, "罗文静")
    page = hall.browser(member).get(hall.address(occurrence.meeting, f"attendance/people/{second.pk}/"))
    assert [match.participant.name for match in page.context["card"].matches] == ["欧阳雪&罗文静"]
    assert [said.verb for said in page.context["card"].decisions] == ["together"]
    assert "shared device" in hall.browser(member).get(hall.address(occurrence.meeting, "attendance/")).content.decode()


def test_a_name_that_says_two_people_offers_both_with_one_click(occurrence: Occurrence, member: Membership) -> None:
    page = hall.browser(member).get(hall.address(occurrence.meeting, "review/"))
    pair = {hall.listed(occurrence, name).pk for name in ("欧阳雪", "罗文静")}
    offered = page.context["cases"][0].together
    assert {int(pk) for pk in offered.split(",")} == pair
    address = hall.address(occurrence.meeting, f"review/{hall.seen(occurrence, '欧阳雪&罗文静').pk}/decide/")
    hall.browser(member).post(address, {"choice": f"together:{offered}", "last": 0})
    assert outcome(occurrence, "罗文静")[0] == "attended"


def test_ticked_people_of_a_search_are_together(occurrence: Occurrence, member: Membership) -> None:
    who = hall.seen(occurrence, "外星来客")
    browser = hall.browser(member)
    page = browser.get(hall.address(occurrence.meeting, f"review/{who.pk}/"), {"q": "欧阳 & 罗文"})
    assert {person.name for person in page.context["found"]} == {"欧阳雪", "罗文静"}
    people = [person.pk for person in page.context["found"]]
    browser.post(hall.address(occurrence.meeting, f"review/{who.pk}/decide/"), {"choice": "together", "people": people})
    assert outcome(occurrence, "欧阳雪")[0] == "attended"


def test_a_walk_in_with_two_devices_counts_once(occurrence: Occurrence) -> None:
    before = run(occurrence).counts
    decision = same(occurrence)
    after = run(occurrence).counts
    assert (before["walk_in"], after["walk_in"], after["further"]) == (2, 1, 1)
    assert after["participants"] == before["participants"]
    shown = {tile.get("status"): tile["value"] for tile in tiles.participant_tiles(run(occurrence), lambda *a, **k: "")}
    assert (shown["walk_in"], shown["further"]) == (1, 1)
    review.undo(decision, occurrence.meeting.owner)
    assert run(occurrence).counts["walk_in"] == 2


def test_a_further_device_follows_its_owner_to_a_person_of_the_list(occurrence: Occurrence) -> None:
    same(occurrence)
    owner = hall.seen(occurrence, "外星来客")
    review.decide(owner, Verb.ASSIGN, hall.listed(occurrence, "王建国"), occurrence.meeting.owner)
    assert outcome(occurrence, "王建国") == ("attended", 3600, False)
    further = Match.objects.get(run=run(occurrence), participant__name="iPhone")
    assert (further.same_as, further.standing) == (owner, "further")


def test_nobody_is_a_further_device_of_themselves_in_a_circle_or_of_another_meeting(occurrence: Occurrence) -> None:
    same(occurrence)
    stranger = hall.seen(hall.full_hall(factories.make_member()), "外星来客")
    phone, owner = hall.seen(occurrence, "iPhone"), hall.seen(occurrence, "外星来客")
    for one, other in ((phone, phone), (owner, phone), (phone, stranger)):
        with pytest.raises(NotDecidable, match="same_needs_other"):
            review.decide_many([Choice(one, Verb.SAME, same_as=other)], occurrence.meeting.owner)


def test_one_person_is_not_several(occurrence: Occurrence) -> None:
    person = hall.listed(occurrence, "王建国")
    with pytest.raises(NotDecidable, match="needs_people"):
        review.decide_many([Choice(hall.seen(occurrence, "iPhone"), Verb.TOGETHER, person, (person,))], occurrence.meeting.owner)


def test_an_unknown_joiner_stays_in_sight(occurrence: Occurrence, member: Membership) -> None:
    page = hall.browser(member).get(hall.address(occurrence.meeting, "attendance/participants/?kind=none"))
    assert {row.participant.name for row in page.context["table"].data.data} == {"外星来客", "iPhone"}
    same(occurrence)
    page = hall.browser(member).get(hall.address(occurrence.meeting, "attendance/participants/"))
    assert {"外星来客", "iPhone"} <= {row.participant.name for row in page.context["table"].data.data}
