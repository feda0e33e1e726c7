from collections.abc import Iterator

import pytest

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
