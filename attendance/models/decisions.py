"""What humans said of participants: their word, who gave it, who gave the second one, how long it is remembered."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from attendance.models.visits import Participant
from meetings.models import ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import User


class DecisionQuerySet(models.QuerySet["Decision"]):
    def open(self) -> "DecisionQuerySet":
        """Decisions that were not undone; some may still wait for a second word."""
        return self.filter(undone_at=None)

    def standing(self) -> "DecisionQuerySet":
        """Decisions that count: not undone, and confirmed by a second person where that was asked for."""
        return self.open().filter(Q(needs_second=False) | ~Q(seconded_at=None))

    def proposed(self) -> "DecisionQuerySet":
        """First words that wait for a second."""
        return self.open().filter(needs_second=True, seconded_at=None)

    def asked_back(self) -> "DecisionQuerySet":
        """Decisions that count, but that somebody wants to take back and a second person has to agree."""
        return self.standing().exclude(undo_asked_at=None)

    def in_words(self) -> "DecisionQuerySet":
        """Bring along everything a sentence about a decision names; `same_name` is the other participant's."""
        other = Participant.objects.filter(occurrence=OuterRef("occurrence"), ms_open_id=OuterRef("same_as"))
        told = self.select_related("by", "undone_by", "seconded_by", "undo_asked_by", "person").prefetch_related("also")
        return told.annotate(same_name=Subquery(other.values("name")[:1]))


class Decision(models.Model):
    """What a human said of one platform identity in one meeting; outlives every re-run, can be undone.

    `also` are further people on the same device, `same_as` the identity this one is a further device of, `border` the
    moment (Unix seconds) at which the visits are split. `scope` and `expires_at` say in which later meetings it is
    remembered. `batch` is shared by what was decided in one go. What two people confirmed goes on counting after one
    asked to take it back (`undo_asked_by`), until another one agrees (`undone_by`).
    """

    class Verb(models.TextChoices):
        CONFIRM = "confirm", _("confirmed")
        REJECT = "reject", _("rejected")
        ASSIGN = "assign", _("assigned")
        IGNORE = "ignore", _("ignored")
        TOGETHER = "together", _("several people on one device")
        SAME = "same", _("further device of another participant")
        SPLIT = "split", _("visits split by time")

    class Scope(models.TextChoices):
        ORGANISATION = "organisation", _("in all meetings of the organisation")
        SERIES = "series", _("in this series")
        HERE = "here", _("in this meeting only")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="decisions")
    ms_open_id = models.CharField(max_length=130)
    person = models.ForeignKey(ExpectedPerson, models.CASCADE, null=True, blank=True, related_name="decisions")
    also = models.ManyToManyField(ExpectedPerson, blank=True, related_name="+")
    same_as = models.CharField(max_length=130, blank=True)
    border = models.BigIntegerField(null=True, blank=True)
    verb = models.CharField(_("decision"), max_length=10, choices=Verb)
    by = models.ForeignKey(User, models.PROTECT, related_name="decisions")
    at = models.DateTimeField(_("time"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    scope = models.CharField(_("remembered"), max_length=15, choices=Scope, default=Scope.ORGANISATION)
    expires_at = models.DateTimeField(_("remembered until"), null=True, blank=True)
    batch = models.CharField(max_length=32, blank=True, db_index=True)
    needs_second = models.BooleanField(_("needs a second word"), default=False)
    seconded_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    seconded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    undo_asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["id"]
        indexes = [models.Index(fields=["occurrence", "ms_open_id"], name="decision_by_identity")]
        constraints = [models.CheckConstraint(condition=Q(border=None) ^ Q(verb="split"), name="only_a_split_has_a_border")]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} · {self.by}"

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for a second word."""
        return self.needs_second and self.seconded_at is None and self.undone_at is None

    @property
    def content(self) -> tuple[object, ...]:
        """Give what was said, to compare it with another word."""
        also = tuple(sorted(person.pk for person in self.also.all())) if self.verb == self.Verb.TOGETHER else ()
        return (self.verb, self.person_id, also, self.same_as, self.border)

    @property
    def is_asked_back(self) -> bool:
        """Whether somebody wants to take it back and a second person has to agree."""
        return self.undo_asked_at is not None and self.undone_at is None

    @property
    def takes_two(self) -> bool:
        """Whether two people confirmed it, so that it also takes two to take it back."""
        return self.seconded_at is not None
