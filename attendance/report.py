"""Results as rows for pages, and as files in the reader's language whose every cell is harmless."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from attendance.models import Match, MatchRun, Outcome
from portal import phones


def result_rows(run: MatchRun) -> QuerySet[Outcome]:
    """Give what a run says of the expected people; pages and files narrow it further."""
    return Outcome.objects.filter(run=run).select_related("person").order_by("pk")


def participant_rows(run: MatchRun) -> QuerySet[Match]:
    """Give what a run says of the participants."""
    return Match.objects.filter(run=run).select_related("participant", "person", "same_as").order_by("pk")


def file_name(run: MatchRun, ending: str) -> str:
    """Name a file after the meeting and its day, with nothing in it that a file system refuses."""
    day = run.occurrence.start_at.astimezone(zone_of(run))
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", phones.scrub(run.occurrence.meeting.subject))
    subject = " ".join(plain.split())[:80]
    return f"{subject or _('Attendance')} {day:%Y-%m-%d}.{ending}"


def standing_word(run: MatchRun) -> str:
    """Say what the figures of a run are worth, in the words of the pages: settling, Final v2, proposed."""
    if run.standing == run.Standing.FINAL and run.version:
        return _("Final v%(number)s") % {"number": run.version}
    return str(run.Standing(run.standing).label)


def zone_of(run: MatchRun) -> ZoneInfo:
    """Give the zone all times of a run are told in."""
    return ZoneInfo(run.occurrence.meeting.zone)


def in_zone(heading: str, run: MatchRun) -> str:
    """Name the zone beside a heading."""
    return f"{heading} ({run.occurrence.meeting.zone})"


def clock(stamp: int | None, zone: ZoneInfo) -> str:
    """Write Unix seconds as day and time; empty for none."""
    return "" if stamp is None else datetime.fromtimestamp(stamp, zone).strftime("%Y-%m-%d %H:%M:%S")


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as day and time."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
