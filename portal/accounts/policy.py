"""How far an organisation lets names decide, whether two people must agree, how long decisions are remembered."""

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


@transaction.atomic
def change_review(organisation: Organisation, *, four_eyes: bool, memory_days: int | None, actor: User) -> bool:
    """Set whether a decision needs a second person and how long it is remembered; false when it is so already.

    No number of days leaves it as it is. It counts for decisions made from now on: what waits for a second word goes on waiting.
    """
    former = Organisation.objects.select_for_update().get(pk=organisation.pk)
    days = former.memory_days if memory_days is None else memory_days
    wanted = {"four_eyes": four_eyes, "memory_days": days}
    if all(getattr(former, name) == value for name, value in wanted.items()):
        return False
    Organisation.objects.filter(pk=organisation.pk).update(**wanted)
    chain.record("review.changed", actor=actor, organisation=organisation.pk, subject=organisation, **wanted)
    return True
