from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attendance import review, visits
from attendance.models import (
    AttendanceRule,
    CountingWindows,
    Decision,
    Match,
    MatchRun,
    Participant,
    Pull,
    RunRecord,
    SignIn,
    Visit,
)
from meetings.models import Occurrence
from portal.audit import chain


class Facts(admin.ModelAdmin):
    """What happened is for looking, not for changing: actions repair."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [field.name for field in (*self.model._meta.fields, *self.model._meta.many_to_many)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related or ())


class OfOccurrence(Facts):
    """Facts of an occurrence, from which its work can be ordered again."""

    list_select_related = ["occurrence__meeting"]
    search_fields = ["occurrence__meeting__subject", "occurrence__meeting__meeting_id"]
    actions = ["pull_again", "match_again"]

    @admin.action(description=_("Pull again"))
    def pull_again(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._order(request, chosen, "attendance.pull", visits.order)

    @admin.action(description=_("Match again"))
    def match_again(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._order(request, chosen, "attendance.match", review.order_match)

    def _order(
        self, request: HttpRequest, chosen: QuerySet[Any], action: str, order: Callable[[Occurrence], object]
    ) -> None:
        found = Occurrence.objects.filter(pk__in=chosen.order_by().values("occurrence")).select_related("meeting")
        for occurrence in found:
            order(occurrence)
            chain.record(
                action, actor=request.user, organisation=occurrence.meeting.organisation_id,
                subject=occurrence.meeting, occurrence=occurrence.pk,
            )  # fmt: skip
        self.message_user(request, _("Ordered for %(count)d occurrences.") % {"count": len(found)}, messages.SUCCESS)


@admin.register(Pull)
class PullAdmin(OfOccurrence):
    """Readings of the platform's rows."""

    list_display = ["id", "occurrence", "state", "calls", "rows", "total", "changed", "refused", "error_code",
                    "started_at", "ended_at"]  # fmt: skip
    list_filter = ["state", "error_code"]


@admin.register(Visit)
class VisitAdmin(OfOccurrence):
    """Rows as the platform gave them."""

    list_display = ["id", "occurrence", "user_name", "instanceid", "join_type", "join_time", "left_time", "version",
                    "missing_since"]  # fmt: skip
    search_fields = [*OfOccurrence.search_fields, "user_name", "ms_open_id"]


@admin.register(Participant)
class ParticipantAdmin(OfOccurrence):
    """The identities of an occurrence with the keys looked up for them."""

    list_display = ["id", "occurrence", "name", "userid", "enroll_id", "enroll_looked_up", "pstn", "is_host",
                    "seconds", "entries", "still_in"]  # fmt: skip
    list_filter = ["pstn", "is_host", "enroll_looked_up"]
    search_fields = [*OfOccurrence.search_fields, "name", "ms_open_id"]


@admin.register(MatchRun)
class MatchRunAdmin(OfOccurrence):
    """What was computed, when, and under which policy and rule."""

    list_display = ["id", "occurrence", "number", "current", "live", "final", "version", "proposed", "policy", "counts",
                    "made_at"]  # fmt: skip
    list_filter = ["current", "final", "live", "proposed", "policy"]


@admin.register(RunRecord)
class RunRecordAdmin(OfOccurrence):
    """What stays of a run whose results another one took the place of."""

    list_display = ["id", "occurrence", "number", "live", "proposed", "policy", "counts", "made_at"]
    list_filter = ["live", "proposed", "policy"]


@admin.register(Match)
class MatchAdmin(Facts):
    """What a run says of one participant, with its evidence."""

    list_display = ["id", "run", "participant", "person", "tier", "key", "confidence"]
    list_filter = ["tier", "key"]
    list_select_related = ["run__occurrence__meeting", "participant", "person"]
    search_fields = ["participant__name", "person__name", "run__occurrence__meeting__subject"]


@admin.register(Decision)
class DecisionAdmin(OfOccurrence):
    """What humans said; taken back through the same noun as on the page."""

    list_display = ["id", "occurrence", "ms_open_id", "verb", "person", "by", "at", "seconded_by", "undone_at", "undone_by"]
    list_filter = ["verb", "scope", "needs_second"]
    list_select_related = ["occurrence__meeting", "person", "by", "seconded_by", "undone_by"]
    actions = ["undo", *OfOccurrence.actions]

    @admin.action(description=_("Undo"))
    def undo(self, request: HttpRequest, chosen: QuerySet[Decision]) -> None:
        decisions = chosen.select_related("occurrence__meeting", "meeting")
        undone = sum(review.undo(decision, request.user) for decision in decisions)
        self.message_user(request, _("%(count)d decisions undone.") % {"count": undone}, messages.SUCCESS)


@admin.register(AttendanceRule)
class AttendanceRuleAdmin(Facts):
    """Every version of what counted as attended."""

    list_display = [
        "id", "organisation", "meeting", "number", "follows", "min_percent", "min_minutes", "needs_sign_in", "by", "at",
    ]  # fmt: skip
    list_select_related = ["organisation", "meeting", "by"]


@admin.register(CountingWindows)
class CountingWindowsAdmin(OfOccurrence):
    """Every version of when attendance counted by hand."""

    list_display = ["id", "occurrence", "number", "windows", "by", "at"]
    list_select_related = ["occurrence__meeting", "by"]


@admin.register(SignIn)
class SignInAdmin(OfOccurrence):
    """Who signed in by whose word."""

    list_display = ["id", "occurrence", "person", "by", "at", "undone_at", "undone_by"]
    list_select_related = ["occurrence__meeting", "person", "by", "undone_by"]
