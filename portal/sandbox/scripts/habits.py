"""Habits of coming and going, as stays within the length of a meeting."""

from collections.abc import Callable
from random import Random

from portal.sandbox.actors import PSTN, Stay

SCREEN, PHONE_AUDIO, PHONE_VIDEO = 2, 4, 5
TELEPHONE = 0
ATTACHED = ("screen", "phone audio", "phone video")
DEVICES = (1, 1, 2, 3, 4, 8)

# Shares of the habits; "absent" is the no-show.
SHARES = {
    "full": 38, "early bird": 8, "late": 10, "leaves early": 10, "comes again": 8, "two devices": 6,
    "screen": 2, "phone audio": 2, "phone video": 1, "before only": 1, "brief": 2, "last minute": 1,
    "absent": 11,
}


def stays_of(habit: str, span: int, rng: Random) -> list[Stay]:
    """Return the stays of one habit; `leave` None means until the end."""
    device = rng.choice(DEVICES)
    return _HABITS[habit](span, rng, device)


def call_of(habit: str, span: int, rng: Random) -> list[Stay]:
    """Return the stays of a telephone caller: one call, or two where the habit comes again."""
    if habit == "absent":
        return []
    first = Stay(_soon(span, rng), int(span * rng.uniform(0.3, 0.5)), TELEPHONE, PSTN)
    second = Stay(int(span * 0.6), None, TELEPHONE, PSTN)
    if habit in ("comes again", "two devices"):
        return [first, second]
    return [Stay(first.join, None, TELEPHONE, PSTN)]


def _soon(span: int, rng: Random) -> int:
    return rng.randrange(max(1, min(120, span // 20)))


def _full(span: int, rng: Random, device: int) -> list[Stay]:
    return [Stay(_soon(span, rng), None, device)]


def _early_bird(span: int, rng: Random, device: int) -> list[Stay]:
    return [Stay(-rng.randrange(10, 600), None, device)]


def _late(span: int, rng: Random, device: int) -> list[Stay]:
    return [Stay(int(span * rng.uniform(0.1, 0.6)), None, device)]


def _leaves_early(span: int, rng: Random, device: int) -> list[Stay]:
    return [Stay(_soon(span, rng), int(span * rng.uniform(0.2, 0.8)), device)]


def _comes_again(span: int, rng: Random, device: int) -> list[Stay]:
    gone, back = int(span * rng.uniform(0.2, 0.4)), int(span * rng.uniform(0.45, 0.5))
    middle, again = int(span * rng.uniform(0.6, 0.7)), int(span * 0.75)
    first = Stay(_soon(span, rng), gone, device)
    return [first, Stay(back, middle, device), Stay(again, None, device)]


def _two_devices(span: int, rng: Random, device: int) -> list[Stay]:
    first, second = (1, 4) if device == 1 else (2, 3)
    return [
        Stay(_soon(span, rng), int(span * rng.uniform(0.6, 0.9)), first),
        Stay(int(span * rng.uniform(0.2, 0.5)), None, second),
    ]


def _attached(join_type: int) -> Callable[[int, Random, int], list[Stay]]:
    def stays(span: int, rng: Random, device: int) -> list[Stay]:
        attached = TELEPHONE if join_type in (PHONE_AUDIO, PHONE_VIDEO) else device
        begin, end = int(span * 0.1), int(span * rng.uniform(0.4, 0.8))
        return [Stay(_soon(span, rng), None, device), Stay(begin, end, attached, join_type)]

    return stays


def _before_only(span: int, rng: Random, device: int) -> list[Stay]:
    # They count as seen and yet have no time present.
    return [Stay(-600, -rng.randrange(20, 300), device)]


def _brief(span: int, rng: Random, device: int) -> list[Stay]:
    begin = int(span * rng.uniform(0.2, 0.8))
    return [Stay(begin, begin + rng.randrange(5, 30), device)]


def _last_minute(span: int, rng: Random, device: int) -> list[Stay]:
    return [Stay(span - min(50, span // 4), None, device)]


def _absent(span: int, rng: Random, device: int) -> list[Stay]:
    return []


_HABITS: dict[str, Callable[[int, Random, int], list[Stay]]] = {
    "full": _full, "early bird": _early_bird, "late": _late, "leaves early": _leaves_early,
    "comes again": _comes_again, "two devices": _two_devices, "screen": _attached(SCREEN),
    "phone audio": _attached(PHONE_AUDIO), "phone video": _attached(PHONE_VIDEO),
    "before only": _before_only, "brief": _brief, "last minute": _last_minute, "absent": _absent,
}
