"""The forms of a list on its way in: how it comes, which sheet, what its columns mean, the yes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from meetings.list_forms import KINDS
from meetings.lists import mapping, words
from meetings.lists.headings import READ
from meetings.lists.reading import LOOK_AT, MAX_BYTES
from meetings.models import ExpectedList, Kind, Upload

NEW_LIST = "new"
# Refusals that another line of headings may lift.
NO_HEADINGS = ("no_header", "no_rows")
WISHES = ("imports", "links", "withdraw")
PASTED = "1. 张三 星河证券 138 0000 0001\n2. 李四 银河资本 138 0000 0002"


class IntoForm(forms.Form):
    """Which list people come onto: one that is there, or a new one with its name and kind."""

    into = forms.ChoiceField(label=_("List"), widget=forms.Select({"data-shows": ".rc-new-list", "data-shows-for": NEW_LIST}))
    list_name = forms.CharField(label=_("Name of the new list"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("What the new list is for"), choices=KINDS, initial=Kind.EXPECTED, required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, data: Mapping[str, Any] | None, files: Any = None, *, lists: Sequence[ExpectedList], chosen: str = ""
    ) -> None:
        self._lists = {str(each.pk): each for each in lists}
        first = next(iter(self._lists), NEW_LIST)
        initial = {"into": chosen if chosen in (NEW_LIST, *self._lists) else first}
        super().__init__(data, files, initial=initial)
        listed = [(pk, f"{each.name} ({each.get_kind_display()})") for pk, each in self._lists.items()]
        self.fields["into"].choices = [*listed, (NEW_LIST, _("A new list"))]
        if not self._lists:
            self.fields["into"].widget = forms.HiddenInput()
            self.fields["list_name"].initial = _("Expected")

    def clean(self) -> dict[str, Any]:
        """Ask for a name where the list is new."""
        cleaned = super().clean()
        if cleaned.get("into") == NEW_LIST:
            cleaned["kind"] = cleaned.get("kind") or Kind.EXPECTED
            name = cleaned.get("list_name", "").strip()
            if not name:
                self.add_error("list_name", _("Give the new list a name."))
            elif any(each.name == name for each in self._lists.values()):
                self.add_error("list_name", _("The meeting has a list of this name."))
        return cleaned

    def existing(self) -> ExpectedList | None:
        """Give the chosen list, none where a new one is wanted."""
        return self._lists.get(self.cleaned_data["into"])


class FileForm(IntoForm):
    """The file with the list."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("XLSX, XLS, ODS, CSV or TSV, up to 20 MB and 100,000 rows. One row is one person."),
        widget=forms.FileInput({"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}),
    )
    field_order = ["file", "into", "list_name", "kind"]


class PasteForm(IntoForm):
    """The list as text: rows out of a spreadsheet, or a chat's numbered lines."""

    text = forms.CharField(
        label=_("Text"),
        strip=False,
        max_length=MAX_BYTES // 4,
        help_text=_("Rows copied out of a spreadsheet, a numbered list out of a chat (接龙), or one name a line."),
        widget=forms.Textarea({"rows": 9, "placeholder": PASTED, "spellcheck": "false"}),
    )
    field_order = ["text", "into", "list_name", "kind"]


class CopyForm(IntoForm):
    """A list of another meeting."""

    source = forms.ChoiceField(label=_("List of another meeting"))
    field_order = ["source", "into", "list_name", "kind"]

    def __init__(self, *args: Any, sources: Sequence[ExpectedList], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._sources = {str(each.pk): each for each in sources}
        self.fields["source"].choices = [(pk, _source(each)) for pk, each in self._sources.items()]

    def copied(self) -> ExpectedList:
        """Give the chosen list."""
        return self._sources[self.cleaned_data["source"]]


class SheetForm(forms.Form):
    """Which sheet is read, and in which line its headings are."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_line = forms.IntegerField(
        label=_("Headings in line"),
        min_value=0,
        max_value=LOOK_AT,
        required=False,
        help_text=_("0: there are none. Empty: look for them."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, upload: Upload) -> None:
        self._upload = upload
        super().__init__(data, initial={"sheet": upload.sheet, "header_line": upload.header_line})
        self.fields["sheet"].choices = [(each["name"], _sheet(each)) for each in upload.sheets]
        if len(upload.sheets) < 2:
            del self.fields["sheet"]

    @property
    def others(self) -> list[str]:
        """Say which sheets of the file are not read."""
        return [_sheet(each) for each in self._upload.sheets if each["name"] != self._upload.sheet]

    @property
    def helps(self) -> bool:
        """Whether anything can be chosen that would make a refused file readable."""
        return len(self._upload.sheets) > 1 or (bool(self._upload.sheets) and self._upload.error_code in NO_HEADINGS)

    def chosen(self) -> tuple[str, int | None]:
        """Give sheet and heading line; another sheet has its headings looked for, unless a line was typed too."""
        sheet = self.cleaned_data.get("sheet") or self._upload.sheet
        line = self.cleaned_data["header_line"]
        moved = sheet != self._upload.sheet and line == self._upload.header_line
        return sheet, None if moved else line


class RejectsForm(forms.Form):
    """The file of rejected rows, repaired."""

    rejects = forms.FileField(label=_("The repaired file"), widget=forms.FileInput({"accept": ".xlsx,.csv"}))


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

    def brief(self) -> list[str]:
        """Say in a line what the columns hold, leaving out those that hold no field."""
        told = [(field.label, field.initial) for field in self.fields.values()]
        return [f"{heading} → {words.FIELDS[held]}" for heading, held in told if held in READ]

    def chosen(self) -> mapping.Mapping:
        """Give the mapping, in the order of the columns."""
        return [self.cleaned_data[name] for name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Check that there is a name and that no field is given twice."""
        for code in mapping.faults(self.chosen()) if not self.errors else ():
            self.add_error(None, words.MAPPING[code])
        return self.cleaned_data


class ConfirmForm(forms.Form):
    """The yes to what was shown, and what shall follow on the platform; only the wishes that mean something are asked."""

    digest = forms.CharField(widget=forms.HiddenInput)
    imports = forms.BooleanField(label=_("Import new people into the enrolment"), required=False)
    links = forms.BooleanField(label=_("Make exclusive links for new people"), required=False)
    withdraw = forms.BooleanField(label=_("Take back the enrolment of those who leave"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, digest: str, wishes: Sequence[str]) -> None:
        super().__init__(data, initial={"digest": digest})
        for name in set(WISHES) - set(wishes):
            del self.fields[name]

    def wishes(self) -> dict[str, bool]:
        """Give what shall follow."""
        return {name: bool(self.cleaned_data.get(name)) for name in WISHES}


def _source(source: ExpectedList) -> str:
    start = timezone.localtime(source.meeting.start_at)
    return f"{start:%Y-%m-%d} · {source.meeting.subject} · {source.name} ({source.people})"


def _sheet(told: Mapping[str, Any]) -> str:
    # One that was not looked into may have any number.
    rows = [ngettext("%(count)d row", "%(count)d rows", told["rows"]) % {"count": told["rows"]}] if told["rows"] else []
    hidden = [str(_("hidden"))] if told["hidden"] else []
    return " · ".join([told["name"], *rows, *hidden])
