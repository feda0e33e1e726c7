"""The review: doubtful participants, decided one by one, each decision undone as easily."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance import cases, review, splits
from attendance.forms import DecisionForm
from attendance.models import Decision, Match, MatchRun, Participant
from attendance.views.frame import Frame, number, open_frame
from portal.accounts.access import decider, member, second_decider

AT_ONCE = 10
SECOND = "second"


@member
@require_safe
def show_queue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who waits for a human, what decides most first, and the last decision with its undo."""
    page = open_frame(request, pk)
    kind = request.GET.get("kind", "")
    shown = Paginator(_wanted(page.current, kind), AT_ONCE).get_page(request.GET.get("page"))
    return page.render(
        "attendance/review_queue.html",
        "review",
        cases=cases.cases(_with_first(page, shown.object_list)),
        shown=shown,
        kind=kind,
        **_kinds(page.current),
        **_just_decided(page, request.GET.get("done", "")),
    )


@member
@require_safe
def show_case(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Show one participant: who it may be, what was said, and a search over all lists."""
    page = open_frame(request, pk)
    who = _participant(page, participant)
    matches = Match.objects.select_related("participant", "person", "run", "same_as", "remembered")
    match = get_object_or_404(matches, run=page.run, participant=who)
    text, other = request.GET.get("q", ""), request.GET.get("other", "")
    case = cases.cases([match])[0]
    instead = splits.instead(case.last)
    return page.render(
        "attendance/review_case.html",
        "review",
        case=case,
        instead=instead,
        history=review.history(who),
        siblings=splits.siblings(who),
        q=text,
        other=other,
        found=cases.find(page.meeting, text),
        others=cases.find_participants(who, other) if other or not instead else instead,
        companions=match.run.companions.filter(participant=who).select_related("person"),
    )


@decider
@require_POST
def decide(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Write a decision and go on to the next case; one that somebody else decided meanwhile is shown first."""
    page = open_frame(request, pk)
    who = _participant(page, participant)
    form = DecisionForm(who, request.POST)
    if not form.is_valid():
        return _refused(page, who, " ".join(str(error) for errors in form.errors.values() for error in errors))
    said = form.cleaned_data
    try:
        decision = review.decide_many([said["choice"]], request.user, said["reason"], said["scope"])[0]
    except review.NotDecidable as error:
        return _refused(page, who, error.sentence)
    except review.Meanwhile as error:
        return _refused(page, who, _meanwhile(error.decision))
    return _answer(page, decision, who) if request.htmx else page.redirect("review", done=decision.pk, **_place(request))


@decider
@require_POST
def undo(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """Take a decision back, or all that were made in one go; the participant is decided again by what remains."""
    page = open_frame(request, pk)
    said = get_object_or_404(Decision.objects.select_related("occurrence__meeting"), pk=decision, meeting=page.meeting)
    whole = bool(said.batch) and request.POST.get("whole") == "1"
    rows = Decision.objects.filter(occurrence=said.occurrence, **({"batch": said.batch} if whole else {"pk": said.pk}))
    _tell_undone(request, review.undo_many(rows, request.user), whole)
    if request.POST.get("back") == "person" and said.person_id:
        return page.redirect("person", said.person_id)
    who = Participant.objects.filter(occurrence=said.occurrence, ms_open_id=said.ms_open_id).first()
    return page.redirect("review", **({"first": who.pk} if who and not whole else {}), **_place(request))


@second_decider
@require_POST
def second(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """Give the second word, to one decision or to all that were made in one go: that it counts, or is taken back, or stands."""
    page = open_frame(request, pk)
    said = get_object_or_404(Decision.objects.select_related("occurrence"), pk=decision, meeting=page.meeting)
    whole = bool(said.batch) and request.POST.get("whole") == "1"
    rows = Decision.objects.filter(occurrence=said.occurrence, **({"batch": said.batch} if whole else {"pk": said.pk}))
    if request.POST.get("keep") == "1" and review.keep(rows, request.user):
        messages.success(request, _("It goes on counting."))
    elif review.agree(rows, request.user):
        messages.success(request, _("Taken back by both of you."))
    elif review.second(rows, request.user):
        messages.success(request, _("Confirmed; it counts now."))
    elif said.is_asked_back:
        messages.error(request, _("Somebody else must agree to what you want to take back."))
    elif said.by_id == request.user.pk and said.is_proposed:
        messages.error(request, _("Somebody else must confirm what you decided."))
    else:
        messages.info(request, _("There was nothing to confirm any more."))
    return page.redirect("review", **_place(request))


def _tell_undone(request: HttpRequest, undone: review.Undone, whole: bool) -> None:
    """Say what came of taking something back."""
    if undone.taken:
        messages.success(request, _("The decisions were taken back.") if whole else _("The decision was taken back."))
    if undone.asked:
        messages.warning(request, _("Two people confirmed it: it goes on counting until a second person agrees to take it back."))
    elif not undone.taken:
        messages.info(request, _("It had been taken back already, or waits for somebody else to agree."))


def _refused(page: Frame, who: Participant, sentence: str) -> HttpResponse:
    """Show the case again with why nothing was written."""
    run = page.current
    found = Match.objects.filter(run=run, participant=who).select_related("participant", "person", "run", "remembered")
    if not page.request.htmx or not found:
        messages.error(page.request, sentence)
        return page.redirect("case", who.pk)
    case = cases.cases(found)[0]
    return page.render("attendance/_case.html", "review", case=case, refused=sentence, kind=page.request.POST.get("kind", ""))


def _meanwhile(said: Decision | None) -> str:
    if said is None:
        return _("The decision you saw was taken back meanwhile. Look again before you decide.")
    what = f"{said.get_verb_display()} {said.person.name if said.person else ''}".strip()
    return _("Decided by %(by)s meanwhile: %(what)s. Look at it before you decide.") % {"by": said.by, "what": what}


def _answer(page: Frame, decision: Decision, who: Participant) -> HttpResponse:
    """Answer htmx: the case goes, the next one comes, the undo and the figures follow.

    Where no card is left although somebody waits, such as whoever was only ruled to be one of two, the page begins anew.
    """
    kind = page.request.POST.get("kind", "")
    shown = [pk for each in page.request.POST.getlist("shown") if (pk := number(each))]
    wanted = _wanted(page.current, kind)
    following = cases.cases(wanted.exclude(participant__in=shown)[:1])
    kinds = _kinds(page.current)
    left = {SECOND: kinds["second"], "": kinds["waiting"]} | {code: count for code, _label, count in kinds["kinds"]}
    told = {"cases": following, "kind": kind, "left": left.get(kind, 0), **kinds}
    answer = page.render("attendance/_review_answer.html", "review", **told, **_just_decided(page, str(decision.pk)))
    if told["left"] and not following and not set(shown) - {who.pk}:
        answer["HX-Refresh"] = "true"
    return answer


def _wanted(run: MatchRun | None, kind: str) -> QuerySet[Match]:
    """Give what waits, of one kind if asked for."""
    if run is None:
        return Match.objects.none()
    if kind == SECOND:
        return cases.proposals(run)
    waiting = cases.waiting(run)
    return waiting.filter(doubt=kind) if kind in Match.Doubt.values else waiting


def _kinds(run: MatchRun | None) -> dict[str, object]:
    """Give how many wait of each kind, and for a second word."""
    if run is None:
        return {"kinds": [], "waiting": 0, "second": 0}
    labels = dict(Match.Doubt.choices)
    kinds = cases.kinds(run)
    told = [(kind, labels[kind], count) for kind, count in kinds.items() if kind]
    return {"kinds": told, "waiting": sum(kinds.values()), "second": cases.proposals(run).count()}


def _with_first(page: Frame, matches: QuerySet[Match]) -> list[Match]:
    """Put the case whose decision was just taken back on top."""
    found, asked = list(matches), number(page.request.GET.get("first", ""))
    first = cases.waiting(page.current).filter(participant=asked).first() if asked and page.current else None
    return [first, *(match for match in found if match.pk != first.pk)] if first else found


def _place(request: HttpRequest) -> dict[str, str]:
    """Keep the kind of questions the reader is going through."""
    kind = request.POST.get("kind", "")
    return {"kind": kind} if kind in (*Match.Doubt.values, SECOND) else {}


def _participant(page: Frame, number: int) -> Participant:
    return get_object_or_404(Participant.objects.select_related("occurrence__meeting"), pk=number, occurrence=page.occurrence)


def _just_decided(page: Frame, done: str) -> dict[str, object]:
    """Give the decision the reader has just made, while it stands, and of whom."""
    mine = Decision.objects.open().filter(occurrence=page.occurrence, by=page.request.user)
    said = mine.filter(pk=number(done)).in_words().first()
    if said is None:
        return {}
    batch = mine.filter(batch=said.batch).count() if said.batch else 0
    of = Participant.objects.filter(occurrence=page.occurrence, ms_open_id=said.ms_open_id).first()
    return {"done": said, "of": of, "batch": batch}
