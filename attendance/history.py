"""Where somebody was expected before: the same person in earlier meetings the reader may see."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models import Outcome
from meetings.models import ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import Membership

# How far back one looks, and how many meetings are shown.
MOST_MEETINGS, MOST_SHOWN = 100, 20

SAME_BY: dict[str, Promise] = {
    "series": _("the same list"),
    "userid": _("staff id"),
    "phone_index": _("phone"),
    "email": _("e-mail"),
    "name": _("name and company only"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier meeting: what its results say of the person, and by what they are known to be the same."""

    outcome: Outcome
    occurrence: Occurrence
    by: str

    @property
    def by_word(self) -> str | Promise:
        """Name what shows that it is the same person."""
        return SAME_BY[self.by]

    @property
    def is_certain(self) -> bool:
        """Whether more than a name says so."""
        return self.by != "name"


def of_person(person: ExpectedPerson, occurrence: Occurrence, reader: Membership) -> list[Past]:
    """Give the earlier meetings a person was expected in, the latest first: four queries at most."""
    before = Meeting.objects.visible_to(reader).filter(start_at__lt=occurrence.start_at).order_by("-start_at", "-pk")
    meetings = list(dict.fromkeys(before.values_list("pk", flat=True)[:MOST_MEETINGS]))
    known = {person.pk: "series"} | _found(person, meetings)
    outcomes = Outcome.objects.filter(run__current=True, person__in=known, run__occurrence__start_at__lt=occurrence.start_at)
    outcomes = outcomes.filter(run__occurrence__meeting__in=[*meetings, person.meeting_id])
    rows = outcomes.select_related("run__occurrence__meeting").order_by("-run__occurrence__start_at", "pk")
    return [Past(row, row.run.occurrence, known[row.person_id]) for row in rows[:MOST_SHOWN]]


def _found(person: ExpectedPerson, meetings: list[int]) -> dict[int, str]:
    """Find the same person in other meetings by a key; by name and company only where nothing else is known of them."""
    others = ExpectedPerson.objects.filter(meeting__in=meetings).exclude(meeting=person.meeting_id)
    keys = dict(_keys(person))
    if keys:
        wanted = Q()
        for name, value in keys.items():
            wanted |= Q(**{name: value})
        rows = others.filter(wanted).values("pk", *keys)
        return {row["pk"]: next(name for name in keys if row[name] == keys[name]) for row in rows}
    named = others.filter(name=person.name, company=person.company)
    return dict.fromkeys(named.values_list("pk", flat=True), "name")


def _keys(person: ExpectedPerson) -> Iterator[tuple[str, str]]:
    for name in ("userid", "phone_index", "email"):
        if value := getattr(person, name):
            yield name, value
