"""The product's own core, asked through its public door."""

from attendance.bench.answers import CONFLICT, LIKELY, NONE, Answer, Participant, participants
from attendance.bench.rooms import Room, phone_hash
from attendance.matching import BALANCED, STRICT, Arrivals, Decision, People, Policy, decide


def balanced(room: Room) -> list[Answer]:
    """Decide under the balanced policy."""
    return _decide(room, BALANCED)


def strict(room: Room) -> list[Answer]:
    """Decide under the strict policy."""
    return _decide(room, STRICT)


def _decide(room: Room, policy: Policy) -> list[Answer]:
    result = decide(people(room), arrivals(room, participants(room)), policy=policy)
    return [_answer(decision) for decision in result.decisions]


def people(room: Room) -> People:
    """Give the list as columns, each phone with its hash."""
    rows, secret = room.rows, room.secret_id
    return People(
        id=range(len(rows)), name=[row.name for row in rows], company=[row.company for row in rows],
        title=[row.title for row in rows], phone_head=[row.phone[:3] for row in rows],
        phone_tail=[row.phone[-4:] for row in rows], tag=[row.tag for row in rows],
        enroll_id=[row.enroll_id for row in rows], userid=[row.userid for row in rows],
        phone_hashes=[(phone_hash(row.phone, secret),) if row.phone else () for row in rows],
        phone_key=[row.phone for row in rows] if room.app_phones else (),
    )  # fmt: skip


def arrivals(room: Room, came: list[Participant]) -> Arrivals:
    """Give the participants as columns, with what the look-ups said of them."""
    has_staff = any(row.userid for row in room.rows)
    return Arrivals(
        id=[one.who for one in came], names=[one.names for one in came], tags=[one.tags for one in came],
        enroll_id=[room.enrolments.get(one.who, "") for one in came], userid=[one.userid for one in came],
        ms_open_id=[one.who for one in came], phone_hash=[one.phone for one in came],
        app_phone_key=[room.app_phones.get(one.who, "") for one in came] if room.app_phones else (),
        pstn_person_ids=[[room.callers[one.who]] if one.who in room.callers else [] for one in came],
        # Own staff need no looking for, unless the list is about staff.
        is_staff=() if has_staff else [one.own for one in came], is_host=[one.host for one in came],
        void_hashes=frozenset({phone_hash("", room.secret_id)}),
    )  # fmt: skip


def _answer(decision: Decision) -> Answer:
    tier, key = str(decision.tier), str(decision.key or "")
    if tier in (LIKELY, CONFLICT):
        first = decision.candidates[0].person_id if decision.candidates else None
        return Answer(tier, first, decision.confidence, key)
    if decision.person_id is None:
        return Answer(NONE, None, decision.confidence, key)
    return Answer(tier, decision.person_id, decision.confidence, key)
