"""Exclusive links: one a person, also after a crash or a lost answer, and never more than the platform takes.

Each row goes WANTED -> ASKED -> MADE; ASKED is committed before the call. Whoever finds rows in ASKED reads
the platform's list first: a link with the person's tag is theirs, all others are wanted again.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings import plan, work
from meetings.credentials import client_of
from meetings.models import AWAITED, ExclusiveLink, ExpectedPerson, Meeting
from portal.accounts.models import User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import links as wire
from portal.tencent.client import Client
from portal.tencent.errors import AnswerLost, Refused
from portal.tencent.wire import chunks, encode_tag

TASK = "meetings.issue_links"
QUOTA = "link_quota"
# So many answers lost one after the other mean that the platform is away: then later.
PATIENCE = 5
# Seconds in which what took too long to answer has happened or never will: who looks sooner may make a second one.
LOOK_AFTER = 10
AT_ONCE = 200

State = ExclusiveLink.State


def ask(meeting: Meeting, people: Iterable[ExpectedPerson], *, by: User | None) -> int:
    """Want a link for each of these people who is awaited and has none, and queue the work; gives for how many.

    May be repeated, also by two at once: a person has one row.
    """
    with transaction.atomic():
        mine = [person for person in people if person.meeting_id == meeting.pk and person.removed_at is None]
        wanted = [person for person in mine if person.kind in AWAITED]
        again = ExclusiveLink.objects.filter(meeting=meeting, state=State.REFUSED)
        count = 0
        for some in chunks([person.pk for person in wanted], AT_ONCE):
            count += again.filter(person__in=some).update(state=State.WANTED, error_code="")
        before = meeting.links.count()
        rows = [
            ExclusiveLink(meeting=meeting, person=person, customer_data=encode_tag(person.tag))
            for person in wanted
        ]
        ExclusiveLink.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
        count += meeting.links.count() - before
        if count:
            organisation = meeting.organisation_id
            chain.record("links.asked", actor=by or "worker", organisation=organisation, subject=meeting, count=count)
            work.ask(TASK, meeting)
    return count


def run(meeting: Meeting, job: Job) -> None:
    """Make every wanted link. May be repeated: nobody gets a second one.

    Raises: PlatformError, NoCredential.
    """
    meeting.links.filter(person__removed_at__isnull=False, state=State.WANTED).delete()
    _tell(job, meeting)
    if not meeting.links.filter(state__in=(State.WANTED, State.ASKED)).exists():
        return
    client = client_of(meeting, "links.create")
    _settle(meeting, client, job)
    _make_wanted(meeting, client, job)
    if meeting.links.filter(state=State.ASKED).exists():
        raise AnswerLost("some answers were lost", retry_after=LOOK_AFTER, call="links.create")
    _tell(job, meeting)


def _make_wanted(meeting: Meeting, client: Client, job: Job) -> None:
    """Ask for one link after the other; where an answer gets lost the next run looks whether it was made."""
    lost = 0
    while (
        link := meeting.links.filter(state=State.WANTED)
        .select_related("person")
        .order_by("person__row", "id")
        .first()
    ):
        try:
            _make(meeting, client, job, link)
            lost = 0
        except AnswerLost:
            lost += 1
            if lost == PATIENCE:
                return
        except Refused as error:
            _refuse(meeting, job, link, error)


def _make(meeting: Meeting, client: Client, job: Job, link: ExclusiveLink) -> None:
    # The lease is renewed with the mark: nobody else looks for this link while the call is under way.
    with transaction.atomic():
        _tell(job, meeting)
        ExclusiveLink.objects.filter(pk=link.pk, state=State.WANTED).update(state=State.ASKED)
    made = wire.create(client, meeting.meeting_id, kind=plan.kind_of(meeting), tag=link.person.tag)
    with transaction.atomic():
        queue.progress(job)
        _write(link, made.url)


def _settle(meeting: Meeting, client: Client, job: Job) -> None:
    """Read which links there are; what was asked for and is not among them is wanted again."""
    there = {}
    for each in wire.list_all(client, meeting.meeting_id, kind=plan.kind_of(meeting)):
        there.setdefault(each.tag, each.url)
    open_ = meeting.links.filter(state__in=(State.WANTED, State.ASKED)).select_related("person")
    with transaction.atomic():
        _tell(job, meeting)
        for link in open_:
            if link.person.tag in there:
                _write(link, there[link.person.tag])
        meeting.links.filter(state=State.ASKED).update(state=State.WANTED)


def _write(link: ExclusiveLink, url: str) -> None:
    changes = {"state": State.MADE, "url": url, "error_code": "", "made_at": timezone.now()}
    ExclusiveLink.objects.filter(pk=link.pk).exclude(state=State.MADE).update(**changes)


def _refuse(meeting: Meeting, job: Job, link: ExclusiveLink, error: Refused) -> None:
    """Write a refusal on the row; when the meeting is full, on all that still wait; lost ones may be there."""
    full = error.reason == "too_many_links"
    chosen = Q(pk=link.pk) | Q(state=State.WANTED) if full else Q(pk=link.pk)
    code = QUOTA if full else error.reason
    with transaction.atomic():
        meeting.links.filter(chosen).update(state=State.REFUSED, error_code=code)
        _tell(job, meeting)


def _tell(job: Job, meeting: Meeting) -> None:
    """Renew the lease and write how many links there are of those that were ever wanted."""
    states = list(meeting.links.values_list("state", flat=True))
    queue.progress(
        job, wanted=len(states), made=states.count(State.MADE), refused=states.count(State.REFUSED)
    )
