"""Exclusive links: who has one, issue them, how far the work is, QR codes."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from meetings import links as noun
from meetings import work
from meetings.filters_people import LinkFilter
from meetings.models import ExclusiveLink, Meeting
from meetings.tables_people import LinksTable
from meetings.tabs import tabs
from meetings.views.pulling import STOP_POLLING
from portal.accounts.access import member, planner
from portal.accounts.credentials import keys_of
from portal.accounts.tables import show
from portal.jobs.models import Job
from portal.tencent.links import MOST_LINKS

PAGE = 50
# What has more digits is no id of a database, which would refuse to look for it.
LONGEST_ID = 19


@member
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who has a link and who has none."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    may_change = Meeting.objects.changeable_by(request.membership).live_on_platform().filter(pk=pk).exists()
    keys = keys_of(meeting.organisation)
    may_issue = may_change and keys is not None
    present = meeting.people.present()
    filtered = LinkFilter(request.GET, queryset=present.select_related("link", "meeting"))
    table = LinksTable(filtered.qs, exclude=_hidden(may_change, may_issue))
    show(table, request, per_page=PAGE)
    context = {
        "meeting": meeting,
        "tabs": tabs(meeting, "links"),
        "table": table,
        "filter": filtered,
        "keys": keys,
        "may_issue": may_issue,
        "may_change": may_change,
        "most": MOST_LINKS,
        "made": meeting.links.filter(state=ExclusiveLink.State.MADE).count(),
        "without": present.without_link().count(),
        "any": present.exists(),
        "progress": _progress(meeting),
        "actions": [{"value": "chosen", "label": _("Issue links"), "icon": "link-45deg"}],
    }
    return render(request, "meetings/link_list.html", context)


def _hidden(may_change: bool, may_issue: bool) -> tuple[str, ...]:
    """Say which columns a reader does not get: whoever has a person's link can come as that person."""
    return (*(() if may_issue else ("pick",)), *(() if may_change else ("url",)))


@planner
@require_POST
def links_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Want links for the chosen people, or for all who have none."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership).live_on_platform(), pk=pk)
    if keys_of(meeting.organisation) is None:
        messages.error(request, _("Exclusive links need the enterprise credential."))
        return redirect("meetings:links", pk=pk)
    present = meeting.people.present()
    chosen = [row for row in request.POST.getlist("row") if row.isdecimal() and len(row) < LONGEST_ID]
    wanted = present.without_link() if request.POST.get("action") == "all" else present.filter(pk__in=chosen)
    count = noun.ask(meeting, wanted, by=request.user)
    if count:
        asked = ngettext("%(count)d link is being made.", "%(count)d links are being made.", count)
        messages.success(request, asked % {"count": count})
    else:
        messages.warning(request, _("Nobody without a link was chosen."))
    return redirect("meetings:links", pk=pk)


@member
def links_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the work is; reload the page when it is done."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    progress = _progress(meeting)
    answer = render(request, "meetings/_link_progress.html", {"meeting": meeting, "progress": progress})
    if progress is None or progress.finished:
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true"
    return answer


@planner
def links_qr(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all links as QR codes on a sheet that can be printed."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    return _qr_page(request, meeting, _made(meeting))


@planner
def link_qr(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show the QR code of one person's link."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    link = get_object_or_404(
        meeting.links.select_related("person"), person=person, state=ExclusiveLink.State.MADE
    )
    return _qr_page(request, meeting, [link])


def _qr_page(request: HttpRequest, meeting: Meeting, found: list[ExclusiveLink]) -> HttpResponse:
    codes = [{"person": link.person, "url": link.url, "svg": _drawn(link.url)} for link in found]
    return render(
        request, "meetings/link_qr.html", {"meeting": meeting, "tabs": tabs(meeting, "links"), "codes": codes}
    )


def _made(meeting: Meeting) -> list[ExclusiveLink]:
    made = meeting.links.filter(state=ExclusiveLink.State.MADE, person__removed_at=None)
    return list(made.select_related("person").order_by("person__row", "person_id"))


def _drawn(url: str) -> SafeString:
    return mark_safe(segno.make(url, error="m").svg_inline(scale=4, omitsize=True))


def _progress(meeting: Meeting) -> work.Progress | None:
    return work.progress(Job.objects.filter(subject=work.subject_of(meeting), task=noun.TASK))
