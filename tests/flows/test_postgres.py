"""The flows again on PostgreSQL: the very same tests, run by a second pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_the_flows_hold_on_postgresql_too() -> None:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("this is the run on PostgreSQL")
    with postgres() as url:
        command = [sys.executable, "-m", "pytest", "-m", "stack and not postgres", "tests/flows", "-p", "no:xdist"]
        run = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
