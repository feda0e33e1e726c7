"""The forms that plan a meeting or a webinar."""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings import recurrence
from meetings.fields import WallClock, in_zone, zone_choices
from meetings.models import Meeting
from meetings.plan import SETTINGS
from meetings.recurrence import Repeat

# The platform takes a start that is a little past; further back is a slip of the finger.
FURTHEST_PAST = timedelta(hours=24)
USUAL_LENGTH = timedelta(hours=1)
ONCE = ""
RULE_FIELDS = ("repeats", "count", "last_day")


class PlanForm(forms.ModelForm):
    """What meetings and webinars have alike. The instance is never saved here: nouns do that."""

    start = WallClock(label=_("Start"))
    end = WallClock(label=_("End"))
    attempt = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = ["subject", "zone", "password", "enrolment", "approval", "staff_need_no_enrolment"]
        widgets = {"approval": forms.RadioSelect}
        labels = {"enrolment": _("People must enrol")}
        help_texts = {
            "enrolment": _(
                "They give name, phone and company before they come, and can be recognised by it."
            ),
            "password": _("4 to 6 digits, or empty."),
        }

    def __init__(self, *args: Any, now: datetime | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.now = now or timezone.now()
        self.creating = self.instance.pk is None
        self.fields["zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=zone_choices(self.instance.zone)
        )
        self.fields["approval"].required = self.fields["password"].required = False
        start = self.instance.start_at or _next_hour(self.now)
        for name, moment in (("start", start), ("end", self.instance.end_at or start + USUAL_LENGTH)):
            self.fields[name].initial = moment.astimezone(ZoneInfo(self.instance.zone)).replace(tzinfo=None)
        self.fields["attempt"].initial = secrets.token_hex(16)
        self.fields["version"].initial = self.instance.version

    def clean_subject(self) -> str:
        """Count as the platform does: at most 512 bytes, two or more for every character (document 42417)."""
        subject = " ".join(self.cleaned_data["subject"].split())
        if sum(max(2, len(character.encode())) for character in subject) > 512:
            raise ValidationError(_("The subject is too long for Tencent Meeting."))
        return subject

    def clean_password(self) -> str:
        """Take 4 to 6 digits or nothing."""
        password = self.cleaned_data["password"]
        if password and not re.fullmatch(r"[0-9]{4,6}", password):
            raise ValidationError(_("The password must have 4 to 6 digits."))
        return password

    def clean_approval(self) -> int:
        """Take the default where the page did not ask."""
        return self.cleaned_data["approval"] or Meeting.Approval.AUTOMATIC

    def clean(self) -> dict[str, Any]:
        """Put the times into their zone and check them."""
        cleaned = super().clean()
        if not {"start", "end", "zone"} <= cleaned.keys():
            return cleaned
        for name in ("start", "end"):
            try:
                cleaned[f"{name}_at"] = in_zone(cleaned[name], cleaned["zone"])
            except ValidationError as error:
                self.add_error(name, error)
        if "start_at" in cleaned and "end_at" in cleaned:
            self._check_times(cleaned["start_at"], cleaned["end_at"])
        return cleaned

    def _check_times(self, start: datetime, end: datetime) -> None:
        if end <= start:
            self.add_error("end", _("The end must be after the start."))
        if self.creating and start < self.now - FURTHEST_PAST:
            self.add_error("start", _("The start is more than a day in the past."))

    @property
    def starts_in_the_past(self) -> bool:
        """Whether the organiser should be told that the start is over already."""
        return self.cleaned_data["start_at"] < self.now

    def meeting(self) -> Meeting:
        """Give the row as the form wants it, unsaved."""
        meeting, cleaned = self.instance, self.cleaned_data
        meeting.start_at, meeting.end_at = cleaned["start_at"], cleaned["end_at"]
        meeting.attempt = cleaned["attempt"] if self.creating else meeting.attempt
        return meeting

    def _group(self, title: object, names: tuple[str, ...], *, folded: bool = False) -> dict[str, Any]:
        fields = [self[name] for name in names if name in self.fields]
        wrong = any(field.errors for field in fields)
        return {"title": title, "fields": fields, "folded": folded, "open": wrong}

    def groups(self) -> Iterator[dict[str, Any]]:
        """Yield the fields as the page groups them."""
        yield self._group(_("What and when"), ("subject", "start", "end", "zone"))
        yield self._group(_("Enrolment"), ("enrolment", "approval", "staff_need_no_enrolment"))


class MeetingForm(PlanForm):
    """A meeting, once or as a series, with the settings that decide who gets in and under which name."""

    repeats = forms.TypedChoiceField(label=_("Repeats"), required=False, coerce=int, empty_value=None)
    count = forms.IntegerField(label=_("Number of occurrences"), required=False, min_value=1, max_value=200)
    last_day = forms.DateField(
        label=_("Or last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for name, setting in SETTINGS.items():
            self.fields[name] = _setting_field(setting, self._present(name))
        self._prepare_rule()

    def _present(self, name: str) -> Any:
        default = next(iter(SETTINGS[name].words))
        return self.instance.settings.get(name, self.instance.asked.get(name, default))

    def _prepare_rule(self) -> None:
        """Offer the repeating that is possible: a meeting does not become a series later, nor the reverse."""
        if not self.creating and not self.instance.recurring:
            for name in RULE_FIELDS:
                del self.fields[name]
            return
        kept = self.instance.recurring_rule
        custom = kept.get("recurring_type") == Repeat.CUSTOM
        kinds = [Repeat.CUSTOM] if custom else [kind for kind in Repeat if kind != Repeat.CUSTOM]
        once = [(ONCE, _("only once"))] if self.creating else []
        self.fields["repeats"].choices = once + [(kind.value, kind.label) for kind in kinds]
        if kept:
            self._fill_rule(recurrence.read(kept, self.instance.zone))

    def _fill_rule(self, rule: recurrence.RecurringRule) -> None:
        by_count = rule.until_type == recurrence.BY_COUNT
        self.fields["repeats"].initial = rule.recurring_type
        self.fields["count"].initial = rule.until_count if by_count else None
        self.fields["last_day"].initial = None if by_count or not rule.until_date else rule.until_date.date()

    def clean(self) -> dict[str, Any]:
        """Check that a series ends, and within what the platform allows."""
        cleaned = super().clean()
        if cleaned.get("repeats") in (None, Repeat.CUSTOM) or "start_at" not in cleaned:
            return cleaned
        if not {"count", "last_day"} <= cleaned.keys():
            return cleaned
        if bool(cleaned["count"]) == bool(cleaned["last_day"]):
            raise ValidationError(_("Say how often the meeting is held, or its last day; one of both."))
        self._check_rule(self._rule(cleaned), cleaned)
        return cleaned

    def _check_rule(self, rule: recurrence.RecurringRule, cleaned: dict[str, Any]) -> None:
        count, most = (
            recurrence.occurrences(rule, cleaned["start"].date()),
            recurrence.most(cleaned["repeats"]),
        )
        place = "count" if cleaned["count"] else "last_day"
        if count > most:
            self.add_error(place, _("Tencent Meeting allows %(most)d occurrences at most.") % {"most": most})
        elif count == 0:
            self.add_error(place, _("No occurrence would be held before this day."))

    def _rule(self, cleaned: dict[str, Any]) -> recurrence.RecurringRule:
        until = {"count": cleaned["count"], "last_day": cleaned["last_day"]}
        return recurrence.rule(Repeat(cleaned["repeats"]), zone=cleaned["zone"], **until)

    def meeting(self) -> Meeting:
        """Give the row as the form wants it, unsaved."""
        meeting, cleaned = super().meeting(), self.cleaned_data
        meeting.asked = {name: cleaned[name] for name in SETTINGS}
        if cleaned.get("repeats") not in (None, Repeat.CUSTOM):
            meeting.recurring, meeting.recurring_rule = True, recurrence.kept(self._rule(cleaned))
        return meeting

    def groups(self) -> Iterator[dict[str, Any]]:
        """Yield the fields as the page groups them."""
        yield from super().groups()
        if "repeats" in self.fields:
            yield self._group(_("Repeating"), RULE_FIELDS, folded=self.creating)
        yield self._group(_("Who gets in, and how"), ("password", *SETTINGS), folded=True)


class WebinarForm(PlanForm):
    """A webinar: people get in freely, by enrolment or by password, one of the three (document 61868)."""

    guest_link = forms.BooleanField(
        label=_("Guest link"), required=False, help_text=_("Whoever uses it joins as a speaking guest.")
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["guest_link"].initial = self.instance.asked.get("enable_guest_invite_link", False)

    def clean(self) -> dict[str, Any]:
        """Refuse two ways in at once."""
        cleaned = super().clean()
        if cleaned.get("enrolment") and cleaned.get("password"):
            self.add_error("password", _("A webinar has either enrolment or a password."))
        return cleaned

    def meeting(self) -> Meeting:
        """Give the row as the form wants it, unsaved."""
        meeting = super().meeting()
        meeting.asked = {"enable_guest_invite_link": self.cleaned_data["guest_link"]}
        return meeting

    def groups(self) -> Iterator[dict[str, Any]]:
        """Yield the fields as the page groups them."""
        yield from super().groups()
        yield self._group(_("Who gets in, and how"), ("password", "guest_link"), folded=True)


FORMS: dict[str, type[PlanForm]] = {Meeting.Kind.MEETING: MeetingForm, Meeting.Kind.WEBINAR: WebinarForm}


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _setting_field(setting: Any, present: Any) -> forms.TypedChoiceField:
    """Make the choice of one setting; values keep their type, which the platform tells apart."""
    values = {str(value): value for value in setting.words}
    choices = [(key, setting.words[value]) for key, value in values.items()]
    return forms.TypedChoiceField(
        label=setting.label, choices=choices, coerce=values.__getitem__, initial=str(present)
    )
