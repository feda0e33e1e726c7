"""What happened: visits, participants, match runs, outcomes, decisions."""

from attendance.models.results import Decision, Match, MatchRun, Outcome
from attendance.models.visits import Participant, Pull, PulledPage, Visit

__all__ = ["Decision", "Match", "MatchRun", "Outcome", "Participant", "Pull", "PulledPage", "Visit"]
