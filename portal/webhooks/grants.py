"""What the platform's authorisation events do to grants. Only the third-party app's own address may say so."""

from collections.abc import Iterator

from django.conf import settings

from portal.accounts import installations, leaving
from portal.tencent.events import Event
from portal.webhooks import inbox
from portal.webhooks.models import PlatformEvent


def note_administrators(kept: list[PlatformEvent]) -> None:
    """Take down that whoever authorised administers their enterprise; repeatable, in any order with the sign-in."""
    for event in _ours(kept):
        person = event.operator
        if person and person.role_type in installations.ROLE_TYPES_OF_ADMINISTRATORS:
            installations.note_administrator(
                sdk_id=settings.TENCENT_SDK_ID, open_id=person.open_id, open_corp_id=person.open_corp_id
            )


def end_grants(kept: list[PlatformEvent]) -> None:
    """End the grants of everybody on the events' lists: an administrator may cancel for many. Repeatable."""
    for event in _ours(kept):
        for open_id in event.open_ids:
            leaving.withdrawn_on_platform(
                sdk_id=settings.TENCENT_SDK_ID, open_id=open_id, happened_at=event.operate_time
            )


def _ours(kept: list[PlatformEvent]) -> Iterator[Event]:
    """Give the events that came to the app's own address and speak of this app."""
    for each in kept:
        event = inbox.read(each)
        if each.source == inbox.APP and event.app and event.app.sdk_id == settings.TENCENT_SDK_ID:
            yield event
