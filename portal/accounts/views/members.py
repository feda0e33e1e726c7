"""Who belongs to the organisation: members, roles, invitations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import members as people
from portal.accounts import policy
from portal.accounts.access import administrator
from portal.accounts.forms import JoinForm, PolicyForm, RoleForm
from portal.accounts.middleware import SESSION_KEY
from portal.accounts.models import Membership
from portal.accounts.tables import MemberFilter, MemberTable, show


@require_safe
@administrator
def members(request: HttpRequest) -> HttpResponse:
    """List the members and the open invitations."""
    organisation = request.membership.organisation
    found = MemberFilter(request.GET, queryset=Membership.objects.filter(organisation=organisation))
    table = show(MemberTable(found.qs), request, per_page=25)
    invitations = organisation.invitations.filter(used_at=None, expires_at__gt=timezone.now())
    context = {
        "table": table,
        "filter": found,
        "invitations": invitations.select_related("invited_by").order_by("expires_at"),
    }
    return render(request, "accounts/member_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one member and change their role."""
    shown = _member(request, pk)
    form = RoleForm(request.POST or None, initial={"role": shown.role})
    if form.is_valid():
        try:
            people.change_role(shown, form.cleaned_data["role"], actor=request.user)
        except people.NotPossible as refusal:
            form.add_error("role", refusal.sentence)
        else:
            messages.success(request, _("The role was changed."))
            return redirect("accounts:members")
    return render(request, "accounts/member_change.html", {"member": shown, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a membership."""
    shown = _member(request, pk)
    if request.method == "POST":
        try:
            people.remove(shown, actor=request.user)
        except people.NotPossible as refusal:
            messages.error(request, refusal.sentence)
            return redirect("accounts:member", pk=pk)
        messages.success(request, _("%(name)s no longer belongs to the organisation.") % {"name": shown.user})
        return redirect("accounts:members")
    return render(request, "accounts/member_remove.html", {"member": shown})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def invite(request: HttpRequest) -> HttpResponse:
    """Make an invitation and show its code, this once."""
    form = RoleForm(request.POST or None, initial={"role": Membership.Role.VIEWER})
    if not form.is_valid():
        return render(request, "accounts/invitation_create.html", {"form": form})
    code = people.invite(request.membership.organisation, form.cleaned_data["role"], actor=request.user)
    context = {
        "code": "-".join(code[start : start + 5] for start in range(0, len(code), 5)),
        "address": request.build_absolute_uri(reverse("accounts:accept_invitation")),
        "days": people.INVITATION_LIFE.days,
    }
    return render(request, "accounts/invitation_show.html", context)


@require_POST
@administrator
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an invitation nobody used yet."""
    invitations = request.membership.organisation.invitations.filter(used_at=None)
    people.withdraw_invitation(get_object_or_404(invitations, pk=pk), actor=request.user)
    messages.success(request, _("The invitation was withdrawn."))
    return redirect("accounts:members")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Take the code of an invitation; it travels in a form, never in an address that would be logged."""
    form = JoinForm(request.POST or None)
    if form.is_valid():
        try:
            joined = people.accept(form.cleaned_data["code"], request.user)
        except people.NotPossible as refusal:
            form.add_error("code", refusal.sentence)
        else:
            request.session[SESSION_KEY] = joined.organisation_id
            messages.success(request, _("You have joined %(organisation)s.") % {"organisation": joined.organisation})
            return redirect("accounts:account")
    return render(request, "accounts/invitation_accept.html", {"form": form})


def _member(request: HttpRequest, pk: int) -> Membership:
    ours = Membership.objects.filter(organisation=request.membership.organisation_id).select_related("user")
    return get_object_or_404(ours, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def matching_policy(request: HttpRequest) -> HttpResponse:
    """Let an administrator say whether names may decide, and whether two people must."""
    organisation = request.membership.organisation
    fields = ("policy", "four_eyes", "memory_days")
    form = PolicyForm(request.POST or None, initial={name: getattr(organisation, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        changed = policy.change_policy(organisation, told.pop("policy"), actor=request.user)
        if policy.change_review(organisation, **told, actor=request.user) or changed:
            messages.success(request, _("The matching policy was changed."))
        return redirect("accounts:account")
    return render(request, "accounts/policy_change.html", {"form": form})
