"""The whole product as processes of its own: web, worker, beat, broker, sandbox, on the tests' database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from portal import processes
from tests.desk import Sandbox


class Stack:
    """The running product. Tests read its database directly; the processes see the same one."""

    def __init__(self, house: processes.House, url: str, sandbox: Sandbox) -> None:
        self.house = house
        self.url = url
        self.sandbox = sandbox

    @property
    def worker(self) -> processes.Process:
        return self.house.processes["worker"]

    def kill_worker(self) -> None:
        """Cut the worker off with SIGKILL, children and all, as a power cut would."""
        self.worker.kill()

    def restart_worker(self) -> None:
        self.house.processes.pop("worker").stop()
        processes.start_worker(self.house)


def _database_url() -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    place = connection.settings_dict
    return f"postgres://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


# The product on the tests' database, while there is one.
RUNNING: list[Stack] = []


@contextmanager
def running(directory: Path, database_url: str, **more: str) -> Iterator[Stack]:
    """Run the whole product on a database that has its tables, with short pauses."""
    env = {"DATABASE_URL": database_url, "SWEEP_SECONDS": "1", "PULL_AGAIN_SECONDS": "2", "JOB_LEASE_SECONDS": "5",
           "DJANGO_SETTINGS_MODULE": "portal.settings", **more}  # fmt: skip
    with processes.house(directory, **env) as house:
        processes.start_broker(house)
        world = processes.start_sandbox(house, "--seed", "11")
        url = processes.start_web(house)
        processes.start_worker(house)
        processes.start_beat(house)
        sandbox = Sandbox(house.env["TENCENT_API_URL"], world | {"env": house.env})
        sandbox.post("portal", url=f"{url}/hooks/tencent/")
        yield Stack(house, url, sandbox)


@pytest.fixture(scope="session")
def stack_processes(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack"), _database_url()) as product:
        RUNNING.append(product)
        yield product
        RUNNING.clear()


def stop_worker() -> None:
    """Stop the worker that runs on the tests' database; the next test of the whole product starts it again."""
    for product in RUNNING:
        if product.worker.alive:
            product.kill_worker()


@pytest.fixture
def stack(transactional_db: None, stack_processes: Stack, settings: object) -> Iterator[Stack]:
    """Give the running product with an empty database."""
    for name in ("API_URL", "MEETING_URL", "CORP_ID", "SDK_ID", "SECRET", "WEBHOOK_TOKEN", "WEBHOOK_AES_KEY"):
        setattr(settings, f"TENCENT_{name}", stack_processes.house.env[f"TENCENT_{name}"])
    if not stack_processes.worker.alive:
        stack_processes.restart_worker()
    yield stack_processes
    stack_processes.house.watch()
