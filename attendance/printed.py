"""The attendance report for print: what was counted, under which rule, who came, who came unlisted, lines to sign on."""

import tempfile
from collections.abc import Iterator
from typing import IO

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance import figures, presence, words
from attendance.models import Decision, Match, MatchRun, Outcome
from attendance.paper import Paper
from attendance.report import clock, local, standing_word, zone_of
from attendance.spreadsheet import Tell
from portal import phones
from portal.accounts.models import User

EVERY = 500
PEOPLE_MM, WALK_MM, KEYS_MM = (9, 29, 42, 25, 17, 15, 21, 24), (9, 75, 53, 20, 25), (70, 25)


def report(run: MatchRun, *, results: QuerySet[Outcome], by: User, tell: Tell = lambda rows: None) -> IO[bytes]:
    """Write the report; phones are masked whoever asks. Close it after use."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked for the file closes it)
    subject, now = phones.scrub(run.occurrence.meeting.subject), timezone.now()
    made = _("Made %(time)s (%(zone)s) by %(name)s") % {
        "time": local(now, zone_of(run)), "zone": run.occurrence.meeting.zone, "name": by,
    }  # fmt: skip
    title = _("Attendance report")
    paper = Paper(packed, f"{subject} · {title}", f"{subject} · {made}")
    paper.line(subject, 17)
    paper.line(f"{title} · {standing_word(run)}", 10.5, before=1)
    paper.y -= 8
    paper.facts(_facts(run, made))
    _counts(paper, run)
    _people(paper, run, results, tell)
    _walk_ins(paper, run)
    _matched(paper, run)
    _signed(paper)
    paper.finish()
    packed.seek(0)
    return packed


def _facts(run: MatchRun, made: str) -> Iterator[tuple[str, str]]:
    occurrence, meeting, zone = run.occurrence, run.occurrence.meeting, zone_of(run)
    pull = occurrence.pulls.filter(state="done").first()
    yield _("Organisation"), str(meeting.organisation)
    yield _("Organiser"), str(meeting.owner or "–")
    yield _("Meeting code"), meeting.meeting_code or "–"
    yield _("Scheduled"), f"{local(occurrence.start_at, zone)} – {local(occurrence.end_at, zone)} ({meeting.zone})"
    for window in run.windows:
        yield window.name or _("Counting window"), f"{clock(window.start, zone)} – {clock(window.end, zone)}"
    yield _("Attended means"), _rule(run)
    told = {"policy": words.policy_word(run.policy), "number": run.number}
    yield _("Matching"), _("policy %(policy)s, version %(number)d of the results") % told
    if pull:
        told = [str(pull.rows), local(pull.started_at, zone), *([] if pull.is_whole else [_("some rows may be missing")])]
        yield _("Rows read"), " · ".join(told)
    for code in run.counts.get("without", ()):
        yield _("Note"), words.without_word(code)
    yield _("Report"), made


def _rule(run: MatchRun) -> str:
    rule = presence.Rule(**run.rule)
    return f"{words.rule_says(rule)} ({words.rule_word(rule.version)})"


def _counts(paper: Paper, run: MatchRun) -> None:
    tally, tiers = run.outcomes.tally(), run.matches.tally()
    paper.heading(_("From expected to stayed"))
    steps = figures.funnel(tally, lambda *args, **query: "")
    paper.bars([(str(step["label"]), int(str(step["count"]))) for step in steps])
    paper.y -= 4
    doubtful = tiers.get(Match.Tier.LIKELY, 0) + tiers.get(Match.Tier.CONFLICT, 0)
    shown = [(str(state.label), tally.get(state, 0)) for state in Outcome.State]
    shown += [(_("Participants"), sum(tiers.values())), (_("Walk-ins"), tiers.get(Match.Tier.NONE, 0))]
    shown += [(_("To review"), doubtful), (_("ignored"), tiers.get(Match.Tier.IGNORED, 0))]
    paper.line(" · ".join(f"{label} {count}" for label, count in shown), before=2)


def _people(paper: Paper, run: MatchRun, results: QuerySet[Outcome], tell: Tell) -> None:
    shown, everybody = results.count(), run.outcomes.count()
    paper.heading(_("Expected people"))
    if shown != everybody:
        paper.line(_("Only %(shown)d of %(all)d people, narrowed by a filter.") % {"shown": shown, "all": everybody})
    if not shown:
        paper.line(_("Nobody."))
        return
    paper.table(PEOPLE_MM, _people_rows(run, results, tell), right=frozenset({0, 5}))


def _people_rows(run: MatchRun, results: QuerySet[Outcome], tell: Tell) -> Iterator[list[str]]:
    yield ["#", _("Name"), _("Company"), _("Phone"), _("State"), _("Minutes"), _("From – to"), _("Proved by")]
    zone = zone_of(run)
    states = {state.value: str(state.label) for state in Outcome.State}
    keys = {key: words.key_word(key) for key in run.outcomes.order_by().values_list("key", flat=True).distinct()}
    rows = results.values_list("person__name", "person__company", "person__phone", "state", "seconds", "first_join",
                               "last_leave", "still_in", "key")  # fmt: skip
    for number, (name, company, phone, state, seconds, first, last, inside, key) in enumerate(rows.iterator(2000), 1):
        left = _("now") if inside else clock(last, zone)[11:16]
        times = f"{clock(first, zone)[11:16]}–{left}" if first else "–"
        minutes = str(seconds // 60) if first else "–"
        yield [str(number), name, company, phones.mask(phone), states[state], minutes, times, keys[key]]
        if number % EVERY == 0:
            tell(number)


def _walk_ins(paper: Paper, run: MatchRun) -> None:
    found = run.matches.filter(tier=Match.Tier.NONE).order_by("pk")
    count = found.count()
    paper.heading(_("Walk-ins") + f" ({count})")
    paper.line(_("Came, and nobody of the list fits.") if count else _("Nobody."))
    if count:
        paper.y -= 4
        paper.table(WALK_MM, _walk_rows(run, found), right=frozenset({0, 3}))


def _walk_rows(run: MatchRun, found: QuerySet[Match]) -> Iterator[list[str]]:
    yield ["#", _("Displayed name"), _("Devices"), _("Minutes"), _("From – to")]
    zone = zone_of(run)
    rows = found.values_list("participant__name", "participant__devices", "participant__seconds", "participant__first_join",
                             "participant__last_leave")  # fmt: skip
    for number, (name, devices, seconds, first, last) in enumerate(rows.iterator(2000), 1):
        times = f"{clock(first, zone)[11:16]}–{clock(last, zone)[11:16]}"
        yield [str(number), phones.scrub(name) or "?", words.devices_word(devices), str(seconds // 60), times]


def _matched(paper: Paper, run: MatchRun) -> None:
    paper.heading(_("How people were recognised"))
    keys = run.outcomes.exclude(key="").order_by().values_list("key").annotate(count=Count("pk")).order_by("-count", "key")
    rows = [[words.key_word(key), str(count)] for key, count in keys]
    if rows:
        paper.table(KEYS_MM, [[_("Proved by"), _("Number of people")], *rows], right=frozenset({1}))
    said = Decision.objects.standing().filter(occurrence=run.occurrence_id).count()
    told = ngettext("%(number)d decision of a colleague stands.", "%(number)d decisions of colleagues stand.", said)
    paper.line(told % {"number": said}, before=4)
    paper.line(_("Devices at the same time count once; time outside the counting window does not count. The evidence of each "
                 "match stands in the Excel file."))  # fmt: skip
    if paper.missing:
        codes = ", ".join(f"U+{ord(char):04X}" for char in list(paper.missing)[:30])
        paper.line(_("Characters this font lacks are written as their Unicode number (%(codes)s); the Excel and CSV files hold "
                     "them as they are.") % {"codes": codes})  # fmt: skip


def _signed(paper: Paper) -> None:
    paper.signatures([_("Organiser"), _("Checked by")], _("Date"))
