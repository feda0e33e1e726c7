"""Which rule says who attended, and who signed in: read from the versions that organisers and administrators set."""

from django.db.models import QuerySet

from attendance import presence
from attendance.models import AttendanceRule, SignIn
from meetings.models import Meeting, Occurrence
from portal.accounts.models import Organisation

# What holds where nobody ever set a rule.
BUILT_IN = presence.Rule()


def in_force(meeting: Meeting) -> presence.Rule:
    """Give the rule in force for a meeting: its own, else its organisation's, else the built-in one."""
    own = latest_of(meeting)
    return as_rule(own) if own and not own.follows else default_of(meeting.organisation)


def default_of(organisation: Organisation) -> presence.Rule:
    """Give the rule of meetings without one of their own."""
    row = latest_default(organisation)
    return as_rule(row) if row else BUILT_IN


def latest_of(meeting: Meeting) -> AttendanceRule | None:
    """Give the newest version a meeting has of its own, which may say that it follows its organisation."""
    return versions_of(meeting).first()


def latest_default(organisation: Organisation) -> AttendanceRule | None:
    """Give the newest version of an organisation's rule."""
    return default_versions(organisation).first()


def versions_of(meeting: Meeting) -> QuerySet[AttendanceRule]:
    """Give all versions of a meeting's own rule, the newest first."""
    return AttendanceRule.objects.filter(meeting=meeting).select_related("by")


def default_versions(organisation: Organisation) -> QuerySet[AttendanceRule]:
    """Give all versions of an organisation's rule, the newest first."""
    return AttendanceRule.objects.filter(organisation=organisation, meeting=None).select_related("by")


def as_rule(row: AttendanceRule) -> presence.Rule:
    """Put a version into the form that names presences."""
    return presence.Rule(row.min_percent / 100, row.min_minutes, row.version, row.needs_sign_in)


def signed_in(occurrence: Occurrence, rule: presence.Rule) -> frozenset[int]:
    """Give who signed in, where the rule asks for it; where it does not, signing in changes nothing."""
    if not rule.needs_sign_in:
        return frozenset()
    return frozenset(SignIn.objects.standing().filter(occurrence=occurrence).values_list("person_id", flat=True))
