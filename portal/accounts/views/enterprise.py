"""The enterprise credential: enter, replace, remove."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts import credentials, enterprise
from portal.accounts.access import administrator
from portal.accounts.forms import CredentialForm
from portal.accounts.models import EnterpriseCredential


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def credential(request: HttpRequest) -> HttpResponse:
    """Show what may be shown of the credential, and take a new one."""
    form = CredentialForm(request.POST or None)
    if form.is_valid():
        try:
            enterprise.enter(request.membership, form.keys())
        except enterprise.KeysRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The enterprise credential was checked and saved."))
            return redirect("accounts:credential")
    present = credentials.keys_of(request.membership.organisation)
    context = {"form": form, "credential": present, "organisation": request.membership.organisation}
    if present:
        context |= {"masked": enterprise.masked(present.secret_id), "webhook_url": enterprise.webhook_url(present)}
    return render(request, "accounts/credential.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def credential_remove(request: HttpRequest) -> HttpResponse:
    """Ask, then delete the credential."""
    present = get_object_or_404(EnterpriseCredential, organisation=request.membership.organisation_id)
    if request.method == "POST":
        enterprise.remove(present, actor=request.user)
        messages.success(request, _("The enterprise credential was removed."))
        return redirect("accounts:credential")
    return render(request, "accounts/credential_remove.html", {"credential": present})
