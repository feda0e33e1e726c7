"""What happened in meetings, and what we say of it."""

from attendance.models.decisions import Decision
from attendance.models.exports import Export, ExportPiece
from attendance.models.results import (
    FURTHER,
    Companion,
    Match,
    MatchQuerySet,
    MatchRun,
    Outcome,
    OutcomeQuerySet,
    RunRecord,
)
from attendance.models.rules import AttendanceRule, CountingWindows, SignIn
from attendance.models.visits import Participant, Pull, PulledPage, Visit

__all__ = [
    "FURTHER", "AttendanceRule", "Companion", "CountingWindows", "Decision", "Export", "ExportPiece", "Match", "MatchQuerySet",
    "MatchRun", "Outcome", "OutcomeQuerySet", "Participant", "Pull", "PulledPage", "RunRecord", "SignIn", "Visit",
]  # fmt: skip
