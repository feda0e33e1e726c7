"""The demo by itself, as the README tells to start it: it must end well and leave nothing running."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIGURES = re.compile(r"^ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)/(\d+) +(\d+) ", re.MULTILINE)


def still_running(place: Path) -> list[str]:
    """Give the command lines of processes that were started for a place."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(place).encode() in environment + command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.mark.stack
@pytest.mark.xdist_group("demo")
@pytest.mark.timeout(600)
def test_the_demo_proves_all_five_scenarios_and_leaves_nothing_behind(tmp_path: Path) -> None:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("the demo brings its own database")
    place = tmp_path / "demo"
    env = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "ROLLCALL_STATE")}
    run = subprocess.run(
        [sys.executable, "manage.py", "demo", "--keep", str(place)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    rows = [[int(figure) for figure in row] for row in FIGURES.findall(run.stdout)]
    assert len(rows) == 5
    for expected, attended, partly, absent, undecided, _, _, decided, provable, wrong in rows:
        assert attended + partly + absent + undecided == expected
        assert (decided, wrong) == (provable, 0)
    assert max(row[0] for row in rows) == 3000
    assert still_running(place) == []
