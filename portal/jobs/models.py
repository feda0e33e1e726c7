"""Work that must happen, as rows: the queue of record."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet["Job"]):
    def about(self, subject: str) -> "JobQuerySet":
        """Jobs of one subject, newest first."""
        return self.filter(subject=subject).order_by("-id")

    def of_organisation(self, organisation: object) -> "JobQuerySet":
        """Jobs of one organisation, given by its id."""
        return self.filter(organisation=str(organisation))

    def open(self) -> "JobQuerySet":
        """Jobs that are still to be done."""
        return self.filter(state__in=Job.OPEN)

    def to_send(self, now: datetime, silent_since: datetime) -> "JobQuerySet":
        """Waiting jobs that are due and whose message, if one was sent, got no answer."""
        silent = Q(sent_at=None) | Q(sent_at__lt=silent_since)
        return self.filter(silent, state=Job.State.WAITING, due_at__lte=now)

    def abandoned(self, now: datetime) -> "JobQuerySet":
        """Running jobs whose worker stopped renewing its lease."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=now)


class Job(models.Model):
    """One piece of work: which task, about what, how far, and why it stopped.

    `arguments` holds ids only. `key` is the same for jobs that would do the same work: of those at most one is open.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    OPEN = (State.WAITING, State.RUNNING)

    task = models.CharField(_("task"), max_length=100)
    key = models.CharField(max_length=200)
    subject = models.CharField(_("subject"), max_length=100, db_index=True)
    organisation = models.CharField(_("organisation"), max_length=40, blank=True, db_index=True)
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    wanted = models.PositiveIntegerField(_("wanted"), default=0)
    made = models.PositiveIntegerField(_("done so far"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    error_detail = models.JSONField(_("error detail"), default=dict, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    crashes = models.PositiveIntegerField(_("crashes"), default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    sent_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="job_by_state_and_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["waiting", "running"]), name="one_open_job_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.subject}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in self.OPEN

    def share(self) -> int:
        """Say how far it is, in whole percent."""
        return min(100, 100 * (self.made + self.refused) // self.wanted) if self.wanted else 0

    def ids(self) -> dict[str, Any]:
        """Give the arguments the task is called with."""
        return dict(self.arguments)
