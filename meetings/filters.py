"""How lists of this floor are narrowed."""

from datetime import timedelta

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Registrant
from portal import phones
from portal.crypto import index_hash

COMING, TODAY, PAST = "coming", "today", "past"


class MeetingFilter(filters.FilterSet):
    """Meetings by words, kind, state and time."""

    q = filters.CharFilter(label=_("Subject or code"), method="search")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Meeting.Kind, empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=Meeting.State, empty_label=_("All"))
    time = filters.ChoiceFilter(
        label=_("Time"),
        choices=[(COMING, _("running and coming")), (TODAY, _("today")), (PAST, _("over"))],
        empty_label=_("All"),
        method="when",
    )

    class Meta:
        model = Meeting
        fields: list[str] = []

    def search(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """Find by a part of the subject, or by the code however it is written."""
        subject, digits = Q(subject__icontains=value.strip()), "".join(filter(str.isdigit, value))
        return rows.filter(subject | Q(meeting_code__startswith=digits)) if digits else rows.filter(subject)

    def when(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """Narrow by time; a series counts by its occurrences."""
        now = timezone.now()
        today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        coming = Q(end_at__gte=now) | Q(occurrences__end_at__gte=now)
        on_today = Q(occurrences__start_at__lt=today + timedelta(days=1), occurrences__end_at__gte=today)
        if value == COMING:
            return rows.filter(coming).distinct()
        return rows.filter(on_today).distinct() if value == TODAY else rows.exclude(coming)


class RegistrantFilter(filters.FilterSet):
    """Registrants by state and words; a whole phone number is found by its keyed hash."""

    status = filters.ChoiceFilter(choices=Registrant.Status, widget=HiddenInput)
    q = filters.CharFilter(label=_("Name, company or phone"), method="search")

    class Meta:
        model = Registrant
        fields: list[str] = []

    def search(self, rows: QuerySet[Registrant], name: str, value: str) -> QuerySet[Registrant]:
        """Find by a part of name or company, or by the whole phone."""
        try:
            phone = Q(phone_index=index_hash("phone", phones.parse(value).e164))
        except phones.BadPhone:
            phone = Q(pk=None)
        return rows.filter(Q(name__icontains=value.strip()) | Q(company__icontains=value.strip()) | phone)
