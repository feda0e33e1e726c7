"""Order work on an occurrence, follow it, start it again, and say when results are final."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance import course, progress, rules, visits
from attendance.views.frame import Frame, open_frame
from meetings.models import Meeting, Occurrence
from portal.accounts.access import decider, member, planner
from portal.jobs import queue
from portal.jobs.models import Job

# htmx stops asking when it gets this.
STOP_POLLING = 286


@decider
@require_POST
def pull(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a pull of the platform's rows."""
    page = _with_occurrence(request, pk)
    visits.order(page.occurrence)
    messages.success(request, _("The pull is queued; the figures follow by themselves."))
    return page.redirect("results")


@member
@require_safe
def show_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the work is; when nothing moves any more, end the asking and let the figures follow."""
    page = open_frame(request, pk)
    scope = progress.WHOLE if request.GET.get("scope") == progress.WHOLE else progress.RESULTS
    work = page.work(scope)
    answer = page.render("attendance/_work_part.html", "", work=work)
    if not work.moving:
        answer.status_code = STOP_POLLING
        answer["HX-Trigger"] = "work-done"
    return answer


@planner
@require_POST
def start_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a parked job back into the queue."""
    job = get_object_or_404(Job.objects.of_organisation(request.membership.organisation_id), pk=pk)
    meeting = _meeting_of(request, job)
    if meeting is None and not request.membership.is_administrator:
        raise Http404
    if queue.start_again(job):
        messages.success(request, _("It was started again."))
    else:
        messages.info(request, _("It is under way already."))
    return redirect("attendance:meeting", pk=meeting.pk) if meeting else redirect("home")


def _meeting_of(request: HttpRequest, job: Job) -> Meeting | None:
    """Give the meeting a job is about, if the member may change it."""
    kind, _colon, number = job.subject.partition(":")
    ours = Meeting.objects.changeable_by(request.membership)
    if kind == "occurrence" and number.isdigit():
        return ours.filter(pk__in=Occurrence.objects.filter(pk=number).values("meeting")).first()
    return ours.filter(pk=number).first() if kind == "meeting" and number.isdigit() else None


@planner
@require_POST
def finalise(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the results final: rule and policy stay as they are."""
    page = _with_occurrence(request, pk)
    seen, present = request.POST.get("rule"), rules.in_force(page.meeting)
    if seen and seen != present.version:
        messages.warning(request, _("The rule was changed meanwhile. Look at what it says before you make the results final."))
        return page.redirect("rule")
    if course.finalise(page.occurrence, request.user, page.now):
        messages.success(request, _("The results are final. You can re-open them at any time."))
    else:
        messages.error(request, _("Only a meeting that is over and was pulled can be made final."))
    return page.redirect("results")


@planner
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take "final" back."""
    page = _with_occurrence(request, pk)
    course.reopen(page.occurrence, request.user, page.now)
    messages.success(request, _("The results are open again."))
    return page.redirect("results")


def _with_occurrence(request: HttpRequest, pk: int) -> Frame:
    """Open a meeting that was or will be held. Raises: Http404."""
    page = open_frame(request, pk)
    if page.occurrence is None:
        raise Http404
    return page
