"""Who may come in by which door."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up with a password; admins are made by admins."""

    def is_open_for_signup(self, request: object) -> bool:
        return False


class InstallAdapter(DefaultSocialAccountAdapter):
    """Everybody whom the platform vouches for may come in."""

    def is_open_for_signup(self, request: object, sociallogin: object) -> bool:
        return True
