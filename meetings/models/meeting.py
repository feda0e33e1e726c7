"""A meeting or webinar of the platform, and its occurrences."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Organisation, User


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, membership: Membership | None) -> "MeetingQuerySet":
        """Meetings a member may see: all, own and shared, or shared (product.md section 2)."""
        if membership is None:
            return self.none()
        ours = self.filter(organisation=membership.organisation_id)
        if membership.may_see_all:
            return ours
        shared = Q(shares__user=membership.user_id)
        own = Q(owner=membership.user_id) if membership.may_plan else Q()
        return ours.filter(shared | own).distinct() if own else ours.filter(shared).distinct()

    def changeable_by(self, membership: Membership | None) -> "MeetingQuerySet":
        """Visible meetings whose plan, list and links a member may change."""
        visible = self.visible_to(membership)
        return visible if membership and membership.may_plan else self.none()

    def live_on_platform(self) -> "MeetingQuerySet":
        """Meetings the platform knows and that are not cancelled."""
        return self.exclude(meeting_id="").exclude(state=Meeting.State.CANCELLED)


class Meeting(models.Model):
    """A meeting, webinar or recurring series. `meeting_id` has up to 20 digits and is text, unique by organisation.

    `attempt` names the form it was made with, so that a form sent twice makes one meeting; `changed_by` is empty after
    a change that came from the platform.
    """

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        WEBINAR = "webinar", _("webinar")

    class Origin(models.TextChoices):
        OAUTH = "oauth", _("made here, with the organiser's grant")
        KEYS = "keys", _("made here, with the enterprise credential")
        ELSEWHERE = "elsewhere", _("made elsewhere")

    class State(models.TextChoices):
        """The plan's state; what is running or settling belongs to the occurrence."""

        DRAFT = "draft", _("being created")
        UNCONFIRMED = "unconfirmed", _("unconfirmed: the platform's answer was lost")
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")
        LOST = "lost", _("lost: the platform no longer knows it")

    class Approval(models.IntegerChoices):
        AUTOMATIC = 1, _("automatic")
        BY_HAND = 2, _("by hand")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="meetings")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="meetings")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MEETING)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.OAUTH)
    meeting_id = models.CharField(max_length=30, blank=True)
    meeting_code = models.CharField(_("meeting code"), max_length=20, blank=True)
    creator_open_id = models.CharField(max_length=100, blank=True)
    creator_userid = models.CharField(max_length=100, blank=True)
    subject = models.CharField(_("subject"), max_length=255)
    start_at = models.DateTimeField(_("start"))
    end_at = models.DateTimeField(_("end"))
    zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    password = models.CharField(_("password"), max_length=10, blank=True)
    join_url = models.CharField(max_length=500, blank=True)
    guest_url = models.CharField(max_length=500, blank=True)
    enrolment = models.BooleanField(_("enrolment"), default=False)
    approval = models.PositiveSmallIntegerField(_("approval"), choices=Approval, default=Approval.AUTOMATIC)
    staff_need_no_enrolment = models.BooleanField(_("own staff need not enrol"), default=False)
    recurring = models.BooleanField(_("recurring"), default=False)
    recurring_rule = models.JSONField(default=dict, blank=True)
    asked = models.JSONField(_("settings asked for"), default=dict, blank=True)
    settings = models.JSONField(_("settings on the platform"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    connected = models.BooleanField(_("connected"), default=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    attempt = models.CharField(max_length=32, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    synced_at = models.DateTimeField(_("synchronised"), null=True, blank=True)
    error_code = models.CharField(_("last error"), max_length=60, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-start_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "meeting_id"], condition=~Q(meeting_id=""), name="one_meeting_per_platform_id"
            ),
            models.UniqueConstraint(
                fields=["organisation", "attempt"], condition=~Q(attempt=""), name="one_meeting_per_attempt"
            ),
            models.CheckConstraint(condition=Q(end_at__gt=models.F("start_at")), name="meeting_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.subject

    def is_changeable_by(self, membership: Membership | None) -> bool:
        """Say whether a member may change the plan, lists and links of this meeting."""
        return Meeting.objects.changeable_by(membership).filter(pk=self.pk).exists()

    @property
    def is_webinar(self) -> bool:
        return self.kind == self.Kind.WEBINAR

    @property
    def length(self) -> timedelta:
        return self.end_at - self.start_at


class Forgotten(models.Model):
    """A meeting that was deleted here on purpose: the next synchronisation must not bring it back."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="forgotten_meetings")
    meeting_id = models.CharField(max_length=30)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("forgotten meeting")
        verbose_name_plural = _("forgotten meetings")
        constraints = [models.UniqueConstraint(fields=["organisation", "meeting_id"], name="forgotten_once")]

    def __str__(self) -> str:
        return self.meeting_id


class Share(models.Model):
    """A meeting shown to a member who would not see it otherwise."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="shares")
    user = models.ForeignKey(User, models.CASCADE, related_name="shared_meetings")
    shared_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("shared meeting")
        verbose_name_plural = _("shared meetings")
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="one_share_per_user")]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.user}"


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def visible_to(self, membership: Membership | None) -> "OccurrenceQuerySet":
        """Occurrences of meetings a member may see."""
        return self.filter(meeting__in=Meeting.objects.visible_to(membership).order_by().values("pk"))

    def over_without_end(self, before: datetime) -> "OccurrenceQuerySet":
        """Occurrences whose scheduled end passed and whose (last) meeting.end never came."""
        return self.filter(end_at__lt=before, state__in=(Occurrence.State.PLANNED, Occurrence.State.RUNNING))


class Occurrence(models.Model):
    """One holding of a meeting: what happens belongs here, list and enrolment belong to the meeting.

    `sub_meeting_id` is empty for a meeting that is held once. `started_at` and `ended_at` come from events.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        SETTLING = "settling", _("settling")
        FINAL = "final", _("final")
        CANCELLED = "cancelled", _("cancelled")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="occurrences")
    sub_meeting_id = models.CharField(max_length=30, blank=True)
    start_at = models.DateTimeField(_("start"))
    end_at = models.DateTimeField(_("end"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        ordering = ["start_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "sub_meeting_id"], name="one_occurrence_per_sub_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.start_at:%Y-%m-%d %H:%M}"
