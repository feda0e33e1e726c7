"""The control API's stage: scripts, truth, rows and events."""

from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from portal.sandbox.actors import BadScript, read_actors
from portal.sandbox.bulk import bulk_actors
from portal.sandbox.calls import Caller, sandbox_state
from portal.sandbox.control import BadControl, hook_of, json_body, meeting_of, whole
from portal.sandbox.door import ADMIT, HOLD
from portal.sandbox.events import THIRD_PARTY, Move, Sending, tell_meeting, tell_move
from portal.sandbox.meeting import Meeting
from portal.sandbox.play import Noise, Script, play
from portal.sandbox.rows import row
from portal.sandbox.state import State
from portal.sandbox.truth import truth

MOST_ROWS, MOST_TIMES = 1_000_000, 100_000

control_play = Blueprint("control_play", __name__, url_prefix="/_sandbox")


@control_play.app_errorhandler(BadScript)
def _bad(error: ValueError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


@control_play.post("/play")
def play_script() -> Response:
    """Play a script written by the caller into a meeting."""
    state, body = sandbox_state(), json_body()
    actors = read_actors(body.get("people"))
    with state.lock:
        meeting, sub_meeting_id = staged(state, body)
        script = Script(actors, end_of(body), noise_of(body), waiting_of(body))
        return jsonify(play(state, meeting, sub_meeting_id, script))


@control_play.post("/bulk")
def fill_quickly() -> Response:
    """Fill a meeting with many rows, without events."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        meeting, sub_meeting_id = staged(state, body)
        start, end = meeting.booked(sub_meeting_id)
        actors = bulk_actors(whole(body, "rows", 1_000, MOST_ROWS), end - start, whole(body, "seed", 1))
        return jsonify(play(state, meeting, sub_meeting_id, Script(actors, True, Noise(send=False))))


@control_play.get("/meetings")
def list_meetings() -> Response:
    """Tell which meetings there are, oldest first."""
    state = sandbox_state()
    with state.lock:
        return jsonify(
            [
                {"meeting_id": each.meeting_id, "meeting_code": each.code, "subject": each.subject}
                for each in state.meetings.values()
            ]
        )


@control_play.get("/truth/<meeting_id>")
def tell_truth(meeting_id: str) -> Response:
    """Tell who really was there, and for how long."""
    state = sandbox_state()
    with state.lock:
        meeting = meeting_of(state, meeting_id)
        return jsonify(truth(meeting, occurrence_of(meeting, request.args), state.now()))


@control_play.get("/rows/<meeting_id>")
def tell_rows(meeting_id: str) -> Response:
    """Tell all rows as the enterprise's own app gets them, or with `as=oauth` as the OAuth app does."""
    state = sandbox_state()
    with state.lock:
        meeting = meeting_of(state, meeting_id)
        # A personal user has no enterprise whose app could ask.
        oauth = request.args.get("as") == "oauth" or meeting.creator.enterprise is None
        caller = Caller(None, meeting.creator) if oauth else Caller(meeting.creator.enterprise, None)
        visits = meeting.holding(occurrence_of(meeting, request.args)).visits
        return jsonify([row(state, caller, meeting, visit) for visit in visits])


@control_play.get("/events")
def list_events() -> Response:
    """Tell the deliveries, newest last, with what the portal answered; `bodies=1` adds the plain events."""
    state = sandbox_state()
    wanted = request.args.get("meeting_id")
    with state.lock:
        chosen = [each for each in state.outbox.log if wanted in (None, each.meeting_id)]
        bodies = bool(request.args.get("bodies"))
        listed = [each.listed() | ({"body": each.body} if bodies else {}) for each in chosen]
    return jsonify({"pending": state.outbox.pending(), "deliveries": listed})


@control_play.post("/events/send")
def send_event() -> Response:
    """Send one event of a meeting's life, a given body, or an earlier delivery again.

    Keys: `number` (send that delivery again), or `body` (an envelope) with `to`,
    or `event`, `meeting_id`, `key` and `action_scene_type` (between rooms),
    or `event` with `meeting_id`, and any of
    `sub_meeting_id`, `at` (seconds), `meeting_end_type`, `times`, `bad_signature`.
    """
    state, body = sandbox_state(), json_body()
    with state.lock:
        if "number" in body:
            _again(state, whole(body, "number", 0))
        elif "body" in body:
            _given(state, body)
        elif "action_scene_type" in body:
            _moved(state, body)
        else:
            _life(state, body)
    return jsonify({"pending": state.outbox.pending()})


def staged(state: State, body: dict[str, Any], any_occurrence: bool = False) -> tuple[Meeting, str]:
    """Return the meeting and the occurrence that a call names; raises BadControl."""
    meeting = meeting_of(state, body.get("meeting_id"))
    return meeting, "" if any_occurrence else occurrence_of(meeting, body)


def occurrence_of(meeting: Meeting, given: Any) -> str:
    """Return the occurrence's id, empty for a single meeting; raises BadControl where a series needs one."""
    if not meeting.recurring:
        return ""
    sub_meeting_id = str(given.get("sub_meeting_id") or "")
    if meeting.occurrence(sub_meeting_id) is None:
        raise BadControl("a recurring meeting needs a sub_meeting_id of its own")
    return sub_meeting_id


def end_of(body: dict[str, Any]) -> bool | int:
    """Return how a script ends: at its natural end, at a second, or not yet."""
    end = body.get("end", True)
    if not isinstance(end, int):
        raise BadControl("end must be true, false or seconds from the scheduled start")
    return end


def noise_of(body: dict[str, Any]) -> Noise:
    """Return how the events of a script travel; raises BadControl for an odd key."""
    wanted = body.get("events") or {}
    if not isinstance(wanted, dict):
        raise BadControl("events must be an object")
    odd = sorted(name for name, value in wanted.items() if not _fits(name, value))
    if odd:
        raise BadControl(f"odd keys or values in events: {odd}")
    return Noise(**wanted, seed=whole(body, "seed", 1))


def waiting_of(body: dict[str, Any]) -> str:
    """Return who opens the waiting room: `admit` somebody at the door, `hold` nobody but the portal."""
    waiting = body.get("waiting", ADMIT)
    if waiting not in (ADMIT, HOLD):
        raise BadControl(f"waiting must be {ADMIT} or {HOLD}")
    return waiting


def _fits(name: str, value: object) -> bool:
    if name in ("send", "shuffle"):
        return isinstance(value, bool)
    return name in ("duplicate", "lose") and isinstance(value, int | float) and 0 <= value <= 1


def _again(state: State, number: int) -> None:
    delivery = next((each for each in state.outbox.log if each.number == number), None)
    if delivery is None:
        raise BadControl("no such delivery")
    state.outbox.repeat(delivery, hook_of(state, delivery.to))


def _given(state: State, body: dict[str, Any]) -> None:
    envelope, to = body["body"], str(body.get("to", THIRD_PARTY))
    if not isinstance(envelope, dict) or not isinstance(envelope.get("payload", []), list):
        raise BadControl("body must be an envelope with a payload list")
    trace_id, bad_signature = str(envelope.get("trace_id", "")), bool(body.get("bad_signature"))
    for _ in range(whole(body, "times", 1, MOST_TIMES)):
        state.outbox.send(
            hook_of(state, to), to, str(envelope.get("event", "")), envelope.get("payload", []),
            str(body.get("meeting_id", "")), trace_id, bad_signature,
        )


def _moved(state: State, body: dict[str, Any]) -> None:
    meeting, sub_meeting_id = staged(state, body)
    found = next((each for each in meeting.identities.values() if each.key == body.get("key")), None)
    scene = body["action_scene_type"]
    if found is None or scene not in range(5):
        raise BadControl("a move needs the key of somebody seen here and an action_scene_type from 0 to 4")
    move = Move(whole(body, "at", state.now()), scene)
    tell_move(state, str(body.get("event", "meeting.participant-left")), meeting, sub_meeting_id, found, move)


def _life(state: State, body: dict[str, Any]) -> None:
    meeting, sub_meeting_id = staged(state, body)
    extra = {"meeting_end_type": whole(body, "meeting_end_type", 0)} if "meeting_end_type" in body else {}
    sending = Sending(times=whole(body, "times", 1, MOST_TIMES), bad_signature=bool(body.get("bad_signature")))
    at_ms = whole(body, "at", state.now()) * 1000
    event = str(body.get("event", "meeting.end"))
    tell_meeting(state, event, meeting, sub_meeting_id, at_ms, sending, **extra)
