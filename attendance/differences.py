"""Puts the difference between two runs into words: who changes from what to what, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance import records, splits, versions, words
from attendance.models import Decision, Match, MatchRun, Outcome, Participant, RunRecord
from attendance.reasons import Why
from meetings.models import AWAITED, ExpectedPerson, Kind, Occurrence

CAUSES: Mapping[str, str | Promise] = {
    "first": _("first computation"), "visits": _("late rows"), "list": _("changed list"), "keys": _("keys found"),
    "decisions": _("decisions"), "memory": _("remembered decisions"), "rule": _("changed rule"),
    "window": _("changed counting window"), "sign_ins": _("sign-ins"), "policy": _("changed policy"),
}  # fmt: skip

CHANGES: Mapping[str, str | Promise] = {
    versions.ADDED: _("new"), versions.REMOVED: _("no longer there"), versions.MINUTES: _("minutes only"),
    versions.PROOF: _("proof only"), versions.PERSON: _("somebody else"),
}  # fmt: skip

COUNTED = ("expected", "attended", "partly", "absent", "undecided", "participants", "walk_in")


@dataclass(frozen=True, slots=True)
class Line:
    """One run in the list of versions: why it was made, and what it counted, with the step from the run before.

    `replaced` are the newest of the `of` runs whose place it took, by their records.
    """

    run: MatchRun | RunRecord
    causes: list[str]
    counts: list[tuple[str, int, int]]
    replaced: list["Line"] = field(default_factory=list)
    of: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody of whom two runs say different things; `was` and `now` are states or tiers, empty where there is none."""

    about: Model
    was: str
    now: str
    person: ExpectedPerson | None
    why: list[Why]


class Chip(NamedTuple):
    """One kind of change to filter by, with how many there are."""

    code: str
    was: str
    now: str
    label: str
    count: int


def cause_words(codes: Iterable[str]) -> list[str]:
    """Name what a run was made from anew."""
    return [str(CAUSES.get(code, code)) for code in codes]


def lines(runs: Sequence[MatchRun], occurrence: Occurrence | None) -> list[Line]:
    """Put runs, the newest first, into words; the last of a page is compared with the run before it."""
    oldest = runs[-1].number if runs else 0
    before = MatchRun.objects.filter(occurrence=occurrence, number__lt=oldest).first()
    told = defaultdict(list)
    for record in records.newest(occurrence, [run.number for run in runs]):
        told[record.number].append(record)
    found = []
    for run, former in zip(runs, [*runs[1:], before], strict=False):
        run.occurrence = occurrence
        replaced = told[run.number]
        of = replaced[0].of if replaced else 0
        found.append(Line(run, cause_words(run.causes), _counts(run, former), record_lines(replaced), of))
    return found


def record_lines(some: Iterable[RunRecord]) -> list[Line]:
    """Put the records of runs whose results are no longer kept into words."""
    return [Line(each, cause_words(each.causes), _counts(each, each)) for each in some]


def page(before: MatchRun, after: MatchRun, of: str, wanted: str, asked: str | None, size: int) -> dict[str, object]:
    """Give one page of what differs between two runs: rows with their reasons, and how many there are of each kind."""
    rows = versions.people(before, after) if of == "people" else versions.participants(before, after)
    tally = versions.tally(rows)
    rows = rows.filter(change=wanted) if wanted in tally else rows
    shown = Paginator(rows, size).get_page(asked)
    told = _People(before, after) if of == "people" else _Participants(before, after)
    return {
        "rows": told.rows(list(shown.object_list)),
        "shown": shown,
        "chips": [_chip(code, count) for code, count in tally.items()],
        "whole": sum(tally.values()),
        "causes": cause_words(versions.causes(before, after)),
    }


class _Two:
    """Two runs, and what explains the difference between them for the rows of one page."""

    def __init__(self, before: MatchRun, after: MatchRun) -> None:
        self.before, self.after = before, after
        self.since, self.until = sorted((before.made_at, after.made_at))

    def _decisions(self, wanted: Q) -> list[tuple[Decision, Why]]:
        """Give what was said, confirmed and taken back between the two runs."""
        between = (self.since, self.until)
        said = Decision.objects.filter(wanted, occurrence=self.after.occurrence_id)
        said = said.filter(Q(at__range=between) | Q(undone_at__range=between) | Q(seconded_at__range=between))
        return [(one, why) for one in said.distinct().in_words().order_by("pk") for why in self._told(one)]

    def _told(self, said: Decision) -> Iterator[Why]:
        what = " ".join(filter(None, (said.get_verb_display(), said.person.name if said.person else said.same_name)))
        for code, by, at in (
            ("decided", said.by, said.at), ("seconded", said.seconded_by, said.seconded_at),
            ("undone", said.undone_by, said.undone_at),
        ):  # fmt: skip
            if at is not None and self.since < at <= self.until and not (code == "decided" and said.is_proposed):
                yield Why(code, {"by": by, "time": at, "what": what})

    def _policy(self) -> Iterator[Why]:
        if self.before.policy != self.after.policy:
            told = {"before": words.policy_word(self.before.policy), "after": words.policy_word(self.after.policy)}
            yield Why("policy", told)

    def _follows(self) -> list[Why]:
        """Fall back on what the runs were computed from."""
        causes = cause_words(versions.causes(self.before, self.after))
        return [Why("follows", {"causes": gettext(", ").join(causes)})] if causes else []


class _People(_Two):
    """Reasons for expected people."""

    def rows(self, people: list[ExpectedPerson]) -> list[Row]:
        """Put a page of people into words; four queries for any number."""
        ids = [person.pk for person in people]
        matched = self._matched(ids)
        whos = {match.participant.ms_open_id for each in matched.values() for pair in each.values() for match in pair.values()}
        said_of = Q(person__in=ids) | Q(also__in=ids) | Q(ms_open_id__in=whos)
        decisions = self._decisions(said_of | Q(border__isnull=False))
        self.split = _split(decisions)
        self.meant = self._meant()
        came = {pk for each in matched.values() for pk in each[self.after.pk]}
        there = Match.objects.filter(run=self.before, participant__in=came)
        self.new = came - set(there.values_list("participant", flat=True))
        return [
            Row(person, person.was_state or "", person.now_state or "", person,
                list(self._why(person, matched[person.pk], decisions)) or self._follows())
            for person in people
        ]  # fmt: skip

    def _matched(self, people: Sequence[int]) -> dict[int, dict[int, dict[int, Match]]]:
        """Give by person and run the participants that were taken for them."""
        found: dict[int, dict[int, dict[int, Match]]] = defaultdict(lambda: defaultdict(dict))
        rows = Match.objects.filter(run__in=(self.before, self.after), person__in=people).select_related("participant")
        for match in rows.order_by("pk"):
            found[match.person_id][match.run_id][match.participant_id] = match
        return found

    def _meant(self) -> dict[int, set[str]]:
        """Give by person the identities split between the runs of which one part, or the whole, may be them."""
        of = Q(participant__ms_open_id__in=self.split) | Q(participant__whole__ms_open_id__in=self.split)
        rows = Match.objects.filter(of, run__in=(self.before, self.after), person=None).exclude(candidates=[])
        found: dict[int, set[str]] = defaultdict(set)
        for who, candidates in rows.values_list("participant__ms_open_id", "candidates") if self.split else ():
            for each in candidates:
                found[each["person"]].add(splits.identity_of(who))
        return found

    def _why(
        self, person: ExpectedPerson, matched: Mapping[int, dict[int, Match]], decisions: list[tuple[Decision, Why]]
    ) -> Iterator[Why]:
        was, now = matched.get(self.before.pk, {}), matched.get(self.after.pk, {})
        if person.change in (versions.ADDED, versions.REMOVED):
            yield self._listed(person)
        whos = {match.participant.ms_open_id for match in (*was.values(), *now.values())}
        undecided = Outcome.State.UNDECIDED in (person.was_state, person.now_state)
        split = {splits.identity_of(who) for who in whos} | (self.meant[person.pk] if undecided else set())
        said = [why for one, why in decisions if one.ms_open_id in whos or one.person_id == person.pk
                or person in one.also.all() or (one.border and splits.identity_of(one.ms_open_id) in split)]  # fmt: skip
        yield from said
        if person.change not in (versions.ADDED, versions.REMOVED):
            yield from self._met(was, now, bool(said))
            yield from self._measured(person, was.keys() == now.keys())

    def _listed(self, person: ExpectedPerson) -> Why:
        if person.change == versions.ADDED:
            return Why("new_person" if person.added_at > self.since else "counted_now")
        beside = person.removed_at is None and person.kind not in AWAITED
        return Why("beside_now", {"kind": Kind(person.kind).label}) if beside else Why("left_list")

    def _met(self, was: Mapping[int, Match], now: Mapping[int, Match], decided: bool) -> Iterator[Why]:
        """Say which participants a person is taken for now, and was before."""
        for match in (match for pk, match in now.items() if pk not in was):
            told = {"shown": match.participant.name, "key": words.key_word(match.key)}
            later = match.participant_id in self.new and splits.identity_of(match.participant.ms_open_id) not in self.split
            if later or not decided:
                yield Why("came_later" if later else "found", told)
        if not decided:
            yield from (Why("lost", {"shown": match.participant.name}) for pk, match in was.items() if pk not in now)

    def _measured(self, person: ExpectedPerson, same_participants: bool) -> Iterator[Why]:
        more = (person.now_seconds or 0) - (person.was_seconds or 0)
        if same_participants and more:
            yield Why("more_seconds" if more > 0 else "fewer_seconds", {"length": _length(abs(more))})
        elif same_participants and person.was_state != person.now_state and self.before.rule != self.after.rule:
            versions_ = {"before": self.before.rule.get("version", ""), "after": self.after.rule.get("version", "")}
            yield Why("rule", versions_)
        if person.was_key and person.now_key and person.was_key != person.now_key:
            yield Why("key", {"key": words.key_word(person.now_key), "former": words.key_word(person.was_key)})
            yield from self._policy()


class _Participants(_Two):
    """Reasons for participants."""

    def rows(self, participants: list[Model]) -> list[Row]:
        """Put a page of participants into words; two queries for any number."""
        people = ExpectedPerson.objects.in_bulk({one.now_person or one.was_person for one in participants} - {None})
        whos = {name for one in participants for name in (one.ms_open_id, splits.identity_of(one.ms_open_id))}
        decisions = self._decisions(Q(ms_open_id__in=whos) | Q(border__isnull=False))
        split, found = _split(decisions), []
        for one in participants:
            why = [why for said, why in decisions if said.ms_open_id == one.ms_open_id or _splits(said, one)]
            if one.change == versions.ADDED and splits.identity_of(one.ms_open_id) not in split:
                why.append(Why("came_later", {"shown": one.name}))
            elif one.now_key and one.now_person and not why:
                why.append(Why("found", {"shown": people[one.now_person].name, "key": words.key_word(one.now_key)}))
            why = why or [*self._policy(), *self._follows()]
            found.append(Row(one, one.was_tier or "", one.now_tier or "", people.get(one.now_person or one.was_person), why))
        return found


def _split(decisions: Iterable[tuple[Decision, Why]]) -> set[str]:
    """Give the identities that were split, or made whole again."""
    return {splits.identity_of(said.ms_open_id) for said, _why in decisions if said.border is not None}


def _splits(said: Decision, one: Participant) -> bool:
    """Tell whether a decision made a participant a part, or took that back."""
    return said.border is not None and splits.identity_of(said.ms_open_id) == splits.identity_of(one.ms_open_id)


def _chip(code: str, count: int) -> Chip:
    was, dot, now = code.partition(".")
    return Chip(code, was, now, "", count) if dot else Chip(code, "", "", str(CHANGES.get(code, code)), count)


def _counts(run: MatchRun | RunRecord, former: MatchRun | RunRecord | None) -> list[tuple[str, int, int]]:
    """Give what a run counted, and how that differs from the run before."""
    before = former.counts if former else {}
    return [(name, count, count - before.get(name, count)) for name in COUNTED if (count := run.counts.get(name)) is not None]


def _length(seconds: int) -> str:
    return gettext("%(minutes)d min %(seconds)02d s") % {"minutes": seconds // 60, "seconds": seconds % 60}
