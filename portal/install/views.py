"""The OAuth round: out to the consent page, back with a code, and the grant handed to the accounts."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from portal.accounts import budget
from portal.accounts.installations import install
from portal.accounts.wire import session
from portal.tencent import directory, oauth
from portal.tencent.auth import OAuthCredential
from portal.tencent.client import Client
from portal.tencent.directory import BasicInfo
from portal.tencent.errors import PlatformError

PATIENCE = (3.05, settings.TENCENT_TIMEOUT)


class TencentClient(OAuth2Client):
    """Knows the platform's way to its consent page: no scope, no response type."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        return oauth.authorize_url(
            url=authorization_url,
            corp_id=settings.TENCENT_CORP_ID,
            sdk_id=self.consumer_key,
            redirect_uri=self.callback_url,
            state=self.state,
        )


class TencentAdapter(OAuth2Adapter):
    """Turns the code into a grant and the grant into an installation; allauth never sees a token."""

    provider_id = "tencent"
    client_class = TencentClient
    access_token_url = ""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        # The platform says auth_code where OAuth says code (first platform file, 2.2).
        if code := request.GET.get("auth_code"):
            request.GET = request.GET.copy()
            request.GET["code"] = code

    @property
    def authorize_url(self) -> str:
        """The platform's address; its path is the client's business."""
        return settings.TENCENT_MEETING_URL

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Give the registered address, whatever host name this request came by."""
        return settings.PORTAL_URL + reverse("tencent_callback")

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, **_: Any
    ) -> oauth.Grant:
        try:
            return oauth.exchange(
                session(),
                url=settings.TENCENT_MEETING_URL,
                sdk_id=app.client_id,
                secret=app.secret,
                auth_code=request.GET["code"],
                timeout=PATIENCE,
            )
        except PlatformError as error:
            raise ProviderException(str(error)) from error

    def parse_token(self, data: oauth.Grant) -> SocialToken:
        """Give an empty token: the encrypted installation is the only place for the real one."""
        return SocialToken(token="")

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        grant: oauth.Grant = kwargs["response"]
        member = install(grant, _who(grant))
        SocialAccount.objects.get_or_create(
            provider=self.provider_id, uid=grant.open_id, defaults={"user": member.user}
        )
        return self.get_provider().sociallogin_from_response(request, member.user)


def _who(grant: oauth.Grant) -> BasicInfo:
    """Ask who gave the grant; without an answer nobody could say which organisation is theirs."""
    credential = OAuthCredential(access_token=grant.access_token, open_id=grant.open_id)
    allowance = budget.of_user(settings.TENCENT_SDK_ID, grant.open_id)
    where = {"api_url": settings.TENCENT_API_URL, "session": session(), "timeout": PATIENCE}
    client = Client(credential, budget=allowance, **where)
    try:
        return directory.basic_info(client)
    except PlatformError as error:
        raise ProviderException(str(error)) from error


class CallbackView(OAuth2CallbackView):
    """The way back; who arrives from the app market without a state begins a round of our own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "auth_code" in request.GET and not request.GET.get("state"):
            # A code we did not ask for may belong to somebody else: it is never used.
            return self.adapter.get_provider().redirect(request, process="login")
        try:
            return super().dispatch(request, *args, **kwargs)
        except ImmediateHttpResponse as shown:
            return shown.response


oauth2_login = OAuth2LoginView.adapter_view(TencentAdapter)
oauth2_callback = CallbackView.adapter_view(TencentAdapter)


def admin_login(request: HttpRequest) -> HttpResponse:
    """Send administrators of the site to the one password form (throttled, with a second factor where one is set)."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    target = request.GET.get("next", "") or reverse("admin:index")
    if request.user.is_authenticated:
        return redirect("admin:index")
    return redirect(f"{resolve_url('account_login')}?{urlencode({'next': target})}")
