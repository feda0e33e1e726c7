"""The flows again on PostgreSQL: the very same tests, run by a second pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import postgres

ROOT = Path(__file__).resolve().parents[2]
# What kills workers, odd input (PostgreSQL refuses what SQLite swallows), and what is written there in another way.
CHOSEN = (
    "tests/flows/test_kills.py", "tests/flows/test_list_kills.py", "tests/test_odd_input.py", "tests/attendance/test_bulk.py",
)  # fmt: skip


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_the_flows_hold_on_postgresql_too() -> None:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("this is the run on PostgreSQL")
    with postgres() as url:
        command = [sys.executable, "-m", "pytest", *CHOSEN, "-p", "no:xdist"]
        environment = os.environ | {"DATABASE_URL": url}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
