"""Who may come in by which door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from portal.tencent.errors import AnswerLost, NotAllowed, OverBudget, Refused, TryAgain

SENTENCES = {
    None: _("This sign-in was begun elsewhere, was used before, or took longer than ten minutes."),
    Refused: _("Tencent Meeting did not accept the code of this sign-in; it works once and for five minutes."),
    NotAllowed: _("The permission to view your user information is missing, so we cannot tell who you are."),
    TryAgain: _("Tencent Meeting did not answer in time."),
    AnswerLost: _("Tencent Meeting did not answer in time."),
    OverBudget: _("Tencent Meeting takes no more calls at the moment. Please try again later."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up with a password; admins are made by admins."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class InstallAdapter(DefaultSocialAccountAdapter):
    """Everybody the platform vouches for is let in by the installation itself, so allauth makes no user either."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Give the one app there is, from the settings."""
        return [SocialApp(provider="tencent", client_id=settings.TENCENT_SDK_ID, secret=settings.TENCENT_SECRET)]

    def on_authentication_error(
        self, request: HttpRequest, provider: object, exception: Exception | None = None, **facts: Any
    ) -> None:
        """Show our own page and say what to do: nothing was installed."""
        sentence = SENTENCES.get(type(exception.__cause__) if exception else None, SENTENCES[None])
        raise ImmediateHttpResponse(render(request, "install/refused.html", {"sentence": sentence}, status=400))
