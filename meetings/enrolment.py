"""Enrolment: the form on the platform, who registered, and the organiser's yes or no."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from meetings import expecting, plan, work
from meetings.credentials import client_of
from meetings.models import Meeting, Registrant
from portal import phones
from portal.accounts.models import User
from portal.audit import chain
from portal.crypto import index_hash
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import enrolment as wire
from portal.tencent.enrolment import Action
from portal.tencent.enrolment_form import DEFAULT_QUESTIONS, EnrolmentConfig, Special

Status = Registrant.Status
PULL = "meetings.pull_registrants"
AT_ONCE = 50
# A webinar that fills up sends an event for everyone; one pull in this time serves them all.
PAUSE = timedelta(seconds=20)
OUTCOME = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REFUSED}


def configure(meeting: Meeting) -> None:
    """Write approval and staff rule into the form, our questions where it has none. May be repeated."""
    kind = plan.kind_of(meeting)
    client = client_of(meeting, "enrolment.write_config")
    present = wire.read_config(client, meeting.meeting_id, kind=kind)
    config = EnrolmentConfig(
        approve_by_hand=meeting.approval == Meeting.Approval.BY_HAND,
        # Questions that somebody wrote in the client stay.
        questions=None if present.questions else DEFAULT_QUESTIONS,
        # Older webinar pages do not know this rule (platform file 2, section 4): say it only where asked.
        no_registration_needed_for_staff=meeting.staff_need_no_enrolment
        or (None if meeting.is_webinar else False),
    )
    wire.write_config(client, meeting.meeting_id, kind=kind, config=config)


def ask_pull(meeting: Meeting, *, at_once: bool = True) -> Job:
    """Queue the pull of all registrants; an event may wait a little, so that many events make one pull."""
    last = Job.objects.about(work.subject_of(meeting)).filter(task=PULL, state=Job.State.DONE).first()
    due = last.ended_at + PAUSE if last and last.ended_at and not at_once else None
    return work.ask(PULL, meeting, due_at=due)


def progress_of(meeting: Meeting) -> work.Progress | None:
    """Give the pull of the registrants that is under way or stopped."""
    return work.progress(Job.objects.filter(subject=work.subject_of(meeting), task=PULL))


def pull(job: Job, meeting: Meeting) -> None:
    """Bring in all registrants by pages and let the list of expected people follow. May be repeated.

    Raises: PlatformError, NoCredential.
    """
    client = client_of(meeting, "enrolment.approvals")
    found = []
    for each in wire.approvals(client, meeting.meeting_id, kind=plan.kind_of(meeting)):
        found.append(each)
        if len(found) % AT_ONCE == 0:
            queue.progress(job, made=len(found))
    queue.progress(job, made=len(found), wanted=len(found))
    with transaction.atomic():
        store(meeting, found, now=timezone.now())
        queue.finish(job)


def store(meeting: Meeting, found: Sequence[wire.Registrant], *, now: datetime) -> None:
    """Write a whole list of registrants; who is no longer on it has cancelled. Call it in a transaction."""
    _lock(meeting)
    known = {row.enroll_id: row for row in meeting.registrants.all()}
    before = {enroll_id: row.status for enroll_id, row in known.items()}
    fresh, changed = [], []
    for each in found:
        row = known.get(str(each.enroll_id))
        if row is None:
            fresh.append(
                Registrant(meeting=meeting, enroll_id=str(each.enroll_id), seen_at=now, **_fields(each))
            )
        elif _overwrite(row, _fields(each)):
            changed.append(row)
    Registrant.objects.bulk_create(fresh)
    Registrant.objects.bulk_update(changed, [*_fields(found[0])] if changed else ["status"], batch_size=200)
    present = {str(each.enroll_id) for each in found}
    gone = [row.pk for enroll_id, row in known.items() if enroll_id not in present]
    meeting.registrants.exclude(pk__in=gone).update(seen_at=now)
    meeting.registrants.filter(pk__in=gone).update(status=Status.CANCELLED)
    expecting.follow(meeting, before, now=now)


def _lock(meeting: Meeting) -> None:
    """Let only one transaction at a time make people of registrants."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)


def _overwrite(row: Registrant, fields: dict[str, Any]) -> bool:
    differing = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _fields(each: wire.Registrant) -> dict[str, Any]:
    """Give the fields of a registrant's row; an imported row's nickname may be its phone (document 62022)."""
    imported = each.enroll_source_type == Registrant.Source.IMPORTED
    nickname_phone = _phone(each.nick_name)
    phone = _phone(each.answer(Special.PHONE)) or (nickname_phone if imported else "")
    name = each.answer(Special.NAME) or ("" if nickname_phone else each.nick_name)
    return {
        "status": each.status if each.status in Status.values else Status.PENDING,
        "source": Registrant.Source.IMPORTED if imported else Registrant.Source.SELF,
        "name": phones.scrub(name)[:200],
        "phone": phone,
        "phone_index": index_hash("phone", phone),
        "company": phones.scrub(each.answer(Special.COMPANY))[:200],
        "email": each.answer(Special.EMAIL)[:254],
        "userid": each.userid[:100],
        "open_id": each.open_id[:100],
        "ms_open_id": each.ms_open_id[:100],
        "answers": _answers(each),
        "enrolled_at": each.enroll_time,
    }


def _phone(text: str) -> str:
    """Read a phone somebody typed; what is none gives nothing, and the answer itself is kept."""
    try:
        found = phones.parse(text) if text else None
    except phones.BadPhone:
        return ""
    return found.e164 if found and found.mobile else ""


def _answers(each: wire.Registrant) -> str:
    told = [[answer.question_title, list(answer.answer_content)] for answer in each.answers]
    return json.dumps(told, ensure_ascii=False) if told else ""


def decide(meeting: Meeting, enroll_ids: Sequence[str], *, action: Action, by: User) -> int:
    """Approve or refuse registrants on the platform, let the list follow, queue a pull that shows what holds.

    Gives how many the platform handled. May be repeated.
    Raises: PlatformError, NoCredential.
    """
    outcome = OUTCOME[action]
    undecided = meeting.registrants.exclude(status__in=(outcome, Status.CANCELLED))
    asked = list(undecided.filter(enroll_id__in=enroll_ids).values_list("enroll_id", flat=True))
    if not asked:
        return 0
    client = client_of(meeting, "enrolment.decide")
    numbers = [int(enroll_id) for enroll_id in asked]
    kind = plan.kind_of(meeting)
    handled = wire.decide(client, meeting.meeting_id, kind=kind, enroll_ids=numbers, action=action)
    with transaction.atomic():
        _lock(meeting)
        before = dict(meeting.registrants.values_list("enroll_id", "status"))
        meeting.registrants.filter(enroll_id__in=asked).update(status=outcome)
        expecting.follow(meeting, before, now=timezone.now())
        chain.record(f"registrants.{outcome.name.lower()}", actor=by, organisation=meeting.organisation_id,
                     subject=meeting, enroll_ids=asked)  # fmt: skip
        ask_pull(meeting)
    return handled
