"""Pulling: every row once, exactly as the platform has it, whatever breaks on the way."""

from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendance import visits
from attendance.models import Pull, PulledPage, Visit
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent.wire import decoded
from tests.attendance import stage
from tests.attendance.stage import stay
from tests.conftest import Sandbox
from tests.tencent.conftest import Script

pytestmark = pytest.mark.django_db


def stored(occurrence: object) -> list[tuple]:
    """Give the visits as the platform words its rows, in a fixed order."""
    rows = Visit.objects.filter(occurrence=occurrence).values_list(
        "ms_open_id", "instanceid", "join_type", "join_time", "left_time", "user_name", "user_role"
    )
    return sorted(rows, key=str)


def told(rows: list[dict]) -> list[tuple]:
    """Give the platform's rows in the same form."""
    return sorted(
        (
            (
                row["ms_open_id"], row["instanceid"], row["join_type"], int(row["join_time"]),
                int(row["left_time"]) if row["left_time"] else None, decoded(row["user_name"]), row["user_role"],
            )
            for row in rows
        ),
        key=str,
    )  # fmt: skip


def bulk(sandbox: Sandbox, occurrence: object, rows: int) -> None:
    sandbox.post("bulk", meeting_id=occurrence.meeting.meeting_id, rows=rows, seed=3)


def test_all_pages_become_visits_equal_to_the_platforms_rows(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 430)
    job = stage.pull(occurrence, run_jobs)
    assert stored(occurrence) == told(stage.rows(sandbox, occurrence))
    assert (job.state, job.made, job.wanted, job.refused) == (Job.State.DONE, 430, 430, 0)
    pull = Pull.objects.get(occurrence=occurrence)
    assert (pull.state, pull.calls, pull.rows, pull.changed, pull.is_whole) == (Pull.State.DONE, 5, 430, 430, True)
    assert not PulledPage.objects.exists()


def test_a_second_pull_that_changes_nothing_writes_no_visit(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 250)
    stage.pull(occurrence, run_jobs)
    before = list(Visit.objects.order_by("pk").values_list())
    stage.pull(occurrence, run_jobs)
    assert list(Visit.objects.order_by("pk").values_list()) == before
    assert list(Pull.objects.order_by("pk").values_list("changed", flat=True)) == [250, 0]


def test_a_row_that_ended_meanwhile_is_a_new_version_of_the_same_row(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), start=stage.now() - timedelta(minutes=20))
    stage.play(sandbox, occurrence, [{"key": "a", "name": "李雷", "stays": [stay(1, None)]}], end=False)
    stage.pull(occurrence, run_jobs)
    assert Visit.objects.values_list("left_time", "version").get() == (None, 1)
    stage.play(sandbox, occurrence, [], end=15 * 60)
    stage.pull(occurrence, run_jobs)
    left = int((occurrence.start_at + timedelta(minutes=15)).timestamp())
    assert Visit.objects.values_list("left_time", "version").get() == (left, 2)


def test_equal_rows_are_kept_apart_and_stay_the_same_rows(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    twice = [stay(1, 5), stay(1, 30)]
    stage.play(sandbox, occurrence, [{"key": "a", "name": "李雷", "stays": twice}])
    stage.pull(occurrence, run_jobs)
    before = list(Visit.objects.order_by("ordinal").values_list("ordinal", "left_time", "version"))
    assert [row[0] for row in before] == [0, 1]
    stage.pull(occurrence, run_jobs)
    assert list(Visit.objects.order_by("ordinal").values_list("ordinal", "left_time", "version")) == before


def test_equal_rows_on_two_pages_are_kept_apart_even_across_a_crash(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    others = [{"key": f"o{n}", "name": f"路人{n}", "stays": [stay(1, 20)]} for n in range(99)]
    stage.play(sandbox, occurrence, [{"key": "a", "name": "李雷", "stays": [stay(1, 5)]}], end=False)
    stage.play(sandbox, occurrence, others, end=False)
    stage.play(sandbox, occurrence, [{"key": "a", "name": "李雷", "stays": [stay(1, 9)]}], end=False)
    stage.fault(sandbox, "code", nth=2, times=4, error_code=190311, status=500)
    job = stage.pull(occurrence, run_jobs)
    assert (job.state, Visit.objects.count()) == (Job.State.WAITING, 100)
    stage.mend(sandbox)
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    run_jobs()
    assert stored(occurrence) == told(stage.rows(sandbox, occurrence))
    assert Visit.objects.count() == 101


@pytest.mark.parametrize("kind", ["cut_before", "truncate", "not_json", "cut_after_commit"])
def test_a_pull_broken_in_the_middle_goes_on_at_its_page(install, sandbox, run_jobs, kind: str) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 450)
    stage.fault(sandbox, kind, nth=3, times=4)
    job = stage.pull(occurrence, run_jobs)
    assert (job.state, job.error_code, Visit.objects.count()) == (Job.State.WAITING, "TryAgain", 200)
    before = stage.calls(sandbox)
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    run_jobs()
    assert stored(occurrence) == told(stage.rows(sandbox, occurrence))
    assert stage.calls(sandbox) - before == 3
    assert Pull.objects.get().state == Pull.State.DONE


def test_a_page_whose_storing_fails_leaves_neither_rows_nor_cursor(install, sandbox, run_jobs, monkeypatch) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 250)
    true_progress, pages = queue.progress, []

    def die_on_the_second(job: Job, **figures: int) -> None:
        pages.append(figures)
        if len(pages) == 2:
            raise MemoryError
        true_progress(job, **figures)

    monkeypatch.setattr(queue, "progress", die_on_the_second)
    job = stage.pull(occurrence, run_jobs)
    assert (Visit.objects.count(), Pull.objects.get().rows, PulledPage.objects.count()) == (100, 100, 1)
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    run_jobs()
    assert stored(occurrence) == told(stage.rows(sandbox, occurrence))


def test_a_stuck_cursor_stops_within_three_calls_and_says_so(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 450)
    stage.fault(sandbox, "stuck_cursor")
    before = stage.calls(sandbox)
    job = stage.pull(occurrence, run_jobs)
    assert (job.state, job.error_code) == (Job.State.FAILED, "StuckCursor")
    assert stage.calls(sandbox) - before <= 3
    assert Pull.objects.values_list("state", "error_code").get() == (Pull.State.FAILED, "StuckCursor")
    stage.mend(sandbox)
    stage.pull(occurrence, run_jobs)
    assert stored(occurrence) == told(stage.rows(sandbox, occurrence))


def test_a_meeting_longer_than_the_platform_lists_is_read_in_windows(install, sandbox, run_jobs, monkeypatch) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 900)
    sandbox.post("switches", participants_row_cap=300)
    monkeypatch.setattr(visits, "MOST_LISTED", 300)
    job = stage.pull(occurrence, run_jobs)
    assert job.state == Job.State.DONE
    assert stored(occurrence) == told(stage.rows(sandbox, occurrence))
    assert Pull.objects.get().is_whole


def test_a_series_longer_than_the_platform_lists_says_that_rows_may_lack(
    install, sandbox, run_jobs, monkeypatch
) -> None:
    occurrence = stage.book_series(install(), start=stage.now() - timedelta(minutes=50))[0]
    people = [{"key": f"p{n}", "name": f"路人{n}", "stays": [stay(1, 20)]} for n in range(150)]
    stage.play(sandbox, occurrence, people)
    sandbox.post("switches", participants_row_cap=100)
    monkeypatch.setattr(visits, "MOST_LISTED", 100)
    stage.pull(occurrence, run_jobs)
    pull = Pull.objects.get()
    assert (pull.state, pull.rows, pull.error_code, pull.is_whole) == (Pull.State.DONE, 100, "row_limit", False)


def test_each_occurrence_of_a_series_gets_its_own_rows(install, sandbox, run_jobs) -> None:
    first, second = stage.book_series(install(), start=stage.now() - timedelta(minutes=50))
    stage.play(sandbox, first, [{"key": "a", "name": "李雷", "stays": [stay(1, 20)]}])
    stage.pull(first, run_jobs)
    stage.pull(second, run_jobs)
    assert stored(first) == told(stage.rows(sandbox, first)) != []
    assert stored(second) == []


def test_rows_the_platform_forgot_stay_and_say_since_when(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 120)
    stage.pull(occurrence, run_jobs)
    sandbox.post("switches", participants_row_cap=110)
    stage.pull(occurrence, run_jobs)
    assert (Visit.objects.count(), Visit.objects.exclude(missing_since=None).count()) == (120, 10)
    sandbox.post("switches", participants_row_cap=50_000)
    stage.pull(occurrence, run_jobs)
    assert Visit.objects.exclude(missing_since=None).count() == 0


def test_a_worker_that_lost_its_job_writes_nothing_more(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 150)
    visits.order(occurrence)
    job = queue.claim(Job.objects.get(task="attendance.pull").pk)
    Job.objects.filter(pk=job.pk).update(lease="taken-by-another")
    with pytest.raises(queue.LostLease):
        visits.pull(occurrence, job)
    assert Visit.objects.count() == 0


def test_only_one_pull_waits_however_often_it_is_ordered(install, run_jobs) -> None:
    occurrence = stage.book(install())
    assert {visits.order(occurrence).pk for _ in range(5)} == {Job.objects.get(task="attendance.pull").pk}


def test_live_pulls_keep_a_distance_that_grows_with_the_meeting(install, run_jobs) -> None:
    occurrence = stage.book(install())
    now = timezone.now()
    Pull.objects.create(occurrence=occurrence, started_at=now, state=Pull.State.DONE, calls=3)
    assert visits.order_soon(occurrence, now).due_at == now + timedelta(seconds=20)
    Job.objects.all().delete()
    Pull.objects.update(calls=50)
    assert visits.order_soon(occurrence, now).due_at == now + timedelta(seconds=50)


def test_a_meeting_that_has_not_begun_is_no_error(install, run_jobs) -> None:
    occurrence = stage.book(install(), start=stage.now() + timedelta(hours=1))
    assert stage.pull(occurrence, run_jobs).state == Job.State.DONE
    assert (Visit.objects.count(), occurrence.runs.count()) == (0, 0)


def test_numbers_in_displayed_names_are_masked_before_they_are_stored(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    people = [{"key": "a", "name": "李雷13800000007", "stays": [stay(1, 20)]}]
    stage.play(sandbox, occurrence, people)
    stage.pull(occurrence, run_jobs)
    assert Visit.objects.get().user_name == "李雷138****0007"


def test_a_page_is_stored_in_few_statements(install, sandbox, run_jobs) -> None:
    occurrence = stage.book(install())
    bulk(sandbox, occurrence, 100)
    visits.order(occurrence)
    with CaptureQueriesContext(connection) as said:
        run_jobs()
    inserts = [query for query in said if 'INSERT INTO "attendance_visit"' in query["sql"]]
    assert len(inserts) == 1




def row(who: str, joined: int) -> dict:
    """Give a row as the platform words it."""
    return {"ms_open_id": who, "user_name": "", "join_time": str(joined) if joined else "", "instanceid": 1}


def page(*rows: dict, total: int = 0, following: str = "") -> dict:
    """Give a page as the platform words it."""
    return {"participants": list(rows), "total_count": total, "has_remaining": bool(following), "next_pos": following}


def read_scripted(occurrence: object, platform: Script, settings: object, *pages: dict) -> Job:
    """Pull from a platform that answers what a test says."""
    settings.TENCENT_API_URL = platform.url
    platform.answers(*pages)
    visits.order(occurrence)
    job = Job.objects.get(task="attendance.pull")
    current_app.tasks["attendance.pull"].run(job.pk)
    job.refresh_from_db()
    return job


def test_pages_without_rows_that_promise_more_are_a_stuck_cursor(install, settings, platform) -> None:
    occurrence = stage.book(install())
    job = read_scripted(occurrence, platform, settings, page(row("a", 100), following="7"), page(following="8"))
    assert (job.state, job.error_code, len(platform.seen)) == (Job.State.FAILED, "StuckCursor", 2)


def test_a_row_that_tells_no_time_is_counted_as_refused(install, settings, platform) -> None:
    occurrence = stage.book(install())
    job = read_scripted(occurrence, platform, settings, page(row("a", 100), row("b", 0), total=2))
    assert (job.state, job.refused, Visit.objects.count()) == (Job.State.DONE, 1, 1)
    assert Pull.objects.get().is_whole


def test_a_platform_that_ignores_the_window_is_read_in_one_piece_and_nothing_twice(
    install, settings, platform, monkeypatch
) -> None:
    occurrence = stage.book(install())
    monkeypatch.setattr(visits, "MOST_LISTED", 2)
    inside = int(occurrence.start_at.timestamp()) - 3600
    rows = [row("a", inside), row("b", 100)]
    job = read_scripted(
        occurrence, platform, settings, page(*rows, total=2), page(rows[0], total=1, following="7"),
        page(rows[1], total=1), page(*rows, total=2),
    )  # fmt: skip
    assert job.state == Job.State.DONE
    assert sorted(Visit.objects.values_list("ms_open_id", "ordinal")) == [("a", 0), ("b", 0)]
    assert (Pull.objects.get().error_code, Pull.objects.get().is_whole) == ("window_ignored", False)
