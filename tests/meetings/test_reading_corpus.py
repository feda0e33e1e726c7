"""Every kind of list file there is, each with what must come of it."""

import pytest

from meetings.lists.faults import Unreadable
from meetings.lists.reading import opened
from tests.data.lists.good import GOOD
from tests.data.lists.hostile import BOMBS, BROKEN_FILES
from tests.data.lists.kinds import Kind, Read, Refused


def outcome(kind: Kind) -> Read | Refused:
    """Read a file to its end, and say what came of it."""
    try:
        with opened(kind.file_name, kind.body(), **kind.chosen) as sheet:
            rows = tuple((line.number, *line.cells) for line in sheet.rows)
            skipped = tuple((each.number, each.why) for each in sheet.skipped)
            return Read(sheet.columns, rows, sheet.header_line, sheet.sheet, skipped)
    except Unreadable as error:
        return Refused(error.code, error.place)


@pytest.mark.parametrize("kind", GOOD.values(), ids=GOOD.keys())
def test_a_list_is_read_as_it_was_written(kind: Kind) -> None:
    assert outcome(kind) == kind.outcome


@pytest.mark.parametrize("kind", BROKEN_FILES.values(), ids=BROKEN_FILES.keys())
def test_a_broken_file_is_refused_with_its_reason_and_place(kind: Kind) -> None:
    assert outcome(kind) == kind.outcome


@pytest.mark.parametrize("kind", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused(kind: Kind) -> None:
    assert outcome(kind) == kind.outcome


def test_there_are_at_least_sixty_kinds() -> None:
    assert len(GOOD) + len(BROKEN_FILES) + len(BOMBS) >= 60
