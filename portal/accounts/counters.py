"""Redis as the place for figures that all processes share: reached within a moment, or done without."""

import functools
import logging
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
# No request may wait for it longer than a second in all, connecting included.
PATIENCE_SECONDS = 0.3
AWAY_SECONDS, TELL_SECONDS = 5.0, 60.0


class _Reach:
    """What this process knows of Redis: left alone until, and told so last."""

    away_until = 0.0
    told_at = -TELL_SECONDS


_reach = _Reach()


def run(script: str, keys: list[str], *arguments: object) -> Any:
    """Run one of the scripts beside this file, atomically; None where Redis is away."""
    return _reached(lambda: _script(settings.REDIS_URL, script)(keys, arguments))


def put(key: str, value: object, seconds: float) -> None:
    """Keep a value for some time."""
    _reached(lambda: _redis(settings.REDIS_URL).set(key, str(value), px=max(1, int(seconds * 1000))))


def _reached(ask: Any) -> Any:
    if time.monotonic() < _reach.away_until:
        return None
    try:
        return ask()
    except RedisError as error:
        _note_away(error)
        return None


def _note_away(error: RedisError) -> None:
    now = time.monotonic()
    _reach.away_until = now + AWAY_SECONDS
    if now >= _reach.told_at + TELL_SECONDS:
        _reach.told_at = now
        log.warning("Redis is away, calls are not counted: %s", type(error).__name__)


@functools.lru_cache(maxsize=4)
def _redis(url: str) -> Redis:
    # The pool notices a fork by itself.
    return Redis.from_url(
        url.replace("redis+socket://", "unix://"), socket_connect_timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS, retry=Retry(NoBackoff(), 0), protocol=2, decode_responses=True,
    )  # fmt: skip


@functools.lru_cache(maxsize=8)
def _script(url: str, name: str) -> Script:
    return _redis(url).register_script((HERE / name).read_text(encoding="utf-8"))
