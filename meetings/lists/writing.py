"""Puts a confirmed batch onto its list: people, who stands on it, what it said; one transaction, called by batches."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from meetings.lists import people, standing, storing, versions
from meetings.lists.checking import BACK, BESIDES, NEW, Checked, Outcome
from meetings.lists.headings import FIELDS
from meetings.models import ExpectedPerson, Listing, Meeting, Upload
from portal.tencent.wire import chunks

AT_ONCE = 400
PERSON_FIELDS = ("meeting", "tag", "source", "row", "phone_index", "phone_tail", "landline", "extra", *FIELDS, "written",
                 "more_phones")  # fmt: skip
WRITTEN = [*FIELDS, *BESIDES, "phone_index", "phone_tail", "extra", "source", "row", "enroll_id", "imported"]


def write(meeting: Meeting, upload: Upload, checked: Checked, *, now: datetime) -> dict[str, int]:
    """Write what was taken; gives how many are new, changed, unchanged and removed. Call it under the meeting's lock."""
    expected = upload.expected_list
    taken = [each for each in checked.outcomes if each.taken and not each.into]
    versions.keep_by_hand(expected, now=now)
    # First those who leave: a phone may pass from somebody who leaves to somebody who changes.
    for some in chunks(checked.going, AT_ONCE):
        expected.listings.filter(person__in=some).delete()
    standing.settle(meeting, checked.going, now=now)
    changed = _change(meeting, [each for each in taken if each.person is not None])
    _add(meeting, [each for each in taken if each.person is None])
    _list(expected.pk, meeting, taken)
    standing.settle(meeting, [each.person for each in taken if each.person and each.effect in (NEW, BACK)], now=now)
    versions.keep(expected, origin=upload.file_name, by=upload.by, now=now)
    new = sum(each.effect in (NEW, BACK) for each in taken)
    return {"new": new, "changed": changed, "same": len(taken) - new - changed, "removed": len(checked.going)}


def _add(meeting: Meeting, fresh: Sequence[Outcome]) -> None:
    """Insert new people; the outcomes learn who they became."""
    if not fresh:
        return
    tags = [people.new_tag() for _ in fresh]
    storing.insert(ExpectedPerson, PERSON_FIELDS, _rows(meeting, fresh, tags))
    made = dict(ExpectedPerson.objects.filter(meeting=meeting, tag__in=tags).values_list("tag", "pk")
                if len(tags) <= AT_ONCE else meeting.people.values_list("tag", "pk"))  # fmt: skip
    for each, tag in zip(fresh, tags, strict=True):
        each.person = made[tag]


def _rows(meeting: Meeting, fresh: Sequence[Outcome], tags: Sequence[str]) -> Iterator[tuple]:
    for each, tag in zip(fresh, tags, strict=True):
        told = each.row.values
        phone = told.get("phone", "")
        yield (meeting.pk, tag, ExpectedPerson.Source.LIST, each.row.line, each.row.phone_index, phone[-4:],
               "landline" in told, each.row.extra, *(told.get(name, "") for name in FIELDS), told.get("written", ""),
               told.get("more_phones", ""))  # fmt: skip


def _change(meeting: Meeting, met: Sequence[Outcome]) -> int:
    """Fill what rows say into people who are known; what a row leaves empty stays. Gives how many differ by it."""
    touched = [each for each in met if each.changes or each.effect in (BACK, NEW)]
    for some in chunks(touched, AT_ONCE):
        found = meeting.people.in_bulk([each.person for each in some])
        people.free_enrolments(meeting, [found[each.person] for each in some if each.effect == BACK])
        changed = [_fill(found[each.person], each) for each in some]
        # As an upsert by key, which takes a tenth of the time of Django's bulk update.
        upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": WRITTEN}
        ExpectedPerson.objects.bulk_create(changed, batch_size=AT_ONCE, **upsert)
    return sum(bool(each.changes) and each.effect not in (NEW, BACK) for each in met)


def _fill(person: ExpectedPerson, outcome: Outcome) -> ExpectedPerson:
    for name, value in outcome.row.values.items():
        people.put(person, name, value)
    person.extra = {**person.extra, **outcome.row.extra}
    # From now on a list expects them, also if they registered first and cancel later.
    person.source, person.row = ExpectedPerson.Source.LIST, outcome.row.line
    return person


def _list(expected_list: int, meeting: Meeting, taken: Sequence[Outcome]) -> None:
    """Put everybody taken onto the list, each in their line."""
    stand = dict(Listing.objects.filter(expected_list=expected_list).values_list("person", "row"))
    fresh = [each for each in taken if each.person not in stand]
    storing.insert(
        Listing, ("expected_list", "person", "row"), ((expected_list, each.person, each.row.line) for each in fresh)
    )
    moved = {each.person: each.row.line for each in taken if stand.get(each.person, each.row.line) != each.row.line}
    for some in chunks(list(moved), AT_ONCE):
        listings = list(Listing.objects.filter(expected_list=expected_list, person__in=some))
        for listing in listings:
            listing.row = moved[listing.person_id]
        Listing.objects.bulk_update(listings, ["row"], batch_size=AT_ONCE)
