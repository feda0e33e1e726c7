"""What a row asks of the platform, and where the platform holds something else than was asked."""

import dataclasses
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from meetings import recurrence
from meetings.models import Meeting
from portal.tencent.guests import Kind
from portal.tencent.plans import MeetingPlan, MeetingSettings
from portal.tencent.webinars import Admission, WebinarPlan

EVERYBODY, INVITED, OWN_STAFF = 1, 2, 3
MAY_RENAME, NO_RENAMING = 1, 2


class Setting(NamedTuple):
    """A setting that the form offers: its label and the word for each value, the default first."""

    label: object
    words: dict[Any, object]


SETTINGS: dict[str, Setting] = {
    "auto_in_waiting_room": Setting(_("Waiting room"), {False: _("off"), True: _("on")}),
    "only_user_join_type": Setting(
        _("Who may join"),
        {
            EVERYBODY: _("everyone with the link"),
            INVITED: _("invited people only"),
            OWN_STAFF: _("own staff only"),
        },
    ),
    "allow_in_before_host": Setting(
        _("Joining before the host"), {True: _("allowed"), False: _("not allowed")}
    ),
    "mute_enable_type_join": Setting(
        _("Mute on entry"), {2: _("from the seventh person on"), 1: _("always"), 0: _("never")}
    ),
    "change_nickname": Setting(
        _("Changing the displayed name"), {MAY_RENAME: _("allowed"), NO_RENAMING: _("not allowed")}
    ),
    "auto_record_type": Setting(
        _("Automatic recording"),
        {"none": _("off"), "local": _("on the host's computer"), "cloud": _("in the cloud")},
    ),
}


class Forced(NamedTuple):
    """A setting that holds otherwise than asked."""

    label: object
    asked: object
    held: object


def kind_of(meeting: Meeting) -> Kind:
    """Give the word by which the platform's addresses tell meetings and webinars apart."""
    return "webinars" if meeting.is_webinar else "meetings"


def meeting_plan(meeting: Meeting) -> MeetingPlan:
    """Give everything a meeting's row asks for; an empty password takes the password away."""
    rule = recurrence.read(meeting.recurring_rule, meeting.zone) if meeting.recurring else None
    return MeetingPlan(
        subject=meeting.subject,
        start_time=meeting.start_at,
        end_time=meeting.end_at,
        password=meeting.password,
        settings=MeetingSettings(**meeting.asked) if meeting.asked else None,
        recurring_rule=rule,
        time_zone=meeting.zone,
        enable_enroll=meeting.enrolment,
    )


def webinar_plan(meeting: Meeting) -> WebinarPlan:
    """Give everything a webinar's row asks for."""
    return WebinarPlan(
        subject=meeting.subject,
        start_time=meeting.start_at,
        end_time=meeting.end_at,
        admission_type=_admission(meeting),
        time_zone=meeting.zone,
        password=meeting.password or None,
        enable_guest_invite_link=meeting.asked.get("enable_guest_invite_link"),
    )


def _admission(meeting: Meeting) -> Admission:
    if meeting.enrolment:
        return Admission.REGISTRATION
    return Admission.PASSWORD if meeting.password else Admission.OPEN


def held(settings: MeetingSettings) -> dict[str, Any]:
    """Give the settings an answer brought, as a row keeps them."""
    return {name: value for name, value in dataclasses.asdict(settings).items() if value is not None}


def forced(meeting: Meeting) -> list[Forced]:
    """Give the settings that the enterprise forced to something else than was asked (document 42417)."""
    differing = (name for name in SETTINGS if _differs(meeting, name))
    return [
        Forced(SETTINGS[name].label, _word(name, meeting.asked[name]), _word(name, meeting.settings[name]))
        for name in differing
    ]


def _differs(meeting: Meeting, name: str) -> bool:
    return (
        name in meeting.asked and name in meeting.settings and meeting.asked[name] != meeting.settings[name]
    )


def _word(name: str, value: Any) -> object:
    return SETTINGS[name].words.get(value, value)


def known_zone(name: str) -> str | None:
    """Give a zone's name when this machine knows it, else None."""
    return name if name in available_timezones() else None
