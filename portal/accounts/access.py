"""Who may open a page: decorators for views. Objects are narrowed by `visible_to`; these only ask for the role."""

import functools
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts.models import Membership

View = Callable[..., HttpResponse]


def member(view: View) -> View:
    """Let signed-in members in; others go to the sign-in page, people without an organisation to their account."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.membership is None:
            return redirect("accounts:no_organisation")
        return view(request, *args, **kwargs)

    return guarded


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
