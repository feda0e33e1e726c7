"""Lists, uploads and exclusive links in the admin: for looking, and for work that should go on."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from meetings import links, work
from meetings.lists import batches
from meetings.models import ExclusiveLink, ExpectedList, ExpectedPerson, Meeting, Upload
from portal import phones
from portal.accounts.admin import LookOnly
from portal.audit import chain


@admin.register(ExpectedPerson)
class ExpectedPersonAdmin(LookOnly):
    list_display = [
        "name",
        "masked",
        "company",
        "meeting",
        "source",
        "kind",
        "imported",
        "enroll_id",
        "added_at",
        "removed_at",
    ]
    list_filter = ["source", "kind", "imported", ("removed_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "company", "code", "userid", "enroll_id", "meeting__subject"]
    list_select_related = ["meeting"]
    # Without the tag, which opens a link's identity, and the enrolment code, which opens a telephone's.
    fields = ["meeting", "source", "kind", "row", "name", "masked", "email", "company", "title", "code", "userid",
              "labels", "note", "extra", "imported", "enroll_id", "ms_open_id", "added_at", "removed_at"]  # fmt: skip

    @admin.display(description=_("phone"))
    def masked(self, person: ExpectedPerson) -> str:
        return phones.mask(person.phone) or "–"


@admin.register(ExpectedList)
class ExpectedListAdmin(LookOnly):
    list_display = ["name", "meeting", "kind", "version", "by", "made_at", "changed_at"]
    list_filter = ["kind"]
    search_fields = ["name", "meeting__subject"]
    list_select_related = ["meeting", "by"]
    fields = ["meeting", "name", "kind", "version", "by", "made_at", "changed_at"]


@admin.register(Upload)
class UploadAdmin(LookOnly):
    list_display = ["file_name", "meeting", "expected_list", "origin", "by", "state", "rows", "made_at", "expires_at"]
    list_filter = ["state"]
    search_fields = ["file_name", "meeting__subject"]
    list_select_related = ["meeting", "expected_list", "by"]
    fields = ["meeting", "expected_list", "origin", "by", "file_name", "mapping", "state", "error_code", "rows", "counts",
              "made_at", "expires_at"]  # fmt: skip
    actions = ["discard"]

    @admin.action(description=_("Discard"))
    def discard(self, request: HttpRequest, chosen: QuerySet[Upload]) -> None:
        discarded = [upload for upload in chosen.select_related("meeting") if batches.discard(upload)]
        for upload in discarded:
            _note("upload.discarded", request, upload.meeting)
        self.said(request, len(discarded))


@admin.register(ExclusiveLink)
class ExclusiveLinkAdmin(LookOnly):
    list_display = ["person", "meeting", "state", "error_code", "made_at"]
    list_filter = ["state", "error_code"]
    search_fields = ["person__name", "url", "meeting__subject"]
    list_select_related = ["person", "meeting"]
    fields = ["meeting", "person", "state", "url", "error_code", "made_at"]
    actions = ["go_on"]

    @admin.action(description=_("Go on making the links of these meetings"))
    def go_on(self, request: HttpRequest, chosen: QuerySet[ExclusiveLink]) -> None:
        meetings = Meeting.objects.filter(pk__in=chosen.values("meeting"))
        for meeting in meetings:
            _note(links.TASK, request, meeting)
            work.ask(links.TASK, meeting)
        self.said(request, len(meetings))


def _note(action: str, request: HttpRequest, meeting: Meeting) -> None:
    chain.record(action, actor=request.user, organisation=meeting.organisation_id, subject=meeting)
