"""How people come onto a list: a file, a text, a list of another meeting; and files to fill in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.lists import batches, export, rejects, rosters, words
from meetings.lists.faults import Unreadable
from meetings.lists.reading import MAX_BYTES
from meetings.models import ExpectedList, Meeting, Upload
from meetings.tabs import tabs
from meetings.upload_forms import CopyForm, FileForm, IntoForm, PasteForm, RejectsForm
from meetings.views.batches import batch, gone
from meetings.views.exports import as_file
from portal.accounts.access import member, planner

FILE, PASTE, COPY = "file", "paste", "copy"
# The field of each way that says what is wrong with what came.
FIELD = {FILE: "file", PASTE: "text", COPY: "source"}
MOST_SOURCES = 200
LANGUAGES = ("zh-hans", "en")


@planner
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a list in one of three ways, onto a list that is there or a new one."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    way = request.POST.get("way") or request.GET.get("way")
    way = way if way in FIELD else FILE
    form = _form(request, meeting, way)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _mended(request, meeting, form) if way == FILE else None
            kept = kept or _received(request, meeting, form, way)
        except Unreadable as error:
            form.add_error(FIELD[way], words.of_file(error.code, error.place))
        except rosters.NameTaken:
            # The form knew no such list; somebody has made it meanwhile.
            form.add_error("list_name", _("The meeting has a list of this name."))
        else:
            return redirect("meetings:upload_preview", pk=pk, upload=kept.pk)
    context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "form": form, "way": way, "ways": _ways(meeting, way)}
    return render(request, "meetings/upload_file.html", context)


@planner
def upload_rejects(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Give the rows that could not be taken as a file; a POST takes it back, repaired."""
    kept = batch(request, pk, upload)
    if request.method == "POST":
        return _take_back(request, kept)
    if kept.state != Upload.State.WAITING:
        return gone(request, pk)
    if not rejects.may_take(request.membership, kept):
        raise PermissionDenied
    rejects.note(kept, by=request.user)
    kind = "csv" if request.GET.get("kind") == "csv" else "xlsx"
    return as_file(rejects.rows_of(kept), rejects.NAME.format(pk=kept.pk), kind)


@member
def list_template(request: HttpRequest, language: str, kind: str) -> HttpResponse:
    """Give an empty list to fill in, in one of the languages."""
    if language not in LANGUAGES or kind not in ("xlsx", "csv"):
        raise Http404
    with translation.override(language):
        return as_file(export.template_rows(), f"rollcall-list-{language}", kind)


def _form(request: HttpRequest, meeting: Meeting, way: str) -> IntoForm:
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    into = {"lists": list(meeting.lists.all()), "chosen": request.GET.get("list", "")}
    if way == COPY:
        return CopyForm(*data, sources=_sources(request, meeting), **into)
    return FileForm(*data, **into) if way == FILE else PasteForm(*data, **into)


def _sources(request: HttpRequest, meeting: Meeting) -> list[ExpectedList]:
    """Give the lists of other meetings the member may see, the newest meetings first."""
    meetings = Meeting.objects.visible_to(request.membership).exclude(pk=meeting.pk).order_by().values("pk")
    lists = ExpectedList.objects.filter(meeting__in=meetings).select_related("meeting")
    return list(lists.annotate(people=Count("listings")).filter(people__gt=0).order_by("-meeting__start_at", "pk")[:MOST_SOURCES])


@transaction.atomic
def _received(request: HttpRequest, meeting: Meeting, form: IntoForm, way: str) -> Upload:
    """Hand what came to the noun; a list that is new is made in the same transaction."""
    given = form.cleaned_data
    into = form.existing() or rosters.make(meeting, name=given["list_name"].strip(), kind=given["kind"], by=request.user)
    told = {"by": request.user, "now": timezone.now()}
    if way == COPY:
        return batches.receive_list(into, form.copied(), **told)
    if way == PASTE:
        return batches.receive(into, given["text"].encode(), name=_("pasted text"), origin=Upload.Origin.PASTE, **told)
    file = given["file"]
    return batches.receive(into, file.read(MAX_BYTES + 1), name=file.name, origin=Upload.Origin.FILE, **told)


def _mended(request: HttpRequest, meeting: Meeting, form: Form) -> Upload | None:
    """Give the batch whose rejected rows this file holds, repaired; none where it is another file."""
    file = form.cleaned_data["file"]
    kept = rejects.batch_of(meeting, file.name)
    if kept is None:
        return None
    try:
        _say_repaired(request, rejects.take_back(kept, file.name, file.read(MAX_BYTES + 1)))
    except (rejects.NotRejects, batches.NotWaiting):
        file.seek(0)
        return None
    return kept


def _take_back(request: HttpRequest, kept: Upload) -> HttpResponse:
    form = RejectsForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["rejects"]
        try:
            _say_repaired(request, rejects.take_back(kept, file.name, file.read(MAX_BYTES + 1)))
        except rejects.NotRejects:
            messages.error(request, _("This file has no rows of this upload. Repair the file you downloaded here."))
        except Unreadable as error:
            messages.error(request, words.of_file(error.code, error.place))
        except batches.NotWaiting:
            return gone(request, kept.meeting_id)
    return redirect("meetings:upload_preview", pk=kept.meeting_id, upload=kept.pk)


def _say_repaired(request: HttpRequest, count: int) -> None:
    messages.success(request, ngettext("%(count)d row was repaired.", "%(count)d rows were repaired.", count) % {"count": count})


def _ways(meeting: Meeting, current: str) -> list[dict[str, object]]:
    page = reverse("meetings:upload", args=[meeting.pk])
    labels = {FILE: _("File"), PASTE: _("Paste text"), COPY: _("List of another meeting")}
    return [{"label": label, "url": f"{page}?way={way}", "current": way == current} for way, label in labels.items()]
