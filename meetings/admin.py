"""Meetings, occurrences and registrants in the admin: to look, and to read again what the platform holds."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from meetings import admin_people, enrolment, work
from meetings.models import Meeting, Occurrence, Registrant, Share
from portal import phones
from portal.accounts.admin import LookOnly
from portal.audit import chain

__all__ = ["admin_people"]


class OccurrenceInline(admin.TabularInline):
    """The holdings of one meeting."""

    model = Occurrence
    fields = readonly_fields = ["sub_meeting_id", "start_at", "end_at", "state", "started_at", "ended_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return False


class ShareInline(admin.TabularInline):
    """Whom a meeting is shown to."""

    model = Share
    fields = readonly_fields = ["user", "shared_by"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return False


@admin.register(Meeting)
class MeetingAdmin(LookOnly):
    list_display = ["subject", "organisation", "owner", "kind", "origin", "state", "connected", "start_at",
                    "synced_at", "error_code"]  # fmt: skip
    list_filter = ["state", "kind", "origin", "connected", "enrolment", "recurring"]
    search_fields = ["subject", "meeting_id", "meeting_code"]
    date_hierarchy = "start_at"
    list_select_related = ["organisation", "owner"]
    # Without the password and the links that let people in; they are on the meeting's own page.
    fields = ["organisation", "owner", "kind", "origin", "meeting_id", "meeting_code", "creator_open_id",
              "creator_userid", "subject", "start_at", "end_at", "zone", "enrolment", "approval", "recurring",
              "recurring_rule", "asked", "settings", "state", "connected", "version", "changed_by", "made_at",
              "synced_at", "error_code"]  # fmt: skip
    inlines = [OccurrenceInline, ShareInline]
    actions = ["sync_now", "pull_registrants"]

    @admin.action(description=_("Read from Tencent Meeting again"))
    def sync_now(self, request: HttpRequest, meetings: QuerySet[Meeting]) -> None:
        self._ask(request, "meetings.refresh", meetings.exclude(meeting_id=""))

    @admin.action(description=_("Pull registrants"))
    def pull_registrants(self, request: HttpRequest, meetings: QuerySet[Meeting]) -> None:
        self._ask(request, enrolment.PULL, meetings.live_on_platform().filter(enrolment=True))

    def _ask(self, request: HttpRequest, task: str, meetings: QuerySet[Meeting]) -> None:
        for meeting in meetings:
            chain.record(task, actor=request.user, organisation=meeting.organisation_id, subject=meeting)
            work.ask(task, meeting)
        self.said(request, len(meetings))


@admin.register(Occurrence)
class OccurrenceAdmin(LookOnly):
    list_display = ["meeting", "start_at", "end_at", "state", "started_at", "ended_at", "sub_meeting_id"]
    list_filter = ["state"]
    search_fields = ["meeting__subject", "meeting__meeting_id", "sub_meeting_id"]
    date_hierarchy = "start_at"
    list_select_related = ["meeting"]
    fields = list_display


@admin.register(Registrant)
class RegistrantAdmin(LookOnly):
    list_display = ["name", "masked", "meeting", "status", "source", "person", "enrolled_at", "seen_at"]
    list_filter = ["status", "source"]
    search_fields = ["name", "company", "enroll_id", "meeting__subject"]
    list_select_related = ["meeting", "person"]
    fields = ["meeting", "person", "enroll_id", "status", "source", "name", "masked", "company", "email",
              "userid", "open_id", "ms_open_id", "enrolled_at", "seen_at"]  # fmt: skip

    @admin.display(description=_("phone"))
    def masked(self, registrant: Registrant) -> str:
        return phones.mask(registrant.phone) or "–"
