"""What a person is by the lists they stand on: their kind, and whether they are known at all."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Value, When

from meetings.models import ExpectedPerson, Kind, Listing, Meeting, Registrant
from portal.tencent.wire import chunks

AT_ONCE = 400


def settle(meeting: Meeting, people: Iterable[int], *, now: datetime) -> None:
    """Let kind and presence of some people follow their lists and registrations; call it in the change's transaction.

    May be repeated. On no list and without an approved registration, somebody is removed; who is on one is back.
    """
    for some in chunks(list(people), AT_ONCE):
        mine = ExpectedPerson.objects.filter(meeting=meeting, pk__in=some)
        listed = Exists(Listing.objects.filter(person=OuterRef("pk")))
        approved = Registrant.objects.filter(person=OuterRef("pk"), status=Registrant.Status.APPROVED)
        mine.filter(listed, removed_at__isnull=False).update(removed_at=None)
        mine.filter(~listed, ~Exists(approved), removed_at=None).update(removed_at=now)
        mine.update(kind=_kind())


def _kind() -> Case:
    """Give the strongest kind of the lists a person is on; a registrant on no list is expected."""
    on = {kind: Exists(Listing.objects.filter(person=OuterRef("pk"), expected_list__kind=kind)) for kind in Kind}
    return Case(*(When(on[kind], then=Value(kind)) for kind in Kind), default=Value(Kind.EXPECTED))
