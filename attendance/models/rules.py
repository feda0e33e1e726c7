"""What organisers set about counting, kept version by version: what counts as attended, and when. And who signed in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models import ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import Organisation, User


class AttendanceRule(models.Model):
    """One version of what counts as attended, of an organisation or, with `meeting`, of that one.

    Rows are never changed: the highest number is in force. `follows` makes a meeting take its organisation's again.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="attendance_rules")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="attendance_rules")
    number = models.PositiveIntegerField(_("version"))
    follows = models.BooleanField(_("as the organisation"), default=False)
    min_percent = models.PositiveSmallIntegerField(_("share of the window in %"), default=50)
    min_minutes = models.PositiveIntegerField(_("minutes"), default=0)
    needs_sign_in = models.BooleanField(_("sign-in"), default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("attendance rule")
        verbose_name_plural = _("attendance rules")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], condition=Q(meeting=None), name="one_default_rule_per_number"
            ),
            models.UniqueConstraint(fields=["meeting", "number"], name="one_meeting_rule_per_number"),
            models.CheckConstraint(condition=Q(min_percent__lte=100), name="rule_share_at_most_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting or self.organisation} · {self.number}"

    @property
    def version(self) -> str:
        """How results name the rule: "m" and number for a meeting's own, "o" and number for the organisation's."""
        return f"{'m' if self.meeting_id else 'o'}{self.number}"


class CountingWindows(models.Model):
    """One version of the windows an organiser set for an occurrence: [[name, start, end], …] in Unix seconds.

    Rows are never changed: the highest number is in force. No windows: they are found by themselves again.
    """

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="counting_windows")
    number = models.PositiveIntegerField(_("version"))
    windows = models.JSONField(_("windows"), default=list, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("counting windows")
        verbose_name_plural = _("counting windows")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "number"], name="one_set_of_windows_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.occurrence} · {self.number}"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def standing(self) -> "SignInQuerySet":
        """Sign-ins that were not taken back."""
        return self.filter(undone_at=None)


class SignIn(models.Model):
    """Somebody's word that an expected person signed in to an occurrence; can be taken back. The platform knows of none."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="sign_ins")
    person = models.ForeignKey(ExpectedPerson, models.CASCADE, related_name="sign_ins")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"), auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "person"], condition=Q(undone_at=None), name="one_standing_sign_in"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.at:%Y-%m-%d %H:%M}"
