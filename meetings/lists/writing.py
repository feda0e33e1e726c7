"""Puts a confirmed batch onto its list: people, who stands on it, what it said; one transaction, called by batches."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from meetings.lists import people, standing, storing, versions
from meetings.lists.checking import BACK, BESIDES, NEW, Checked, Outcome
from meetings.lists.headings import FIELDS
from meetings.models import ExpectedPerson, Listing, Meeting, Upload
from portal.crypto import index_hash
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
