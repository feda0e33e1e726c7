"""Every run is kept and compared; after results were final another run only proposes."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from attendance import course, differences, reconcile, records, review, versions
from attendance.models import Decision, MatchRun, RunRecord
from attendance.stages import Stage
from meetings.models import Occurrence
from portal.accounts.models import Membership, Organisation
from portal.audit.models import Entry
from tests import factories
from tests.attendance import hall

pytestmark = pytest.mark.django_db
Verb = Decision.Verb


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """周晓梅 attended, 陈子涵 partly, 王建国 undecided, 赵思远 absent; a walk-in."""
    return hall.full_hall(member)


def current(occurrence: Occurrence) -> MatchRun:
    return MatchRun.objects.get(occurrence=occurrence, current=True)


def final(occurrence: Occurrence) -> MatchRun:
    run = course.finalise(occurrence, occurrence.meeting.owner, timezone.now())
    assert run is not None
    return run


def people(before: MatchRun, after: MatchRun) -> dict[str, tuple[str, list[str]]]:
    """Give who changes, how, and the codes of why."""
    rows = differences.page(before, after, "people", "", None, 50)["rows"]
    return {row.about.name: (row.about.change, [why.code for why in row.why]) for row in rows}


def others(before: MatchRun, after: MatchRun) -> dict[str, tuple[str, list[str]]]:
    rows = differences.page(before, after, "participants", "", None, 50)["rows"]
    return {row.about.name: (row.about.change, [why.code for why in row.why]) for row in rows}


def test_a_run_says_what_made_it(occurrence: Occurrence) -> None:
    assert current(occurrence).causes == ["first"]
    hall.come_by_link(occurrence, "赵思远")
    assert hall.match(occurrence).causes == ["visits"]
    factories.make_person(occurrence.meeting, "新来的人")
    assert hall.match(occurrence).causes == ["list"]
    review.decide(hall.seen(occurrence, "外星来客"), Verb.IGNORE, None, occurrence.meeting.owner)
    assert current(occurrence).causes == ["decisions"]
    Organisation.objects.update(policy="balanced")
    occurrence = Occurrence.objects.get(pk=occurrence.pk)
    assert hall.match(occurrence).causes == ["policy"]
    assert [run.number for run in MatchRun.objects.filter(occurrence=occurrence)] == [5, 4, 3, 2, 1]


def test_late_data_shown_as_absence_say_afterwards_who_came(occurrence: Occurrence) -> None:
    before = current(occurrence)
    assert before.standing == "settling"
    hall.come_by_link(occurrence, "赵思远", 0, 50)
    hall.come(occurrence, "陈子涵", 30, 45, instanceid=1)
    after = hall.match(occurrence)
    assert people(before, after) == {
        "赵思远": ("absent.attended", ["came_later"]), "陈子涵": ("minutes", ["more_seconds"]),
    }  # fmt: skip
    assert versions.tally(versions.people(before, after)) == {"absent.attended": 1, "minutes": 1}
    row = versions.people(before, after).get(name="陈子涵")
    assert (row.was_seconds, row.now_seconds) == (600, 1500)


def test_a_changed_list_says_who_is_new_and_who_left(occurrence: Occurrence) -> None:
    before = current(occurrence)
    factories.make_person(occurrence.meeting, "新来的人")
    occurrence.meeting.people.filter(name="赵思远").update(removed_at=timezone.now())
    occurrence.meeting.people.filter(name="周晓梅").update(kind="staff")
    assert people(before, hall.match(occurrence)) == {
        "新来的人": ("added", ["new_person"]), "赵思远": ("removed", ["left_list"]), "周晓梅": ("removed", ["beside_now"]),
    }  # fmt: skip


def test_a_decision_is_named_with_who_made_it(occurrence: Occurrence) -> None:
    before, owner = current(occurrence), occurrence.meeting.owner
    review.decide(hall.seen(occurrence, "王建国"), Verb.CONFIRM, hall.listed(occurrence, "王建国"), owner)
    after = current(occurrence)
    assert people(before, after) == {"王建国": ("undecided.attended", ["decided"])}
    row = differences.page(before, after, "people", "", None, 50)["rows"][0]
    assert str(owner) in str(row.why[0])
    assert others(before, after) == {"王建国": ("likely.certain", ["decided"])}


def test_decisions_of_one_sitting_are_one_version(occurrence: Occurrence) -> None:
    owner = occurrence.meeting.owner
    review.decide(hall.seen(occurrence, "王建国"), Verb.CONFIRM, hall.listed(occurrence, "王建国"), owner)
    review.decide(hall.seen(occurrence, "外星来客"), Verb.IGNORE, None, owner)
    assert current(occurrence).number == 2
    hall.come_by_link(occurrence, "赵思远")
    assert hall.match(occurrence).number == 3
    review.decide(hall.seen(occurrence, "外星来客"), Verb.REJECT, None, owner)
    assert current(occurrence).number == 4


def test_rows_after_final_are_proposed_and_read_before_they_count(occurrence: Occurrence) -> None:
    first = final(occurrence)
    hall.come_by_link(occurrence, "赵思远")
    later = hall.match(occurrence)
    assert (current(occurrence), first.version, later.standing) == (first, 1, "proposed")
    assert people(first, later)["赵思远"] == ("absent.attended", ["came_later"])
    assert versions.apply(later, occurrence.meeting.owner) is True
    later.refresh_from_db()
    assert (current(occurrence), later.standing, later.version) == (later, "final", 2)
    assert MatchRun.objects.get(pk=first.pk).standing == "former"
    assert versions.apply(later, occurrence.meeting.owner) is False
    assert Entry.objects.filter(action="results.apply").count() == 1


def test_the_newest_proposal_takes_the_place_of_the_one_before(occurrence: Occurrence) -> None:
    final(occurrence)
    hall.come_by_link(occurrence, "赵思远")
    first = hall.match(occurrence)
    hall.come(occurrence, "又一个人")
    second = hall.match(occurrence)
    assert list(MatchRun.objects.filter(proposed=True)) == [second]
    assert (first.number, second.number) == (2, 2)
    assert versions.apply(first, occurrence.meeting.owner) is False


def test_a_proposal_made_meanwhile_from_newer_rows_outlives_a_matching_that_read_the_older_ones(occurrence: Occurrence) -> None:
    first = final(occurrence)
    proposed: list[MatchRun] = []

    def meanwhile(stage: Stage) -> None:
        if stage is Stage.PLATFORM and not proposed:
            hall.come_by_link(occurrence, "陈子涵", 20, 60)
            proposed.append(hall.match(occurrence))

    assert reconcile.reconcile(occurrence, timezone.now(), meanwhile) == first
    assert list(MatchRun.objects.filter(proposed=True)) == proposed


def test_what_was_discarded_is_not_proposed_again_until_its_input_changes(occurrence: Occurrence) -> None:
    first = final(occurrence)
    hall.come_by_link(occurrence, "赵思远")
    assert versions.discard(hall.match(occurrence), occurrence.meeting.owner) is True
    assert hall.match(occurrence) == first
    assert not MatchRun.objects.filter(proposed=True).exists()
    hall.come(occurrence, "又一个人")
    assert hall.match(occurrence).standing == "proposed"


def test_a_change_that_changes_nothing_for_anybody_is_not_proposed(occurrence: Occurrence) -> None:
    first = final(occurrence)
    occurrence.meeting.people.filter(name="赵思远").update(title="顾问")
    assert hall.match(occurrence) == first
    assert MatchRun.objects.count() == 1


def test_a_reopened_meeting_keeps_decisions_and_numbers_its_versions_on(occurrence: Occurrence) -> None:
    owner = occurrence.meeting.owner
    review.decide(hall.seen(occurrence, "王建国"), Verb.CONFIRM, hall.listed(occurrence, "王建国"), owner)
    final(occurrence)
    hall.come_by_link(occurrence, "赵思远")
    assert hall.match(occurrence).standing == "proposed"
    reopened = course.reopen(occurrence, owner, timezone.now())
    assert (reopened.standing, MatchRun.objects.filter(proposed=True).count()) == ("settling", 0)
    assert current(occurrence).outcomes.get(person__name="王建国").state == "attended"
    again = final(Occurrence.objects.get(pk=occurrence.pk))
    assert (again.version, again.outcomes.get(person__name="赵思远").state) == (2, "attended")


def test_versions_are_listed_compared_applied_and_discarded_on_pages(occurrence: Occurrence, member: Membership) -> None:
    final(occurrence)
    hall.come_by_link(occurrence, "赵思远")
    later, browser = hall.match(occurrence), hall.browser(member)
    base = hall.address(occurrence.meeting, "attendance/")
    listed = browser.get(f"{base}versions/")
    assert [line.run.standing for line in listed.context["lines"]] == ["proposed", "final"]
    shown = browser.get(f"{base}versions/2/")
    assert [row.about.name for row in shown.context["rows"]] == ["赵思远"]
    assert "Apply it: final v2" in shown.content.decode()
    read = browser.get(base)
    assert "A new version is proposed" in read.content.decode()
    stale = browser.post(f"{base}versions/2/apply/", {"run": later.pk + 1}, follow=True)
    assert "not what you were shown" in stale.content.decode()
    done = browser.post(f"{base}versions/2/apply/", {"run": later.pk}, follow=True)
    assert "Final v2" in done.content.decode()
    assert browser.post(f"{base}versions/2/discard/", {"run": later.pk}).status_code == 302
    assert current(occurrence) == later


def test_a_former_version_is_read_on_every_page_and_decided_on_none(occurrence: Occurrence, member: Membership) -> None:
    hall.come_by_link(occurrence, "赵思远")
    hall.match(occurrence)
    browser, person = hall.browser(member), hall.listed(occurrence, "赵思远")
    base = hall.address(occurrence.meeting, "attendance/")
    former = browser.get(f"{base}?run=1")
    assert former.context["run"].number == 1
    assert {stat["status"]: stat["value"] for stat in former.context["stats"] if "status" in stat}["absent"] == 1
    assert "It does not count now" in former.content.decode()
    assert f"people/{person.pk}/?run=1" in former.content.decode()
    card = browser.get(f"{base}people/{person.pk}/?run=1")
    assert (card.context["card"].outcome.state, card.context["page"].may_decide) == ("absent", False)
    assert browser.get(f"{base}people/{person.pk}/").context["card"].outcome.state == "attended"
    case = browser.get(hall.address(occurrence.meeting, f"review/{hall.seen(occurrence, '王建国').pk}/?run=1"))
    assert 'name="choice"' not in case.content.decode()
    for wrong in ("9", "x", "²", "9" * 40):
        assert browser.get(f"{base}?run={wrong}").status_code == 404


@pytest.mark.parametrize("role", ["assistant", "viewer", "compliance"])
def test_only_who_plans_applies(occurrence: Occurrence, role: str) -> None:
    final(occurrence)
    hall.come_by_link(occurrence, "赵思远")
    later, browser = hall.match(occurrence), hall.browser(hall.colleague(occurrence, role))
    base = hall.address(occurrence.meeting, "attendance/versions/2/")
    assert browser.get(base).status_code == 200
    assert browser.post(f"{base}apply/", {"run": later.pk}).status_code == 403
    assert MatchRun.objects.get(pk=later.pk).standing == "proposed"


@pytest.mark.parametrize("rows", [3, 30])
def test_a_difference_takes_the_same_few_queries_for_any_number_of_rows(
    member: Membership, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    occurrence = hall.hold(member, [f"某人{number}" for number in range(rows)])
    hall.match(occurrence)
    for number in range(rows):
        hall.come_by_link(occurrence, f"某人{number}")
    hall.match(occurrence)
    browser: Client = hall.browser(member)
    for of in ("people", "participants"):
        with django_assert_max_num_queries(20):
            answer = browser.get(hall.address(occurrence.meeting, f"attendance/versions/2/?of={of}"))
        assert len(answer.context["rows"]) == rows


def test_live_runs_take_each_others_place(member: Membership) -> None:
    occurrence = hall.hold(member)
    Occurrence.objects.filter(pk=occurrence.pk).update(state="running", ended_at=None)
    occurrence.refresh_from_db()
    hall.match(occurrence)
    hall.come(occurrence, "路人", 0, None)
    live = hall.match(occurrence)
    assert (live.standing, live.number, MatchRun.objects.count()) == ("live", 1, 1)
    with pytest.raises(ObjectDoesNotExist):
        MatchRun.objects.get(current=False)


def told(occurrence: Occurrence) -> list[tuple[int, list[str], int]]:
    """Give the records of runs that others took the place of, the oldest first: number, causes, participants."""
    rows = RunRecord.objects.filter(occurrence=occurrence).order_by("pk")
    return [(row.number, row.causes, row.counts["participants"]) for row in rows]


def test_a_live_run_stays_on_record_when_the_next_takes_its_place(member: Membership) -> None:
    occurrence = hall.hold(member)
    Occurrence.objects.filter(pk=occurrence.pk).update(state="running", ended_at=None)
    occurrence.refresh_from_db()
    made = [hall.match(occurrence)]
    for name in ("路人", "又一个人"):
        hall.come(occurrence, name, 0, None)
        made.append(hall.match(occurrence))
    assert told(occurrence) == [(1, ["first"], 0), (1, ["visits"], 1)]
    kept = [(row.fingerprint, row.policy, row.rule, row.made_at, row.live) for row in RunRecord.objects.order_by("pk")]
    assert kept == [(run.fingerprint, run.policy, run.rule, run.made_at, True) for run in made[:2]]


def test_what_gave_way_in_one_sitting_or_before_being_applied_stays_on_record(occurrence: Occurrence) -> None:
    owner = occurrence.meeting.owner
    review.decide(hall.seen(occurrence, "王建国"), Verb.CONFIRM, hall.listed(occurrence, "王建国"), owner)
    review.decide(hall.seen(occurrence, "外星来客"), Verb.IGNORE, None, owner)
    assert told(occurrence) == [(2, ["decisions"], 4)]
    final(occurrence)
    for name in ("又一个人", "再一个人"):
        hall.come(occurrence, name)
        hall.match(occurrence)
    assert told(occurrence)[1:] == [(3, ["visits"], 5)]
    assert RunRecord.objects.latest("pk").proposed


def test_a_proposal_that_comes_to_nothing_is_told_under_the_run_that_goes_on(occurrence: Occurrence) -> None:
    first = final(occurrence)
    occurrence.meeting.people.filter(name="赵思远").update(title="顾问")
    assert hall.match(occurrence) == first
    assert told(occurrence) == [(1, ["list"], 4)]
    factories.make_person(occurrence.meeting, "新来的人")
    assert hall.match(occurrence).proposed
    occurrence.meeting.people.filter(name="新来的人").delete()
    occurrence.meeting.people.filter(name="赵思远").update(title="")
    assert hall.match(occurrence) == first
    assert told(occurrence)[1:] == [(1, ["list"], 4)]


def test_records_move_along_to_the_number_of_the_run_that_took_the_place(occurrence: Occurrence) -> None:
    run = current(occurrence)
    records.replace([MatchRun(occurrence=occurrence, number=1, made_at=timezone.now())], 1)
    records.replace([run], 4)
    assert sorted(RunRecord.objects.values_list("number", flat=True)) == [4, 4]
    assert not MatchRun.objects.exists()


def record(run: MatchRun, number: int, fingerprint: str, made_at: datetime | None = None) -> RunRecord:
    told = {name: getattr(run, name) for name in records.KEPT} | {"fingerprint": fingerprint, "causes": ["visits"]}
    return RunRecord.objects.create(**told | {"number": number, "made_at": made_at or run.made_at})


def test_only_the_records_of_the_number_that_goes_move_along(occurrence: Occurrence, member: Membership) -> None:
    elsewhere = hall.full_hall(member)
    for run, number, name in ((current(occurrence), 1, "moves"), (current(occurrence), 2, "of another"),
                              (current(elsewhere), 1, "elsewhere")):  # fmt: skip
        record(run, number, name)
    records.replace([current(occurrence)], 4)
    kept = dict(RunRecord.objects.filter(causes=["visits"]).values_list("fingerprint", "number"))
    assert kept == {"moves": 4, "of another": 2, "elsewhere": 1}
    assert list(MatchRun.objects.values_list("occurrence", flat=True)) == [elsewhere.pk]


def test_a_run_is_told_with_its_own_records_alone_the_newest_first(occurrence: Occurrence, member: Membership) -> None:
    run, elsewhere = current(occurrence), current(hall.full_hall(member))
    record(run, 1, "early", run.made_at - timedelta(minutes=9))
    record(run, 1, "late")
    record(run, 1, "as late, and after it")
    record(run, 2, "of another")
    record(elsewhere, 1, "elsewhere")
    told = ["as late, and after it", "late", "early"]
    assert [each.fingerprint for each in records.under(run)] == told
    assert {each.fingerprint: each.of for each in records.newest(occurrence, [1])} == dict.fromkeys(told, 3)
    both = records.newest(occurrence, [1, 2])
    assert {each.fingerprint: (each.place, each.of) for each in both} == {
        "as late, and after it": (1, 3), "late": (2, 3), "early": (3, 3), "of another": (1, 1),
    }  # fmt: skip


def test_a_record_says_all_that_its_run_said(occurrence: Occurrence) -> None:
    run = current(occurrence)
    records.replace([run], 7)
    (kept,) = RunRecord.objects.all()
    assert {name: getattr(kept, name) for name in records.KEPT} == {name: getattr(run, name) for name in records.KEPT}
    told = (kept.occurrence, kept.number, kept.live, kept.proposed, kept.policy, kept.counts["attended"], kept.causes)
    assert told == (occurrence, 7, False, False, run.policy, 1, ["first"])
    assert (kept.fingerprint, kept.rule["min_share"], kept.made_at) == (run.fingerprint, 0.5, run.made_at)


def test_many_replaced_runs_are_folded_under_theirs_and_have_pages_of_their_own(
    occurrence: Occurrence, member: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run, now = current(occurrence), timezone.now()
    for minute in range(60):
        RunRecord.objects.create(occurrence=occurrence, number=1, live=True, policy=run.policy, rule=run.rule, counts=run.counts,
                                 fingerprint=str(minute), causes=["visits"], made_at=now - timedelta(minutes=minute))  # fmt: skip
    browser, base = hall.browser(member), hall.address(occurrence.meeting, "attendance/versions/")
    with django_assert_max_num_queries(20):
        listed = browser.get(base)
    line = listed.context["lines"][0]
    assert ([each.run.fingerprint for each in line.replaced], line.of) == (["0", "1", "2", "3", "4"], 60)
    for said in ("60 computations before it", "Their results are no longer kept: version 1 took their place", "late rows"):
        assert said in listed.content.decode()
    assert f'{base}1/replaced/"' in listed.content.decode()
    assert [len(browser.get(f"{base}1/replaced/?page={page}").context["lines"]) for page in (1, 2)] == [50, 10]
    assert browser.get(f"{base}2/replaced/").status_code == 404


def test_records_go_with_their_meeting(occurrence: Occurrence) -> None:
    records.replace([current(occurrence)], 1)
    occurrence.meeting.delete()
    assert not RunRecord.objects.exists()


def test_what_was_said_since_results_were_final_waits_no_more(occurrence: Occurrence, member: Membership) -> None:
    final(occurrence)
    browser, address = hall.browser(member), hall.address(occurrence.meeting, "review/")
    before = browser.get(address).context["page"].to_review
    doubtful = current(occurrence).matches.waiting().first()
    review.decide(doubtful.participant, Decision.Verb.REJECT, None, member.user)
    assert hall.match(occurrence).proposed
    shown = browser.get(address).context
    assert (before, shown["page"].to_review, shown["waiting"]) == (before, before - 1, before - 1)
