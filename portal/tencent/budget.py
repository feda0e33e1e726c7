"""What a client asks before each try: whether the platform's limits leave room for it (105276)."""

from portal.tencent.errors import PlatformError


class Slot:
    """Leave to make one try. This one costs nothing; a real one is told how the try went.

    `skew` is what the platform's clock is known to be ahead of ours, in seconds; None where nobody knows.
    """

    skew: float | None = None

    def unused(self) -> None:
        """The request never left."""

    def answered(self) -> None:
        """The platform answered, so it has counted the call by now."""

    def refused(self, error: PlatformError) -> PlatformError:
        """Take note of a refusal and give what is to be raised for it."""
        return error

    def corrected(self, skew: float) -> None:
        """Take note of what the platform's clock is ahead."""


class Unlimited:
    """A budget without a limit. `patience` is how long, in seconds, a client may wait for slots in all its life."""

    patience = 0.0

    def take(self, call: str) -> Slot:
        """Give leave for one try of a call. Raises: OverBudget."""
        return Slot()
