"""The control API's knobs and books: switches, faults, moods of events, what was called."""

from itertools import islice
from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from portal.sandbox.calls import sandbox_state
from portal.sandbox.control import json_body, meeting_of
from portal.sandbox.faults import Fault
from portal.sandbox.ledger import Entry, Ledger
from portal.sandbox.moods import BadMood, Mood
from portal.sandbox.truth import truth

control_knobs = Blueprint("control_knobs", __name__, url_prefix="/_sandbox")

LAST, MOST_CALLS = 500, 100_000


@control_knobs.app_errorhandler(BadMood)
def _bad(error: ValueError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


@control_knobs.get("/switches")
def switches() -> Response:
    """Tell every switch with its value, default and meaning."""
    return jsonify(sandbox_state().switches.listed())


@control_knobs.post("/switches")
def set_switches() -> Response:
    """Set some switches, all or none."""
    state = sandbox_state()
    with state.lock:
        state.switches.change(json_body())
    return jsonify(state.switches.listed())


@control_knobs.delete("/switches")
def reset_switches() -> Response:
    """Return every switch to its default."""
    state = sandbox_state()
    with state.lock:
        state.switches.reset()
    return jsonify(state.switches.listed())


@control_knobs.get("/faults")
def faults() -> Response:
    """Tell the faults that are set, with how often each fired."""
    return jsonify([_shown(fault) for fault in sandbox_state().faults.rules])


@control_knobs.post("/faults")
def add_fault() -> Response:
    """Add one fault, or several as a list."""
    state = sandbox_state()
    wanted = request.get_json()
    with state.lock:
        added = state.faults.add(wanted)
    return jsonify([_shown(fault) for fault in added])


@control_knobs.delete("/faults")
def clear_faults() -> Response:
    """Remove every fault."""
    state = sandbox_state()
    with state.lock:
        state.faults.clear()
    return jsonify([])


@control_knobs.get("/ledger")
def ledger() -> Response:
    """Tell what was called and sent; `calls=1` adds the last calls."""
    state = sandbox_state()
    with state.lock:
        told: dict[str, Any] = state.ledger.summary()
        states: dict[str, int] = {}
        for delivery in state.outbox.log:
            states[delivery.state] = states.get(delivery.state, 0) + 1
        told |= {"events": states, "events_pending": state.outbox.pending()}
        told |= {"peak_minute": state.quota.peaks, "identities": state.quota.usage()}
        if request.args.get("calls"):
            told["last_calls"] = list(islice(state.ledger.newest(), LAST))[::-1]
    return jsonify(told)


@control_knobs.delete("/ledger")
def reset_ledger() -> Response:
    """Start all counts again, the rate limits' too; meetings and tokens stay."""
    state = sandbox_state()
    with state.lock:
        state.ledger = Ledger()
        state.quota.reset()
    return jsonify({})


@control_knobs.get("/calls")
def calls() -> Response:
    """Tell every call that fits `call`, `identity`, `kind`, `status`, `error_code`, `fault`, the newest last."""
    state = sandbox_state()
    wanted = {name: value for name, value in request.args.items() if name in Entry.__slots__}
    most = request.args.get("most", "")
    with state.lock:
        found = list(islice(state.ledger.newest(wanted), int(most) if most.isdecimal() else MOST_CALLS))
    return jsonify(found[::-1])


@control_knobs.get("/truth")
def all_truth() -> Response:
    """Tell who really was where, by meeting and occurrence; `meeting_id` chooses one."""
    state, meeting_id = sandbox_state(), request.args.get("meeting_id")
    with state.lock:
        chosen = [meeting_of(state, meeting_id)] if meeting_id else list(state.meetings.values())
        return jsonify({
            meeting.meeting_id: {key: truth(meeting, key, state.now()) for key in list(meeting.holdings)}
            for meeting in chosen
        })


@control_knobs.get("/events/moods")
def moods() -> Response:
    """Tell how events travel."""
    return jsonify([_shown(mood) for mood in sandbox_state().outbox.moods.rules])


@control_knobs.post("/events/moods")
def add_mood() -> Response:
    """Add one rule of how events travel; of several that fit the one given last counts."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        return jsonify(_shown(state.outbox.moods.add(body)))


@control_knobs.delete("/events/moods")
def clear_moods() -> Response:
    """Let events travel as they should."""
    state = sandbox_state()
    with state.lock:
        state.outbox.moods.rules.clear()
    return jsonify([])


def _shown(rule: Fault | Mood) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__slots__}
