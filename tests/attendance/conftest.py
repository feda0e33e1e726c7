from collections.abc import Iterator

import pytest

from portal.accounts.models import Membership
from tests import factories
from tests.attendance import stage
from tests.conftest import Sandbox
from tests.tencent.conftest import platform  # noqa: F401


@pytest.fixture(autouse=True)
def whole_sandbox(sandbox: Sandbox) -> Iterator[None]:
    """Leave no fault and no switch behind."""
    stage.mend(sandbox)
    sandbox.post("switches", rate_per_minute=0)
    yield
    stage.mend(sandbox)


@pytest.fixture
def member(request: pytest.FixtureRequest, db: None) -> Membership:
    """Who owns the meetings of a test: an organiser, or of the ROLE its module names."""
    return factories.make_member(role=getattr(request.module, "ROLE", "organiser"))
