"""Bookings: what a caller sends to make or change a meeting, checked and put into a meeting."""

from typing import Any
from zoneinfo import ZoneInfo

from portal.sandbox.calls import Call
from portal.sandbox.errors import Refusal
from portal.sandbox.meeting import Meeting
from portal.sandbox.recurrence import expand
from portal.sandbox.shapes import seconds
from portal.sandbox.world import User

SUBJECT_BYTES = 512
WEBINAR_LATE = 1_800
MOST_INVITEES, MOST_GUESTS = 300, 2_000
FREE_FIELDS = (
    "location", "enable_live", "live_config", "enable_doc_upload_permission", "enable_host_key", "host_key",
    "media_set_type", "enable_interpreter", "allow_enterprise_intranet_only", "sync_to_wework",
)
WEBINAR_FIELDS = (
    "sponsor", "cover_url", "description", "enable_guest_invite_link", "media_setting", "enable_qa",
    "sensitive_words", "enable_manual_check", "activity_page", "display_number_of_attendees",
    "playback_for_audience", "preparation_mode",
)
SETTINGS: dict[str, Any] = {
    "mute_enable_type_join": 2, "mute_enable_join": True, "allow_unmute_self": True,
    "allow_in_before_host": True, "auto_in_waiting_room": False, "only_user_join_type": 1,
    "allow_screen_shared_watermark": False, "water_mark_type": 0, "audio_watermark": False,
    "auto_record_type": "none",
    "participant_join_auto_record": False, "enable_host_pause_auto_record": True, "auto_asr": False,
    "open_asr_view": 0, "allow_multi_device": True, "change_nickname": 1, "mute_all": True,
    "only_enterprise_user_allowed": False,
}


# The bits of corp_lock_mask: text watermark, audio watermark, recording, transcript.
LOCKED: dict[int, tuple[str, Any]] = {
    1: ("allow_screen_shared_watermark", True), 2: ("audio_watermark", True), 4: ("auto_record_type", "cloud"),
    8: ("auto_asr", True),
}
# add_on_webinar 8 (document 67432): the largest audience there is to buy.
WEBINAR_SEATS = 10_000
ZONE_NAMES = {"time_zone": ("time_zone",), "timezone": ("timezone",), "both": ("timezone", "time_zone")}
RECORDINGS = ("none", "local", "cloud")
MOST_LOCATION, MOST_TITLE = 36, 255
ADD, REMOVE = 1, 2


def book(call: Call, creator: User, webinar: bool) -> tuple[Meeting, list[str]]:
    """Make and keep a meeting from the call's body; returns it with the unknown invitees."""
    body = call.body
    start, end = _times(call, body)
    state = call.state
    late = WEBINAR_LATE if webinar else 60
    if start < call.now - late and not state.switches["allow_past_start"]:
        raise Refusal(190004, "start_time is in the past")
    meeting = Meeting(
        state.new_meeting_id(), state.new_code(), webinar, creator, "oauth" if call.caller.oauth else "aksk",
        _subject(call, body, webinar), start, end, "", _touch(call), settings=dict(SETTINGS),
    )
    if webinar:
        meeting.enrol.enroll_number = WEBINAR_SEATS
    _check_kind(call, creator)
    meeting.instant = body.get("type") == 1
    meeting.join_url = f"{state.address}/dm/{meeting.code}"
    unknown = fill(call, meeting, body)
    # Guests named from the start are no edit.
    meeting.guest_edits.clear()
    if body.get("meeting_type") == 1:
        meeting.rule = dict(body.get("recurring_rule") or {})
        meeting.occurrences = expand(meeting.rule, start, end, meeting.time_zone)
    # Counted last: a booking that is refused makes nothing.
    state.quota.create(creator)
    state.meetings[meeting.meeting_id] = meeting
    return meeting, unknown


def _check_kind(call: Call, creator: User) -> None:
    """Raise unless type and meeting_type go together and one more series may live."""
    if call.number("meeting_type", 0) not in (0, 1):
        raise Refusal(190004, "meeting_type must be 0 or 1")
    if call.body.get("meeting_type") != 1:
        return
    if call.body.get("type") == 1:
        raise Refusal(190004, "an instant meeting cannot recur")
    if not call.body.get("recurring_rule"):
        raise Refusal(190004, "recurring_rule is required")
    living = [
        each for each in call.state.meetings.values()
        if each.creator is creator and each.recurring and not each.cancelled and each.coming(call.now)
    ]
    most = int(call.state.switches["live_series_most"])
    if most and len(living) >= most:
        raise Refusal(9098)


def fill(call: Call, meeting: Meeting, body: dict[str, Any]) -> list[str]:
    """Put every given optional field into a meeting; omitted means unchanged. Returns unknown invitees."""
    if "password" in body:
        meeting.password = _password(body["password"])
    for name in ZONE_NAMES[call.state.switches["time_zone_name"]]:
        if name in body:
            meeting.time_zone = _zone(body[name])
    settings = body.get("settings") or {}
    if settings.get("auto_record_type", "none") not in RECORDINGS:
        raise Refusal(190004, "auto_record_type must be none, local or cloud")
    _check_words(body)
    meeting.settings |= {name: value for name, value in settings.items() if name in SETTINGS}
    fields = WEBINAR_FIELDS if meeting.webinar else FREE_FIELDS
    meeting.extras |= {name: body[name] for name in fields if name in body}
    # 42417: switched on without a key, the platform thinks of one.
    if meeting.extras.get("enable_host_key") is True and not meeting.extras.get("host_key"):
        meeting.extras["host_key"] = f"{call.state.world.rng.randrange(10**6):06d}"
    meeting.settings |= _forced(int(call.state.switches["corp_lock_mask"]))
    if "enable_enroll" in body:
        meeting.enrol_on = body["enable_enroll"] is True
    if "guests" in body:
        meeting.edit_guests(checked_guests(body["guests"] or []), call.now)
    return _invite(meeting, body)


def change(call: Call, meeting: Meeting) -> None:
    """Change a meeting as the body says; without `meeting_type` 1 a series turns into a single meeting."""
    body = call.body
    rule = body.get("recurring_rule") or {}
    if body.get("meeting_type") == 1 and rule.get("sub_meeting_id"):
        _move(call, meeting, str(rule["sub_meeting_id"]))
        return
    # Of a webinar both times go together; a meeting keeps the one that is not sent.
    former = {} if meeting.webinar else {"start_time": str(meeting.start), "end_time": str(meeting.end)}
    hosts = [str(host.get("userid", "")) for host in body.get("hosts") or []]
    if hosts and not meeting.webinar and not {meeting.creator.userid, meeting.creator.open_id} & set(hosts):
        raise Refusal(190004, "hosts must contain the creator")
    subject = _subject(call, body, meeting.webinar) if "subject" in body else meeting.subject
    if "start_time" in body or "end_time" in body:
        meeting.start, meeting.end = _times(call, former | body)
    meeting.subject = subject
    fill(call, meeting, body)
    _change_rule(meeting, body, rule)
    meeting.updated_ms = _touch(call)


def checked_guests(guests: list[dict[str, Any]], most: int = MOST_GUESTS) -> list[dict[str, Any]]:
    """Return guests in the platform's shape; raises 190004 for a bad area, number or name."""
    if not isinstance(guests, list) or len(guests) > most:
        raise Refusal(190004, f"at most {most} guests")
    return [_guest(guest) for guest in guests]


def _guest(guest: dict[str, Any]) -> dict[str, Any]:
    area, number = str(guest.get("area", "")), str(guest.get("phone_number", ""))
    name = str(guest.get("guest_name", ""))
    if not area.isdigit() or area.startswith("0"):
        raise Refusal(190004, "area must be like 86")
    if not number.isdigit() or number.startswith("0"):
        raise Refusal(190004, "phone_number must be a mobile number")
    if len(name) > 16:
        raise Refusal(190004, "guest_name is longer than 16 characters")
    return {"area": area, "phone_number": number, "guest_name": name}


def _forced(mask: int) -> dict[str, Any]:
    """Return the settings an enterprise forces upon its meetings, whatever was asked."""
    forced = {name: value for bit, (name, value) in LOCKED.items() if mask & bit}
    return forced | ({"corp_lock_mask": mask} if mask else {})


def _change_rule(meeting: Meeting, body: dict[str, Any], rule: dict[str, Any]) -> None:
    if body.get("meeting_type") != 1:
        # The series is lost when a change forgets to say that it is one.
        meeting.rule, meeting.occurrences = None, []
        return
    if not rule:
        raise Refusal(190004, "recurring_rule is required")
    if rule == meeting.rule and "start_time" not in body:
        return
    meeting.rule = {**(meeting.rule or {}), **rule}
    meeting.occurrences = expand(meeting.rule, meeting.start, meeting.end, meeting.time_zone)


def _move(call: Call, meeting: Meeting, sub_meeting_id: str) -> None:
    """Move one occurrence; only its times change and it keeps its id."""
    found = meeting.occurrence(sub_meeting_id)
    if found is None or found.deleted:
        raise Refusal(190004, "sub_meeting_id is unknown")
    found.start, found.end = _times(call, call.body)
    if call.state.switches["moved_occurrence_id"] == "start":
        found.sub_meeting_id = str(found.start)
    meeting.updated_ms = _touch(call)


def _invite(meeting: Meeting, body: dict[str, Any]) -> list[str]:
    enterprise = meeting.creator.enterprise
    known = enterprise.users if enterprise else {}
    unknown: list[str] = []
    for field in ("hosts", "invitees"):
        if field not in body:
            continue
        wanted = [str(person.get("userid", "")) for person in body[field] or []]
        if field == "invitees" and len(wanted) > MOST_INVITEES:
            raise Refusal(190004, f"at most {MOST_INVITEES} invitees")
        wanted = [_userid(meeting, person) for person in wanted]
        unknown += [person for person in wanted if person not in known]
        kept = [person for person in wanted if person in known]
        setattr(meeting, field, _operated(meeting, body, kept) if field == "invitees" else kept)
    return unknown


def _operated(meeting: Meeting, body: dict[str, Any], wanted: list[str]) -> list[str]:
    """Return the invitees after adding, removing or, as usual, replacing."""
    operation = body.get("invitees_operate_type")
    if operation == ADD:
        return [*meeting.invitees, *(each for each in wanted if each not in meeting.invitees)]
    return [each for each in meeting.invitees if each not in wanted] if operation == REMOVE else wanted


def _userid(meeting: Meeting, person: str) -> str:
    """Return the userid behind an OAuth caller's open_id of the same enterprise, else the text itself."""
    enterprise = meeting.creator.enterprise
    members = enterprise.users.values() if enterprise else ()
    return next((user.userid for user in members if user.open_id == person), person)


def _check_words(body: dict[str, Any]) -> None:
    if _width(body.get("location", "")) > MOST_LOCATION:
        raise Refusal(190004, "location is longer than 36 letters")
    key = body.get("host_key", "")
    if key and not (key.isascii() and key.isdecimal() and len(key) == 6):
        raise Refusal(190004, "host_key must be 6 digits")


def _width(text: str) -> int:
    """Return how many letters wide a text is; a Chinese character counts as two."""
    return sum(1 if letter.isascii() else 2 for letter in text)


def _subject(call: Call, body: dict[str, Any], webinar: bool) -> str:
    subject = body.get("subject")
    if not isinstance(subject, str) or not subject:
        raise Refusal(190004, "subject is missing")
    letter = int(call.state.switches["subject_letter_bytes"])
    size = sum(letter if each.isascii() else len(each.encode()) for each in subject)
    if len(subject) > MOST_TITLE if webinar else size > SUBJECT_BYTES:
        raise Refusal(190004, "subject is too long")
    if any(word in subject for word in call.state.switches.words("forbidden_words")):
        raise Refusal(9093)
    return subject


def _times(call: Call, body: dict[str, Any]) -> tuple[int, int]:
    start, end = body.get("start_time"), body.get("end_time")
    for name, value in (("start_time", start), ("end_time", end)):
        if not seconds(value):
            raise Refusal(190004, f"{name} must be a string of Unix seconds")
    if int(end) <= int(start):
        raise Refusal(190004, "end_time must be after start_time")
    return int(start), int(end)


def _password(password: object) -> str:
    if password == "":
        return ""
    if not isinstance(password, str) or not password.isdigit() or not 4 <= len(password) <= 6:
        raise Refusal(190004, "password must be 4 to 6 digits")
    return password


def _zone(name: object) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (KeyError, ValueError, OSError):
        raise Refusal(190004, "time_zone is unknown") from None


def _touch(call: Call) -> int:
    """Return a modification time in milliseconds that no other meeting has."""
    latest = max((meeting.updated_ms for meeting in call.state.meetings.values()), default=0)
    return max(int(call.state.clock() * 1000), latest + 1)
