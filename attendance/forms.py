"""What people send about results: a decision, a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.choices import FAULTS, Choice
from attendance.models import Decision, Participant
from attendance.splits import divides
from meetings.models import ExpectedPerson
from portal.phones import scrub

Verb = Decision.Verb
# Digits of the largest id.
LONGEST = 18
MOST_PEOPLE = 20


class DecisionForm(forms.Form):
    """One click on a case: `choice` is the verb, with the ids after a colon where there are any.

    The ids are of people of the list, of another participant for "same"; several for "together", separated by commas or
    each sent as `people`. `last` is the decision the reader saw standing, 0 for none.
    """

    choice = forms.CharField(max_length=400)
    reason = forms.CharField(max_length=300, required=False)
    scope = forms.ChoiceField(choices=Decision.Scope, required=False)
    last = forms.IntegerField(required=False, max_value=10**LONGEST)

    def __init__(self, participant: Participant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.participant = participant

    def clean_reason(self) -> str:
        """Keep numbers out of what everybody may read."""
        return scrub(self.cleaned_data["reason"])

    def clean_scope(self) -> str:
        """Remember in the whole organisation where nothing else is said."""
        return self.cleaned_data["scope"] or Decision.Scope.ORGANISATION

    def clean_choice(self) -> Choice:
        """Give what was chosen. A person who left the list meanwhile is refused."""
        verb, _colon, rest = self.cleaned_data["choice"].partition(":")
        numbers = [number for number in rest.split(",") if number]
        if verb == Verb.TOGETHER:
            numbers += self.data.getlist("people") if hasattr(self.data, "getlist") else []
        if verb not in Verb.values or not all(map(_is_id, numbers)) or len(numbers) > MOST_PEOPLE:
            raise forms.ValidationError(_("There is nothing to decide."))
        if verb == Verb.SAME:
            return Choice(self.participant, verb, same_as=self._other(numbers))
        people = self._people(numbers)
        return Choice(self.participant, verb, next(iter(people), None), tuple(people[1:]))

    def clean(self) -> dict[str, Any]:
        """Put what the reader saw beside what they chose."""
        if "choice" in self.cleaned_data:
            seen = self.cleaned_data.get("last") or 0
            self.cleaned_data["choice"] = self.cleaned_data["choice"]._replace(seen=seen)
        return self.cleaned_data

    def _people(self, numbers: list[str]) -> list[ExpectedPerson]:
        wanted = list(dict.fromkeys(int(number) for number in numbers))
        found = ExpectedPerson.objects.present().filter(meeting=self.participant.occurrence.meeting_id).in_bulk(wanted)
        if len(found) != len(wanted):
            raise forms.ValidationError(_("This person is not on the list of the meeting (any more)."))
        return [found[pk] for pk in wanted]

    def _other(self, numbers: list[str]) -> Participant:
        others = Participant.objects.filter(occurrence=self.participant.occurrence_id, pk__in=numbers[:1], retired=False)
        if (found := others.first()) is None:
            raise forms.ValidationError(_("Choose another participant of this meeting."))
        return found


class SplitForm(forms.Form):
    """The moment that splits somebody's visits: `at` is a time of the meeting's zone, `border` that of a visit (Unix seconds)."""

    at = forms.DateTimeField(
        label=_("Time"), required=False, input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"),
    )  # fmt: skip
    border = forms.IntegerField(required=False, min_value=1, max_value=10**LONGEST, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    last = forms.IntegerField(required=False, max_value=10**LONGEST)

    def __init__(self, participant: Participant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.participant = participant

    def clean_reason(self) -> str:
        """Keep numbers out of what everybody may read."""
        return scrub(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        """Put a time typed into the place of a visit's, and refuse one that has no visits on both sides."""
        said = self.cleaned_data
        if said.get("at"):
            said["border"] = int(said["at"].timestamp())
        if said.get("border") and not divides(self.participant, said["border"]):
            raise forms.ValidationError(FAULTS["split_needs_both"])
        return said


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) <= LONGEST


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
