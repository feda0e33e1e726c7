"""Measures the product against its peers: each run in a process of its own, on a database made for it."""

import argparse
import importlib
import json
import secrets
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from attendance.bench import imports, plans, whole
from attendance.bench.measure import Cost, cost_of, held, median
from portal import processes

PATIENCE = 900.0
LOOK_SECONDS = 0.01


class Command(BaseCommand):
    """Generates data, runs ours and the peers on it in turn, prints medians and ratios; says nothing by its exit code."""

    help = "Measure the product against its peers. 'import': from the bytes of a list to committed rows. 'matching': who is who."

    def add_arguments(self, parser: ArgumentParser) -> None:
        benches = parser.add_subparsers(dest="name", required=True)
        imported = benches.add_parser("import", help="from the bytes of a list to committed rows")
        imported.add_argument("--rows", type=int, default=100_000)
        imported.add_argument("--rounds", type=int, default=3)
        # One run, in the process this command starts for it.
        imported.add_argument("--one", nargs=2, metavar=("MODULE", "FILE"), help=argparse.SUPPRESS)
        run = benches.add_parser("run", help="from visits and list in the database to stored results, by a worker")
        run.add_argument("--visits", type=int, default=50_000)
        run.add_argument("--rows", type=int, default=100_000)
        run.add_argument("--rounds", type=int, default=1)
        run.add_argument("--worker", type=int, metavar="PID", help=argparse.SUPPRESS)
        plans.add_arguments(benches.add_parser("matching", help="who of the list came, in rooms whose truth is known"))

    def handle(self, *args: object, **options: object) -> None:
        if options["name"] == "matching":
            plans.run(options, self._say)
        elif options["name"] == "run":
            self._run(options["visits"], options["rows"], options["rounds"], options["worker"])
        else:
            self._import_or_one(options)

    def _run(self, visits: int, rows: int, rounds: int, worker: int | None) -> None:
        if worker:
            self.stdout.write(json.dumps(whole.run(visits, rows, worker)))
            return
        self._say(f"run: {visits:,} visits, list of {rows:,} rows, {connection.vendor}, one worker process")
        for _round in range(rounds):
            try:
                with _house() as house:
                    whole.tell(_matched(house, visits, rows), self._say)
            except processes.ProcessDied as error:
                raise CommandError(str(error)) from error

    def _import_or_one(self, options: dict) -> None:
        if options["one"]:
            module, file = options["one"]
            self.stdout.write(json.dumps(asdict(self._one(module, Path(file), options["rows"]))))
            return
        try:
            with _house() as house:
                self._import(house, options["rows"], options["rounds"])
        except processes.ProcessDied as error:
            raise CommandError(str(error)) from error

    def _one(self, module: str, file: Path, rows: int) -> Cost:
        call_command("flush", interactive=False, verbosity=0)
        # By name: the libraries of a peer must not weigh on ours.
        contender, into, made = importlib.import_module(module), imports.make_list(), []
        cost = cost_of(lambda: made.append(contender.run(file, into)))
        if made != [rows]:
            raise CommandError(f"{module} wrote {made[0]} of {rows} rows")
        return cost

    def _import(self, house: processes.House, rows: int, rounds: int) -> None:
        processes.migrate(house)
        files = imports.make_files(house.directory, rows)
        self._say(f"import: {rows:,} rows x {len(imports.HEADINGS)} columns, {connection.vendor}, median of {rounds}")
        self._say(f"{'':6}{'':10}{'seconds':>10}{'CPU s':>10}{'peak MB':>10}")
        for kind, file in files.items():
            costs: dict[str, list[Cost]] = {name: [] for name in imports.CONTENDERS}
            for _round in range(rounds):
                for name, module in imports.CONTENDERS.items():
                    costs[name].append(_measured(house, module, file, rows))
            self._table(kind, {name: median(every) for name, every in costs.items()})

    def _table(self, kind: str, costs: dict[str, Cost]) -> None:
        for name, cost in costs.items():
            self._say(f"{kind:6}{name:10}{cost.seconds:10.2f}{cost.cpu:10.2f}{cost.megabytes:10.0f}")
        ours, peer = costs.values()
        ratio = ours.over(peer)
        self._say(f"{kind:6}{'ratio':10}{ratio.seconds:10.2f}{ratio.cpu:10.2f}{ratio.megabytes:10.2f}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def _house() -> Iterator[processes.House]:
    """Give a house with a database and a broker of its own; the configured ones are not touched."""
    with TemporaryDirectory(prefix="rollcall-bench-") as place, _database(Path(place)) as url:
        env = {"DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
        with processes.house(Path(place), **env, **processes.invented_keys()) as house:
            house.env.pop("REDIS_URL", None)
            processes.start_broker(house)
            yield house


@contextmanager
def _database(place: Path) -> Iterator[str]:
    """Give the address of an empty database of the configured kind, and drop it in the end."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{place / 'bench.sqlite3'}"
        return
    told, name = connection.settings_dict, f"bench_{secrets.token_hex(6)}"
    secret = f":{quote(told['PASSWORD'], safe='')}" if told["PASSWORD"] else ""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgres://{quote(told['USER'], safe='')}{secret}@{told['HOST']}:{told['PORT']}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _matched(house: processes.House, visits: int, rows: int) -> dict:
    """Let a worker match a room of a database of its own; another process orders it and looks on."""
    processes.migrate(house)
    worker = processes.start_worker(house, concurrency=1)
    words = ("--visits", str(visits), "--rows", str(rows), "--worker", str(worker.handle.pid))
    run = house.manage("run", "bench", "run", *words)
    house.finish(run, PATIENCE)
    return json.loads(run.tail(1))


def _measured(house: processes.House, module: str, file: Path, rows: int) -> Cost:
    """Run one contender in a process of its own, and look at its memory and its children's meanwhile."""
    run = house.manage("run", "bench", "import", "--rows", str(rows), "--one", module, str(file))
    most = 0.0
    end = time.monotonic() + PATIENCE
    while run.alive and time.monotonic() < end:
        most = max(most, held(run.handle.pid))
        time.sleep(LOOK_SECONDS)
    house.finish(run, patience=1)
    cost = Cost(**json.loads(run.tail(1)))
    return replace(cost, megabytes=max(cost.megabytes, most))
