"""The occurrences of a series: which there are, and moving or cancelling one."""

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import change, recurrence
from meetings.forms import OccurrenceForm, ReasonForm
from meetings.models import Meeting, Occurrence
from meetings.tables import OccurrenceTable
from meetings.tabs import tabs
from meetings.words import FAILURES, say
from portal.accounts.access import member, planner
from portal.accounts.tables import show


@member
def list_occurrences(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the occurrences of a meeting."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    over = ExpressionWrapper(Q(end_at__lt=timezone.now()), output_field=BooleanField())
    table = OccurrenceTable(meeting.occurrences.select_related("meeting").annotate(over=over))
    show(table, request, per_page=25)
    context = {
        "meeting": meeting,
        "tabs": tabs(meeting),
        "table": table,
        "rule": recurrence.words(meeting.recurring_rule, meeting.zone),
        "may_change": Meeting.objects.changeable_by(request.membership).filter(pk=pk).exists(),
    }
    return render(request, "meetings/meeting_occurrences.html", context)


def _occurrence(request: HttpRequest, pk: int, occurrence: int) -> Occurrence:
    changeable = Meeting.objects.changeable_by(request.membership)
    meeting = get_object_or_404(changeable, pk=pk, recurring=True)
    return get_object_or_404(meeting.occurrences.select_related("meeting"), pk=occurrence)


def _frame(occurrence: Occurrence) -> dict[str, object]:
    meeting = occurrence.meeting
    return {"occurrence": occurrence, "meeting": meeting, "tabs": tabs(meeting)}


@planner
def change_occurrence(request: HttpRequest, pk: int, occurrence: int) -> HttpResponse:
    """Move one occurrence."""
    row = _occurrence(request, pk, occurrence)
    form = OccurrenceForm(request.POST or None, occurrence=row)
    if request.method == "POST" and form.is_valid():
        times = form.cleaned_data
        try:
            change.move(row, start=times["start"], end=times["end"], by=request.user)
        except FAILURES as error:
            form.add_error(None, say(error))
        else:
            messages.success(request, _("The occurrence was moved."))
            return redirect("meetings:occurrences", pk=pk)
    return render(request, "meetings/occurrence_change.html", {"form": form} | _frame(row))


@planner
def cancel_occurrence(request: HttpRequest, pk: int, occurrence: int) -> HttpResponse:
    """Cancel one occurrence."""
    row = _occurrence(request, pk, occurrence)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change.cancel_occurrence(row, by=request.user, reason=form.cleaned_data["reason"])
        except FAILURES as error:
            form.add_error(None, say(error))
        else:
            messages.success(request, _("The occurrence was cancelled."))
            return redirect("meetings:occurrences", pk=pk)
    return render(request, "meetings/occurrence_cancel.html", {"form": form} | _frame(row))
