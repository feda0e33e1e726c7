"""The tabs every page of one meeting shares; those of the upper floor are reached by their URL names."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting

REGISTRANTS = "registrants"
TABS = [
    ("overview", _("Overview"), "attendance:meeting"),
    ("people", _("People"), "meetings:people"),
    (REGISTRANTS, _("Registrations"), "meetings:registrants"),
    ("links", _("Links"), "meetings:links"),
    ("attendance", _("Attendance"), "attendance:results"),
    ("review", _("Review"), "attendance:review"),
]


def tabs(meeting: Meeting, current: str = "") -> list[dict[str, object]]:
    """Give the tabs of a meeting as the component wants them: label, url, current."""
    return [
        {"label": label, "url": reverse(name, args=[meeting.pk]), "current": word == current}
        for word, label, name in TABS
        if word != REGISTRANTS or meeting.enrolment
    ]
