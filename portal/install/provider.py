"""The provider allauth knows the platform by: an identity is an open id, and nothing else is kept of it there."""

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.install.views import TencentAdapter


class TencentProvider(OAuth2Provider):
    """Sign-in and installation are one round: whoever gives the grant is signed in."""

    id = "tencent"
    name = _("Tencent Meeting")
    account_class = ProviderAccount
    oauth2_adapter_class = TencentAdapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Take only the (checked) next page from the request: there is nothing to connect, no scope to choose."""
        asked = super().get_redirect_from_request_kwargs(request)
        return {name: asked[name] for name in ("next_url",) if name in asked} | {"process": AuthProcess.LOGIN}

    def extract_uid(self, data: User) -> str:
        return data.open_id

    def extract_extra_data(self, data: User) -> dict[str, Any]:
        return {}


provider_classes = [TencentProvider]
