"""The lists of a meeting, and who stands on them by hand, by file and by registration."""

from datetime import timedelta

import pytest

from meetings.lists import people, rosters, standing
from meetings.models import ExpectedList, ExpectedPerson, Meeting, Registrant
from portal.jobs.models import Job
from tests.factories import make_list, make_meeting, make_member, make_person
from tests.meetings.batched import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def meeting() -> Meeting:
    return make_meeting(make_member())


@pytest.fixture
def guests(meeting: Meeting) -> ExpectedList:
    return make_list(meeting)


@pytest.fixture
def barred(meeting: Meeting) -> ExpectedList:
    return make_list(meeting, "不得入内", kind="barred")


def register(person: ExpectedPerson, source: int = Registrant.Source.SELF) -> Registrant:
    return Registrant.objects.create(
        meeting=person.meeting, person=person, enroll_id=f"e{person.pk}", status=3, source=source, seen_at=NOW
    )


def state(person: ExpectedPerson) -> tuple[str, bool]:
    person.refresh_from_db()
    return person.kind, person.removed_at is None


def matched_again(meeting: Meeting) -> bool:
    return Job.objects.filter(task="attendance.match_meeting", arguments={"meeting_id": meeting.pk}).exists()


def test_a_name_is_used_once_in_a_meeting(meeting: Meeting, guests: ExpectedList) -> None:
    with pytest.raises(rosters.NameTaken):
        rosters.make(meeting, name="名单", kind="vip", by=meeting.owner)
    other = rosters.make(meeting, name="贵宾", kind="vip", by=meeting.owner)
    with pytest.raises(rosters.NameTaken):
        rosters.change(other, name="名单", kind="vip", by=meeting.owner, now=NOW)
    assert rosters.make(make_meeting(make_member()), name="名单", kind="vip", by=meeting.owner).kind == "vip"


def test_the_first_list_is_made_when_it_is_needed(meeting: Meeting) -> None:
    made = rosters.main_list(meeting, by=meeting.owner)
    assert (rosters.main_list(meeting, by=meeting.owner), made.kind) == (made, "expected")


def test_people_follow_what_their_list_is_for(meeting: Meeting, guests: ExpectedList, barred: ExpectedList) -> None:
    one, two = make_person(meeting, "张三", 1, on=guests), make_person(meeting, "李四", 2, on=guests)
    barred.listings.create(person=two)
    rosters.change(guests, name="贵宾", kind="vip", by=meeting.owner, now=NOW)
    assert (state(one), state(two), matched_again(meeting)) == (("vip", True), ("barred", True), True)


def test_renaming_a_list_orders_no_new_results(meeting: Meeting, guests: ExpectedList) -> None:
    rosters.change(guests, name="客户", kind="expected", by=meeting.owner, now=NOW)
    assert (meeting.lists.get().name, matched_again(meeting)) == ("客户", False)


def test_with_a_list_go_those_who_are_nowhere_else(meeting: Meeting, guests: ExpectedList, barred: ExpectedList) -> None:
    gone, other, registered, imported = (make_person(meeting, name, on=guests) for name in ("张三", "李四", "王五", "赵六"))
    barred.listings.create(person=other)
    register(registered)
    register(imported, Registrant.Source.IMPORTED)
    assert rosters.consequences(guests) == (4, 2, 0)
    assert rosters.delete(guests, by=meeting.owner, now=NOW) == 2
    assert [state(each) for each in (gone, other, registered, imported)] == [
        ("expected", False), ("barred", True), ("expected", True), ("expected", False),
    ]  # fmt: skip
    assert matched_again(meeting)


def test_the_strongest_list_says_what_somebody_is(meeting: Meeting, guests: ExpectedList, barred: ExpectedList) -> None:
    staff, vip = (make_list(meeting, kind, kind=kind) for kind in ("staff", "vip"))
    person = make_person(meeting, "张三", on=staff)
    kinds = []
    for each in (guests, vip, barred):
        each.listings.create(person=person)
        standing.settle(meeting, [person.pk], now=NOW)
        kinds.append(state(person)[0])
    assert kinds == ["expected", "vip", "barred"]


def test_settling_everybody_does_what_settling_each_does(meeting: Meeting, guests: ExpectedList) -> None:
    stays, goes = make_person(meeting, "张三", on=guests), make_person(meeting, "李四", on=guests)
    goes.listings.all().delete()
    standing.settle(meeting, now=NOW)
    standing.settle(meeting, now=LATER)
    goes.refresh_from_db()
    assert (state(stays), goes.removed_at) == (("expected", True), NOW)


def test_somebody_added_by_hand_comes_onto_the_chosen_list_and_back_as_who_they_were(
    meeting: Meeting, guests: ExpectedList, barred: ExpectedList
) -> None:
    values = {"name": "张三", "phone": "+8613800000001"}
    person = people.add(barred, values, by=meeting.owner, now=NOW)
    assert (state(person), barred.listings.count(), guests.listings.count()) == (("barred", True), 1, 0)
    people.remove(person, by=meeting.owner, now=NOW)
    again = people.add(guests, values, by=meeting.owner, now=LATER)
    assert (again.pk, state(again), barred.listings.count()) == (person.pk, ("expected", True), 0)


def test_leaving_one_list_by_hand_is_not_leaving_the_other(
    meeting: Meeting, guests: ExpectedList, barred: ExpectedList
) -> None:
    person = make_person(meeting, "张三", on=guests)
    barred.listings.create(person=person)
    assert people.remove(person, by=meeting.owner, now=NOW, off=guests) is True
    assert (state(person), guests.listings.count()) == (("barred", True), 0)
    assert people.remove(person, by=meeting.owner, now=NOW, off=guests) is False
    assert people.remove(person, by=meeting.owner, now=NOW) is True
    assert (person.listings.count(), state(person)[1]) == (0, False)


def test_taken_off_by_hand_somebody_who_registered_is_off_all_the_same(meeting: Meeting, guests: ExpectedList) -> None:
    person = make_person(meeting, "张三", on=guests)
    register(person)
    people.remove(person, by=meeting.owner, now=NOW)
    standing.settle(meeting, now=LATER)
    assert state(person)[1] is False


def test_a_change_by_hand_counts_as_a_change_of_every_list_somebody_is_on(
    meeting: Meeting, guests: ExpectedList, barred: ExpectedList
) -> None:
    person = make_person(meeting, "张三", 1, on=guests)
    barred.listings.create(person=person)
    people.change(person, {"name": "张三丰"}, as_seen=people.seen(person), by=meeting.owner, now=NOW)
    assert list(meeting.lists.values_list("version", flat=True)) == [1, 1]


def test_a_changed_name_or_phone_takes_what_was_written_with_it(meeting: Meeting, guests: ExpectedList) -> None:
    person = make_person(meeting, "张三", 1, on=guests, written="张　三", more_phones="+8613800000009", landline=False)
    people.change(person, {"name": "李四", "phone": "+861062345678"}, as_seen=people.seen(person), by=meeting.owner, now=NOW)
    person.refresh_from_db()
    assert (person.written, person.more_phones, person.landline, person.phone_tail) == ("", "", True, "5678")
