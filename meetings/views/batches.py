"""A list on its way in: how far it is, what it would do, its repair, the yes or the no."""

from collections import defaultdict

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from meetings import work
from meetings.batch_words import about, figures, of_skipped, saved
from meetings.lists import batches, chunks, mapping, memory, preview, rejects, rosters, words
from meetings.lists.checking import LEAVE, MERGE, TAKE
from meetings.models import AWAITED, Meeting, Upload
from meetings.tabs import tabs
from meetings.upload_forms import ConfirmForm, MappingForm, RejectsForm, SheetForm
from meetings.views.pulling import STOP_POLLING
from portal.accounts.access import planner
from portal.jobs.models import Job

PAGE = 50
SAMPLE = 20
CHOICES = (TAKE, LEAVE, MERGE)
State = Upload.State


@planner
def upload_preview(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Show a batch as far as it is: being read, waiting with what it would do, being saved, saved, or unreadable."""
    kept = batch(request, pk, upload)
    if kept.state == State.DISCARDED or (kept.state in (State.WAITING, State.UNREADABLE) and kept.expires_at <= timezone.now()):
        return gone(request, pk)
    context = {"meeting": kept.meeting, "tabs": tabs(kept.meeting, "people"), "upload": kept}
    if kept.state == State.WAITING:
        return render(request, "meetings/upload_preview.html", context | _dry_run(request, kept))
    if kept.state == State.UNREADABLE:
        context |= {"reason": words.of_file(kept.error_code, kept.error_detail), "sheet": SheetForm(None, upload=kept)}
    context |= {"progress": _progress(kept), "saved": saved(kept)}
    return render(request, "meetings/upload_state.html", context)


@planner
def upload_progress(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Show how far reading or saving is; reload the page when it is done."""
    kept = batch(request, pk, upload)
    progress = _progress(kept)
    context = {"meeting": kept.meeting, "upload": kept, "progress": progress}
    answer = render(request, "meetings/_upload_progress.html", context)
    if kept.state not in (State.READING, State.WRITING):
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true"
    elif progress and progress.finished:
        answer.status_code = STOP_POLLING
    return answer


@planner
@require_POST
def upload_sheet(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Have another sheet read, or another line taken for the headings."""
    kept = batch(request, pk, upload)
    form = SheetForm(request.POST, upload=kept)
    if not form.is_valid():
        messages.error(request, _("This sheet or line is not there."))
        return redirect("meetings:upload_preview", pk=pk, upload=upload)
    sheet, line = form.chosen()
    try:
        batches.choose_sheet(kept, sheet=sheet, header_line=line)
    except batches.NotWaiting:
        return gone(request, pk)
    return redirect("meetings:upload_preview", pk=pk, upload=upload)


@planner
@require_POST
def upload_columns(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Let the columns mean something else; what cannot be is said at the form."""
    kept = batch(request, pk, upload)
    if kept.state != State.WAITING:
        return gone(request, pk)
    form = _mapping_form(kept, request.POST)
    if not form.is_valid():
        context = {"meeting": kept.meeting, "tabs": tabs(kept.meeting, "people"), "upload": kept}
        context |= _dry_run(request, kept) | {"columns": form, "columns_open": True}
        return render(request, "meetings/upload_preview.html", context)
    try:
        batches.remap(kept, form.chosen())
    except batches.NotWaiting:
        return gone(request, pk)
    return redirect("meetings:upload_preview", pk=pk, upload=upload)


@planner
@require_POST
def upload_repair(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Save the cells of the grid; with `meant` put what was probably meant into one line, or all of the page."""
    kept = batch(request, pk, upload)
    changed = preview.changes(kept, _typed(request.POST))
    lines = _numbers(request.POST.getlist("meant")) or (_numbers(request.POST.getlist("line")) if "meant" in request.POST else [])
    for line, cells in preview.proposals(kept, lines).items():
        changed[line] = changed.get(line, {}) | cells
    try:
        if changed:
            batches.repair(kept, changed)
    except batches.NotWaiting:
        return gone(request, pk)
    return _back(request, pk, upload)


@planner
@require_POST
def upload_choose(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Take, leave out or merge one line, the chosen ones or a whole section; let missing people go or stay."""
    kept = batch(request, pk, upload)
    one, _sign, line = request.POST.get("one", "").partition(":")
    choice = one or request.POST.get("action", "")
    everybody = choice.removeprefix("all_")
    rows = _numbers([line] if one else request.POST.getlist("row"))
    try:
        if everybody != choice and everybody in (TAKE, LEAVE):
            batches.choose_all_missing(kept, everybody)
        elif choice in CHOICES and rows:
            missing = request.POST.get("show") == "missing"
            batches.choose(kept, choice, **{"missing" if missing else "lines": rows})
        else:
            messages.warning(request, _("Choose rows and what to do with them."))
    except batches.NotWaiting:
        return gone(request, pk)
    return _back(request, pk, upload)


@planner
@require_POST
def upload_confirm(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Take the yes; a worker writes."""
    kept = batch(request, pk, upload)
    form = _confirm_form(kept, request.POST)
    if form.is_valid():
        try:
            batches.confirm(kept, form.cleaned_data["digest"], by=request.user, **form.wishes())
        except batches.NotWaiting:
            return gone(request, pk)
        except (batches.ListChanged, batches.BadMapping):
            messages.warning(request, _("The list was changed meanwhile. Nothing was written; this is what it would do now."))
    return redirect("meetings:upload_preview", pk=pk, upload=upload)


@planner
@require_POST
def upload_discard(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Forget a batch, also one that is being read; the list stays as it is."""
    kept = batch(request, pk, upload)
    if batches.discard(kept):
        # One that is being read still has a worker who looks at the list.
        if kept.expected_list and kept.state != State.READING:
            rosters.drop_unused(kept.expected_list, by=request.user)
        messages.success(request, _("The upload was discarded. The list is unchanged."))
    return redirect("meetings:people", pk=pk)


def batch(request: HttpRequest, pk: int, upload: int) -> Upload:
    """Give a batch of a meeting the member may change, or 404."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    # The file itself may have twenty megabytes, and no page needs it.
    return get_object_or_404(meeting.uploads.select_related("meeting", "expected_list").defer("body"), pk=upload)


def gone(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a batch no longer waits, and lead to the people."""
    messages.warning(request, _("This upload is no longer waiting. Nothing was written now; upload the file again."))
    address = reverse("meetings:people", args=[pk])
    if "HX-Request" not in request.headers:
        return redirect(address)
    return HttpResponse(headers={"HX-Redirect": address})


def _dry_run(request: HttpRequest, kept: Upload) -> dict[str, object]:
    """Give what the page of a waiting batch shows: figures, one section of its lines, sheet, columns, the yes."""
    counts, asked = preview.counts(kept), request.POST or request.GET
    usable = not mapping.faults(kept.mapping)
    section = _section(asked.get("show", ""), counts)
    pages = Paginator(preview.lines_of(kept, section), PAGE)
    pages.count = counts[section]
    page = pages.get_page(asked.get("page"))
    rows = _rows(kept, section, page) if usable else []
    return {
        "counts": counts,
        "figures": figures(kept, counts, section),
        "section": section,
        "about": about(kept, section),
        "page": page,
        "rows": rows,
        "usable": usable,
        "columns": _mapping_form(kept),
        "columns_open": not usable,
        "skipped": of_skipped(kept.skipped),
        "remembered": memory.recall(kept.meeting.organisation_id, kept.shape) == kept.mapping,
        "sheet": SheetForm(None, upload=kept),
        "rejects": RejectsForm() if rejects.may_take(request.membership, kept) else None,
        "confirm": _confirm_form(kept),
        "meant": section in preview.GRIDS and any(row.proposal for row in rows),
    }


def _rows(kept: Upload, section: str, page: Page) -> list[preview.Shown] | list[preview.Group]:
    if section == "twice":
        return preview.groups(kept, page)
    return preview.shown(kept, page) if section in preview.GRIDS else preview.followed(kept, page)


def _section(asked: str, counts: dict[str, int]) -> str:
    """Give the section that was asked for, else the first that has anything to decide."""
    if asked in preview.SECTIONS:
        return asked
    return next((name for name in preview.SECTIONS if counts[name]), "new")


def _mapping_form(kept: Upload, data: QueryDict | None = None) -> MappingForm:
    sample = list(chunks.rows_at(kept, range(min(SAMPLE, kept.rows))).values())
    return MappingForm(data, columns=preview.headings_of(kept), sample=sample, present=kept.mapping)


def _confirm_form(kept: Upload, data: QueryDict | None = None) -> ConfirmForm:
    """Give the yes with the wishes that mean something for this meeting."""
    live = Meeting.objects.live_on_platform().filter(pk=kept.meeting_id).exists()
    awaited = kept.expected_list is not None and kept.expected_list.kind in AWAITED
    going = kept.lines.filter(preview.GOING).exists()
    enrols = live and kept.meeting.enrolment
    wishes = {"imports": enrols and awaited, "links": awaited and kept.meeting.links.exists(), "withdraw": enrols and going}
    return ConfirmForm(data, digest=kept.digest, wishes=[name for name, sense in wishes.items() if sense])


def _typed(posted: QueryDict) -> dict[int, dict[int, str]]:
    """Give the cells of the grid by line and column: they are named cell-12-3."""
    typed: dict[int, dict[int, str]] = defaultdict(dict)
    for name in posted:
        if name.startswith("cell-"):
            line, _sign, column = name.removeprefix("cell-").partition("-")
            if _numbers([line]) and column.isdecimal() and len(column) < 4:
                typed[int(line)][int(column)] = posted[name].strip()
    return typed


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and 0 < len(text) < 10]


def _back(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Lead back to the section and page one was on."""
    place = QueryDict(mutable=True)
    place.update({name: request.POST[name] for name in ("show", "page") if request.POST.get(name)})
    return redirect(f"{reverse('meetings:upload_preview', args=[pk, upload])}?{place.urlencode()}")


def _progress(kept: Upload) -> work.Progress | None:
    return work.progress(Job.objects.filter(subject=batches.subject_of(kept)))
