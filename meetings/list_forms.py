"""The forms of lists and of the people on them: name and kind, one person, a reason, a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.lists import people, values, words
from meetings.lists.headings import FIELDS
from meetings.lists.values import LONGEST, Wrong
from meetings.models import ExpectedList, ExpectedPerson, Kind
from portal import phones

# What each kind of list does, in the words of who makes one.
KINDS = [
    (Kind.EXPECTED, _("Expected: guests whose coming is counted")),
    (Kind.VIP, _("VIP: expected, and marked wherever they appear")),
    (Kind.STAFF, _("Own staff: recognised, but not counted as expected")),
    (Kind.BARRED, _("Barred: must not come; an alarm if they do")),
]


class ListForm(forms.Form):
    """What a list is called and what it is for."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("What it is for"), choices=KINDS, widget=forms.RadioSelect)


class PersonForm(forms.Form):
    """One person of the list, entered or changed by hand."""

    name = forms.CharField(label=words.FIELDS["name"], max_length=LONGEST["name"])
    phone = forms.CharField(
        label=words.FIELDS["phone"],
        max_length=LONGEST["phone"],
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    company = forms.CharField(label=words.FIELDS["company"], max_length=LONGEST["company"], required=False)
    title = forms.CharField(label=words.FIELDS["title"], max_length=LONGEST["title"], required=False)
    email = forms.CharField(label=words.FIELDS["email"], max_length=LONGEST["email"], required=False)
    code = forms.CharField(label=words.FIELDS["code"], max_length=LONGEST["code"], required=False)
    userid = forms.CharField(label=words.FIELDS["userid"], max_length=LONGEST["userid"], required=False)
    labels = forms.CharField(label=words.FIELDS["labels"], max_length=LONGEST["labels"], required=False)
    note = forms.CharField(label=words.FIELDS["note"], max_length=LONGEST["note"], required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, person: ExpectedPerson | None = None) -> None:
        self._person = person
        super().__init__(data, initial=dict(_initial(person)) if person else None)
        if person and person.phone:
            self.fields["phone"].help_text = _("Left empty, it stays %(phone)s.") % {
                "phone": phones.mask(person.phone)
            }

    def values(self) -> dict[str, str]:
        """Give what the list takes."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def clean_phone(self) -> str:
        """Give the number as +8613800000000; an empty field keeps the one that is there."""
        text = self.cleaned_data["phone"]
        if not text:
            return self._person.phone if self._person else ""
        return _read("phone", text)

    def clean_email(self) -> str:
        """Refuse what is no address."""
        return _read("email", self.cleaned_data["email"])

    def clean_code(self) -> str:
        """Refuse phones: codes lie unencrypted."""
        return _read("code", self.cleaned_data["code"])

    def clean_userid(self) -> str:
        """Refuse phones: staff ids lie unencrypted."""
        return _read("userid", self.cleaned_data["userid"])

    def clean_note(self) -> str:
        """Hide phones in a note."""
        return phones.scrub(self.cleaned_data["note"])


class NewPersonForm(PersonForm):
    """One person more, and the list they come onto."""

    into = forms.ChoiceField(label=_("List"))

    def __init__(self, data: Mapping[str, Any] | None, *, lists: Sequence[ExpectedList], chosen: str = "") -> None:
        super().__init__(data)
        self._lists = {str(each.pk): each for each in lists}
        self.fields["into"].choices = [(pk, f"{each.name} ({each.get_kind_display()})") for pk, each in self._lists.items()]
        self.fields["into"].initial = chosen if chosen in self._lists else None
        if len(self._lists) < 2:
            del self.fields["into"]

    def chosen_list(self) -> ExpectedList | None:
        """Give the chosen list, or the only one; none where the meeting has no list yet."""
        return self._lists.get(self.cleaned_data.get("into", ""), next(iter(self._lists.values()), None))


class RevealForm(forms.Form):
    """Why somebody wants to see a full phone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It is written into the audit log.")
    )


class ExportForm(forms.Form):
    """As which file, and with full phones only for a reason."""

    XLSX, CSV = "xlsx", "csv"
    kind = forms.ChoiceField(
        label=_("File"), choices=[(XLSX, "XLSX"), (CSV, "CSV")], initial=XLSX, widget=forms.RadioSelect
    )
    full = forms.BooleanField(label=_("With full phones"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed for full phones; it is written into the audit log."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, may_reveal: bool) -> None:
        super().__init__(data)
        if not may_reveal:
            del self.fields["full"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where phones are full."""
        cleaned = super().clean()
        if cleaned.get("full") and not cleaned.get("reason"):
            self.add_error("reason", _("Say why you need full phones."))
        return cleaned


def _initial(person: ExpectedPerson) -> Iterator[tuple[str, str]]:
    yield from ((name, getattr(person, name)) for name in people.PLAIN)
    yield "seen", people.seen(person)


def _read(field: str, text: str) -> str:
    """Give what a text says as a field; an empty one says nothing."""
    try:
        return values.tell(field, text).fields.get(field, "") if text else ""
    except Wrong as error:
        raise ValidationError(words.of_row(error.reason)) from error
