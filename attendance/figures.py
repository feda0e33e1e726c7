"""What the charts of a run draw, each figure with the address of its rows; counted in the database."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Min, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from attendance import presence
from attendance.models import MatchRun, Outcome, OutcomeQuerySet

Link = Callable[..., str]

MINUTE = 60
# Lengths of a stretch, in minutes; the shortest that gives few enough stretches is taken.
STRETCHES = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
MOST_COLUMNS = 30
# Who came longer before the window is drawn together.
EARLY = 20 * MINUTE


@dataclass(frozen=True, slots=True)
class Column:
    """One stretch of a chart: from, up to but not including (Unix seconds or seconds), how many, and their rows."""

    start: int
    end: int
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns side by side, with what is marked among them (the same unit as the columns)."""

    columns: list[Column]
    marks: list[int]

    @property
    def most(self) -> int:
        """The tallest column's figure."""
        return max((column.count for column in self.columns), default=0)

    @property
    def total(self) -> int:
        """All of them together."""
        return sum(column.count for column in self.columns)


def funnel(tally: dict[str, int], link: Link) -> list[dict[str, object]]:
    """Give the way from expected over arrived to stayed; each step leads to its rows."""
    attended = tally.get(Outcome.State.ATTENDED, 0)
    came = attended + tally.get(Outcome.State.PARTLY, 0)
    return [
        {"label": _("Expected"), "count": sum(tally.values()), "url": link("results")},
        {"label": _("Came"), "count": came, "url": link("results", state="came")},
        {"label": _("Stayed long enough"), "count": attended, "url": link("results", state=Outcome.State.ATTENDED)},
    ]


def arrivals(run: MatchRun, link: Link) -> Chart | None:
    """Give when the expected people came first, by stretches of equal length; None where nobody came."""
    came = _came(run)
    ends = came.aggregate(first=Min("first_join"), last=Max("first_join"))
    if ends["first"] is None:
        return None
    earliest = max(ends["first"], run.window_start - EARLY) // MINUTE * MINUTE
    step = _stretch(max(ends["last"], run.window_start) - earliest)
    start = earliest // step * step
    number = (max(ends["last"], run.window_start) - start) // step + 1
    counts = _counted(came, Greatest(F("first_join") - start, 0), step)
    columns = [_arrived(start + at * step, step, counts.get(at, 0), at == 0, link) for at in range(number)]
    return Chart(columns, [run.window_start, run.window_end])


def _arrived(start: int, step: int, count: int, first: bool, link: Link) -> Column:
    """Make a column; the first one holds everybody who came earlier too."""
    since = {} if first else {"since": start}
    return Column(start, start + step, count, link("results", state="came", until=start + step, **since))


def lengths(run: MatchRun, link: Link) -> Chart | None:
    """Give for how long those who came were there, with the rule's thresholds; None where nobody came."""
    came = _came(run)
    longest = came.aggregate(longest=Max("seconds"))["longest"]
    if longest is None:
        return None
    step = _stretch(max(longest, run.window_seconds))
    counts = _counted(came, F("seconds"), step)
    columns = []
    for at in range(max(longest, max(0, run.window_seconds - 1)) // step + 1):
        rows = {"least": at * step // MINUTE, "below": (at + 1) * step // MINUTE}
        columns.append(Column(at * step, (at + 1) * step, counts.get(at, 0), link("results", state="came", **rows)))
    return Chart(columns, [needed(run)])


def needed(run: MatchRun) -> int:
    """Give how many seconds the run's rule asks for: the larger of share and minutes."""
    return presence.Rule(**run.rule).least(run.window_seconds)


def _came(run: MatchRun) -> OutcomeQuerySet:
    return run.outcomes.filter(Q(state=Outcome.State.ATTENDED) | Q(state=Outcome.State.PARTLY)).order_by()


def _stretch(seconds: int) -> int:
    fitting = (MINUTE * minutes for minutes in STRETCHES if seconds / MINUTE / minutes < MOST_COLUMNS)
    return next(fitting, MINUTE * STRETCHES[-1])


def _counted(rows: OutcomeQuerySet, figure: object, step: int) -> dict[int, int]:
    """Count rows by the stretch their figure falls into."""
    at = ExpressionWrapper(figure / step, output_field=BigIntegerField())
    return dict(rows.annotate(at=at).values_list("at").annotate(count=Count("pk")))
