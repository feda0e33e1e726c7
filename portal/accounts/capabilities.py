"""The capability card: which of the five scenarios can be proved with what is connected, and what is missing."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts import credentials
from portal.accounts.models import Membership
from portal.tencent.capabilities import may

GREEN, AMBER, RED = "green", "amber", "red"


@dataclass(frozen=True, slots=True)
class Connected:
    """What can speak for the organisation's meetings."""

    grant: bool
    may_manage: bool
    keys: bool
    keys_for_granted: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of the card; `todo` and `url` are empty where nothing is to do."""

    number: int
    title: Promise
    light: str
    why: Promise
    todo: Promise | str = ""
    url: str = ""


TITLES = {
    1: _("Own staff, list known"),
    2: _("Outsiders, no list"),
    3: _("Staff and outsiders, partly known"),
    4: _("All known, some by telephone"),
    5: _("Outsiders known only by a code"),
}
BY_KEYS = _("The enterprise credential finds everybody by a firm key.")
BY_GRANT = _("Your connection is enough: registrations are the key.")
# What is left without the enterprise credential.
WITHOUT_KEYS = {
    1: (AMBER, _("Only colleagues who connected themselves have a firm key; the others are proposed by name.")),
    2: (GREEN, BY_GRANT),
    3: (GREEN, BY_GRANT),
    4: (AMBER, _("Registrations work; telephone callers cannot be told apart.")),
    5: (RED, _("Exclusive links are not possible, so people known by a code only cannot be told apart.")),
}
ENTER_KEYS = _("Enter the enterprise credential")
CONNECT = _("Sign in again to connect")
ALLOW = _("Sign in again and allow “view and manage your meetings”")


def connected(membership: Membership) -> Connected:
    """Look up what a member's own meetings can be served with."""
    grant = membership.organisation.installations.alive().filter(user=membership.user).first()
    return Connected(
        grant=grant is not None,
        may_manage=grant is not None and may("meetings.create", "oauth", grant.scopes),
        keys=credentials.keys_of(membership.organisation) is not None,
        keys_for_granted=settings.TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS,
    )


def card(membership: Membership) -> list[Scenario]:
    """Give the five lines of the card for a member."""
    present = connected(membership)
    return [_line(number, present) for number in TITLES]


def _line(number: int, present: Connected) -> Scenario:
    title = TITLES[number]
    if not present.grant and not present.keys:
        return Scenario(number, title, RED, _("Nothing is connected."), CONNECT, reverse("accounts:account"))
    if not present.may_manage and not present.keys:
        why = _("The permission to manage your meetings was not granted.")
        return Scenario(number, title, RED, why, ALLOW, reverse("accounts:account"))
    light, why = WITHOUT_KEYS[number]
    if not present.keys:
        todo = {} if light == GREEN else {"todo": ENTER_KEYS, "url": reverse("accounts:credential")}
        return Scenario(number, title, light, why, **todo)
    if present.may_manage and not present.keys_for_granted and light != GREEN:
        why = _("The enterprise credential reaches only meetings that were made with it.")
        return Scenario(number, title, AMBER, why, _("Make the meeting with the enterprise credential"),
                        reverse("meetings:create"))  # fmt: skip
    return Scenario(number, title, GREEN, BY_GRANT if light == GREEN else BY_KEYS)
