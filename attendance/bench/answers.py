"""What a contender says of each participant, and the participants it is asked about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from attendance import presence
from attendance.bench.rooms import Room, Visit

CERTAIN, LIKELY, CONFLICT, NONE = "certain", "likely", "conflict", "none"
HOSTS = frozenset({1, 2, 3, 5, 7})


class Answer(NamedTuple):
    """Who a participant is: the list row of the first choice (None: nobody), how sure, and by what."""

    tier: str
    row: int | None
    score: float
    key: str = ""


@dataclass(slots=True)
class Participant:
    """The visits of one platform identity together."""

    who: str
    names: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    userid: str = ""
    phone: str = ""
    own: bool = False
    host: bool = False

    def add(self, visit: Visit) -> None:
        """Take in a visit; names of attached rows are not the person's."""
        if visit.join_type not in presence.ATTACHED and visit.user_name not in self.names:
            self.names.append(visit.user_name)
        if visit.customer_data and visit.customer_data not in self.tags:
            self.tags.append(visit.customer_data)
        self.userid, self.phone = visit.userid or self.userid, visit.phone or self.phone
        self.own, self.host = self.own or visit.is_enterprise_user, self.host or visit.user_role in HOSTS


def participants(room: Room) -> list[Participant]:
    """Group visits by identity, in order of joining."""
    found: dict[str, Participant] = {}
    for visit in room.visits:
        one = found.get(visit.ms_open_id)
        if one is None:
            one = found[visit.ms_open_id] = Participant(visit.ms_open_id)
        one.add(visit)
    return list(found.values())


def unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Index values that stand on one row only; blank ones on none."""
    found: dict[str, int] = {}
    twice = {""}
    for value, row in pairs:
        if found.setdefault(value, row) != row:
            twice.add(value)
    return {value: row for value, row in found.items() if value not in twice}
