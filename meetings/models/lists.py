"""A meeting's lists: what each is for, who stands on it, and what it said before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.kinds import Kind
from meetings.models.meeting import Meeting
from meetings.models.people import ExpectedPerson
from portal.accounts.models import Organisation, User
from portal.crypto import SealedBytes


class ExpectedList(models.Model):
    """One list of a meeting. `version` counts its changes, whoever made them."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="lists")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EXPECTED)
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "name"], name="one_list_per_name")]

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """That a person stands on a list; `row` is the line the list had them in."""

    expected_list = models.ForeignKey(ExpectedList, models.CASCADE, related_name="listings")
    person = models.ForeignKey(ExpectedPerson, models.CASCADE, related_name="listings")
    row = models.PositiveIntegerField(_("row"), default=0)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["row", "id"]
        constraints = [models.UniqueConstraint(fields=["expected_list", "person"], name="once_on_a_list")]

    def __str__(self) -> str:
        return f"{self.expected_list} · {self.row}"


class ListVersion(models.Model):
    """What a list said after a change: sealed, compressed rows, readable and to be restored by way of a dry run.

    `origin` names the file, the paste or the hand the change came from; `body` is JSON of rows as lists/versions.py
    writes them.
    """

    expected_list = models.ForeignKey(ExpectedList, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    origin = models.CharField(_("origin"), max_length=255, blank=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    counts = models.JSONField(default=dict, blank=True)
    body = SealedBytes()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("list version")
        verbose_name_plural = _("list versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["expected_list", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.expected_list} v{self.number}"


class ColumnMemory(models.Model):
    """What the columns of files of one shape held the last time somebody of the organisation confirmed one.

    `shape` is a hash of the folded headings (of the width and the kinds of contents, where there are none).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    shape = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "shape"], name="one_memory_per_shape")]

    def __str__(self) -> str:
        return self.shape[:8]
