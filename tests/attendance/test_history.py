"""Earlier meetings of somebody: the same by a key, by name only where nothing else is known, and only what one may see."""

from datetime import timedelta

import pytest

from attendance import history
from meetings.models import ExpectedPerson, Occurrence
from portal.accounts.models import Membership
from tests import factories
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db


def held(
    member: Membership, days: int, name: str, number: int | None = None, **fields: object
) -> tuple[Occurrence, ExpectedPerson]:
    """Hold a meeting so many days ago with one person on its list, who came."""
    occurrence = hall.hold(member, [])
    start = occurrence.start_at - timedelta(days=days)
    for row in (occurrence, occurrence.meeting):
        row.start_at, row.end_at = start, start + timedelta(hours=1)
        row.save()
    Occurrence.objects.filter(pk=occurrence.pk).update(started_at=start, ended_at=start + timedelta(hours=1))
    occurrence.refresh_from_db()
    person = factories.make_person(occurrence.meeting, name, number, **fields)
    hall.come_by_link(occurrence, name)
    hall.match(occurrence)
    return occurrence, person


def told(person: ExpectedPerson, occurrence: Occurrence, reader: Membership) -> list[tuple[int, str]]:
    return [(past.occurrence.pk, past.by) for past in history.of_person(person, occurrence, reader)]


def test_the_same_person_is_found_by_phone_mail_or_staff_id_the_latest_first(member: Membership) -> None:
    by_phone, _one = held(member, 9, "周小梅", 1)
    by_mail, _two = held(member, 8, "X", email="a@example.com")
    by_staff, _three = held(member, 7, "Y", userid="zxm")
    now, person = held(member, 0, "周晓梅", 1, email="a@example.com", userid="zxm")
    held(member, 5, "周晓梅", 2)
    assert told(person, now, member) == [(by_staff.pk, "userid"), (by_mail.pk, "email"), (by_phone.pk, "phone_index")]


def test_only_who_has_no_key_is_found_by_name_and_company_and_that_is_said(member: Membership) -> None:
    before, _one = held(member, 3, "周晓梅", company="星河")
    held(member, 4, "周晓梅", company="别家")
    now, person = held(member, 0, "周晓梅", company="星河")
    assert told(person, now, member) == [(before.pk, "name")]
    page = hall.browser(member).get(hall.address(now.meeting, f"attendance/people/{person.pk}/")).content.decode()
    assert ("Perhaps somebody else" in page, "the same by name and company only" in page) == (True, True)


def test_meetings_one_may_not_see_and_later_ones_are_left_out(member: Membership) -> None:
    held(member, 3, "周晓梅", 1)
    now, person = held(member, 1, "周晓梅", 1)
    held(member, 0, "周晓梅", 1)
    held(factories.make_member(role="administrator"), 5, "周晓梅", 1)
    assert len(told(person, now, member)) == 1
    assert told(person, now, hall.colleague(now, "viewer")) == []


def test_another_occurrence_of_the_series_is_the_same_list(member: Membership) -> None:
    now, person = held(member, 0, "周晓梅")
    earlier = Occurrence.objects.create(
        meeting=now.meeting, sub_meeting_id="s0", start_at=now.start_at - timedelta(days=1),
        end_at=now.end_at - timedelta(days=1), state="settling",
    )  # fmt: skip
    hall.come(earlier, "周晓梅", customer_data=person.tag)
    hall.match(earlier)
    assert told(person, now, member) == [(earlier.pk, "series")]
