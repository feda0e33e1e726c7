"""What counts as attended, tried before it holds: rules with their thresholds, and who signed in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from attendance import presence, review, rules, ruling, thresholds
from attendance.models import Outcome
from attendance.setting_forms import MeetingRuleForm, RuleForm, rule_as_given, seen_version
from attendance.views.frame import Frame, open_frame
from meetings.errors import Clash
from meetings.models import Occurrence
from meetings.words import say
from portal.accounts.access import administrator, decider, member

PAGE = 20
TRY = "min_percent"


@member
@require_http_methods(["GET", "HEAD", "POST"])
def show_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rule, how many attend at other thresholds, and what a proposed rule would change; take the latter."""
    page = open_frame(request, pk)
    may_change = page.meeting.is_changeable_by(page.member)
    if request.method == "POST":
        return _save(page) if may_change else _refuse()
    given = request.GET if TRY in request.GET and may_change else None
    latest, present = rules.latest_of(page.meeting), rules.in_force(page.meeting)
    form = MeetingRuleForm(given, initial=rule_as_given(latest, present))
    proposed = _proposed(page, form) if given is not None and form.is_valid() else None
    return page.render(
        "attendance/rule_show.html", "attendance", form=form, may_change=may_change, present=present, latest=latest,
        proposed=proposed, default=rules.default_of(page.meeting.organisation),
        versions=rules.versions_of(page.meeting)[:PAGE], **_figures(page, present, proposed),
    )  # fmt: skip


def _refuse() -> HttpResponse:
    raise PermissionDenied


def _proposed(page: Frame, form: MeetingRuleForm) -> presence.Rule:
    values = form.values()
    if values["follows"]:
        return rules.default_of(page.meeting.organisation)
    return presence.Rule(values["min_percent"] / 100, values["min_minutes"], "", values["needs_sign_in"])


def _figures(page: Frame, present: presence.Rule, proposed: presence.Rule | None) -> dict[str, object]:
    """Give the grid, and what the proposed rule would change."""
    run = page.run
    if run is None:
        return {}
    frozen = presence.Rule(**run.rule)
    looked_at = proposed or present
    told = {
        "frozen": frozen, "attending": thresholds.attending(run, frozen), "differs": frozen.version != present.version,
        "grid": thresholds.grid(run, frozen, looked_at if looked_at != frozen else None, page.url),
        "too_long": 60 * looked_at.min_minutes > run.window_seconds,
        "may_finalise": page.meeting.is_changeable_by(page.member) and page.occurrence.state == Occurrence.State.SETTLING,
    }  # fmt: skip
    return told | _changes(page, proposed) if proposed else told


def _changes(page: Frame, proposed: presence.Rule) -> dict[str, object]:
    moving = thresholds.moving(page.run, proposed)
    tally = moving.tally()
    return {
        "would_attend": thresholds.attending(page.run, proposed), "moving": _paged(page, moving),
        "up": tally.get(Outcome.State.PARTLY, 0), "down": tally.get(Outcome.State.ATTENDED, 0),
    }  # fmt: skip


def _paged(page: Frame, rows: QuerySet[Outcome]) -> Page:
    return Paginator(rows, PAGE).get_page(page.request.GET.get("page"))


def _save(page: Frame) -> HttpResponse:
    form = MeetingRuleForm(page.request.POST)
    if not form.is_valid():
        messages.error(page.request, _("Nothing was saved: this is no rule."))
        return page.redirect("rule")
    try:
        seen = seen_version(page.request.POST)
        changed = ruling.change_rule(page.meeting, form.values(), seen=seen, by=page.request.user)
    except Clash as clash:
        messages.warning(page.request, say(clash))
        asked = {name: page.request.POST[name] for name in form.fields if name in page.request.POST}
        return page.redirect("rule", **asked)
    if changed and page.occurrence:
        review.match_now(page.occurrence, page.now)
    messages.success(page.request, _("The rule is saved; results that are not final follow it.") if changed
                     else _("The rule is like this already."))  # fmt: skip
    return page.redirect("rule")


@administrator
@require_http_methods(["GET", "HEAD", "POST"])
def default_rule(request: HttpRequest) -> HttpResponse:
    """Show and change what counts as attended in every meeting without a rule of its own."""
    organisation = request.membership.organisation
    present = rules.default_of(organisation)
    form = RuleForm(request.POST or None, initial=rule_as_given(None, present))
    if request.method == "POST" and form.is_valid():
        try:
            ruling.change_default(organisation, form.values(), seen=seen_version(request.POST), by=request.user)
        except Clash as clash:
            # What was typed stays in the form; sent again, it is said to what holds now.
            messages.warning(request, say(clash))
        else:
            messages.success(request, _("The rule is saved; results that are not final follow it."))
            return redirect("attendance:default_rule")
    latest = rules.latest_default(organisation)
    context = {"form": form, "present": present, "latest": latest, "following": ruling.following(organisation).count(),
               "versions": rules.default_versions(organisation)[:PAGE]}  # fmt: skip
    return render(request, "attendance/rule_default.html", context)


@decider
@require_POST
def sign_in(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Note that a person signed in, or take that back."""
    page = open_frame(request, pk)
    who = get_object_or_404(page.meeting.people, pk=person)
    if page.occurrence is None:
        return page.redirect("person", who.pk)
    if request.POST.get("undo"):
        ruling.undo_sign_in(page.occurrence, who, by=request.user)
        messages.success(request, _("The sign-in was taken back."))
    else:
        ruling.sign_in(page.occurrence, who, by=request.user)
        messages.success(request, _("%(name)s is signed in.") % {"name": who.name})
    review.match_now(page.occurrence, page.now)
    return page.redirect("person", who.pk)
