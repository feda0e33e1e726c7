from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    label = "meetings"
    verbose_name = _("meetings")
    default_auto_field = "django.db.models.BigAutoField"

    nightly_work = ["meetings.sync_all"]
    hourly_work = ["meetings.expire_uploads"]
    grant_given = ["meetings.sync_grant"]
    grant_withdrawn = ["meetings.disconnect"]
    platform_events = {
        "enroll.*": ["meetings.note_enrolment"],
        "meeting.updated": ["meetings.note_change"],
        "meeting.canceled": ["meetings.note_change"],
    }
