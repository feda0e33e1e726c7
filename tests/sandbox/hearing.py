"""What the platform tells a portal that listens, as plain events."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.sandbox.receiver import receiving
from tests.sandbox.wire import Json, Platform


class Ear:
    """Reads what was delivered so far."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def entries(self, meeting_id: str, *names: str) -> list[Json]:
        """Return the payload entries of these events for the OAuth app, in the order they were sent."""
        until = time.monotonic() + 10
        while self.platform.get("events")["pending"] and time.monotonic() < until:
            time.sleep(0.01)
        log = self.platform.get("events", meeting_id=meeting_id, bodies=1)["deliveries"]
        bodies = [each["body"] for each in log if each["to"] == "third_party"]
        return [body["payload"][0] for body in bodies if body["event"] in names]

    def names(self, meeting_id: str) -> list[str]:
        """Return the names of all events of a meeting."""
        self.entries(meeting_id)
        log = self.platform.get("events", meeting_id=meeting_id)["deliveries"]
        return [each["event"] for each in log if each["to"] == "third_party"]


@contextmanager
def listening(platform: Platform) -> Iterator[Ear]:
    hook = platform.app["webhook"]
    with receiving(hook["token"], hook["aes_key"]) as receiver:
        platform.post("portal", url=receiver.url)
        ear = Ear(platform)
        yield ear
        ear.entries("")
        platform.post("portal", url="")
