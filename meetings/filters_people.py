"""How the list and its links are narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import HiddenInput, TextInput
from django.utils.translation import gettext_lazy as _

from meetings.models import ExclusiveLink, ExpectedPerson
from portal import phones
from portal.crypto import index_hash

NONE, BEING_MADE, LOST = "none", "being_made", "lost"
Link, Import = ExclusiveLink.State, ExpectedPerson.Import
TAIL = 4


class LinkFilter(filters.FilterSet):
    """People by words and by what became of their link."""

    q = filters.CharFilter(
        label=_("Name, company, code or phone"), method="search", widget=TextInput({"type": "search"})
    )
    link = filters.ChoiceFilter(
        label=_("Link"),
        choices=[
            (NONE, _("none")),
            (BEING_MADE, Link.WANTED.label),
            (Link.MADE, Link.MADE.label),
            (Link.REFUSED, Link.REFUSED.label),
        ],
        empty_label=_("All"),
        method="by_link",
    )

    class Meta:
        model = ExpectedPerson
        fields: list[str] = []

    def search(self, rows: QuerySet[ExpectedPerson], name: str, value: str) -> QuerySet[ExpectedPerson]:
        """Find by a part of a plain field, by the whole phone or by its last four digits."""
        text = value.strip()
        found = Q(phone_tail=text) if len(text) == TAIL and text.isdigit() else Q()
        for field in ("name", "company", "code", "email", "userid"):
            found |= Q(**{f"{field}__icontains": text})
        return rows.filter(found | Q(phone_index=_index(text))) if _index(text) else rows.filter(found)

    def by_link(self, rows: QuerySet[ExpectedPerson], name: str, value: str) -> QuerySet[ExpectedPerson]:
        """Narrow by the state of the link; having none is a state too."""
        if value == NONE:
            return rows.filter(link=None)
        states = (Link.WANTED, Link.ASKED) if value == BEING_MADE else (value,)
        return rows.filter(link__state__in=states)


class PeopleFilter(LinkFilter):
    """People by words, by list, where they come from, and what became of their import and link."""

    list = filters.NumberFilter(field_name="listings__expected_list", widget=HiddenInput())
    source = filters.ChoiceFilter(label=_("Source"), choices=ExpectedPerson.Source, empty_label=_("All"))
    imported = filters.ChoiceFilter(
        label=_("Import state"),
        choices=[*Import.choices, (LOST, _("not taken by the platform"))],
        empty_label=_("All"),
        method="by_import",
    )

    class Meta:
        model = ExpectedPerson
        fields: list[str] = []

    def by_import(self, rows: QuerySet[ExpectedPerson], name: str, value: str) -> QuerySet[ExpectedPerson]:
        """Narrow by what became of the import."""
        states = (Import.DROPPED, Import.UNKNOWN_USER) if value == LOST else (value,)
        return rows.filter(imported__in=states)


def _index(text: str) -> str:
    try:
        return index_hash("phone", phones.parse(text).e164)
    except phones.BadPhone:
        return ""
