"""What is known of the plan an account has on the platform: what it said, what that means for calls, and in words."""

import logging

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.credentials import NoCredential, client_for
from portal.accounts.models import Installation
from portal.tencent import directory
from portal.tencent.capabilities import UNKNOWN, Plan
from portal.tencent.directory import BasicInfo
from portal.tencent.errors import PlatformError

log = logging.getLogger(__name__)

Told = dict[str, int | None]

FIELDS = ("account_version", "user_account_type", "add_on_largemeeting", "add_on_webinar")
# 67432 and the directory's enumerations: first platform file, sections 2.10 and 7.6.
OTHER_EDITION, BUSINESS, FREE_ACCOUNT = 0, 1, 2
EDITIONS = {BUSINESS: _("business edition"), 2: _("enterprise edition"), 3: _("education edition")}
LARGE_MEETING_SEATS = {1: 500, 2: 1000, 3: 2000}
WEBINAR_SEATS = {1: 300, 2: 500, 3: 1000, 4: 2000, 5: 3000, 6: 5000, 7: 8000, 8: 10000}


def told(info: BasicInfo) -> Told:
    """Keep what the platform says of a plan, under its own names."""
    return {name: getattr(info, name) for name in FIELDS}


def of(installation: Installation | None) -> Plan:
    """Say what a person's plan is known to have and known to lack; what was never told stays unknown."""
    if installation is None or not installation.plan:
        return UNKNOWN
    paid = _is_paid(installation)
    # An edition may bring webinars without the add-on, so only a free account is known to have none.
    webinar = True if installation.plan.get("add_on_webinar") else None if paid is not False else False
    return Plan(paid=paid, webinar=webinar, rooms=_needs_no_rooms(installation))


def words(installation: Installation) -> list[Promise | str]:
    """Put a plan into words: its edition, and the seats that were bought on top; empty where nothing was told."""
    plan = installation.plan
    if not plan:
        return []
    free = _("free account") if _is_paid(installation) is False else _("edition unknown")
    found = [EDITIONS.get(plan.get("account_version"), free)]
    if seats := LARGE_MEETING_SEATS.get(plan.get("add_on_largemeeting")):
        found.append(_("meetings of up to %(seats)d") % {"seats": seats})
    if seats := WEBINAR_SEATS.get(plan.get("add_on_webinar")):
        found.append(_("webinars of up to %(seats)d") % {"seats": seats})
    return found


def to_read() -> QuerySet[Installation]:
    """Give the grants whose plan can be asked for."""
    return Installation.objects.alive().select_related("organisation", "user")


def read(installation: Installation) -> bool:
    """Ask for a person's plan and keep it; false where it could not be asked, which leaves what was known.

    Call it outside a transaction. May be repeated.
    """
    try:
        client = client_for("directory.basic_info", organisation=installation.organisation, operator=installation.user)
        info = directory.basic_info(client)
    except (PlatformError, NoCredential) as error:
        log.info("the plan of installation %s was not read: %s", installation.pk, type(error).__name__)
        return False
    Installation.objects.filter(pk=installation.pk).update(plan=told(info))
    return True


def _needs_no_rooms(installation: Installation) -> bool | None:
    """Whether the limit of old plans cannot concern this edition; of enterprises and schools nobody tells how old theirs is."""
    return True if installation.plan.get("account_version") in (OTHER_EDITION, BUSINESS) else None


def _is_paid(installation: Installation) -> bool | None:
    """Whether the edition is a paid one; other editions hold free accounts, and some we do not know (inferred)."""
    version = installation.plan.get("account_version")
    if version in EDITIONS:
        return True
    free = version == OTHER_EDITION and installation.plan.get("user_account_type") in (None, FREE_ACCOUNT)
    return False if free else None
