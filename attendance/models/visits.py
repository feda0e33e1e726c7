"""What the platform says happened: raw visits, the pull that brought them, participants."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models import Occurrence


class Pull(models.Model):
    """One reading of all participant pages of an occurrence; `next_pos` lets it go on after a crash.

    `windows` holds what is still to read of a meeting too large for one list: pairs of Unix seconds, the first one
    being read. `refused` counts rows that tell no time of joining.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="pulls")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    next_pos = models.CharField(max_length=100, blank=True)
    windows = models.JSONField(default=list, blank=True)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    refused = models.PositiveIntegerField(_("refused rows"), default=0)
    changed = models.PositiveIntegerField(_("new or changed rows"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("pull")
        verbose_name_plural = _("pulls")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence"], condition=Q(state="running"), name="one_running_pull_per_occurrence"
            )
        ]

    def __str__(self) -> str:
        return f"{self.occurrence} · {self.get_state_display()}"

    @property
    def is_whole(self) -> bool:
        """Whether every row the platform counts was read."""
        return self.state == self.State.DONE and not self.error_code and self.rows + self.refused >= self.total


class PulledPage(models.Model):
    """What a running pull has read already: the cursor and the keys (8 bytes each) of one page; gone when it ends.

    It tells equal rows apart and a stuck cursor from a moving one even after a crash.
    """

    pull = models.ForeignKey(Pull, models.CASCADE, related_name="pages")
    pos = models.CharField(max_length=100)
    keys = models.BinaryField()

    class Meta:
        verbose_name = _("page of a pull")
        verbose_name_plural = _("pages of a pull")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.pull} {self.pos}"


class Visit(models.Model):
    """One stay of one device, as one participant row (documents 42701, 81488). Times are Unix seconds.

    Natural key: occurrence, ms_open_id, instanceid, join_type, join_time, ordinal among equals. `last_pull` brought
    or changed the row; `missing_since` says from when on the platform gave it no more.
    """

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="visits")
    ms_open_id = models.CharField(max_length=100)
    instanceid = models.IntegerField(default=0)
    join_type = models.IntegerField(default=1)
    join_time = models.BigIntegerField()
    ordinal = models.PositiveIntegerField(default=0)
    left_time = models.BigIntegerField(null=True, blank=True)
    user_name = models.CharField(max_length=200, blank=True)
    userid = models.CharField(max_length=100, blank=True)
    open_id = models.CharField(max_length=100, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True)
    customer_data = models.CharField(max_length=300, blank=True)
    is_enterprise_user = models.BooleanField(default=False)
    user_role = models.IntegerField(default=0)
    webinar_member_role = models.IntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    last_pull = models.ForeignKey(Pull, models.SET_NULL, null=True, related_name="visits")
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["join_time", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "ms_open_id", "instanceid", "join_type", "join_time", "ordinal"],
                name="one_row_per_visit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ms_open_id} {self.join_time}"


class Participant(models.Model):
    """The visits of one platform identity in one occurrence, or a part of them by time, with the keys looked up for it.

    `phone_indexes` are the keyed hashes of the numbers the platform tied to a telephone caller; `callers_asked` names
    the state of the list for which it was asked. A part (see `attendance.splits`) says of which `whole` it is, and from
    when and until when (None: open); its `ms_open_id` has that behind it. `retired` are wholes while they are split, and
    parts after that was taken back: no later run knows them.
    """

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="participants")
    ms_open_id = models.CharField(max_length=130)
    whole = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    since = models.BigIntegerField(null=True, blank=True)
    until = models.BigIntegerField(null=True, blank=True)
    retired = models.BooleanField(default=False)
    name = models.CharField(_("displayed name"), max_length=200, blank=True)
    names = models.JSONField(default=list)
    userid = models.CharField(max_length=100, blank=True)
    userid_looked_up = models.BooleanField(default=False)
    open_id = models.CharField(max_length=100, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True)
    phone_indexes = models.JSONField(default=list)
    callers_asked = models.CharField(max_length=32, blank=True)
    tags = models.JSONField(default=list)
    enroll_id = models.CharField(max_length=30, blank=True)
    enroll_looked_up = models.BooleanField(default=False)
    pstn = models.BooleanField(_("telephone caller"), default=False)
    is_enterprise_user = models.BooleanField(default=False)
    is_host = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(_("seconds present"), default=0)
    entries = models.PositiveIntegerField(_("entries"), default=0)
    devices = models.JSONField(_("devices"), default=list)
    first_join = models.BigIntegerField(default=0)
    last_leave = models.BigIntegerField(null=True, blank=True)
    still_in = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["occurrence", "ms_open_id"], name="one_participant_per_identity")]

    def __str__(self) -> str:
        return self.name or self.ms_open_id
