"""The whole way is measured on a real worker: its stages are seen, and a second run writes nothing."""

import io

import pytest
from django.core.management import call_command

from attendance.bench import rooms, rows
from attendance.models import MatchRun, Outcome
from attendance.reconcile import reconcile


def test_a_worker_matches_a_room_and_does_nothing_the_second_time() -> None:
    out = io.StringIO()
    call_command("bench", "run", "--visits", "60", "--rows", "120", stdout=out)
    told = out.getvalue().splitlines()
    first, again = (next(line for line in told if line.startswith(name)) for name in ("first run", "nothing changed"))
    assert int(first.split()[-3].replace(",", "")) > 120
    assert again.split()[-3] == "0"
    assert "expected 120" in told[-1]


@pytest.mark.django_db
def test_a_room_in_the_database_is_matched_by_its_keys_and_every_stage_is_told_in_order() -> None:
    occurrence, told = rows.seed(rooms.make("mixed", 120, 3)), []
    run = reconcile(occurrence, occurrence.ended_at, told.append)
    assert MatchRun.objects.get() == run
    assert run.counts["expected"] == Outcome.objects.count() == 240
    keys = set(Outcome.objects.exclude(key="").values_list("key", flat=True))
    assert {"enroll_id", "phone_hash"} <= keys
    assert told == sorted(told)
    assert len(set(told)) == 7
