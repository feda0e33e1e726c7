"""The floor: one pass with a dictionary of the names as they stand, and no intelligence."""

from attendance.bench.answers import CERTAIN, NONE, Answer, participants
from attendance.bench.rooms import Room


def run(room: Room) -> list[Answer]:
    """Look every displayed name up; the last row of a name wins."""
    rows = {row.name: at for at, row in enumerate(room.rows)}
    found = (rows.get(one.names[-1]) if one.names else None for one in participants(room))
    return [Answer(NONE, None, 0.0) if at is None else Answer(CERTAIN, at, 1.0, "name") for at in found]
