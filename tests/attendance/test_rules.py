"""Rules, windows and sign-ins with real rows: versions kept, runs made anew, what is final left alone."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone, translation

from attendance import course, files, reconcile, report, rules, ruling, thresholds
from attendance.models import AttendanceRule, CountingWindows, MatchRun, Outcome
from attendance.parts import parts
from attendance.presence import Interval, Rule, Window
from attendance.words import rule_says, rule_word
from meetings.errors import Clash
from meetings.models import Occurrence
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.jobs.models import Job
from tests import factories
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db

EIGHTY = {"follows": False, "min_percent": 80, "min_minutes": 40, "needs_sign_in": False}
FOLLOW = {"follows": True, "min_percent": 0, "min_minutes": 0, "needs_sign_in": False}
HALF_HOUR = {"min_percent": 0, "min_minutes": 30, "needs_sign_in": False}


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """Three people by link: one stays 60 minutes, one 45, one 35."""
    occurrence = hall.hold(member)
    for name, leave in (("周晓梅", 60), ("陈子涵", 45), ("王建国", 35)):
        hall.come_by_link(occurrence, name, 0, leave)
    hall.match(occurrence)
    return occurrence


def states(occurrence: Occurrence) -> dict[str, str]:
    run = hall.match(occurrence)
    return dict(Outcome.objects.filter(run=run).values_list("person__name", "state"))


def second(occurrence: Occurrence, minute: int) -> int:
    return int(occurrence.start_at.timestamp()) + 60 * minute


def test_without_any_rule_half_the_window_attended(occurrence: Occurrence) -> None:
    assert set(states(occurrence).values()) == {"attended"}
    assert hall.match(occurrence).rule["version"] == "1"


def test_a_changed_rule_is_a_new_version_and_a_new_run_and_the_former_stay(occurrence: Occurrence, member: Membership) -> None:
    assert ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    assert states(occurrence) == {"周晓梅": "attended", "陈子涵": "partly", "王建国": "partly"}
    assert ruling.change_rule(occurrence.meeting, EIGHTY | {"min_percent": 75}, seen=1, by=member.user)
    assert states(occurrence)["陈子涵"] == "attended"
    runs = MatchRun.objects.filter(occurrence=occurrence).order_by("number")
    assert [(run.rule["version"], run.rule["min_share"], run.current) for run in runs] == [
        ("1", 0.5, False), ("m1", 0.8, False), ("m2", 0.75, True),
    ]  # fmt: skip
    kept = AttendanceRule.objects.order_by("number").values_list("number", "min_percent", "by")
    assert list(kept) == [(1, 80, member.user_id), (2, 75, member.user_id)]


def test_the_same_rule_again_is_no_new_version(occurrence: Occurrence, member: Membership) -> None:
    ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    assert ruling.change_rule(occurrence.meeting, EIGHTY, seen=1, by=member.user) is False
    assert AttendanceRule.objects.count() == 1


def test_a_change_is_written_down_and_orders_a_matching(occurrence: Occurrence, member: Membership) -> None:
    Job.objects.all().delete()
    ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    entry = Entry.objects.get(action="rule.change")
    assert (entry.actor_id, entry.detail["min_percent"], entry.detail["version"]) == (str(member.user_id), 80, "m1")
    assert [job.task for job in Job.objects.all()] == ["attendance.match"]


@pytest.mark.parametrize("seen", [0, 7])
def test_whoever_saw_another_rule_changes_nothing_and_hears_by_whom(
    occurrence: Occurrence, member: Membership, seen: int
) -> None:
    ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    with pytest.raises(Clash) as clash:
        ruling.change_rule(occurrence.meeting, EIGHTY | {"min_percent": 20}, seen=seen, by=member.user)
    assert clash.value.facts["by"] == member.user
    assert AttendanceRule.objects.get().min_percent == 80


def test_two_who_write_the_same_version_at_once_are_told_apart_by_the_database(
    occurrence: Occurrence, member: Membership
) -> None:
    row = AttendanceRule(meeting=occurrence.meeting, organisation=member.organisation, number=1, by=member.user)
    row.save()
    again = AttendanceRule(meeting=occurrence.meeting, organisation=member.organisation, number=1, by=member.user)
    with pytest.raises(Clash):
        ruling._add(again, rules.versions_of(occurrence.meeting))


def test_the_organisations_rule_holds_where_a_meeting_has_none_or_follows(
    occurrence: Occurrence, member: Membership
) -> None:
    ruling.change_default(member.organisation, HALF_HOUR, seen=0, by=member.user)
    meeting = occurrence.meeting
    assert rules.in_force(meeting) == Rule(0, 30, "o1")
    ruling.change_rule(meeting, EIGHTY, seen=0, by=member.user)
    assert rules.in_force(meeting).version == "m1"
    ruling.change_rule(meeting, FOLLOW, seen=1, by=member.user)
    assert rules.in_force(meeting) == Rule(0, 30, "o1")


def test_a_changed_default_matches_anew_what_follows_it_and_is_not_final(
    occurrence: Occurrence, member: Membership, run_jobs
) -> None:
    own, final = hall.full_hall(member), hall.full_hall(member)
    ruling.change_rule(own.meeting, EIGHTY, seen=0, by=member.user)
    course.finalise(final, member.user, timezone.now())
    following = hall.full_hall(member)
    ruling.change_rule(following.meeting, EIGHTY, seen=0, by=member.user)
    ruling.change_rule(following.meeting, FOLLOW, seen=1, by=member.user)
    Job.objects.all().delete()
    ruling.change_default(member.organisation, HALF_HOUR | {"min_minutes": 40}, seen=0, by=member.user)
    assert set(ruling.following(member.organisation)) == {occurrence, following}
    run_jobs()
    versions = {run.occurrence_id: run.rule["version"] for run in MatchRun.objects.filter(current=True)}
    assert (versions[occurrence.pk], versions[final.pk]) == ("o1", "1")
    assert states(occurrence)["王建国"] == "partly"


def test_the_rule_of_another_organisation_changes_nothing(occurrence: Occurrence) -> None:
    other = factories.make_member(factories.make_organisation("另一家"), "administrator")
    ruling.change_default(other.organisation, HALF_HOUR, seen=0, by=other.user)
    assert rules.in_force(occurrence.meeting) == Rule()


def test_final_results_keep_the_rule_they_were_frozen_with(occurrence: Occurrence, member: Membership) -> None:
    assert course.finalise(occurrence, member.user, timezone.now()).final
    ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    occurrence.refresh_from_db()
    assert (set(states(occurrence).values()), MatchRun.objects.count()) == ({"attended"}, 1)
    course.reopen(occurrence, member.user, timezone.now())
    assert states(occurrence)["王建国"] == "partly"


def test_finalising_freezes_the_rule_in_force_even_where_the_results_are_older(
    occurrence: Occurrence, member: Membership
) -> None:
    ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    run = course.finalise(occurrence, member.user, timezone.now())
    assert (run.final, run.rule["version"], run.counts["attended"]) == (True, "m1", 1)


def test_old_runs_stay_readable(occurrence: Occurrence) -> None:
    MatchRun.objects.update(counting={}, rule={"min_share": 0.5, "min_minutes": 0, "version": "1"})
    run = MatchRun.objects.get()
    assert run.windows == (Window("", run.window_start, run.window_end),)
    assert (run.window_seconds, run.left_out, Rule(**run.rule)) == (3600, (), Rule())


def test_a_sign_in_that_no_rule_asks_for_changes_no_results(occurrence: Occurrence, member: Membership) -> None:
    before = hall.match(occurrence).pk
    assert ruling.sign_in(occurrence, hall.listed(occurrence, "周晓梅"), by=member.user)
    assert hall.match(occurrence).pk == before


def test_a_rule_may_ask_for_a_sign_in_which_can_be_taken_back(occurrence: Occurrence, member: Membership) -> None:
    who = hall.listed(occurrence, "周晓梅")
    ruling.change_rule(occurrence.meeting, EIGHTY | {"min_percent": 50, "needs_sign_in": True}, seen=0, by=member.user)
    assert set(states(occurrence).values()) == {"partly"}
    assert ruling.sign_in(occurrence, who, by=member.user)
    assert ruling.sign_in(occurrence, who, by=member.user) is False
    assert states(occurrence) == {"周晓梅": "attended", "陈子涵": "partly", "王建国": "partly"}
    assert Outcome.objects.get(run__current=True, person=who).signed_in is True
    assert ruling.undo_sign_in(occurrence, who, by=member.user)
    assert ruling.undo_sign_in(occurrence, who, by=member.user) is False
    assert states(occurrence)["周晓梅"] == "partly"
    assert list(Entry.objects.order_by("number").values_list("action", flat=True))[-2:] == ["sign_in.add", "sign_in.undo"]


def test_windows_by_hand_count_alone_each_under_its_name(occurrence: Occurrence, member: Membership) -> None:
    windows = [Window("上午", second(occurrence, 0), second(occurrence, 20)),
               Window("下午", second(occurrence, 40), second(occurrence, 60))]  # fmt: skip
    assert ruling.set_windows(occurrence, windows, seen=0, by=member.user)
    run = hall.match(occurrence)
    assert (run.windows, run.window_seconds, run.counting["version"]) == (tuple(windows), 2400, 1)
    late = Outcome.objects.get(run=run, person__name="陈子涵")
    assert (late.seconds, late.by_window, late.state) == (1500, [1200, 300], "attended")
    gone = Outcome.objects.get(run=run, person__name="王建国")
    assert (gone.seconds, gone.by_window, gone.left_early) == (1200, [1200, 0], 1500)
    told = parts(run, occurrence.visits.filter(ms_open_id="ms-陈子涵"), timezone.now())
    assert [(part.name, part.seconds, part.share) for part in told] == [("上午", 1200, 1.0), ("下午", 300, 0.25)]


def test_windows_go_back_to_being_found_by_themselves_and_every_version_stays(
    occurrence: Occurrence, member: Membership
) -> None:
    ruling.set_windows(occurrence, [Window("上午", second(occurrence, 0), second(occurrence, 20))], seen=0, by=member.user)
    assert ruling.set_windows(occurrence, [], seen=1, by=member.user)
    run = hall.match(occurrence)
    assert (run.window_seconds, run.counting["version"], run.number) == (3600, 0, 3)
    assert list(CountingWindows.objects.values_list("number", flat=True)) == [2, 1]
    assert ruling.set_windows(occurrence, [], seen=2, by=member.user) is False


def test_whoever_saw_older_windows_changes_nothing(occurrence: Occurrence, member: Membership) -> None:
    ruling.set_windows(occurrence, [Window("a", second(occurrence, 0), second(occurrence, 20))], seen=0, by=member.user)
    with pytest.raises(Clash):
        ruling.set_windows(occurrence, [], seen=0, by=member.user)
    assert hall.match(occurrence).window_seconds == 1200


def test_a_rehearsal_on_the_day_before_does_not_stretch_the_window_and_is_told(member: Membership) -> None:
    occurrence = hall.hold(member)
    day = 24 * 60
    hall.come(occurrence, "主持人", -day, -day + 40, user_role=2)
    hall.come(occurrence, "主持人", -3, 60, user_role=2)
    hall.come_by_link(occurrence, "周晓梅", -day, -day + 40)
    hall.come_by_link(occurrence, "陈子涵", 0, 45)
    occurrence.started_at = occurrence.start_at - timedelta(days=1)
    occurrence.save()
    run = hall.match(occurrence)
    assert (run.window_start, run.window_end) == (second(occurrence, -3), second(occurrence, 60))
    assert run.left_out == (Interval(second(occurrence, -day), second(occurrence, -day + 40)),)
    assert states(occurrence) == {"周晓梅": "absent", "陈子涵": "attended", "王建国": "absent"}


def test_people_who_only_try_the_link_early_are_not_called_a_rehearsal(occurrence: Occurrence) -> None:
    hall.come(occurrence, "心急的人", -120, -110)
    run = hall.match(occurrence)
    assert (run.left_out, run.window_start) == ((), second(occurrence, 0))


def test_a_reopened_meeting_counts_to_its_last_end_and_the_pause_is_a_gap(member: Membership) -> None:
    occurrence = hall.hold(member)
    course.end(occurrence, occurrence.start_at + timedelta(minutes=60))
    occurrence.refresh_from_db()
    course.start(occurrence, occurrence.start_at + timedelta(minutes=70))
    occurrence.refresh_from_db()
    assert occurrence.state == Occurrence.State.RUNNING
    course.end(occurrence, occurrence.start_at + timedelta(minutes=100))
    hall.come_by_link(occurrence, "周晓梅", 0, 60)
    hall.come_by_link(occurrence, "周晓梅", 70, 100)
    occurrence.refresh_from_db()
    run = hall.match(occurrence)
    found = Outcome.objects.get(run=run, person__name="周晓梅")
    assert (run.window_seconds, found.seconds, found.gaps, found.longest_gap) == (6000, 5400, 1, 600)


def test_an_attached_row_is_folded_into_the_owner_with_the_same_identity(occurrence: Occurrence) -> None:
    hall.come_by_link(occurrence, "周晓梅", 50, 60, ms_open_id="ms-周晓梅", join_type=4, instanceid=0)
    hall.match(occurrence)
    who = hall.seen(occurrence, "周晓梅")
    assert (who.seconds, who.entries, who.devices, who.pstn) == (3600, 1, [4], False)


def test_an_attached_row_whose_owner_is_nowhere_is_still_seen_and_counted(member: Membership) -> None:
    occurrence = hall.hold(member)
    hall.come_by_link(occurrence, "周晓梅", 0, 60, join_type=4, instanceid=0)
    assert states(occurrence)["周晓梅"] == "attended"
    who = hall.seen(occurrence, "周晓梅")
    assert (who.entries, who.devices, who.seconds) == (1, [0], 3600)


def test_figures_of_other_thresholds_equal_what_those_rules_would_give(occurrence: Occurrence, member: Membership) -> None:
    run = hall.match(occurrence)
    grid = thresholds.grid(run, Rule(), None, lambda name, **asked: "")
    counts = {(cell.percent, cell.minutes): cell.count for row in grid for cell in row}
    for (percent, minutes), count in counts.items():
        assert count == thresholds.attending(run, Rule(percent / 100, minutes)), (percent, minutes)
    assert (counts[50, 0], counts[70, 0], counts[80, 0], counts[50, 45], counts[90, 30]) == (3, 2, 1, 2, 1)


def test_whoever_would_change_state_is_named_before_and_changes_it_then(occurrence: Occurrence, member: Membership) -> None:
    moving = thresholds.moving(hall.match(occurrence), Rule(0.8, 40))
    assert [(row.person.name, row.state) for row in moving] == [("王建国", "attended"), ("陈子涵", "attended")]
    ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user)
    back = thresholds.moving(hall.match(occurrence), Rule(0.7))
    assert [(row.person.name, row.state) for row in back] == [("陈子涵", "partly")]


def test_the_grid_takes_one_query_whatever_it_holds(
    occurrence: Occurrence, django_assert_num_queries
) -> None:
    run = hall.match(occurrence)
    run.window_seconds  # noqa: B018 (read once, so that only the counting is counted)
    with django_assert_num_queries(1):
        thresholds.grid(run, Rule(), Rule(0.33, 7, needs_sign_in=True), lambda name, **asked: "")


def test_a_rule_changed_while_the_matching_runs_is_not_lost(occurrence: Occurrence, member: Membership, monkeypatch) -> None:
    hashed, told = reconcile._fingerprint, []

    def meanwhile(*given: object) -> object:
        if not told:
            told.append(ruling.change_rule(occurrence.meeting, EIGHTY, seen=0, by=member.user))
        return hashed(*given)

    hall.come_by_link(occurrence, "周晓梅", 0, 5, instanceid=1)
    monkeypatch.setattr(reconcile, "_fingerprint", meanwhile)
    assert hall.match(occurrence).rule["version"] == "m1"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule(0.8, 40, needs_sign_in=True), "at least 80% of the window, at least 40 minutes, signed in"),
        (Rule(0, 0), "came at all"),
        (Rule(0.29, 0), "at least 29% of the window"),
    ],
)
def test_a_rule_is_said_in_words(rule: Rule, sentence: str) -> None:
    with translation.override("en"):
        assert rule_says(rule) == sentence


def test_versions_of_rules_are_named() -> None:
    with translation.override("en"):
        assert [rule_word(version) for version in ("1", "o2", "m3")] == [
            "built in, version 1", "of the organisation, version 2", "of the meeting, version 3",
        ]  # fmt: skip


def test_rows_the_platform_gives_no_more_still_count(occurrence: Occurrence) -> None:
    before = states(occurrence)
    occurrence.visits.update(missing_since=timezone.now())
    assert states(occurrence) == before == dict.fromkeys(before, "attended")


def test_the_export_tells_rule_and_windows_with_their_names(occurrence: Occurrence, member: Membership) -> None:
    start = second(occurrence, 0)
    windows = [Window("上午", start, start + 1200), Window("下午", start + 2400, start + 3600)]
    ruling.set_windows(occurrence, windows, seen=0, by=member.user)
    ruling.change_rule(occurrence.meeting, EIGHTY | {"needs_sign_in": True}, seen=0, by=member.user)
    run = hall.match(occurrence)
    with translation.override("en"), files.workbook(run, results=report.result_rows(run)) as book:
        sheet = openpyxl.load_workbook(io.BytesIO(book.read()))["Rules and version"]
    told = dict(sheet.iter_rows(values_only=True))
    assert [told["上午"][-8:], told["下午"][-8:]] == [
        f"{datetime.fromtimestamp(window.end, ZoneInfo('Asia/Shanghai')):%H:%M:%S}" for window in windows
    ]
    kept = ("Counting window (minutes)", "How the windows were set", "A sign-in is needed", "Version of the rule")
    assert [told[name] for name in kept] == [40, "set by hand, version 1", "yes", "of the meeting, version 1"]


def test_the_share_in_the_file_is_that_of_the_windows_that_count(occurrence: Occurrence, member: Membership) -> None:
    start = second(occurrence, 0)
    windows = [Window("a", start, start + 600), Window("b", start + 3000, start + 3600)]
    ruling.set_windows(occurrence, windows, seen=0, by=member.user)
    run = hall.match(occurrence)
    with translation.override("en"):
        lines = list(csv.reader("".join(files.csv_lines(run, results=report.result_rows(run))).lstrip("\ufeff").splitlines()))
    column = lines[0].index("Share of the window (%)")
    assert {line[0]: float(line[column]) for line in lines[1:]} == {"周晓梅": 100, "陈子涵": 50, "王建国": 50}
