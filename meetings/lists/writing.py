"""Puts a confirmed batch onto its list, in one transaction: people, who stands on it, what it said, what follows."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from meetings import work
from meetings.lists import following, intake, memory, people, standing, storing, versions
from meetings.lists.checking import BACK, NEW, Checked, Outcome
from meetings.lists.headings import FIELDS
from meetings.lists.rows import BESIDES, TOLD
from meetings.lists.states import State, forget, move
from meetings.models import ExpectedList, ExpectedPerson, Listing, Meeting, Upload
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent.wire import chunks

AT_ONCE = 400
LIST = ExpectedPerson.Source.LIST.value
PHONE = TOLD.index("phone")
PERSON_FIELDS = ("meeting", "tag", "source", "kind", "row", "phone_index", "phone_tail", "extra", *TOLD)
WRITTEN = [*FIELDS, *BESIDES, "phone_index", "phone_tail", "extra", "source", "row", "enroll_id", "imported"]


def write(upload: Upload, by: User | None, job: Job, now: datetime, wishes: Sequence[str] = ()) -> None:
    """Write a confirmed batch, if it still does what was shown; else show what it would do now.

    May be repeated: what is confirmed once is done.
    """
    if upload.state != State.WRITING:
        return
    queue.progress(job, made=0, wanted=upload.rows)
    checked, stamp = intake.checked_now(upload)
    queue.progress(job)
    with transaction.atomic():
        meeting = people.lock(upload.meeting_id)
        # Whoever changed the people meanwhile is waited for by the lock, and seen here.
        same = checked.digest == upload.digest and stamp == people.stamp(people.known_of(upload.expected_list))
        if same and move(upload, State.WRITING, State.CONFIRMED):
            counts, phones = _put(meeting, upload, checked, now=now)
            following.order(meeting, upload, checked, by=by, wishes=wishes)
            # Rows of a hundred thousand and their version, sealed and on its way to the database, need not be held at once.
            del checked
            known = {person: f"+{number}" for person, number in zip(*phones, strict=True)}
            versions.keep(upload.expected_list, origin=upload.file_name, by=by, now=now, counts=counts, phones=known)
            _close(meeting, upload, counts, by=by, now=now)
            queue.progress(job, made=upload.rows)
            queue.finish(job)
            return
    if move(upload, State.WRITING, State.READING, error_code="list_changed"):
        intake.show(upload)


def _close(meeting: Meeting, upload: Upload, counts: dict[str, int], *, by: User | None, now: datetime) -> None:
    """Remember the columns, wipe the batch, and let results follow."""
    if upload.shape:
        memory.keep(meeting.organisation_id, upload.shape, upload.mapping, now=now)
    forget(upload)
    Upload.objects.filter(pk=upload.pk).update(counts=counts)
    chain.record("list.confirmed", actor=by or "worker", organisation=meeting.organisation_id, subject=meeting,
                 upload=upload.pk, list=upload.expected_list_id, **counts)  # fmt: skip
    work.list_changed(meeting)


def _put(meeting: Meeting, upload: Upload, checked: Checked, *, now: datetime) -> tuple[dict[str, int], tuple[array, array]]:
    """Write what was taken; gives how many are new, changed, unchanged, removed and faulty, and whose phone is known."""
    expected = upload.expected_list
    taken = [each for each in checked.outcomes if each.taken and not each.into]
    versions.keep_by_hand(expected, now=now)
    # First those who leave: a phone may pass from somebody who leaves to somebody who changes.
    for some in chunks(checked.going, AT_ONCE):
        expected.listings.filter(person__in=some).delete()
    standing.settle(meeting, checked.going, now=now)
    changed = _change(meeting, [each for each in taken if each.person is not None], upload.is_whole)
    arrived = [each.person for each in taken if each.person is not None and each.effect in (NEW, BACK)]
    _add(expected, [each for each in taken if each.person is None])
    _list(expected, taken)
    standing.settle(meeting, arrived, now=now)
    counts = _counts(checked, taken, changed)
    known = [each for each in taken if each.row.phone_index]
    # As numbers: a hundred thousand texts from among the rows would keep the memory of all of them from being given back.
    return counts, (array("q", (each.person for each in known)), array("q", (int(each.row.told[PHONE]) for each in known)))


def _counts(checked: Checked, taken: Sequence[Outcome], changed: int) -> dict[str, int]:
    new = sum(each.effect in (NEW, BACK) for each in taken)
    faulty = sum(each.row.faulty for each in checked.outcomes)
    return {"new": new, "changed": changed, "same": len(taken) - new - changed, "removed": len(checked.going), "faulty": faulty}


def _add(expected: ExpectedList, fresh: Sequence[Outcome]) -> None:
    """Insert new people, some at a time; the outcomes learn who they became."""
    everybody = ExpectedPerson.objects.filter(meeting=expected.meeting_id)
    for some in chunks(fresh, storing.AT_ONCE):
        tags = [people.new_tag() for _ in some]
        storing.insert(ExpectedPerson, PERSON_FIELDS, _rows(expected, some, tags))
        made = storing.keys_of(everybody, "tag", tags)
        for each, tag in zip(some, tags, strict=True):
            each.person = made[tag]


def _rows(expected: ExpectedList, fresh: Sequence[Outcome], tags: Sequence[str]) -> Iterator[tuple]:
    for each, tag in zip(fresh, tags, strict=True):
        row = each.row
        *told, landline = row.told
        yield (expected.meeting_id, tag, LIST, expected.kind, row.line, row.phone_index, told[PHONE][-4:], row.extra,
               *told, bool(landline))  # fmt: skip


def _change(meeting: Meeting, met: Sequence[Outcome], whole: bool) -> int:
    """Fill what rows say into people who are known; what a row leaves empty stays, unless rows tell everything.

    Gives how many differ by it.
    """
    touched = [each for each in met if each.changes or each.effect in (BACK, NEW)]
    for some in chunks(touched, AT_ONCE):
        found = meeting.people.in_bulk([each.person for each in some])
        people.free_enrolments(meeting, [found[each.person] for each in some if each.effect == BACK])
        changed = [_fill(found[each.person], each, whole) for each in some]
        # As an upsert by key, which takes a tenth of the time of Django's bulk update.
        upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": WRITTEN}
        ExpectedPerson.objects.bulk_create(changed, batch_size=AT_ONCE, **upsert)
    return sum(bool(each.changes) and each.effect not in (NEW, BACK) for each in met)


def _fill(person: ExpectedPerson, outcome: Outcome, whole: bool) -> ExpectedPerson:
    row = outcome.row
    said = zip(TOLD, row.told, strict=True)
    for name, value in said if whole else row.values.items():
        people.put(person, name, value)
    person.extra = row.extra if whole else {**person.extra, **row.extra}
    # From now on a list expects them, also if they registered first and cancel later.
    person.source, person.row = ExpectedPerson.Source.LIST, outcome.row.line
    return person


def _list(expected: ExpectedList, taken: Sequence[Outcome]) -> None:
    """Put everybody taken onto the list, each in their line."""
    stand = dict(expected.listings.values_list("person", "row"))
    fresh = ((expected.pk, each.person, each.row.line) for each in taken if each.person not in stand)
    storing.insert(Listing, ("expected_list", "person", "row"), fresh)
    moved = {each.person: each.row.line for each in taken if stand.get(each.person, each.row.line) != each.row.line}
    for some in chunks(list(moved), AT_ONCE):
        listings = list(expected.listings.filter(person__in=some))
        for listing in listings:
            listing.row = moved[listing.person_id]
        upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["row"]}
        Listing.objects.bulk_create(listings, batch_size=AT_ONCE, **upsert)
