"""What we say of it: match runs with their evidence, and outcomes per expected person."""


from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from attendance import presence
from attendance.models.decisions import Decision
from attendance.models.visits import Participant
from meetings.models import AWAITED, ExpectedPerson, Occurrence

# As what a participant counts who is a further device of another one.
FURTHER = "further"


class MatchRun(models.Model):
    """One computation over one state of list, visits and decisions; `current` marks the one shown.

    Kept for ever, apart from those whose place the next one takes: `live` ones, made while the meeting was running,
    a `proposed` one, and those of one sitting of decisions. Of them a RunRecord stays. `version` counts what was made
    final; a `proposed` run was made after that and counts only once somebody applies it. `parts` are hashes of what the
    run was computed from, `causes` names those that differ from the run before.
    """

    class Standing(models.TextChoices):
        LIVE = "live", _("live")
        SETTLING = "settling", _("settling")
        FINAL = "final", _("final")
        PROPOSED = "proposed", _("proposed")
        DISCARDED = "discarded", _("discarded")
        FORMER = "former", _("former version")

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(_("number"))
    current = models.BooleanField(default=True)
    final = models.BooleanField(_("final"), default=False)
    live = models.BooleanField(_("while running"), default=False)
    proposed = models.BooleanField(_("proposed"), default=False)
    discarded = models.BooleanField(_("discarded"), default=False)
    version = models.PositiveIntegerField(_("final version"), null=True, blank=True)
    policy = models.CharField(_("policy"), max_length=40)
    rule = models.JSONField(_("rule"), default=dict)
    fingerprint = models.CharField(max_length=64)
    window_start = models.BigIntegerField()
    window_end = models.BigIntegerField()
    counting = models.JSONField(default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    parts = models.JSONField(default=dict, blank=True)
    causes = models.JSONField(_("why"), default=list, blank=True)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("match run")
        verbose_name_plural = _("match runs")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "number"], name="one_run_per_number"),
            models.UniqueConstraint(fields=["occurrence"], condition=Q(current=True), name="one_current_run"),
            models.UniqueConstraint(fields=["occurrence"], condition=Q(proposed=True), name="one_proposed_run"),
        ]

    def __str__(self) -> str:
        return f"{self.occurrence} · {self.number}"

    @property
    def windows(self) -> tuple[presence.Window, ...]:
        """The counting windows with their names; runs of former versions had one without a name."""
        kept = self.counting.get("windows") or [("", self.window_start, self.window_end)]
        return tuple(presence.Window(*each) for each in kept)

    @property
    def window_seconds(self) -> int:
        """How much time counts, overlapping windows once."""
        return presence.length(presence.union(window.interval for window in self.windows))

    @property
    def left_out(self) -> tuple[presence.Interval, ...]:
        """When people met before the scheduled start and broke up again, which does not count."""
        return tuple(presence.Interval(*each) for each in self.counting.get("left_out", ()))

    @property
    def standing(self) -> str:
        """Say what the figures of this run are worth now."""
        if self.proposed or self.discarded:
            return self.Standing.PROPOSED if self.proposed else self.Standing.DISCARDED
        if not self.current:
            return self.Standing.FORMER
        if self.final:
            return self.Standing.FINAL
        return self.Standing.LIVE if self.live else self.Standing.SETTLING


class RunRecord(models.Model):
    """What stays of a run whose results are no longer kept, told under the `number` of the run that took its place.

    A proposal that changed nothing for anybody, or whose cause went away, is told under the run that went on counting.
    """

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="run_records")
    number = models.PositiveIntegerField(_("number"))
    live = models.BooleanField(_("while running"), default=False)
    proposed = models.BooleanField(_("proposed"), default=False)
    policy = models.CharField(_("policy"), max_length=40)
    rule = models.JSONField(_("rule"), default=dict)
    fingerprint = models.CharField(max_length=64)
    counts = models.JSONField(_("counts"), default=dict)
    causes = models.JSONField(_("why"), default=list, blank=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("record of a run")
        verbose_name_plural = _("records of runs")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["occurrence", "number"], name="records_of_a_version")]

    def __str__(self) -> str:
        return f"{self.occurrence} · {self.number} · {self.made_at:%Y-%m-%d %H:%M:%S}"


class MatchQuerySet(models.QuerySet["Match"]):
    def with_standing(self) -> "MatchQuerySet":
        """Add as what each participant counts: their tier, but own staff and the barred by their kind.

        Who was said to be the same as another participant counts as that one's further device.
        """
        beside = Q(tier=Match.Tier.CERTAIN, person__isnull=False) & ~Q(person__kind__in=AWAITED)
        counted = Case(
            When(same_as__isnull=False, then=Value(FURTHER)),
            When(beside, then=F("person__kind")),
            default=F("tier"),
            output_field=CharField(),
        )
        return self.annotate(counted=counted)

    def tally(self) -> dict[str, int]:
        """Count the participants of each standing."""
        return dict(self.with_standing().order_by().values_list("counted").annotate(count=Count("pk")))

    def waiting(self) -> "MatchQuerySet":
        """Matches that wait for a human; a further device waits with its owner."""
        return self.filter(tier__in=(Match.Tier.CONFLICT, Match.Tier.LIKELY), same_as=None)

    def of_person(self, person: ExpectedPerson) -> "MatchQuerySet":
        """Matches that say a participant is this person, or that this person was on the same device."""
        beside = Companion.objects.filter(run=OuterRef("run"), participant=OuterRef("participant"), person=person)
        return self.filter(Q(person=person) | Exists(beside))


class Match(models.Model):
    """What one run says of one participant: who it is, how sure, and why (codes with parameters).

    `same_as` is the participant this one is a further device of, `doubt` the kind of question a doubtful one is,
    `remembered` is the decision of another meeting that names this person.
    """

    class Tier(models.TextChoices):
        CERTAIN = "certain", _("certain")
        LIKELY = "likely", _("to review")
        CONFLICT = "conflict", _("conflict")
        NONE = "none", _("walk-in")
        IGNORED = "ignored", _("ignored")

    class Doubt(models.TextChoices):
        """What waits for a human, in the order in which it decides most."""

        CONFLICT = "conflict", _("keys disagree")
        TWINS = "twins", _("several could be meant")
        LIKELY = "likely", _("one is likely")
        SHARED = "shared", _("shared device")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="matches")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="matches")
    person = models.ForeignKey(ExpectedPerson, models.SET_NULL, null=True, blank=True, related_name="matches")
    tier = models.CharField(_("tier"), max_length=10, choices=Tier)
    key = models.CharField(_("key"), max_length=30, blank=True)
    confidence = models.FloatField(_("confidence"), default=0)
    candidates = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    doubt = models.CharField(_("doubt"), max_length=10, choices=Doubt, blank=True)
    same_as = models.ForeignKey(Participant, models.SET_NULL, null=True, blank=True, related_name="+")
    remembered = models.ForeignKey(Decision, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [models.UniqueConstraint(fields=["run", "participant"], name="one_match_per_participant")]
        indexes = [models.Index(fields=["run", "tier"], name="match_by_tier")]

    def __str__(self) -> str:
        return f"{self.participant} → {self.person or self.get_tier_display()}"

    @property
    def standing(self) -> str:
        """As what the participant counts: the tier, but own staff and the barred by their kind."""
        if self.same_as_id:
            return FURTHER
        certain = self.tier == self.Tier.CERTAIN and self.person is not None
        return self.person.kind if certain and self.person.kind not in AWAITED else self.tier


class Companion(models.Model):
    """That by a human's word a further person was on the device of a participant, as one run has it."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="companions")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="companions")
    person = models.ForeignKey(ExpectedPerson, models.CASCADE, related_name="companions")

    class Meta:
        verbose_name = _("person on the same device")
        verbose_name_plural = _("people on the same device")
        constraints = [models.UniqueConstraint(fields=["run", "participant", "person"], name="once_on_a_device")]

    def __str__(self) -> str:
        return f"{self.participant} → {self.person}"


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def tally(self) -> dict[str, int]:
        """Count the people of each state."""
        return dict(self.order_by().values_list("state").annotate(count=Count("pk")))


class Outcome(models.Model):
    """What one run says of one expected person. attended + partly + absent + undecided = expected.

    `left_early`, `gaps` and `longest_gap` are empty in runs made before they were measured; `by_window` is there where
    there are several windows, `signed_in` where the rule asked for it.
    """

    class State(models.TextChoices):
        ATTENDED = "attended", _("attended")
        PARTLY = "partly", _("partly")
        ABSENT = "absent", _("absent")
        UNDECIDED = "undecided", _("undecided")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="outcomes")
    person = models.ForeignKey(ExpectedPerson, models.CASCADE, related_name="outcomes")
    state = models.CharField(_("state"), max_length=10, choices=State)
    seconds = models.PositiveIntegerField(_("seconds present"), default=0)
    entries = models.PositiveIntegerField(_("entries"), default=0)
    devices = models.JSONField(_("devices"), default=list)
    first_join = models.BigIntegerField(null=True, blank=True)
    last_leave = models.BigIntegerField(null=True, blank=True)
    late_by = models.IntegerField(_("late by (seconds)"), default=0)
    left_early = models.PositiveIntegerField(_("left early by (seconds)"), null=True)
    gaps = models.PositiveIntegerField(_("gaps"), null=True)
    longest_gap = models.PositiveIntegerField(_("longest gap (seconds)"), null=True)
    by_window = models.JSONField(_("seconds by window"), default=list)
    signed_in = models.BooleanField(_("signed in"), null=True)
    still_in = models.BooleanField(default=False)
    key = models.CharField(_("key"), max_length=30, blank=True)
    shared = models.BooleanField(_("shared device"), default=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="one_outcome_per_person")]
        indexes = [models.Index(fields=["run", "state", "seconds"], name="outcome_by_state")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_state_display()}"
