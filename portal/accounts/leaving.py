"""How a grant, an account and an organisation end: at once unreadable for the machine, later gone for good."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import credentials
from portal.accounts.installations import tell
from portal.accounts.models import AdministratorNotice, Installation, Membership, Organisation, User
from portal.audit import chain
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import directory
from portal.tencent.errors import GrantGone

FROZEN_FOR = timedelta(days=30)
NOTICES_KEPT_FOR = timedelta(days=30)


REASONS = {
    "staff": _("This account administers the site. Its administrator's right must be taken away first."),
    "legal_hold": _("Your organisation is under a legal hold; nothing in it may be deleted now."),
    "last_administrator": _("Others of your organisation would be left without an administrator. Appoint one first."),
}


class MayNotLeave(Exception):
    """Closing the account is not possible yet; `code` is a key of REASONS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(REASONS[self.code])


def disconnect(installation: Installation, *, actor: object) -> None:
    """Give a grant back to the platform, then end it here. Call it outside a transaction.

    Raises: NotAllowed (`administrator`: the enterprise decides who may cancel), TryAgain; then nothing was changed.
    """
    if installation.state == Installation.State.ALIVE:
        # Gone on the platform's side already means that all that is left is to end it here.
        with suppress(GrantGone):
            directory.cancel_auth(credentials.grant_client(installation))
    withdraw(installation, actor=actor)


@transaction.atomic
def withdraw(installation: Installation, *, actor: object, now: datetime | None = None) -> bool:
    """End a grant here: tokens wiped, its jobs stopped, the person signed out everywhere, the apps told.

    With the last grant of an organisation the organisation is frozen. Repeatable; false when it had ended before.
    """
    living = Installation.objects.filter(pk=installation.pk).exclude(state=Installation.State.WITHDRAWN)
    if not living.update(
        state=Installation.State.WITHDRAWN, access_token="", refresh_token="", scopes=[], lease="", lease_until=None,
        version=F("version") + 1,
    ):  # fmt: skip
        return False
    organisation = installation.organisation
    of_grant = Q(subject=f"installation:{installation.pk}") | Q(arguments__installation_id=installation.pk)
    queue.stop(Job.objects.of_organisation(organisation.pk).filter(of_grant))
    sign_out_everywhere(installation.user)
    chain.record("installation.withdrawn", actor=actor, organisation=organisation.pk, subject=installation)
    if not organisation.installations.exclude(state=Installation.State.WITHDRAWN).exists():
        freeze(organisation, actor=actor, now=now)
    tell("grant_withdrawn", installation)
    return True


def withdrawn_on_platform(*, sdk_id: str, open_id: str, happened_at: datetime | None) -> bool:
    """End the grant the platform says was cancelled, unless the person has connected again since; repeatable."""
    installation = Installation.objects.filter(sdk_id=sdk_id, open_id=open_id).first()
    if installation is None:
        return False
    since = installation.granted_at
    # Events come late and in any order; some of the platform's times have no fraction of a second.
    if happened_at and since and happened_at < since.replace(microsecond=0):
        return False
    return withdraw(installation, actor="platform")


def sign_out_everywhere(user: User) -> None:
    """End all sessions of a person who signs in by the platform.

    A session holds a hash of the password, usable or not, so a new unusable one ends them all.
    """
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])


@transaction.atomic
def freeze(organisation: Organisation, *, actor: object, now: datetime | None = None) -> None:
    """Stop an organisation's work and set the day of its purge; who connects again within 30 days ends this."""
    organisation.frozen_at = now or timezone.now()
    organisation.purge_at = organisation.frozen_at + FROZEN_FOR
    organisation.save(update_fields=["frozen_at", "purge_at"])
    queue.stop(Job.objects.of_organisation(organisation.pk).open())
    chain.record("organisation.frozen", actor=actor, organisation=organisation.pk, subject=organisation,
                 purge_at=organisation.purge_at.isoformat())  # fmt: skip


@transaction.atomic
def thaw(organisation: Organisation, *, actor: object) -> None:
    """Take back a freeze."""
    organisation.frozen_at = organisation.purge_at = None
    organisation.save(update_fields=["frozen_at", "purge_at"])
    chain.record("organisation.thawed", actor=actor, organisation=organisation.pk, subject=organisation)


def purge_due(now: datetime) -> int:
    """Purge the organisations whose time has come; a legal hold beats the purge. Gives how many went."""
    AdministratorNotice.objects.filter(told_at__lt=now - NOTICES_KEPT_FOR).delete()
    Installation.objects.filter(state=Installation.State.WITHDRAWN, user__is_active=False).delete()
    due = Organisation.objects.filter(purge_at__lte=now, legal_hold=False)
    for organisation in due:
        purge(organisation, actor="nightly")
    return len(due)


@transaction.atomic
def purge(organisation: Organisation, *, actor: object) -> None:
    """Delete an organisation with everything in it, and the people who belong nowhere else; the audit log stays."""
    chain.record("organisation.purged", actor=actor, organisation=organisation.pk, subject_id=organisation.pk)
    people = list(User.objects.filter(memberships__organisation=organisation, is_staff=False))
    Job.objects.of_organisation(organisation.pk).delete()
    organisation.delete()
    for user in people:
        if not user.memberships.exists():
            _forget(user)


def check_may_close(user: User) -> None:
    """Ask before an account is closed.

    Raises: MayNotLeave: `last_administrator`, `legal_hold`, `staff`.
    """
    if user.is_staff:
        raise MayNotLeave("staff")
    for membership in user.memberships.select_related("organisation"):
        if membership.organisation.is_personal and membership.organisation.legal_hold:
            raise MayNotLeave("legal_hold")
        if _is_needed(membership):
            raise MayNotLeave("last_administrator")


def close_account(user: User) -> None:
    """Close an account: grant, memberships, identity and the personal organisation go; a company's meetings stay.

    The platform is not asked: it may refuse, and the tokens are gone either way. Raises: MayNotLeave.
    """
    with transaction.atomic():
        check_may_close(user)
        for installation in user.installations.select_related("organisation", "user"):
            withdraw(installation, actor=user)
        for organisation in Organisation.objects.filter(memberships__user=user, open_corp_id=""):
            if organisation.personal_open_id == user.open_id:
                purge(organisation, actor=user)
        for membership in Membership.objects.filter(user=user):
            chain.record("member.left", actor=user, organisation=membership.organisation_id, subject_id=user.pk)
        _forget(user)


def _forget(user: User) -> None:
    """Take everything that says who it was from a user; the row stays, because decisions in the log point at it.

    The withdrawn installation stays until the nightly purge, because the apps are still told of its end.
    """
    user.memberships.all().delete()
    user.socialaccount_set.all().delete()
    User.objects.filter(pk=user.pk).update(
        username=f"closed-{user.pk}", name="", email="", sdk_id="", open_id="", is_active=False,
        password=make_password(None),
    )  # fmt: skip


def _is_needed(membership: Membership) -> bool:
    """Whether others would be left without an administrator."""
    others = membership.organisation.memberships.exclude(pk=membership.pk)
    roles = set(others.values_list("role", flat=True))
    return membership.is_administrator and bool(roles) and Membership.Role.ADMINISTRATOR not in roles
