"""The lists of a meeting: make one, name it, say what it is for, delete it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from meetings import work
from meetings.lists import people, standing
from meetings.models import ExpectedList, Kind, Meeting
from portal.accounts.models import User
from portal.audit import chain


class NameTaken(Exception):
    """The meeting has a list of this name."""


def main_list(meeting: Meeting, *, by: User | None) -> ExpectedList:
    """Give the meeting's first list, making one where there is none. Call it in a transaction."""
    return meeting.lists.first() or ExpectedList.objects.create(meeting=meeting, name=_("Expected"), by=by)


@transaction.atomic
def make(meeting: Meeting, *, name: str, kind: str, by: User) -> ExpectedList:
    """Add a list to a meeting.

    Raises: NameTaken.
    """
    if meeting.lists.filter(name=name).exists():
        raise NameTaken
    made = ExpectedList.objects.create(meeting=meeting, name=name, kind=Kind(kind), by=by)
    _note("list.made", made, by)
    return made


@transaction.atomic
def change(expected_list: ExpectedList, *, name: str, kind: str, by: User, now: datetime) -> None:
    """Rename a list, or let it be for something else: its people's kind follows. May be repeated.

    Raises: NameTaken.
    """
    meeting = people.lock(expected_list.meeting_id)
    if meeting.lists.filter(name=name).exclude(pk=expected_list.pk).exists():
        raise NameTaken
    ExpectedList.objects.filter(pk=expected_list.pk).update(name=name, kind=Kind(kind))
    standing.settle(meeting, list(expected_list.listings.values_list("person", flat=True)), now=now)
    _note("list.changed", expected_list, by)
    work.list_changed(meeting)


@transaction.atomic
def delete(expected_list: ExpectedList, *, by: User, now: datetime) -> int:
    """Delete a list with its versions and uploads; who stands on no other list leaves. Gives how many left."""
    meeting = people.lock(expected_list.meeting_id)
    stood = list(expected_list.listings.values_list("person", flat=True))
    before = meeting.people.present().count()
    _note("list.deleted", expected_list, by, removed=len(stood))
    expected_list.delete()
    standing.settle(meeting, stood, now=now)
    work.list_changed(meeting)
    return before - meeting.people.present().count()


def _note(action: str, expected_list: ExpectedList, by: User, **detail: object) -> None:
    organisation = expected_list.meeting.organisation_id
    chain.record(action, actor=by, organisation=organisation, subject=expected_list.meeting, list=expected_list.pk, **detail)
