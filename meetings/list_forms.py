"""The forms of lists: a file, what its columns mean, the yes, one person, a reason."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from meetings.lists import mapping, people, values, words
from meetings.lists.headings import FIELDS
from meetings.lists.values import LONGEST, Wrong
from meetings.models import ExpectedPerson
from portal import phones


class UploadForm(forms.Form):
    """The file with the list."""

    file = forms.FileField(
        label=_("List"),
        allow_empty_file=True,
        help_text=_(
            "XLSX, XLS, ODS or CSV (UTF-8 or GB18030), up to 10 MB. "
            "One row is one person; a heading row names the columns."
        ),
        widget=forms.FileInput({"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}),
    )


class MappingForm(forms.Form):
    """What each column of a sheet holds."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        columns: Sequence[str],
        sample: Sequence[Sequence[str]],
        present: mapping.Mapping,
    ) -> None:
        super().__init__(data)
        choices = [(field, words.FIELDS[field]) for field in mapping.CHOICES]
        for index, heading in enumerate(columns):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                initial=present[index],
                # Fields show their help as markup, and this comes out of a stranger's file.
                help_text=format_html_join(
                    " · ", "{}", ((value,) for value in mapping.examples(sample, index, present[index]))
                ),
            )

    def chosen(self) -> mapping.Mapping:
        """Give the mapping, in the order of the columns."""
        return [self.cleaned_data[name] for name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Check that there is a name and that no field is given twice."""
        for code in mapping.faults(self.chosen()) if not self.errors else ():
            self.add_error(None, words.MAPPING[code])
        return self.cleaned_data


class ConfirmForm(forms.Form):
    """The yes to what was shown, and what becomes of people who are not in the file."""

    digest = forms.CharField(widget=forms.HiddenInput)
    remove_missing = forms.BooleanField(label=_("Remove the people who are not in the file"), required=False)


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
