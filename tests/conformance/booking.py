"""Meetings that several tests of the witness need."""

from typing import Any

from tests.conformance.witness import Witness

HOUR, DAY = 3_600, 86_400


def planned(who: Witness, start: int, **more: Any) -> dict[str, Any]:
    """Return the body of a creation of one hour."""
    times = {"start_time": str(start), "end_time": str(start + HOUR)}
    return {"userid": who.user, "instanceid": 1, "subject": "半年报路演", "type": 0, **times, **more}


def book(who: Witness, start: int, **more: Any) -> Any:
    """Make a meeting and return it in the SDK's model."""
    return who.call("v1_meetings_post", body=planned(who, start, **more)).meeting_info_list[0]


def read(who: Witness, meeting_id: str) -> Any:
    """Read a meeting by its id and return it in the SDK's model."""
    asked = {"meeting_id": meeting_id, "instanceid": "1", **who.asked}
    return who.call("v1_meetings_meeting_id_get", **asked).meeting_info_list[0]
