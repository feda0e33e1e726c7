from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Look at the work, start parked work again, stop what should not run."""

    list_display = [
        "id",
        "task",
        "subject",
        "state",
        "made",
        "wanted",
        "refused",
        "error_code",
        "attempts",
        "due_at",
        "ended_at",
    ]
    list_filter = ["state", "task", "error_code"]
    search_fields = ["subject", "organisation", "task"]
    actions = ["start_again", "stop"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        # Actions need the right, the form stays read-only below.
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Job | None = None) -> list[str]:
        return [field.name for field in Job._meta.fields]

    @admin.action(description=_("Start again"))
    def start_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        started = [job for job in jobs if queue.start_again(job)]
        for job in started:
            chain.record("job.start_again", actor=request.user, organisation=job.organisation, subject=job)
        self.message_user(request, _("%(count)d jobs started again.") % {"count": len(started)}, messages.SUCCESS)

    @admin.action(description=_("Stop"))
    def stop(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        for job in jobs.filter(state__in=Job.OPEN):
            chain.record("job.stop", actor=request.user, organisation=job.organisation, subject=job)
        self.message_user(request, _("%(count)d jobs stopped.") % {"count": queue.stop(jobs)}, messages.SUCCESS)
