"""What all tests share: a real broker, the sandbox platform over HTTP, a way to do the waiting jobs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import hypothesis
import pytest
from django.conf import settings as django_settings

from portal import processes
from tests.desk import Sandbox
from tests.ground import HOUSE
from tests.stack import stack, stack_processes, stop_worker

# How long an example takes is the machine's affair; what it does is ours.
hypothesis.settings.register_profile("rollcall", deadline=None)
hypothesis.settings.load_profile("rollcall")

__all__ = ["Sandbox", "stack", "stack_processes"]


# What takes longest goes first, so that both processes of a parallel run end together.
LONGEST = ("demo", "stack", "tests/flows/test_faults.py", "tests/flows/test_postgres.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process of a parallel run have all tests that need the whole product, and each file stay together."""
    order = {}
    for item in items:
        marked = item.get_closest_marker("xdist_group")
        group = marked.args[0] if marked else "stack" if item.get_closest_marker("stack") else item.nodeid.partition("::")[0]
        order[item] = LONGEST.index(group) if group in LONGEST else len(LONGEST)
        if not marked:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=order.__getitem__)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Stop the product's worker where the next test is not its own: it would do the jobs of any test that commits."""
    if not item.get_closest_marker("stack"):
        stop_worker()


@pytest.fixture(autouse=True, scope="session")
def static_files_on_demand() -> None:
    """Let static files be found when they are asked for: each of some thousand test clients would look through them all."""
    django_settings.WHITENOISE_AUTOREFRESH = True


@contextmanager
def platform(name: str) -> Iterator[Sandbox]:
    """Run a sandbox platform."""
    with processes.house(HOUSE.directory / name) as house:
        world = processes.start_sandbox(house, "--seed", "7")
        yield Sandbox(house.env["TENCENT_API_URL"], world | {"env": house.env})


def own_platform(name: str) -> Callable[[], Iterator[Sandbox]]:
    """Give the fixture `sandbox_process` for one file: its jobs pull all meetings there are, also those other files left."""

    @pytest.fixture(scope="module")
    def sandbox_process() -> Iterator[Sandbox]:
        with platform(name) as sandbox:
            yield sandbox

    return sandbox_process


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """Run the sandbox platform for the whole session."""
    with platform("platform") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox, settings: object) -> Sandbox:
    """Point the portal's configuration at the sandbox: the only switch there is."""
    for name in ("API_URL", "MEETING_URL", "CORP_ID", "SDK_ID", "SECRET", "WEBHOOK_TOKEN", "WEBHOOK_AES_KEY"):
        setattr(settings, f"TENCENT_{name}", sandbox_process.world["env"][f"TENCENT_{name}"])
    # All tests together make more calls a minute than one organiser may.
    sandbox_process.post("switches", rate_per_minute=0)
    return sandbox_process


@pytest.fixture
def run_jobs(db: None) -> Callable[[], int]:
    """Give a function that does all jobs that are due, with the very functions the workers call."""
    from celery import current_app
    from django.utils import timezone

    from portal.jobs.models import Job

    current_app.loader.import_default_modules()

    def run() -> int:
        done = 0
        while job := Job.objects.filter(state=Job.State.WAITING, due_at__lte=timezone.now()).order_by("due_at").first():
            current_app.tasks[job.task].run(job.pk)
            done += 1
            assert done < 1000, "the jobs do not come to an end"
        return done

    return run


@pytest.fixture
def install(db: None, sandbox: Sandbox) -> Callable[..., object]:
    """Give a function that installs over the sandbox's consent page: `install(user=..., credential=...) -> Membership`.

    `user` is organiser, administrator, personal, or an open id; with `credential` the enterprise credential is entered too.
    """
    from tests import rounds

    def make(user: str = "organiser", credential: bool = False) -> object:
        return rounds.install(sandbox.world, user, credential=credential)

    return make
