"""Deciding many participants in one go: who that would be, then one yes."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance import clearing, review
from attendance.views.frame import Frame, open_frame
from portal.accounts.access import decider

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@decider
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom a rule would decide; a yes to just what was shown decides them together."""
    page = open_frame(request, pk)
    if page.current is None:
        return page.redirect("review")
    asked = request.POST.get("rule") or request.GET.get("rule", "")
    if request.method == "POST" and asked in clearing.RULES and (answer := _cleared(page, asked)):
        return answer
    counts = clearing.counts(page.current)
    code = asked if asked in clearing.RULES else max(counts, key=lambda each: counts[each])
    found = clearing.preview(page.current, code)
    return page.render(
        "attendance/review_several.html",
        "review",
        rules=[(each, rule.label, counts[each]) for each, rule in clearing.RULES.items()],
        code=code,
        rule=clearing.RULES[code],
        found=Paginator(found, PAGE).get_page(request.GET.get("page")),
        digest=clearing.digest(found),
        keep="&" + urlencode({"rule": code} | page.occasion),
    )


def _cleared(page: Frame, code: str) -> HttpResponse | None:
    """Decide what was shown; None where it is something else by now, and has to be shown again."""
    shown = page.request.POST.get("digest", "")
    try:
        decisions = clearing.clear(page.current, code, shown, page.request.user, str(clearing.RULES[code].label))
    except (review.Meanwhile, review.NotDecidable):
        decisions = None
    if decisions is None:
        messages.warning(page.request, _("It is not what you were shown any more. Look at it again."))
        return None
    return page.redirect("review", done=decisions[0].pk)
