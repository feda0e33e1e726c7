"""Who may use the portal, for which organisation, with which grant of the platform."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.crypto import SealedText


class User(AbstractUser):
    """A person who signs in: by the platform's identity (one per app and open_id), or by password under /admin."""

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=100, blank=True)
    sdk_id = models.CharField(max_length=40, blank=True)
    open_id = models.CharField(max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["sdk_id", "open_id"], condition=~Q(open_id=""), name="one_user_per_platform_identity"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Organisation(models.Model):
    """Our tenant: one (sdk_id, open_corp_id); a personal user without a corp id is an organisation of their own.

    `former_secret_ids` (one a line) outlive their credential, because the hash of a phone depends on the SecretId in
    use at the time (product.md 1, fact 3).
    """

    class Policy(models.TextChoices):
        STRICT = "strict", _("strict: a name only proposes")
        BALANCED = "balanced", _("balanced: a clear name may decide")

    name = models.CharField(_("name"), max_length=200, blank=True)
    sdk_id = models.CharField(max_length=40)
    open_corp_id = models.CharField(max_length=100, blank=True)
    personal_open_id = models.CharField(max_length=100, blank=True)
    policy = models.CharField(_("matching policy"), max_length=10, choices=Policy, default=Policy.STRICT)
    four_eyes = models.BooleanField(_("four eyes"), default=False)
    memory_days = models.PositiveIntegerField(_("days a decision is remembered"), default=365)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    purge_at = models.DateTimeField(_("to be purged"), null=True, blank=True)
    legal_hold = models.BooleanField(_("legal hold"), default=False)
    former_secret_ids = SealedText(blank=True, default="")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["sdk_id", "open_corp_id"], condition=~Q(open_corp_id=""), name="one_organisation_per_corp"
            ),
            models.UniqueConstraint(
                fields=["sdk_id", "personal_open_id"],
                condition=Q(open_corp_id=""),
                name="one_personal_organisation_per_user",
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext("personal organisation")

    @property
    def is_personal(self) -> bool:
        """Whether it belongs to one person without an enterprise."""
        return not self.open_corp_id

    @property
    def is_frozen(self) -> bool:
        """Whether its last grant is gone, so that it waits for its purge."""
        return self.frozen_at is not None


class Membership(models.Model):
    """What a user may do in an organisation (product.md section 2)."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("administrator")
        ORGANISER = "organiser", _("organiser")
        ASSISTANT = "assistant", _("assistant")
        VIEWER = "viewer", _("viewer")
        COMPLIANCE = "compliance", _("compliance")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=15, choices=Role)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_per_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def is_administrator(self) -> bool:
        """Credential, members, retention, erasure."""
        return self.role == self.Role.ADMINISTRATOR

    @property
    def may_see_all(self) -> bool:
        """See every meeting of the organisation."""
        return self.role in (self.Role.ADMINISTRATOR, self.Role.COMPLIANCE)

    @property
    def may_plan(self) -> bool:
        """Create and change meetings, lists and links."""
        return self.role in (self.Role.ADMINISTRATOR, self.Role.ORGANISER)

    @property
    def may_decide(self) -> bool:
        """Decide doubtful matches."""
        return self.role in (self.Role.ADMINISTRATOR, self.Role.ORGANISER, self.Role.ASSISTANT)

    @property
    def may_second(self) -> bool:
        """Confirm, as a second person, what somebody else decided; compliance does nothing but that."""
        return self.may_decide or self.role == self.Role.COMPLIANCE

    @property
    def may_reveal(self) -> bool:
        """See a full phone number, with a reason that is logged."""
        return self.role in (self.Role.ADMINISTRATOR, self.Role.ORGANISER, self.Role.COMPLIANCE)


class Invitation(models.Model):
    """A one-time way into an organisation for somebody of another corp; only the hash of its token is kept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=15, choices=Membership.Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    used_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"


class InstallationQuerySet(models.QuerySet["Installation"]):
    def alive(self) -> "InstallationQuerySet":
        """Grants that can still make calls."""
        return self.filter(state=Installation.State.ALIVE)

    def to_refresh(self, before: datetime) -> "InstallationQuerySet":
        """Living grants whose access token ends before a time."""
        return self.alive().filter(expires_at__lt=before)

    def to_warn(self, before: datetime) -> "InstallationQuerySet":
        """Living grants that end before a time and of which nobody was told yet."""
        return self.alive().filter(refresh_expires_at__lt=before, warned_at=None)


class Installation(models.Model):
    """One OAuth grant: the only place where its tokens are kept. Refreshing kills the old pair, hence the lease.

    `version` counts the pairs of tokens it had: whoever finds a pair wanting says which, so no pair is replaced twice.
    `userid` is the same person in the enterprise's directory, once it was looked up. `plan` holds what the platform said
    of their account, in its own words (67432); `portal.accounts.plans` reads it.
    """

    class State(models.TextChoices):
        ALIVE = "alive", _("connected")
        GONE = "gone", _("connect again")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="installations")
    user = models.ForeignKey(User, models.CASCADE, related_name="installations")
    sdk_id = models.CharField(max_length=40)
    open_id = models.CharField(max_length=100)
    access_token = SealedText(blank=True)
    refresh_token = SealedText(blank=True)
    expires_at = models.DateTimeField(_("access ends"), null=True, blank=True)
    refresh_expires_at = models.DateTimeField(_("grant ends"), null=True, blank=True)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ALIVE)
    version = models.PositiveIntegerField(_("pairs of tokens"), default=0)
    userid = models.CharField(max_length=100, blank=True)
    plan = models.JSONField(_("plan"), default=dict, blank=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField(_("connected"), null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(_("installed"), auto_now_add=True)

    objects = InstallationQuerySet.as_manager()

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [models.UniqueConstraint(fields=["sdk_id", "open_id"], name="one_installation_per_identity")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_state_display()}"


class AdministratorNotice(models.Model):
    """The platform's word that somebody administers their enterprise, kept until they first sign in here."""

    sdk_id = models.CharField(max_length=40)
    open_id = models.CharField(max_length=100)
    open_corp_id = models.CharField(max_length=100, blank=True)
    told_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("administrator notice")
        verbose_name_plural = _("administrator notices")
        constraints = [models.UniqueConstraint(fields=["sdk_id", "open_id"], name="one_notice_per_identity")]

    def __str__(self) -> str:
        return self.open_id


class EnterpriseCredential(models.Model):
    """The AK/SK pair of the organisation's own app, checked on entry and never shown again.

    `slug` is the unguessable part of this credential's own webhook address.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="enterprise_credential")
    app_id = models.CharField(max_length=40)
    sdk_id = models.CharField(max_length=40, blank=True)
    secret_id = SealedText()
    secret_key = SealedText()
    operator_userid = models.CharField(_("operator userid"), max_length=100)
    webhook_token = SealedText(blank=True)
    webhook_aes_key = SealedText(blank=True)
    slug = models.CharField(max_length=40, unique=True)
    checked_at = models.DateTimeField(_("checked"))
    entered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("enterprise credential")
        verbose_name_plural = _("enterprise credentials")

    def __str__(self) -> str:
        return f"{self.organisation} · AppId {self.app_id}"
