"""What a person is by the lists they stand on: their kind, and whether they are known at all."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from meetings.models import ExpectedPerson, Kind, Listing, Meeting, Registrant
from portal.tencent.wire import chunks

AT_ONCE = 400
# From so many on it is quicker to settle the whole meeting.
MANY = 5_000


def settle(meeting: Meeting, people: Iterable[int] | None = None, *, now: datetime) -> None:
    """Let kind and presence of some people, or all, follow their lists and registrations; call it in the change's
    transaction.

    May be repeated. On no list and without a registration of their own, somebody is removed; who is on one is back.
    """
    for mine in _parts(meeting, None if people is None else list(people)):
        listed = Exists(Listing.objects.filter(person=OuterRef("pk")))
        mine.filter(listed, removed_at__isnull=False).update(removed_at=None)
        mine.filter(~listed, ~Exists(holding()), removed_at=None).update(removed_at=now)
        mine.filter(removed_at=None).update(kind=_kind())


def _parts(meeting: Meeting, people: list[int] | None) -> Iterator[QuerySet[ExpectedPerson]]:
    everybody = ExpectedPerson.objects.filter(meeting=meeting)
    if people is None or len(people) > MANY:
        yield everybody
    else:
        yield from (everybody.filter(pk__in=some) for some in chunks(people, AT_ONCE))


def holding(person: str = "pk") -> QuerySet[Registrant]:
    """Give, for an outer query whose field names the person, the registrations that keep them: their own.

    What we imported does not outlive the list it came from.
    """
    approved = Registrant.objects.filter(person=OuterRef(person), status=Registrant.Status.APPROVED)
    own = Q(source=Registrant.Source.SELF) | Q(person__source=ExpectedPerson.Source.REGISTRANT)
    return approved.filter(own)


def _kind() -> Case:
    """Give the strongest kind of the lists a person is on; a registrant on no list is expected."""
    on = {kind: Exists(Listing.objects.filter(person=OuterRef("pk"), expected_list__kind=kind)) for kind in Kind}
    return Case(*(When(on[kind], then=Value(kind)) for kind in Kind), default=Value(Kind.EXPECTED))
