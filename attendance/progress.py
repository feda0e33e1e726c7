"""The work that goes on about a meeting, as its pages and the home page show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance import visits
from attendance.stages import Stage
from meetings.models import Meeting, Occurrence
from meetings.work import subject_of
from portal.jobs.models import Job
from portal.jobs.words import explain

# Work that is due this soon is worth waiting for on the page.
SOON = timedelta(seconds=15)
KEPT = timedelta(days=14)

TITLES: dict[str, Promise] = {
    "attendance.pull": _("Pulling attendance"),
    "attendance.pull_later": _("Planned pull"),
    "attendance.match": _("Matching people"),
    "attendance.match_meeting": _("Matching again after a change of the list"),
    "meetings.issue_links": _("Making exclusive links"),
    "meetings.import_people": _("Importing the list into enrolment"),
    "meetings.pull_registrants": _("Pulling registrations"),
    "meetings.refresh": _("Reading the meeting from Tencent Meeting"),
    "meetings.look_for": _("Looking whether the meeting was created"),
    "meetings.set_up": _("Setting up enrolment"),
    "meetings.sync_grant": _("Pulling meetings from Tencent Meeting"),
    "meetings.sync_credential": _("Pulling meetings from Tencent Meeting"),
}
STAGES: dict[int, Promise] = {
    Stage.VISITS: _("reading visits"),
    Stage.PARTICIPANTS: _("putting participants together"),
    Stage.PLATFORM: _("asking Tencent Meeting who they are"),
    Stage.LIST: _("reading the list"),
    Stage.MATCHING: _("comparing with the list"),
    Stage.MINUTES: _("counting minutes"),
    Stage.STORING: _("storing results"),
}
PLANNED = "attendance.pull_later"
RESULTS, WHOLE = "results", "whole"


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of work in words: what it is, how far, and why it stopped; `moving` means worth waiting for."""

    job: Job
    title: str | Promise
    error: str
    moving: bool

    @property
    def stage(self) -> str | Promise:
        """Say what a matching does at this moment."""
        known = self.job.task == "attendance.match" and self.job.state == Job.State.RUNNING and self.job.wanted
        return STAGES.get(self.job.made, "") if known else ""

    @property
    def stopped(self) -> bool:
        """Whether somebody must start it again."""
        return self.job.state == Job.State.FAILED

    @property
    def waits(self) -> bool:
        """Whether it is tried again by itself, later."""
        return self.job.state == Job.State.WAITING and not self.moving


@dataclass(frozen=True, slots=True)
class Work:
    """The work a page shows; `scope` tells the fragment which."""

    scope: str
    lines: list[Line]

    @property
    def moving(self) -> bool:
        """Whether the page should look again in a moment."""
        return any(line.moving for line in self.lines)


def of(scope: str, meeting: Meeting, occurrence: Occurrence | None) -> Work:
    """Give the work on what happened in an occurrence, or also on the meeting's plan (scope WHOLE)."""
    subjects = [visits.subject(occurrence)] if occurrence else []
    subjects += [subject_of(meeting)] if scope == WHOLE else []
    return Work(scope, _lines(subjects, timezone.now()))


def unanswered() -> QuerySet[Job]:
    """Parked jobs whose like has neither succeeded nor been tried since."""
    later = Job.objects.filter(key=OuterRef("key"), pk__gt=OuterRef("pk"))
    return Job.objects.filter(~Exists(later), state=Job.State.FAILED)


def line(job: Job, now: datetime) -> Line:
    """Put a job into words."""
    running = job.state == Job.State.RUNNING or (job.state == Job.State.WAITING and job.due_at <= now + SOON)
    return Line(job, TITLES.get(job.task, job.task), explain(job.error_code, job.error_detail), running)


def _lines(subjects: list[str], now: datetime) -> list[Line]:
    ours = Job.objects.filter(subject__in=subjects).exclude(task=PLANNED)
    parked = unanswered().filter(subject__in=subjects, ended_at__gt=now - KEPT).exclude(task=PLANNED)
    shown = ours.filter(Q(state__in=Job.OPEN) | Q(pk__in=parked.values("pk")))
    return [line(job, now) for job in shown.order_by("pk")]
