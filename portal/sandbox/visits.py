"""People as one meeting knows them, and their stays."""

from dataclasses import dataclass, field

from portal.sandbox.world import User


@dataclass(slots=True, eq=False)
class Identity:
    """A person as one meeting knows them; `key` is private to the sandbox."""

    key: str
    ms_open_id: str
    name: str
    user: User | None = None
    phone: str = ""
    enroll_phone: str = ""
    registered: str = ""
    pstn_number: str = ""
    hash_as: str | None = None
    former: bool = False


@dataclass(slots=True, eq=False)
class Visit:
    """One participant row; `shown` keeps its JSON per viewer until something changes."""

    identity: Identity
    join: int
    left: int | None
    device: int
    join_type: int
    name: bytes
    role: int
    webinar_role: int
    customer_data: str
    shown: dict[str, str] = field(default_factory=dict)

    def leave(self, at: int) -> None:
        """End the visit."""
        self.left = max(at, self.join)
        self.shown.clear()
