"""The small forms around a meeting: its code, a reason, an occurrence's times, whom to share it with."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.fields import WallClock, in_zone
from meetings.models import Meeting, Occurrence
from portal.accounts.models import User


class CodeForm(forms.Form):
    """The code of a meeting as the client shows it."""

    code = forms.CharField(
        label=_("Meeting code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("9 to 11 digits; blanks and dashes do not matter."),
    )

    def clean_code(self) -> str:
        """Give the digits alone."""
        digits = "".join(filter(str.isdigit, self.cleaned_data["code"]))
        if not (digits.isascii() and 9 <= len(digits) <= 13):
            raise ValidationError(_("A meeting code has 9 to 11 digits."))
        return digits


class ReasonForm(forms.Form):
    """Why a meeting is cancelled."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=100)


class OccurrenceForm(forms.Form):
    """The times of one occurrence; nothing else about it can change (document 42424)."""

    start = WallClock(label=_("Start"))
    end = WallClock(label=_("End"))

    def __init__(self, *args: Any, occurrence: Occurrence, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.zone = occurrence.meeting.zone
        for name, moment in (("start", occurrence.start_at), ("end", occurrence.end_at)):
            self.fields[name].initial = moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        """Check the order of the times."""
        cleaned = super().clean()
        if {"start", "end"} <= cleaned.keys() and cleaned["end"] <= cleaned["start"]:
            self.add_error("end", _("The end must be after the start."))
        return cleaned

    def clean_start(self) -> datetime:
        """Put the start into the meeting's zone."""
        return in_zone(self.cleaned_data["start"], self.zone)

    def clean_end(self) -> datetime:
        """Put the end into the meeting's zone."""
        return in_zone(self.cleaned_data["end"], self.zone)


class ShareForm(forms.Form):
    """Which member a meeting is shown to."""

    user = forms.ModelChoiceField(
        label=_("Member"), queryset=User.objects.none(), empty_label=_("Choose a member")
    )

    def __init__(self, *args: Any, meeting: Meeting, **settings: Any) -> None:
        super().__init__(*args, **settings)
        members = User.objects.filter(memberships__organisation=meeting.organisation_id)
        self.fields["user"].queryset = members.exclude(pk=meeting.owner_id).exclude(
            shared_meetings__meeting=meeting
        )
