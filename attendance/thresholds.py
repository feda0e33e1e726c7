"""How many would attend under other rules, and who would change state, before anything is frozen or saved."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from attendance import presence
from attendance.models import MatchRun, Outcome, SignIn

# Shares in per cent and minutes that the grid tries, beside those of the rules looked at.
SHARES = (30, 50, 60, 70, 80, 90)
MINUTES = (0, 10, 20, 30, 45, 60, 90, 120)
MOST_COLUMNS = 6

State = Outcome.State
Link = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Cell:
    """How many attend at one share and so many minutes, and where they are listed."""

    percent: int
    minutes: int
    count: int
    url: str
    present: bool
    proposed: bool


def enough(run: MatchRun, seconds: int, needs_sign_in: bool = False) -> Q:
    """Give the condition on outcomes under which somebody was there long enough, and signed in where that is needed."""
    long_enough = Q(first_join__isnull=False, seconds__gte=seconds)
    return long_enough & signed_in(run) if needs_sign_in else long_enough


def signed_in(run: MatchRun) -> Q:
    """Give the condition on outcomes that somebody signed in, as it stands now."""
    standing = SignIn.objects.standing().filter(occurrence=run.occurrence_id, person=OuterRef("person"))
    return Q(Exists(standing))


def attending(run: MatchRun, rule: presence.Rule) -> int:
    """Count who attends under a rule."""
    return Outcome.objects.filter(enough(run, rule.least(run.window_seconds), rule.needs_sign_in), run=run).count()


def moving(run: MatchRun, rule: presence.Rule) -> QuerySet[Outcome]:
    """Give whoever changes state under a rule: from attended to partly, or back."""
    passes = enough(run, rule.least(run.window_seconds), rule.needs_sign_in)
    change = Q(state=State.ATTENDED) & ~passes | Q(state=State.PARTLY) & passes
    return Outcome.objects.filter(change, run=run).select_related("person").order_by("state", "person__name", "pk")


def grid(run: MatchRun, present: presence.Rule, proposed: presence.Rule | None, link: Link) -> list[list[Cell]]:
    """Count, in one query, who attends at each share (rows) and each number of minutes (columns).

    A sign-in is needed where the rule looked at needs one: the proposed, else the present one.
    """
    shown = [rule for rule in (present, proposed) if rule]
    columns, signed = _minutes(run, shown), shown[-1].needs_sign_in
    places = [(percent, minutes) for percent in _shares(shown) for minutes in columns]
    counts = _counts(run, [presence.Rule(percent / 100, minutes) for percent, minutes in places], signed)
    marks = [_place(present), _place(proposed) if proposed else None]
    asked = {"signed_in": "yes"} if signed else {}
    cells = [
        Cell(*at, count, link("results", share=at[0], least=at[1], **asked), at == marks[0], at == marks[1])
        for at, count in zip(places, counts, strict=True)
    ]
    return [cells[row : row + len(columns)] for row in range(0, len(cells), len(columns))]


def _counts(run: MatchRun, tried: list[presence.Rule], needs_sign_in: bool) -> list[int]:
    """Count for each rule; many share a border, and each border is counted once."""
    limits = [rule.least(run.window_seconds) for rule in tried]
    rows = Outcome.objects.filter(signed_in(run), run=run) if needs_sign_in else Outcome.objects.filter(run=run)
    asked = {f"from_{limit}": Count("pk", filter=enough(run, limit)) for limit in set(limits)}
    found = rows.order_by().aggregate(**asked)
    return [found[f"from_{limit}"] for limit in limits]


def _place(rule: presence.Rule) -> tuple[int, int]:
    return round(100 * rule.min_share), rule.min_minutes


def _shares(shown: list[presence.Rule]) -> list[int]:
    return sorted({*SHARES, *(_place(rule)[0] for rule in shown)})


def _minutes(run: MatchRun, shown: list[presence.Rule]) -> list[int]:
    """Choose minutes that fit into the window; those of the rules looked at are always there."""
    asked = {rule.min_minutes for rule in shown}
    fitting = [minutes for minutes in MINUTES if 60 * minutes < run.window_seconds and minutes not in asked]
    return sorted({*asked, *fitting[: MOST_COLUMNS - len(asked)]})
