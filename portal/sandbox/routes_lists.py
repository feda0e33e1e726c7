"""Lists of meetings: coming ones of a user, by code, and those that are over."""

from typing import Any

from portal.sandbox import shown
from portal.sandbox.calls import MANAGE, VIEW, Call, route
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import DAY, RECYCLED_AFTER, Meeting
from portal.sandbox.world import User

PAGE = 20
HOUR = 3_600
BEIJING = 8 * HOUR
MONTH = 31 * DAY
WIDEST = 90 * DAY
WEBINAR_TYPE = 6


@route("GET", "/v1/meetings", scopes=(VIEW, MANAGE))
def list_meetings(call: Call) -> dict[str, Any]:
    """List the ongoing and coming meetings of one user, or find one by its code.

    Source: document 42421.
    """
    call.client()
    actor = call.user()
    if "meeting_code" in call.query:
        return _by_code(call, actor)
    # 0 is the default, which stands for today's midnight in Beijing.
    pos = call.number("pos", 0) or (call.now + BEIJING) // DAY * DAY - BEIJING
    cursory = call.number("cursory", 0)
    placed = [(_place(meeting, call.now), meeting) for meeting in _coming(call, actor)]
    # The bound is inclusive, so the last row of a page comes again as the first of the next.
    rest = sorted((each for each in placed if each[0] >= (pos, cursory)), key=lambda each: each[0])
    page = rest[:PAGE]
    answer: dict[str, Any] = {
        "meeting_number": len(page),
        "meeting_info_list": [_listed(call, meeting, actor) for _, meeting in page],
        "remaining": len(rest) - len(page),
    }
    if page:
        answer["next_pos"], answer["next_cursory"] = page[-1][0]
    return answer


@route("GET", "/v1/history/meetings/<userid>", scopes=(VIEW, MANAGE))
def list_history(call: Call, userid: str) -> dict[str, Any]:
    """List the meetings of one user that are over, created or attended, newest first.

    Source: document 53805.
    """
    actor = call.account(userid)
    page, size = call.number("page", least=1), call.number("page_size", least=1, most=PAGE)
    start, end = _window(call)
    code = call.query.get("meeting_code")
    rows = [
        row
        for meeting in _reached(call, actor)
        for row in _over(meeting, call.now)
        if start <= row["start_time"] <= end and code in (None, meeting.code)
    ]
    rows.sort(key=lambda row: -row["start_time"])
    chosen = rows[(page - 1) * size : page * size]
    return {
        "total_count": len(rows), "total_page": -(-len(rows) // size), "current_page": page,
        "current_size": len(chosen), "meeting_info_list": chosen,
    }


def _by_code(call: Call, actor: User) -> dict[str, Any]:
    meeting = call.state.by_code(call.query["meeting_code"], webinar=False)
    call.own(meeting, actor, admins=True)
    return shown.read(call, meeting, actor) | {"next_pos": 0, "remaining": 0}


def _place(meeting: Meeting, now: int) -> tuple[int, int]:
    return meeting.next_start(now), meeting.updated_ms


def _listed(call: Call, meeting: Meeting, actor: User) -> dict[str, Any]:
    listed = shown.full(call, meeting, actor)
    if meeting.recurring and call.number("is_show_all_sub_meetings", 0) == 0:
        listed["sub_meetings"] = listed["sub_meetings"][:1]
    return listed | {"join_meeting_role": _role(meeting, actor)}


def _role(meeting: Meeting, actor: User) -> str:
    if actor is meeting.creator:
        return "creator"
    return "hoster" if actor.userid in meeting.hosts else "invitee"


def _reached(call: Call, actor: User) -> list[Meeting]:
    """Return the meetings of this user that the credential may see."""
    return [
        meeting
        for meeting in call.state.meetings.values()
        if _takes_part(meeting, actor) and call.reaches(meeting)
    ]


def _takes_part(meeting: Meeting, actor: User) -> bool:
    if actor is meeting.creator:
        return True
    if not actor.userid or actor.enterprise is not meeting.creator.enterprise:
        return False
    attended = any(visit.identity.user is actor for each in meeting.holdings.values() for visit in each.visits)
    return attended or actor.userid in meeting.hosts or actor.userid in meeting.invitees


def _coming(call: Call, actor: User) -> list[Meeting]:
    webinars = call.state.switches["webinars_in_list"]
    return [
        meeting for meeting in _reached(call, actor)
        if (webinars or not meeting.webinar) and _still_listed(meeting, call.now)
    ]


def _still_listed(meeting: Meeting, now: int) -> bool:
    if meeting.cancelled or meeting.recycled or meeting.dismissed():
        return False
    return now <= meeting.last_end + (RECYCLED_AFTER if meeting.recurring else HOUR)


def _window(call: Call) -> tuple[int, int]:
    start, end = call.query.get("start_time"), call.query.get("end_time")
    if not start and not end:
        return call.now - MONTH, call.now
    lower = call.number("start_time") if start else call.number("end_time") - MONTH
    upper = call.number("end_time") if end else lower + MONTH
    if upper - lower > WIDEST:
        raise Refusal(190004, "the span is over 90 days")
    return lower, upper


def _over(meeting: Meeting, now: int) -> list[dict[str, Any]]:
    """Return the history rows of a meeting: one, or one an occurrence that has passed."""
    if meeting.cancelled:
        return []
    if meeting.recurring:
        past = [each for each in meeting.alive() if each.end <= now]
        return [
            _row(meeting, each.start, each.end, each.sub_meeting_id)
            for each in past
            if not meeting.holding(each.sub_meeting_id).inside()
        ]
    if meeting.inside() or (meeting.end > now and not meeting.dismissed()):
        return []
    return [_row(meeting, meeting.start, meeting.end, "")]


def _row(meeting: Meeting, start: int, end: int, sub_meeting_id: str) -> dict[str, Any]:
    return {
        "meeting_id": meeting.meeting_id, "meeting_code": meeting.code, "subject": meeting.subject,
        "meeting_type": WEBINAR_TYPE if meeting.webinar else int(meeting.recurring),
        "sub_meeting_id": sub_meeting_id, "start_time": start, "end_time": end,
    }
