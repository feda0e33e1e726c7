"""Narrow the rows of a run: what the filter bars above results and participants offer."""

from decimal import Decimal

import django_filters as filters
from django import forms
from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from attendance import parts, presence, thresholds, words
from attendance.matching.words import KEYS
from attendance.models import FURTHER, Match, MatchQuerySet, MatchRun, Outcome, OutcomeQuerySet
from meetings.models import AWAITED, ExpectedPerson, Kind

TAIL = 4
MOST_COMPANIES = 30
CAME = "came"
CAME_AT_ALL = (Outcome.State.ATTENDED, Outcome.State.PARTLY)
BESIDE = [(kind.value, kind.label) for kind in (Kind.STAFF, Kind.BARRED)]
APART = [(FURTHER, _("further device"))]
AUTO = {"data-submit-on-change": ""}
# How people of no company are asked for.
NONE = "-"
LATE, ON_TIME = "late", "on_time"
LATE_FROM = 60
# A week, and the year 2286: larger figures would not fit the database's numbers.
MOST_MINUTES, MOST_STAMP = 10_080, 9_999_999_999


class MomentFilter(filters.NumberFilter):
    """Unix seconds, whole ones, kept in the address and never typed."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=0, max_value=MOST_STAMP, **kwargs)


class RowFilter(filters.FilterSet):
    """What both filters share: a search, how long and when somebody was there, and the occurrence kept in the address.

    `since` and `until` (Unix seconds of the first joining) come from the chart of arrivals, `opens` and `closes` from the
    counting windows (who was there between); they show themselves above the rows. `folded` fields are asked for rarely.
    """

    folded = ("key", "device", "late", "least", "below", "share", "signed_in")
    place = ""

    q = filters.CharFilter(
        label=_("Search"), method="search", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    device = filters.ChoiceFilter(label=_("Device"), method="on_device", empty_label=_("All"), widget=forms.Select(AUTO))
    least = filters.NumberFilter(label=_("Minutes from"), method="at_least", min_value=0, max_value=MOST_MINUTES)
    below = filters.NumberFilter(label=_("Minutes below"), method="less_than", min_value=0, max_value=MOST_MINUTES)
    since = MomentFilter(method="came_since")
    until = MomentFilter(method="came_until")
    opens = MomentFilter(method="keep")
    closes = MomentFilter(method="keep")
    occurrence = filters.CharFilter(method="keep", widget=forms.HiddenInput)
    run = filters.CharFilter(method="keep", widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["device"].extra["choices"] = [(codes[0], word) for word, codes in _devices().items()]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Narrow to who was there in a window, where the address names one; its two ends belong together."""
        rows = super().filter_queryset(queryset)
        opens, closes = (self.form.cleaned_data.get(name) for name in ("opens", "closes"))
        return rows if opens is None or closes is None else self.inside(rows, int(opens), int(closes))

    @property
    def unfolded(self) -> bool:
        """Whether a field is used that is folded away otherwise."""
        return any(self.data.get(name) for name in self.folded)

    def on_device(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Find who came with a kind of device; several codes may be one kind. The stored list is read as text."""
        codes = next(codes for codes in _devices().values() if str(codes[0]) == value)
        found = Q()
        for code in codes:
            for piece in (f"[{code}]", f"[{code},", f" {code},", f" {code}]"):
                found |= Q(told_devices__contains=piece)
        return rows.annotate(told_devices=Cast(f"{self.place}devices", TextField())).filter(found)

    def at_least(self, rows: QuerySet, name: str, value: Decimal) -> QuerySet:
        """Find who was there for so many minutes or longer."""
        return rows.filter(**{f"{self.place}seconds__gte": int(60 * value)})

    def less_than(self, rows: QuerySet, name: str, value: Decimal) -> QuerySet:
        """Find who was there for less than so many minutes."""
        return rows.filter(**{f"{self.place}seconds__lt": int(60 * value)})

    def came_since(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        """Find who first came at a moment or later."""
        return rows.filter(**{f"{self.place}first_join__gte": value})

    def came_until(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        """Find who first came before a moment."""
        return rows.filter(**{f"{self.place}first_join__lt": value})

    def keep(self, rows: Outcome, name: str, value: str) -> Outcome:
        """Leave the rows as they are: the page has chosen occurrence and version already."""
        return rows


class ResultFilter(RowFilter):
    """Filters of expected people: by state, company, the key that proved them, name or phone ending."""

    state = filters.ChoiceFilter(
        label=_("State"), method="in_state", choices=[*Outcome.State.choices, (CAME, _("came at all"))],
        empty_label=_("All"), widget=forms.Select(AUTO),
    )  # fmt: skip
    company = filters.ChoiceFilter(label=_("Company"), method="of_company", empty_label=_("All"), widget=forms.Select(AUTO))
    key = filters.ChoiceFilter(label=_("Proved by"), empty_label=_("All"), widget=forms.Select(AUTO))
    list = filters.ChoiceFilter(
        label=_("List"), field_name="person__listings__expected_list", empty_label=_("All"), widget=forms.Select(AUTO)
    )
    kind = filters.ChoiceFilter(
        label=_("Kind"), field_name="person__kind", empty_label=_("All"), widget=forms.Select(AUTO),
        choices=[(kind.value, kind.label) for kind in AWAITED],
    )  # fmt: skip
    late = filters.ChoiceFilter(
        label=_("Punctual"), method="on_time", choices=[(LATE, _("late")), (ON_TIME, _("on time"))],
        empty_label=_("All"), widget=forms.Select(AUTO),
    )  # fmt: skip

    share = filters.NumberFilter(label=_("Share of the window from %"), method="from_share", min_value=0, max_value=100)
    signed_in = filters.ChoiceFilter(
        label=_("Signed in"), method="with_sign_in", empty_label=_("All"), choices=[("yes", _("yes"))], widget=forms.Select(AUTO)
    )

    class Meta:
        model = Outcome
        fields = ("q", "state", "list", "kind", "company", "key", "device", "late", "least", "below", "share",
                  "signed_in", "since", "until", "opens", "closes")

    def __init__(self, run: MatchRun, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        for name in ("share", "signed_in"):
            # Figures of the thresholds lead here; whoever comes otherwise is not asked.
            if not self.data.get(name):
                del self.filters[name]
        self.filters["company"].extra["choices"] = _companies(run, self.data.get("company", "").replace("\x00", ""))
        self._offer_lists(run)
        self.filters["key"].extra["choices"] = [(str(key), _(word)) for key, word in KEYS.items()]
        self.filters["q"].extra["widget"].attrs["placeholder"] = _("Name, company, last 4 digits")

    def _offer_lists(self, run: MatchRun) -> None:
        """Offer the lists people are expected by; what leaves no choice is not asked."""
        lists = run.occurrence.meeting.lists.filter(kind__in=AWAITED).values_list("pk", "name", "kind")
        named = [(pk, name, kind) for pk, name, kind in lists]
        self.filters["list"].extra["choices"] = [(pk, name) for pk, name, _kind in named]
        if len(named) < 2 and not self.data.get("list"):
            del self.filters["list"]
        if all(kind != Kind.VIP for _pk, _name, kind in named) and not self.data.get("kind"):
            del self.filters["kind"]

    def inside(self, rows: OutcomeQuerySet, opens: int, closes: int) -> OutcomeQuerySet:
        """Find who was there between two moments."""
        return parts.outcomes_in(self.run, rows, opens, closes)

    def from_share(self, rows: OutcomeQuerySet, name: str, value: Decimal) -> OutcomeQuerySet:
        """Find who was there for a share of the window."""
        return rows.filter(thresholds.enough(self.run, presence.Rule(int(value) / 100).least(self.run.window_seconds)))

    def at_least(self, rows: OutcomeQuerySet, name: str, value: Decimal) -> OutcomeQuerySet:
        """Find who came and was there for so many minutes or longer."""
        return rows.filter(thresholds.enough(self.run, int(60 * value)))

    def with_sign_in(self, rows: OutcomeQuerySet, name: str, value: str) -> OutcomeQuerySet:
        """Find who signed in."""
        return rows.filter(thresholds.signed_in(self.run))

    def in_state(self, rows: OutcomeQuerySet, name: str, value: str) -> OutcomeQuerySet:
        """Find by state; whoever came at all attended or was there partly."""
        return rows.filter(state__in=CAME_AT_ALL if value == CAME else [value])

    def of_company(self, rows: OutcomeQuerySet, name: str, value: str) -> OutcomeQuerySet:
        """Find by company, or those without one."""
        return rows.filter(person__company="" if value == NONE else value)

    def on_time(self, rows: OutcomeQuerySet, name: str, value: str) -> OutcomeQuerySet:
        """Find who came late, by a minute or more, or in time."""
        came = rows.filter(state__in=CAME_AT_ALL)
        return came.filter(late_by__gte=LATE_FROM) if value == LATE else came.filter(late_by__lt=LATE_FROM)

    def search(self, rows: OutcomeQuerySet, name: str, value: str) -> OutcomeQuerySet:
        """Find by a piece of name or company, or by the last digits of the phone."""
        text = value.strip()
        found = Q(person__name__icontains=text) | Q(person__company__icontains=text) | Q(person__code__iexact=text)
        if text.isdigit() and len(text) >= TAIL:
            found |= Q(person__phone_tail=text[-TAIL:])
        return rows.filter(found)


class ParticipantFilter(RowFilter):
    """Filters of participants: by what the run says of them, by displayed name, device, minutes."""

    folded = ("key", "device", "least", "below")
    place = "participant__"

    kind = filters.ChoiceFilter(
        label=_("Kind"), method="of_kind", choices=[*Match.Tier.choices, *BESIDE, *APART], empty_label=_("All"),
        widget=forms.Select(AUTO),
    )  # fmt: skip

    key = filters.ChoiceFilter(label=_("Proved by"), empty_label=_("All"), widget=forms.Select(AUTO))

    class Meta:
        model = Match
        fields = ("q", "kind", "key", "device", "least", "below", "since", "until", "opens", "closes")

    def __init__(self, run: MatchRun, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        self.filters["key"].extra["choices"] = [(str(key), _(word)) for key, word in KEYS.items()]

    def inside(self, rows: MatchQuerySet, opens: int, closes: int) -> MatchQuerySet:
        """Find who was there between two moments."""
        return parts.matches_in(self.run, rows, opens, closes)

    def of_kind(self, rows: MatchQuerySet, name: str, value: str) -> MatchQuerySet:
        """Find by what they count as: own staff and the barred are certain, but a kind of their own."""
        return rows.with_standing().filter(counted=value)

    def search(self, rows: MatchQuerySet, name: str, value: str) -> MatchQuerySet:
        """Find by a piece of the displayed name or of the person's name."""
        text = value.strip()
        return rows.filter(Q(participant__name__icontains=text) | Q(person__name__icontains=text))


def _companies(run: MatchRun, chosen: str) -> list[tuple[str, str]]:
    """Give the most frequent companies of the list, and the one chosen; the search finds all others."""
    known = ExpectedPerson.objects.awaited().filter(meeting=run.occurrence.meeting_id).exclude(company="").order_by()
    counted = known.values_list("company").annotate(count=Count("pk")).order_by("-count", "company")
    often = [company for company, _count in counted[:MOST_COMPANIES]]
    shown = [(company, company) for company in dict.fromkeys([*often, *filter(None, [chosen])]) if company != NONE]
    return [*shown, (NONE, _("(no company)"))]


def _devices() -> dict[str, list[int]]:
    """Give the codes of each kind of device by its name."""
    found: dict[str, list[int]] = {}
    for code, word in words.DEVICES.items():
        found.setdefault(str(word), []).append(code)
    return found
