"""The attendance of one occurrence: who of the list came, and who else was there."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from attendance import figures, groups, progress, report, tables, tiles
from attendance.filters import ParticipantFilter, ResultFilter
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import member
from portal.accounts.tables import show

PAGE = 50
# The groups shown on the page of attendance itself; all of them have a page of their own.
FIRST = 8


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
        funnel=figures.funnel(tiles.tally(people), page.url),
        arrivals=figures.arrivals(page.run, page.url),
        lengths=figures.lengths(page.run, page.url),
        companies=_companies(page),
        lists=_lists(page),
        work=page.work(progress.RESULTS),
    )


@member
@require_safe
def by_group(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Show how the expected came by company or by list: every group, searched and sorted."""
    page = open_frame(request, pk)
    if page.run is None:
        return _nothing_yet(page)
    text = request.GET.get("q", "").replace("\x00", "").strip()
    table = show(tables.GroupTable(what, groups.by(page.run, what, text)), request, per_page=PAGE)
    if what == "company":
        table.walk_ins = groups.walk_ins(page.run, [row.record["label"] for row in table.page])
    return page.render("attendance/group_list.html", "attendance", table=table, what=what, q=text)


@member
@require_safe
def walk_ins(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everybody who was in the meeting: matched, unlisted, to review, ignored."""
    page = open_frame(request, pk)
    if page.run is None:
        return _nothing_yet(page)
    filtered = ParticipantFilter(page.run, request.GET, queryset=report.participant_rows(page.run))
    return page.render(
        "attendance/participant_list.html",
        "attendance",
        filter=filtered,
        table=show(tables.ParticipantTable(filtered.qs), request, per_page=PAGE),
        stats=tiles.participant_tiles(page.run, page.url),
        work=page.work(progress.RESULTS),
    )


def _companies(page: Frame) -> tables.GroupTable:
    """Give the companies most people were expected from."""
    found = list(groups.by(page.run, "company")[:FIRST])
    table = tables.GroupTable("company", found, orderable=False)
    table.walk_ins = groups.walk_ins(page.run, [each["label"] for each in found])
    return table


def _lists(page: Frame) -> tables.GroupTable | None:
    """Give how each list came, where there are several."""
    found = list(groups.by(page.run, "list")[:PAGE])
    return tables.GroupTable("list", found, orderable=False) if len(found) > 1 else None


def _nothing_yet(page: Frame) -> HttpResponse:
    return page.render("attendance/result_none.html", "attendance", work=page.work(progress.RESULTS))
