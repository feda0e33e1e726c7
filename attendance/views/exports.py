"""Results as files: phones masked, or whole for a reason that is logged."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from attendance import exporting, report
from attendance.filters import ResultFilter
from attendance.forms import FullExportForm
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import member

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@member
@require_safe
def export_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the expected people as CSV, filtered as the address says; phones masked."""
    return _file(_with_run(request, pk), "csv")


@never_cache
@member
@require_safe
def export_xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give results, participants with evidence, visits and rules as a workbook; phones masked."""
    return _file(_with_run(request, pk), "xlsx")


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
    return _file(page, kind, full_phones=True)


def _with_run(request: HttpRequest, pk: int) -> Frame:
    """Open a meeting that has results. Raises: Http404."""
    page = open_frame(request, pk)
    if page.run is None:
        raise Http404
    return page


def _file(page: Frame, kind: str, full_phones: bool = False) -> HttpResponseBase:
    rows = ResultFilter(page.run, page.request.GET, queryset=report.result_rows(page.run)).qs
    name = report.file_name(page.run, kind)
    if kind == "xlsx":
        packed = report.workbook(page.run, results=rows, full_phones=full_phones)
        return FileResponse(packed, as_attachment=True, filename=name, content_type=XLSX)
    lines = report.csv_lines(page.run, results=rows, full_phones=full_phones)
    answer = StreamingHttpResponse(_spoken(lines, translation.get_language()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _spoken(lines: Iterator[str], language: str) -> Iterator[str]:
    """Write lines in the reader's language although they are sent after the view has returned."""
    with translation.override(language):
        yield from lines
