"""Who may open a page: decorators for views. Objects are narrowed by `visible_to`; these only ask for the role."""

import functools
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from portal.accounts.models import Membership

View = Callable[..., HttpResponse]


def member(view: View) -> View:
    """Let signed-in members in; others go to the sign-in page, people without an organisation to their account."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if request.membership is None:
            return redirect("accounts:no_organisation")
        return view(request, *args, **kwargs)

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody signed out to the sign-in page, the whole page even where only a part was asked for.

    What was sent is lost and said to be; whoever signs in again stands on the page it was sent from.
    """
    if request.method in ("GET", "HEAD") and not request.htmx:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        messages.warning(request, _("You were signed out, so nothing was saved. Sign in and do it again."))
    came = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    back = came._replace(scheme="", netloc="", fragment="").geturl() if came.netloc == request.get_host() else "/"
    sign_in = redirect_to_login(back)
    return HttpResponseClientRedirect(sign_in.url) if request.htmx else sign_in


def member_who(may: Callable[[Membership], bool]) -> Callable[[View], View]:
    """Let members in whose role allows it: `@member_who(lambda membership: membership.may_plan)`; others get 403."""

    def decorate(view: View) -> View:
        @member
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not may(request.membership):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def planner(view: View) -> View:
    """Let members in who may create and change meetings, lists and links."""
    return member_who(lambda membership: membership.may_plan)(view)


def decider(view: View) -> View:
    """Let members in who may decide doubtful matches."""
    return member_who(lambda membership: membership.may_decide)(view)


def second_decider(view: View) -> View:
    """Let members in who may confirm what somebody else decided."""
    return member_who(lambda membership: membership.may_second)(view)


def administrator(view: View) -> View:
    """Let administrators in."""
    return member_who(lambda membership: membership.is_administrator)(view)
