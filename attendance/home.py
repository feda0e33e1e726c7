"""What needs a member: meetings to come, matches to review, work that stopped, grants that ended, first steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance import alarms, progress
from attendance.models import MatchRun
from meetings.models import AWAITED, ExpectedPerson, Meeting, Occurrence, Upload
from portal.accounts import capabilities
from portal.accounts.models import Installation, Membership
from portal.jobs.models import Job

AHEAD = timedelta(days=30)
NEAR = timedelta(days=3)
BACK = timedelta(days=60)
MOST_COMING, MOST_RECENT, MOST_OF_A_KIND, MOST_JOBS = 6, 5, 5, 50

State = Occurrence.State
Item = dict[str, object]


@dataclass(frozen=True, slots=True)
class Recent:
    """The results of one occurrence in a line."""

    run: MatchRun
    occurrence: Occurrence

    @property
    def parts(self) -> list[tuple[str, int]]:
        """How the list is made up."""
        counts = self.run.counts
        return [(state, counts.get(state, 0)) for state in ("attended", "partly", "absent", "undecided")]


@dataclass(frozen=True, slots=True)
class Board:
    """What the home page shows."""

    coming: list[Occurrence]
    needs: list[Item]
    recent: list[Recent]
    to_review: int
    first_steps: list[Item]


def board(membership: Membership, now: datetime) -> Board:
    """Read everything that needs a member, in a handful of queries."""
    visible = Meeting.objects.visible_to(membership).order_by().values("pk")
    occurrences = Occurrence.objects.filter(meeting__in=visible).select_related("meeting")
    coming = list(_coming(occurrences, now))
    runs = list(_runs(visible, now))
    stopped = list(_stopped(membership, visible))
    needs = [*_barred(runs, now), *_grants(membership), *_doubtful(runs), *_jobs(stopped), *_lists(visible, coming, now)]
    recent = [Recent(run, run.occurrence) for run in runs if not run.live][:MOST_RECENT]
    to_review = sum(_waiting(run) for run in runs)
    # A person who has meetings has taken the first steps.
    begun = bool(coming or runs) or visible.exists()
    return Board(coming, needs, recent, to_review, [] if begun else first_steps(membership))


def _coming(occurrences: QuerySet[Occurrence], now: datetime) -> QuerySet[Occurrence]:
    """Give what runs or comes next, each with how many are expected."""
    soon = Q(end_at__gt=now, start_at__lt=now + AHEAD, state__in=(State.PLANNED, State.RUNNING))
    standing = occurrences.filter(soon | Q(state=State.RUNNING), meeting__state=Meeting.State.PLANNED)
    listed = Count("meeting__people", filter=Q(meeting__people__removed_at=None, meeting__people__kind__in=AWAITED))
    return standing.annotate(listed=listed).order_by("start_at", "pk")[:MOST_COMING]


def _runs(visible: QuerySet, now: datetime) -> QuerySet[MatchRun]:
    """Give the results of the last weeks, newest first."""
    recent = MatchRun.objects.filter(current=True, occurrence__meeting__in=visible, occurrence__start_at__gt=now - BACK)
    return recent.select_related("occurrence__meeting").order_by("-occurrence__start_at", "-pk")


def _waiting(run: MatchRun) -> int:
    return run.counts.get("review", 0) + run.counts.get("conflict", 0)


def _barred(runs: list[MatchRun], now: datetime) -> Iterator[Item]:
    """Say where barred people are, or were in these days, and where somebody may be one of them."""
    fresh = [run for run in runs if run.live or run.occurrence.end_at > now - NEAR]
    for run in [run for run in fresh if any(alarms.number_of(run))][:MOST_OF_A_KIND]:
        there, maybe = alarms.number_of(run)
        yield {
            "status": "barred",
            "title": alarms.title(run, there) if there else alarms.maybe_title(maybe),
            "meta": run.occurrence.meeting.subject,
            "url": _url("attendance:results" if there else "attendance:review", run.occurrence),
            "end": there or maybe,
        }


def _doubtful(runs: list[MatchRun]) -> Iterator[Item]:
    """Say where participants wait for a human, conflicts first."""
    waiting = [run for run in runs if _waiting(run)]
    for run in sorted(waiting, key=lambda run: not run.counts.get("conflict"))[:MOST_OF_A_KIND]:
        number = _waiting(run)
        conflict = bool(run.counts.get("conflict"))
        yield {
            "status": "conflict" if conflict else "review",
            "title": ngettext("%(number)d participant to review", "%(number)d participants to review", number)
            % {"number": number},
            "meta": run.occurrence.meeting.subject,
            "url": _url("attendance:review", run.occurrence),
            "end": number,
        }


def _stopped(membership: Membership, visible: QuerySet) -> Iterator[tuple[Job, str, str]]:
    """Give parked jobs with the subject and address of the meeting they are about; others only to administrators."""
    parked = progress.unanswered().of_organisation(membership.organisation_id).order_by("-pk")[:MOST_JOBS]
    numbers = [(job, *_about(job)) for job in parked]
    meetings = {number for _job, kind, number in numbers if kind == "meeting"}
    occurrences = {number for _job, kind, number in numbers if kind == "occurrence"}
    if not numbers:
        return
    shown = Occurrence.objects.filter(Q(meeting__in=meetings) | Q(pk__in=occurrences), meeting__in=visible)
    found = list(shown.select_related("meeting"))
    by = {("occurrence", each.pk): each.meeting for each in found}
    by |= {("meeting", each.meeting_id): each.meeting for each in found}
    for job, kind, number in numbers:
        meeting = by.get((kind, number))
        if meeting:
            yield job, meeting.subject, reverse("attendance:meeting", args=[meeting.pk])
        elif kind == "" and membership.is_administrator:
            yield job, str(membership.organisation), reverse("meetings:list")


def _about(job: Job) -> tuple[str, int]:
    kind, _colon, number = job.subject.partition(":")
    return (kind, int(number)) if kind in ("meeting", "occurrence") and number.isdigit() else ("", 0)


def _jobs(stopped: list[tuple[Job, str, str]]) -> Iterator[Item]:
    for job, subject, url in stopped[:MOST_OF_A_KIND]:
        line = progress.line(job, job.due_at)
        yield {"status": "failed", "title": f"{line.title} · {subject}", "meta": line.error, "url": url, "job": job.pk}


def _grants(membership: Membership) -> Iterator[Item]:
    """Say whose connection ended: one's own, for administrators everybody's."""
    gone = Installation.objects.filter(organisation=membership.organisation_id, state=Installation.State.GONE)
    ours = gone if membership.is_administrator else gone.filter(user=membership.user_id)
    for installation in ours.select_related("user")[:MOST_OF_A_KIND]:
        mine = installation.user_id == membership.user_id
        name = {"name": installation.user}
        yield {
            "status": "lost",
            "title": _("Connect again") if mine else _("%(name)s must connect again") % name,
            "meta": _("The connection to Tencent Meeting ended; meetings made with it cannot be read."),
            "url": reverse("accounts:account"),
        }


def _lists(visible: QuerySet, coming: list[Occurrence], now: datetime) -> Iterator[Item]:
    """Say which lists lack something: dropped rows, an upload without a yes, no list shortly before the meeting."""
    meetings = {occurrence.meeting_id for occurrence in coming}
    people = ExpectedPerson.objects.present().filter(imported=ExpectedPerson.Import.DROPPED, meeting__in=meetings)
    dropped = people.order_by().values("meeting", "meeting__subject")
    for row in dropped.annotate(count=Count("pk"))[:MOST_OF_A_KIND]:
        title = ngettext("%(number)d row dropped by the platform", "%(number)d rows dropped by the platform", row["count"])
        url = reverse("meetings:people", args=[row["meeting"]]) + "?imported=dropped"
        yield {"status": "dropped", "title": title % {"number": row["count"]}, "meta": row["meeting__subject"], "url": url,
               "end": row["count"]}  # fmt: skip
    uploads = Upload.objects.filter(meeting__in=visible, state=Upload.State.WAITING, expires_at__gt=now)
    waiting = list(uploads.select_related("meeting").defer("body")[:MOST_OF_A_KIND])
    for upload in waiting:
        url = reverse("meetings:upload_preview", args=[upload.meeting_id, upload.pk])
        yield {"status": "waiting", "title": _("An uploaded list waits for your yes"), "meta": upload.meeting.subject, "url": url}
    uploaded = {upload.meeting_id for upload in waiting}
    for occurrence in coming:
        bare = not occurrence.listed and occurrence.meeting_id not in uploaded
        if bare and occurrence.start_at < now + NEAR:
            url = reverse("meetings:people", args=[occurrence.meeting_id])
            title, subject = _("The list is not uploaded yet"), occurrence.meeting.subject
            yield {"status": "undecided", "title": title, "meta": subject, "url": url}


def first_steps(membership: Membership) -> list[Item]:
    """Give the first-run guide; what is done shows as done."""
    connected = capabilities.standing(membership).grant == capabilities.ALIVE
    create = {"url": reverse("meetings:create"), "action": _("Create a meeting")}
    connect = {"url": reverse("accounts:account"), "action": _("Connect")}
    return [
        {"state": "done" if connected else "current", "title": _("Connect Tencent Meeting"),
         "text": _("Your sign-in connects the portal with your account."), **connect},
        {"state": "current" if connected else "todo", "title": _("Create or pull a meeting"),
         "text": _("Create it here: then the portal can read who came."), **create},
        {"state": "todo", "title": _("Upload the list"), "text": _("CSV or Excel; faulty rows are named one by one.")},
        {"state": "todo", "title": _("Give everybody a way in"),
         "text": _("Exclusive links or enrolment: they are the proof of who came.")},
        {"state": "todo", "title": _("Read who came"),
         "text": _("Shortly after the meeting: attended, partly, absent, and everybody not on the list.")},
    ]  # fmt: skip


def _url(name: str, occurrence: Occurrence) -> str:
    kept = f"?occurrence={occurrence.pk}" if occurrence.meeting.recurring else ""
    return reverse(name, args=[occurrence.meeting_id]) + kept
