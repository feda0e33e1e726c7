"""A sandbox of its own for the witness, and the witness with either kind of credential."""

import time
from collections.abc import Iterator

import pytest

from portal import processes
from tests.conformance.covered import calls_in
from tests.conformance.deviations import answers
from tests.conformance.witness import Witness, granted, keys_witness
from tests.sandbox.wire import Platform


@pytest.fixture(scope="session")
def witnessed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Run a sandbox for the witness alone: its switches are nobody else's."""
    with processes.house(tmp_path_factory.mktemp("witness")) as house:
        processes.start_sandbox(house, "--seed", "23")
        platform = Platform(house.env["TENCENT_API_URL"])
        yield platform
        platform.session.close()


@pytest.fixture
def platform(witnessed: Platform) -> Platform:
    """The sandbox's own side, with its switches as they are by default but no limit of calls."""
    for what in ("switches", "faults", "ledger"):
        witnessed.delete(what)
    witnessed.switch(rate_per_minute=0)
    return witnessed


@pytest.fixture(autouse=True)
def honest(request: pytest.FixtureRequest) -> Iterator[list[Witness]]:
    """Hold each test to its word: the calls written in it were made, and every answer had the SDK's types."""
    witnesses: list[Witness] = []
    yield witnesses
    disagreed = set().union(*(witness.disagreed for witness in witnesses))
    assert disagreed - answers().keys() == set()
    kind = request.node.callspec.params.get("either") if hasattr(request.node, "callspec") else None
    made = set().union(*(witness.made for witness in witnesses))
    assert {(name, kind if who == "either" else who) for name, who in calls_in(request.function)} - made == set()


@pytest.fixture
def keys(honest: list[Witness], platform: Platform) -> Iterator[Witness]:
    """The SDK with the first enterprise's own app, acting as one of its organisers."""
    witness = keys_witness(platform.url, platform.world["enterprises"][0], platform.organiser()["userid"])
    honest.append(witness)
    yield witness
    witness.close()


@pytest.fixture
def token(honest: list[Witness], platform: Platform) -> Iterator[Witness]:
    """The SDK with the grant of the same organiser."""
    with granted(platform, platform.organiser(), honest) as witness:
        yield witness


@pytest.fixture(params=["keys", "token"])
def either(request: pytest.FixtureRequest) -> Witness:
    """The SDK with each kind of credential in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def now() -> int:
    """The second at which the test begins."""
    return int(time.time())


