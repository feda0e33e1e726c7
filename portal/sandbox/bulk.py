"""Many people at once: a big meeting made quickly."""

from random import Random

from portal.sandbox.actors import Actor, Stay
from portal.sandbox.invented import COMPANIES, invent_name

ROWS_EACH = 5
DEVICES = (1, 2, 3, 4, 5, 8)


def bulk_actors(rows: int, length: int, seed: int) -> list[Actor]:
    """Return people with together `rows` stays: every fifth comes twice."""
    rng = Random(f"bulk:{rows}:{seed}")
    actors: list[Actor] = []
    left = rows
    while left > 0:
        number = len(actors)
        stays = _stays(rng, length, min(left, 2 if number % ROWS_EACH == 0 else 1))
        name = invent_name(rng).han
        shown = f"{rng.choice(COMPANIES)}-{name}" if number % 3 == 0 else name
        actors.append(Actor(f"bulk-{number:05d}", "walk_in", name, stays, shown.encode()))
        left -= len(stays)
    return actors


def _stays(rng: Random, length: int, count: int) -> list[Stay]:
    marks = sorted(rng.sample(range(max(length, 2 * count)), 2 * count))
    device = rng.choice(DEVICES)
    return [Stay(marks[2 * place], marks[2 * place + 1], device) for place in range(count)]
