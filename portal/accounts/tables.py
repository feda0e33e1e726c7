"""Lists of the account pages, and how every list is cut to a page."""

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from portal.accounts.models import Membership


def show(table: tables.Table, request: HttpRequest, *, per_page: int) -> tables.Table:
    """Sort a table as the address asks and cut it to one page; an odd page number shows the nearest there is."""
    # The stock configuration would let the address say how long a page is: endless, or less than nothing.
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=per_page)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
    return table


class MemberTable(tables.Table):
    """The members of an organisation; the name leads to what may be changed."""

    user__name = tables.Column(
        verbose_name=_("Name"), linkify=("accounts:member", [tables.A("pk")]), attrs={"td": {"class": "rc-main-cell"}}
    )
    role = tables.Column(verbose_name=_("Role"))
    connection = tables.Column(verbose_name=_("Connection"), empty_values=(), orderable=False)
    made_at = tables.DateColumn(verbose_name=_("Since"), format="Y-m-d")

    class Meta:
        model = Membership
        fields = ("user__name", "role", "connection", "made_at")
        order_by = "user__name"
        empty_text = _("Nobody fits.")

    def render_connection(self, record: Membership) -> str:
        states = [grant.get_state_display() for grant in record.user.installations.all()
                  if grant.organisation_id == record.organisation_id]  # fmt: skip
        return str(states[0]) if states else _("by invitation")


class MemberFilter(django_filters.FilterSet):
    """Search by name, filter by role."""

    name = django_filters.CharFilter(field_name="user__name", lookup_expr="icontains", label=_("Name"))
    role = django_filters.ChoiceFilter(choices=Membership.Role.choices, label=_("Role"), empty_label=_("Every role"))

    class Meta:
        model = Membership
        fields = ("name", "role")

    @property
    def qs(self) -> QuerySet[Membership]:
        return super().qs.select_related("user").prefetch_related("user__installations")
