"""The sheets of a results workbook, as rows in the reader's language: results, evidence, visits, rules and version."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance import evidence, splits, words
from attendance.models import FURTHER, Match, MatchRun, Outcome
from attendance.report import clock, in_zone, local, standing_word, zone_of
from attendance.spreadsheet import Row
from meetings.models import ExpectedPerson, Kind, Listing
from portal import phones

AT_ONCE = 2000


def results(run: MatchRun, chosen: QuerySet[Outcome], full_phones: bool) -> Iterator[Row]:
    """Give the heading row and one row for each expected person."""
    zone, window = zone_of(run), run.window_seconds
    yield [_("Name"), _("Company"), _("Job title"), _("Phone"), _("E-mail"), _("Staff id"), _("External code"),
           _("List"), _("Kind"), _("State"), _("Minutes present"), _("Share of the window (%)"), in_zone(_("First join"), run),
           in_zone(_("Last leave"), run), _("Late by (minutes)"), _("Left early (minutes)"), _("Gaps"),
           _("Longest gap (minutes)"), _("Entries"), _("Devices"), _("Proved by")]  # fmt: skip
    names = {state.value: str(state.label) for state in Outcome.State}
    named, proved, at = _known(words.devices_word), _known(words.key_word), _known(lambda stamp: clock(stamp, zone))
    rows = chosen.values_list(
        "person__name", "person__company", "person__title", "person__phone", "person__email", "person__userid",
        "person__code", "person_id", "person__kind", "state", "seconds", "first_join", "last_leave", "late_by",
        "left_early", "gaps", "longest_gap", "entries", "devices", "key", "still_in",
    )  # fmt: skip
    kinds, lists, inside_word = _kinds(), _lists(run), _("still inside")
    for name, company, title, phone, email, userid, code, person, kind, *said in rows.iterator(chunk_size=AT_ONCE):
        state, seconds, first, last, late, early, gaps, longest, entries, devices, key, inside = said
        if not entries:
            late = early = gaps = longest = None
        shown = phone.removeprefix("+86") if full_phones else phones.mask(phone)
        left = inside_word if inside else at(last)
        yield [name, company, title, shown, email, userid, code, lists.get(person, ""), kinds[kind], names[state],
               _minutes(seconds), _percent(seconds, window), at(first), left, _minutes(late), _minutes(early),
               "" if gaps is None else gaps, _minutes(longest), entries, named(tuple(devices)), proved(key)]  # fmt: skip


def proofs(run: MatchRun) -> Iterator[Row]:
    """Give the heading row and one row for each participant and candidate, with what speaks for and against it."""
    zone = zone_of(run)
    yield [_("Displayed name"), _("All names shown"), _("Kind"), _("Expected person"), _("Candidate"), _("Row of the list"),
           _("Chance (%)"), _("Before anything was seen (%)"), _("Speaks for"), _("Speaks against"), _("Rivals"),
           _("What else was said"), _("Proved by"), _("Certainty (%)"), _("Policy"), _("Minutes present"),
           in_zone(_("First join"), run), in_zone(_("Last leave"), run), _("Entries"), _("Devices"),
           _("Registration"), _("Platform identity")]  # fmt: skip
    tiers = {tier.value: str(tier.label) for tier in Match.Tier} | _kinds() | {FURTHER: _("further device")}
    named, proved, at = _known(words.devices_word), _known(words.key_word), _known(lambda stamp: clock(stamp, zone))
    people = _people(run)
    why, policy = _Why(people), words.policy_word(run.policy)
    rows = Match.objects.filter(run=run).with_standing().order_by("pk").values_list(
        "participant__name", "participant__names", "counted", "person_id", "key", "confidence", "participant__seconds",
        "participant__first_join", "participant__last_leave", "participant__entries", "participant__devices",
        "evidence", "candidates", "participant__ms_open_id", "person__enroll_id",
    )  # fmt: skip
    for name, shown, tier, person, key, sure, seconds, first, last, *said in rows.iterator(chunk_size=AT_ONCE):
        entries, devices, told, candidates, who, registration = said
        start = [phones.scrub(name), phones.scrub(" | ".join(map(str, shown))), tiers[tier], people.get(person, ("", 0))[0]]
        end = [proved(key), _per_cent(sure), policy, _minutes(seconds), at(first), at(last), entries,
               named(tuple(devices)), registration or "", splits.identity_of(who)]  # fmt: skip
        for middle in why.lines(candidates, told):
            yield [*start, *middle, *end]


def _per_cent(probability: float) -> float:
    """Write a probability in per cent; what is not wholly sure is never 100."""
    return min(99.99, round(100 * probability, 2)) if probability < 1 else 100.0


class _Why:
    """Puts candidates and their reasons into cells; what was said before costs nothing the second time."""

    def __init__(self, people: dict[int, tuple[str, int]]) -> None:
        self.people = people
        self.say = _known(lambda code, weight, *params: _weighed(evidence.say([code, dict(params)]), weight))
        self.gone = (_("somebody deleted"), 0)

    def lines(self, candidates: Sequence[dict], told: Sequence) -> Iterator[Row]:
        """Give one line for each candidate, or one for a participant without any."""
        said = {repr(each[:2]) for one in candidates for side in ("for", "against") for each in one[side]}
        also = " ".join(self._say(each) for each in told if repr(each[:2]) not in said)
        if not candidates:
            yield ["", "", "", "", "", "", "", also]
        for one in candidates:
            name, row = self.people.get(one["person"], self.gone)
            others = "; ".join(self._rival(each) for each in candidates if each is not one)
            yield [name, row or "", _per_cent(one["weight"]), *self._reasons(one), others, also]

    def _reasons(self, candidate: dict) -> Row:
        """Give the base rate in per cent, what speaks for and what speaks against, each with its factor."""
        base: str | float = ""
        sides: dict[bool, list[str]] = {True: [], False: []}
        for side in ("for", "against"):
            for told in candidate[side]:
                if told[0] == evidence.BASE:
                    base = round(100 * evidence.chance(evidence.weight_of(told)), 4)
                else:
                    weight = evidence.weight_of(told)
                    sides[weight > 0 if weight else side == "for"].append(self._say(told))
        return [base, " ".join(sides[True]), " ".join(sides[False])]

    def _rival(self, candidate: dict) -> str:
        name, _row = self.people.get(candidate["person"], self.gone)
        return f"{name} ({round(100 * candidate['weight'])} %)"

    def _say(self, told: Sequence) -> str:
        return self.say(told[0], evidence.weight_of(told), *told[1].items())


def _weighed(sentence: str, weight: float) -> str:
    return f"{sentence} ({evidence.factor(weight)})" if weight else sentence


def visits(run: MatchRun) -> Iterator[Row]:
    """Give the heading row and one row for each visit, as the platform gave it."""
    zone = zone_of(run)
    yield [_("Displayed name"), _("Device"), _("How"), in_zone(_("Joined"), run), in_zone(_("Left"), run),
           _("Platform identity"), _("Version"), in_zone(_("No more at Tencent Meeting since"), run)]  # fmt: skip
    rows = run.occurrence.visits.order_by("join_time", "id").values_list(
        "user_name", "instanceid", "join_type", "join_time", "left_time", "ms_open_id", "version", "missing_since"
    )
    named, how, at = _known(words.device_word), _known(words.join_word), _known(lambda stamp: clock(stamp, zone))
    for name, device, kind, joined, left, who, version, missing in rows.iterator(chunk_size=AT_ONCE):
        gone = local(missing, zone) if missing else ""
        yield [phones.scrub(name), named(device), how(kind), at(joined), at(left), who, version, gone]


def rules(run: MatchRun) -> Iterator[Row]:
    """Give under which rules and from which data the results came, as pairs."""
    occurrence, rule = run.occurrence, run.rule
    zone, meeting, pull = zone_of(run), run.occurrence.meeting, run.occurrence.pulls.filter(state="done").first()
    yield [_("What"), _("Value")]
    yield [_("Meeting"), meeting.subject]
    yield [_("Meeting code"), meeting.meeting_code]
    yield [_("Platform id"), " ".join(filter(None, (meeting.meeting_id, occurrence.sub_meeting_id)))]
    yield [_("Time zone of all times"), meeting.zone]
    yield [_("Scheduled"), f"{local(occurrence.start_at, zone)} – {local(occurrence.end_at, zone)}"]
    for window in run.windows:
        yield [window.name or _("Counted"), f"{clock(window.start, zone)} – {clock(window.end, zone)}"]
    yield [_("Counting window (minutes)"), _minutes(run.window_seconds)]
    yield [_("How the windows were set"), _("set by hand, version %(number)s") % {"number": run.counting["version"]}
           if run.counting.get("version") else _("found by themselves")]  # fmt: skip
    for start, end in run.left_out:
        yield [_("Left out as a rehearsal"), f"{clock(start, zone)} – {clock(end, zone)}"]
    yield [_("Attended from (share of the window in %)"), round(100 * rule.get("min_share", 0))]
    yield [_("Attended from (minutes)"), rule.get("min_minutes", 0)]
    yield [_("A sign-in is needed"), _("yes") if rule.get("needs_sign_in") else _("no")]
    yield [_("Version of the rule"), words.rule_word(str(rule.get("version", "")))]
    yield [_("Matching policy"), run.policy]
    yield [_("Version of the results"), run.number]
    yield [_("Computed"), local(run.made_at, zone)]
    yield [_("Standing"), standing_word(run)]
    yield [_("Rows read from Tencent Meeting"), pull.rows if pull else 0]
    yield [_("Last read"), local(pull.started_at, zone) if pull else ""]
    yield [_("All rows were read"), _("yes") if pull and pull.is_whole else _("no")]
    yield from ([_("Note"), words.without_word(code)] for code in run.counts.get("without", ()))
    yield [_("Written"), local(timezone.now(), zone)]


def _people(run: MatchRun) -> dict[int, tuple[str, int]]:
    """Give name and row of everybody who is or was on a list of the meeting."""
    known = ExpectedPerson.objects.filter(meeting=run.occurrence.meeting_id).values_list("pk", "name", "row")
    return {pk: (name, row) for pk, name, row in known.iterator(chunk_size=AT_ONCE)}


def _kinds() -> dict[str, str]:
    return {kind.value: str(kind.label) for kind in Kind}


def _lists(run: MatchRun) -> dict[int, str]:
    """Name the lists of everybody who is on one; registrants of their own are on none."""
    found: dict[int, str] = {}
    stand = Listing.objects.filter(expected_list__meeting=run.occurrence.meeting_id).order_by("expected_list_id")
    names = dict(run.occurrence.meeting.lists.values_list("pk", "name"))
    for person, listed in stand.values_list("person_id", "expected_list_id").iterator(chunk_size=AT_ONCE):
        name = names[listed]
        found[person] = f"{found[person]} / {name}" if person in found else name
    return found


def _known(word: Callable[..., str]) -> Callable[..., str]:
    """Remember what has been said for the length of one file: translating costs more than writing the cell."""
    return lru_cache(maxsize=4096)(word)


def _minutes(seconds: int | None) -> float | str:
    """Give minutes; nothing for what was not measured yet when the run was made."""
    return "" if seconds is None else round(seconds / 60, 1)


def _percent(seconds: int, window: int) -> float:
    return round(100 * seconds / window, 1) if window > 0 else 0.0
