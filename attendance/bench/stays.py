"""When people are there, and the rows the platform makes of it: re-entries, second devices, attached rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple, TypeVar

# What may stand for a second device: phone, tablet, computer, web.
DEVICES = (1, 2, 3, 4, 5, 6)
ATTACHED = (2, 2, 4, 5)
AGAIN, SECOND_DEVICE, HANGING_ON = 0.22, 0.08, 0.03

Row = TypeVar("Row")


class Stay(NamedTuple):
    """A stretch of time somebody was there, in unix seconds."""

    join: int
    leave: int


def draw(random: Random, start: int, end: int) -> list[Stay]:
    """Draw the stretches somebody is there: mostly one, from around the start; they never touch."""
    join = start + int(random.gauss(-60, 240)) if random.random() < 0.8 else random.randrange(start, end - 300)
    leave = end + random.randrange(0, 240) if random.random() < 0.7 else random.randrange(join + 60, max(end, join + 120))
    found = [Stay(join, leave)]
    while random.random() < AGAIN and found[-1].leave - found[-1].join > 600:
        last = found.pop()
        out = random.randrange(last.join + 60, last.leave - 240)
        found += [Stay(last.join, out), Stay(out + random.randrange(5, 120), last.leave)]
    return found


def within(random: Random, there: Sequence[Stay]) -> list[Stay]:
    """Draw a stretch that lies inside one of these."""
    outer = random.choice(there)
    length = outer.leave - outer.join
    join = outer.join + random.randrange(0, max(1, length // 2))
    return [Stay(join, random.randrange(join + 1, outer.leave + 1))]


def seconds(there: Sequence[Stay], start: int, end: int) -> int:
    """Count the seconds of stretches that never touch, between start and end."""
    return sum(max(0, min(stay.leave, end) - max(stay.join, start)) for stay in there)


def rows(random: Random, visit: Row, there: Sequence[Stay], second_name: str) -> Iterator[Row]:
    """Give the rows of one identity: its stays, and what ran beside them; a renamed one comes again so."""
    for at, stay in enumerate(there):
        name = second_name if second_name and at else visit.user_name
        yield replace(visit, join_time=stay.join, left_time=stay.leave, user_name=name)
    if second_name and len(there) == 1:
        yield _beside(random, replace(visit, user_name=second_name), there)
    if random.random() < SECOND_DEVICE and visit.join_type == 1:
        device = random.choice([each for each in DEVICES if each != visit.instanceid])
        yield replace(_beside(random, visit, there), instanceid=device)
    if random.random() < HANGING_ON and visit.join_type == 1:
        yield replace(_beside(random, visit, there), join_type=random.choice(ATTACHED))


def _beside(random: Random, visit: Row, there: Sequence[Stay]) -> Row:
    (stay,) = within(random, there)
    return replace(visit, join_time=stay.join, left_time=stay.leave)
