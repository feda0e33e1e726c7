"""One expected person: when they were there, what proves it, what was decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from attendance import person as persons
from attendance.models import SignIn
from attendance.parts import parts
from attendance.views.frame import open_frame
from portal.accounts.access import member


@member
@require_safe
def show_person(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show a person's presence with its evidence and the decisions about it."""
    page = open_frame(request, pk)
    who = get_object_or_404(page.meeting.people, pk=person)
    card = persons.card(page.run, who) if page.run else None
    return page.render(
        "attendance/person_show.html",
        "attendance",
        person=who,
        card=card,
        lanes=persons.drawn(card.lanes) if card else [],
        windows=persons.windows(page.run) if page.run else [],
        sign_in=SignIn.objects.standing().filter(occurrence=page.occurrence, person=who).select_related("by").first(),
        parts=parts(page.run, card.visits, page.now) if card else [],
        counted=persons.counted(page.run, card.visits, page.now) if card else [],
    )
