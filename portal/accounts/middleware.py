"""Puts the organisation a signed-in person works in on the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.accounts.models import Membership

SESSION_KEY = "organisation"


class CurrentOrganisation:
    """Sets `request.membership`: the chosen one, else the only or first one, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = _membership(request)
        return self.get_response(request)


def _membership(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    mine = Membership.objects.filter(user=request.user).select_related("organisation", "user").order_by("id")
    chosen = request.session.get(SESSION_KEY)
    return mine.filter(organisation=chosen).first() or mine.first() if chosen else mine.first()
