"""Many rows are written at once, whatever the database: only what differs is touched. Run on PostgreSQL too."""

import pytest

from attendance.bulk import MOST_ROWS, encoded, upsert
from attendance.models import Participant
from meetings.models import Occurrence
from tests.factories import make_meeting, make_member

FIELDS = ["occurrence", "ms_open_id", "name", "names", "seconds", "last_leave", "is_host"]
EMPTY = {"userid_looked_up": False, "enroll_id": "", "enroll_looked_up": False, "phone_indexes": ["p"], "callers_asked": "",
         "userid": "", "open_id": "", "phone_hash": "", "tags": [], "pstn": False, "is_enterprise_user": False,
         "retired": False, "entries": 0, "devices": [], "first_join": 7, "still_in": False}  # fmt: skip
MANY = 2 * MOST_ROWS + 1


def occurrence() -> Occurrence:
    return make_meeting(make_member()).occurrences.get()


def write(rows: list[tuple[object, ...]], **more: object) -> int:
    return upsert(Participant, FIELDS, iter(rows), key=["occurrence", "ms_open_id"], at_insert=EMPTY, **more)


def rows_of(held: Occurrence, count: int) -> list[tuple[object, ...]]:
    odd = "\t\\N, \"张\"\n'%s{}"
    return [(held.pk, f"who{at}", odd, encoded([odd]) if at % 2 else [odd], at, None, at % 2 == 0) for at in range(count)]


def test_few_rows_and_many_are_written_as_they_are_and_only_once(db: None) -> None:
    held = occurrence()
    for count, new in ((0, 0), (3, 3), (MOST_ROWS, MOST_ROWS - 3), (MANY, MANY - MOST_ROWS)):
        assert write(rows_of(held, count)) == new
        assert write(rows_of(held, count)) == 0
    stored = Participant.objects.order_by("pk").values_list(*FIELDS, "phone_indexes")
    asked = [(*row[:3], [row[2]], *row[4:], ["p"]) for row in rows_of(held, MANY)]
    assert list(stored) == asked


def test_of_many_rows_only_the_changed_ones_are_touched_and_what_was_looked_up_stays(db: None) -> None:
    held = occurrence()
    write(rows_of(held, MANY))
    Participant.objects.update(enroll_id="E1")
    changed = [(*row[:4], row[4] + (at < 7), *row[5:]) for at, row in enumerate(rows_of(held, MANY))]
    assert write(changed) == 7
    assert list(Participant.objects.order_by("pk").values_list("seconds", flat=True)[:9]) == [1, 2, 3, 4, 5, 6, 7, 7, 8]
    assert set(Participant.objects.values_list("enroll_id", flat=True)) == {"E1"}


@pytest.mark.parametrize("count", [3, MANY])
def test_a_quiet_column_is_no_difference_by_itself_and_written_along_with_one(db: None, count: int) -> None:
    held = occurrence()
    first = rows_of(held, count)
    assert write(first, quiet=["last_leave"], counter="entries") == count
    quiet = [(*row[:5], 99, row[6]) for row in first]
    assert write(quiet, quiet=["last_leave"], counter="entries") == 0
    assert set(Participant.objects.values_list("last_leave", "entries")) == {(None, 0)}
    told = [quiet[0], (*quiet[1][:4], 1000, *quiet[1][5:]), *quiet[2:]]
    assert write(told, quiet=["last_leave"], counter="entries") == 1
    rows = Participant.objects.order_by("pk").values_list("seconds", "last_leave", "entries")
    assert list(rows[:3]) == [(0, None, 0), (1000, 99, 1), (2, None, 0)]
    again = [told[0], (*told[1][:4], 1001, *told[1][5:]), *told[2:]]
    assert write(again, quiet=["last_leave"], counter="entries") == 1
    assert list(rows.all()[:3]) == [(0, None, 0), (1001, 99, 2), (2, None, 0)]


@pytest.mark.parametrize("count", [3, MANY])
def test_a_value_that_comes_where_there_was_none_is_a_difference_and_so_is_one_that_goes(db: None, count: int) -> None:
    held = occurrence()
    ended = [(*row[:5], 99, row[6]) for row in rows_of(held, count)]
    write(rows_of(held, count))
    assert [write(rows) for rows in (ended, ended, rows_of(held, count))] == [count, 0, count]
    assert set(Participant.objects.values_list("last_leave", flat=True)) == {None}


@pytest.mark.parametrize("count", [1, MANY])
def test_text_lies_in_the_database_as_it_is_read_and_empty_values_keep_their_kind(db: None, count: int) -> None:
    held = occurrence()
    kinds = [["张"], [], {}, "", 0, False, None]
    write([(*row[:3], kinds[at % len(kinds)], *row[4:]) for at, row in enumerate(rows_of(held, max(count, len(kinds))))])
    stored = list(Participant.objects.order_by("pk").values_list("names", flat=True)[: len(kinds)])
    assert [(type(each), each) for each in stored] == [(type(each), each) for each in kinds]
    # Searched as text: a name is not spelt in escapes.
    assert Participant.objects.filter(names__icontains="张").count() == -(-max(count, len(kinds)) // len(kinds))


def test_what_is_written_into_one_occurrence_leaves_the_others_alone(db: None) -> None:
    one, other = occurrence(), occurrence()
    assert [write(rows_of(each, 3)) for each in (one, other)] == [3, 3]
    assert write([(*row[:4], 50, *row[5:]) for row in rows_of(one, 3)]) == 3
    assert set(other.participants.values_list("seconds", flat=True)) == {0, 1, 2}
