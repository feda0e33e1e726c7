"""Results as files: at once, or made by a worker where they are long; phones masked, or whole for a reason that is logged."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from attendance import exporting, files, keeping, report
from attendance.filters import ResultFilter
from attendance.forms import FullExportForm
from attendance.models import Export
from attendance.views.frame import CHOSEN, Frame, open_frame
from portal.accounts.access import member
from portal.jobs.models import Job
from portal.jobs.words import explain

TYPES = {
    Export.Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Kind.PDF: "application/pdf",
    Export.Kind.CSV: "text/csv; charset=utf-8",
}
# htmx stops asking when it gets this.
STOP_POLLING = 286


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as the page shows it, with the job that makes it."""

    export: Export
    job: Job | None

    @property
    def moving(self) -> bool:
        """Whether it is worth looking again in a moment."""
        return self.export.ready_at is None and self.job is not None and self.job.is_open

    @property
    def error(self) -> str:
        """Say why it stopped, if it did."""
        return explain(self.job.error_code, self.job.error_detail) if self.job and not self.export.ready_at else ""


@never_cache
@member
@require_safe
def export_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the expected people as CSV, filtered as the address says; phones masked."""
    return _at_once(_with_run(request, pk), Export.Kind.CSV)


@never_cache
@member
@require_safe
def export_xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give results, evidence, visits and rules as a workbook; phones masked. Long ones are asked for on their page."""
    return _short(_with_run(request, pk), Export.Kind.XLSX)


@never_cache
@member
@require_safe
def export_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the report for print; phones masked. A long one is asked for on its page."""
    return _short(_with_run(request, pk), Export.Kind.PDF)


@never_cache
@member
def export_full(request: HttpRequest, pk: int) -> HttpResponse | HttpResponseBase:
    """Ask for the reason, write it down, and give the file with whole phone numbers."""
    page = _with_run(request, pk)
    if not page.may_reveal:
        raise PermissionDenied
    form = FullExportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page.render("attendance/export_full.html", "attendance", form=form)
    kind = form.cleaned_data["kind"]
    exporting.note_full_export(page.run, form.cleaned_data["reason"], kind=kind, by=request.user)
    if keeping.is_large(page.run):
        keeping.order(page.run, kind, request.user, query=request.GET.urlencode(), full=True)
        return page.redirect("exports")
    return _at_once(page, kind, full_phones=True)


@never_cache
@member
def exports(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the files the reader asked for, and let them ask for more; nobody sees those of others."""
    page = _with_run(request, pk)
    if request.method == "POST":
        return _order(page)
    kept = [Kept(each, keeping.job_of(each)) for each in _own(page)]
    query = request.GET.copy()
    query.pop(CHOSEN, None)
    return page.render(
        "attendance/export_list.html", "attendance", kept=kept, kinds=Export.Kind.choices, query=query.urlencode()
    )


@never_cache
@member
@require_safe
def export_progress(request: HttpRequest, pk: int, export: int) -> HttpResponse:
    """Show how far a file is; when nothing moves any more, end the asking."""
    page = open_frame(request, pk)
    kept = get_object_or_404(_own(page), pk=export)
    each = Kept(kept, keeping.job_of(kept))
    answer = page.render("attendance/_export_row.html", "", each=each)
    if not each.moving:
        answer.status_code = STOP_POLLING
    return answer


@never_cache
@member
@require_safe
def export_file(request: HttpRequest, pk: int, export: int) -> HttpResponseBase:
    """Give a file that is ready to whoever asked for it, while they may see what is in it."""
    page = open_frame(request, pk)
    kept = get_object_or_404(_own(page).exclude(ready_at=None), pk=export)
    if kept.full and not page.may_reveal:
        raise PermissionDenied
    answer = StreamingHttpResponse(keeping.content(kept), content_type=TYPES[kept.kind])
    answer["Content-Disposition"] = content_disposition_header(True, kept.file_name)
    answer["Content-Length"] = str(kept.size)
    return answer


def _own(page: Frame) -> object:
    return keeping.of_reader(page.occurrence.pk if page.occurrence else 0, page.request.user, page.now)


def _order(page: Frame) -> HttpResponse:
    kind = page.request.POST.get("kind", "")
    if kind not in Export.Kind.values:
        messages.error(page.request, _("There is no such file."))
        return page.redirect("exports")
    keeping.order(page.run, kind, page.request.user, query=page.request.POST.get("query", "")[:2000])
    return page.redirect("exports")


def _with_run(request: HttpRequest, pk: int) -> Frame:
    """Open a meeting that has results. Raises: Http404."""
    page = open_frame(request, pk)
    if page.run is None:
        raise Http404
    return page


def _short(page: Frame, kind: str) -> HttpResponseBase:
    """Give a file at once, or lead to where long ones are asked for."""
    if not keeping.is_large(page.run):
        return _at_once(page, kind)
    asked = {name: value for name, value in page.request.GET.items() if name != CHOSEN}
    return page.redirect("exports", **asked)


def _at_once(page: Frame, kind: str, full_phones: bool = False) -> HttpResponseBase:
    rows = ResultFilter(page.run, page.request.GET, queryset=report.result_rows(page.run)).qs
    name = report.file_name(page.run, kind)
    if kind != Export.Kind.CSV:
        packed = files.make(page.run, kind, results=rows, by=page.request.user, full_phones=full_phones)
        return FileResponse(packed, as_attachment=True, filename=name, content_type=TYPES[kind])
    lines = files.csv_lines(page.run, results=rows, full_phones=full_phones)
    answer = StreamingHttpResponse(_spoken(lines, translation.get_language()), content_type=TYPES[kind])
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _spoken(lines: Iterator[str], language: str) -> Iterator[str]:
    """Write lines in the reader's language although they are sent after the view has returned."""
    with translation.override(language):
        yield from lines
