"""The lists of a meeting: make one, name it, say what it is for, delete it."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from meetings import work
from meetings.lists import people, standing
from meetings.models import ExpectedList, Kind, Listing, Meeting, Upload
from portal.accounts.models import User
from portal.audit import chain


class Goes(NamedTuple):
    """What goes with a list: how many stand on it, how many of them are then known no more, its earlier versions."""

    people: int
    leaving: int
    versions: int


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
    former = meeting.lists.values_list("kind", flat=True).get(pk=expected_list.pk)
    meeting.lists.filter(pk=expected_list.pk).update(name=name, kind=Kind(kind))
    _note("list.changed", expected_list, by)
    if former != kind:
        standing.settle(meeting, now=now)
        work.list_changed(meeting)


def consequences(expected_list: ExpectedList) -> Goes:
    """Count what goes with a list."""
    here = expected_list.listings
    elsewhere = Listing.objects.filter(person=OuterRef("person")).exclude(expected_list=expected_list)
    held = Exists(elsewhere) | Exists(standing.holding("person"))
    return Goes(here.count(), here.exclude(held).count(), expected_list.versions.count())


@transaction.atomic
def delete(expected_list: ExpectedList, *, by: User, now: datetime) -> int:
    """Delete a list with its versions and uploads; who stands on no other list leaves. Gives how many left."""
    meeting = people.lock(expected_list.meeting_id)
    before = meeting.people.present().count()
    _note("list.deleted", expected_list, by, removed=expected_list.listings.count())
    expected_list.delete()
    standing.settle(meeting, now=now)
    work.list_changed(meeting)
    return before - meeting.people.present().count()


def drop_unused(expected_list: ExpectedList, *, by: User) -> None:
    """Delete a list that never had anybody, after the upload it was made for was discarded. May be repeated."""
    waiting = expected_list.uploads.filter(state__in=Upload.OPEN)
    if not (waiting.exists() or expected_list.listings.exists() or expected_list.versions.exists()):
        _note("list.deleted", expected_list, by, removed=0)
        # Discarded ones stay, for whoever comes back to their page.
        expected_list.uploads.update(expected_list=None)
        expected_list.delete()


def _note(action: str, expected_list: ExpectedList, by: User, **detail: object) -> None:
    organisation = expected_list.meeting.organisation_id
    chain.record(action, actor=by, organisation=organisation, subject=expected_list.meeting, list=expected_list.pk, **detail)
