"""Lists and links as files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from meetings.filters_people import PeopleFilter
from meetings.list_forms import ExportForm
from meetings.lists import export, people
from meetings.models import ExclusiveLink, Meeting
from meetings.tabs import tabs
from portal.accounts.access import member, planner

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@member
def people_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which file, and give the list as it is filtered; full phones only with a reason."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    form = ExportForm(request.POST or None, may_reveal=people.may_reveal(request.membership, meeting))
    if request.method != "POST" or not form.is_valid():
        context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "form": form}
        return render(request, "meetings/people_export.html", context)
    full = bool(form.cleaned_data.get("full"))
    if full:
        people.note_export(meeting, form.cleaned_data["reason"], by=request.user)
    may_change = Meeting.objects.changeable_by(request.membership).filter(pk=pk).exists()
    present = meeting.people.present()
    rows = PeopleFilter(request.GET, queryset=present.select_related("link").defer("enroll_code")).qs
    extra = people.extra_columns(meeting)
    table = export.people_rows(rows.iterator(chunk_size=500), extra, full=full, links=may_change)
    return as_file(table, f"rollcall-people-{meeting.pk}", form.cleaned_data["kind"])


@never_cache
@planner
def links_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what a mailing needs, one row a link."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    made = meeting.links.filter(state=ExclusiveLink.State.MADE, person__removed_at=None)
    rows = export.link_rows(meeting, made.select_related("person").order_by("person__row", "person_id"))
    return as_file(rows, f"rollcall-links-{meeting.pk}", ExportForm.XLSX)


def as_file(rows: export.Rows, name: str, kind: str) -> HttpResponse:
    """Give rows as a download."""
    if kind == ExportForm.CSV:
        answer = HttpResponse("".join(export.as_csv(rows)), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(export.as_xlsx(rows, _("List")), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
