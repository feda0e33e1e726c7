"""How far an organisation lets names decide; strict until an administrator changes it."""

from django.db import transaction

from portal.accounts.models import Organisation, User
from portal.audit import chain


@transaction.atomic
def change_policy(organisation: Organisation, policy: str, *, actor: User) -> bool:
    """Set the matching policy, with an audit entry; false when it is so already.

    It counts for results that are computed from now on. Final results keep theirs.
    """
    former = Organisation.objects.select_for_update().get(pk=organisation.pk).policy
    if former == policy:
        return False
    Organisation.objects.filter(pk=organisation.pk).update(policy=policy)
    chain.record("policy.changed", actor=actor, organisation=organisation.pk, subject=organisation, former=former, policy=policy)
    return True
