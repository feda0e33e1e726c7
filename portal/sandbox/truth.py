"""What really happened, for checking a portal against it."""

from collections import defaultdict
from typing import Any

from portal.sandbox.enrolling import Register
from portal.sandbox.meeting import Identity, Meeting, Visit

Interval = tuple[int, int]


def truth(meeting: Meeting, sub_meeting_id: str, now: int) -> dict[str, Any]:
    """Return the window, and per person their ids, seconds and intervals within the window."""
    holding = meeting.holding(sub_meeting_id)
    started = holding.started if holding.started is not None else meeting.booked(sub_meeting_id)[0]
    window = (started, holding.ended if holding.ended is not None else now)
    visits: dict[str, list[Visit]] = defaultdict(list)
    for visit in holding.visits:
        visits[visit.identity.key].append(visit)
    waits = _waits(meeting, sub_meeting_id)
    register = Register(meeting)
    return {
        "window": {"started": started, "ended": holding.ended},
        "rows": len(holding.visits), "guests_listed": meeting.guests_listed,
        "people": [
            _person(register, known, visits[key], window) | {"waits": waits[key]}
            for key, known in holding.people.items()
        ],
    }


def union(visits: list[Visit], window: Interval) -> list[Interval]:
    """Return the time covered by at least one visit within the window, as intervals in order."""
    merged: list[Interval] = []
    for visit in sorted(visits, key=lambda each: each.join):
        join = max(visit.join, window[0])
        leave = min(window[1] if visit.left is None else visit.left, window[1])
        # Wholly before or after the window.
        if leave <= join:
            continue
        if merged and join <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], leave))
        else:
            merged.append((join, leave))
    return merged


def _person(
    register: Register, known: dict[str, Any], visits: list[Visit], window: Interval
) -> dict[str, Any]:
    intervals = union(visits, window)
    identities = _identities(visits)
    return {
        **known,
        "enroll_id": _enroll_id(register, identities),
        "customer_data": next((visit.customer_data for visit in visits if visit.customer_data), ""),
        "ms_open_ids": [identity.ms_open_id for identity in identities],
        "rows": len(visits),
        "seconds": sum(end - start for start, end in intervals),
        "intervals": [list(interval) for interval in intervals],
    }


def _waits(meeting: Meeting, sub_meeting_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return everybody's stays in the waiting room, which count for nothing."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for wait in meeting.room.waits:
        if wait.sub_meeting_id == (sub_meeting_id if meeting.recurring else ""):
            identity = wait.visit.identity
            shown = {"join": wait.join, "left": wait.left, "ending": wait.ending}
            found[identity.key].append(shown | {"ms_open_id": identity.ms_open_id})
    return found


def _identities(visits: list[Visit]) -> list[Identity]:
    return list({visit.identity.ms_open_id: visit.identity for visit in visits}.values())


def _enroll_id(register: Register, identities: list[Identity]) -> int | None:
    found = [enrolment for identity in identities if (enrolment := register.of(identity)) is not None]
    return found[0].enroll_id if found else None
