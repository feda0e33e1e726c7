"""Events set things going; doubled, shuffled or lost they change nothing about what comes out."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from attendance import course, reconcile
from attendance.models import Outcome, Participant, Pull, Visit
from meetings.models import Meeting, Occurrence
from portal.jobs import queue
from portal.jobs.models import Job
from portal.webhooks.models import Delivery, PlatformEvent
from tests.attendance import stage
from tests.attendance.stage import stay
from tests.conftest import Sandbox
from tests.factories import PHONE_BLOCK, make_meeting, make_member, make_person

SETTLING, RUNNING, PLANNED = Occurrence.State.SETTLING, Occurrence.State.RUNNING, Occurrence.State.PLANNED


def event(occurrence: Occurrence, name: str, minutes: float | None, **fields: object) -> PlatformEvent:
    """Put an event into the inbox: so many minutes after the scheduled start."""
    happened = None if minutes is None else occurrence.start_at + timedelta(minutes=minutes)
    meeting_id = fields.pop("meeting_id", occurrence.meeting.meeting_id)
    return PlatformEvent.objects.create(
        source="app", trace_id=f"t{PlatformEvent.objects.count()}", event=name, meeting_id=meeting_id,
        happened_at=happened, body="{}", **fields,
    )  # fmt: skip


@pytest.fixture
def occurrence(db: None) -> Occurrence:
    return make_meeting(make_member(make_organisation_of_the_app())).occurrences.get()


def make_organisation_of_the_app() -> object:
    member = make_member()
    member.organisation.sdk_id = settings.TENCENT_SDK_ID
    member.organisation.save()
    return member.organisation


def state_of(occurrence: Occurrence) -> tuple[str, float | None, float | None]:
    occurrence.refresh_from_db()

    def minutes(moment: object) -> float | None:
        return None if moment is None else (moment - occurrence.start_at).total_seconds() / 60

    return occurrence.state, minutes(occurrence.started_at), minutes(occurrence.ended_at)


STORY = [("meeting.started", 2), ("meeting.participant-joined", 3), ("meeting.end", 30), ("meeting.started", 35),
         ("meeting.participant-left", 50), ("meeting.end", 58)]  # fmt: skip


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (2, 5, 0, 3, 1, 4), (0, 0, 2, 2, 3, 1, 5, 5, 2, 3), (5, 0), (3, 0, 5)],
)
def test_the_earliest_start_and_the_latest_end_count_in_any_order(occurrence, order: tuple[int, ...]) -> None:
    for place in order:
        course.note_events([event(occurrence, *STORY[place])])
    assert state_of(occurrence) == (SETTLING, 2, 58)


def test_a_start_after_an_end_opens_the_meeting_again(occurrence) -> None:
    for name, minute in STORY[:4]:
        course.note_events([event(occurrence, name, minute)])
    assert state_of(occurrence) == (RUNNING, 2, 30)


@pytest.mark.django_db
def test_a_meeting_opened_again_counts_until_now_and_settles_without_its_second_end() -> None:
    member = make_member(make_organisation_of_the_app())
    occurrence = make_meeting(member, start=stage.now() - timedelta(minutes=90)).occurrences.get()
    course.note_events([event(occurrence, name, minute) for name, minute in STORY[:4]])
    occurrence.refresh_from_db()
    joined = int((occurrence.start_at + timedelta(minutes=36)).timestamp())
    Visit.objects.create(occurrence=occurrence, ms_open_id="a", join_time=joined)
    reconcile.match(occurrence, occurrence.start_at + timedelta(minutes=50))
    assert Participant.objects.values_list("seconds", "still_in").get() == (14 * 60, True)
    assert course.settle_missed(stage.now()) == 1
    assert state_of(occurrence)[0] == SETTLING


def test_the_end_orders_a_pull_now_one_soon_and_one_the_next_day(occurrence) -> None:
    before = timezone.now()
    for _ in range(3):
        course.note_events([event(occurrence, "meeting.end", 58)])
    jobs = Job.objects.order_by("due_at").values_list("task", "due_at")
    assert [task for task, _ in jobs] == ["attendance.pull", "attendance.pull_later", "attendance.pull_later"]
    pauses = [round((due - before).total_seconds(), -1) for _, due in jobs]
    assert pauses == [0, settings.PULL_AGAIN_SECONDS, 86400]


def test_the_later_pulls_become_pulls_when_they_are_due(occurrence, run_jobs) -> None:
    course.note_events([event(occurrence, "meeting.end", 58)])
    Job.objects.filter(task="attendance.pull").delete()
    Job.objects.filter(task="attendance.pull_later").update(due_at=timezone.now())
    run_jobs()
    done = Job.objects.filter(task="attendance.pull_later", state=Job.State.DONE)
    # Nobody is connected here, so the pull itself is parked and says why.
    parked = Job.objects.filter(task="attendance.pull", state=Job.State.FAILED, error_code="no_credential")
    assert (done.count(), parked.count()) == (2, 1)


def test_somebody_joining_makes_it_running_and_orders_one_pull_however_many_come(occurrence) -> None:
    for minute in range(1, 6):
        course.note_events([event(occurrence, "meeting.participant-joined", minute)])
    assert state_of(occurrence) == (RUNNING, None, None)
    assert Job.objects.filter(task="attendance.pull").count() == 1


def test_an_event_without_a_time_counts_by_its_arrival(occurrence) -> None:
    course.note_events([event(occurrence, "meeting.end", None)])
    occurrence.refresh_from_db()
    assert occurrence.ended_at == PlatformEvent.objects.get().received_at


def test_a_batch_of_events_comes_to_what_they_come_to_one_by_one(occurrence) -> None:
    course.note_events([event(occurrence, *told) for told in STORY])
    assert state_of(occurrence) == (SETTLING, 2, 58)


def test_every_delivery_is_marked_done_with_its_effect(occurrence, run_jobs) -> None:
    kept = [event(occurrence, "meeting.started", minute) for minute in range(3)]
    owed = [Delivery.objects.create(event=each, consumer="attendance.note_events") for each in kept]
    queue.enqueue("attendance.note_events", subject="test", about=occurrence.meeting.meeting_id)
    run_jobs()
    assert Delivery.objects.filter(pk__in=[each.pk for each in owed], done_at=None).count() == 0
    assert state_of(occurrence)[:2] == (RUNNING, 0)


def test_an_unknown_meeting_and_another_tenants_meeting_stay_untouched(occurrence) -> None:
    other = make_meeting(make_member()).occurrences.get()
    course.note_events([event(other, "meeting.end", 58)])
    course.note_events([event(occurrence, "meeting.end", 58, meeting_id="404")])
    assert {state_of(each) for each in (occurrence, other)} == {(PLANNED, None, None)}
    assert Job.objects.count() == 0


def test_an_event_of_a_series_belongs_to_its_occurrence_or_to_the_nearest(occurrence) -> None:
    day = timedelta(days=1)
    Meeting.objects.update(recurring=True)
    Occurrence.objects.update(sub_meeting_id="1")
    second = Occurrence.objects.create(
        meeting=occurrence.meeting, sub_meeting_id="2", start_at=occurrence.start_at + day,
        end_at=occurrence.end_at + day,
    )  # fmt: skip
    course.note_events([event(occurrence, "meeting.started", 1, sub_meeting_id="2")])
    assert (state_of(occurrence)[0], state_of(second)[0]) == (PLANNED, RUNNING)
    course.note_events([event(occurrence, "meeting.end", 58)])
    assert (state_of(occurrence)[0], state_of(second)[0]) == (SETTLING, RUNNING)


def test_a_meeting_whose_end_never_came_is_pulled_once_after_its_grace(occurrence) -> None:
    now = occurrence.end_at + timedelta(minutes=14)
    assert course.settle_missed(now) == 0
    assert course.settle_missed(now + timedelta(minutes=2)) == 1
    assert course.settle_missed(now + timedelta(minutes=62)) == 0
    assert state_of(occurrence)[0] == SETTLING
    assert Job.objects.filter(task="attendance.pull").count() == 1


def test_the_night_pulls_the_last_days_and_leaves_out_what_is_final_cancelled_or_to_come(occurrence) -> None:
    member = make_member(occurrence.meeting.organisation)
    now = timezone.now()
    for days, fields in ((-2, {}), (-20, {}), (2, {}), (-2, {"state": "cancelled"}), (-2, {"connected": False})):
        make_meeting(member, now + timedelta(days=days), **fields)
    final = make_meeting(member, now - timedelta(days=1)).occurrences.get()
    Occurrence.objects.filter(pk=final.pk).update(state="final")
    assert course.pull_recent(now) == 2


def tell(sandbox: Sandbox, run_jobs: Callable[[], int]) -> None:
    """Let all events arrive and do what they ask for."""
    patience = time.monotonic() + 60
    while sandbox.get("events")["pending"]:
        assert time.monotonic() < patience, "the events do not come to an end"
        time.sleep(0.05)
    while Job.objects.filter(state=Job.State.WAITING).exists():
        Job.objects.filter(state=Job.State.WAITING).update(due_at=timezone.now())
        run_jobs()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "noise",
    [
        {},
        {"duplicate": 1.0},
        {"shuffle": True, "duplicate": 0.5},
        {"lose": 0.5, "shuffle": True, "duplicate": 0.4},
        {"lose": 1.0},
    ],
    ids=["quiet", "doubled", "shuffled", "half lost", "all lost"],
)
def test_presence_equals_the_truth_whatever_happens_to_the_events(
    install, sandbox, run_jobs, monkeypatch, live_server, noise: dict
) -> None:
    # The server's threads must not keep connections to the tests' database.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    sandbox.post("portal", url=f"{live_server.url}/hooks/tencent/")
    occurrence = stage.book(install(), enrolment=True)
    persons = [make_person(occurrence.meeting, f"某人{n}", 100 + n) for n in range(8)]
    stage.enrol(*persons)
    people = [{"key": "host", "name": "主持", "kind": "host", "stays": [stay(2, 58)]}]
    for n in range(6):
        number = f"{PHONE_BLOCK}{100 + n:04d}"
        stays = [stay(n - 3, 20 + n), stay(25 + n, 45 + 2 * n)]
        people.append({"key": str(n), "name": f"某人{n}", "phone": number, "enroll_phone": number, "stays": stays})
    stage.play(sandbox, occurrence, people, events={"send": True, **noise}, end=True, seed=5)
    tell(sandbox, run_jobs)
    # What no event told is found by the hourly look at scheduled ends.
    course.settle_missed(timezone.now() + timedelta(hours=1))
    tell(sandbox, run_jobs)
    ours = Delivery.objects.filter(consumer="attendance.note_events")
    heard = ours.filter(event__meeting_id=occurrence.meeting.meeting_id, done_at__isnull=False).count()
    assert heard == 0 if noise.get("lose") == 1.0 else heard > 0
    true = stage.truth(sandbox, occurrence)
    assert (Visit.objects.count(), Pull.objects.filter(state="done").exists()) == (true["rows"], True)
    expected = {who: one["seconds"] for one in true["people"] for who in one["ms_open_ids"]}
    assert dict(Participant.objects.values_list("ms_open_id", "seconds")) == expected
    seconds = dict(Outcome.objects.filter(run__current=True).values_list("person__name", "seconds"))
    assert seconds == {one["name"]: one["seconds"] for one in true["people"][1:]} | {"某人6": 0, "某人7": 0}
    occurrence.refresh_from_db()
    assert occurrence.state == SETTLING
