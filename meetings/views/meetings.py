"""The list of meetings, and the pages that plan, change, cancel and delete one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import change, create, deletion, pulling
from meetings.filters import MeetingFilter
from meetings.forms import ReasonForm
from meetings.models import Meeting, Occurrence
from meetings.plan import forced
from meetings.plan_forms import FORMS, PlanForm
from meetings.tables import MeetingTable
from meetings.tabs import tabs
from meetings.words import FAILURES, place, say
from portal.accounts import capabilities
from portal.accounts.access import member, planner
from portal.accounts.credentials import keys_of
from portal.accounts.tables import show

PAGE = 25


@member
def list_meetings(request: HttpRequest) -> HttpResponse:
    """Show the meetings a member may see."""
    visible = Meeting.objects.visible_to(request.membership)
    filtered = MeetingFilter(request.GET, queryset=_with_times(visible).select_related("owner"))
    table = MeetingTable(filtered.qs)
    show(table, request, per_page=PAGE)
    context = {
        "table": table,
        "filter": filtered,
        "any": visible.exists(),
        "progress": pulling.progress_of(request.membership),
        "keys": keys_of(request.membership.organisation),
    }
    return render(request, "meetings/meeting_list.html", context)


def _with_times(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Add the start one looks for (of a series: the next), whether it runs, and whether all of it is over."""
    now = timezone.now()
    mine = Occurrence.objects.filter(meeting=OuterRef("pk")).order_by("start_at")
    left = mine.filter(end_at__gte=now).exclude(state=Occurrence.State.CANCELLED)
    start = Subquery(left.values("start_at")[:1], output_field=DateTimeField())
    return meetings.annotate(
        shown_at=Coalesce(start, "start_at"),
        runs=Exists(mine.filter(state=Occurrence.State.RUNNING)),
        comes=Exists(left),
        has_occurrences=Exists(mine),
    )


@planner
def create_meeting(request: HttpRequest) -> HttpResponse:
    """Plan a meeting or a webinar."""
    kind = Meeting.Kind.WEBINAR if request.GET.get("kind") == Meeting.Kind.WEBINAR else Meeting.Kind.MEETING
    row = Meeting(organisation=request.membership.organisation, kind=kind, zone=request.user.zone)
    form = FORMS[kind](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = create.create(form.meeting(), by=request.user)
        except FAILURES as error:
            form.add_error(place(error), say(error))
        else:
            return _after_creation(request, meeting, form)
    context = {"form": form, "kind": kind, "card": capabilities.card(request.membership)}
    return render(request, "meetings/meeting_create.html", context)


def _after_creation(request: HttpRequest, meeting: Meeting, form: PlanForm) -> HttpResponse:
    if meeting.state != Meeting.State.PLANNED:
        return redirect("meetings:unconfirmed", pk=meeting.pk)
    messages.success(request, _("“%(subject)s” was created.") % {"subject": meeting.subject})
    if form.starts_in_the_past:
        messages.warning(request, _("The start you chose is already over."))
    _tell_forced(request, meeting)
    return redirect("attendance:meeting", pk=meeting.pk)


def _tell_forced(request: HttpRequest, meeting: Meeting) -> None:
    """Say where the enterprise holds something else than was asked; silence would be a trap."""
    for setting in forced(meeting):
        facts = {"label": setting.label, "held": setting.held, "asked": setting.asked}
        messages.warning(
            request, _("The enterprise sets “%(label)s” to “%(held)s”, not “%(asked)s”.") % facts
        )


def _frame(meeting: Meeting) -> dict[str, object]:
    return {"meeting": meeting, "tabs": tabs(meeting)}


@planner
def change_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a planned meeting; a form that went stale is sent back with what holds now."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    form = FORMS[meeting.kind](request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            change.change(form.meeting(), version=form.cleaned_data["version"] or 0, by=request.user)
        except FAILURES as error:
            form.add_error(place(error), say(error))
            form = _with_present_version(form, pk)
        else:
            messages.success(request, _("The change was sent to Tencent Meeting."))
            return redirect("attendance:meeting", pk=pk)
    held = Meeting.objects.get(pk=pk)
    context = _frame(held) | {"form": form, "forced": forced(held)}
    return render(request, "meetings/meeting_change.html", context)


def _with_present_version(form: PlanForm, pk: int) -> PlanForm:
    """Let the same form be sent again after its reader has seen what changed."""
    form.data = form.data.copy()
    form.data["version"] = str(Meeting.objects.values_list("version", flat=True).get(pk=pk))
    return form


@planner
def cancel_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason and cancel a meeting, webinar or whole series on the platform."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change.cancel(meeting, by=request.user, reason=form.cleaned_data["reason"])
        except FAILURES as error:
            form.add_error(None, say(error))
        else:
            messages.success(request, _("“%(subject)s” was cancelled.") % {"subject": meeting.subject})
            return redirect("attendance:meeting", pk=pk)
    return render(request, "meetings/meeting_cancel.html", {"form": form} | _frame(meeting))


@planner
def delete_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what goes with a meeting, and delete it here."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    if not deletion.may_delete(meeting, request.membership):
        raise PermissionDenied
    if request.method == "POST":
        try:
            deletion.delete(meeting, by=request.user)
        except FAILURES as error:
            messages.error(request, say(error))
        else:
            messages.success(request, _("“%(subject)s” was deleted here.") % {"subject": meeting.subject})
            return redirect("meetings:list")
    goes = [f"{each.count} × {each.what}" for each in deletion.consequences(meeting)]
    return render(request, "meetings/meeting_delete.html", {"goes": goes} | _frame(meeting))
