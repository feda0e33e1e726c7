"""The enterprise credential: checked when it is entered, replaced or removed, never shown again."""

import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts import credentials
from portal.accounts.models import EnterpriseCredential, Installation, Membership, Organisation
from portal.audit import chain
from portal.tencent import directory
from portal.tencent.errors import NotAllowed, PlatformError, Refused

# Which field a refusal of the check speaks of (first platform file, section 3.3).
FIELDS = {190303: "secret_id", 200003: "secret_key", 200001: "sdk_id", 190001: "operator_userid"}


@dataclass(frozen=True, slots=True)
class Keys:
    """What an administrator copies from the console of the enterprise's own app."""

    app_id: str
    sdk_id: str
    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    operator_userid: str
    webhook_token: str = field(default="", repr=False)
    webhook_aes_key: str = field(default="", repr=False)


class KeysRefused(Exception):
    """The keys did not pass the check; `field` names the place (empty: all of it), `code` the reason."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


def enter(membership: Membership, keys: Keys) -> EnterpriseCredential:
    """Check an enterprise credential with the platform and keep it encrypted; a former one is replaced.

    The proof that it is the same enterprise: it finds the userid of the administrator's own open id. Its webhook
    address stays when it is replaced, and former SecretIds are kept. Call it outside a transaction.
    Raises: KeysRefused.
    """
    installation = _own_grant(membership)
    userid = _proof(installation, keys)
    with transaction.atomic():
        Installation.objects.filter(pk=installation.pk).update(userid=userid)
        credential = _store(membership, keys)
        chain.record("credential.entered", actor=membership.user, organisation=membership.organisation_id,
                     subject=credential, app_id=keys.app_id)  # fmt: skip
    return credential


@transaction.atomic
def remove(credential: EnterpriseCredential, *, actor: object) -> None:
    """Delete an enterprise credential with its webhook address; its SecretId is kept with the former ones."""
    _remember(credential.organisation, credential.secret_id)
    chain.record("credential.removed", actor=actor, organisation=credential.organisation_id, subject=credential,
                 app_id=credential.app_id)  # fmt: skip
    credential.delete()


def secret_ids(organisation: Organisation) -> tuple[str, ...]:
    """Give the SecretIds phone hashes may have been made with, the present one first."""
    credential = credentials.keys_of(organisation)
    present = [credential.secret_id] if credential else []
    former = [each for each in organisation.former_secret_ids.split() if each not in present]
    return tuple(present + former)


def masked(secret_id: str) -> str:
    """Show enough of a SecretId to recognise it."""
    return f"{secret_id[:4]}…{secret_id[-4:]}" if len(secret_id) > 12 else "…"


def webhook_url(credential: EnterpriseCredential) -> str:
    """Give the address the enterprise's own app sends its events to."""
    return f"{settings.PORTAL_URL}/hooks/tencent/{credential.slug}/"


def _own_grant(membership: Membership) -> Installation:
    """Give the administrator's grant of this very organisation; somebody invited could only prove another one."""
    if membership.organisation.is_personal:
        raise KeysRefused("personal")
    mine = membership.organisation.installations.filter(user=membership.user).first()
    if mine is None:
        raise KeysRefused("invited")
    return mine


def _proof(installation: Installation, keys: Keys) -> str:
    candidate = EnterpriseCredential(
        app_id=keys.app_id,
        sdk_id=keys.sdk_id,
        secret_id=keys.secret_id,
        secret_key=keys.secret_key,
        operator_userid=keys.operator_userid,
    )
    client = credentials.key_client(candidate)
    try:
        found = directory.open_ids_to_userids(client, sdk_id=installation.sdk_id, open_ids=[installation.open_id])
    except PlatformError as error:
        raise _refusal(error) from error
    if installation.open_id not in found:
        raise KeysRefused("other_enterprise", "app_id")
    return found[installation.open_id]


def _refusal(error: PlatformError) -> KeysRefused:
    if field_name := FIELDS.get(error.error_code or 0):
        return KeysRefused(f"wrong_{field_name}", field_name)
    if isinstance(error, NotAllowed):
        return KeysRefused("address" if error.reason == "address" else "permission")
    return KeysRefused("refused" if isinstance(error, Refused) else "try_again")


def _store(membership: Membership, keys: Keys) -> EnterpriseCredential:
    organisation = membership.organisation
    former = credentials.keys_of(organisation)
    if former and former.secret_id != keys.secret_id:
        _remember(organisation, former.secret_id)
    credential = former or EnterpriseCredential(organisation=organisation, slug=secrets.token_urlsafe(24))
    for name in Keys.__slots__:
        setattr(credential, name, getattr(keys, name))
    credential.checked_at = timezone.now()
    credential.entered_by = membership.user
    credential.save()
    return credential


def _remember(organisation: Organisation, secret_id: str) -> None:
    former = organisation.former_secret_ids.split()
    if secret_id not in former:
        organisation.former_secret_ids = "\n".join([*former, secret_id])
        organisation.save(update_fields=["former_secret_ids"])
