"""The expected list: look, change one person, reveal a phone for a reason, import into the enrolment."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from meetings import imports, work
from meetings.filters_people import LOST, PeopleFilter
from meetings.list_forms import NewPersonForm, PersonForm, RevealForm
from meetings.lists import people as noun
from meetings.lists import rosters
from meetings.models import ExclusiveLink, ExpectedList, ExpectedPerson, Meeting, Upload
from meetings.tables_people import PeopleTable
from meetings.tabs import tabs
from meetings.views.pulling import STOP_POLLING
from portal.accounts.access import member, planner
from portal.accounts.tables import show
from portal.jobs.models import Job

PAGE = 50
TAKEN = {
    "phone": gettext_lazy("%(name)s on the list has this phone."),
    "code": gettext_lazy("%(name)s on the list has this external code."),
    "userid": gettext_lazy("%(name)s on the list has this staff id."),
}


@member
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is expected."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    may_change = meeting.is_changeable_by(request.membership)
    present = meeting.people.present()
    lists = list(meeting.lists.annotate(people=Count("listings")))
    chosen = next((each for each in lists if str(each.pk) == request.GET.get("list")), None)
    filtered = PeopleFilter(request.GET, queryset=present.select_related("link", "meeting"))
    may_reveal = noun.may_reveal(request.membership, meeting)
    table = PeopleTable(filtered.qs, exclude=() if may_change else ("actions",), may_reveal=may_reveal)
    show(table, request, per_page=PAGE)
    context = {
        "meeting": meeting,
        "tabs": tabs(meeting, "people"),
        "table": table,
        "filter": filtered,
        "figures": _figures(meeting),
        "lists": _chips(meeting, lists, chosen, may_change),
        "roster": chosen,
        "versions": chosen.versions.count() if chosen else 0,
        "to_import": present.to_import().count(),
        "lost": present.filter(imported__in=imports.LOST).count(),
        "waiting": meeting.uploads.filter(state__in=Upload.OPEN, expires_at__gt=timezone.now()).first(),
        "progress": _progress(meeting),
        "may_change": may_change,
        "may_import": may_change and _may_import(meeting),
    }
    return render(request, "meetings/people_list.html", context)


@planner
def person_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put somebody on the list by hand."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    form = NewPersonForm(request.POST or None, lists=list(meeting.lists.all()), chosen=request.GET.get("list", ""))
    if request.method == "POST" and form.is_valid():
        try:
            person = _added(request, meeting, form)
        except noun.Taken as error:
            form.add_error(error.field, TAKEN[error.field] % {"name": error.person.name})
        else:
            messages.success(request, _("%(name)s is on the list.") % {"name": person.name})
            return redirect(f"{reverse('meetings:people', args=[pk])}?{request.GET.urlencode()}")
    return _person_page(request, meeting, form)


@planner
def person_change(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Change somebody by hand; a form that went stale is sent back with what holds now."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    row = get_object_or_404(meeting.people.present(), pk=person)
    form = PersonForm(request.POST or None, person=row)
    if request.method == "POST" and form.is_valid():
        try:
            noun.change(row, form.values(), as_seen=form.cleaned_data["seen"], by=request.user, now=timezone.now())
        except noun.Taken as error:
            form.add_error(error.field, TAKEN[error.field] % {"name": error.person.name})
        except noun.ChangedMeanwhile:
            messages.warning(
                request, _("Somebody changed this person meanwhile. Nothing was saved; this holds now.")
            )
            return redirect("meetings:person_change", pk=pk, person=person)
        else:
            messages.success(request, _("The change was saved."))
            return redirect("meetings:people", pk=pk)
    return _person_page(request, meeting, form, row)


@planner
def person_remove(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Ask, and take somebody off the list."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    row = get_object_or_404(meeting.people.present(), pk=person)
    off = meeting.lists.filter(pk=request.GET["list"]).first() if request.GET.get("list", "").isdecimal() else None
    if request.method == "POST":
        noun.remove(row, by=request.user, now=timezone.now(), off=off)
        messages.success(request, _("%(name)s is off the list.") % {"name": row.name})
        return redirect("meetings:people", pk=pk)
    stays = [
        _("Visits and decisions that exist."),
        _("What is on Tencent Meeting: the enrolment and the exclusive link."),
    ]
    context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "person": row, "stays": stays}
    context |= {"goes": [_goes(row, off)], "off": off}
    return render(request, "meetings/person_remove.html", context)


@planner
def people_clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what goes with the list, and take everybody off it."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    if request.method == "POST":
        noun.clear(meeting, by=request.user, now=timezone.now())
        messages.success(request, _("The list was deleted."))
        return redirect("meetings:people", pk=pk)
    present = meeting.people.present()
    people, linked = present.count(), present.filter(link__isnull=False).count()
    goes = [
        ngettext("%(count)d person no longer counts as expected.", "%(count)d people no longer count as expected.", people)
        % {"count": people},
        _("Who came of them stands as a walk-in in the next results."),
    ]
    stays = [
        _("Visits and decisions that exist."),
        ngettext("%(count)d exclusive link on Tencent Meeting.", "%(count)d exclusive links on Tencent Meeting.", linked)
        % {"count": linked},
        _("The registrations on Tencent Meeting."),
    ]
    context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "goes": goes, "stays": stays}
    return render(request, "meetings/people_clear.html", context)


@never_cache
@member
def person_reveal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show a full phone to somebody who may see it and says why."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    row = get_object_or_404(meeting.people, pk=person)
    if not noun.may_reveal(request.membership, meeting):
        raise PermissionDenied
    form = RevealForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        shown = noun.reveal(row, form.cleaned_data["reason"], by=request.user)
    context = {
        "meeting": meeting,
        "tabs": tabs(meeting, "people"),
        "person": row,
        "form": form,
        "shown": shown,
    }
    return render(request, "meetings/person_reveal.html", context)


@planner
@require_POST
def people_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the import into the platform's enrolment; with `again` of those it did not take too."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership).live_on_platform(), pk=pk)
    imports.ask(meeting, by=request.user, again="again" in request.POST)
    return redirect("meetings:people", pk=pk)


@member
def people_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the import is; reload the page when it is done."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.membership), pk=pk)
    progress = _progress(meeting)
    answer = render(request, "meetings/_people_progress.html", {"meeting": meeting, "progress": progress})
    if progress is None or progress.finished:
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true"
    return answer


def _progress(meeting: Meeting) -> work.Progress | None:
    return work.progress(Job.objects.filter(subject=work.subject_of(meeting), task=imports.TASK))


def _added(request: HttpRequest, meeting: Meeting, form: NewPersonForm) -> ExpectedPerson:
    with transaction.atomic():
        into = form.chosen_list() or rosters.main_list(meeting, by=request.user)
        return noun.add(into, form.values(), by=request.user, now=timezone.now())


def _goes(person: ExpectedPerson, off: ExpectedList | None) -> str:
    """Say what follows when somebody is taken off one list, or all."""
    others = person.listings.exclude(expected_list=off).values_list("expected_list__name", flat=True) if off else []
    names = ", ".join(others)
    if names:
        return _("The person leaves “%(list)s” and stays on %(others)s.") % {"list": off, "others": names}
    return _("The person no longer counts as expected.")


def _chips(
    meeting: Meeting, lists: list[ExpectedList], chosen: ExpectedList | None, may_change: bool
) -> list[dict[str, object]]:
    """Give the way to everybody and to each list, with its kind and how many stand on it."""
    page = reverse("meetings:people", args=[meeting.pk])
    chips = [{"label": _("Everybody"), "url": page, "current": chosen is None}]
    for each in lists:
        told = {"label": each.name, "url": f"{page}?list={each.pk}", "count": each.people, "kind": each.kind}
        chips.append(told | {"current": each == chosen})
    if lists and may_change:
        new = f"{reverse('meetings:upload', args=[meeting.pk])}?list=new"
        chips.append({"label": _("New list"), "url": new, "icon": "plus-lg"})
    return chips


def _may_import(meeting: Meeting) -> bool:
    return meeting.enrolment and Meeting.objects.live_on_platform().filter(pk=meeting.pk).exists()


def _person_page(
    request: HttpRequest, meeting: Meeting, form: PersonForm, person: ExpectedPerson | None = None
) -> HttpResponse:
    context = {"meeting": meeting, "tabs": tabs(meeting, "people"), "form": form, "person": person}
    return render(request, "meetings/person_change.html", context)


def _figures(meeting: Meeting) -> list[dict[str, object]]:
    """Count the list; each figure leads to its rows."""
    state, link = ExpectedPerson.Import, ExclusiveLink.State
    counts = meeting.people.present().aggregate(
        listed=Count("pk"),
        done=Count("pk", filter=Q(imported=state.DONE)),
        lost=Count("pk", filter=Q(imported__in=imports.LOST)),
        linked=Count("pk", filter=Q(link__state=link.MADE)),
    )
    page = reverse("meetings:people", args=[meeting.pk])
    return [
        {"label": _("On the list"), "value": counts["listed"], "url": page, "status": "expected"},
        {
            "label": _("Imported"),
            "value": counts["done"],
            "url": f"{page}?imported={state.DONE}",
            "status": "done",
        },
        {
            "label": _("Not taken by the platform"),
            "value": counts["lost"],
            "url": f"{page}?imported={LOST}",
            "status": "dropped",
        },
        {
            "label": _("With an exclusive link"),
            "value": counts["linked"],
            "url": f"{page}?link={link.MADE}",
            "status": "made",
        },
    ]
