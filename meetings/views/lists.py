"""Upload a list: the file, what it would do, the yes or the no."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from meetings.list_forms import ConfirmForm, MappingForm, UploadForm
from meetings.lists import batches, chunks, mapping, rosters, words
from meetings.lists.faults import Unreadable
from meetings.lists.reading import MAX_BYTES
from meetings.models import Meeting, Upload
from meetings.tabs import tabs
from portal.accounts.access import planner

PAGE = 10


@planner
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file and say by name what is wrong with it, if it cannot be read."""
    meeting = _meeting(request, pk)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            into = rosters.main_list(meeting, by=request.user)
            kept = batches.receive(into, file.read(MAX_BYTES + 1), name=file.name, origin=Upload.Origin.FILE,
                                   by=request.user, now=timezone.now())  # fmt: skip
        except Unreadable as error:
            form.add_error("file", words.of_file(error.code, error.place))
        else:
            return redirect("meetings:upload_preview", pk=pk, upload=kept.pk)
    context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "form": form}
    return render(request, "meetings/upload_file.html", context)


@planner
def upload_preview(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Show what an upload would do; a POST changes what its columns mean."""
    kept = _upload(request, pk, upload)
    sample = list(chunks.rows_at(kept, range(20)).values()) if kept.rows else []
    form = MappingForm(request.POST or None, columns=kept.columns, sample=sample, present=kept.mapping)
    if request.method == "POST" and form.is_valid():
        try:
            batches.remap(kept, form.chosen())
        except batches.NotWaiting:
            return _gone(request, pk)
        return redirect("meetings:upload_preview", pk=pk, upload=upload)
    context = {
        "meeting": kept.meeting,
        "tabs": tabs(kept.meeting, "people"),
        "upload": kept,
        "form": form,
        "confirm": ConfirmForm(initial={"digest": kept.digest}),
        "usable": not mapping.faults(kept.mapping) and kept.rows,
        "lines": kept.lines.all()[:PAGE],
    }
    return render(request, "meetings/upload_preview.html", context)


@planner
@require_POST
def upload_confirm(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Take the yes; a worker writes."""
    kept = _upload(request, pk, upload)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            batches.confirm(kept, form.cleaned_data["digest"], by=request.user)
        except batches.NotWaiting:
            return _gone(request, pk)
        except (batches.ListChanged, batches.BadMapping):
            messages.warning(
                request, _("The list was changed meanwhile. Nothing was written; this is what it would do now.")
            )
    return redirect("meetings:upload_preview", pk=pk, upload=upload)


@planner
@require_POST
def upload_discard(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Forget an upload; the list stays as it is."""
    if batches.discard(_upload(request, pk, upload)):
        messages.success(request, _("The upload was discarded. The list is unchanged."))
    return redirect("meetings:people", pk=pk)


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)


def _upload(request: HttpRequest, pk: int, upload: int) -> Upload:
    return get_object_or_404(_meeting(request, pk).uploads.select_related("meeting"), pk=upload)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    messages.warning(
        request, _("This upload is no longer waiting. Nothing was written now; upload the file again.")
    )
    return redirect("meetings:people", pk=pk)
