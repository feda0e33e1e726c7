"""Lists of this floor as tables."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Occurrence, Registrant
from portal import phones

MAIN = {"td": {"class": "rc-main-cell"}}
PICK = {"td": {"class": "rc-pick"}, "th": {"class": "rc-pick"}}


class MeetingTable(tables.Table):
    """Meetings with what one looks for: what, when, in which state, made where."""

    subject = tables.TemplateColumn(
        template_name="meetings/_meeting_cell.html", verbose_name=_("Subject"), attrs=MAIN
    )
    shown_at = tables.TemplateColumn(template_name="meetings/_meeting_time.html", verbose_name=_("Start"))
    state = tables.TemplateColumn(template_name="meetings/_meeting_state.html", verbose_name=_("State"))
    owner = tables.Column(verbose_name=_("Organiser"), order_by="owner__name", default="–")
    origin = tables.Column(verbose_name=_("Origin"))

    class Meta:
        model = Meeting
        fields: list[str] = []
        sequence = ["subject", "shown_at", "state", "owner", "origin"]
        order_by = "-shown_at"
        empty_text = _("No meeting fits these filters.")


class OccurrenceTable(tables.Table):
    """The occurrences of a series, each with what can be done about it."""

    start_at = tables.TemplateColumn(
        template_name="meetings/_occurrence_time.html", verbose_name=_("Time"), attrs=MAIN
    )
    state = tables.TemplateColumn(
        template_name="meetings/_occurrence_state.html", verbose_name=_("State"), orderable=False
    )
    actions = tables.TemplateColumn(
        template_name="meetings/_occurrence_actions.html", verbose_name="", orderable=False, empty_values=()
    )

    class Meta:
        model = Occurrence
        fields: list[str] = []
        sequence = ["start_at", "state", "actions"]
        empty_text = _("Tencent Meeting has not told us the occurrences yet.")


class RegistrantTable(tables.Table):
    """Registrants, to be chosen and decided; phones stay masked."""

    pick = tables.TemplateColumn(
        '{% include "components/_pick.html" with value=record.enroll_id name=record.name %}',
        verbose_name="", orderable=False, empty_values=(), attrs=PICK,
    )  # fmt: skip
    name = tables.TemplateColumn(
        template_name="meetings/_registrant_name.html", verbose_name=_("Name"), attrs=MAIN
    )
    phone = tables.Column(verbose_name=_("Phone"), orderable=False, default="–")
    status = tables.TemplateColumn(template_name="meetings/_registrant_status.html", verbose_name=_("State"))
    source = tables.Column(verbose_name=_("Source"))
    enrolled_at = tables.DateTimeColumn(verbose_name=_("Registered"), format="Y-m-d H:i", default="–")

    class Meta:
        model = Registrant
        fields: list[str] = []
        sequence = ["pick", "name", "phone", "status", "source", "enrolled_at"]
        order_by = "-enrolled_at"
        empty_text = _("Nobody here fits.")

    def render_phone(self, value: str) -> str:
        """Mask the phone: a page never holds a full one."""
        return phones.mask(value)
