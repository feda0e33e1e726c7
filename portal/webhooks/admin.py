"""What came in and what it still owes: for looking, and for delivering again. Bodies are never shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.admin import LookOnly
from portal.audit import chain
from portal.webhooks import inbox
from portal.webhooks.models import Delivery, PlatformEvent


class Owed(admin.SimpleListFilter):
    """Deliveries by what became of them."""

    title = _("state")
    parameter_name = "owed"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("open", _("not done")), ("parked", _("parked"))]

    def queryset(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if self.value() == "parked":
            return deliveries.parked()
        return deliveries.owed() if self.value() == "open" else deliveries


class DeliveryInline(admin.TabularInline):
    """What one event owes to whom."""

    model = Delivery
    fields = readonly_fields = ["consumer", "done_at", "attempts"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: PlatformEvent | None = None) -> bool:
        return False


@admin.register(PlatformEvent)
class PlatformEventAdmin(LookOnly):
    list_display = ["received_at", "event", "source", "meeting_id", "happened_at", "trace_id", "index"]
    list_filter = ["event", "source"]
    search_fields = ["trace_id", "meeting_id"]
    date_hierarchy = "received_at"
    fields = ["source", "trace_id", "event", "index", "meeting_id", "sub_meeting_id", "happened_at", "received_at"]
    inlines = [DeliveryInline]
    actions = ["replay"]

    @admin.action(description=_("Deliver again"))
    def replay(self, request: HttpRequest, found: QuerySet[PlatformEvent]) -> None:
        for event in found:
            chain.record("event.replayed", actor=request.user, subject=event)
        self.said(request, sum(inbox.replay(event) for event in found))


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    list_display = ["event", "consumer", "done_at", "attempts"]
    list_filter = [Owed, "consumer"]
    list_select_related = ["event"]
    search_fields = ["event__trace_id", "event__meeting_id"]
    fields = ["event", "consumer", "done_at", "attempts"]
    actions = ["deliver_again"]

    @admin.action(description=_("Deliver again"))
    def deliver_again(self, request: HttpRequest, found: QuerySet[Delivery]) -> None:
        for delivery in found:
            chain.record("event.replayed", actor=request.user, subject=delivery)
            inbox.deliver_again(delivery)
        self.said(request, len(found))
