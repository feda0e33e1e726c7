"""Many rows are written at once, whatever the database: only what differs is touched. Run on PostgreSQL too."""

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


def write(rows: list[tuple[object, ...]]) -> int:
    return upsert(Participant, FIELDS, iter(rows), key=["occurrence", "ms_open_id"], at_insert=EMPTY)


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
