"""Bring in everything a grant or an enterprise credential can see, also what was made elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from meetings import enrolment, occurrences, sync, work
from meetings.models import Meeting
from portal.accounts.credentials import grant_client, key_client, userid_of
from portal.accounts.models import EnterpriseCredential, Installation, Membership, Organisation, User
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import meetings, webinars
from portal.tencent.client import Client
from portal.tencent.errors import NotAllowed, NotThere, PlatformError
from portal.tencent.meetings import PastMeeting

GRANT, CREDENTIAL = "meetings.sync_grant", "meetings.sync_credential"
HISTORY = timedelta(days=31)
WEBINAR = 6
# Host and creator may handle a meeting; what somebody is merely invited to belongs to somebody else.
OWN_ROLES = ("creator", "hoster", "")
MOST_MISSING = 50


def pull_grant(job: Job, installation: Installation) -> None:
    """Bring in every meeting a grant can see: running and coming ones, and those of the last 31 days."""
    if installation.state != Installation.State.ALIVE:
        return
    organisation = installation.organisation
    of_grant(installation).update(connected=True)
    _pull(job, [(grant_client(installation), installation.user)], organisation)


def pull_credential(job: Job, credential: EnterpriseCredential) -> None:
    """Bring in every meeting that the enterprise credential can see of the members who connected here."""
    _pull(job, _speakers(credential), credential.organisation)


def of_grant(installation: Installation) -> QuerySet[Meeting]:
    """Give the meetings that were made with a grant."""
    mine = Meeting.objects.filter(organisation=installation.organisation_id, origin=Meeting.Origin.OAUTH)
    return mine.filter(creator_open_id=installation.open_id)


def _speakers(credential: EnterpriseCredential) -> Iterator[tuple[Client, User | None]]:
    """Give a client for the operator and for each member whom the enterprise knows by userid."""
    owners: dict[str, User | None] = {credential.operator_userid: None}
    for installation in credential.organisation.installations.select_related("user"):
        if userid := userid_of(credential, installation.open_id):
            owners[userid] = installation.user
    for userid, owner in owners.items():
        yield key_client(credential, userid), owner


def _pull(job: Job, speakers: Iterable[tuple[Client, User | None]], organisation: Organisation) -> None:
    made = refused = wanted = 0
    for client, owner in speakers:
        coming, past = _listed(client, timezone.now())
        wanted += len(coming) + len(past)
        queue.progress(job, wanted=wanted)
        for found in coming:
            made += bool(sync.take(found, organisation=organisation, owner=owner, client=client))
            queue.progress(job, made=made)
        for rows in past.values():
            taken = _take_past(rows, organisation=organisation, owner=owner, client=client)
            made, refused = made + taken, refused + (not taken)
            queue.progress(job, made=made, refused=refused)
        _look_after_missing(organisation, client, {found.meeting_id for found in coming})


def _listed(client: Client, now: datetime) -> tuple[list[meetings.Meeting], dict[str, list[PastMeeting]]]:
    coming = [found for found in meetings.list_upcoming(client) if found.join_meeting_role in OWN_ROLES]
    past: dict[str, list[PastMeeting]] = defaultdict(list)
    for row in meetings.history(client, start=now - HISTORY, end=now):
        past[row.meeting_id].append(row)
    return coming, past


def _take_past(
    rows: list[PastMeeting], *, organisation: Organisation, owner: User | None, client: Client
) -> bool:
    """Take in one meeting of the history; false where it is not this person's to handle."""
    first = rows[0]
    known = Meeting.objects.filter(organisation=organisation, meeting_id=first.meeting_id).first()
    settled = known and known.synced_at and not known.recurring and known.synced_at > known.end_at
    meeting = known if settled else _read_past(first, organisation, owner, client)
    if meeting is None:
        return False
    occurrences.hold_past(meeting, rows)
    return True


def _read_past(
    row: PastMeeting, organisation: Organisation, owner: User | None, client: Client
) -> Meeting | None:
    try:
        if row.meeting_type == WEBINAR:
            found: sync.Found = webinars.read(client, meeting_id=row.meeting_id)
        else:
            found = meetings.read(client, row.meeting_id)
    except (NotThere, NotAllowed):
        return None
    # The history also lists what somebody merely attended; only a creator is told the hosts (document 42418).
    foreign = isinstance(found, meetings.Meeting) and client.user_id not in found.hosts
    return None if foreign else sync.take(found, organisation=organisation, owner=owner, client=client)


def _look_after_missing(organisation: Organisation, client: Client, seen: set[str]) -> None:
    """Read again what should still be listed and is not: cancelled, deleted or moved, or a webinar."""
    mine = Meeting.objects.filter(
        organisation=organisation, state=Meeting.State.PLANNED, **sync.creator(client)
    )
    coming = mine.live_on_platform().filter(end_at__gt=timezone.now())
    for meeting in coming.exclude(meeting_id__in=seen)[:MOST_MISSING]:
        try:
            sync.refresh(meeting)
        except PlatformError as error:
            Meeting.objects.filter(pk=meeting.pk).update(error_code=type(error).__name__)


def queue_all() -> None:
    """Queue one pull for each living grant, each credential and each open enrolment (nightly)."""
    for installation in Installation.objects.alive():
        ask_grant(installation)
    for credential in EnterpriseCredential.objects.all():
        ask_credential(credential)
    open_to_enrol = Meeting.objects.live_on_platform().filter(enrolment=True, connected=True)
    for meeting in open_to_enrol.filter(end_at__gt=timezone.now() - timedelta(days=settings.SYNC_BACK_DAYS)):
        enrolment.ask_pull(meeting)


def ask(membership: Membership) -> bool:
    """Queue what a member's button brings in: their own grant, for an administrator the credential too."""
    organisation = membership.organisation
    grants = organisation.installations.alive().filter(user=membership.user)
    credentials = EnterpriseCredential.objects.filter(organisation=organisation)
    asked = [ask_grant(installation) for installation in grants]
    if membership.is_administrator:
        asked += [ask_credential(credential) for credential in credentials]
    return bool(asked)


def progress_of(membership: Membership) -> work.Progress | None:
    """Give the pull a member is waiting for."""
    grants = membership.organisation.installations.filter(user=membership.user).values_list("pk", flat=True)
    subjects = [f"installation:{pk}" for pk in grants]
    if membership.is_administrator:
        keys = EnterpriseCredential.objects.filter(organisation=membership.organisation)
        subjects += [f"credential:{pk}" for pk in keys.values_list("pk", flat=True)]
    return work.progress(Job.objects.filter(task__in=(GRANT, CREDENTIAL), subject__in=subjects))


def ask_grant(installation: Installation) -> Job:
    """Queue the pull of a grant's meetings."""
    subject, organisation = f"installation:{installation.pk}", installation.organisation_id
    return queue.enqueue(GRANT, subject=subject, organisation=organisation, installation_id=installation.pk)


def ask_credential(credential: EnterpriseCredential) -> Job:
    """Queue the pull of the meetings an enterprise credential can see."""
    subject, organisation = f"credential:{credential.pk}", credential.organisation_id
    return queue.enqueue(CREDENTIAL, subject=subject, organisation=organisation, credential_id=credential.pk)


def disconnect(installation: Installation) -> int:
    """Mark the meetings of a withdrawn grant as no longer connected; gives how many. May be repeated."""
    return of_grant(installation).update(connected=False)
