"""Who is expected, who registered on the platform, and the exclusive link of each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.kinds import AWAITED, Kind
from meetings.models.meeting import Meeting
from portal.crypto import SealedText

# What the platform's enrolment takes somebody by.
IMPORTABLE = (~Q(phone_index="") & Q(landline=False)) | ~Q(userid="")


class ExpectedPersonQuerySet(models.QuerySet["ExpectedPerson"]):
    def present(self) -> "ExpectedPersonQuerySet":
        """People who are on a list now, or stand by their registration."""
        return self.filter(removed_at=None)

    def awaited(self) -> "ExpectedPersonQuerySet":
        """Present people whose coming is counted: own staff and the barred are known, but not expected."""
        return self.present().filter(kind__in=AWAITED)

    def to_import(self) -> "ExpectedPersonQuerySet":
        """Awaited people who have a key the platform's enrolment can take and are not imported yet."""
        open_ = (ExpectedPerson.Import.NOT_YET, ExpectedPerson.Import.WANTED, ExpectedPerson.Import.ASKED)
        return self.awaited().filter(IMPORTABLE, enroll_id="", imported__in=open_)

    def without_link(self) -> "ExpectedPersonQuerySet":
        """Awaited people for whom no exclusive link was made or asked for."""
        return self.awaited().filter(link=None)


class ExpectedPerson(models.Model):
    """Someone the organiser knows of. The phone lies encrypted; `phone_index` finds it, `phone_tail` helps matching.

    One person on several lists of a meeting is one row here; `kind` is the strongest of the lists' kinds and follows
    them, as `removed_at` does. `written` is the name as the list had it, where `name` is not the same text;
    `more_phones` holds further numbers, one a line. `tag` is our opaque text for the exclusive link (never personal
    data); `labels` are the organiser's tags, `code` is their own external code. `enroll_id` is what the platform gave
    for the imported or self-made registration; `asked_as` is the nickname and `asked_key` the key (phone index or
    staff id) they were last sent to the platform with, for both may change before its answer is known.
    """

    class Source(models.TextChoices):
        LIST = "list", _("uploaded list")
        REGISTRANT = "registrant", _("registered on the platform")
        BY_HAND = "by_hand", _("entered by hand")

    class Import(models.TextChoices):
        """What became of the import; STALE is a registration made under a key that changed, or of somebody who left."""

        NOT_YET = "not_yet", _("not imported")
        WANTED = "wanted", _("to be imported")
        ASKED = "asked", _("asked for, answer not known")
        DONE = "done", _("imported")
        STALE = "stale", _("to be imported again")
        DROPPED = "dropped", _("dropped by the platform")
        UNKNOWN_USER = "unknown_user", _("userid unknown to the platform")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="people")
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.LIST)
    row = models.PositiveIntegerField(_("row"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EXPECTED)
    name = models.CharField(_("name"), max_length=200)
    written = models.CharField(_("name as written"), max_length=200, blank=True, default="")
    phone = SealedText(blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True, default="")
    phone_tail = models.CharField(max_length=4, blank=True, default="")
    landline = models.BooleanField(_("landline"), default=False)
    more_phones = SealedText(blank=True, default="")
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    code = models.CharField(_("external code"), max_length=100, blank=True)
    userid = models.CharField(_("staff id"), max_length=100, blank=True)
    labels = models.CharField(_("tags"), max_length=300, blank=True, default="")
    note = models.CharField(_("note"), max_length=500, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    tag = models.CharField(max_length=40)
    enroll_id = models.CharField(max_length=30, blank=True, default="")
    enroll_code = SealedText(blank=True, default="")
    asked_as = models.CharField(max_length=60, blank=True, default="")
    asked_key = models.CharField(max_length=100, blank=True, default="")
    imported = models.CharField(_("import"), max_length=12, choices=Import, default=Import.NOT_YET)
    ms_open_id = models.CharField(max_length=100, blank=True, default="")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ExpectedPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("expected person")
        verbose_name_plural = _("expected people")
        ordering = ["row", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "tag"], name="one_person_per_tag"),
            models.UniqueConstraint(
                fields=["meeting", "phone_index"],
                condition=~Q(phone_index="") & Q(removed_at=None),
                name="one_expected_person_per_phone",
            ),
            models.UniqueConstraint(
                fields=["meeting", "enroll_id"],
                condition=~Q(enroll_id="") & Q(removed_at=None),
                name="one_expected_person_per_enrolment",
            ),
        ]
        # The companies of a list of 50,000 are offered as a filter on every page of it.
        indexes = [
            models.Index(fields=["meeting", "company"], condition=Q(removed_at=None), name="person_by_company"),
        ]

    def __str__(self) -> str:
        return self.name


class Registrant(models.Model):
    """Someone who enrolled on the platform, or was imported into its enrolment; `person` is who of the list it is."""

    class Status(models.IntegerChoices):
        PENDING = 1, _("pending")
        REFUSED = 2, _("refused")
        APPROVED = 3, _("approved")
        CANCELLED = 9, _("cancelled")

    class Source(models.IntegerChoices):
        SELF = 1, _("registered themselves")
        IMPORTED = 2, _("imported")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="registrants")
    person = models.ForeignKey(ExpectedPerson, models.SET_NULL, null=True, blank=True, related_name="registrants")
    enroll_id = models.CharField(max_length=30)
    status = models.PositiveSmallIntegerField(_("status"), choices=Status)
    source = models.PositiveSmallIntegerField(_("source"), choices=Source, default=Source.SELF)
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = SealedText(blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True, default="")
    company = models.CharField(_("company"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    userid = models.CharField(max_length=100, blank=True)
    open_id = models.CharField(max_length=100, blank=True)
    ms_open_id = models.CharField(max_length=100, blank=True)
    answers = SealedText(blank=True, default="")
    enrolled_at = models.DateTimeField(_("enrolled"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen on the platform"))

    class Meta:
        verbose_name = _("registrant")
        verbose_name_plural = _("registrants")
        ordering = ["-enrolled_at", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "enroll_id"], name="one_registrant_per_enrolment")]

    def __str__(self) -> str:
        return self.name


class ExclusiveLink(models.Model):
    """The platform's personal link of one expected person; its `customer_data` is the person's tag, encoded."""

    class State(models.TextChoices):
        WANTED = "wanted", _("being made")
        ASKED = "asked", _("asked for, answer not known")
        MADE = "made", _("made")
        REFUSED = "refused", _("refused")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="links")
    person = models.OneToOneField(ExpectedPerson, models.CASCADE, related_name="link")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WANTED)
    customer_data = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        verbose_name = _("exclusive link")
        verbose_name_plural = _("exclusive links")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "url"], condition=~Q(url=""), name="one_row_per_exclusive_link")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_state_display()}"


