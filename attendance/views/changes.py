"""What a list on its way in does to results: a part of the page on which it waits for the yes."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from attendance import changes
from meetings.lists import preview
from meetings.models import Meeting, Upload
from meetings.views.batches import PAGE
from portal.accounts.access import planner

SECTIONS = ("changed", "missing", "new")


@planner
@require_safe
def upload_consequences(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Say what the rows shown of a waiting batch do to results; nothing where there are no results."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    kept = get_object_or_404(meeting.uploads.select_related("expected_list").defer("body"), pk=upload)
    section, runs = request.GET.get("show", ""), changes.runs_of(kept)
    if kept.state != Upload.State.WAITING or section not in SECTIONS or not runs:
        return HttpResponse()
    page = Paginator(preview.lines_of(kept, section), PAGE).get_page(request.GET.get("page"))
    found = changes.of_lines(kept, page.object_list, runs)
    rows = [(line, found[line.pk]) for line in page.object_list if found.get(line.pk)]
    expected, came = changes.came(kept, section, runs[0])
    context = {"meeting": meeting, "rows": rows, "section": section, "expected": expected, "came": came,
               "final": any(run.final for run in runs), "several": len(runs) > 1}  # fmt: skip
    return render(request, "attendance/_upload_consequences.html", context)
