"""What humans say wins, outlives every run, and can be taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance import review
from attendance.models import Decision, Match, MatchRun, Participant, Visit
from attendance.review import Choice, NotDecidable, Verb
from meetings.models import Occurrence
from portal.audit.models import Entry
from portal.jobs.models import Job
from tests.attendance import stage
from tests.factories import make_meeting, make_member, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def occurrence() -> Occurrence:
    """A meeting that is over: 张三 twice on the list, 李四 once; 张三, 李四 and a stranger came."""
    member = make_member()
    meeting = make_meeting(member)
    occurrence = meeting.occurrences.get()
    occurrence.state = Occurrence.State.SETTLING
    occurrence.save()
    for name, company in (("张三", "甲"), ("张三", "乙"), ("李四", "丙")):
        make_person(meeting, name, company=company)
    for who, name, minutes in (("m1", "张三", 50), ("m2", "李四", 10), ("m3", "路过的人", 60)):
        come(occurrence, who, name, minutes)
    stage.rematch(occurrence)
    return occurrence


def come(occurrence: Occurrence, who: str, name: str, minutes: int) -> None:
    start = int(occurrence.start_at.timestamp())
    Visit.objects.create(
        occurrence=occurrence, ms_open_id=who, instanceid=1, join_time=start, left_time=start + minutes * 60,
        user_name=name,
    )  # fmt: skip


def person(occurrence: Occurrence, company: str) -> object:
    return occurrence.meeting.people.get(company=company)


def test_a_confirmed_person_is_certain_at_once_and_the_other_twin_is_absent(occurrence) -> None:
    owner = occurrence.meeting.owner
    review.decide(stage.participant(occurrence, "张三"), Verb.CONFIRM, person(occurrence, "甲"), owner)
    assert stage.tiers(occurrence)["张三"] == ("certain", "human", "张三")
    states = stage.current(occurrence).outcomes.values_list("person__company", "state")
    assert dict(states) == {"甲": "attended", "乙": "absent", "丙": "undecided"}


def test_a_decision_survives_the_next_run_with_new_data_and_a_changed_list(occurrence) -> None:
    owner = occurrence.meeting.owner
    review.decide(stage.participant(occurrence, "张三"), Verb.CONFIRM, person(occurrence, "乙"), owner)
    come(occurrence, "m4", "又一个人", 5)
    make_person(occurrence.meeting, "张三", company="丁")
    run = stage.rematch(occurrence)
    assert run.number == 3
    found = Match.objects.get(run=run, participant__name="张三")
    assert (found.tier, found.person, found.evidence[0][0]) == (
        "certain", person(occurrence, "乙"), "human_confirmed",
    )  # fmt: skip


def test_undone_decisions_give_way_to_what_was_said_before(occurrence) -> None:
    owner, who = occurrence.meeting.owner, stage.participant(occurrence, "张三")
    review.decide(who, Verb.CONFIRM, person(occurrence, "甲"), owner)
    second = review.decide(who, Verb.ASSIGN, person(occurrence, "丙"), owner)
    assert stage.tiers(occurrence)["张三"][2] == "李四"
    assert review.undo(second, owner) is True
    assert Match.objects.get(run__current=True, participant=who).person == person(occurrence, "甲")
    assert review.undo(second, owner) is False
    first = Decision.objects.standing().get()
    review.undo(first, owner)
    assert stage.tiers(occurrence)["张三"][0] == "likely"


def test_a_rejected_person_is_not_proposed_again_while_the_rest_stay(occurrence) -> None:
    who = stage.participant(occurrence, "张三")
    review.decide(who, Verb.REJECT, person(occurrence, "甲"), occurrence.meeting.owner)
    match = Match.objects.get(run__current=True, participant=who)
    assert [one["person"] for one in match.candidates] == [person(occurrence, "乙").pk]


def test_rejecting_whom_one_confirmed_takes_the_confirmation_back(occurrence) -> None:
    owner, who = occurrence.meeting.owner, stage.participant(occurrence, "李四")
    review.decide(who, Verb.CONFIRM, person(occurrence, "丙"), owner)
    review.decide(who, Verb.REJECT, person(occurrence, "丙"), owner)
    assert stage.tiers(occurrence)["李四"] == ("none", "", None)


def test_nobody_of_the_list_is_a_walk_in_and_ignored_is_set_aside(occurrence) -> None:
    owner = occurrence.meeting.owner
    review.decide(stage.participant(occurrence, "张三"), Verb.REJECT, None, owner)
    review.decide(stage.participant(occurrence, "路过的人"), Verb.IGNORE, None, owner)
    said = stage.tiers(occurrence)
    assert (said["张三"][0], said["路过的人"][0]) == ("none", "ignored")
    assert stage.current(occurrence).counts["ignored"] == 1


def test_somebody_found_under_no_name_can_be_assigned_by_hand(occurrence) -> None:
    who = stage.participant(occurrence, "路过的人")
    review.decide(who, Verb.ASSIGN, person(occurrence, "丙"), occurrence.meeting.owner)
    states = stage.current(occurrence).outcomes.values_list("person__company", "state")
    assert dict(states)["丙"] == "attended"


def test_every_decision_and_undo_is_in_the_log_without_a_name(occurrence) -> None:
    owner, who = occurrence.meeting.owner, stage.participant(occurrence, "张三")
    decision = review.decide(who, Verb.CONFIRM, person(occurrence, "甲"), owner, "看过名片")
    review.undo(decision, owner)
    entries = Entry.objects.filter(action__startswith="match.").order_by("number")
    assert [entry.action for entry in entries] == ["match.decide", "match.undo"]
    assert entries[0].detail == {
        "decision": decision.pk, "occurrence": occurrence.pk, "verb": "confirm",
        "person": person(occurrence, "甲").pk,
    }  # fmt: skip


def test_the_same_word_twice_is_one_decision(occurrence) -> None:
    who = stage.participant(occurrence, "张三")
    owner = occurrence.meeting.owner
    once = [review.decide(who, Verb.CONFIRM, person(occurrence, "甲"), owner).pk for _ in range(2)]
    assert (len(set(once)), Decision.objects.count()) == (1, 1)


def test_many_are_decided_together_or_not_at_all(occurrence) -> None:
    owner = occurrence.meeting.owner
    stranger = make_person(make_meeting(make_member()), "别人")
    good = Choice(stage.participant(occurrence, "李四"), Verb.CONFIRM, person(occurrence, "丙"))
    with pytest.raises(NotDecidable, match="not_on_list"):
        review.decide_many([good, Choice(stage.participant(occurrence, "张三"), Verb.CONFIRM, stranger)], owner)
    assert Decision.objects.count() == 0
    third = Choice(stage.participant(occurrence, "路过的人"), Verb.IGNORE)
    assert len(review.decide_many([good, third], owner)) == 2
    assert MatchRun.objects.count() == 2


@pytest.mark.parametrize(
    ("verb", "company", "code"),
    [(Verb.CONFIRM, None, "needs_person"), (Verb.ASSIGN, None, "needs_person"), (Verb.IGNORE, "甲", "takes_no_person")],
)
def test_a_decision_that_makes_no_sense_is_refused(occurrence, verb: str, company: str | None, code: str) -> None:
    about = person(occurrence, company) if company else None
    with pytest.raises(NotDecidable, match=code):
        review.decide(stage.participant(occurrence, "张三"), verb, about, occurrence.meeting.owner)


def test_a_person_who_left_the_list_can_no_longer_be_confirmed(occurrence) -> None:
    gone = person(occurrence, "甲")
    gone.removed_at = timezone.now()
    gone.save()
    with pytest.raises(NotDecidable, match="not_on_list"):
        review.decide(stage.participant(occurrence, "张三"), Verb.CONFIRM, gone, occurrence.meeting.owner)


def test_the_queue_begins_with_what_decides_most_and_then_with_who_was_there_longest(occurrence) -> None:
    make_person(occurrence.meeting, "王五", company="戊")
    for who, name, minutes in (("m5", "李 四", 55), ("m6", "王五&李四", 58), ("m7", "张三", 20)):
        come(occurrence, who, name, minutes)
    stage.rematch(occurrence)
    Match.objects.filter(participant__ms_open_id="m2").update(tier="conflict", doubt="conflict")
    waiting = [(match.participant.ms_open_id, match.doubt) for match in review.review_queue(occurrence)]
    assert waiting == [("m2", "conflict"), ("m1", "twins"), ("m7", "twins"), ("m5", "likely"), ("m6", "shared")]


def test_a_meeting_too_large_to_wait_for_is_matched_by_a_worker_once_for_a_quick_hand(occurrence, run_jobs, monkeypatch) -> None:
    monkeypatch.setattr(review, "MATCHED_AT_ONCE", 3)
    who = stage.participant(occurrence, "张三")
    review.decide(who, Verb.CONFIRM, person(occurrence, "甲"), occurrence.meeting.owner)
    review.decide(stage.participant(occurrence, "李四"), Verb.IGNORE, None, occurrence.meeting.owner)
    assert (stage.tiers(occurrence)["张三"][0], Job.objects.filter(task="attendance.match").count()) == ("likely", 1)
    Job.objects.update(due_at=timezone.now())
    run_jobs()
    assert stage.tiers(occurrence)["张三"][0] == "certain"


def test_who_was_confirmed_is_remembered_in_the_next_occurrence_of_the_series(occurrence) -> None:
    who = stage.participant(occurrence, "李四")
    review.decide(who, Verb.CONFIRM, person(occurrence, "丙"), occurrence.meeting.owner)
    meeting, day = occurrence.meeting, timedelta(days=-1)
    following = Occurrence.objects.create(
        meeting=meeting, sub_meeting_id="2", start_at=occurrence.start_at + day, end_at=occurrence.end_at + day,
        state=Occurrence.State.SETTLING,
    )  # fmt: skip
    come(following, "m2", "换了名字", 60)
    stage.rematch(following)
    assert stage.tiers(following)["换了名字"] == ("certain", "remembered", "李四")
    assert Participant.objects.filter(occurrence=following).count() == 1
