"""The usual snippet: rapidfuzz's extractOne with WRatio over the whole list; above 1,000 rows on a sample."""

from random import Random

from rapidfuzz import fuzz, process

from attendance.bench.answers import Answer, participants
from attendance.bench.contest import UNASKED
from attendance.bench.peers.exact import NOBODY, by_keys, by_name, folded
from attendance.bench.rooms import Room

MOST_ASKED, LARGE_ASKED, LARGE = 300, 60, 20_001


def run(room: Room) -> list[Answer]:
    """Decide by keys first, then by the most alike name of all."""
    came = participants(room)
    most = LARGE_ASKED if len(room.rows) >= LARGE else MOST_ASKED if len(room.rows) > 1_000 else len(came)
    asked = set(Random(1).sample(range(len(came)), min(most, len(came))))
    names, found = [folded(row.name) for row in room.rows], by_keys(room, came)
    answers = []
    for at, (key, one) in enumerate(zip(found, came, strict=True)):
        if at not in asked:
            answers.append(Answer(UNASKED, None, 0.0))
        elif key.row is not None or not one.names:
            answers.append(key if one.names else NOBODY)
        else:
            _, score, row = process.extractOne(folded(one.names[-1]), names, scorer=fuzz.WRatio)
            answers.append(by_name(row, score / 100))
    return answers
