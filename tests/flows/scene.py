"""One scenario as an organiser lives it: by the product's pages, nouns and jobs, against the sandbox over HTTP.

Whatever stops on the way must say why where the organiser looks; then the organiser does what the page offers, and
goes on. Time is not waited for: the next piece of work that is due is brought forward.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from attendance import progress
from attendance.demo import files
from attendance.models import MatchRun
from attendance.words import without_word
from meetings import enrolment, work
from meetings.models import ExclusiveLink, ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import Installation, Membership
from portal.jobs.models import Job
from portal.jobs.words import REASONS, explain
from tests import rounds
from tests.desk import Sandbox
from tests.flows.postbox import Postbox

ZONE = "Asia/Shanghai"
PEOPLE, SEED = 20, 5
# So often somebody tries again what stopped; one fault at each call never needs so many.
PATIENCE = 12
BACKGROUND = ("meetings.sync_grant", "meetings.sync_credential")


@dataclass(frozen=True)
class Story:
    """What the organiser sets up in a scenario."""

    number: int
    webinar: bool = False
    enrolment: bool = False
    imports: bool = False
    links: bool = False


STORIES = {
    1: Story(1),
    2: Story(2, webinar=True, enrolment=True),
    3: Story(3, enrolment=True, imports=True),
    4: Story(4, enrolment=True, imports=True),
    5: Story(5, links=True),
}


@dataclass(frozen=True)
class Stop:
    """Where it stopped, with which code, and whether the page says so."""

    where: str
    code: str
    shown: bool


@dataclass
class Scene:
    """A scenario as far as it has come."""

    story: Story
    sandbox: Sandbox
    box: Postbox
    run_jobs: Callable[[], int]
    # How long pauses are, and a person takes to open the client: what the platform does late has happened by then.
    patience: float = 0
    stops: list[Stop] = field(default_factory=list)
    browser: Client = field(default_factory=Client)
    subject: str = field(default_factory=lambda: f"场景{uuid.uuid4().hex[:12]}")
    member: Membership = None
    meeting: Meeting = None
    expected: list[dict] = field(default_factory=list)

    def set_the_stage(self) -> "Scene":
        """Install and sign in, before anything is to fail."""
        self.member = rounds.install(self.sandbox.world, "administrator", credential=True)
        self.browser.force_login(self.member.user, backend="django.contrib.auth.backends.ModelBackend")
        self.box.subscribe(self.sandbox)
        # What an earlier scene left, and bringing in all other meetings of this sandbox, are other stories.
        Job.objects.all().delete()
        return self

    def live(self) -> "Scene":
        """Live through it from planning to the day after."""
        self.plan()
        self.upload()
        self.invite()
        self.sleep_over_it()
        self.hold()
        return self

    # what the organiser does

    def plan(self) -> None:
        """Fill in the form for a meeting that began a while ago."""
        for _ in range(PATIENCE):
            answer = self._send_form()
            if answer.status_code == 302:
                break
            self._stopped("plan", "refused", bool(answer.context["form"].errors))
        self.meeting = Meeting.objects.get(subject=self.subject)
        self.settle()
        self._confirm()

    def upload(self) -> None:
        """Upload the list, look, say yes."""
        told = self.sandbox.get(f"scenarios/{self.story.number}", people=PEOPLE, seed=SEED)
        self.expected = told["expected"]
        if not self.expected:
            return
        file = SimpleUploadedFile("名单.csv", files.as_gb18030_csv(self.expected))
        shown = self.browser.post(self._page("upload"), {"file": file, "into": "new", "list_name": "名单"})
        self.settle()
        preview = self.browser.get(shown["Location"])
        digest = preview.context["confirm"].initial["digest"]
        self.browser.post(f"{shown['Location']}confirm/", {"digest": digest})
        self.settle()
        assert self.meeting.people.present().count() == len(self.expected)

    def invite(self) -> None:
        """Let people register, import the list, make the links."""
        if self.story.enrolment:
            self._desk("register")
            self.settle()
        if self.story.imports:
            self._again_until(self._import, lambda: not self.meeting.people.to_import().exists())
        if self.story.links:
            self._again_until(self._issue, lambda: not self._without_link().exists())

    def sleep_over_it(self) -> None:
        """Let the night's work read the meeting again, as it does for all that are still to come."""
        work.ask("meetings.refresh", self.meeting)
        if self.story.enrolment:
            enrolment.ask_pull(self.meeting)
        self.settle()
        self._confirm()

    def hold(self) -> None:
        """Let the meeting be held; the tokens of the grant run out meanwhile."""
        links = self.meeting.links.filter(state=ExclusiveLink.State.MADE).select_related("person")
        told = self._desk("play", links={self.key(link.person): link.url for link in links}, events={"send": False})
        assert told["people"] > 0
        Installation.objects.update(expires_at=timezone.now())
        window = self.sandbox.get(f"truth/{self.meeting.meeting_id}")["window"]
        for event, at in (("meeting.started", window["started"]), ("meeting.end", window["ended"])):
            self.sandbox.post("events/send", meeting_id=self.meeting.meeting_id, event=event, at=at)
        self.settle()
        self._again_until(self._pull, self._is_complete)

    # how it goes on

    def settle(self) -> None:
        """Do all work there is, whenever it is due, and start again what was parked, as its page offers."""
        for _ in range(60):
            self.box.empty(self.sandbox)
            self.run_jobs()
            self._note_degraded()
            self._note_parked()
            if self._connect_again() or self._bring_forward() or self._start_again():
                continue
            return
        raise AssertionError(f"the work does not come to an end: {jobs()}")

    def _bring_forward(self) -> bool:
        waiting = Job.objects.filter(state=Job.State.WAITING).order_by("due_at").first()
        if waiting is None:
            return False
        # A pause is at least as long as a platform may be late.
        time.sleep(self.patience if waiting.error_code else 0)
        Job.objects.filter(pk=waiting.pk).update(due_at=timezone.now())
        return True

    def _start_again(self) -> bool:
        """Press the button beside what is parked."""
        parked = list(progress.unanswered())
        for job in parked:
            self.browser.post(reverse("attendance:start_again", args=[job.pk]))
        return bool(parked)

    def _note_parked(self) -> None:
        """Note what is parked; the meeting's page must say why, and offer to start it again."""
        for job in progress.unanswered():
            page = self._look("attendance:meeting")
            said = explain(job.error_code, job.error_detail) in page and job.error_code in REASONS
            offered = reverse("attendance:start_again", args=[job.pk]) in page
            self._stopped(job.task, job.error_code, said and offered)

    def _note_degraded(self) -> None:
        """Note what the results had to do without; it must be said beside them."""
        for run in MatchRun.objects.filter(current=True, occurrence__meeting=self.meeting):
            for key in run.counts["without"]:
                self._stopped("results", f"without {key}", str(without_word(key)) in self._look("attendance:results"))

    def _connect_again(self) -> bool:
        """Sign in again where a grant is gone, which the first page says."""
        if not Installation.objects.filter(state=Installation.State.GONE).exists():
            return False
        home = unescape(self.browser.get(reverse("home")).content.decode())
        self._stopped("connection", "GrantGone", gettext("Connect again") in home)
        rounds.sign_in(Client(), self.member.user.open_id)
        Job.objects.filter(task__in=BACKGROUND).delete()
        return True

    def _again_until(self, press: Callable[[], object], done: Callable[[], bool]) -> None:
        """Press a button, do the work, and press again as long as the page says that something is left."""
        for attempt in range(PATIENCE):
            if attempt:
                self._stopped(press.__name__.strip("_"), "left over", True)
            press()
            self.settle()
            if done():
                return
        raise AssertionError(f"{press.__name__} does not come to an end: {jobs()} {self.stops}")

    def _confirm(self) -> None:
        """Settle a meeting whose creation was not confirmed, as its page offers."""
        for _ in range(PATIENCE):
            self.meeting.refresh_from_db()
            if self.meeting.state == Meeting.State.PLANNED:
                return
            if self.meeting.state == Meeting.State.LOST:
                self._refresh()
            else:
                self._find()
            self.settle()
        raise AssertionError(f"the meeting stays {self.meeting.state}: {self.stops}")

    def _refresh(self) -> None:
        page = self._look("attendance:meeting")
        self._stopped("plan", "lost", str(REASONS["NotThere"]) in page and self._page("refresh") in page)
        self.browser.post(self._page("refresh"))

    def _find(self) -> None:
        """Look into the client: enter the code that it shows, or make the meeting once more."""
        time.sleep(self.patience)
        page = self._look("meetings:unconfirmed")
        self._stopped("plan", "unconfirmed", self._page("unconfirmed") in self._look("attendance:meeting") or bool(page))
        there = [each for each in self.sandbox.get("meetings") if each["subject"] == self.subject]
        told = {"action": "code", "code": there[-1]["meeting_code"]} if there else {"action": "again"}
        self.browser.post(self._page("unconfirmed"), told)

    # single steps

    def _send_form(self) -> HttpResponse:
        address = f"{reverse('meetings:create')}?kind={'webinar' if self.story.webinar else 'meeting'}"
        form = self.browser.get(address).context["form"]
        start = timezone.now().astimezone(ZoneInfo(ZONE)).replace(second=0, microsecond=0) - timedelta(minutes=75)
        end = start + timedelta(minutes=60)
        values = {name: form[name].value() for name in form.fields}
        values |= {"subject": self.subject, "start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}"}
        values |= {"enrolment": "on", "approval": "1"} if self.story.enrolment else {}
        return self.browser.post(address, {name: value for name, value in values.items() if value not in (None, False)})

    def _import(self) -> None:
        self.browser.post(self._page("people_import"), {"again": "1"})

    def _issue(self) -> None:
        # Refused links are wanted again only where they are chosen.
        chosen = {"row": list(self._without_link().values_list("pk", flat=True))}
        self.browser.post(self._page("links_issue"), chosen)

    def _pull(self) -> None:
        self.browser.post(reverse("attendance:pull", args=[self.meeting.pk]))

    def _without_link(self) -> QuerySet[ExpectedPerson]:
        return self.meeting.people.present().exclude(link__state=ExclusiveLink.State.MADE)

    def _is_complete(self) -> bool:
        run = MatchRun.objects.filter(current=True, occurrence__meeting=self.meeting).first()
        settled = self.meeting.occurrences.filter(state=Occurrence.State.SETTLING).exists()
        return bool(run and not run.counts["without"] and settled)

    def _desk(self, what: str, **more: object) -> dict:
        told = {"meeting_id": self.meeting.meeting_id, "people": PEOPLE, "seed": SEED}
        return self.sandbox.post(f"scenarios/{self.story.number}/{what}", **told, **more)

    def _page(self, name: str) -> str:
        return reverse(f"meetings:{name}", args=[self.meeting.pk])

    def _look(self, name: str) -> str:
        page = self.browser.get(reverse(name, args=[self.meeting.pk]))
        assert page.status_code == 200
        return unescape(page.content.decode())

    def _stopped(self, where: str, code: str, shown: bool) -> None:
        stop = Stop(where, code, shown)
        self.stops += [] if stop in self.stops else [stop]

    def key(self, person: ExpectedPerson) -> str:
        """Give the sandbox's key of somebody on the uploaded list."""
        return self.expected[person.row - files.FIRST_LINE]["key"]


def jobs() -> list[tuple]:
    """Give all jobs that did not end well, for whoever looks why it stopped."""
    rows = Job.objects.exclude(state=Job.State.DONE).annotate(code=F("error_code"))
    return list(rows.values_list("task", "state", "code", "error_detail", "attempts"))
