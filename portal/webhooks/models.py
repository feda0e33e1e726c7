"""The inbox: every event the platform sent, once, with one delivery row for each consumer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import EnterpriseCredential
from portal.crypto import SealedText


class PlatformEvent(models.Model):
    """One entry of one event (an envelope may hold several); without `credential` it came to the app's address."""

    source = models.CharField(max_length=60)
    credential = models.ForeignKey(EnterpriseCredential, models.CASCADE, null=True, blank=True, related_name="events")
    trace_id = models.CharField(max_length=64)
    event = models.CharField(_("event"), max_length=80)
    index = models.PositiveIntegerField(default=0)
    meeting_id = models.CharField(max_length=40, blank=True, db_index=True)
    sub_meeting_id = models.CharField(max_length=40, blank=True)
    happened_at = models.DateTimeField(_("happened"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    body = SealedText()

    class Meta:
        verbose_name = _("platform event")
        verbose_name_plural = _("platform events")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "trace_id", "event", "index"], name="one_row_per_event_entry")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.meeting_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def owed(self) -> "DeliveryQuerySet":
        """Deliveries still to be made, not counting the parked ones."""
        return self.filter(done_at=None, attempts__lt=Delivery.MOST_ATTEMPTS)

    def parked(self) -> "DeliveryQuerySet":
        """Deliveries that failed too often; they can be made again from the admin."""
        return self.filter(done_at=None, attempts__gte=Delivery.MOST_ATTEMPTS)


class Delivery(models.Model):
    """What one consumer (a task name) still owes one event; marked done in the transaction of its effect."""

    MOST_ATTEMPTS = 5

    event = models.ForeignKey(PlatformEvent, models.CASCADE, related_name="deliveries")
    consumer = models.CharField(_("consumer"), max_length=100)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="one_delivery_per_consumer")]
        indexes = [
            models.Index(fields=["consumer", "id"], condition=models.Q(done_at=None), name="delivery_owed_by_consumer")
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.consumer}"
