"""What all pages about one meeting share: the meeting, the occurrence looked at, its current run, the tabs."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from attendance import alarms, cases, progress
from attendance.models import MatchRun, Pull
from attendance.runs import current_run
from attendance.versions import proposed_run
from meetings.lists.people import may_reveal
from meetings.models import Meeting, Occurrence
from meetings.tabs import tabs
from portal.accounts.models import Membership

CHOSEN = "occurrence"
LISTS = ("results", "walk_ins")
VERSION = "run"
# Digits of the largest id.
LONGEST = 18


@dataclass
class Frame:
    """One meeting as a member looks at it; `occurrence` is None for a meeting that has none yet."""

    request: HttpRequest
    meeting: Meeting
    occurrences: list[Occurrence]
    occurrence: Occurrence | None
    now: datetime

    @property
    def member(self) -> Membership:
        """Who is looking."""
        return self.request.membership

    @cached_property
    def current(self) -> MatchRun | None:
        """The results that count."""
        run = current_run(self.occurrence) if self.occurrence else None
        if run:
            # It need not be read again for its meeting.
            run.occurrence = self.occurrence
        return run

    @cached_property
    def run(self) -> MatchRun | None:
        """The results shown: those that count, or the version the address asks for. Raises: Http404."""
        asked = self.request.GET.get(VERSION, "")
        if not asked or (self.current and str(self.current.number) == asked):
            return self.current
        run = get_object_or_404(MatchRun, occurrence=self.occurrence, number=number(asked) or 0)
        run.occurrence = self.occurrence
        return run

    @cached_property
    def proposed(self) -> MatchRun | None:
        """The version that waits to be applied, after results were made final."""
        return proposed_run(self.occurrence) if self.occurrence and self.current and self.current.final else None

    @property
    def is_other_version(self) -> bool:
        """Whether what is shown is not what counts."""
        return self.run is not self.current

    @cached_property
    def last_pull(self) -> Pull | None:
        """The newest reading of the platform's rows that came to its end."""
        done = self.occurrence.pulls.filter(state=Pull.State.DONE) if self.occurrence else Pull.objects.none()
        return done.first()

    @property
    def to_review(self) -> int:
        """How many participants wait for a human; what was said since results were made final waits no more."""
        if self.proposed:
            return cases.waiting(self.current).count()
        counts = self.current.counts if self.current else {}
        return counts.get("review", 0) + counts.get("conflict", 0)

    @cached_property
    def alarms(self) -> list[alarms.Item]:
        """Who is there although they are barred."""
        return alarms.items(self.run, self.url) if self.run else []

    @property
    def may_plan(self) -> bool:
        """Whether the member may change the plan and order work."""
        return self.member.may_plan

    @property
    def may_decide(self) -> bool:
        """Whether the member may decide who is who; only what counts is decided."""
        return self.member.may_decide and not self.is_other_version

    @property
    def may_second(self) -> bool:
        """Whether the member may confirm what somebody else decided."""
        return self.member.may_second and not self.is_other_version

    @property
    def may_reveal(self) -> bool:
        """Whether the member may see whole phone numbers of this meeting."""
        return may_reveal(self.member, self.meeting)

    def work(self, scope: str) -> progress.Work:
        """Give the work that goes on about what this page shows."""
        return progress.of(scope, self.meeting, self.occurrence)

    @property
    def query(self) -> str:
        """The part of an address that keeps the chosen occurrence and version; empty where there is no choice."""
        return f"?{urlencode(self._kept)}" if self._kept else ""

    @property
    def _kept(self) -> dict[str, object]:
        version = {VERSION: self.run.number} if self.is_other_version else {}
        return self.occasion | version

    @property
    def occasion(self) -> dict[str, object]:
        """What keeps the chosen occurrence in an address; nothing where there is no choice."""
        return {CHOSEN: self.occurrence.pk} if self.meeting.recurring and self.occurrence else {}

    def url(self, name: str, *args: object, **query: object) -> str:
        """Give the address of a page about this occurrence, in the version that is shown."""
        asked = urlencode(query | self._kept)
        # Whoever follows a figure wants its rows, which lie below the charts.
        rows = "#people" if query and name in LISTS else ""
        return reverse(f"attendance:{name}", args=[self.meeting.pk, *args]) + (f"?{asked}" if asked else "") + rows

    def redirect(self, name: str, *args: object, **query: object) -> HttpResponse:
        """Send the reader to a page about this occurrence."""
        return redirect(self.url(name, *args, **query))

    def render(self, template: str, tab: str, **context: object) -> HttpResponse:
        """Render a page of this meeting, its times in the meeting's zone."""
        shared = {"page": self, "meeting": self.meeting, "occurrence": self.occurrence, "run": self.run}
        with timezone.override(ZoneInfo(self.meeting.zone)):
            return render(self.request, template, {**shared, "tabs": self._tabs(tab), **context})

    def _tabs(self, current: str) -> list[dict[str, object]]:
        """Give the tabs, those about what happened keeping the chosen occurrence."""
        shown = tabs(self.meeting, current)
        ours = {reverse(f"attendance:{name}", args=[self.meeting.pk]) for name in ("meeting", "results", "review")}
        for tab in shown:
            if tab["url"] == reverse("attendance:review", args=[self.meeting.pk]):
                tab |= {"count": self.to_review, "tone": "look"}
            tab["url"] += f"?{urlencode(self.occasion)}" if self.occasion and tab["url"] in ours else ""
        return shown


def open_frame(request: HttpRequest, pk: int) -> Frame:
    """Open a meeting the member may see, at the occurrence asked for or the one most likely meant.

    Raises: Http404 for a meeting of others, or an occurrence of another meeting.
    """
    visible = Meeting.objects.visible_to(request.membership).select_related("organisation", "owner")
    meeting = get_object_or_404(visible, pk=pk)
    occurrences = list(meeting.occurrences.all())
    for occurrence in occurrences:
        occurrence.meeting = meeting
    now = timezone.now()
    asked = request.GET.get(CHOSEN) or request.POST.get(CHOSEN)
    return Frame(request, meeting, occurrences, _chosen(occurrences, asked, now), now)


def _chosen(occurrences: list[Occurrence], asked: str | None, now: datetime) -> Occurrence | None:
    """Give the occurrence asked for; else the running one, the last that began, or the next."""
    if asked:
        found = [each for each in occurrences if str(each.pk) == asked]
        if not found:
            raise Http404
        return found[0]
    held = [each for each in occurrences if each.state != Occurrence.State.CANCELLED] or occurrences
    running = [each for each in held if each.state == Occurrence.State.RUNNING]
    begun = [each for each in held if each.start_at <= now]
    return next(iter(running or begun[-1:] or held[:1]), None)


def number(text: str) -> int | None:
    """Give a number out of an address or a form; None for anything else, and for what no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
