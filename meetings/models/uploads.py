"""A list on its way in: read by a worker, checked, shown, repaired, and written only after a yes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.lists import ExpectedList
from meetings.models.meeting import Meeting
from meetings.models.people import ExpectedPerson
from portal.accounts.models import User
from portal.crypto import SealedBytes, SealedText


class Upload(models.Model):
    """One batch. `body` is the file or the pasted text as it came; nothing of it is on a list before the yes.

    `sheets` tells what the file holds ([{name, rows, columns, hidden, header}]), `sheet` and `header_line` what is
    read of it (0: no heading row), `columns` its headings and `mapping` what each holds. `skipped` are lines that hold
    nobody ([[line, why]]: title, heading or total). `counts` is by effect and
    choice. `digest` names what was shown: a yes is taken only for that.
    """

    class State(models.TextChoices):
        READING = "reading", _("being read")
        WAITING = "waiting", _("waiting for confirmation")
        WRITING = "writing", _("being saved")
        CONFIRMED = "confirmed", _("confirmed")
        DISCARDED = "discarded", _("discarded")
        UNREADABLE = "unreadable", _("cannot be read")

    class Origin(models.TextChoices):
        FILE = "file", _("file")
        PASTE = "paste", _("pasted text")
        LIST = "list", _("list of another meeting")
        VERSION = "version", _("earlier version")

    # States in which the batch still holds the organiser's text.
    OPEN = (State.READING, State.WAITING, State.WRITING)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="uploads")
    expected_list = models.ForeignKey(ExpectedList, models.CASCADE, null=True, blank=True, related_name="uploads")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.FILE)
    file_name = models.CharField(_("file"), max_length=255)
    body = SealedBytes()
    sheets = models.JSONField(default=list, blank=True)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True, default="")
    header_line = models.PositiveIntegerField(_("heading row"), null=True, blank=True)
    columns = models.JSONField(default=list, blank=True)
    skipped = models.JSONField(default=list, blank=True)
    mapping = models.JSONField(default=list, blank=True)
    shape = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    error_code = models.CharField(_("error"), max_length=60, blank=True, default="")
    error_detail = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_whole(self) -> bool:
        """Whether its rows tell everything of their people: what an earlier version left empty becomes empty again."""
        return self.origin == self.Origin.VERSION


class UploadChunk(models.Model):
    """A thousand rows of a batch as they were read: sealed, compressed JSON of [line, [cells]]."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    body = SealedBytes()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="one_chunk_per_number")]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class UploadLine(models.Model):
    """What one row would do, or that somebody of the list is not in the batch. No personal data but `repaired`.

    `line` is the number a spreadsheet shows, 0 for a person who is missing; `at` is the row's place in the batch
    (chunk = at // 1000). `reason` of a row that can be taken is a doubt to look at. `other` is the line it collides
    with. `repaired` holds the cells put in its place, as JSON.
    """

    class Effect(models.TextChoices):
        NEW = "new", _("new")
        BACK = "back", _("comes back")
        CHANGED = "changed", _("changed")
        SAME = "same", _("unchanged")
        MISSING = "missing", _("not in the file")
        FAULTY = "faulty", _("faulty")

    class Choice(models.TextChoices):
        """What the organiser wants done; missing people are left on the list until told otherwise."""

        TAKE = "take", _("take")
        LEAVE = "leave", _("leave out")
        MERGE = "merge", _("the same person as the other row")

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField(_("line"), default=0)
    at = models.PositiveIntegerField(default=0)
    effect = models.CharField(_("effect"), max_length=8, choices=Effect)
    reason = models.CharField(_("reason"), max_length=40, blank=True, default="")
    column = models.PositiveSmallIntegerField(_("column"), null=True, blank=True)
    limit = models.PositiveIntegerField(default=0)
    other = models.PositiveIntegerField(default=0)
    person = models.ForeignKey(ExpectedPerson, models.CASCADE, null=True, blank=True, related_name="+")
    changes = models.CharField(_("changes"), max_length=120, blank=True, default="")
    choice = models.CharField(_("choice"), max_length=6, choices=Choice, default=Choice.TAKE)
    repaired = SealedText(blank=True, default="")

    class Meta:
        ordering = ["line", "id"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "line"], condition=~Q(line=0), name="one_effect_per_line"),
        ]
        indexes = [models.Index(fields=["upload", "effect", "line"], name="line_by_effect")]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.line} {self.effect}"
