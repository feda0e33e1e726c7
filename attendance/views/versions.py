"""The versions of an occurrence's results: what they are, what differs between two, and what becomes of a proposed one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance import differences, records, versions
from attendance.models import MatchRun
from attendance.runs import next_version
from attendance.views.frame import Frame, number, open_frame
from portal.accounts.access import member, planner

RUNS, ROWS = 20, 50
PEOPLE, PARTICIPANTS = "people", "participants"


@member
@require_safe
def show_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """List all runs with when, why, under which policy and rule, and what they counted."""
    page = open_frame(request, pk)
    shown = Paginator(MatchRun.objects.filter(occurrence=page.occurrence), RUNS).get_page(request.GET.get("page"))
    return page.render(
        "attendance/version_list.html",
        "attendance",
        shown=shown,
        lines=differences.lines(list(shown.object_list), page.occurrence),
        proposed=versions.proposed_run(page.occurrence) if page.occurrence else None,
        keep=_keep(page),
    )


@member
@require_safe
def show_difference(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show who changes between two versions, from what to what, and why; with the one before if no other is asked for."""
    page = open_frame(request, pk)
    after = _run(page, number)
    before = _compared(page, after)
    of = PARTICIPANTS if request.GET.get("of") == PARTICIPANTS else PEOPLE
    wanted = request.GET.get("change", "")
    kept = {"before": before.number, "of": of} | page.occasion if before else {}
    return page.render(
        "attendance/version_difference.html",
        "attendance",
        before=before,
        after=after,
        others=MatchRun.objects.filter(occurrence=page.occurrence).exclude(pk=after.pk)[:RUNS],
        of=of,
        change=wanted,
        keep=urlencode(kept),
        keep_page="&" + urlencode(kept | {"change": wanted}),
        next_version=next_version(after.occurrence_id),
        **(differences.page(before, after, of, wanted, request.GET.get("page"), ROWS) if before else {}),
    )


@member
@require_safe
def show_replaced(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """List the runs whose place a version took: their results are no longer kept, their records are."""
    page = open_frame(request, pk)
    run = _run(page, number)
    shown = Paginator(records.under(run), ROWS).get_page(request.GET.get("page"))
    lines = differences.record_lines(shown.object_list)
    return page.render("attendance/version_replaced.html", "attendance", run=run, shown=shown, lines=lines, keep=_keep(page))


@planner
@require_POST
def apply(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Let a proposed version count as the next final one."""
    page = open_frame(request, pk)
    run = _proposed(page, number)
    if run and versions.apply(run, request.user):
        messages.success(request, _("It counts now; the former version stays readable."))
        return page.redirect("results")
    return _too_late(page)


@planner
@require_POST
def discard(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Set a proposed version aside; the final one goes on counting."""
    page = open_frame(request, pk)
    run = _proposed(page, number)
    if run and versions.discard(run, request.user):
        messages.success(request, _("Discarded; the final version goes on counting."))
        return page.redirect("versions")
    return _too_late(page)


def _keep(page: Frame) -> str:
    """Give the rest of the address of another page of a list."""
    return f"&{urlencode(page.occasion)}" if page.occasion else ""


def _proposed(page: Frame, asked: int) -> MatchRun | None:
    """Give the proposed run as its reader saw it; one that took its place meanwhile is another."""
    run = _run(page, asked)
    return run if run.pk == number(page.request.POST.get("run", "")) else None


def _too_late(page: Frame) -> HttpResponse:
    messages.warning(page.request, _("It is not what you were shown any more. Look at it again."))
    return page.redirect("versions")


def _run(page: Frame, asked: int) -> MatchRun:
    run = get_object_or_404(MatchRun, occurrence=page.occurrence, number=asked)
    run.occurrence = page.occurrence
    return run


def _compared(page: Frame, after: MatchRun) -> MatchRun | None:
    """Give the run to compare with. Raises: Http404 for one that is not there."""
    asked = page.request.GET.get("before", "")
    if not asked:
        return versions.run_before(after)
    if (found := number(asked)) is None:
        raise Http404
    return _run(page, found)
