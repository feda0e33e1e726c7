"""Bring meetings in from the platform, read one again, and settle one whose creation was not confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from meetings import create, pulling, sync
from meetings.forms import CodeForm
from meetings.models import Meeting
from meetings.words import FAILURES, say
from portal.accounts.access import member, planner

# htmx stops asking when it gets this.
STOP_POLLING = 286


@planner
@require_POST
def sync_meetings(request: HttpRequest) -> HttpResponse:
    """Queue the pull of everything the member's grant, and for administrators the credential, can see."""
    if not pulling.ask(request.membership):
        messages.error(request, _("You are not connected to Tencent Meeting. Sign in again to connect."))
    return redirect("meetings:list")


@member
def sync_progress(request: HttpRequest) -> HttpResponse:
    """Show how far the pull is; reload the list when it is done."""
    progress = pulling.progress_of(request.membership)
    answer = render(request, "meetings/_meeting_progress.html", {"progress": progress})
    if progress is None or progress.finished:
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true" if progress is None or not progress.error else "false"
    return answer


@planner
def add_meeting(request: HttpRequest) -> HttpResponse:
    """Take in a meeting or webinar by its code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = request.membership.organisation
        try:
            meeting = sync.add_by_code(form.cleaned_data["code"], organisation=organisation, by=request.user)
        except FAILURES as error:
            form.add_error("code", say(error))
        else:
            messages.success(request, _("“%(subject)s” was added.") % {"subject": meeting.subject})
            return redirect("attendance:meeting", pk=meeting.pk)
    return render(request, "meetings/meeting_add.html", {"form": form})


@planner
@require_POST
def refresh_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one meeting's details again."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    try:
        sync.refresh(meeting)
    except FAILURES as error:
        messages.error(request, say(error))
    else:
        messages.success(request, _("The details were read from Tencent Meeting."))
    return redirect("attendance:meeting", pk=pk)


@planner
def settle_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle an unconfirmed meeting: look again, enter its code, or create it once more."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    if meeting.state not in sync.UNSURE:
        return redirect("attendance:meeting", pk=pk)
    action = request.POST.get("action", "")
    form = CodeForm(request.POST if action == "code" else None)
    if request.method == "POST" and (action != "code" or form.is_valid()):
        try:
            settled = _settle(request, meeting, action, form)
        except FAILURES as error:
            messages.error(request, say(error))
            return redirect("meetings:unconfirmed", pk=pk)
        if settled.state == Meeting.State.PLANNED:
            messages.success(request, _("“%(subject)s” is confirmed.") % {"subject": settled.subject})
            return redirect("attendance:meeting", pk=pk)
        messages.warning(request, _("Tencent Meeting does not list this meeting."))
        return redirect("meetings:unconfirmed", pk=pk)
    return render(request, "meetings/meeting_unconfirmed.html", {"meeting": meeting, "form": form})


def _settle(request: HttpRequest, meeting: Meeting, action: str, form: CodeForm) -> Meeting:
    if action == "code":
        return create.enter_code(meeting, form.cleaned_data["code"])
    if action == "again":
        return create.create_again(meeting, by=request.user)
    return create.look_for(meeting)
