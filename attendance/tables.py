"""Tables of results: the people expected, and everybody who was in the meeting."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.db.models import Model
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance.filters import NONE
from attendance.groups import shown_as
from attendance.models import Match, Outcome

NUMBER = {"td": {"class": "rc-number"}, "th": {"class": "rc-number"}}


def _empty_unless_there(record: Outcome) -> str:
    """Leave a figure out on a phone where the person never came."""
    return "rc-number" if record.seconds or record.entries else "rc-number rc-empty-cell"


IF_THERE = {"td": {"class": _empty_unless_there}, "th": {"class": "rc-number"}}
WORDS = {"td": {"class": lambda record: "" if record.entries else "rc-empty-cell"}}


class Cell(tables.Column):
    """A cell drawn by a template in the page's own context.

    The stock TemplateColumn makes a new context for every cell and runs all context processors for it.
    """

    empty_values = ()

    def __init__(self, *, template: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template = f"attendance/cells/{template}.html"

    def render(self, record: Model, table: tables.Table) -> str:
        """Draw the cell of one row; the template knows it as `record`."""
        with table.context.push(record=record):
            return get_template(self.template).template.render(table.context)


class ResultTable(tables.Table):
    """Expected people: whether they came, for how long, and what proves it; cells read `run` and `page` of the page."""

    person = Cell(
        verbose_name=_("Person"), template="person", order_by=("person__name", "pk"),
        attrs={"td": {"class": "rc-main-cell"}},
    )  # fmt: skip
    state = Cell(verbose_name=_("State"), template="state", order_by=("state", "pk"))
    seconds = Cell(
        verbose_name=_("Present"), template="presence", order_by=("seconds", "pk"), attrs=IF_THERE
    )
    first_join = Cell(
        verbose_name=_("From – to"), template="times", order_by=("first_join", "pk"), attrs=IF_THERE
    )
    late_by = Cell(
        verbose_name=_("Late by"), template="late", order_by=("late_by", "pk"), attrs=IF_THERE
    )
    entries = Cell(
        verbose_name=_("Devices"), template="devices", order_by=("entries", "pk"), attrs=WORDS
    )
    key = Cell(verbose_name=_("Proved by"), template="key", order_by=("key", "pk"))

    class Meta:
        model = Outcome
        fields = ("person", "state", "seconds", "first_join", "late_by", "entries", "key")
        empty_text = _("Nobody fits these filters.")


class ParticipantTable(tables.Table):
    """Everybody who was in the meeting, and who of the list they are. Its cells read `run` and `page` of the page around."""

    participant = Cell(
        verbose_name=_("In the meeting"), template="participant",
        order_by=("participant__name", "pk"), attrs={"td": {"class": "rc-main-cell"}},
    )  # fmt: skip
    tier = Cell(verbose_name=_("Kind"), template="tier", order_by=("tier", "pk"))
    person = Cell(
        verbose_name=_("On the list"), template="matched", order_by=("person__name", "pk")
    )
    seconds = Cell(
        verbose_name=_("Present"), template="participant_presence",
        order_by=("participant__seconds", "pk"), attrs=NUMBER,
    )  # fmt: skip
    first_join = Cell(
        verbose_name=_("From – to"), template="participant_times",
        order_by=("participant__first_join", "pk"), attrs=NUMBER,
    )  # fmt: skip
    why = Cell(verbose_name=_("Why"), template="why", orderable=False)

    class Meta:
        model = Match
        fields = ("participant", "tier", "person", "seconds", "first_join", "why")
        empty_text = _("Nobody fits these filters.")


def _percent(share: float) -> str:
    """Write a share as whole per cent, rounding down so that only everyone is 100%."""
    return f"{int(share * 100 + 1e-9)}%"


def _minutes(seconds: float) -> str:
    return gettext("%(count)d min") % {"count": round(seconds / 60)}


def _empty_if_none(record: dict, bound_column: tables.columns.BoundColumn) -> str:
    """Leave a figure of nobody out on a phone."""
    return "rc-number" if record[bound_column.name] else "rc-number rc-empty-cell"


IF_ANY = {"td": {"class": _empty_if_none}, "th": {"class": "rc-number"}}


class Figure(tables.Column):
    """A figure of a group that is a link to its rows; `shown` puts it into words, `asked` narrows the rows."""

    def __init__(self, *, shown: Callable[..., str] = str, **asked: str) -> None:
        title = asked.pop("title")
        super().__init__(verbose_name=title, attrs=IF_ANY, order_by=asked.pop("order_by"), default="–")
        self.shown, self.asked = shown, asked

    def render(self, value: float, record: dict, table: tables.Table) -> str:
        """Draw the figure; one of nobody is no link."""
        return format_html('<a href="{}">{}</a>', table.address(record, **self.asked), self.shown(value)) if value else "0"


def _empty_if_no_walk_in(record: dict, table: tables.Table) -> str:
    return "rc-number" if table.walk_ins.get(record["label"]) else "rc-number rc-empty-cell"


IF_WALKED = {"td": {"class": _empty_if_no_walk_in}, "th": {"class": "rc-number"}}
HEADINGS = {"company": _("Company"), "list": _("List")}


class GroupTable(tables.Table):
    """The expected by company or list; reads the `page` around it for its addresses."""

    label = tables.Column(empty_values=(), order_by=("label",), attrs={"td": {"class": "rc-main-cell"}})
    expected = Figure(title=_("Expected"), order_by=("expected", "label"))
    attended = Figure(title=_("Attended"), order_by=("attended", "label"), state=Outcome.State.ATTENDED)
    partly = Figure(title=_("Partly"), order_by=("partly", "label"), state=Outcome.State.PARTLY)
    absent = Figure(title=_("Absent"), order_by=("absent", "label"), state=Outcome.State.ABSENT)
    undecided = Figure(title=_("Undecided"), order_by=("undecided", "label"), state=Outcome.State.UNDECIDED)
    share = Figure(title=_("Came"), order_by=("share", "label"), shown=_percent, state="came")
    seconds = Figure(title=_("Minutes on average"), order_by=("seconds", "label"), shown=_minutes, state="came", sort="-seconds")

    walk_ins = tables.Column(verbose_name=_("Walk-ins who show it"), empty_values=(), orderable=False, attrs=IF_WALKED)

    class Meta:
        fields = ("label", "expected", "attended", "partly", "absent", "undecided", "share", "seconds", "walk_ins")
        empty_text = _("No group fits.")

    def __init__(self, what: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if what == "company" else ("walk_ins",), **kwargs)
        self.what = what
        # Of the groups on the page; counted once they are known.
        self.walk_ins: dict[str, int] = {}
        self.columns["label"].column.verbose_name = HEADINGS[what]

    def address(self, record: dict, **asked: str) -> str:
        """Give the address of a group's people."""
        return self.context["page"].url("results", **{self.what: record["value"] or NONE}, **asked)

    def render_walk_ins(self, record: dict) -> str:
        """Draw how many walk-ins show the company's name."""
        count = self.walk_ins.get(record["label"], 0)
        asked = {"kind": Match.Tier.NONE, "q": shown_as(record["label"])}
        return format_html('<a href="{}">{}</a>', self.context["page"].url("walk_ins", **asked), count) if count else "0"

    def render_label(self, record: dict) -> str:
        """Name the group; the name leads to everybody in it."""
        return format_html('<a href="{}">{}</a>', self.address(record), record["label"] or _("(no company)"))
