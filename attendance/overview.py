"""A meeting at a glance: how many were expected, came and stayed, and what is still to be done about it."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attendance.models import MatchRun, Outcome
from attendance.tiles import Link
from meetings.models import ExclusiveLink, ExpectedPerson, Meeting
from portal.accounts.credentials import keys_of

MOST_LINKS = 300
GREEN, AMBER, RED = "green", "amber", "red"

ORIGINS: dict[str, Promise] = {
    Meeting.Origin.OAUTH: gettext_lazy("Made here with the organiser's connection, which can read its attendance."),
    Meeting.Origin.KEYS: gettext_lazy("Made here with the enterprise credential, which can read its attendance."),
    Meeting.Origin.ELSEWHERE: gettext_lazy("Made elsewhere: only the enterprise credential can read its attendance."),
}

Item = dict[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """How far the preparation is: people on the list, those with a way in of their own, registered, dropped, linked."""

    expected: int
    with_way: int
    registered: int
    dropped: int
    linked: int
    keys: bool


def plan_of(meeting: Meeting) -> Plan:
    """Count the preparation of a meeting."""
    linked = Q(link__state=ExclusiveLink.State.MADE)
    enrolled = ~Q(enroll_id="")
    counts = meeting.people.awaited().aggregate(
        expected=Count("pk"),
        with_way=Count("pk", filter=linked | enrolled),
        registered=Count("pk", filter=enrolled),
        dropped=Count("pk", filter=Q(imported=ExpectedPerson.Import.DROPPED)),
        linked=Count("pk", filter=linked),
    )
    return Plan(**counts, keys=keys_of(meeting.organisation) is not None)


def funnel(meeting: Meeting, plan: Plan, run: MatchRun | None, link: Link) -> list[dict[str, object]]:
    """Give the way from expected to stayed; each step leads to its rows."""
    people, links = reverse("meetings:people", args=[meeting.pk]), reverse("meetings:links", args=[meeting.pk])
    steps = [{"label": _("With a personal way in"), "count": plan.with_way, "url": people if meeting.enrolment else links}]
    if run is None:
        return [{"label": _("Expected"), "count": plan.expected, "url": people}, *steps]
    tally = run.outcomes.tally()
    attended = tally.get(Outcome.State.ATTENDED, 0)
    came = attended + tally.get(Outcome.State.PARTLY, 0)
    return [
        {"label": _("Expected"), "count": sum(tally.values()), "url": link("results")},
        *steps,
        {"label": _("Came"), "count": came, "url": link("results", state="came")},
        {"label": _("Stayed long enough"), "count": attended, "url": link("results", state=Outcome.State.ATTENDED)},
    ]


def preparation(meeting: Meeting, plan: Plan) -> list[Item]:
    """Give what should be right before the meeting, and what cannot be proved as it is."""
    people = reverse("meetings:people", args=[meeting.pk])
    if plan.expected:
        told = ngettext("%(number)d person", "%(number)d people", plan.expected) % {"number": plan.expected}
        items = [_item(GREEN, _("The list is there"), told, people)]
    elif meeting.enrolment:
        items = [_item(AMBER, _("No list yet"), _("Approved registrants become expected people by themselves."), people)]
    else:
        items = [_item(RED, _("The list is missing"), _("Without a list nobody is expected."), people)]
    items += [_enrolment(meeting, plan)] if meeting.enrolment else []
    items += _ways(meeting, plan)
    return items


def _enrolment(meeting: Meeting, plan: Plan) -> Item:
    people = reverse("meetings:people", args=[meeting.pk])
    facts = {"registered": plan.registered, "expected": plan.expected, "dropped": plan.dropped}
    if plan.dropped:
        return _item(RED, _("Dropped from enrolment"), _("Tencent Meeting dropped %(dropped)d rows of the import.") % facts,
                     f"{people}?imported={ExpectedPerson.Import.DROPPED}")  # fmt: skip
    light = GREEN if plan.registered >= plan.expected else AMBER
    return _item(light, _("Registered"), _("%(registered)d of %(expected)d are registered.") % facts, people)


def _ways(meeting: Meeting, plan: Plan) -> list[Item]:
    """Say what proves people, and what nothing proves with the credentials at hand."""
    links, credential = reverse("meetings:links", args=[meeting.pk]), reverse("accounts:credential")
    if plan.keys:
        wanted = min(plan.expected, MOST_LINKS)
        facts = {"linked": plan.linked, "expected": plan.expected}
        light = GREEN if plan.linked >= wanted and plan.expected <= MOST_LINKS else AMBER
        return [_item(light, _("Exclusive links"), _("%(linked)d of %(expected)d have one.") % facts, links)]
    if meeting.origin == Meeting.Origin.ELSEWHERE:
        return [_item(RED, _("Attendance cannot be read"), str(ORIGINS[Meeting.Origin.ELSEWHERE]), credential)]
    if meeting.enrolment:
        return [_item(AMBER, _("Telephone callers"), _("They can be proved with the enterprise credential only."), credential)]
    return [_item(RED, _("People are known by name only"), _("A name only proposes. Switch enrolment on, or enter the "
            "enterprise credential for exclusive links."), credential)]  # fmt: skip


def _item(light: str, title: str, meta: str, url: str) -> Item:
    return {"status": light, "title": title, "meta": meta, "url": url}


def aftermath(run: MatchRun, link: Link) -> list[Item]:
    """Give what is left to do after the meeting."""
    counts = run.counts
    items = []
    if counts.get("conflict"):
        items.append(_item("conflict", _("Keys disagree"), _("Perhaps a link was forwarded."), link("review"))
                     | {"end": counts["conflict"]})  # fmt: skip
    if counts.get("review"):
        items.append(_item("review", _("To review"), _("Participants who may be on the list."), link("review"))
                     | {"end": counts["review"]})  # fmt: skip
    return items
