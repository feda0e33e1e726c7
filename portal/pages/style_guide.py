"""A page that shows every component once, with invented people; routed only while developing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django_tables2 as tables
import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from portal.pages.templatetags.statuses import STATUSES

SAMPLES = Path(__file__).with_suffix(".json")
START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
ARRIVALS = (1, 2, 4, 9, 17, 26, 12, 7, 5, 3, 2, 2, 1, 1, 0, 1, 0, 1)
PICK = '{% include "components/_pick.html" %}'
PERSON = '{% include "components/_person.html" with name=value note=record.company url="#" %}'
RIGHT = {"td": {"class": "rc-number"}, "th": {"class": "rc-number"}}


class PeopleTable(tables.Table):
    """The look of a table of people."""

    pick = tables.TemplateColumn(
        PICK,
        accessor="name",
        orderable=False,
        verbose_name="",
        attrs={"td": {"class": "rc-pick"}, "th": {"class": "rc-pick"}},
    )
    name = tables.TemplateColumn(PERSON, attrs={"td": {"class": "rc-main-cell"}})
    phone = tables.TemplateColumn('{% include "components/_phone.html" with masked=value %}', orderable=False)
    state = tables.TemplateColumn("{% load rollcall %}{% status value %}")
    seconds = tables.TemplateColumn("{% load rollcall %}{{ value|minutes }}", attrs=RIGHT)


class Filters(forms.Form):
    """The look of a filter bar."""

    q = forms.CharField(required=False, widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(
        required=False,
        choices=[("", "–"), *((code, STATUSES[code].label) for code in ("attended", "absent"))],
    )


class Sample(forms.Form):
    """One field of each kind; sent half empty, so that errors show."""

    subject = forms.CharField()
    start = forms.DateTimeField(widget=forms.DateTimeInput({"type": "datetime-local"}))
    list_kind = forms.ChoiceField(choices=[("e", STATUSES["expected"].label), ("v", "VIP")])
    policy = forms.ChoiceField(widget=forms.RadioSelect, choices=[("s", "strict"), ("b", "balanced")])
    file = forms.FileField()
    notes = forms.CharField(required=False, widget=forms.Textarea({"rows": 2}))
    agree = forms.BooleanField(required=False)


def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component once."""
    samples = _in_reader_language(json.loads(SAMPLES.read_text(encoding="utf-8")))
    table = PeopleTable(samples["people"], order_by="name", request=request)
    for column in table.columns:
        column.column.verbose_name = samples["labels"].get(column.name, "")
    table.paginate(page=request.GET.get("page", 1), per_page=5)
    for number, meeting in enumerate(samples["meetings"]):
        meeting["starts_at"] = START + timedelta(hours=20 * number)
    forms_shown = {
        "filters": _worded(Filters({"state": "attended"}), samples),
        "form": _worded(Sample({"policy": "s", "list_kind": "e"}), samples),
    }
    qr = segno.make("https://rollcall.example/i/4kq7").svg_inline(scale=4, omitsize=True)
    context = {**samples, **forms_shown, **_drawn(samples["lane_names"])}
    return render(
        request,
        "pages/style_guide.html",
        {**context, "table": table, "codes": list(STATUSES), "qr": mark_safe(qr)},
    )


def _in_reader_language(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_reader_language(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"zh", "en"}:
        return value["zh" if (get_language() or "").startswith("zh") else "en"]
    return {key: _in_reader_language(item) for key, item in value.items()}


def _worded(form: forms.Form, samples: dict[str, Any]) -> forms.Form:
    for name, field in form.fields.items():
        field.label = samples["labels"][name]
        field.help_text = samples["helps"].get(name, "")
    return form


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def _drawn(lane_names: list[str]) -> dict[str, Any]:
    client, phone, call = lane_names
    stays = [{"start": _at(-4), "end": _at(41)}, {"start": _at(44), "end": _at(112)}]
    return {
        "lanes": [
            {"name": client, "visits": stays},
            {"name": phone, "visits": [{"start": _at(36), "end": _at(58)}]},
            {"name": call, "visits": [{"start": _at(90), "end": None, "kind": "attached"}]},
        ],
        "windows": [(_at(0), _at(120))],
        "counted": [(_at(0), _at(112))],
        "now": _at(124),
        "start": START,
        "columns": [(f"{_at(5 * number - 25):%H:%M}", count, "#") for number, count in enumerate(ARRIVALS)],
        "ticks": [(at / 3, f"{_at(30 * at - 25):%H:%M}") for at in range(4)],
        "marks": [(25 / 90, "start", 85 / 90)],
    }
