"""Makes the environment for manage.py when none is active. Standard library only."""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
# Each list contains the one before it, so having a later one means having the earlier ones.
LISTS = ("base", "demo", "test", "bench")
LIST_OF_WORD = {"test": "test", "bench": "bench", "match": "base"}


def enter(word: str) -> None:
    """Return inside an environment that has what the word needs, or replace this process by one that does."""
    wanted = LIST_OF_WORD.get(word, "demo")
    if _inside_another():
        return
    if not _has(wanted):
        _make(wanted)
    if Path(sys.prefix) != HOME:
        python = str(HOME / "bin" / "python")
        os.execv(python, [python, *sys.argv])


def _inside_another() -> bool:
    """Tell whether somebody activated an environment of their own: then what is in it is theirs to say."""
    return sys.prefix != sys.base_prefix and Path(sys.prefix) != HOME


def _fingerprint(name: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def _stamp(name: str) -> Path:
    return HOME / f"rollcall-{name}.stamp"


def _has(name: str) -> bool:
    stamp = _stamp(name)
    return stamp.is_file() and stamp.read_text() == _fingerprint(name)


def _make(name: str) -> None:
    if sys.version_info[:2] != (3, 11):
        sys.exit(f"Rollcall needs Python 3.11; this is {sys.version.split()[0]} ({sys.executable}).")
    with _one_at_a_time():
        if _has(name):
            return
        print(f"Preparing .venv from requirements/{name}.txt (once) ...", file=sys.stderr, flush=True)
        if not (HOME / "bin" / "python").exists():
            venv.create(HOME, with_pip=True)
        _install(name)
        for earlier in LISTS[: LISTS.index(name) + 1]:
            _stamp(earlier).write_text(_fingerprint(earlier))


def _install(name: str) -> None:
    # The list is whole, so pip need not look for what a package needs: doing so, older pips take the newest
    # release of a package asked for with an extra, which has no hash here.
    command = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / f"{name}.txt")]  # fmt: skip
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"The packages of requirements/{name}.txt could not be installed; pip says why above.")


def _one_at_a_time():
    """Hold a lock, so that two commands started together make one environment."""
    handle = open(ROOT / ".venv.lock", "w")  # noqa: SIM115 (returned as the context manager)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
