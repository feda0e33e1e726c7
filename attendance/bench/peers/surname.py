"""Blocking on the surname, then rapidfuzz's ratio: the best row of the block."""

from collections import defaultdict

from rapidfuzz import fuzz, process

from attendance.bench.answers import Answer, participants
from attendance.bench.peers.exact import NOBODY, by_keys, by_name, folded, said
from attendance.bench.rooms import Room


def run(room: Room) -> list[Answer]:
    """Decide by keys first, then by the most alike name that begins with the same character."""
    came, blocks = participants(room), defaultdict(dict)
    for at, row in enumerate(room.rows):
        if name := folded(row.name):
            blocks[name[0]].setdefault(name, []).append(at)
    found = by_keys(room, came)
    return [key if key.row is not None else _best(set(said(one)), blocks) for key, one in zip(found, came, strict=True)]


def _best(texts: set[str], blocks: dict[str, dict[str, list[int]]]) -> Answer:
    best, score = None, 0.0
    for text in sorted(filter(None, texts)):
        block = blocks.get(text[0], {})
        hit = process.extractOne(text, block.keys(), scorer=fuzz.ratio, score_cutoff=score + 1e-9)
        if hit:
            # Of twins the first: such a matcher knows no doubt, but the threshold below 100 can leave them out.
            rows = block[hit[0]]
            best, score = rows[0], hit[1] - (0.5 if len(rows) > 1 else 0)
    return NOBODY if best is None else by_name(best, score / 100)
