"""Append-only entries in a keyed hash chain, one chain an organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """Who did what to which subject, when. Never changed, never deleted; `seal` covers the entry and the one before."""

    organisation = models.CharField(_("organisation"), max_length=40, blank=True)
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("time"))
    actor = models.CharField(_("actor"), max_length=150)
    actor_id = models.CharField(max_length=40, blank=True)
    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    before = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="one_entry_per_number")]
        indexes = [models.Index(fields=["organisation", "-at"], name="entry_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.action}"


class Head(models.Model):
    """The end of one organisation's chain: without it a cut tail would not be noticed."""

    organisation = models.CharField(max_length=40, unique=True, blank=True)
    number = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("head of an audit chain")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.number}"
