from django.contrib import admin
from django.http import HttpRequest

from portal.audit.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """The log is for reading only."""

    list_display = ["at", "organisation", "actor", "action", "subject"]
    list_filter = ["action"]
    search_fields = ["actor", "subject", "subject_id", "organisation"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False
