"""Import the list into the platform's enrolment and remember what became of each person.

The platform has no key against doubles and gives no phone back, so each person is marked as asked for before
the call. After a lost answer the approvals are read first: an imported registration is recognised by the
nickname we sent: the person's name, made unlike all others by their tag where several people share it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction

from meetings import plan, work
from meetings.credentials import client_of
from meetings.models import ExpectedPerson, Meeting, Registrant
from portal import phones
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import enrolment as wire
from portal.tencent.client import Client
from portal.tencent.errors import PlatformError, Refused
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


def ask(meeting: Meeting, *, by: User, again: bool = False) -> Job:
    """Queue the import, with `again` also of those the platform did not take; one that waits is given."""
    with transaction.atomic():
        if again:
            meeting.people.present().filter(imported__in=LOST).update(imported=State.NOT_YET)
        chain.record("list.import_asked", actor=by, organisation=meeting.organisation_id, subject=meeting)
        return work.ask(TASK, meeting)


def run(meeting: Meeting, job: Job) -> None:
    """Import everybody who can be imported and is not yet, 1,000 a call. May be repeated: nobody is doubled.

    Raises: PlatformError, NoCredential, QuotaReached.
    """
    queue.progress(job, wanted=job.made + job.refused + meeting.people.to_import().count())
    client = client_of(meeting, "enrolment.import_rows")
    if meeting.people.to_import().filter(imported=State.ASKED).exists():
        _look(meeting, client, job)
    for batch in chunks(list(meeting.people.to_import().order_by("row", "id")), wire.IMPORTS_AT_ONCE):
        _send(meeting, client, job, batch)
    work.list_changed(meeting)


def _look(meeting: Meeting, client: Client, job: Job, otherwise: State = State.NOT_YET) -> None:
    """Settle who was asked for without an answer: enrolled after all, or what `otherwise` says: to be sent again."""
    found: dict[str, list[wire.Registrant]] = {}
    for number, each in enumerate(wire.approvals(client, meeting.meeting_id, kind=plan.kind_of(meeting))):
        if each.enroll_source_type == Registrant.Source.IMPORTED:
            found.setdefault(each.nick_name, []).append(each)
        if number % AT_ONCE == 0:
            queue.progress(job)
    with transaction.atomic():
        queue.progress(job)
        asked = list(meeting.people.to_import().filter(imported=State.ASKED))
        held = _held(meeting)
        for person, nick in zip(asked, nicknames(meeting, asked), strict=True):
            mine = [each for each in found.get(nick, ()) if str(each.enroll_id) not in held]
            person.imported = otherwise
            # Where two carry the nickname nobody can say which is ours; sent again, the answer tells.
            if len(mine) == 1:
                _enrolled(person, mine[0].enroll_id, mine[0].enroll_code)
        _save(asked)
        _tell(job, asked)


def _send(meeting: Meeting, client: Client, job: Job, batch: Sequence[ExpectedPerson]) -> None:
    rows = [_row(person, nick) for person, nick in zip(batch, nicknames(meeting, batch), strict=True)]
    _mark(batch, State.ASKED)
    try:
        answer = wire.import_rows(client, meeting.meeting_id, kind=plan.kind_of(meeting), rows=rows)
    except PlatformError as error:
        if getattr(error, "maybe_done", False):
            raise
        _mark(batch, State.NOT_YET)
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
    elif done in QUOTAS:
        raise QuotaReached from error
    else:
        raise error
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
    held = _held(meeting)
    for person, row in zip(batch, rows, strict=True):
        made = next((enrolled[key] for key in row.keys if key in enrolled), None)
        if made and str(made.enroll_id) not in held:
            held.add(str(made.enroll_id))
            _enrolled(person, made.enroll_id, made.enroll_code)
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


def _held(meeting: Meeting) -> set[str]:
    return set(meeting.people.present().exclude(enroll_id="").values_list("enroll_id", flat=True))


def _enrolled(person: ExpectedPerson, enroll_id: int, enroll_code: str) -> None:
    person.imported, person.enroll_id, person.enroll_code = State.DONE, str(enroll_id), enroll_code


def _save(people: Sequence[ExpectedPerson]) -> None:
    ExpectedPerson.objects.bulk_update(people, ["imported", "enroll_id", "enroll_code"], batch_size=AT_ONCE)


def _mark(people: Sequence[ExpectedPerson], state: State) -> None:
    for some in chunks([person.pk for person in people], AT_ONCE):
        ExpectedPerson.objects.filter(pk__in=some, enroll_id="").update(imported=state)


def _tell(job: Job, people: Sequence[ExpectedPerson]) -> None:
    done = sum(person.imported == State.DONE for person in people)
    lost = sum(person.imported in LOST for person in people)
    queue.progress(job, made=job.made + done, refused=job.refused + lost)
