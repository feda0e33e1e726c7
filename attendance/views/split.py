"""Splitting one identity's visits by time, where several people used it one after the other."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance import cases, person, review, splits
from attendance.forms import SplitForm
from attendance.models import Decision, Match
from attendance.review import Choice
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import decider


@require_http_methods(["GET", "HEAD", "POST"])
@decider
def split(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Show a participant's visits, where they may be split and what both parts would be; a yes splits them."""
    page = open_frame(request, pk)
    found = Match.objects.select_related("participant", "person", "run")
    match = get_object_or_404(found, run=page.current, participant=participant)
    match.participant.occurrence = match.run.occurrence = page.occurrence
    with timezone.override(ZoneInfo(page.meeting.zone)):
        form = SplitForm(match.participant, request.POST or request.GET or None)
        border = form.cleaned_data["border"] if form.is_valid() else None
    if request.method == "POST" and border and (answer := _split(page, match, form)):
        return answer
    card = person.participant_card(match)
    return page.render(
        "attendance/review_split.html",
        "review",
        case=cases.cases([match])[0],
        form=form,
        card=card,
        border=border,
        further=Match.objects.filter(run=match.run, same_as=match.participant).select_related("participant"),
        halves=splits.halves(match.participant, border, match.run, page.now) if border else [],
        lanes=person.drawn(card.lanes),
        windows=person.windows(match.run),
        counted=person.counted(match.run, card.visits, page.now),
    )


def _split(page: Frame, match: Match, form: SplitForm) -> HttpResponse | None:
    """Split, and go on to the part after the border; None where somebody else spoke meanwhile."""
    said = form.cleaned_data
    choice = Choice(match.participant, Decision.Verb.SPLIT, seen=said["last"] or 0, border=said["border"])
    try:
        decision = review.decide_many([choice], page.request.user, said["reason"])[0]
    except (review.NotDecidable, review.Meanwhile):
        messages.warning(page.request, _("It is not what you were shown any more. Look at it again."))
        return None
    if decision.is_proposed:
        messages.info(page.request, _("Waits for a second person."))
        return page.redirect("review", kind="second")
    parts = match.participant.whole or match.participant
    part = parts.parts.filter(until=said["border"], retired=False).first()
    messages.success(page.request, _("Split. Say of each part who it was."))
    return page.redirect("case", part.pk) if part else page.redirect("review")
