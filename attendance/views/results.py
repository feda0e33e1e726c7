"""The attendance of one occurrence: who of the list came, and who else was there."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from attendance import progress, report, tables, tiles
from attendance.filters import ParticipantFilter, ResultFilter
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import member
from portal.accounts.tables import show

PAGE = 50


@member
@require_safe
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every expected person with state, minutes and the key that proves them."""
    page = open_frame(request, pk)
    if page.run is None:
        return _nothing_yet(page)
    filtered = ResultFilter(page.run, request.GET, queryset=report.result_rows(page.run))
    people = tiles.people_tiles(page.run, page.url)
    return page.render(
        "attendance/result_list.html",
        "attendance",
        filter=filtered,
        table=show(tables.ResultTable(filtered.qs), request, per_page=PAGE),
        stats=[*people, *tiles.beside_tiles(page.run, page.url)],
        parts=tiles.parts(people),
        thresholds=tiles.thresholds(page.run, page.url),
        work=page.work(progress.RESULTS),
    )


@member
@require_safe
def walk_ins(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everybody who was in the meeting: matched, unlisted, to review, ignored."""
    page = open_frame(request, pk)
    if page.run is None:
        return _nothing_yet(page)
    filtered = ParticipantFilter(request.GET, queryset=report.participant_rows(page.run))
    return page.render(
        "attendance/participant_list.html",
        "attendance",
        filter=filtered,
        table=show(tables.ParticipantTable(filtered.qs), request, per_page=PAGE),
        stats=tiles.participant_tiles(page.run, page.url),
        work=page.work(progress.RESULTS),
    )


def _nothing_yet(page: Frame) -> HttpResponse:
    return page.render("attendance/result_none.html", "attendance", work=page.work(progress.RESULTS))
