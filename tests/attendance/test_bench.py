"""The bench measures what it says: the same people, committed by each contender."""

import os
import time
from pathlib import Path

import pytest

from attendance.bench import import_ours, imports
from attendance.bench.measure import MEGABYTE, Cost, cost_of, held, median
from meetings.models import ExpectedPerson
from portal import phones

ROWS = 40
# The system counts the CPU of children in hundredths.
CLOCK_TICK = 0.02


def committed(into: object) -> set[tuple[str, ...]]:
    people = ExpectedPerson.objects.filter(listings__expected_list=into)
    fields = ("name", "phone_index", "phone_tail", "email", "company", "title", "userid", "code", "note", "row")
    return set(people.values_list(*fields))


@pytest.mark.django_db
def test_both_files_become_the_same_rows_with_a_phone_each(tmp_path: Path) -> None:
    into, rows = imports.make_list(), {}
    for kind, file in imports.make_files(tmp_path, ROWS).items():
        into.meeting.people.all().delete()
        into.uploads.all().delete()
        assert import_ours.run(file, into) == ROWS
        rows[kind] = committed(into)
    assert rows["xlsx"] == rows["csv"]
    assert len(rows["csv"]) == ROWS
    assert all(phones.parse(person.phone).mobile for person in ExpectedPerson.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("kind", imports.KINDS)
def test_the_peer_commits_what_ours_does(tmp_path: Path, kind: str) -> None:
    peer = pytest.importorskip("attendance.bench.import_pandas", exc_type=ImportError)
    into, file = imports.make_list(), imports.make_files(tmp_path, ROWS)[kind]
    assert peer.run(file, into) == ROWS
    theirs = committed(into)
    into.meeting.people.all().delete()
    import_ours.run(file, into)
    assert theirs == committed(into)


def test_medians_and_ratios_are_taken_figure_by_figure() -> None:
    costs = [Cost(1, 30, 200), Cost(3, 10, 100), Cost(2, 20, 900)]
    assert median(costs) == Cost(2, 20, 200)
    assert Cost(1, 5, 100).over(median(costs)) == Cost(0.5, 0.25, 0.5)


def test_a_cost_counts_the_work_and_nothing_before_it() -> None:
    before = time.process_time()
    busy = cost_of(lambda: sum(range(3_000_000)))
    assert 0 < busy.cpu <= time.process_time() - before + CLOCK_TICK
    assert busy.seconds > 0


def test_memory_is_told_in_megabytes() -> None:
    held_at_most = cost_of(lambda: b"x" * (64 * MEGABYTE)).megabytes
    assert 64 <= held_at_most < 64 * 1024
    assert 0 < held(os.getpid()) < 64 * 1024
