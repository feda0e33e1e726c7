"""Addresses of what is planned, mounted under /meetings/."""

from django.urls import path

from meetings.views import exports, links, lists, meetings, occurrences, people, pulling, registrants, sharing

app_name = "meetings"
urlpatterns = [
    path("", meetings.list_meetings, name="list"),
    path("create/", meetings.create_meeting, name="create"),
    path("add/", pulling.add_meeting, name="add"),
    path("sync/", pulling.sync_meetings, name="sync"),
    path("sync/progress/", pulling.sync_progress, name="sync_progress"),
    path("<int:pk>/change/", meetings.change_meeting, name="change"),
    path("<int:pk>/cancel/", meetings.cancel_meeting, name="cancel"),
    path("<int:pk>/delete/", meetings.delete_meeting, name="delete"),
    path("<int:pk>/unconfirmed/", pulling.settle_meeting, name="unconfirmed"),
    path("<int:pk>/refresh/", pulling.refresh_meeting, name="refresh"),
    path("<int:pk>/share/", sharing.share_meeting, name="share"),
    path("<int:pk>/occurrences/", occurrences.list_occurrences, name="occurrences"),
    path("<int:pk>/occurrences/<int:occurrence>/change/", occurrences.change_occurrence, name="occurrence_change"),
    path("<int:pk>/occurrences/<int:occurrence>/cancel/", occurrences.cancel_occurrence, name="occurrence_cancel"),
    path("<int:pk>/registrants/", registrants.list_registrants, name="registrants"),
    path("<int:pk>/registrants/decide/", registrants.decide_registrants, name="registrants_decide"),
    path("<int:pk>/registrants/pull/", registrants.pull_registrants, name="registrants_pull"),
    path("<int:pk>/registrants/progress/", registrants.registrants_progress, name="registrants_progress"),
    # lists and links
    path("<int:pk>/people/", people.people, name="people"),
    path("<int:pk>/people/add/", people.person_add, name="person_add"),
    path("<int:pk>/people/<int:person>/", people.person_change, name="person_change"),
    path("<int:pk>/people/<int:person>/remove/", people.person_remove, name="person_remove"),
    path("<int:pk>/people/<int:person>/reveal/", people.person_reveal, name="person_reveal"),
    path("<int:pk>/people/clear/", people.people_clear, name="people_clear"),
    path("<int:pk>/people/import/", people.people_import, name="people_import"),
    path("<int:pk>/people/import/progress/", people.people_progress, name="people_progress"),
    path("<int:pk>/people/export/", exports.people_export, name="people_export"),
    path("<int:pk>/upload/", lists.upload, name="upload"),
    path("<int:pk>/upload/<int:upload>/", lists.upload_preview, name="upload_preview"),
    path("<int:pk>/upload/<int:upload>/confirm/", lists.upload_confirm, name="upload_confirm"),
    path("<int:pk>/upload/<int:upload>/discard/", lists.upload_discard, name="upload_discard"),
    path("<int:pk>/links/", links.links, name="links"),
    path("<int:pk>/links/issue/", links.links_issue, name="links_issue"),
    path("<int:pk>/links/progress/", links.links_progress, name="links_progress"),
    path("<int:pk>/links/qr/", links.links_qr, name="links_qr"),
    path("<int:pk>/links/<int:person>/qr/", links.link_qr, name="link_qr"),
    path("<int:pk>/links/export/", exports.links_export, name="links_export"),
]
