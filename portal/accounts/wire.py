"""The one pooled HTTP session of each process."""

import functools
import os

import requests

from portal.tencent.transport import new_session


@functools.lru_cache(maxsize=1)
def _session_of(process: int) -> requests.Session:
    return new_session()


def session() -> requests.Session:
    """Give this process's session; a forked child makes its own, because connections must not be shared."""
    return _session_of(os.getpid())
