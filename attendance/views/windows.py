"""When attendance counts: windows that an organiser sets by hand, or the one that is found by itself."""

from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance import participants, presence, ruling
from attendance.models import Match, Outcome
from attendance.parts import matches_in, outcomes_in
from attendance.setting_forms import MOST_WINDOWS, WindowSet, seen_version, window_set, windows_as_given
from attendance.views.frame import Frame, open_frame
from meetings.errors import Clash
from meetings.fields import zone_choices
from meetings.models import Occurrence
from meetings.words import say
from portal.accounts.access import member

# Empty lines behind the windows there are.
LINES = 2


@member
@require_http_methods(["GET", "HEAD", "POST"])
def show_windows(request: HttpRequest, pk: int) -> HttpResponse:
    """Show when attendance counts and how many were there, and let an organiser set it."""
    page = open_frame(request, pk)
    if page.occurrence is None:
        raise Http404
    may_change = page.meeting.is_changeable_by(page.member)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    counting = _counting(page)
    form = window_set(request.POST or None, lines=_lines(request), occurrence=page.occurrence,
                      initial=windows_as_given(counting.windows, page.meeting.zone))  # fmt: skip
    if request.method == "POST" and _take(page, form):
        return page.redirect("windows")
    latest = ruling.latest_windows(page.occurrence)
    return page.render(
        "attendance/windows_show.html", "attendance", formset=form, counting=counting, latest=latest,
        rows=[_Line(page, window) for window in counting.windows], may_change=may_change,
        overlapping=_overlap(counting), more=min(_lines(request) + LINES, MOST_WINDOWS),
        zone=dict(zone_choices(page.meeting.zone))[page.meeting.zone],
    )  # fmt: skip


class _Line(NamedTuple):
    """A counting window, with how many were there in the results shown and the addresses of their rows."""

    page: Frame
    window: presence.Window

    @property
    def asked(self) -> dict[str, int]:
        """Give what the filters of both tables take."""
        return {"opens": self.window.start, "closes": self.window.end}

    @property
    def participants(self) -> tuple[int, str]:
        """Count the participants who were there, whoever they are."""
        found = matches_in(self.page.run, Match.objects.filter(run=self.page.run), *self.asked.values())
        return found.count(), self.page.url("walk_ins", **self.asked)

    @property
    def people(self) -> tuple[int, str]:
        """Count the expected people who were there."""
        found = outcomes_in(self.page.run, Outcome.objects.filter(run=self.page.run), *self.asked.values())
        return found.count(), self.page.url("results", **self.asked)


def _take(page: Frame, form: WindowSet) -> bool:
    """Save what was sent; false where the form must be shown again with what was typed."""
    if page.occurrence.state == Occurrence.State.FINAL:
        messages.error(page.request, _("The results are final. Re-open them before you change when attendance counts."))
        return True
    automatic = bool(page.request.POST.get("automatic"))
    if not automatic and not form.is_valid():
        return False
    windows = [] if automatic else form.windows()
    try:
        changed = ruling.set_windows(page.occurrence, windows, seen=seen_version(page.request.POST), by=page.request.user)
    except Clash as clash:
        messages.warning(page.request, say(clash))
        return automatic
    messages.success(page.request, _("Saved; the results are computed anew.") if changed else _("It is like this already."))
    return True


def _counting(page: Frame) -> presence.Counting:
    """Give what counts: as the results shown say it, unless it was changed since."""
    run, latest = page.run, ruling.latest_windows(page.occurrence)
    version = latest.number if latest and latest.windows else 0
    if run and run.counting.get("version") == version:
        return presence.Counting(run.windows, version, run.left_out)
    # What was set by hand is known without the visits.
    return participants.windows_of(page.occurrence, {} if version else participants.gather(page.occurrence))


def _lines(request: HttpRequest) -> int:
    asked = request.GET.get("lines", "")
    return min(int(asked), MOST_WINDOWS) if asked.isdecimal() and len(asked) < 4 else LINES


def _overlap(counting: presence.Counting) -> bool:
    whole = sum(window.end - window.start for window in counting.windows)
    return presence.length(counting.intervals) < whole
