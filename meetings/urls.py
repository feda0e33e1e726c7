"""Addresses of what is planned, mounted under /meetings/."""

from django.urls import path

from meetings.views import meetings, occurrences, pulling, registrants, sharing

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
]
