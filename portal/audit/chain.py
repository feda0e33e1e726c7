"""Write audit entries and check that nobody changed, removed or reordered them."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.audit.models import Entry, Head


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold: reason is one of changed, missing, reordered, tail."""

    organisation: str
    number: int
    reason: str


def record(
    action: str,
    *,
    actor: object,
    organisation: object = "",
    subject: object = "",
    subject_id: object = "",
    **detail: object,
) -> Entry:
    """Append one entry in the running transaction; detail must hold no personal data beyond masked forms.

    `actor` is a user, or a text for the machine ("nightly"). Not repeatable: every call is an entry.
    """
    chain = str(organisation)
    with transaction.atomic():
        Head.objects.get_or_create(organisation=chain)
        head = Head.objects.select_for_update().get(organisation=chain)
        entry = Entry(
            organisation=chain,
            number=head.number + 1,
            at=timezone.now(),
            actor=str(actor)[:150],
            actor_id=str(getattr(actor, "pk", "") or ""),
            action=action,
            subject=str(subject)[:200],
            subject_id=str(subject_id or getattr(subject, "pk", "") or ""),
            detail=detail,
            before=head.seal,
        )
        entry.seal = _seal(entry)
        entry.save(force_insert=True)
        head.number, head.seal = entry.number, entry.seal
        head.save(update_fields=["number", "seal"])
    return entry


def check(organisation: object) -> Break | None:
    """Walk one organisation's chain and give the first break, or None when it holds."""
    chain = str(organisation)
    before, number = "", 0
    for entry in Entry.objects.filter(organisation=chain).order_by("number").iterator():
        number += 1
        if entry.number != number:
            return Break(chain, number, "missing")
        if entry.before != before:
            return Break(chain, number, "reordered")
        if not hmac.compare_digest(entry.seal, _seal(entry)):
            return Break(chain, number, "changed")
        before = entry.seal
    head = Head.objects.filter(organisation=chain).first()
    if (head.number, head.seal) != (number, before) if head else number:
        return Break(chain, number + 1, "tail")
    return None


def _seal(entry: Entry) -> str:
    content = [entry.organisation, entry.number, entry.at.isoformat(), entry.actor, entry.actor_id, entry.action,
               entry.subject, entry.subject_id, entry.detail, entry.before]  # fmt: skip
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
