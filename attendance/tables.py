"""Tables of results: the people expected, and everybody who was in the meeting."""

from typing import Any

import django_tables2 as tables
from django.db.models import Model
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

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
