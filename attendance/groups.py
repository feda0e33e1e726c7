"""How the expected came, by company or by list: one row a group, counted in the database."""

from collections.abc import Iterable, Mapping

from django.db.models import Avg, Case, Count, F, FloatField, Q, QuerySet, When

from attendance.models import Match, MatchRun, Outcome
from meetings.models import AWAITED
from portal.names import forms

# A shorter piece of a company's name stands in too many other names.
SHORTEST = 3

State = Outcome.State
CAME = Q(state__in=(State.ATTENDED, State.PARTLY))
# By what expected people are put together: the name of a group, and what finds its people again.
BY: Mapping[str, tuple[str, str]] = {
    "company": ("person__company", "person__company"),
    "list": ("person__listings__expected_list__name", "person__listings__expected_list"),
}


def by(run: MatchRun, what: str, text: str = "") -> QuerySet:
    """Give the groups, largest first: label, value, expected, came, each state, share that came, mean seconds of those.

    Who stands on two lists counts in both groups; companies part everybody.
    """
    label, value = BY[what]
    rows = Outcome.objects.filter(run=run)
    rows = rows.filter(person__listings__expected_list__kind__in=AWAITED) if what == "list" else rows
    rows = rows.filter(**{f"{label}__icontains": text}) if text else rows
    states = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    share = Avg(Case(When(CAME, then=1.0), default=0.0, output_field=FloatField()))
    grouped = rows.order_by().values(label=F(label), value=F(value)).annotate(
        expected=Count("pk"), came=Count("pk", filter=CAME), **states, share=share, seconds=Avg("seconds", filter=CAME)
    )  # fmt: skip
    return grouped.order_by("-expected", "label")


def shown_as(company: str) -> str:
    """Give the piece of a company's name that people show: without its legal form, where something telling remains."""
    pieces = [piece for piece in forms(company).full if len(piece) >= SHORTEST and piece in company]
    return min(pieces, key=lambda piece: (len(piece), piece), default=company)


def walk_ins(run: MatchRun, companies: Iterable[str]) -> dict[str, int]:
    """Count for each company the walk-ins that show its name; one query, the same search as that of the participants."""
    named = [company for company in companies if company]
    shown = {
        f"at_{place}": Count("pk", filter=Q(participant__name__icontains=shown_as(company)))
        for place, company in enumerate(named)
    }
    counts = run.matches.filter(tier=Match.Tier.NONE).aggregate(**shown) if named else {}
    return dict(zip(named, counts.values(), strict=True))
