"""All five scenarios with a fault at the first use of every call: the same data as without, or a named, visible stop.

Whatever stopped is started again as its page offers, and then the data must be the same: nothing was half-written.
Every kind of fault meets scenarios 4 and 5, which make all calls of meetings, and one of the others by turns. The whole
matrix, each kind in each scenario and each use of each call alone, is run by ROLLCALL_ALL_FAULTS=1; `--junitxml` then
keeps every stop.
"""

import os
from collections.abc import Callable, Iterator
from html import unescape

import pytest
import requests
from django.test import Client

from portal.accounts.credentials import grant_client
from portal.accounts.models import Installation
from portal.install.adapter import SENTENCES
from portal.tencent import client, directory
from tests import rounds
from tests.conftest import platform_of_its_own
from tests.desk import Sandbox
from tests.flows.kinds import ALIKE, KINDS, SILENCE, TRY, Kind
from tests.flows.picture import picture
from tests.flows.postbox import Postbox, postbox
from tests.flows.scene import STORIES, Scene, Stop

pytestmark = pytest.mark.django_db

# What may be said although the fault passes by itself: a form cannot wait, a creation is not repeated blindly, an
# answer lost while tokens are renewed costs the grant, and results are shown before the last look-up.
UNAVOIDABLE = {("plan", "refused"), ("plan", "unconfirmed"), ("connection", "GrantGone"), ("results", "without later")}
FURTHEST_USE = 2
# What is asked for twice is there twice; nothing gets lost by chance.
STRICT = {"rate_per_minute": 0, "import_drop_every": 0, "repeated_link": "new", "repeated_import": "duplicate",
          "enterprise_hears_oauth_meetings": False}  # fmt: skip
# Some thousand runs, an hour or more.
EVERY = bool(os.environ.get("ROLLCALL_ALL_FAULTS"))

INSTALLING = ("POST /wemeet-webapi/v2/oauth2/oauth/access_token", "GET /v1/users/info/basic")

Calm = tuple[dict, dict[str, int]]


def tried() -> list:
    """Give the scenarios with the kinds of fault they are lived through under."""
    kinds = KINDS + ALIKE if EVERY else KINDS
    pairs = [(number, kind, turn) for number in STORIES for turn, kind in enumerate(kinds)]
    wanted = [(number, kind) for number, kind, turn in pairs if EVERY or number in (4, 5) or number == turn % 3 + 1]
    return [pytest.param(number, kind, id=f"{number}-{kind}") for number, kind in wanted]


@pytest.fixture(scope="module")
def platform() -> Iterator[Sandbox]:
    """Run a platform of its own, which no other test has been at."""
    with platform_of_its_own("faulty") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


@pytest.fixture(scope="module")
def calm_runs() -> dict[int, Calm]:
    return {}


@pytest.fixture
def stage(platform: Sandbox, box: Postbox, settings: object, monkeypatch, run_jobs) -> Callable[[int], Scene]:
    """Give a function that sets the stage for a scenario, on a platform without faults."""
    for name in ("API_URL", "MEETING_URL", "CORP_ID", "SDK_ID", "SECRET", "WEBHOOK_TOKEN", "WEBHOOK_AES_KEY"):
        setattr(settings, f"TENCENT_{name}", platform.world["env"][f"TENCENT_{name}"])
    settings.TENCENT_TIMEOUT = 3
    # Pauses between tries are not waited for; longer ones postpone the job as ever.
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(client, "LONGEST_PAUSE", 0.01)
    clear(platform, "faults")
    platform.post("switches", **STRICT)
    return lambda number: Scene(STORIES[number], platform, box, run_jobs).set_the_stage()


@pytest.fixture
def calm(stage, platform: Sandbox, calm_runs: dict[int, Calm]) -> Callable[[int], Calm]:
    """Give a function for what a scenario comes to without faults, and how often it makes which call."""

    def run(number: int) -> Calm:
        if number not in calm_runs:
            scene = stage(number)
            clear(platform, "ledger")
            scene.live()
            calls = platform.get("ledger")["calls"]
            calm_runs[number] = (picture(scene), calls)
            assert scene.stops == []
        return calm_runs[number]

    return run


def clear(platform: Sandbox, what: str) -> None:
    requests.delete(f"{platform.url}/_sandbox/{what}", timeout=10).raise_for_status()


def set_faults(platform: Sandbox, faults: list[dict]) -> None:
    requests.post(f"{platform.url}/_sandbox/faults", json=faults, timeout=10).raise_for_status()


def lift(platform: Sandbox) -> None:
    """Take back the faults, all of which must have struck: one that did not proves nothing."""
    idle = [fault["call"] for fault in platform.get("faults") if not fault["fired"]]
    clear(platform, "faults")
    assert idle == []


def live_through(scene: Scene, kind: Kind, faults: list[dict], settings: object) -> tuple[dict, list[Stop]]:
    """Live through a scenario under faults; gives what it came to, and where it stopped on the way."""
    if kind.hasty:
        settings.TENCENT_TIMEOUT, scene.patience = TRY, SILENCE
    set_faults(scene.sandbox, faults)
    scene.live()
    lift(scene.sandbox)
    assert scene.sandbox.get("ledger")["nonces_reused"] == 0
    return picture(scene), scene.stops


def check(kind: Kind, expected: dict, found: dict, stops: list[Stop]) -> None:
    """Hold a run against the one without faults: its data, and that each stop has a name that the page shows."""
    for part in expected:
        assert found[part] == expected[part], (part, stops)
    assert [stop for stop in stops if not stop.shown] == []
    asked = {(stop.where, stop.code) for stop in stops}
    assert kind.final or asked <= UNAVOIDABLE, asked


@pytest.mark.parametrize(("number", "kind"), tried())
def test_a_fault_at_the_first_use_of_every_call_changes_nothing(
    number: int, kind: Kind, stage, calm, settings, record_property
) -> None:
    expected, calls = calm(number)
    faults = [fault for call in calls for fault in kind.at(call)]
    found, stops = live_through(stage(number), kind, faults, settings)
    record_property("stops", [f"{stop.where}: {stop.code}" for stop in stops])
    check(kind, expected, found, stops)
    assert stops or not kind.final


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS + ALIKE if EVERY else [], ids=str)
@pytest.mark.parametrize("number", STORIES)
def test_a_fault_at_any_single_use_of_any_call_changes_nothing(
    number: int, kind: Kind, stage, calm, settings, record_property
) -> None:
    expected, calls = calm(number)
    uses = [(call, nth) for call, count in calls.items() for nth in range(1, min(count, FURTHEST_USE) + 1)]
    wrong = {}
    for call, nth in uses:
        for fault in kind.at(call, nth):
            settings.TENCENT_TIMEOUT = 3
            try:
                found, stops = live_through(stage(number), kind, [fault], settings)
                check(kind, expected, found, stops)
            except AssertionError as error:
                wrong[f"{call} {nth}"] = str(error)[:800]
            else:
                record_property(f"{call} {nth}", [f"{stop.where}: {stop.code}" for stop in stops])
    assert wrong == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.at(INSTALLING[-1])], ids=str)
def test_who_installs_while_something_fails_is_told_so_and_installs_with_the_next_try(
    kind: Kind, stage, platform, settings
) -> None:
    person = rounds.find(platform.world, "organiser")
    settings.TENCENT_TIMEOUT = TRY if kind.hasty else 3
    set_faults(platform, [fault for call in INSTALLING for fault in kind.at(call)])
    said = []
    while (answer := rounds.sign_in(Client(), person["open_id"], next="/account/")).status_code != 302:
        said.append([str(sentence) in unescape(answer.content.decode()) for sentence in SENTENCES.values()])
        assert len(said) <= len(INSTALLING), "it does not come to an end"
    lift(platform)
    assert [told for told in said if not any(told)] == []
    installation = Installation.objects.get()
    assert (installation.state, installation.user.memberships.count()) == (Installation.State.ALIVE, 1)
    assert directory.basic_info(grant_client(installation)).username == person["name"]
