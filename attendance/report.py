"""Results as rows: for pages, and as files whose every cell is harmless and in the reader's language."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import IO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance import words
from attendance.models import FURTHER, Match, MatchRun, Outcome
from meetings.lists.export import as_csv, neutral
from meetings.models import ExpectedPerson, Kind, Listing
from portal import phones

Cell = str | int | float
Row = list[Cell]

# Excel takes 31 characters of a sheet's name and 32,767 of a cell.
LONGEST_CELL = 30_000
WIDE = 20


def result_rows(run: MatchRun) -> QuerySet[Outcome]:
    """Give what a run says of the expected people; pages and files narrow it further."""
    return Outcome.objects.filter(run=run).select_related("person").order_by("pk")


def participant_rows(run: MatchRun) -> QuerySet[Match]:
    """Give what a run says of the participants."""
    return Match.objects.filter(run=run).select_related("participant", "person", "same_as").order_by("pk")


def file_name(run: MatchRun, ending: str) -> str:
    """Name a file after the meeting and its day, with nothing in it that a file system refuses."""
    occurrence = run.occurrence
    day = occurrence.start_at.astimezone(ZoneInfo(occurrence.meeting.zone))
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", phones.scrub(occurrence.meeting.subject))
    subject = " ".join(plain.split())[:80]
    return f"{subject or _('Attendance')} {day:%Y-%m-%d}.{ending}"


def csv_lines(run: MatchRun, *, results: QuerySet[Outcome], full_phones: bool = False) -> Iterator[str]:
    """Write results as CSV that spreadsheets open as UTF-8, one piece a row."""
    return as_csv([str(cell) for cell in row] for row in _results(run, results, full_phones))


def workbook(run: MatchRun, *, results: QuerySet[Outcome], full_phones: bool = False) -> IO[bytes]:
    """Write a workbook: results, participants with their evidence, visits, rules and versions. Close it after use."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked for the file closes it)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(packed, options) as book:
        bold = book.add_format({"bold": True})
        for name, rows in (
            (_("Results"), _results(run, results, full_phones)),
            (_("Participants"), _participants(run)),
            (_("Visits"), _visits(run)),
            (_("Rules and versions"), _rules(run)),
        ):
            _write(book.add_worksheet(name), rows, bold)
    packed.seek(0)
    return packed


def _write(page: xlsxwriter.worksheet.Worksheet, rows: Iterable[Row], bold: object) -> None:
    page.set_column(0, 30, WIDE)
    page.freeze_panes(1, 0)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not isinstance(cell, str):
                page.write_number(at, column, cell)
            elif cell:
                page.write_string(at, column, neutral(cell[:LONGEST_CELL]), None if at else bold)


def _results(run: MatchRun, results: QuerySet[Outcome], full_phones: bool) -> Iterator[Row]:
    """Give the heading row and one row for each expected person."""
    zone, window = _zone(run), run.window_seconds
    yield [_("Name"), _("Company"), _("Job title"), _("Phone"), _("E-mail"), _("Staff id"), _("External code"),
           _("List"), _("Kind"), _("State"), _("Minutes present"), _("Share of the window (%)"), _in_zone(_("First join"), run),
           _in_zone(_("Last leave"), run), _("Late by (minutes)"), _("Entries"), _("Devices"), _("Proved by")]  # fmt: skip
    names = {state.value: str(state.label) for state in Outcome.State}
    named, proved = _known(words.devices_word), _known(words.key_word)
    rows = results.values_list(
        "person__name", "person__company", "person__title", "person__phone", "person__email", "person__userid",
        "person__code", "person_id", "person__kind", "state", "seconds", "first_join", "last_leave", "late_by",
        "entries", "devices", "key", "still_in",
    )  # fmt: skip
    kinds, lists = _kinds(), _lists(run)
    for name, company, title, phone, email, userid, code, person, kind, *said in rows.iterator(chunk_size=2000):
        state, seconds, first, last, late, entries, devices, key, inside = said
        shown = phone.removeprefix("+86") if full_phones else phones.mask(phone)
        left = _("still inside") if inside else _clock(last, zone)
        yield [name, company, title, shown, email, userid, code, lists.get(person, ""), kinds[kind], names[state],
               _minutes(seconds), _percent(seconds, window), _clock(first, zone), left, _minutes(late), entries,
               named(tuple(devices)), proved(key)]  # fmt: skip


def _participants(run: MatchRun) -> Iterator[Row]:
    """Give the heading row and one row for each participant, with why the portal says so."""
    zone = _zone(run)
    yield [_("Displayed name"), _("All names shown"), _("Kind"), _("Expected person"), _("Row of the list"),
           _("Registration"), _("Proved by"), _("Certainty (%)"), _("Minutes present"), _in_zone(_("First join"), run),
           _in_zone(_("Last leave"), run), _("Entries"), _("Devices"), _("Evidence"), _("Candidates"),
           _("Platform identity")]  # fmt: skip
    tiers = {tier.value: str(tier.label) for tier in Match.Tier} | _kinds() | {FURTHER: _("further device")}
    named, proved, why = _known(words.devices_word), _known(words.key_word), _known(_sentence)
    people = dict(ExpectedPerson.objects.filter(meeting=run.occurrence.meeting_id).values_list("pk", "name"))
    rows = Match.objects.filter(run=run).with_standing().order_by("pk").values_list(
        "participant__name", "participant__names", "counted", "person_id", "key", "confidence", "participant__seconds",
        "participant__first_join", "participant__last_leave", "participant__entries", "participant__devices",
        "evidence", "candidates", "participant__ms_open_id", "person__row", "person__enroll_id",
    )  # fmt: skip
    for name, shown, tier, person, key, sure, seconds, first, last, *said in rows.iterator(chunk_size=2000):
        entries, devices, evidence, candidates, who, line, registration = said
        others = [_candidate(each, people) for each in candidates if each["person"] != person]
        reasons = [why(code, *params.items()) for code, params, *_weight in evidence]
        yield [name, " | ".join(shown), tiers[tier], people.get(person, ""), line or "", registration or "",
               proved(key), round(100 * sure, 1), _minutes(seconds), _clock(first, zone), _clock(last, zone),
               entries, named(tuple(devices)), " ".join(reasons), "; ".join(others), who]  # fmt: skip


def _kinds() -> dict[str, str]:
    return {kind.value: str(kind.label) for kind in Kind}


def _lists(run: MatchRun) -> dict[int, str]:
    """Name the lists of everybody who is on one; registrants of their own are on none."""
    found: dict[int, str] = {}
    stand = Listing.objects.filter(expected_list__meeting=run.occurrence.meeting_id).order_by("expected_list_id")
    for person, name in stand.values_list("person_id", "expected_list__name").iterator(chunk_size=2000):
        found[person] = f"{found[person]} / {name}" if person in found else name
    return found


def _sentence(code: str, *params: tuple[str, object]) -> str:
    return words.say([code, dict(params)])


def _known(word: Callable[..., str]) -> Callable[..., str]:
    """Remember what has been said for the length of one file: translating costs more than writing the cell."""
    return lru_cache(maxsize=4096)(word)


def _candidate(candidate: dict, people: dict[int, str]) -> str:
    name = people.get(candidate["person"], _("somebody deleted"))
    return f"{name} ({round(100 * candidate['weight'])} %)"


def _visits(run: MatchRun) -> Iterator[Row]:
    """Give the heading row and one row for each visit, as the platform gave it."""
    zone = _zone(run)
    yield [_("Displayed name"), _("Device"), _("How"), _in_zone(_("Joined"), run), _in_zone(_("Left"), run),
           _("Platform identity"), _("Version"), _in_zone(_("No more at Tencent Meeting since"), run)]  # fmt: skip
    rows = run.occurrence.visits.order_by("join_time", "id").values_list(
        "user_name", "instanceid", "join_type", "join_time", "left_time", "ms_open_id", "version", "missing_since"
    )
    named, how = _known(words.device_word), _known(words.join_word)
    for name, device, kind, joined, left, who, version, missing in rows.iterator(chunk_size=2000):
        gone = missing.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if missing else ""
        yield [name, named(device), how(kind), _clock(joined, zone), _clock(left, zone), who,
               version, gone]  # fmt: skip


def _rules(run: MatchRun) -> Iterator[Row]:
    """Give under which rules and from which data the results came, as pairs."""
    occurrence, rule = run.occurrence, run.rule
    zone, meeting, pull = _zone(run), run.occurrence.meeting, run.occurrence.pulls.filter(state="done").first()
    yield [_("What"), _("Value")]
    yield [_("Meeting"), meeting.subject]
    yield [_("Meeting code"), meeting.meeting_code]
    yield [_("Platform id"), " ".join(filter(None, (meeting.meeting_id, occurrence.sub_meeting_id)))]
    yield [_("Time zone of all times"), meeting.zone]
    yield [_("Scheduled"), f"{_local(occurrence.start_at, zone)} – {_local(occurrence.end_at, zone)}"]
    for window in run.windows:
        name = window.name or _("Counted")
        yield [name, f"{_clock(window.start, zone)} – {_clock(window.end, zone)}"]
    yield [_("Counting window (minutes)"), _minutes(run.window_seconds)]
    yield [_("How the windows were set"), _("set by hand, version %(number)s") % {"number": run.counting["version"]}
           if run.counting.get("version") else _("found by themselves")]  # fmt: skip
    for start, end in run.left_out:
        yield [_("Left out as a rehearsal"), f"{_clock(start, zone)} – {_clock(end, zone)}"]
    yield [_("Attended from (share of the window in %)"), round(100 * rule.get("min_share", 0))]
    yield [_("Attended from (minutes)"), rule.get("min_minutes", 0)]
    yield [_("A sign-in is needed"), _("yes") if rule.get("needs_sign_in") else _("no")]
    yield [_("Version of the rule"), words.rule_word(str(rule.get("version", "")))]
    yield [_("Matching policy"), run.policy]
    yield [_("Run"), run.number]
    yield [_("Computed"), _local(run.made_at, zone)]
    yield [_("Final"), _("yes") if run.final else _("no")]
    yield [_("Rows read from Tencent Meeting"), pull.rows if pull else 0]
    yield [_("Last read"), _local(pull.started_at, zone) if pull else ""]
    yield [_("All rows were read"), _("yes") if pull and pull.is_whole else _("no")]
    yield from ([_("Note"), words.without_word(code)] for code in run.counts.get("without", ()))
    yield [_("Written"), _local(timezone.now(), zone)]


def _zone(run: MatchRun) -> ZoneInfo:
    return ZoneInfo(run.occurrence.meeting.zone)


def _in_zone(heading: str, run: MatchRun) -> str:
    return f"{heading} ({run.occurrence.meeting.zone})"


def _clock(stamp: int | None, zone: ZoneInfo) -> str:
    return "" if stamp is None else datetime.fromtimestamp(stamp, zone).strftime("%Y-%m-%d %H:%M:%S")


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _minutes(seconds: int) -> float:
    return round(seconds / 60, 1)


def _percent(seconds: int, window: int) -> float:
    return round(100 * seconds / window, 1) if window > 0 else 0.0
