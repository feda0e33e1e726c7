"""What the platform's authorisation events do to grants. Only the third-party app's own address may say so."""

from django.conf import settings
from django.db import transaction

from portal.accounts import installations, leaving
from portal.tencent.events import Event
from portal.webhooks import inbox
from portal.webhooks.models import Delivery


@transaction.atomic
def note_administrator(delivery: Delivery) -> None:
    """Take down that whoever authorised administers their enterprise; repeatable, in any order with the sign-in."""
    event = inbox.read(delivery.event)
    person = event.operator
    if _is_ours(delivery, event) and person and person.role_type in installations.ROLE_TYPES_OF_ADMINISTRATORS:
        installations.note_administrator(
            sdk_id=settings.TENCENT_SDK_ID, open_id=person.open_id, open_corp_id=person.open_corp_id
        )
    inbox.done(delivery)


@transaction.atomic
def end_grants(delivery: Delivery) -> None:
    """End the grants of everybody on the event's list: an administrator may cancel for many. Repeatable."""
    event = inbox.read(delivery.event)
    for open_id in event.open_ids if _is_ours(delivery, event) else ():
        leaving.withdrawn_on_platform(
            sdk_id=settings.TENCENT_SDK_ID, open_id=open_id, happened_at=event.operate_time
        )
    inbox.done(delivery)


def _is_ours(delivery: Delivery, event: Event) -> bool:
    sdk_id = event.app.sdk_id if event.app else ""
    return delivery.event.source == inbox.APP and sdk_id == settings.TENCENT_SDK_ID
