"""A worker is cut off in the middle of its work: nothing is lost, nothing is done twice (proofs B and C)."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from attendance import progress, visits
from attendance.bench import rooms, rows
from attendance.models import Match, MatchRun, Outcome, Participant, Visit
from attendance.reconcile import reconcile
from attendance.review import order_match
from attendance.stages import Stage
from meetings import links
from meetings.credentials import client_of
from meetings.models import ExclusiveLink
from portal.accounts.models import Membership
from portal.jobs.models import Job
from portal.tencent import links as wire
from tests import rounds
from tests.attendance import stage
from tests.factories import make_person
from tests.meetings.booked import LINK, book, moods
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]


def wait_until(what: Callable[[], object], patience: float = 60, pause: float = 0.05) -> None:
    """Wait for other processes; the only place where these tests sleep."""
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, f"it did not happen within {patience} s; jobs: {jobs()}"
        time.sleep(pause)


def jobs() -> list[tuple]:
    return list(Job.objects.values_list("task", "state", "made", "error_code", "error_detail"))


@pytest.fixture
def administrator(stack: Stack) -> Membership:
    return rounds.install(stack.sandbox.world, "administrator", credential=True)


def test_two_hundred_links_survive_a_killed_worker_with_one_link_a_person(
    stack: Stack, administrator: Membership
) -> None:
    slow = {"call": LINK, "every": 1, "kind": "latency", "seconds": 0.02}
    lost = {"call": LINK, "every": 9, "kind": "cut_after_commit"}
    with moods(stack.sandbox, slow, lost):
        meeting = book(administrator)
        people = [make_person(meeting, f"林{number}") for number in range(200)]
        links.ask(meeting, people, by=administrator.user)
        made = ExclusiveLink.objects.filter(meeting=meeting, state=ExclusiveLink.State.MADE)
        wait_until(lambda: made.count() >= 40)
        stack.kill_worker()
        at_the_kill = made.count()
        stack.restart_worker()
        wait_until(lambda: made.count() == 200, patience=120)
    assert at_the_kill < 200, "the worker was killed too late to prove anything"
    client = client_of(meeting, "links.list_all")
    tags = Counter(link.tag for link in wire.list_all(client, meeting.meeting_id, kind="meetings"))
    assert tags == Counter(person.tag for person in people)
    assert made.values("url").distinct().count() == 200


def test_five_thousand_rows_survive_a_killed_worker(stack: Stack, administrator: Membership) -> None:
    slow = {"call": stage.PARTICIPANTS, "every": 1, "kind": "latency", "seconds": 0.04}
    with moods(stack.sandbox, slow):
        occurrence = stage.book(administrator, start=timezone.now().replace(microsecond=0) - timedelta(hours=3))
        stack.sandbox.post("bulk", meeting_id=occurrence.meeting.meeting_id, rows=5000, seed=5)
        visits.order(occurrence)
        wait_until(lambda: Visit.objects.count() >= 1500)
        stack.kill_worker()
        at_the_kill = Visit.objects.count()
        stack.restart_worker()
        wait_until(lambda: occurrence.runs.exists(), patience=120)
    assert at_the_kill < 5000, "the worker was killed too late to prove anything"
    assert held(occurrence) == happened(stack, occurrence)
    assert present(occurrence) == true_seconds(stack, occurrence)


def test_a_matching_survives_workers_killed_while_it_reads_computes_and_stores(stack: Stack) -> None:
    occurrence = rows.seed(rooms.make("mixed", 4000, 4, rows=8000))
    order_match(occurrence)
    for part in (Stage.LIST, Stage.MATCHING, Stage.STORING):
        wait_until(lambda part=part: reached() >= part or MatchRun.objects.exists(), pause=0.002)
        stack.kill_worker()
        # On a busy machine the last stage may be over before the worker dies: then everything is there at once.
        if part == Stage.STORING and MatchRun.objects.exists():
            assert Outcome.objects.count() == 8000
            stack.restart_worker()
            break
        assert (MatchRun.objects.count(), Outcome.objects.count()) == (0, 0), f"killed too late, in stage {reached()}"
        (line,) = progress.of(progress.RESULTS, occurrence.meeting, occurrence).lines
        assert (line.stage, line.moving) == (progress.STAGES[reached()], True)
        stack.restart_worker()
    wait_until(lambda: MatchRun.objects.exists() and not Job.objects.open().exists())
    assert progress.of(progress.RESULTS, occurrence.meeting, occurrence).lines == []
    (run,) = MatchRun.objects.all()
    survived = stored(run)
    run.delete()
    assert stored(reconcile(occurrence, timezone.now())) == survived
    assert (len(survived[1]), len(survived[2])) == (8000, Participant.objects.count())


def reached() -> int:
    """Give the stage a running matching told last; -1 while none runs."""
    running = Job.objects.filter(task="attendance.match", state=Job.State.RUNNING)
    return running.values_list("made", flat=True).first() or -1


def stored(run: MatchRun) -> tuple[object, ...]:
    """Give all that was written with a run, but for when and under which ids."""
    ours = {"id", "run_id", "number", "made_at"}
    names = [[field.attname for field in model._meta.fields if field.attname not in ours] for model in (MatchRun, Outcome, Match)]
    rows = (MatchRun.objects.filter(pk=run.pk), run.outcomes, run.matches)
    found = zip(names, ("pk", "person", "participant"), rows, strict=True)
    return tuple(list(query.order_by(order).values_list(*fields)) for fields, order, query in found)


def held(occurrence: object) -> Counter:
    fields = ("ms_open_id", "instanceid", "join_type", "join_time", "left_time")
    return Counter(Visit.objects.filter(occurrence=occurrence).values_list(*fields))


def happened(stack: Stack, occurrence: object) -> Counter:
    rows = stage.rows(stack.sandbox, occurrence)
    return Counter(
        (row["ms_open_id"], row["instanceid"], row["join_type"], int(row["join_time"]), int(row["left_time"]))
        for row in rows
    )


def present(occurrence: object) -> dict[str, int]:
    return dict(Participant.objects.filter(occurrence=occurrence).values_list("ms_open_id", "seconds"))


def true_seconds(stack: Stack, occurrence: object) -> dict[str, int]:
    people = stage.truth(stack.sandbox, occurrence)["people"]
    return {person["ms_open_ids"][0]: person["seconds"] for person in people}


def test_events_doubled_shuffled_and_lost_change_nothing(stack: Stack, administrator: Membership) -> None:
    figures = []
    for mischief in ({}, {"duplicate": 0.4, "shuffle": True, "lose": 0.05}):
        with moods(stack.sandbox):
            start = timezone.now().replace(microsecond=0) - timedelta(minutes=70)
            occurrence = stage.book(administrator, start=start)
            ann, bob = (make_person(occurrence.meeting, name, userid=userid) for name, userid in staff(stack))
            script = [
                {
                    "key": "a",
                    "name": "甲",
                    "userid": ann.userid,
                    "stays": [stage.stay(0, 30), stage.stay(20, 50, device=2)],
                },
                {"key": "b", "name": "乙", "userid": bob.userid, "stays": [stage.stay(5, 10), stage.stay(40, 60)]},
            ]
            stage.play(stack.sandbox, occurrence, script, events={"send": True, **mischief}, end=True)
            if mischief:
                visits.order(occurrence)
            wait_until(lambda occurrence=occurrence: Outcome.objects.filter(run__occurrence=occurrence, run__current=True,
                                                                           seconds__gt=0).count() == 2)  # fmt: skip
            wait_until(lambda: not Job.objects.filter(state__in=Job.OPEN, due_at__lte=timezone.now()).exists())
        rows = Outcome.objects.filter(run__occurrence=occurrence, run__current=True).order_by("person__userid")
        figures.append(list(rows.values_list("state", "seconds", "entries", "late_by", "key")))
    assert figures[0] == figures[1]
    assert sorted(seconds for _, seconds, *_ in figures[0]) == [25 * 60, 50 * 60]


def staff(stack: Stack) -> list[tuple[str, str]]:
    users = [user for user in stack.sandbox.world["enterprises"][0]["users"] if not user["organises"]]
    return [(user["name"], user["userid"]) for user in users[:2]]


def test_work_whose_message_was_never_sent_is_done_by_the_sweeper(stack: Stack, administrator: Membership) -> None:
    occurrence = stage.book(administrator)
    # As a crash between the commit and the message leaves it.
    job = Job.objects.create(
        task="attendance.pull",
        key="lost",
        subject="test",
        arguments={"occurrence_id": occurrence.pk},
        due_at=timezone.now(),
    )
    wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, patience=30)
