"""The ground every test run stands on: a directory and a broker of its own.

pytest loads it as a plugin (`-p tests.ground`), because pytest-django reads the settings before any conftest.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from portal import processes

_ground = processes.house(Path(tempfile.mkdtemp(prefix="rollcall-tests-")))
HOUSE = _ground.__enter__()
os.environ["ROLLCALL_STATE"] = str(HOUSE.directory)
# A broker of one's own also beside other runs and in a run's further processes: messages would reach foreign workers.
HOUSE.env.pop("REDIS_URL", None)
os.environ["REDIS_URL"] = processes.start_broker(HOUSE)
# All tests together make more calls a minute than one organiser may: those that count them say so.
os.environ.setdefault("TENCENT_RATE_PER_MINUTE", "0")


def pytest_configure(config: pytest.Config) -> None:
    """Let a parallel run keep the order of tests/conftest.py instead of beginning with the groups of most tests."""
    config.option.loadscopereorder = False


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop every process the tests started, and leave nothing behind."""
    _ground.__exit__(None, None, None)
    shutil.rmtree(HOUSE.directory, ignore_errors=True)
