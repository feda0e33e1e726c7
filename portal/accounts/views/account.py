"""One's own account: the connection, the organisation one works in, and the ways out."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import capabilities, credentials, gauges, leaving, plans, tokens
from portal.accounts.access import member
from portal.accounts.middleware import SESSION_KEY
from portal.accounts.models import Installation, Membership, User
from portal.accounts.scenarios import scope_words
from portal.tencent.errors import NotAllowed, PlatformError


@require_safe
@member
def account(request: HttpRequest) -> HttpResponse:
    """Show the connection, what is possible with it, and everything one may change."""
    installation = _own_grant(request.user)
    ends = installation.refresh_expires_at if installation else None
    context = {
        "installation": installation,
        "ends_soon": bool(ends and ends < timezone.now() + tokens.WARN_AHEAD),
        "organisation": request.membership.organisation,
        "card": capabilities.card(request.membership) if request.membership.may_plan else None,
        "permissions": scope_words(installation.scopes) if installation else [],
        "plan": plans.words(installation) if installation else [],
        "credential": credentials.keys_of(request.membership.organisation),
        "limits": gauges.telling(request.membership.organisation) if request.membership.is_administrator else [],
        "has_administrator": request.membership.organisation.memberships.filter(
            role=Membership.Role.ADMINISTRATOR
        ).exists(),
    }
    return render(request, "accounts/account.html", context)


@require_safe
@login_required
def no_organisation(request: HttpRequest) -> HttpResponse:
    """Tell a person who belongs to no organisation (any more) how to get on."""
    if request.membership:
        return redirect("accounts:account")
    return render(request, "accounts/no_organisation.html")


@require_http_methods(["GET", "HEAD", "POST"])
@member
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Let a person of several organisations say which one they work in."""
    mine = request.user.memberships.select_related("organisation").order_by("organisation__name", "pk")
    if request.method != "POST":
        return render(request, "accounts/organisation_choose.html", {"memberships": mine})
    wanted = request.POST.get("organisation", "")
    chosen = next((each for each in mine if str(each.organisation_id) == wanted), None)
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = chosen.organisation_id
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
    return redirect(onward if safe else "home")


@require_http_methods(["GET", "HEAD", "POST"])
@member
def disconnect(request: HttpRequest) -> HttpResponse:
    """Ask, then give the grant back to the platform and end it here; sessions end with it."""
    installation = get_object_or_404(Installation, user=request.user)
    if request.method != "POST":
        return render(request, "accounts/installation_disconnect.html", _what_goes(installation))
    try:
        if "here_only" in request.POST:
            leaving.withdraw(installation, actor=request.user)
        else:
            leaving.disconnect(installation, actor=request.user)
    except NotAllowed:
        context = _what_goes(installation) | {"refused": True}
        return render(request, "accounts/installation_disconnect.html", context, status=409)
    except PlatformError:
        messages.error(request, _("Tencent Meeting did not answer. Nothing was changed; please try again."))
        return redirect("accounts:disconnect")
    logout(request)
    messages.success(request, _("You are disconnected. Tencent Meeting can no longer be reached in your name."))
    return redirect("pages:sign_in")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def close(request: HttpRequest) -> HttpResponse:
    """Ask, then close the account."""
    try:
        leaving.check_may_close(request.user)
        if request.method == "POST":
            leaving.close_account(request.user)
            logout(request)
            messages.success(request, _("Your account is closed."))
            return redirect("pages:sign_in")
    except leaving.MayNotLeave as refusal:
        return render(request, "accounts/account_close.html", {"refusal": refusal.sentence}, status=409)
    memberships = request.user.memberships.select_related("organisation")
    return render(request, "accounts/account_close.html", {"memberships": memberships})


def _own_grant(user: User) -> Installation | None:
    return Installation.objects.filter(user=user).select_related("organisation").first()


def _what_goes(installation: Installation) -> dict[str, object]:
    others = installation.organisation.installations.exclude(pk=installation.pk)
    last = not others.exclude(state=Installation.State.WITHDRAWN).exists()
    return {"installation": installation, "last": last, "days": leaving.FROZEN_FOR.days}
