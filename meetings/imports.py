"""Import the list into the platform's enrolment and remember what became of each person.

The platform has no key against doubles and gives no phone back, so each person is marked as asked for before
the call. After a lost answer the approvals are read first: an imported registration is recognised by the
nickname we sent: the person's name, made unlike all others by their tag where several people share it. What was sent is
remembered with the person, for name and key may change before the answer is known. A registration that we imported is
taken back when its person's key changes; the person is then imported under the new one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from meetings import plan, work
from meetings.credentials import client_of
from meetings.models import AWAITED, ExpectedPerson, Meeting, Registrant
from meetings.models.people import IMPORTABLE, ExpectedPersonQuerySet
from portal import phones
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import enrolment as wire
from portal.tencent.client import Client
from portal.tencent.errors import NotThere, PlatformError, Refused
from portal.tencent.wire import chunks

TASK = "meetings.import_people"
# What the platform's editions take a meeting (document 67898); sales may raise it, so only a refusal counts.
QUOTAS = (1000, 4000)
LONGEST_NICK = 60
AT_ONCE = 200

State = ExpectedPerson.Import
LOST = (State.DROPPED, State.UNKNOWN_USER)


class QuotaReached(Exception):
    """The platform takes no more imported people for this meeting."""

    code = "import_quota"


def ask(meeting: Meeting, *, by: User | None, again: bool = False) -> Job:
    """Queue the import of everybody who is awaited, with `again` also of those the platform did not take."""
    with transaction.atomic():
        if again:
            meeting.people.present().filter(imported__in=LOST).update(imported=State.NOT_YET)
        meeting.people.to_import().filter(imported=State.NOT_YET).update(imported=State.WANTED)
        chain.record("list.import_asked", actor=by or "worker", organisation=meeting.organisation_id, subject=meeting)
        return work.ask(TASK, meeting)


def withdraw(meeting: Meeting, people: Sequence[int]) -> None:
    """Mark what we imported for some people to be taken back; `renew` orders the work. May be repeated."""
    for some in chunks(people, AT_ONCE):
        ours = meeting.people.filter(pk__in=some, imported=State.DONE).exclude(enroll_id="")
        ours.update(imported=State.STALE)


def renew(meeting: Meeting) -> None:
    """Order the work on imports that no longer fit, if there are any; call it in the transaction of the change."""
    if meeting.enrolment and meeting.people.filter(imported=State.STALE).exists():
        work.ask(TASK, meeting)


def run(meeting: Meeting, job: Job) -> None:
    """Take back what no longer fits, and import everybody who is wanted, 1,000 a call.

    May be repeated: nobody is doubled. Raises: PlatformError, NoCredential, QuotaReached.
    """
    _take_back(meeting, job)
    queue.progress(job, wanted=job.made + job.refused + _due(meeting).count())
    client = client_of(meeting, "enrolment.import_rows")
    if meeting.people.filter(imported=State.ASKED).exists():
        _look(meeting, client, job)
    for batch in chunks(list(_due(meeting).order_by("row", "id")), wire.IMPORTS_AT_ONCE):
        _send(meeting, client, job, batch)
    work.list_changed(meeting)
    # Somebody's phone may have changed while the platform was being asked under the former one.
    renew(meeting)


def _due(meeting: Meeting) -> ExpectedPersonQuerySet:
    return meeting.people.to_import().filter(imported__in=(State.WANTED, State.ASKED))


def _take_back(meeting: Meeting, job: Job) -> None:
    """Take back registrations that we imported under a former key, or for people who are not awaited any more."""
    stale = list(meeting.people.filter(imported=State.STALE).values_list("pk", "enroll_id"))
    for some in chunks(stale, wire.DECISIONS_AT_ONCE):
        if numbers := [int(enroll_id) for _, enroll_id in some if enroll_id]:
            _unregister(meeting, numbers)
        with transaction.atomic():
            queue.progress(job)
            mine = meeting.people.filter(pk__in=[pk for pk, _ in some], imported=State.STALE)
            free = {"enroll_id": "", "enroll_code": ""}
            mine.filter(IMPORTABLE, removed_at=None, kind__in=AWAITED).update(imported=State.WANTED, **free)
            mine.update(imported=State.NOT_YET, **free)
            _keep_ended(meeting, [(pk, enroll_id) for pk, enroll_id in some if enroll_id])


def _keep_ended(meeting: Meeting, registrations: Sequence[tuple[int, str]]) -> None:
    """Remember whose the ended registrations were: who came in by one already is still known by it."""
    status, source, now = Registrant.Status.CANCELLED, Registrant.Source.IMPORTED, timezone.now()
    people = meeting.people.only("name").in_bulk([pk for pk, _ in registrations])
    ended = [
        Registrant(
            meeting=meeting, person=people[pk], name=people[pk].name, enroll_id=enroll_id, status=status, source=source,
            seen_at=now,
        )
        for pk, enroll_id in registrations
    ]  # fmt: skip
    upsert = {"update_conflicts": True, "unique_fields": ["meeting", "enroll_id"], "update_fields": ["status", "person"]}
    Registrant.objects.bulk_create(ended, **upsert)


def _unregister(meeting: Meeting, numbers: Sequence[int]) -> None:
    client, kind = client_of(meeting, "enrolment.unregister"), plan.kind_of(meeting)
    try:
        wire.unregister(client, meeting.meeting_id, kind=kind, enroll_ids=numbers)
    except NotThere:
        # One that is gone already may have stopped the others (document 67899).
        there = {each.enroll_id for each in wire.approvals(client, meeting.meeting_id, kind=kind)}
        if left := [number for number in numbers if number in there]:
            wire.unregister(client, meeting.meeting_id, kind=kind, enroll_ids=left)


def _look(meeting: Meeting, client: Client, job: Job, otherwise: State = State.WANTED) -> None:
    """Settle who was asked for without an answer: enrolled after all, or what `otherwise` says: to be sent again.

    Under a key that has changed since, an enrolment is taken back and made again.
    """
    found: dict[str, list[wire.Registrant]] = {}
    for number, each in enumerate(wire.approvals(client, meeting.meeting_id, kind=plan.kind_of(meeting))):
        if each.enroll_source_type == Registrant.Source.IMPORTED:
            found.setdefault(each.nick_name, []).append(each)
        if number % AT_ONCE == 0:
            queue.progress(job)
    with transaction.atomic():
        queue.progress(job)
        asked = list(meeting.people.filter(imported=State.ASKED))
        held = _held(meeting)
        for person, nick in zip(asked, nicknames(meeting, asked), strict=True):
            # A pull may have joined them to their enrolment meanwhile.
            taken = held - {person.enroll_id}
            mine = [each for each in found.get(person.asked_as or nick, ()) if str(each.enroll_id) not in taken]
            person.imported = otherwise
            # Where two carry the nickname nobody can say which is ours; sent again, the answer tells.
            if len(mine) == 1:
                _enrolled(person, mine[0].enroll_id, mine[0].enroll_code)
                if person.asked_key not in ("", _key(person)):
                    person.imported = State.STALE
        _save(asked)
        _tell(job, asked)


def _send(meeting: Meeting, client: Client, job: Job, batch: Sequence[ExpectedPerson]) -> None:
    rows = [_row(person, nick) for person, nick in zip(batch, nicknames(meeting, batch), strict=True)]
    _remember(batch, rows)
    _mark(batch, State.ASKED)
    try:
        answer = wire.import_rows(client, meeting.meeting_id, kind=plan.kind_of(meeting), rows=rows)
    except PlatformError as error:
        if getattr(error, "maybe_done", False):
            raise
        # A refusal ends the job, and whoever asks again wants them again.
        _mark(batch, State.NOT_YET if isinstance(error, Refused) else State.WANTED)
        if not isinstance(error, Refused) or error.reason != "bad_parameter":
            raise
        return _send_what_fits(meeting, client, job, batch, error)
    if not answer.rows and not answer.user_non_registered:
        # Nobody taken, or only the answer empty: the platform's own list tells.
        return _look(meeting, client, job, otherwise=State.DROPPED)
    with transaction.atomic():
        _store(meeting, batch, rows, answer)
        _tell(job, batch)
    return None


def _send_what_fits(
    meeting: Meeting, client: Client, job: Job, batch: Sequence[ExpectedPerson], error: Refused
) -> None:
    """Answer a refusal that may mean the quota: a whole call is refused where only some of it fits."""
    done = meeting.people.filter(imported=State.DONE).count()
    room = next((quota - done for quota in QUOTAS if done < quota < done + len(batch)), 0)
    if room:
        _send(meeting, client, job, batch[:room])
    elif done not in QUOTAS:
        raise error
    # Whoever asks again, perhaps with a larger quota, wants them again.
    meeting.people.filter(imported=State.WANTED).update(imported=State.NOT_YET)
    raise QuotaReached from error


def _store(
    meeting: Meeting,
    batch: Sequence[ExpectedPerson],
    rows: Sequence[wire.ImportRow],
    answer: wire.ImportAnswer,
) -> None:
    """Write down what became of each row of one call; rows come back by key, in no order."""
    enrolled = {key: row for row in answer.rows for key in row.keys}
    unknown = set(answer.user_non_registered)
    held, keys = _held(meeting), _keys(meeting, batch)
    for person, row in zip(batch, rows, strict=True):
        made = next((enrolled[key] for key in row.keys if key in enrolled), None)
        if made and str(made.enroll_id) not in held:
            held.add(str(made.enroll_id))
            _enrolled(person, made.enroll_id, made.enroll_code)
            if keys.get(person.pk) != (person.phone_index, person.userid):
                person.imported = State.STALE
        else:
            person.imported = State.UNKNOWN_USER if row.userid and row.userid in unknown else State.DROPPED
    _save(batch)


def nicknames(meeting: Meeting, people: Iterable[ExpectedPerson]) -> list[str]:
    """Give the nickname each is imported with; it shows in the enrolment list only, never in the meeting."""
    counts = Counter(meeting.people.present().values_list("name", flat=True))
    return [
        (person.name if counts[person.name] == 1 else f"{person.name[:30]} #{person.tag[:12]}")[:LONGEST_NICK]
        for person in people
    ]


def _row(person: ExpectedPerson, nick: str) -> wire.ImportRow:
    """Give the row to send: by phone, which every credential may use, else by staff id."""
    if not person.phone:
        return wire.ImportRow(userid=person.userid, nick_name=nick)
    number = phones.parse(person.phone)
    return wire.ImportRow(area=number.area, phone_number=number.national, nick_name=nick)


def _keys(meeting: Meeting, batch: Sequence[ExpectedPerson]) -> dict[int, tuple[str, str]]:
    """Give the keys people have now: they may have changed while the platform was being asked."""
    found: dict[int, tuple[str, str]] = {}
    for some in chunks([person.pk for person in batch], AT_ONCE):
        rows = meeting.people.filter(pk__in=some).values_list("pk", "phone_index", "userid")
        found |= {pk: (index, userid) for pk, index, userid in rows}
    return found


def _held(meeting: Meeting) -> set[str]:
    return set(meeting.people.present().exclude(enroll_id="").values_list("enroll_id", flat=True))


def _enrolled(person: ExpectedPerson, enroll_id: int, enroll_code: str) -> None:
    person.imported, person.enroll_id, person.enroll_code = State.DONE, str(enroll_id), enroll_code


def _save(people: Sequence[ExpectedPerson]) -> None:
    ExpectedPerson.objects.bulk_update(people, ["imported", "enroll_id", "enroll_code"], batch_size=AT_ONCE)


def _key(person: ExpectedPerson) -> str:
    """Give the key somebody is imported by, in a form that may lie open."""
    return person.phone_index or person.userid


def _remember(people: Sequence[ExpectedPerson], rows: Sequence[wire.ImportRow]) -> None:
    """Write down what is sent of each."""
    for person, row in zip(people, rows, strict=True):
        person.asked_as, person.asked_key = row.nick_name, _key(person)
    ExpectedPerson.objects.bulk_update(people, ["asked_as", "asked_key"], batch_size=AT_ONCE)


def _mark(people: Sequence[ExpectedPerson], state: State) -> None:
    for some in chunks([person.pk for person in people], AT_ONCE):
        ExpectedPerson.objects.filter(pk__in=some, enroll_id="").update(imported=state)


def _tell(job: Job, people: Sequence[ExpectedPerson]) -> None:
    done = sum(person.imported == State.DONE for person in people)
    lost = sum(person.imported in LOST for person in people)
    queue.progress(job, made=job.made + done, refused=job.refused + lost)
