"""Who belongs to an organisation and in which role. Every change locks the organisation, so that two administrators
who act at once cannot leave it without one."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.audit import chain

INVITATION_LIFE = timedelta(days=7)
# Without the letters and digits people take for one another; 20 of them are 98 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 20

REASONS = {
    "last_administrator": _("The organisation would be left without an administrator. Appoint another one first."),
    "yourself": _("Nobody changes or removes themselves here; ask another administrator."),
    "spent": _("This invitation was used, withdrawn or has expired. Ask for a new one."),
    "member": _("You belong to this organisation already."),
}


class NotPossible(Exception):
    """A change of members that the rules forbid; `code` is a key of REASONS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(REASONS[self.code])


@transaction.atomic
def change_role(membership: Membership, role: str, *, actor: User) -> None:
    """Give a member another role. Raises: NotPossible."""
    membership = _locked(membership)
    _check(membership, actor, stays_administrator=role == Membership.Role.ADMINISTRATOR)
    former, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    chain.record("member.role", actor=actor, organisation=membership.organisation_id, subject=membership.user,
                 former=former, role=role)  # fmt: skip


@transaction.atomic
def remove(membership: Membership, *, actor: User) -> None:
    """End a membership; the person's own grant is not touched. Raises: NotPossible."""
    membership = _locked(membership)
    _check(membership, actor, stays_administrator=False)
    chain.record("member.removed", actor=actor, organisation=membership.organisation_id, subject=membership.user,
                 role=membership.role)  # fmt: skip
    membership.delete()


@transaction.atomic
def invite(organisation: Organisation, role: str, *, actor: User, now: datetime | None = None) -> str:
    """Make a one-time invitation and give its code, which is shown once: only its hash is kept."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    invitation = Invitation.objects.create(
        organisation=organisation,
        role=role,
        token_hash=_hash(code),
        invited_by=actor,
        expires_at=(now or timezone.now()) + INVITATION_LIFE,
    )
    chain.record("member.invited", actor=actor, organisation=organisation.pk, subject_id=invitation.pk, role=role)
    return code


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: User) -> None:
    """Take back an invitation nobody used yet."""
    chain.record("member.uninvited", actor=actor, organisation=invitation.organisation_id, subject_id=invitation.pk)
    invitation.delete()


def find_invitation(code: str, now: datetime | None = None) -> Invitation:
    """Give the invitation of a code. Raises: NotPossible when it is spent, expired or invented."""
    invitation = (
        Invitation.objects.filter(token_hash=_hash(code), used_at=None, expires_at__gt=now or timezone.now())
        .select_related("organisation", "invited_by")
        .first()
    )
    if invitation is None:
        raise NotPossible("spent")
    return invitation


@transaction.atomic
def accept(code: str, user: User, now: datetime | None = None) -> Membership:
    """Join by an invitation, which is spent by it: of two who press at once one gets in. Raises: NotPossible."""
    now = now or timezone.now()
    invitation = find_invitation(code, now)
    organisation = invitation.organisation
    if organisation.memberships.filter(user=user).exists():
        raise NotPossible("member")
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=now, used_by=user):
        raise NotPossible("spent")
    membership = Membership.objects.create(user=user, organisation=organisation, role=invitation.role)
    chain.record("member.joined", actor=user, organisation=organisation.pk, subject_id=invitation.pk,
                 role=invitation.role)  # fmt: skip
    return membership


def _locked(membership: Membership) -> Membership:
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    return Membership.objects.select_related("user").get(pk=membership.pk)


def _check(membership: Membership, actor: User, *, stays_administrator: bool) -> None:
    if membership.user_id == actor.pk:
        raise NotPossible("yourself")
    if stays_administrator or not membership.is_administrator:
        return
    others = Membership.objects.filter(
        organisation=membership.organisation_id, role=Membership.Role.ADMINISTRATOR
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise NotPossible("last_administrator")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
