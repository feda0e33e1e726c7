"""People of a script: who they are to the platform, and when they come and go."""

import base64
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.invented import mask

VOIP, PSTN = 1, 0
TELEPHONE_TYPES = (0, 6)
KINDS = ("expected", "registrant", "walk_in", "staff", "host", "co_host")
MEETING_ROLES, WEBINAR_ROLES = range(9), range(30, 35)


class BadScript(ValueError):
    """A script that cannot be played; the text names the place."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of one device; seconds from the scheduled start, `leave` None while still inside.

    The last three count only where there is a waiting room: let in at, lost patience at, waits for a call.
    """

    join: int
    leave: int | None
    device: int = 1
    join_type: int = VOIP
    name: bytes | None = None
    admitted: int | None = None
    gives_up: int | None = None
    held: bool = False


@dataclass(slots=True)
class Actor:
    """Somebody who may come; an actor without stays stays away."""

    key: str
    kind: str
    name: str
    stays: list[Stay] = field(default_factory=list)
    shown: bytes | None = None
    userid: str = ""
    phone: str = ""
    enroll_phone: str = ""
    number: str = ""
    code: str = ""
    link: str = ""
    registered: str = ""
    listed_phone: str = ""
    hash_as: str | None = None
    former: bool = False
    roles: list[tuple[int, int]] = field(default_factory=list)

    def display(self, stay: Stay) -> bytes:
        """Return the displayed name of one stay, as bytes that need not be valid."""
        # No document says what a caller is called; a masked number is likely.
        if stay.join_type in TELEPHONE_TYPES and not stay.name:
            return mask(self.number or self.phone).encode()
        return stay.name or self.shown or self.name.encode()


def read_actors(people: Any) -> list[Actor]:
    """Return the actors of a script written by a caller; raises BadScript."""
    if not isinstance(people, list):
        raise BadScript("people must be a list")
    return [_actor(entry, f"people[{place}]") for place, entry in enumerate(people)]


def _actor(entry: dict[str, Any], place: str) -> Actor:
    if not isinstance(entry, dict) or not entry.get("key") or not entry.get("name"):
        raise BadScript(f"{place} needs key and name")
    kind = entry.get("kind", "expected")
    if kind not in KINDS:
        raise BadScript(f"{place}.kind is none of {', '.join(KINDS)}")
    texts = ("userid", "registered", "phone", "enroll_phone", "number", "code", "link")
    actor = Actor(str(entry["key"]), kind, str(entry["name"]), hash_as=entry.get("hash_as"),
                  former=bool(entry.get("former")), shown=_shown(entry))
    for name in texts:
        setattr(actor, name, str(entry.get(name) or ""))
    actor.roles = [_role(role, f"{place}.roles[{number}]") for number, role in enumerate(entry.get("roles", []))]
    stays = enumerate(entry.get("stays", []))
    actor.stays = [_stay(stay, f"{place}.stays[{number}]") for number, stay in stays]
    return actor


def _shown(entry: dict[str, Any]) -> bytes | None:
    if "shown_base64" in entry:
        return base64.b64decode(entry["shown_base64"])
    return str(entry["shown"]).encode() if "shown" in entry else None


def _stay(entry: dict[str, Any], place: str) -> Stay:
    if not isinstance(entry.get("join"), int):
        raise BadScript(f"{place}.join must be seconds from the scheduled start")
    leave = entry.get("leave")
    if leave is not None and (not isinstance(leave, int) or leave < entry["join"]):
        raise BadScript(f"{place}.leave must be null or not before join")
    name = str(entry["name"]).encode() if entry.get("name") else _shown(entry)
    device, join_type = int(entry.get("device", 1)), int(entry.get("join_type", VOIP))
    for key in ("admitted", "gives_up"):
        if entry.get(key) is not None and (not isinstance(entry[key], int) or entry[key] < entry["join"]):
            raise BadScript(f"{place}.{key} must be null or not before join")
    held = "admitted" in entry and entry["admitted"] is None and entry.get("gives_up") is None
    return Stay(
        entry["join"], leave, device, join_type, name, entry.get("admitted"), entry.get("gives_up"), held
    )


def _role(entry: dict[str, Any], place: str) -> tuple[int, int]:
    """Return when somebody's role changes, and to which of the event's numbers."""
    at, role = entry.get("at"), entry.get("user_role")
    if not isinstance(at, int) or role not in (*MEETING_ROLES, *WEBINAR_ROLES):
        raise BadScript(f"{place} needs at (seconds) and user_role (0 to 8, 30 to 34)")
    return at, role
