"""Files of results that a worker makes, kept sealed for a day for whoever asked for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance.models.results import MatchRun
from meetings.models import Occurrence
from portal.accounts.models import User
from portal.crypto import SealedBytes, SealedText


class Export(models.Model):
    """One file somebody asked for: of which run, in which language, narrowed how (`query`, an address's query).

    It is ready once `ready_at` is set; its bytes are the pieces in order.
    """

    class Kind(models.TextChoices):
        XLSX = "xlsx", _("Excel, with evidence")
        CSV = "csv", _("CSV, one line a person")
        PDF = "pdf", _("PDF, for print")

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="exports")
    run = models.ForeignKey(MatchRun, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(_("file"), max_length=4, choices=Kind)
    query = SealedText(blank=True, default="")
    language = models.CharField(_("language"), max_length=10)
    full = models.BooleanField(_("with full phone numbers"), default=False)
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    made_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class ExportPiece(models.Model):
    """A part of a file, sealed."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    body = SealedBytes()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="one_export_piece_per_number")]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
