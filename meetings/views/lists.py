"""Upload a list: the file, what it would do, the yes or the no."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from meetings.list_forms import ConfirmForm, MappingForm, UploadForm
from meetings.lists import mapping, uploads, words
from meetings.lists.reading import MAX_BYTES, Unreadable
from meetings.models import Meeting, Upload
from meetings.tables_people import AcceptedTable, FaultTable
from meetings.tabs import tabs
from portal.accounts.access import planner
from portal.accounts.tables import show

PAGE = 10


@planner
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file and say by name what is wrong with it, if it cannot be read."""
    meeting = _meeting(request, pk)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = uploads.receive(
                meeting, file.name, file.read(MAX_BYTES + 1), by=request.user, now=timezone.now()
            )
        except Unreadable as error:
            form.add_error("file", words.of_file(error))
        else:
            return redirect("meetings:upload_preview", pk=pk, upload=kept.pk)
    context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "form": form}
    return render(request, "meetings/upload_file.html", context)


@planner
def upload_preview(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Show what an upload would do, row by row; a POST changes what its columns mean."""
    kept = _upload(request, pk, upload)
    try:
        shown = uploads.preview(kept, now=timezone.now())
        form = MappingForm(request.POST or None, sheet=shown.sheet, present=shown.mapping)
        if request.method == "POST" and form.is_valid():
            uploads.remap(kept, form.chosen())
            return redirect("meetings:upload_preview", pk=pk, upload=upload)
    except uploads.NotWaiting:
        return _gone(request, pk)
    faults, accepted = FaultTable(shown.checked.faults), AcceptedTable(shown.checked.accepted)
    for table in (faults, accepted):
        show(table, request, per_page=PAGE)
    context = {
        "meeting": kept.meeting,
        "tabs": tabs(kept.meeting, "people"),
        "upload": kept,
        "shown": shown,
        "form": form,
        "confirm": ConfirmForm(initial={"digest": shown.checked.digest}),
        "usable": not mapping.faults(shown.mapping) and shown.checked.accepted,
        "faults": faults,
        "accepted": accepted,
        "figures": _figures(shown),
    }
    return render(request, "meetings/upload_preview.html", context)


@planner
@require_POST
def upload_confirm(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Write the accepted rows to the list."""
    kept = _upload(request, pk, upload)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return redirect("meetings:upload_preview", pk=pk, upload=upload)
    digest, remove = form.cleaned_data["digest"], form.cleaned_data["remove_missing"]
    try:
        written = uploads.confirm(kept, digest, remove_missing=remove, by=request.user, now=timezone.now())
    except uploads.NotWaiting:
        return _gone(request, pk)
    except (uploads.ListChanged, uploads.BadMapping):
        messages.warning(
            request, _("The list was changed meanwhile. Nothing was written; this is what it would do now.")
        )
        return redirect("meetings:upload_preview", pk=pk, upload=upload)
    counts = {
        "new": written.new,
        "changed": written.changed,
        "same": written.unchanged,
        "removed": written.removed,
    }
    done = _("The list was saved: %(new)d new, %(changed)d changed, %(same)d unchanged, %(removed)d removed.")
    messages.success(request, done % counts)
    return redirect("meetings:people", pk=pk)


@planner
@require_POST
def upload_discard(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Forget an upload; the list stays as it is."""
    if uploads.discard(_upload(request, pk, upload)):
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


def _figures(shown: uploads.Preview) -> list[dict[str, object]]:
    checked = shown.checked
    return [
        {"label": _("New"), "value": len(checked.new), "url": "#accepted", "status": "walk_in"},
        {"label": _("Changed"), "value": len(checked.changed), "url": "#accepted", "status": "review"},
        {"label": _("Unchanged"), "value": len(checked.unchanged), "url": "#accepted", "status": "done"},
        {"label": _("Faulty rows"), "value": len(checked.faults), "url": "#faults", "status": "failed"},
        {
            "label": _("Not in the file"),
            "value": len(checked.missing),
            "url": "#missing",
            "status": "ignored",
        },
    ]
