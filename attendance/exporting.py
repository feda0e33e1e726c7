"""Write down who took results away with whole phone numbers."""

from attendance.models import MatchRun
from portal.accounts.models import User
from portal.audit import chain
from portal.phones import scrub


def note_full_export(run: MatchRun, reason: str, *, kind: str, by: User) -> None:
    """Write down that somebody takes results away with whole numbers, and why. Every file is an entry."""
    meeting = run.occurrence.meeting
    chain.record(
        "results.exported", actor=by, organisation=meeting.organisation_id, subject=meeting,
        occurrence=run.occurrence_id, run=run.number, kind=kind, reason=scrub(reason),
    )  # fmt: skip
