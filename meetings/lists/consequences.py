"""What a row of a batch does beyond the list: to the exclusive link, the enrolment, and the other lists somebody is on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from meetings.lists.checking import BACK, CHANGED, MISSING, NEW
from meetings.models import ExclusiveLink, ExpectedPerson, Kind, Listing, Meeting, Registrant, Upload, UploadLine

Import = ExpectedPerson.Import

WORDS = {
    "link_stays": _("The exclusive link stays theirs."),
    "link_opens": _("Their exclusive link still opens the meeting."),
    "link_back": _("The exclusive link they had is theirs again."),
    "import_again": _("The phone changes: the enrolment made by us is taken back and made again."),
    "import_by_id_again": _("The staff id changes: the enrolment made by us is taken back and made again."),
    "import_back": _("The phone changes: the enrolment made by us is taken back, and made again where there is a phone."),
    "import_possible": _("With the new phone they can be imported into the enrolment once more."),
    "import_stays": _("The enrolment made by us stays on Tencent Meeting unless you have it taken back."),
    "registration_stays": _("Their own registration stays as they made it."),
    "registered": _("They registered themselves and stay expected by that."),
    "on_others": _("They are on %(lists)s too, and stay one person."),
    "stays_on": _("They stay on %(lists)s."),
    "leaves": _("They are on no other list and no longer count."),
    "becomes_barred": _("They count as barred from now on: their coming is an alarm."),
    "becomes_vip": _("They count as VIP from now on."),
    "becomes_expected": _("They count as expected from now on."),
    "becomes_staff": _("They count as own staff from now on, and no longer as expected."),
}
STRENGTH = {kind: at for at, kind in enumerate(Kind)}


class Consequence(NamedTuple):
    """One thing that follows: a code, and what its sentence names."""

    code: str
    params: Mapping[str, str] = {}

    def __str__(self) -> str:
        return str(WORDS[self.code]) % self.params


class _Around(NamedTuple):
    """What hangs on a person beyond this list."""

    link: bool
    registered: bool
    others: Sequence[tuple[str, str]]


def of_lines(upload: Upload, lines: Iterable[UploadLine]) -> dict[int, list[Consequence]]:
    """Give what follows from each line that has a person, by the line's id, worst first; four queries for any number."""
    known = {line.pk: line for line in lines if line.person_id}
    people = ExpectedPerson.objects.in_bulk([line.person_id for line in known.values()])
    around = _around(upload, list(people))
    return {pk: list(_of(upload, line, people[line.person_id], around[line.person_id])) for pk, line in known.items()}


def of_person(meeting: Meeting, person: ExpectedPerson) -> list[Consequence]:
    """Give what follows when somebody is taken off every list by hand."""
    around = _around(Upload(meeting=meeting), [person.pk])[person.pk]
    return list(_leaving(person, around._replace(registered=False, others=())))


def _around(upload: Upload, people: Sequence[int]) -> dict[int, _Around]:
    linked = set(ExclusiveLink.objects.filter(person__in=people, state=ExclusiveLink.State.MADE).values_list("person", flat=True))
    own = Registrant.objects.filter(person__in=people, status=Registrant.Status.APPROVED, source=Registrant.Source.SELF)
    registered = set(own.values_list("person", flat=True))
    others: dict[int, list[tuple[str, str]]] = defaultdict(list)
    elsewhere = Listing.objects.filter(person__in=people).exclude(expected_list=upload.expected_list_id)
    for person, name, kind in elsewhere.values_list("person", "expected_list__name", "expected_list__kind"):
        others[person].append((name, kind))
    return {pk: _Around(pk in linked, pk in registered, others[pk]) for pk in people}


def _of(upload: Upload, line: UploadLine, person: ExpectedPerson, around: _Around) -> Iterator[Consequence]:
    changes = line.changes.split(",")
    if line.effect == MISSING:
        yield from _leaving(person, around)
    if line.effect in (CHANGED, NEW, BACK):
        yield from _rekeyed(upload, person, around, changes)
    if line.effect in (NEW, BACK):
        yield from _arriving(upload, person, around)
    if line.effect == BACK and around.link:
        yield Consequence("link_back")


def _leaving(person: ExpectedPerson, around: _Around) -> Iterator[Consequence]:
    if around.others:
        yield Consequence("stays_on", _named(around))
        return
    yield Consequence("registered" if around.registered else "leaves")
    if person.imported == Import.DONE:
        yield Consequence("import_stays")
    if around.link:
        yield Consequence("link_opens")


def _rekeyed(upload: Upload, person: ExpectedPerson, around: _Around, changes: Sequence[str]) -> Iterator[Consequence]:
    phone, userid = "phone" in changes, "userid" in changes and not person.phone_index
    if not phone and not userid:
        return
    if person.imported == Import.DONE and (person.phone_index if phone else person.userid):
        # Of an earlier version the phone may be empty.
        again = "import_back" if upload.is_whole else "import_again"
        yield Consequence(again if phone else "import_by_id_again")
    elif person.imported in (Import.DROPPED, Import.UNKNOWN_USER):
        yield Consequence("import_possible")
    if around.registered:
        yield Consequence("registration_stays")
    if around.link and person.removed_at is None:
        yield Consequence("link_stays")


def _arriving(upload: Upload, person: ExpectedPerson, around: _Around) -> Iterator[Consequence]:
    kind = upload.expected_list.kind
    if person.removed_at is None and STRENGTH[kind] < STRENGTH[person.kind]:
        yield Consequence(f"becomes_{kind}")
    elif person.removed_at is None and not around.others and kind == Kind.STAFF:
        yield Consequence("becomes_staff")
    if around.others:
        yield Consequence("on_others", _named(around))


def _named(around: _Around) -> dict[str, str]:
    return {"lists": ", ".join(f"“{name}”" for name, _kind in around.others)}
