"""One expected person, or one participant: when they were there, what proves it, what was decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from attendance import evidence, history, splits
from attendance import person as persons
from attendance.models import Match, SignIn
from attendance.parts import parts
from attendance.person import Card
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import member


@member
@require_safe
def show_person(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show a person's presence with its evidence, the decisions about it, and earlier meetings."""
    page = open_frame(request, pk)
    who = get_object_or_404(page.meeting.people, pk=person)
    card = persons.card(page.run, who) if page.run else None
    return page.render(
        "attendance/person_show.html",
        "attendance",
        person=who,
        card=card,
        told=evidence.explain([*card.matches, *card.maybe], who.pk) if card else [],
        history=history.of_person(who, page.occurrence, page.member) if page.occurrence else [],
        sign_in=SignIn.objects.standing().filter(occurrence=page.occurrence, person=who).select_related("by").first(),
        parts=parts(page.run, card.visits, page.now) if card else [],
        **_drawn(page, card),
    )


@member
@require_safe
def show_participant(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Show a participant as they came: names, devices, visits, who they are or may be, and how to say so."""
    page = open_frame(request, pk)
    found = Match.objects.filter(run=page.run).select_related("participant", "person", "run")
    match = get_object_or_404(found, participant=participant)
    card = persons.participant_card(match)
    return page.render(
        "attendance/participant_show.html",
        "attendance",
        match=match,
        who=match.participant,
        names=persons.shown_names(match.participant, card.visits),
        card=card,
        told=evidence.explain([match]),
        siblings=splits.siblings(match.participant),
        **_drawn(page, card),
    )


def _drawn(page: Frame, card: Card | None) -> dict[str, object]:
    """Give what the timeline shows: lanes, windows, what counts, and the gaps in it."""
    if card is None:
        return {}
    counted = persons.counted(page.run, card.visits, page.now)
    return {"lanes": persons.drawn(card.lanes), "windows": persons.windows(page.run), "counted": counted,
            "gaps": persons.gaps(counted)}  # fmt: skip
