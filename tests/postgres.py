"""A PostgreSQL server of the tests' own, on a free port, with its data in a directory that is thrown away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal import processes

OWNER = "postgres"


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server and give its DATABASE_URL; skips where there is none (a failure under CI=true)."""
    binaries = _binaries()
    if binaries is None:
        reason = "no PostgreSQL server on this machine"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    # PostgreSQL refuses to run as root; Debian's package brings the user.
    who = {"user": OWNER, "group": OWNER} if os.getuid() == 0 else {}
    directory = Path(tempfile.mkdtemp(prefix="rollcall-postgres-"))
    if who:
        shutil.chown(directory, OWNER, OWNER)
    data, port = directory / "data", processes.free_port()
    subprocess.run([binaries / "initdb", "-D", data, "-U", "rollcall", "-A", "trust", "-E", "UTF8", "--no-sync"],
                   check=True, capture_output=True, cwd="/", **who)  # fmt: skip
    options = f"-p {port} -k '' -h 127.0.0.1 -c fsync=off -c max_connections=200"
    pg_ctl = [binaries / "pg_ctl", "-D", data, "-l", directory / "log", "-w"]
    subprocess.run([*pg_ctl, "-o", options, "start"], check=True, capture_output=True, cwd="/", **who)
    try:
        yield f"postgres://rollcall@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/", **who)
        shutil.rmtree(directory)
