"""Tags and drawings, through the template language as a page uses them."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from portal.pages.templatetags.columns import Bar, Mark, column_chart
from portal.pages.templatetags.rollcall import age, initials, minutes, percent
from portal.pages.templatetags.statuses import ALERTS, STATUSES
from portal.pages.templatetags.timeline import Scale, presence_timeline

START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_in_shanghai():
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        yield


def drawn(source: str, **context: object) -> str:
    return Template("{% load rollcall drawings timeline %}" + source).render(Context(context)).strip()


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.mark.parametrize("code", [*STATUSES, *(f"alert {level}" for level in ALERTS)])
def test_every_state_has_a_word_and_a_drawing(code: str) -> None:
    look = ALERTS[code.split()[1]] if code.startswith("alert ") else STATUSES[code]
    assert str(look.label)
    assert drawn("{% icon name %}", name=look.icon).count("<path") > 0


def test_a_state_is_told_by_icon_word_and_colour() -> None:
    badge = drawn("{% status 'partly' %}")
    assert badge.startswith('<span class="rc-badge rc-tone-part"><svg class="rc-icon"')
    assert badge.endswith("</svg>Partly</span>")


def test_an_unknown_state_or_icon_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(KeyError):
        drawn("{% status 'nonsense' %}")
    with pytest.raises(FileNotFoundError):
        drawn("{% icon 'nonsense' %}")


def test_an_icon_is_decoration_unless_it_speaks() -> None:
    assert 'aria-hidden="true"' in drawn("{% icon 'lock' %}")
    assert 'role="img" aria-label="a &lt;b&gt;"' in drawn("{% icon 'lock' label %}", label="a <b>")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("周晓梅", "晓梅"),
        ("孙一", "一"),
        ("欧阳振华", "振华"),
        ("Li Wei", "LW"),
        ("wei", "W"),
        ("郭佳玉（深圳）", "佳玉"),
        ("曹睿@北辰保险", "睿"),
        ("郑超英 6001", "超英"),
        ("6001-郑超英", "超英"),
        ("郑超英6001（深圳）", "超英"),
        ("Li 2 Wei", "LW"),
        ("138****0000", "1"),
        ("（深圳）", "圳"),
        ("郑超英🌸", "超英"),
        ("🌸🌸", "🌸"),
        ("", "·"),
        ("  ", "·"),
    ],
)
def test_initials_of_a_name(name: str, short: str) -> None:
    assert initials(name) == short


def test_an_avatar_escapes_and_keeps_its_tone() -> None:
    assert drawn("{% avatar '<b> <i>' %}") == drawn("{% avatar '<b> <i>' %}")
    assert ">&lt;</span>" in drawn("{% avatar '<' %}")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 min"),
        (59.9, "0 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7265, "2 h 01 min"),
    ],
)
def test_lengths_of_time(seconds: float | None, text: str) -> None:
    assert minutes(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (0, "0%"), (0.999, "99%"), (1, "100%"), (0.29, "29%")]
)
def test_only_everyone_is_a_hundred_per_cent(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (86400 * 3, "3 d")]
)
def test_the_age_of_a_figure(seconds: int, text: str) -> None:
    assert (
        age(START, START + timedelta(seconds=seconds))
        == f'<time datetime="{START.isoformat()}">{text} ago</time>'
    )


def test_the_roll_bar_shares_the_width_and_names_the_parts() -> None:
    bar = drawn("{% roll_bar parts %}", parts=[("attended", 3), ("absent", 1), ("partly", 0)])
    assert 'aria-label="Attended 3, Absent 1, Partly 0"' in bar
    assert '<rect class="rc-tone-good" x="0.00%" width="75.00%"' in bar
    assert '<rect class="rc-tone-bad" x="75.00%" width="25.00%"' in bar
    assert bar.count("<li") == 2


def test_a_bar_of_nothing_is_empty_and_no_error() -> None:
    assert 'width="0.00%"' in drawn("{% progress_bar 0 0 0 %}")


def test_a_timeline_places_devices_on_the_window() -> None:
    picture = drawn(
        "{% presence_timeline lanes windows counted now %}",
        lanes=[{"name": "<b>", "visits": [{"start": at(0), "end": at(30)}, {"start": at(90), "end": None}]}],
        windows=[(at(0), at(100))],
        counted=[(at(0), at(30))],
        now=at(100),
    )
    assert '<rect class="rc-visit" x="0.00%" y="86" width="30.00%"' in picture
    assert '<rect class="rc-visit rc-visit-open" x="90.00%" y="86" width="10.00%"' in picture
    assert '<rect class="rc-visit-counted" x="0.00%" y="42" width="30.00%"' in picture
    assert 'aria-label="Time that counts: 14:00–14:30; &lt;b&gt;: 14:00–14:30, 15:30–15:40"' in picture
    assert "<b>" not in picture


def test_a_timeline_of_nobody_is_nothing() -> None:
    assert presence_timeline([], []) == ""


@pytest.mark.parametrize("length", [1, 7, 30, 100, 480, 3000])
def test_the_clock_marks_are_round_and_few(length: int) -> None:
    marks = Scale(at(3), at(3 + length)).ticks()
    assert 1 <= len(marks) <= 7
    assert all(at(3) <= mark <= at(3 + length) for mark in marks)
    assert len({second - first for first, second in pairwise(marks)}) <= 1


def test_columns_share_the_width_and_are_links_to_their_rows() -> None:
    bars = [Bar("14:00", 4, "/a?x=1&y=2"), Bar("<b>", 0, "/b"), Bar("14:10", 1, "/c", "good")]
    picture = column_chart(bars, [Mark(0.0, "14:00"), Mark(1.0, "14:15")], [Mark(0.25, "start", 0.75)], "spoken <i>")
    assert re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', picture) == [("/a?x=1&amp;y=2", "14:00: 4"), ("/c", "14:10: 1")]
    assert re.findall(r'class="rc-tone-(\w+)" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"', picture) == [
        ("accent", "2.67%", "18.0", "28.00%", "120.0"), ("good", "69.33%", "108.0", "28.00%", "30.0"),
    ]  # fmt: skip
    assert '<rect class="rc-window" x="25.00%" y="18" width="50.00%"' in picture
    assert 'aria-label="spoken &lt;i&gt;"' in picture and "<b>" not in picture and "style" not in picture
    assert re.findall(r'text-anchor="(\w+)">(\S+)</text>', picture) == [("start", "14:00"), ("end", "14:15"), ("middle", "start")]


def test_a_few_of_many_are_seen_and_no_columns_are_nothing() -> None:
    assert 'height="2.0"' in column_chart([Bar("a", 100_000, "/"), Bar("b", 1, "/")], [], [], "")
    assert column_chart([], [], [], "") == ""


def test_a_step_is_drawn_from_where_the_odds_stood_to_where_they_went() -> None:
    bar = drawn("{% load waterfall %}{% waterfall_bar 2.0 after low 5.0 'bad' %}", after=-1.0, low=-5.0)
    assert '<rect class="rc-tone-bad" x="40.00%" y="3" width="30.00%"' in bar
    assert '<line class="rc-fall-even" x1="50.00%"' in bar and '<line class="rc-fall-end" x1="40.00%"' in bar
    far = drawn("{% load waterfall %}{% waterfall_bar 0 99 0 5 'good' %}")
    assert 'x="0.00%" y="3" width="100.00%"' in far


def test_a_funnel_gives_shares_of_its_first_step() -> None:
    steps = [{"label": "Expected", "count": 8, "url": "/a"}, {"label": "Came", "count": 2, "url": "/b"}]
    picture = drawn("{% funnel steps %}", steps=steps)
    assert re.findall(r'href="(\S+)".*?<b>(\d+)</b><small>(\d+%)</small>', picture) == [
        ("/a", "8", "100%"),
        ("/b", "2", "25%"),
    ]


def test_no_drawing_carries_a_style() -> None:
    steps = [{"label": "x", "count": 1, "url": "/"}]
    pictures = drawn("{% funnel s %}{% roll_bar p %}{% progress_bar 1 1 3 %}", s=steps, p=[("attended", 1)])
    assert "style" not in pictures


class Form(forms.Form):
    subject = forms.CharField(help_text="Seen by all", widget=forms.TextInput({"class": "own"}))
    policy = forms.ChoiceField(widget=forms.RadioSelect, choices=[("s", "Strict"), ("b", "Balanced")])
    agree = forms.BooleanField(required=False)
    file = forms.FileField(required=False)
    token = forms.CharField(widget=forms.HiddenInput)


def test_a_field_names_its_help_and_its_errors() -> None:
    field = drawn('{% include "components/_field.html" %}', field=Form({})["subject"])
    assert '<label class="rc-label" for="id_subject">Subject</label>' in field
    assert 'class="form-control own"' in field
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in field
    assert 'id="id_subject_helptext">Seen by all' in field
    assert re.search(r'id="id_subject_error">.*This field is required', field, re.DOTALL)


def test_each_kind_of_field_is_laid_out_in_its_way() -> None:
    whole = drawn("{{ form }}", form=Form({}))
    radios = re.findall(r'<input type="radio"[^>]*>', whole)
    assert [("form-check-input" in radio, "id_policy_" in radio) for radio in radios] == [(True, True)] * 2
    assert "<fieldset" in whole and "<legend>Policy</legend>" in whole
    assert '<div class="rc-check"><input type="checkbox" name="agree" class="form-check-input"' in whole
    assert '<div class="rc-drop">' in whole
    assert '<a href="#id_subject">Subject</a>: This field is required.' in whole
    assert whole.count('name="token"') == 1
