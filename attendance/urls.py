"""Addresses of what happened, at the root; the overview of a meeting joins both floors."""

from django.urls import include, path

from attendance.views import (
    changes,
    clearing,
    exports,
    home,
    meeting,
    memory,
    people,
    results,
    review,
    rules,
    split,
    versions,
    windows,
    work,
)  # fmt: skip

MEETING = "meetings/<int:pk>"
ATTENDANCE = f"{MEETING}/attendance"
pages = [
    path(f"{MEETING}/", meeting.show_meeting, name="meeting"),
    path(f"{MEETING}/progress/", work.show_progress, name="progress"),
    path(f"{ATTENDANCE}/", results.results, name="results"),
    path(f"{ATTENDANCE}/participants/", results.walk_ins, name="walk_ins"),
    path(f"{ATTENDANCE}/participants/<int:participant>/", people.show_participant, name="participant"),
    path(f"{ATTENDANCE}/companies/", results.by_group, {"what": "company"}, name="companies"),
    path(f"{ATTENDANCE}/lists/", results.by_group, {"what": "list"}, name="lists"),
    path(f"{ATTENDANCE}/people/<int:person>/", people.show_person, name="person"),
    path(f"{ATTENDANCE}/people/<int:person>/sign-in/", rules.sign_in, name="sign_in"),
    path(f"{ATTENDANCE}/rule/", rules.show_rule, name="rule"),
    path(f"{ATTENDANCE}/windows/", windows.show_windows, name="windows"),
    path("attendance-rule/", rules.default_rule, name="default_rule"),
    path(f"{ATTENDANCE}/pull/", work.pull, name="pull"),
    path(f"{ATTENDANCE}/final/", work.finalise, name="finalise"),
    path(f"{ATTENDANCE}/reopen/", work.reopen, name="reopen"),
    path(f"{ATTENDANCE}/export.csv", exports.export_csv, name="export_csv"),
    path(f"{ATTENDANCE}/export.xlsx", exports.export_xlsx, name="export_xlsx"),
    path(f"{ATTENDANCE}/export.pdf", exports.export_pdf, name="export_pdf"),
    path(f"{ATTENDANCE}/exports/", exports.exports, name="exports"),
    path(f"{ATTENDANCE}/exports/<int:export>/", exports.export_progress, name="export_progress"),
    path(f"{ATTENDANCE}/exports/<int:export>/file/", exports.export_file, name="export_file"),
    path(f"{ATTENDANCE}/export/", exports.export_full, name="export_full"),
    path(f"{MEETING}/review/", review.show_queue, name="review"),
    path(f"{MEETING}/review/<int:participant>/", review.show_case, name="case"),
    path(f"{MEETING}/review/<int:participant>/decide/", review.decide, name="decide"),
    path(f"{MEETING}/review/<int:participant>/split/", split.split, name="split"),
    path(f"{MEETING}/review/undo/<int:decision>/", review.undo, name="undo"),
    path(f"{MEETING}/review/second/<int:decision>/", review.second, name="second"),
    path(f"{MEETING}/review/several/", clearing.clear, name="clear"),
    path(f"{ATTENDANCE}/versions/", versions.show_versions, name="versions"),
    path(f"{ATTENDANCE}/versions/<int:number>/", versions.show_difference, name="difference"),
    path(f"{ATTENDANCE}/versions/<int:number>/replaced/", versions.show_replaced, name="replaced"),
    path(f"{ATTENDANCE}/versions/<int:number>/apply/", versions.apply, name="apply"),
    path(f"{ATTENDANCE}/versions/<int:number>/discard/", versions.discard, name="discard"),
    path("remembered/", memory.show_remembered, name="remembered"),
    path("remembered/<int:decision>/forget/", memory.forget, name="forget"),
    path(f"{MEETING}/upload/<int:upload>/results/", changes.upload_consequences, name="upload_consequences"),
    path("jobs/<int:pk>/again/", work.start_again, name="start_again"),
]
urlpatterns = [path("", home.home, name="home"), path("", include((pages, "attendance")))]
