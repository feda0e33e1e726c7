"""What people send about results: a decision, a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.models import Decision
from meetings.models import ExpectedPerson, Meeting
from portal.phones import scrub

NEEDS_PERSON = (Decision.Verb.CONFIRM, Decision.Verb.ASSIGN)


class DecisionForm(forms.Form):
    """One click on a case: `choice` is the verb, with the person after a colon where there is one.

    `last` is the decision the reader saw standing, 0 for none.
    """

    choice = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=300, required=False)
    last = forms.IntegerField(required=False)

    def __init__(self, meeting: Meeting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def clean_reason(self) -> str:
        """Keep numbers out of what everybody may read."""
        return scrub(self.cleaned_data["reason"])

    def clean_choice(self) -> tuple[str, ExpectedPerson | None]:
        """Give verb and person. A person who left the list meanwhile is refused."""
        verb, _colon, number = self.cleaned_data["choice"].partition(":")
        if verb not in Decision.Verb.values or (number and not number.isdecimal()):
            raise forms.ValidationError(_("There is nothing to decide."))
        person = self.meeting.people.present().filter(pk=number).first() if number else None
        if person is None and (number or verb in NEEDS_PERSON):
            raise forms.ValidationError(_("This person is not on the list of the meeting (any more)."))
        return verb, person


class FullExportForm(forms.Form):
    """A file with whole phone numbers: as what, and why; the reason is written into the log."""

    kind = forms.ChoiceField(
        label=_("File"), choices=[("xlsx", _("Excel, with evidence")), ("csv", _("CSV, one line a person"))],
        widget=forms.RadioSelect, initial="xlsx",
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=200, min_length=4, help_text=_("Your name, the time and this reason are logged."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
