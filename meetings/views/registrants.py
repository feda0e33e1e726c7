"""Who registered: the list by state, yes or no for one or many, and the pull."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from meetings import enrolment
from meetings.filters import RegistrantFilter
from meetings.models import Meeting, Registrant
from meetings.tables import RegistrantTable
from meetings.tabs import REGISTRANTS, tabs
from meetings.views.pulling import STOP_POLLING
from meetings.words import FAILURES, say
from portal.accounts.access import member, planner
from portal.accounts.tables import show
from portal.tencent.enrolment import Action

ACTIONS = {"approve": Action.APPROVE, "refuse": Action.REJECT}
Status = Registrant.Status
# In the order in which they ask for work.
STATES = (Status.PENDING, Status.APPROVED, Status.REFUSED, Status.CANCELLED)


@member
def list_registrants(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who registered for a meeting."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    may_change = Meeting.objects.changeable_by(request.membership).filter(pk=pk).exists()
    filtered = RegistrantFilter(request.GET, queryset=meeting.registrants.all())
    table = RegistrantTable(filtered.qs, exclude=() if may_change else ("pick",))
    show(table, request, per_page=50)
    context = {
        "meeting": meeting,
        "table": table,
        "filter": filtered,
        "tabs": tabs(meeting, REGISTRANTS),
        "states": _states(meeting, request.GET.get("status", "")),
        "may_change": may_change,
        "progress": enrolment.progress_of(meeting),
        "actions": [
            {"value": "approve", "label": _("Approve"), "icon": "check-lg"},
            {"value": "refuse", "label": _("Refuse"), "icon": "x-lg", "danger": True},
        ],
    }
    return render(request, "meetings/registrant_list.html", context)


def _states(meeting: Meeting, chosen: str) -> list[dict[str, object]]:
    counts = dict(meeting.registrants.order_by().values_list("status").annotate(Count("pk")))
    page = reverse("meetings:registrants", args=[meeting.pk])
    everybody = {"label": _("All"), "url": page, "count": sum(counts.values()), "current": not chosen}
    return [everybody] + [
        {
            "label": status.label,
            "url": f"{page}?status={status.value}",
            "count": counts.get(status, 0),
            "current": chosen == str(status.value),
        }
        for status in STATES
    ]


@planner
@require_POST
def decide_registrants(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse the chosen registrants."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    action = ACTIONS.get(request.POST.get("action", ""))
    chosen = [row for row in request.POST.getlist("row") if row.isdecimal()]
    if action is None or not chosen:
        messages.warning(request, _("Choose registrants and what to do with them."))
        return redirect("meetings:registrants", pk=pk)
    try:
        handled = enrolment.decide(meeting, chosen, action=action, by=request.user)
    except FAILURES as error:
        messages.error(request, say(error))
    else:
        done = ngettext(
            "%(count)d registration was decided.", "%(count)d registrations were decided.", handled
        )
        messages.success(request, done % {"count": handled})
    return redirect("meetings:registrants", pk=pk)


@planner
@require_POST
def pull_registrants(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the pull of all registrants."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership).live_on_platform(), pk=pk)
    enrolment.ask_pull(meeting)
    return redirect("meetings:registrants", pk=pk)


@member
def registrants_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the pull is; reload the page when it is done."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    progress = enrolment.progress_of(meeting)
    answer = render(request, "meetings/_registrant_progress.html", {"meeting": meeting, "progress": progress})
    if progress is None or progress.finished:
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true" if progress is None or not progress.error else "false"
    return answer
