"""Keeps a grant's pair of tokens alive: one refresh at a time, over any number of processes and machines.

Refreshing kills the pair before, so a race would cost the grant. Whoever wants a new pair names the one found wanting
(`Installation.version`); a conditional UPDATE gives the lease to one process, the others watch the row. No lock is held
while the platform is asked, and the same code runs on SQLite and PostgreSQL.
"""

import logging
import random
import secrets
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portal.accounts.models import Installation
from portal.accounts.wire import session
from portal.audit import chain
from portal.tencent import oauth
from portal.tencent.errors import AnswerLost, GrantGone, PlatformError, TryAgain

log = logging.getLogger(__name__)

# Longer than two tries of one refresh with their time-outs.
LEASE = timedelta(seconds=60)
PATIENCE = 20.0
PAUSE = 0.05
AHEAD = timedelta(minutes=5)
HOURLY_AHEAD = timedelta(minutes=90)
WARN_AHEAD = timedelta(days=5)


def fresh(installation: Installation, now: datetime | None = None) -> Installation:
    """Give the grant with an access token that still lives for some minutes. Call it outside a transaction.

    Raises: GrantGone, TryAgain.
    """
    _require_alive(installation)
    if installation.expires_at and installation.expires_at > (now or timezone.now()) + AHEAD:
        return installation
    return renew(installation)


def renew(installation: Installation) -> Installation:
    """Replace the pair of tokens the caller holds, or give the newer one somebody else got meanwhile.

    Call it outside a transaction: it waits for the platform, or for the process that asks it.
    Raises: GrantGone when the person must connect again, TryAgain.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        current = Installation.objects.get(pk=installation.pk)
        _require_alive(current)
        if current.version != installation.version:
            return current
        if lease := _claim(current):
            return _refresh(current, lease)
        time.sleep(random.uniform(PAUSE, 2 * PAUSE))
    raise TryAgain("another process is still refreshing", retry_after=5, call="oauth.refresh")


def to_renew(now: datetime) -> QuerySet[Installation]:
    """Give the grants the hourly work renews."""
    return Installation.objects.to_refresh(now + HOURLY_AHEAD)


def try_renew(installation: Installation) -> bool:
    """Renew, and let a failure stand as the grant's state or wait for the next hour; tells whether it went well."""
    try:
        renew(installation)
    except PlatformError as error:
        log.warning("installation %s was not renewed: %s", installation.pk, type(error).__name__)
        return False
    return True


def lose(installation: Installation) -> None:
    """Mark a grant the platform no longer accepts, unless it was renewed meanwhile; repeatable."""
    _let_go(Installation.objects.filter(pk=installation.pk, version=installation.version))


def warn_of_ending(now: datetime) -> int:
    """Write down, once for each, which grants end soon although they are refreshed; gives how many."""
    ending = Installation.objects.to_warn(now + WARN_AHEAD).select_related("organisation")
    for installation in ending:
        with transaction.atomic():
            Installation.objects.filter(pk=installation.pk).update(warned_at=now)
            chain.record("installation.ending", actor="hourly", organisation=installation.organisation_id,
                         subject=installation, ends=installation.refresh_expires_at.isoformat())  # fmt: skip
    return len(ending)


def _require_alive(installation: Installation) -> None:
    if installation.state != Installation.State.ALIVE:
        raise GrantGone("connect again", call="oauth.refresh")


def _claim(current: Installation) -> str:
    """Take the lease on exactly this pair of tokens; empty when somebody else has it."""
    now, lease = timezone.now(), secrets.token_hex(16)
    if current.lease_until and current.lease_until > now:
        return ""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    same = Installation.objects.alive().filter(free, pk=current.pk, version=current.version)
    return lease if same.update(lease=lease, lease_until=now + LEASE) else ""


def _refresh(current: Installation, lease: str) -> Installation:
    held = Installation.objects.filter(pk=current.pk, lease=lease)
    try:
        grant = _ask(current)
    except GrantGone:
        _let_go(held)
        raise
    except PlatformError:
        held.update(lease="", lease_until=None)
        raise
    held.update(
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        expires_at=grant.expires_at,
        refresh_expires_at=grant.refresh_expires_at,
        scopes=list(grant.scopes) or current.scopes,
        version=F("version") + 1,
        warned_at=None,
        lease="",
        lease_until=None,
    )
    # Read again: an installation that came in between has written its own pair, and that one counts.
    return Installation.objects.get(pk=current.pk)


def _ask(current: Installation) -> oauth.Grant:
    try:
        return _ask_once(current)
    except AnswerLost:
        # The same token once more ends in a grant, or proves that the lost answer held the only one.
        return _ask_once(current)


def _ask_once(current: Installation) -> oauth.Grant:
    return oauth.refresh(
        session(),
        url=settings.TENCENT_MEETING_URL,
        sdk_id=current.sdk_id,
        refresh_token=current.refresh_token,
        open_id=current.open_id,
        timeout=(3.05, settings.TENCENT_TIMEOUT),
    )


@transaction.atomic
def _let_go(grants: QuerySet[Installation]) -> None:
    for installation in grants.filter(state=Installation.State.ALIVE):
        grants.update(
            state=Installation.State.GONE, access_token="", refresh_token="", lease="", lease_until=None
        )
        chain.record("installation.gone", actor="platform", organisation=installation.organisation_id,
                     subject=installation)  # fmt: skip
