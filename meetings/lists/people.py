"""The people of one list: read for checking, changed by hand, shown in full only with a reason."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Max, Q

from meetings import imports, work
from meetings.lists import standing
from meetings.lists.checking import Known
from meetings.lists.headings import FIELDS
from meetings.models import ExpectedList, ExpectedPerson, Listing, Meeting
from portal import phones
from portal.accounts.models import Membership, User
from portal.audit import chain
from portal.crypto import index_hash

LOST = (ExpectedPerson.Import.DROPPED, ExpectedPerson.Import.UNKNOWN_USER)
NOTHING: Mapping[str, str] = {}
PLAIN = tuple(name for name in FIELDS if name != "phone")


class Taken(Exception):
    """Somebody else on the list has this phone, code or staff id; `field` is the key, `person` who has it."""

    def __init__(self, field: str, person: ExpectedPerson) -> None:
        super().__init__(field)
        self.field = field
        self.person = person


class ChangedMeanwhile(Exception):
    """Somebody changed or removed the person after this form was opened."""


def new_tag() -> str:
    """Give the opaque text by which an exclusive link knows its person."""
    return secrets.token_hex(10)


def known_of(expected_list: ExpectedList, which: Q | None = None) -> Iterator[Known]:
    """Give everybody the meeting knows or knew, or some of them, as checking wants them; two queries."""
    rows = ExpectedPerson.objects.filter(which or Q(), meeting=expected_list.meeting_id)
    listings = expected_list.listings.filter(person__in=rows) if which else expected_list.listings
    listed, rows = set(listings.values_list("person", flat=True)), rows.order_by("pk")
    rows = rows.annotate(alone=ExpressionWrapper(Q(more_phones=""), BooleanField()))
    columns = rows.values_list("pk", "phone_index", "extra", "removed_at", "alone", *PLAIN).iterator(chunk_size=2_000)
    # A company of a thousand people is one text: of 100,000 people every byte counts.
    once: dict[str, str] = {}
    for pk, phone_index, extra, removed, alone, name, email, company, title, *others in columns:
        shared = once.setdefault(company, company), once.setdefault(title, title)
        told = (name, "", email, *shared, *others)
        yield Known(pk, phone_index, told, extra or NOTHING, removed is not None, pk in listed, not alone)


def stamp(known: Iterable[Known]) -> str:
    """Name the state of the people a batch was checked against."""
    told = hashlib.blake2b(digest_size=16)
    for each in known:
        facts = (each.pk, each.phone_index, each.told, each.extra, each.removed, each.listed, each.several)
        told.update(repr(facts).encode())
    return told.hexdigest()


def lock(meeting_id: int) -> Meeting:
    """Let one transaction at a time change this meeting's list."""
    return Meeting.objects.select_for_update().get(pk=meeting_id)


def put(person: ExpectedPerson, field: str, value: str) -> None:
    """Put a value on a person, a phone (as +8613800000000) with what finds it again.

    Somebody whom the platform did not take may be imported once more under the new key; who was imported under a key
    that changes is imported again.
    """
    former = getattr(person, field)
    if former == value:
        return
    if field == "phone" or (field == "userid" and not person.phone):
        person.imported = _import_under(person, former)
    setattr(person, field, bool(value) if field == "landline" else value)
    if field == "phone":
        person.phone_index, person.phone_tail = index_hash("phone", value), value[-4:]
        person.landline, person.more_phones = _is_landline(value), ""
    if field == "name":
        person.written = ""


def _import_under(person: ExpectedPerson, former: str) -> str:
    """Give how an import stands once its key changes."""
    state = ExpectedPerson.Import
    if person.imported in LOST:
        return state.NOT_YET
    return state.STALE if former and person.imported == state.DONE else person.imported


def _is_landline(number: str) -> bool:
    return number.startswith("+86") and phones.MAINLAND.fullmatch(number) is None


def seen(person: ExpectedPerson) -> str:
    """Name the state of a person, so that a change is only taken for what was seen."""
    state = [getattr(person, name) for name in (*PLAIN, "phone_index", "removed_at")]
    return hashlib.sha256(repr(state).encode()).hexdigest()[:32]


def may_reveal(membership: Membership, meeting: Meeting) -> bool:
    """Say whether a member may see full phones of a meeting: all of them, or those of own meetings."""
    own = meeting.owner_id == membership.user_id
    return membership.may_reveal and (membership.may_see_all or own)


@transaction.atomic
def add(into: ExpectedList, values: Mapping[str, str], *, by: User, now: datetime) -> ExpectedPerson:
    """Put somebody on a list by hand, with an audit entry; who was removed comes back.

    Raises: Taken.
    """
    meeting = lock(into.meeting_id)
    _check_free(meeting, values)
    last = into.listings.aggregate(last=Max("row"))["last"] or 0
    person = _former(meeting, values.get("phone", "")) or ExpectedPerson(meeting=meeting, tag=new_tag())
    person.source, person.row = ExpectedPerson.Source.BY_HAND, last + 1
    _fill(person, values)
    person.save()
    Listing.objects.get_or_create(expected_list=into, person=person, defaults={"row": last + 1})
    _changed(meeting, [person.pk], now=now)
    person.refresh_from_db(fields=["kind", "removed_at"])
    _note("person.added", person, by)
    return person


@transaction.atomic
def change(person: ExpectedPerson, values: Mapping[str, str], *, as_seen: str, by: User, now: datetime) -> ExpectedPerson:
    """Change somebody by hand; tag, link and registration stay theirs.

    Raises: Taken, ChangedMeanwhile.
    """
    meeting = lock(person.meeting_id)
    person = meeting.people.get(pk=person.pk)
    if seen(person) != as_seen or person.removed_at:
        raise ChangedMeanwhile
    _check_free(meeting, values, person)
    before = seen(person)
    _fill(person, values)
    if seen(person) != before:
        person.save()
        _note("person.changed", person, by)
        _changed(meeting, [person.pk], now=now)
        imports.renew(meeting)
    return person


@transaction.atomic
def remove(
    person: ExpectedPerson, *, by: User, now: datetime, off: ExpectedList | None = None, withdraw: bool = False
) -> bool:
    """Take somebody off one list or all; results and links that exist stay. May be repeated: false the second time.

    With `withdraw` our import of somebody who is on no list any more is taken back.
    """
    meeting = lock(person.meeting_id)
    lists = list(person.listings.filter(**({"expected_list": off} if off else {})).values_list("expected_list", flat=True))
    if not lists and (off or not meeting.people.present().filter(pk=person.pk).exists()):
        return False
    _count_up(lists, now=now)
    person.listings.filter(expected_list__in=lists).delete()
    # Somebody who registered stays expected by that; taken off by hand they are off all the same.
    meeting.people.present().filter(pk=person.pk, listings=None).update(removed_at=now)
    standing.settle(meeting, [person.pk], now=now)
    if withdraw and not person.listings.exists():
        imports.withdraw(meeting, [person.pk])
        imports.renew(meeting)
    _note("person.removed", person, by)
    work.list_changed(meeting)
    return True


@transaction.atomic
def clear(meeting: Meeting, *, by: User, now: datetime) -> int:
    """Take everybody off all lists; visits, decisions and links that exist stay. May be repeated; gives how many."""
    meeting = lock(meeting.pk)
    gone = list(meeting.people.present().values_list("pk", flat=True))
    if gone:
        ExpectedList.objects.filter(meeting=meeting).update(version=F("version") + 1, changed_at=now)
        Listing.objects.filter(expected_list__meeting=meeting).delete()
        meeting.people.present().update(removed_at=now)
        chain.record("list.deleted", actor=by, organisation=meeting.organisation_id, subject=meeting, removed=len(gone))
        work.list_changed(meeting)
    return len(gone)


def _changed(meeting: Meeting, people: Sequence[int], *, now: datetime) -> None:
    """Count a change of the lists some people stand on, and let results follow."""
    lists = ExpectedList.objects.filter(meeting=meeting, listings__person__in=people)
    _count_up(lists.values_list("pk", flat=True), now=now)
    standing.settle(meeting, people, now=now)
    work.list_changed(meeting)


def _count_up(lists: Iterable[int], *, now: datetime) -> None:
    ExpectedList.objects.filter(pk__in=list(lists)).update(version=F("version") + 1, changed_at=now)


def reveal(person: ExpectedPerson, reason: str, *, by: User) -> str:
    """Give the full phone and write down who saw it and why."""
    _note("phone.revealed", person, by, phone=phones.mask(person.phone), reason=phones.scrub(reason))
    return person.phone


def note_export(meeting: Meeting, reason: str, *, by: User) -> None:
    """Write down that somebody takes the list away with full phones, and why."""
    count, told = meeting.people.present().count(), phones.scrub(reason)
    chain.record(
        "list.exported",
        actor=by,
        organisation=meeting.organisation_id,
        subject=meeting,
        people=count,
        reason=told,
    )


def extra_columns(meeting: Meeting) -> list[str]:
    """Give the names of the columns that are kept beside the people, in the order in which they came."""
    kept = meeting.people.present().exclude(extra={}).values_list("extra", flat=True)
    return list(dict.fromkeys(name for extra in kept for name in extra))


def free_enrolments(meeting: Meeting, back: Sequence[ExpectedPerson]) -> None:
    """Let those who come back let go of a registration that somebody else holds by now."""
    held = (
        set(meeting.people.present().exclude(enroll_id="").values_list("enroll_id", flat=True))
        if back
        else set()
    )
    for person in back:
        if person.enroll_id in held:
            person.enroll_id, person.imported = "", ExpectedPerson.Import.NOT_YET


def _former(meeting: Meeting, number: str) -> ExpectedPerson | None:
    removed = meeting.people.exclude(removed_at=None).filter(phone_index=index_hash("phone", number))
    person = removed.last() if number else None
    free_enrolments(meeting, [person] if person else [])
    return person


def _check_free(meeting: Meeting, values: Mapping[str, str], but: ExpectedPerson | None = None) -> None:
    others = meeting.people.present().exclude(pk=but.pk if but else None)
    keys = {
        "phone": ("phone_index", index_hash("phone", values.get("phone", ""))),
        "code": ("code", values.get("code", "")),
        "userid": ("userid", values.get("userid", "")),
    }
    for field, (column, value) in keys.items():
        if value and (other := others.filter(**{column: value}).first()):
            raise Taken(field, other)


def _fill(person: ExpectedPerson, values: Mapping[str, str]) -> None:
    for name in FIELDS:
        put(person, name, values.get(name, ""))


def _note(action: str, person: ExpectedPerson, by: User, **detail: Any) -> None:
    meeting = person.meeting
    chain.record(
        action,
        actor=by,
        organisation=meeting.organisation_id,
        subject=meeting,
        subject_id=person.pk,
        **detail,
    )
