"""Meetings as the platform's answers spell them."""

import base64
from typing import Any

from portal.sandbox.calls import Call
from portal.sandbox.meeting import Meeting
from portal.sandbox.world import User

MOST_PARTICIPANTS = 200
CREATORS_OWN = ("host_key", "enable_live", "live_config")
LEADING, CO_LEADING = (2, 3, 5), (6, 7)


def person(call: Call, meeting: Meeting, userid: str) -> dict[str, Any]:
    """Return a member as the caller's kind of credential names them."""
    enterprise = meeting.creator.enterprise
    user = enterprise.users.get(userid) if enterprise else None
    shown = user_id(call, user) if user else userid
    return {"userid": shown, "operator_id": shown, "operator_id_type": 2 if call.caller.oauth else 1}


def user_id(call: Call, user: User) -> str:
    """Return the id of an account in the caller's world: userid, or open_id under OAuth."""
    return user.open_id if call.caller.oauth else user.userid


def hosts_of(call: Call, meeting: Meeting) -> list[dict[str, Any]]:
    """Return the designated hosts, the creator where none are."""
    if meeting.hosts:
        return [person(call, meeting, userid) for userid in meeting.hosts]
    shown = user_id(call, meeting.creator)
    return [{"userid": shown, "operator_id": shown, "operator_id_type": 2 if call.caller.oauth else 1}]


def made(call: Call, meeting: Meeting, unknown: list[str]) -> dict[str, Any]:
    """Return the answer to a creation."""
    shown = {
        **_basics(meeting),
        "password": meeting.password,
        "hosts": [{"userid": host["userid"]} for host in hosts_of(call, meeting)],
        "participants": [{"userid": person(call, meeting, each)["userid"]} for each in meeting.invitees],
        "user_non_registered": unknown,
        "settings": meeting.settings,
        "enable_live": bool(meeting.extras.get("enable_live", False)),
        "host_key": meeting.extras.get("host_key", ""),
        "location": meeting.extras.get("location", ""),
        "media_set_type": 0,
    }
    return _enveloped([shown])


def changed(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Return the answer to a change, which is not the whole meeting."""
    names = ("only_user_join_type", "change_nickname", "auto_in_waiting_room", "allow_multi_device")
    shown = {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code,
        "enable_live": bool(meeting.extras.get("enable_live", False)),
        "host_key": meeting.extras.get("host_key", ""),
        "settings": {name: meeting.settings[name] for name in names},
    }
    return _enveloped([shown])


def read(call: Call, meeting: Meeting, actor: User) -> dict[str, Any]:
    """Return the answer to a query of one meeting."""
    return _enveloped([full(call, meeting, actor)])


def full(call: Call, meeting: Meeting, actor: User) -> dict[str, Any]:
    """Return one meeting with all its fields; some are for its creator only."""
    settings = dict(meeting.settings)
    settings["only_allow_enterprise_user_join"] = settings.pop("only_enterprise_user_allowed")
    shown = {
        **_basics(meeting),
        "status": meeting.status(call.now),
        "participants": [person(call, meeting, each) for each in meeting.invitees[:MOST_PARTICIPANTS]],
        "settings": settings,
        "enable_enroll": meeting.enrol_on,
        "has_vote": False,
        "time_zone": _zone(call, meeting),
        **{name: value for name, value in meeting.extras.items() if name not in CREATORS_OWN},
    }
    if actor is meeting.creator:
        shown |= _for_creator(call, meeting)
    elif meeting.password:
        shown["need_password"] = True
    if not meeting.recurring:
        return shown
    return shown | _series(meeting, call.now, str if call.state.switches["sub_meeting_times"] == "text" else int)


def _zone(call: Call, meeting: Meeting) -> str:
    if call.state.switches["time_zone_returned"] == "plain":
        return meeting.time_zone
    return base64.b64encode(meeting.time_zone.encode()).decode()


def _for_creator(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Return what only the creator reads; the key of a series was told once, when it was made."""
    own = {name: meeting.extras[name] for name in CREATORS_OWN if name in meeting.extras}
    if meeting.recurring:
        own.pop("host_key", None)
    inside = meeting.inside()
    now = {
        name: [person(call, meeting, each) for each in sorted({
            visit.identity.user.userid for visit in inside if visit.identity.user and visit.role in roles
        })]
        for name, roles in (("current_hosts", LEADING), ("current_co_hosts", CO_LEADING))
    }
    return own | now | {
        "password": meeting.password, "hosts": hosts_of(call, meeting), "guests": meeting.guests,
    }


def _basics(meeting: Meeting) -> dict[str, Any]:
    return {
        "subject": meeting.subject, "meeting_id": meeting.meeting_id, "meeting_code": meeting.code,
        "type": int(meeting.instant), "meeting_type": int(meeting.recurring),
        "start_time": str(meeting.start), "end_time": str(meeting.end), "join_url": meeting.join_url,
    }


def _series(meeting: Meeting, now: int, spelled: type[int] | type[str]) -> dict[str, Any]:
    """Return the part of a series; past occurrences have dropped out."""
    # A cancelled date is still listed with status 1, but no longer counted as remaining.
    coming = meeting.coming(now)
    listed = [each for each in meeting.occurrences if each.end > now]
    current = meeting.current(now)
    shown: dict[str, Any] = {
        "recurring_rule": meeting.rule,
        "sub_meetings": [
            {"sub_meeting_id": each.sub_meeting_id, "status": int(each.deleted),
             "start_time": spelled(each.start), "end_time": spelled(each.end)}
            for each in listed
        ],
        "has_more_sub_meeting": 0, "has_more_sub_meetings": 0, "remain_sub_meetings": len(coming),
        "current_sub_meeting_id": current.sub_meeting_id if current else "",
    }
    if current:
        shown |= {"start_time": str(current.start), "end_time": str(current.end)}
    return shown


def _enveloped(meetings: list[dict[str, Any]]) -> dict[str, Any]:
    return {"meeting_number": len(meetings), "meeting_info_list": meetings}
