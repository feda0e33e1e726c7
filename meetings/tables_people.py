"""Lists and links as tables. Phones are masked here: a page never holds a full one."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.lists import words
from meetings.models import ExclusiveLink, ExpectedPerson
from meetings.tables import MAIN, PICK
from portal import phones

# Nothing is not worth a line of a card.
IF_CODE = {"td": {"class": lambda record: "" if record.code else "rc-empty-cell"}}


class PeopleTable(tables.Table):
    """Who is expected."""

    name = tables.TemplateColumn(
        template_name="meetings/_person_name.html", verbose_name=words.FIELDS["name"], attrs=MAIN
    )
    phone = tables.Column(verbose_name=words.FIELDS["phone"], orderable=False, default="–")
    code = tables.Column(verbose_name=words.FIELDS["code"], default="–", attrs=IF_CODE)
    source = tables.Column(verbose_name=_("Source"))
    imported = tables.TemplateColumn(
        template_name="meetings/_person_import.html", verbose_name=_("Import state")
    )
    link = tables.Column(verbose_name=_("Link"), order_by="link__state", default="–")
    actions = tables.TemplateColumn(
        template_name="meetings/_person_actions.html", verbose_name="", orderable=False, empty_values=()
    )

    class Meta:
        model = ExpectedPerson
        fields: list[str] = []
        sequence = ["name", "phone", "code", "source", "imported", "link", "actions"]
        empty_text = _("Nobody here fits.")

    def __init__(self, *args: Any, may_reveal: bool = False, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.may_reveal = may_reveal

    def render_phone(self, record: ExpectedPerson, value: str) -> str:
        """Mask the phone; who may see it in full finds the way."""
        address = (
            reverse("meetings:person_reveal", args=[record.meeting_id, record.pk]) if self.may_reveal else ""
        )
        return render_to_string(
            "components/_phone.html", {"masked": phones.mask(value), "reveal_url": address}
        )

    def render_link(self, value: ExclusiveLink) -> str:
        """Show the state of the link."""
        return _link_state(value)


class LinksTable(tables.Table):
    """Who has a link, who waits for one, who got none and why."""

    pick = tables.TemplateColumn(
        template_name="meetings/_link_pick.html",
        verbose_name="",
        orderable=False,
        empty_values=(),
        attrs=PICK,
    )
    name = tables.TemplateColumn(
        template_name="meetings/_person_name.html", verbose_name=words.FIELDS["name"], attrs=MAIN
    )
    code = tables.Column(verbose_name=words.FIELDS["code"], default="–", attrs=IF_CODE)
    link = tables.Column(verbose_name=_("State"), order_by="link__state", default="–")
    url = tables.TemplateColumn(
        template_name="meetings/_link_url.html",
        verbose_name=_("Exclusive link"),
        orderable=False,
        empty_values=(),
    )

    class Meta:
        model = ExpectedPerson
        fields: list[str] = []
        sequence = ["pick", "name", "code", "link", "url"]
        empty_text = _("Nobody here fits.")

    def render_link(self, value: ExclusiveLink) -> str:
        """Show the state of the link, and why it was refused."""
        return _link_state(value)


def _link_state(link: ExclusiveLink) -> str:
    reason = words.of_link(link.error_code) if link.error_code else ""
    return render_to_string("meetings/_link_state.html", {"link": link, "reason": reason})
