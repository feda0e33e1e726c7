"""The lists of a meeting: what each is called and for, its earlier versions, and its end."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from meetings.list_forms import ListForm
from meetings.lists import batches, rosters, versions, words
from meetings.lists.comparing import MOST_AT_ONCE, compare, compare_some
from meetings.lists.faults import Unreadable
from meetings.models import ExpectedList, ListVersion, Meeting
from meetings.tabs import tabs
from portal.accounts.access import member, planner

PAGE = 50


@planner
def list_change(request: HttpRequest, pk: int, roster: int) -> HttpResponse:
    """Rename a list, or let it be for something else."""
    expected = _roster(request, pk, roster)
    form = ListForm(request.POST or None, initial={"name": expected.name, "kind": expected.kind})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rosters.change(expected, name=given["name"], kind=given["kind"], by=request.user, now=timezone.now())
        except rosters.NameTaken:
            form.add_error("name", _("The meeting has a list of this name."))
        else:
            messages.success(request, _("The change was saved."))
            return redirect(_people(expected))
    return render(request, "meetings/list_change.html", _context(expected) | {"form": form})


@planner
def list_delete(request: HttpRequest, pk: int, roster: int) -> HttpResponse:
    """Say what goes with a list, and delete it."""
    expected = _roster(request, pk, roster)
    if request.method == "POST":
        rosters.delete(expected, by=request.user, now=timezone.now())
        messages.success(request, _("The list “%(name)s” was deleted.") % {"name": expected.name})
        return redirect("meetings:people", pk=pk)
    told = rosters.consequences(expected)
    goes = [
        ngettext("%(count)d person leaves this list, %(leaving)d of them on no other one: they no longer count.",
                 "%(count)d people leave this list, %(leaving)d of them on no other one: they no longer count.", told.people)
        % {"count": told.people, "leaving": told.leaving},
        _("Its earlier versions, and uploads onto it."),
        _("Who came of them stands as a walk-in in the next results."),
    ]  # fmt: skip
    stays = [_("Visits and decisions that exist."), _("What is on Tencent Meeting: the enrolment and the exclusive links.")]
    return render(request, "meetings/list_delete.html", _context(expected) | {"goes": goes, "stays": stays})


@member
def list_versions(request: HttpRequest, pk: int, roster: int) -> HttpResponse:
    """Show what a list said before, newest first."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    expected = get_object_or_404(meeting.lists.select_related("meeting"), pk=roster)
    page = Paginator(expected.versions.select_related("by").defer("body"), PAGE).get_page(request.GET.get("page"))
    may_change = meeting.is_changeable_by(request.membership)
    context = _context(expected) | {"page": page, "by_hand": versions.BY_HAND, "may_change": may_change}
    return render(request, "meetings/list_versions.html", context)


@member
def version_show(request: HttpRequest, pk: int, roster: int, number: int) -> HttpResponse:
    """Show who stood on a version, and what differs from the list as it is now."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    version = _version(meeting, roster, number)
    told = _part(request, version) if version.people > MOST_AT_ONCE else _whole(request, version)
    context = _context(version.expected_list) | told | {"version": version}
    context["may_change"] = meeting.is_changeable_by(request.membership)
    return render(request, "meetings/version_show.html", context)


def _whole(request: HttpRequest, version: ListVersion) -> dict[str, object]:
    """Give a page of a version, with how many rows do what."""
    compared, show = compare(version), request.GET.get("show")
    page = Paginator(compared.by_effect.get(show, compared.rows), PAGE).get_page(request.GET.get("page"))
    figures = _figures(request.path, compared.counts, show)
    return {"page": page, "rows": page.object_list, "section": show or "", "figures": figures}


def _part(request: HttpRequest, version: ListVersion) -> dict[str, object]:
    """Give a page of a version that is too long to be compared as a whole while somebody waits."""
    page = Paginator(range(version.people), PAGE).get_page(request.GET.get("page"))
    return {"page": page, "rows": compare_some(version, page.start_index() - 1, len(page)), "section": ""}


@planner
@require_POST
def version_restore(request: HttpRequest, pk: int, roster: int, number: int) -> HttpResponse:
    """Bring a version back by way of a dry run."""
    version = _version(_roster(request, pk, roster).meeting, roster, number)
    try:
        kept = batches.receive_version(version, by=request.user, now=timezone.now())
    except Unreadable as error:
        messages.error(request, words.of_file(error.code, error.place))
        return redirect("meetings:list_versions", pk=pk, roster=roster)
    return redirect("meetings:upload_preview", pk=pk, upload=kept.pk)


def _roster(request: HttpRequest, pk: int, roster: int) -> ExpectedList:
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    return get_object_or_404(meeting.lists.select_related("meeting"), pk=roster)


def _version(meeting: Meeting, roster: int, number: int) -> ListVersion:
    versions_ = ListVersion.objects.select_related("expected_list__meeting", "by")
    return get_object_or_404(versions_, expected_list__meeting=meeting, expected_list=roster, number=number)


def _context(expected: ExpectedList) -> dict[str, object]:
    meeting = expected.meeting
    return {"meeting": meeting, "tabs": tabs(meeting, "people"), "roster": expected, "people_url": _people(expected)}


def _people(expected: ExpectedList) -> str:
    return f"{reverse('meetings:people', args=[expected.meeting_id])}?list={expected.pk}"


def _figures(path: str, counts: dict[str, int], current: str | None) -> list[dict[str, object]]:
    """Give how many a version has, and how many restoring it would touch."""
    looks = {
        "all": (_("In this version"), "accent", "people"),
        "back": (_("Not on the list now"), "part", "person-plus"),
        "changed": (_("Different now"), "part", "pencil"),
        "same": (_("The same now"), "mute", "check-circle"),
        "missing": (_("Came later"), "mute", "person-dash"),
    }
    return [
        {"label": label, "tone": tone, "icon": icon, "value": counts[name], "url": f"{path}?show={name}#rows",
         "current": name == (current or "all")}
        for name, (label, tone, icon) in looks.items()
    ]  # fmt: skip
