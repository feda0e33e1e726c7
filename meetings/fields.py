"""Form fields of this floor: a wall-clock time without a zone, and the zones an organiser may choose."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ZONES = {
    "Asia/Shanghai": _("China (Beijing, UTC+8)"),
    "Asia/Hong_Kong": _("Hong Kong (UTC+8)"),
    "Asia/Taipei": _("Taipei (UTC+8)"),
    "Asia/Singapore": _("Singapore (UTC+8)"),
    "Asia/Tokyo": _("Tokyo (UTC+9)"),
    "Asia/Dubai": _("Dubai (UTC+4)"),
    "Europe/London": _("London"),
    "Europe/Berlin": _("Berlin, Paris, Zurich"),
    "America/New_York": _("New York"),
    "America/Los_Angeles": _("Los Angeles"),
    "Australia/Sydney": _("Sydney"),
    "UTC": _("UTC"),
}


class WallClock(forms.Field):
    """A day and a time as the clock on the wall shows it; gives a datetime without a zone."""

    default_error_messages = {"invalid": _("Enter a day and a time, for example 2026-11-18 14:00.")}

    def __init__(self, **settings: object) -> None:
        # `datetime-local` is a native picker on every phone, and plain text where it is not known.
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **settings)

    def to_python(self, value: object) -> datetime | None:
        """Read the browser's text."""
        if value in self.empty_values:
            return None
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo or moment.year < 2000 or ":" not in str(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


def in_zone(moment: datetime, zone: str) -> datetime:
    """Put a wall-clock time into its zone.

    Raises: ValidationError for a time that the zone's clocks skip.
    """
    placed = moment.replace(tzinfo=ZoneInfo(zone))
    if placed.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
        raise ValidationError(_("The clocks of this time zone skip this time."), code="skipped")
    return placed


def zone_choices(present: str) -> list[tuple[str, object]]:
    """Give the zones to choose from, the present one among them."""
    listed = list(ZONES.items())
    return listed if present in ZONES else [(present, present), *listed]
