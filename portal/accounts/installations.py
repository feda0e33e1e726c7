"""What a grant of the platform makes here: the person, their organisation, their membership, and the installation."""

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.accounts import plans
from portal.accounts.models import AdministratorNotice, Installation, Membership, Organisation, User
from portal.audit import chain
from portal.jobs import queue
from portal.tencent.directory import BasicInfo
from portal.tencent.oauth import Grant

ROLE_TYPES_OF_ADMINISTRATORS = (1, 2)


@transaction.atomic
def install(grant: Grant, info: BasicInfo) -> Membership:
    """Write a grant with everything that belongs to it; a former grant of the same person is replaced.

    A colleague of the same corp joins as organiser, a person without a corp administers their own organisation; a role
    somebody has is never taken away. Repeatable: the newest pair of tokens counts.
    """
    user = _user(grant, info)
    organisation = _organisation(user, info)
    membership, _ = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": Membership.Role.ORGANISER}
    )
    installation = _installation(grant, plans.told(info), user, organisation)
    if organisation.is_personal or _was_announced(user, organisation):
        make_administrator(membership, actor="platform")
    chain.record("installation.made", actor=user, organisation=organisation.pk, subject=installation,
                 scopes=list(grant.scopes))  # fmt: skip
    tell("grant_given", installation)
    return membership


def note_administrator(*, sdk_id: str, open_id: str, open_corp_id: str) -> None:
    """Take the platform's word that somebody administers their enterprise, before or after they sign in; repeatable."""
    installation = Installation.objects.filter(sdk_id=sdk_id, open_id=open_id).select_related("organisation").first()
    if installation is None:
        AdministratorNotice.objects.update_or_create(
            sdk_id=sdk_id, open_id=open_id, defaults={"open_corp_id": open_corp_id}
        )
        return
    organisation = installation.organisation
    if open_corp_id in ("", organisation.open_corp_id):
        for membership in organisation.memberships.filter(user=installation.user):
            make_administrator(membership, actor="platform")


@transaction.atomic
def make_administrator(membership: Membership, *, actor: object) -> bool:
    """Raise a member to administrator; false when they were one already."""
    if membership.is_administrator:
        return False
    former, membership.role = membership.role, Membership.Role.ADMINISTRATOR
    membership.save(update_fields=["role"])
    chain.record("member.role", actor=actor, organisation=membership.organisation_id, subject=membership.user,
                 former=former, role=membership.role)  # fmt: skip
    return True


def tell(hook: str, installation: Installation) -> None:
    """Queue the tasks that apps declare for a change of a grant: `grant_given`, `grant_withdrawn`."""
    for config in apps.get_app_configs():
        for task in getattr(config, hook, ()):
            queue.enqueue(task, subject=f"installation:{installation.pk}",
                          organisation=installation.organisation_id, installation_id=installation.pk)  # fmt: skip


def _user(grant: Grant, info: BasicInfo) -> User:
    identity = {"sdk_id": settings.TENCENT_SDK_ID, "open_id": grant.open_id}
    user = User.objects.filter(**identity).first()
    if user is None:
        user = User(username=f"{identity['sdk_id']}-{grant.open_id}", **identity)
        user.set_unusable_password()
    user.name = info.username[:100] or user.name
    user.save()
    return user


def _organisation(user: User, info: BasicInfo) -> Organisation:
    """Find or make the organisation; coming back ends its waiting for the purge."""
    own = {"open_corp_id": info.open_corp_id, "personal_open_id": "" if info.open_corp_id else user.open_id}
    organisation, _ = Organisation.objects.get_or_create(sdk_id=user.sdk_id, **own)
    organisation.name = (info.open_corp_name or organisation.name)[:200] if info.open_corp_id else user.name
    organisation.frozen_at = organisation.purge_at = None
    organisation.save(update_fields=["name", "frozen_at", "purge_at"])
    return organisation


def _installation(grant: Grant, plan: plans.Told, user: User, organisation: Organisation) -> Installation:
    installation, made = Installation.objects.get_or_create(
        sdk_id=user.sdk_id, open_id=user.open_id, defaults={"user": user, "organisation": organisation}
    )
    if not made and installation.organisation_id != organisation.pk:
        _leave_former_corp(installation)
    # Counting up and clearing the lease tells a refresh that is under way that its pair no longer counts.
    Installation.objects.filter(pk=installation.pk).update(
        user=user,
        organisation=organisation,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        expires_at=grant.expires_at,
        refresh_expires_at=grant.refresh_expires_at,
        scopes=list(grant.scopes),
        plan=plan,
        state=Installation.State.ALIVE,
        version=F("version") + 1,
        lease="",
        lease_until=None,
        granted_at=timezone.now(),
        warned_at=None,
    )
    installation.refresh_from_db()
    return installation


def _leave_former_corp(installation: Installation) -> None:
    """End the membership in a corp the platform no longer counts this person to."""
    former = installation.organisation
    if not former.is_personal:
        former.memberships.filter(user=installation.user).delete()
        chain.record("member.left", actor="platform", organisation=former.pk, subject=installation.user)
    Installation.objects.filter(pk=installation.pk).update(userid="")


def _was_announced(user: User, organisation: Organisation) -> bool:
    """Whether the platform said before that this person administers this enterprise; the notice is used up."""
    notices = AdministratorNotice.objects.filter(
        sdk_id=user.sdk_id, open_id=user.open_id, open_corp_id__in=("", organisation.open_corp_id)
    )
    return bool(notices.delete()[0])
