"""What happened: visits, participants, match runs, outcomes, decisions."""

from attendance.models.results import Decision, Match, MatchQuerySet, MatchRun, Outcome, OutcomeQuerySet
from attendance.models.rules import AttendanceRule, CountingWindows, SignIn
from attendance.models.visits import Participant, Pull, PulledPage, Visit

__all__ = [
    "AttendanceRule", "CountingWindows", "Decision", "Match", "MatchQuerySet", "MatchRun", "Outcome", "OutcomeQuerySet",
    "Participant", "Pull", "PulledPage", "SignIn", "Visit",
]  # fmt: skip
