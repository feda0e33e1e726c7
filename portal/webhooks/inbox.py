"""Takes what the platform sends: prove it, keep it once with what it owes to whom, answer; the rest is jobs' work."""

import functools
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from portal.accounts.models import EnterpriseCredential, Organisation
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import events, webhooks
from portal.tencent.webhooks import WebhookRefused
from portal.webhooks.models import Delivery, PlatformEvent

log = logging.getLogger(__name__)

APP = "app"
BATCH = 500
KEPT_FOR = timedelta(days=180)


class StillOwed(Exception):
    """Some deliveries failed and are to be tried again."""

    retry_after = 10


@dataclass(frozen=True, slots=True)
class Address:
    """One of our webhook addresses with the secrets its sender proves itself by."""

    source: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    credential: EnterpriseCredential | None = None


def address_of(slug: str = "") -> Address:
    """Give the third-party app's address, or that of the enterprise credential with this slug.

    Raises: WebhookRefused for a slug nobody has, just as for a bad signature.
    """
    if not slug:
        return Address(APP, settings.TENCENT_WEBHOOK_TOKEN, settings.TENCENT_WEBHOOK_AES_KEY)
    credential = EnterpriseCredential.objects.filter(slug=slug).first()
    if credential is None:
        raise WebhookRefused
    return Address(f"credential:{credential.pk}", credential.webhook_token, credential.webhook_aes_key, credential)


def check(address: Address, headers: Mapping[str, str], check_str: str, now: float | None = None) -> str:
    """Give what a check of our address wants to read. Raises: WebhookRefused."""
    return webhooks.verify_url_check(
        token=address.token, aes_key=address.aes_key, check_str=check_str, now=now or time.time(), **_proof(headers)
    )


def receive(address: Address, headers: Mapping[str, str], body: bytes, now: float | None = None) -> int:
    """Keep the events of one POST, each once, with a delivery and a job for everybody who asked for them.

    Repeatable: gives how many were new. Raises: WebhookRefused.
    """
    data = _data(body)
    webhooks.verify_event(token=address.token, data=data, now=now or time.time(), **_proof(headers))
    plain = webhooks.decrypt(data, aes_key=address.aes_key)
    try:
        found = events.parse(plain)
    except ValueError:
        raise WebhookRefused from None
    with transaction.atomic():
        return sum(_keep(address, event, plain) for event in found)


def read(event: PlatformEvent) -> events.Event:
    """Give a kept event as a value."""
    return events.parse(event.body)[event.index]


def organisations(event: PlatformEvent) -> QuerySet[Organisation]:
    """Give the organisations whose rows an event may change: those its address speaks for, unless they are frozen."""
    living = Organisation.objects.filter(frozen_at=None)
    if event.source == APP:
        return living.filter(sdk_id=settings.TENCENT_SDK_ID)
    return living.filter(pk=event.credential.organisation_id) if event.credential else living.none()


def deliver(job: Job, about: str, take: Callable[[list[PlatformEvent]], None]) -> None:
    """Hand a consumer what it is owed about one meeting, oldest first, many at a time; each batch is marked done in the
    transaction of its effect.

    `take` may be repeated with the same events. An event it chokes on is tried alone, and parked after five attempts
    without holding up the others. Raises: StillOwed, when something is left for a later attempt.
    """
    served, handed, failed = 0, 0, 0
    while batch := _owed(job.task, about, served):
        try:
            _hand_over(batch, take)
        except Exception:  # whatever the consumer raises: the events are kept, and tried one by one
            log.exception("a batch of %s events was refused by %s", len(batch), job.task)
            failed += _one_by_one(batch, take)
        served, handed = batch[-1].pk, handed + len(batch)
        queue.progress(job, made=handed)
    if failed:
        raise StillOwed


def replay(event: PlatformEvent) -> int:
    """Deliver an event anew to all who want it today, also to those who were done; gives how many."""
    for consumer in consumers(event.event):
        deliver_again(Delivery.objects.get_or_create(event=event, consumer=consumer)[0])
    return len(consumers(event.event))


@transaction.atomic
def deliver_again(delivery: Delivery) -> None:
    """Deliver once more; consumers may be repeated."""
    Delivery.objects.filter(pk=delivery.pk).update(done_at=None, attempts=0)
    _enqueue(delivery)


def forget(now: datetime) -> int:
    """Delete events nobody will need again; gives how many."""
    old = PlatformEvent.objects.filter(received_at__lt=now - KEPT_FOR)
    return old.delete()[1].get("webhooks.PlatformEvent", 0)


@functools.lru_cache(maxsize=256)
def consumers(name: str) -> tuple[str, ...]:
    """Give the tasks the apps declared for an event, by its name or by a beginning with a star."""
    declared = (getattr(config, "platform_events", {}) for config in apps.get_app_configs())
    pairs = ((pattern, task) for table in declared for pattern, tasks in table.items() for task in tasks)
    return tuple(
        task for pattern, task in pairs if name == pattern or (pattern[-1] == "*" and name.startswith(pattern[:-1]))
    )


def _proof(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers.get(name, "") for name in ("timestamp", "nonce", "signature")}


def _data(body: bytes) -> str:
    try:
        data = json.loads(body)["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise WebhookRefused from None
    if not isinstance(data, str):
        raise WebhookRefused
    return data


def _keep(address: Address, event: events.Event, plain: str) -> bool:
    # Cut to the columns: a strange id must not turn an event away, and its repeats are cut alike.
    kept, new = PlatformEvent.objects.get_or_create(
        source=address.source,
        trace_id=event.trace_id[:64],
        event=event.event[:80],
        index=event.index,
        defaults={
            "credential": address.credential,
            "meeting_id": event.meeting_id[:40],
            "sub_meeting_id": (event.meeting.sub_meeting_id if event.meeting else "")[:40],
            "happened_at": event.operate_time,
            "body": plain,
        },
    )
    for consumer in consumers(kept.event) if new else ():
        _enqueue(Delivery.objects.create(event=kept, consumer=consumer))
    return new


def _enqueue(delivery: Delivery) -> None:
    """Order one job for all a consumer is owed about a meeting: a large webinar sends thousands of events."""
    event = delivery.event
    credential = event.credential
    queue.enqueue(
        delivery.consumer,
        subject=f"events:{event.meeting_id}",
        organisation=credential.organisation_id if credential else "",
        about=event.meeting_id,
    )


def _owed(consumer: str, about: str, after: int) -> list[Delivery]:
    owed = Delivery.objects.owed().filter(consumer=consumer, event__meeting_id=about, pk__gt=after)
    return list(owed.select_related("event__credential").order_by("pk")[:BATCH])


@transaction.atomic
def _hand_over(batch: list[Delivery], take: Callable[[list[PlatformEvent]], None]) -> None:
    take([delivery.event for delivery in batch])
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch]).update(done_at=timezone.now())


def _one_by_one(batch: list[Delivery], take: Callable[[list[PlatformEvent]], None]) -> int:
    """Hand events over singly; gives how many failed."""
    failed = 0
    for delivery in batch:
        try:
            _hand_over([delivery], take)
        except Exception:  # the delivery stays owed with one attempt more, and the error is in the log
            log.exception("delivery %s failed", delivery.pk)
            Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1)
            failed += 1
    return failed
