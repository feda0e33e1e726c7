"""People of a running meeting with a waiting room, as the tests of control put them there."""

from tests.sandbox.wire import Json, Platform, Token

HOUR = 3_600
PREFIX = "meeting.participant-"


def stay(join: int, leave: int | None = None, **more: object) -> Json:
    return {"join": join, "leave": leave, **more}


def host(platform: Platform) -> Json:
    user = platform.organiser()
    return {"key": "h", "name": user["name"], "kind": "host", "userid": user["userid"], "stays": [stay(0)]}


def person(key: str, *stays: Json, **more: object) -> Json:
    return {"key": key, "name": f"人{key}", "stays": list(stays) or [stay(60)], **more}


def open_meeting(platform: Platform, token: Token, now: int, people: list[Json], **fields: object) -> str:
    """Book a meeting of the OAuth app that began a quarter of an hour ago, and let people come."""
    made = platform.book(token, now - 900, now + HOUR, **fields)["meeting_id"]
    waiting = fields.get("settings", {}).get("auto_in_waiting_room")
    platform.post("play", meeting_id=made, people=[host(platform), *people], end=False,
                  waiting="hold" if waiting else "admit")
    return made


def truth(platform: Platform, made: str) -> dict[str, Json]:
    return {each["key"]: each for each in platform.get(f"truth/{made}")["people"]}


def ms_open_id(platform: Platform, made: str, key: str) -> str:
    """Return somebody's temporary id, wherever in the meeting they are."""
    known = truth(platform, made)[key]
    return (known["ms_open_ids"] or [wait["ms_open_id"] for wait in known["waits"]])[0]


def target(platform: Platform, made: str, key: str, device: int = 1) -> Json:
    return {"to_operator_id": ms_open_id(platform, made, key), "to_operator_id_type": 4, "instanceid": device}
