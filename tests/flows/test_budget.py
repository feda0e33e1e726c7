"""Eight workers, five organisations and three thousand calls: never over the platform's limit, and hardly below it.

The slots are counted in Redis, whatever keeps the jobs: ROLLCALL_ALL_DATABASES=1 tries it on PostgreSQL too.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal import processes
from tests.desk import Sandbox
from tests.postgres import postgres

pytestmark = pytest.mark.timeout(240)

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 8
# A minute of six seconds, in which every app and every person may make a hundred calls.
MINUTE, LIMIT = 6, 100
# Of each of the two jobs of an organisation.
CALLS = 300


def crowd(directory: Path, database: str, calls: int, *, ours: int = LIMIT, theirs: int = LIMIT) -> tuple[dict, list[dict]]:
    """Let the workers do the work of five organisations; gives how long each took and what the platform counted."""
    env = {"DATABASE_URL": database, "SWEEP_SECONDS": "1", "DJANGO_SETTINGS_MODULE": "portal.settings",
           "TENCENT_RATE_PER_MINUTE": str(ours), "TENCENT_RATE_MINUTE_SECONDS": str(MINUTE)}  # fmt: skip
    with processes.house(directory, **env) as house:
        house.env.pop("REDIS_URL")
        processes.start_broker(house)
        world = processes.start_sandbox(house, "--seed", "11")
        sandbox = Sandbox(house.env["TENCENT_API_URL"], world)
        sandbox.post("switches", rate_per_minute=theirs, rate_minute_seconds=MINUTE)
        processes.migrate(house)
        start_workers(house)
        processes.start_beat(house)
        told = json.dumps({name: world[name] for name in ("enterprises", "personal_user")})
        command = [sys.executable, "-m", "tests.flows.crowd", str(calls)]
        done = subprocess.run(
            command, cwd=ROOT, env=house.env, input=told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        counted = [each for each in sandbox.get("ledger")["identities"].values() if each["calls"] >= calls]
    return json.loads(done.stdout.splitlines()[-1]), counted


def start_workers(house: processes.House) -> None:
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--loglevel", "INFO", "--concurrency",
               str(WORKERS), "--include", "tests.flows.crowd", "--without-gossip", "--without-mingle"]  # fmt: skip
    process = house.start("worker", command, LOG_LEVEL="INFO")
    house.wait_for(process, lambda: " ready." in process.log.read_text(errors="replace"))


def holds(told: dict, counted: list[dict]) -> None:
    """Check what a crowd left behind."""
    assert len(counted) == 5
    assert sum(each["calls"] for each in counted) >= 10 * CALLS
    assert [each["refused_by_code"] for each in counted] == [{}] * 5
    assert max(each["peak_minute"] for each in counted) <= LIMIT
    assert min(each["mean_use"] for each in counted) >= 0.85
    assert max(told["took"].values()) <= 1.25 * min(told["took"].values())
    # Each was postponed many times, and claimed once.
    assert told["attempts"] == 1


def test_three_thousand_calls_keep_to_the_limit_and_use_it(tmp_path: Path) -> None:
    told, counted = crowd(tmp_path, f"sqlite:///{tmp_path}/crowd.sqlite3", CALLS)
    holds(told, counted)


@pytest.mark.postgres
@pytest.mark.skipif(not os.environ.get("ROLLCALL_ALL_DATABASES"), reason="only where ROLLCALL_ALL_DATABASES is set")
def test_three_thousand_calls_keep_to_the_limit_on_postgresql_too(tmp_path: Path) -> None:
    with postgres() as database:
        holds(*crowd(tmp_path, database, CALLS))


def test_without_the_budget_they_would_not(tmp_path: Path) -> None:
    _, counted = crowd(tmp_path, f"sqlite:///{tmp_path}/crowd.sqlite3", 100, ours=0, theirs=0)
    assert max(each["peak_minute"] for each in counted) > LIMIT
