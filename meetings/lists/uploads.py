"""An upload from the file to the list: it waits encrypted, is shown, and is written only after a yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from meetings import work
from meetings.lists import people
from meetings.lists.checking import Checked, Entry, check
from meetings.lists.mapping import Mapping, faults, propose
from meetings.lists.reading import Sheet, read
from meetings.models import ExpectedPerson, Meeting, Upload
from portal.accounts.models import User
from portal.audit import chain
from portal.tencent.wire import chunks

WAITS = timedelta(hours=24)
AT_ONCE = 200
WRITTEN = [*people.PLAIN, "phone", "phone_index", "phone_tail", "extra", "source", "row", "removed_at"]
WRITTEN += ["enroll_id", "imported"]


class NotWaiting(Exception):
    """The upload was confirmed, discarded or has expired."""


class ListChanged(Exception):
    """The list, or what the upload would do to it, is no longer what was shown."""


class BadMapping(Exception):
    """The mapping cannot be used; `codes` say why."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(*codes)
        self.codes = list(codes)


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown before a yes."""

    sheet: Sheet
    mapping: Mapping
    checked: Checked


@dataclass(frozen=True, slots=True)
class Written:
    """What a confirmation did to the list."""

    new: int
    changed: int
    unchanged: int
    removed: int


def receive(meeting: Meeting, file_name: str, body: bytes, *, by: User, now: datetime) -> Upload:
    """Keep a readable file for a day, with a proposed mapping; an earlier one of the same user is discarded.

    Raises: Unreadable; nothing is kept then.
    """
    sheet = read(file_name, body)
    mapping = propose(sheet)
    checked = check(sheet, mapping, people.known_of(meeting))
    with transaction.atomic():
        waiting = meeting.uploads.filter(by=by, state=Upload.State.WAITING)
        waiting.update(state=Upload.State.DISCARDED, body=b"")
        return Upload.objects.create(
            meeting=meeting,
            by=by,
            file_name=file_name[-255:],
            body=body,
            mapping={"columns": mapping},
            accepted=len(checked.accepted),
            faulty=len(checked.faults),
            expires_at=now + WAITS,
        )


def preview(upload: Upload, *, now: datetime) -> Preview:
    """Read and check a waiting upload against the list as it is now.

    Raises: NotWaiting.
    """
    if upload.state != Upload.State.WAITING or upload.expires_at <= now:
        raise NotWaiting
    sheet = read(upload.file_name, upload.body)
    mapping = list(upload.mapping["columns"])
    return Preview(sheet, mapping, check(sheet, mapping, people.known_of(upload.meeting)))


def remap(upload: Upload, mapping: Mapping) -> None:
    """Remember another mapping for a waiting upload. May be repeated.

    Raises: BadMapping, NotWaiting.
    """
    if codes := faults(mapping):
        raise BadMapping(codes)
    waiting = Upload.objects.filter(pk=upload.pk, state=Upload.State.WAITING)
    if not waiting.update(mapping={"columns": mapping}):
        raise NotWaiting
    upload.mapping = {"columns": mapping}


def confirm(upload: Upload, digest: str, *, remove_missing: bool, by: User, now: datetime) -> Written:
    """Write the accepted rows in one transaction, if they still do what was shown; then forget the file.

    Raises: NotWaiting, ListChanged, BadMapping; nothing is written then.
    """
    shown = preview(upload, now=now)
    if codes := faults(shown.mapping):
        raise BadMapping(codes)
    with transaction.atomic():
        meeting = people.lock(upload.meeting_id)
        if not _close(upload, Upload.State.CONFIRMED):
            raise NotWaiting
        checked = check(shown.sheet, shown.mapping, people.known_of(meeting))
        if checked.digest != digest:
            raise ListChanged
        counts = {"accepted": len(checked.accepted), "faulty": len(checked.faults)}
        Upload.objects.filter(pk=upload.pk).update(**counts)
        written = _write(meeting, checked, checked.missing if remove_missing else (), now)
        chain.record(
            "list.confirmed",
            actor=by,
            organisation=meeting.organisation_id,
            subject=meeting,
            upload=upload.pk,
            new=written.new,
            changed=written.changed,
            removed=written.removed,
            faulty=len(checked.faults),
        )
        work.list_changed(meeting)
    return written


def discard(upload: Upload) -> bool:
    """Forget a waiting upload. May be repeated: false the second time."""
    return _close(upload, Upload.State.DISCARDED)


def expire(now: datetime) -> int:
    """Delete uploads nobody confirmed within a day; gives how many."""
    old = Upload.objects.filter(expires_at__lte=now, state=Upload.State.WAITING)
    return old.delete()[0]


def _close(upload: Upload, state: Upload.State) -> bool:
    waiting = Upload.objects.filter(pk=upload.pk, state=Upload.State.WAITING)
    return bool(waiting.update(state=state, body=b""))


def _write(meeting: Meeting, checked: Checked, missing: Sequence[int], now: datetime) -> Written:
    # First those who leave: a phone may pass from somebody who leaves to somebody who changes.
    removed = 0
    for some in chunks(missing, AT_ONCE):
        removed += meeting.people.present().filter(pk__in=some).update(removed_at=now)
    fresh = [
        _fill(ExpectedPerson(meeting=meeting, tag=people.new_tag()), e)
        for e in checked.accepted
        if not e.person
    ]
    met = meeting.people.in_bulk([entry.person for entry in checked.accepted if entry.person])
    moved = [e for e in checked.accepted if e.person and (e.changes or e.back or met[e.person].row != e.line)]
    people.free_enrolments(meeting, [met[entry.person] for entry in moved if entry.back])
    changed = [_fill(met[entry.person], entry) for entry in moved]
    # As an upsert by key, which takes a tenth of the time of Django's bulk update.
    upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": WRITTEN}
    ExpectedPerson.objects.bulk_create(changed, batch_size=AT_ONCE, **upsert)
    ExpectedPerson.objects.bulk_create(fresh, batch_size=AT_ONCE)
    return Written(len(checked.new), len(checked.changed), len(checked.unchanged), removed)


def _fill(person: ExpectedPerson, entry: Entry) -> ExpectedPerson:
    """Put the filled cells of a row on a person; what the row leaves empty stays."""
    for name, value in entry.values.items():
        people.put(person, name, value)
    person.extra = {**person.extra, **entry.extra}
    # From now on the list expects them, also if they registered first and cancel later.
    person.source, person.row, person.removed_at = ExpectedPerson.Source.LIST, entry.line, None
    return person
