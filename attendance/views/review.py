"""The review: doubtful participants, decided one by one, each decision undone as easily."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance import cases, review
from attendance.forms import DecisionForm
from attendance.models import Decision, Match, Participant
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import decider, member

AT_ONCE = 10


@member
@require_safe
def show_queue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who waits for a human, conflicts first, and the last decision with its undo."""
    page = open_frame(request, pk)
    waiting = cases.waiting(page.run) if page.run else Match.objects.none()
    shown = Paginator(waiting, AT_ONCE).get_page(request.GET.get("page"))
    return page.render(
        "attendance/review_queue.html",
        "review",
        cases=cases.cases(shown.object_list),
        shown=shown,
        **_just_decided(page),
    )


@member
@require_safe
def show_case(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Show one participant: who it may be, what was said, and a search over the whole list."""
    page = open_frame(request, pk)
    who = _participant(page, participant)
    match = get_object_or_404(Match.objects.select_related("participant", "person", "run"), run=page.run, participant=who)
    text = request.GET.get("q", "")
    return page.render(
        "attendance/review_case.html",
        "review",
        case=cases.cases([match])[0],
        history=review.history(who),
        q=text,
        found=cases.find(page.meeting, text),
    )


@decider
@require_POST
def decide(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Write a decision and go on to the next case; one that somebody else decided meanwhile is shown first."""
    page = open_frame(request, pk)
    who = _participant(page, participant)
    form = DecisionForm(page.meeting, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return page.redirect("case", who.pk)
    last = review.history(who).filter(undone_at=None).first()
    if last and last.pk != form.cleaned_data["last"]:
        messages.warning(request, _("Decided by %(by)s meanwhile. Look at it before you decide.") % {"by": last.by})
        return page.redirect("case", who.pk)
    verb, person = form.cleaned_data["choice"]
    try:
        decision = review.decide(who, verb, person, request.user, form.cleaned_data["reason"])
    except review.NotDecidable as error:
        messages.error(request, error.sentence)
        return page.redirect("case", who.pk)
    return page.redirect("review", done=decision.pk)


@decider
@require_POST
def undo(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """Take a decision back; the participant is decided again by what remains."""
    page = open_frame(request, pk)
    said = get_object_or_404(Decision.objects.select_related("occurrence__meeting"), pk=decision, meeting=page.meeting)
    if review.undo(said, request.user):
        messages.success(request, _("The decision was taken back."))
    else:
        messages.info(request, _("It had been taken back already."))
    if request.POST.get("back") == "person" and said.person_id:
        return page.redirect("person", said.person_id)
    return page.redirect("review")


def _participant(page: Frame, number: int) -> Participant:
    return get_object_or_404(Participant.objects.select_related("occurrence__meeting"), pk=number, occurrence=page.occurrence)


def _just_decided(page: Frame) -> dict[str, object]:
    """Give the decision the reader has just made, while it stands, and of whom."""
    number = page.request.GET.get("done", "")
    mine = Decision.objects.standing().filter(occurrence=page.occurrence, by=page.request.user)
    done = mine.filter(pk=number).select_related("person").first() if number.isdecimal() else None
    if done is None:
        return {}
    return {"done": done, "of": Participant.objects.filter(occurrence=page.occurrence, ms_open_id=done.ms_open_id).first()}
