"""What people send about counting: a rule, counting windows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from attendance import presence
from attendance.models import AttendanceRule
from meetings.fields import WallClock, in_zone
from meetings.models import Occurrence
from portal.phones import scrub

MOST_WINDOWS = 10
# A window this far from the meeting, as planned and as held, is a slip of the pen.
NEAR = timedelta(days=1)
OWN, FOLLOW = "own", "organisation"


class RuleForm(forms.Form):
    """What counts as attended."""

    min_percent = forms.IntegerField(
        label=_("At least this share of the counting window (%)"), min_value=0, max_value=100,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    min_minutes = forms.IntegerField(
        label=_("And at least so many minutes"), min_value=0, max_value=1440, help_text=_("0 asks for none."),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    needs_sign_in = forms.BooleanField(
        label=_("And signed in"), required=False,
        help_text=_("Tencent Meeting knows no sign-in: an organiser or assistant marks it on the person's card."),
    )  # fmt: skip

    def values(self) -> dict[str, object]:
        """Give what a version of a rule holds."""
        return {name: self.cleaned_data[name] for name in ("min_percent", "min_minutes", "needs_sign_in")}


class MeetingRuleForm(RuleForm):
    """The rule of one meeting: its own, or its organisation's."""

    source = forms.ChoiceField(
        label=_("Which rule"), widget=forms.RadioSelect,
        choices=[(FOLLOW, _("As in the whole organisation")), (OWN, _("A rule of its own"))],
    )  # fmt: skip
    field_order = ("source", "min_percent", "min_minutes", "needs_sign_in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("source") == FOLLOW:
            # Whoever follows need not say what.
            for name in ("min_percent", "min_minutes"):
                self.fields[name].required = False

    def values(self) -> dict[str, object]:
        """Give what a version of a rule holds; one that follows holds no figures of its own."""
        if self.cleaned_data["source"] == FOLLOW:
            return {"follows": True, "min_percent": 0, "min_minutes": 0, "needs_sign_in": False}
        return {"follows": False} | super().values()


def rule_as_given(row: AttendanceRule | None, rule: presence.Rule) -> dict[str, object]:
    """Give what a form shows first: the figures in force, and where they come from."""
    source = OWN if row and row.meeting_id and not row.follows else FOLLOW
    return {
        "source": source, "min_percent": round(100 * rule.min_share), "min_minutes": rule.min_minutes,
        "needs_sign_in": rule.needs_sign_in,
    }  # fmt: skip


def seen_version(data: Mapping[str, str]) -> int:
    """Read the version a form was opened with, 0 for none or nonsense: then somebody changed it meanwhile."""
    text = data.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class WindowForm(forms.Form):
    """One counting window; an empty line is none."""

    name = forms.CharField(label=_("Name of the window"), max_length=40, required=False)
    start = WallClock(label=_("Start"), required=False)
    end = WallClock(label=_("End"), required=False)

    def __init__(self, *args: Any, occurrence: Occurrence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.occurrence = occurrence

    def clean_name(self) -> str:
        """Keep numbers out of what everybody may read."""
        return scrub(self.cleaned_data["name"].strip())

    def clean(self) -> dict[str, Any]:
        """Check that both times are there, in order, and near the meeting."""
        given = super().clean()
        if self.errors or not any(given.values()):
            return given
        for field in ("start", "end"):
            if not given[field]:
                self.add_error(field, _("Enter a day and a time, for example 2026-11-18 14:00."))
        if not self.errors:
            self._check(*(self._placed(field) for field in ("start", "end")))
        return given

    def _placed(self, field: str) -> datetime | None:
        """Put a time into the meeting's zone."""
        try:
            return in_zone(self.cleaned_data[field], self.occurrence.meeting.zone)
        except ValidationError as error:
            self.add_error(field, error)
            return None

    def _check(self, start: datetime | None, end: datetime | None) -> None:
        if start is None or end is None:
            return
        held = self.occurrence
        first = min(filter(None, (held.start_at, held.started_at)))
        last = max(filter(None, (held.end_at, held.ended_at)))
        if end <= start:
            self.add_error("end", _("The end must be after the start."))
        elif start < first - NEAR or end > last + NEAR:
            self.add_error("start", _("This is more than a day away from the meeting."))
        else:
            self.cleaned_data["window"] = presence.Window(
                self.cleaned_data["name"], int(start.timestamp()), int(end.timestamp())
            )


class WindowSet(forms.BaseFormSet):
    """The windows of an occurrence; lines that were emptied go."""

    def windows(self) -> list[presence.Window]:
        """Give the windows in order of time."""
        found = [form.cleaned_data["window"] for form in self.forms if form.cleaned_data.get("window")]
        return sorted(found, key=lambda window: (window.start, window.end, window.name))

    def clean(self) -> None:
        """Ask for a window at least: counting by itself is asked for elsewhere."""
        if not any(self.errors) and not self.windows():
            raise ValidationError(_("Enter at least one window, or let it be found by itself."))


def window_set(*args: Any, lines: int, occurrence: Occurrence, **kwargs: Any) -> WindowSet:
    """Make the form with so many empty lines behind the windows there are."""
    made = forms.formset_factory(
        WindowForm, formset=WindowSet, extra=lines, max_num=MOST_WINDOWS, absolute_max=MOST_WINDOWS, validate_max=True
    )
    return made(*args, form_kwargs={"occurrence": occurrence}, **kwargs)


def windows_as_given(windows: tuple[presence.Window, ...], zone: str) -> list[dict[str, object]]:
    """Give what the lines show first, in the meeting's zone."""
    return [{"name": each.name, "start": _wall(each.start, zone), "end": _wall(each.end + 59, zone)} for each in windows]


def _wall(stamp: int, zone: str) -> datetime:
    """Give the whole minute a clock shows; ends are rounded up before, so that nobody loses seconds by it."""
    return datetime.fromtimestamp(stamp, UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0)
