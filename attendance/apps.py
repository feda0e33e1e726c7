from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttendanceConfig(AppConfig):
    name = "attendance"
    label = "attendance"
    verbose_name = _("attendance")
    default_auto_field = "django.db.models.BigAutoField"
    platform_events = {
        "meeting.started": ["attendance.note_events"],
        "meeting.end": ["attendance.note_events"],
        "meeting.participant-joined": ["attendance.note_events"],
        "meeting.participant-left": ["attendance.note_events"],
    }
    nightly_work = ["attendance.pull_recent"]
    hourly_work = ["attendance.settle_missed", "attendance.expire_exports"]
