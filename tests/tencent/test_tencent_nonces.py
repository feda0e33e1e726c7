"""No nonce is used twice, by however many processes, also right after a fork (reliability figure R7)."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# ROLLCALL_ALL_NONCES=1 sends all of them over HTTP, which takes some minutes.
HEADERS, CALLS = (0, 100_000) if os.environ.get("ROLLCALL_ALL_NONCES") else (96_000, 4000)


def race(headers: int, calls: int, *options: str) -> dict:
    command = [sys.executable, "-m", "tests.tencent.nonces", str(headers), str(calls), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_hundred_thousand_calls_of_eight_processes_use_no_nonce_twice() -> None:
    assert race(HEADERS, CALLS) == {"signed": HEADERS, "received": CALLS, "reused": 0}


def test_dice_inherited_by_the_processes_would() -> None:
    assert race(800, 0, "--inherited-dice")["reused"] > 0
