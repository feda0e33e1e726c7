"""Starts one sandbox for these tests, as an operator would, and gives each test a clean one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.wire import Keys, Platform, Token

ROOT = Path(__file__).resolve().parents[2]


def start(ready: Path, *options: str, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "portal.sandbox", "--port", "0", "--ready-file", str(ready), *options]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.PIPE)


def url_of(ready: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 15
    while not ready.exists():
        assert process.poll() is None and time.monotonic() < until, "the sandbox did not start"
        time.sleep(0.02)
    return json.loads(ready.read_text())["url"]


def stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    code = process.wait(timeout=5)
    process.stderr.close()
    return code


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    ready = tmp_path_factory.mktemp("platform") / "ready.json"
    process = start(ready, "--seed", "3")
    platform = Platform(url_of(ready, process))
    yield platform
    platform.session.close()
    assert stop(process) == 0


@pytest.fixture
def platform(running: Platform) -> Platform:
    running.delete("switches")
    running.delete("faults")
    running.delete("ledger")
    running.switch(rate_per_minute=0)
    return running


@pytest.fixture
def keys(platform: Platform) -> Keys:
    return platform.keys()


@pytest.fixture
def token(platform: Platform) -> Token:
    return platform.token(platform.organiser()["open_id"])


@pytest.fixture
def now() -> int:
    return int(time.time())
