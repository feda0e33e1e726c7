"""From visits to results: minutes as they truly were, keys before names, and every run kept with its reasons."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance import course, inputs, reconcile
from attendance.models import Decision, Match, MatchRun, Outcome, Participant, Visit
from meetings.models import Occurrence, Registrant
from portal.accounts.models import Organisation
from portal.jobs.models import Job
from tests.attendance import hall, stage
from tests.attendance.stage import stay
from tests.conftest import Sandbox
from tests.factories import PHONE_BLOCK, make_member, make_person

pytestmark = pytest.mark.django_db

HOST = {"key": "host", "name": "林小满", "kind": "host", "stays": [stay(0, 60)]}


def came(key: str, name: str, *stays: dict, **more: object) -> dict:
    return {"key": key, "name": name, "stays": list(stays or [stay(0, 60)])} | more


def test_minutes_equal_the_truth_to_the_second_for_all_kinds_of_stays(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    people = [
        HOST,
        came("gap", "有空隙", {"join": 61, "leave": 700}, {"join": 1501, "leave": 3000}),
        came("two", "两台设备", {"join": 10, "leave": 2000, "device": 1}, {"join": 500, "leave": 2500, "device": 3}),
        came("cast", "投屏", {"join": 10, "leave": 2000}, {"join": 1900, "leave": 2600, "join_type": 2}),
        came("early", "提前来", {"join": -1200, "leave": 30}),
        came("before", "只在之前", {"join": -1200, "leave": -60}),
        came("last", "到最后", {"join": 3000, "leave": None}),
    ]
    stage.play(sandbox, occurrence, people)
    stage.pull(occurrence, run_jobs)
    true = stage.truth(sandbox, occurrence)
    expected = {who: one["seconds"] for one in true["people"] for who in one["ms_open_ids"]}
    assert dict(Participant.objects.values_list("ms_open_id", "seconds")) == expected
    assert Participant.objects.get(name="两台设备").devices == [1, 3]
    assert Participant.objects.get(name="投屏").entries == 1
    run = stage.current(occurrence)
    assert (run.window_start, run.window_end) == (true["window"]["started"], true["window"]["ended"])


def test_a_person_of_two_participants_is_measured_over_both_without_counting_twice(
    install, sandbox, run_jobs
) -> None:
    member = install("administrator", credential=True)
    occurrence = stage.book(member, enrolment=True)
    person = make_person(occurrence.meeting, "张三", 1)
    stage.enrol(person)
    number = f"{PHONE_BLOCK}0001"
    people = [
        came("a", "张三", stay(0, 20), enroll_phone=number, phone=number),
        came("b", "电话", stay(10, 40, join_type=0, device=0), number=number),
        HOST,
    ]
    stage.play(sandbox, occurrence, people)
    stage.pull(occurrence, run_jobs)
    outcome = Outcome.objects.get()
    assert (outcome.seconds, outcome.state) == (40 * 60, Outcome.State.ATTENDED)
    assert {key for _, key, _ in stage.tiers(occurrence).values()} >= {"enroll_id", "pstn"}


def test_an_imported_registration_proves_who_came_and_the_rest_are_absent(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), enrolment=True)
    here, gone = make_person(occurrence.meeting, "张三", 11), make_person(occurrence.meeting, "李四", 12)
    stage.enrol(here, gone)
    number = f"{PHONE_BLOCK}0011"
    stage.play(sandbox, occurrence, [HOST, came("a", "iPhone", phone=number, enroll_phone=number)])
    stage.pull(occurrence, run_jobs)
    assert stage.tiers(occurrence)["iPhone"] == ("certain", "enroll_id", "张三")
    assert stage.states(occurrence) == {"张三": "attended", "李四": "absent"}
    assert list(Participant.objects.values_list("enroll_looked_up", flat=True)) == [True, True]


def test_registrations_are_asked_for_once(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), enrolment=True)
    stage.play(sandbox, occurrence, [HOST, came("a", "张三")])
    asked = "POST /v1/meetings/{meeting_id}/enroll/ids"
    before = stage.calls(sandbox, asked)
    stage.pull(occurrence, run_jobs)
    stage.pull(occurrence, run_jobs)
    assert stage.calls(sandbox, asked) - before == 1


def test_a_second_registration_of_a_listed_person_proves_them_too(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), enrolment=True)
    person = make_person(occurrence.meeting, "张三", 13)
    stage.enrol(person)
    Registrant.objects.create(
        meeting=occurrence.meeting, person=person, enroll_id=person.enroll_id, status=3, seen_at=timezone.now()
    )
    person.enroll_id = "999"
    person.save()
    number = f"{PHONE_BLOCK}0013"
    stage.play(sandbox, occurrence, [HOST, came("a", "iPhone", phone=number, enroll_phone=number)])
    stage.pull(occurrence, run_jobs)
    assert stage.tiers(occurrence)["iPhone"] == ("certain", "enroll_id", "张三")


def test_an_exclusive_link_proves_its_person_and_a_forwarded_one_nobody(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install("administrator", credential=True))
    people = [make_person(occurrence.meeting, name) for name in ("张三", "李四")]
    own, forwarded = [stage.link_of(person) for person in people]
    script = [
        HOST,
        came("a", "张三的手机", link=own),
        came("b", "李四", link=forwarded),
        came("c", "王五", link=forwarded),
    ]
    stage.play(sandbox, occurrence, script)
    stage.pull(occurrence, run_jobs)
    said = stage.tiers(occurrence)
    assert said["张三的手机"] == ("certain", "tag", "张三")
    assert (said["李四"], said["王五"]) == (("conflict", "tag", None), ("conflict", "tag", None))
    assert stage.states(occurrence) == {"张三": "attended", "李四": "undecided"}


def test_a_colleague_is_known_by_userid(install, sandbox, run_jobs) -> None:
    member = install("administrator", credential=True)
    colleague = next(
        user for user in sandbox.world["enterprises"][0]["users"] if user["open_id"] != member.user.open_id
    )
    occurrence = stage.book(member)
    make_person(occurrence.meeting, "另一个名字", userid=colleague["userid"])
    stage.play(sandbox, occurrence, [HOST, came("a", "随便", userid=colleague["userid"])])
    stage.pull(occurrence, run_jobs)
    assert stage.tiers(occurrence)["随便"] == ("certain", "userid", "另一个名字")


def test_a_phone_hash_proves_one_person_and_the_hash_of_no_number_nobody(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install("administrator", credential=True))
    make_person(occurrence.meeting, "张三", 21)
    make_person(occurrence.meeting, "李四", 22)
    script = [HOST, came("a", "a", phone=f"{PHONE_BLOCK}0021"), came("b", "b"), came("c", "c")]
    stage.play(sandbox, occurrence, script)
    stage.pull(occurrence, run_jobs)
    said = stage.tiers(occurrence)
    assert said["a"] == ("certain", "phone_hash", "张三")
    assert [said[name][2] for name in ("b", "c")] == [None, None]


def test_hashes_made_with_a_former_secret_still_count(install, sandbox, run_jobs) -> None:
    member = install("administrator", credential=True)
    occurrence = stage.book(member)
    make_person(occurrence.meeting, "张三", 23)
    stage.play(sandbox, occurrence, [HOST, came("a", "a", phone=f"{PHONE_BLOCK}0023")])
    stage.pull(occurrence, run_jobs)
    organisation = member.organisation
    organisation.former_secret_ids = organisation.enterprise_credential.secret_id
    organisation.save()
    organisation.enterprise_credential.secret_id = "another"
    organisation.enterprise_credential.save()
    occurrence = Occurrence.objects.get(pk=occurrence.pk)
    stage.rematch(occurrence)
    assert stage.tiers(occurrence)["a"] == ("certain", "phone_hash", "张三")


def test_hashes_of_a_secret_nobody_knows_are_no_evidence_against_anybody(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install("administrator", credential=True), enrolment=True)
    person = make_person(occurrence.meeting, "张三", 24)
    stage.enrol(person)
    number = f"{PHONE_BLOCK}0024"
    stage.play(sandbox, occurrence, [HOST, came("a", "张三", phone=number, enroll_phone=number)])
    stage.pull(occurrence, run_jobs)
    Visit.objects.update(phone_hash="F" * 64)
    stage.rematch(occurrence)
    assert codes("张三") == ["key_agrees", "name_agrees"]


def test_somebody_without_a_phone_has_no_wrong_phone_but_none(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install("administrator", credential=True))
    person = make_person(occurrence.meeting, "张三", 25)
    link = stage.link_of(person)
    stage.play(sandbox, occurrence, [HOST, came("a", "张三", link=link)])
    stage.pull(occurrence, run_jobs)
    assert codes("张三") == ["key_agrees", "name_agrees", "keys_missing"]


def codes(name: str) -> list[str]:
    """Give the codes of the evidence for a participant."""
    return [code for code, *_ in Match.objects.get(run__current=True, participant__name=name).evidence]


def test_twins_on_the_list_stay_open_and_are_undecided(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    make_person(occurrence.meeting, "张三", 31, company="甲")
    make_person(occurrence.meeting, "张三", 32, company="乙")
    stage.play(sandbox, occurrence, [HOST, came("a", "张三")])
    stage.pull(occurrence, run_jobs)
    match = Match.objects.get(participant__name="张三")
    assert (match.tier, match.person, len(match.candidates)) == ("likely", None, 2)
    assert list(Outcome.objects.values_list("state", flat=True)) == ["undecided", "undecided"]


def test_a_name_only_proposes_until_the_organisation_says_otherwise(install, sandbox, run_jobs) -> None:
    member = install()
    occurrence = stage.book(member)
    make_person(occurrence.meeting, "欧阳靖宇", 33)
    stage.play(sandbox, occurrence, [HOST, came("a", "欧阳靖宇")])
    stage.pull(occurrence, run_jobs)
    assert stage.tiers(occurrence)["欧阳靖宇"][0] == "likely"
    member.organisation.policy = "balanced"
    member.organisation.save()
    stage.rematch(Occurrence.objects.get(pk=occurrence.pk))
    assert stage.tiers(occurrence)["欧阳靖宇"] == ("certain", "name", "欧阳靖宇")
    assert stage.current(occurrence).policy.startswith("balanced")


def test_both_sides_of_the_counts_add_up_and_equal_the_rows(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), enrolment=True)
    people = [make_person(occurrence.meeting, name, 40 + n) for n, name in enumerate(("张三", "李四", "王五", "赵六"))]
    stage.enrol(people[0], people[1])
    script = [
        HOST,
        came("a", "张三", phone=f"{PHONE_BLOCK}0040", enroll_phone=f"{PHONE_BLOCK}0040"),
        came("b", "李四", stay(0, 10), phone=f"{PHONE_BLOCK}0041", enroll_phone=f"{PHONE_BLOCK}0041"),
        came("c", "王五"),
        came("d", "iPhone"),
    ]
    stage.play(sandbox, occurrence, script)
    stage.pull(occurrence, run_jobs)
    assert stage.states(occurrence) == {"张三": "attended", "李四": "partly", "王五": "undecided", "赵六": "absent"}
    counts = stage.current(occurrence).counts
    assert counts == {
        "expected": 4, "attended": 1, "partly": 1, "absent": 1, "undecided": 1,
        "participants": 5, "matched": 2, "walk_in": 1, "review": 1, "conflict": 0, "ignored": 1, "without": [],
        "staff": 0, "barred": 0, "maybe_barred": 0,
    }  # fmt: skip


def test_the_same_input_makes_no_new_run(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    make_person(occurrence.meeting, "张三")
    stage.play(sandbox, occurrence, [HOST, came("a", "张三")])
    stage.pull(occurrence, run_jobs)
    before = list(MatchRun.objects.values_list()), list(Outcome.objects.values_list())
    stage.pull(occurrence, run_jobs)
    stage.rematch(occurrence)
    assert (list(MatchRun.objects.values_list()), list(Outcome.objects.values_list())) == before


def test_late_data_make_a_new_run_and_the_former_one_is_kept(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    Occurrence.objects.update(state=Occurrence.State.SETTLING)
    occurrence.refresh_from_db()
    make_person(occurrence.meeting, "张三")
    stage.play(sandbox, occurrence, [HOST])
    stage.pull(occurrence, run_jobs)
    stage.play(sandbox, occurrence, [came("a", "张三")])
    stage.pull(occurrence, run_jobs)
    runs = list(MatchRun.objects.order_by("number").values_list("number", "current", "live"))
    assert runs == [(1, False, False), (2, True, False)]
    kept = Outcome.objects.order_by("run__number").values_list("run__number", "state")
    assert list(kept) == [(1, "absent"), (2, "undecided")]


def test_runs_made_while_the_meeting_runs_take_each_others_place(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), start=stage.now() - timedelta(minutes=20))
    Occurrence.objects.update(state=Occurrence.State.RUNNING)
    occurrence.refresh_from_db()
    make_person(occurrence.meeting, "张三")
    for number in range(3):
        stage.play(sandbox, occurrence, [came(f"p{number}", f"路人{number}", stay(number, None))], end=False)
        stage.pull(occurrence, run_jobs)
    assert list(MatchRun.objects.values_list("number", "current", "live")) == [(1, True, True)]
    assert Match.objects.count() == 3


def test_live_minutes_grow_without_a_new_run(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), start=stage.now() - timedelta(minutes=20), enrolment=True)
    Occurrence.objects.update(state=Occurrence.State.RUNNING)
    occurrence.refresh_from_db()
    person = make_person(occurrence.meeting, "张三", 51)
    stage.enrol(person)
    number = f"{PHONE_BLOCK}0051"
    people = [came("a", "张三", stay(0, None), phone=number, enroll_phone=number)]
    stage.play(sandbox, occurrence, people, end=False)
    stage.pull(occurrence, run_jobs)
    before = Outcome.objects.get()
    reconcile.match(occurrence, timezone.now() + timedelta(seconds=100))
    after = Outcome.objects.get()
    assert (before.still_in, after.still_in, after.run_id) == (True, True, before.run_id)
    assert 100 <= after.seconds - before.seconds <= 160


def test_people_removed_from_the_list_are_expected_no_more(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    person = make_person(occurrence.meeting, "张三")
    stage.play(sandbox, occurrence, [HOST])
    stage.pull(occurrence, run_jobs)
    person.removed_at = timezone.now()
    person.save()
    assert stage.rematch(occurrence).counts["expected"] == 0


def test_matching_goes_on_without_a_key_nobody_may_ask_for_and_says_so(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    make_person(occurrence.meeting, "张三", 61)
    script = [HOST, came("a", "电话", stay(0, 50, join_type=0, device=0), number=f"{PHONE_BLOCK}0061")]
    stage.play(sandbox, occurrence, script)
    stage.pull(occurrence, run_jobs)
    assert stage.current(occurrence).counts["without"] == ["pstn"]


def test_results_are_there_while_a_look_up_must_wait_and_complete_afterwards(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), enrolment=True)
    person = make_person(occurrence.meeting, "张三", 62)
    stage.enrol(person)
    number = f"{PHONE_BLOCK}0062"
    stage.play(sandbox, occurrence, [HOST, came("a", "iPhone", phone=number, enroll_phone=number)])
    asked = "POST /v1/meetings/{meeting_id}/enroll/ids"
    stage.fault(sandbox, "code", asked, error_code=190311, status=500)
    stage.pull(occurrence, run_jobs)
    assert (stage.current(occurrence).counts["without"], stage.states(occurrence)) == (["later"], {"张三": "absent"})
    stage.mend(sandbox)
    Job.objects.filter(task="attendance.match", state=Job.State.WAITING).update(due_at=timezone.now())
    run_jobs()
    assert (stage.current(occurrence).counts["without"], stage.states(occurrence)) == ([], {"张三": "attended"})


def test_final_results_keep_their_rule_and_later_data_are_only_proposed(install, sandbox, run_jobs) -> None:
    member = install()
    occurrence = stage.book(member)
    Occurrence.objects.update(state=Occurrence.State.SETTLING)
    occurrence.refresh_from_db()
    make_person(occurrence.meeting, "张三")
    stage.play(sandbox, occurrence, [HOST])
    stage.pull(occurrence, run_jobs)
    run = course.finalise(occurrence, member.user, timezone.now())
    assert (run.final, run.number, occurrence.state) == (True, 1, Occurrence.State.FINAL)
    MatchRun.objects.filter(pk=run.pk).update(rule={"min_share": 0.8, "min_minutes": 40, "version": "1"})
    stage.play(sandbox, occurrence, [came("a", "张三")])
    stage.pull(occurrence, run_jobs)
    assert stage.current(occurrence).number == 1
    later = MatchRun.objects.get(occurrence=occurrence, proposed=True)
    assert (later.number, later.standing, later.rule["min_share"]) == (2, "proposed", 0.8)
    assert course.reopen(occurrence, member.user, timezone.now()).final is False


def test_final_results_keep_their_policy_until_they_are_opened_again(db: None) -> None:
    member = make_member()
    occurrence = hall.hold(member)
    hall.match(occurrence)
    course.finalise(occurrence, member.user, timezone.now())
    Organisation.objects.update(policy=Organisation.Policy.BALANCED)
    occurrence = Occurrence.objects.get(pk=occurrence.pk)
    hall.come(occurrence, "王建国")
    assert hall.match(occurrence).policy == "strict-4"
    assert course.reopen(occurrence, member.user, timezone.now()).policy == "balanced-4"


def test_a_run_is_made_in_a_number_of_queries_that_does_not_grow(
    install, sandbox: Sandbox, run_jobs, django_assert_max_num_queries
) -> None:
    occurrence = stage.book(install())
    sandbox.post("bulk", meeting_id=occurrence.meeting.meeting_id, rows=300, seed=4)
    for number in range(30):
        make_person(occurrence.meeting, f"某人{number}")
    stage.pull(occurrence, run_jobs)
    make_person(occurrence.meeting, "张三")
    with django_assert_max_num_queries(53):
        stage.rematch(occurrence)


def test_who_left_after_the_last_end_heard_shows_that_a_later_one_was_lost(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    Occurrence.objects.update(ended_at=occurrence.start_at + timedelta(minutes=30))
    occurrence.refresh_from_db()
    stage.play(sandbox, occurrence, [HOST, came("a", "张三", stay(0, 55))])
    stage.pull(occurrence, run_jobs)
    assert Participant.objects.get(name="张三").seconds == 55 * 60


def test_a_decision_made_while_the_matching_runs_is_not_lost(install, sandbox, run_jobs, monkeypatch) -> None:
    occurrence = stage.book(install())
    person = make_person(occurrence.meeting, "张三")
    stage.play(sandbox, occurrence, [HOST, came("a", "路人")])
    stage.pull(occurrence, run_jobs)
    make_person(occurrence.meeting, "李四")
    true_decide, told = inputs.decide, []

    def decide_while_somebody_clicks(*columns: object) -> object:
        if not told:
            told.append(
                Decision.objects.create(
                    meeting=occurrence.meeting, occurrence=occurrence, person=person, verb="assign",
                    ms_open_id=stage.participant(occurrence, "路人").ms_open_id, by=occurrence.meeting.owner,
                )
            )  # fmt: skip
        return true_decide(*columns)

    monkeypatch.setattr(inputs, "decide", decide_while_somebody_clicks)
    stage.rematch(occurrence)
    assert stage.tiers(occurrence)["路人"] == ("certain", "human", "张三")


def test_a_number_shown_as_name_is_compared_with_how_the_listed_one_begins(db: None) -> None:
    occurrence = hall.hold(make_member(), [f"{family}{given}" for family in "周陈王赵" for given in ("晓梅", "子涵")])
    hall.come(occurrence, f"{PHONE_BLOCK}0001")
    hall.come(occurrence, "18800000002")
    run = hall.match(occurrence)
    assert list(inputs.read(occurrence, inputs.BALANCED).people.phone_head) == ["138", "138", *[""] * 6]
    by_number, by_ending = Match.objects.filter(run=run).order_by("participant__name")
    assert (by_number.tier, by_ending.tier) == (Match.Tier.LIKELY, Match.Tier.NONE)
