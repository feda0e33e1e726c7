"""Plain functions that make the rows tests need. All people and numbers are invented."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from meetings.models import ExpectedList, ExpectedPerson, Kind, Listing, Meeting, Occurrence
from portal.accounts.models import Membership, Organisation, User
from portal.crypto import index_hash

# The one block all invented numbers come from: 138 0000 0000 to 138 0000 9999.
PHONE_BLOCK = "1380000"
_numbers = count(1)


def phone(number: int) -> str:
    """Give the invented phone with this number, as +8613800000001."""
    return f"+86{PHONE_BLOCK}{number:04d}"


def make_organisation(name: str = "星河证券", **fields: object) -> Organisation:
    number = next(_numbers)
    defaults = {"name": name, "sdk_id": "20000000001", "open_corp_id": f"corp-{number}"}
    return Organisation.objects.create(**(defaults | fields))


def make_user(name: str = "林小满", **fields: object) -> User:
    number = next(_numbers)
    defaults = {"username": f"user-{number}", "name": name, "sdk_id": "20000000001", "open_id": f"open-{number}"}
    return User.objects.create(**(defaults | fields))


def make_member(organisation: Organisation | None = None, role: str = "organiser", **fields: object) -> Membership:
    organisation = organisation or make_organisation()
    return Membership.objects.create(user=make_user(**fields), organisation=organisation, role=role)


def make_meeting(member: Membership, start: datetime | None = None, minutes: int = 60, **fields: object) -> Meeting:
    """Make a meeting of a member with its one occurrence (none is made for a recurring one)."""
    start = start or timezone.now().replace(microsecond=0) - timedelta(hours=2)
    number = next(_numbers)
    defaults = {
        "organisation": member.organisation,
        "owner": member.user,
        "creator_open_id": member.user.open_id,
        "subject": f"路演 {number}",
        "start_at": start,
        "end_at": start + timedelta(minutes=minutes),
        "meeting_id": f"1800000000000{number:07d}",
        "meeting_code": f"{100000000 + number}",
    }
    meeting = Meeting.objects.create(**(defaults | fields))
    if not meeting.recurring:
        Occurrence.objects.create(meeting=meeting, start_at=meeting.start_at, end_at=meeting.end_at)
    return meeting


def make_list(meeting: Meeting, name: str = "名单", **fields: object) -> ExpectedList:
    """Give the meeting's list of this name, making it where there is none."""
    return meeting.lists.get_or_create(name=name, defaults=fields)[0]


def make_person(
    meeting: Meeting, name: str, number: int | None = None, on: ExpectedList | None = None, **fields: object
) -> ExpectedPerson:
    """Put a person on a list, the meeting's first if none is said; `number` gives them an invented phone.

    Who registered themselves (source) or was removed stands on none.
    """
    row = next(_numbers)
    plain = phone(number) if number is not None else ""
    defaults = {
        "name": name,
        "row": row,
        "kind": on.kind if on else Kind.EXPECTED,
        "tag": f"t{row:06d}",
        "phone": plain,
        "phone_index": index_hash("phone", plain),
        "phone_tail": plain[-4:],
    }
    person = ExpectedPerson.objects.create(meeting=meeting, **(defaults | fields))
    if on or (person.source != ExpectedPerson.Source.REGISTRANT and person.removed_at is None):
        Listing.objects.create(expected_list=on or make_list(meeting), person=person, row=person.row)
    return person
