"""The control API's five scenarios: described, registered for, played."""

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from portal.sandbox.calls import sandbox_state
from portal.sandbox.control import BadControl, json_body, whole
from portal.sandbox.control_play import end_of, noise_of, staged, waiting_of
from portal.sandbox.meeting import Meeting
from portal.sandbox.play import Script, play
from portal.sandbox.scripts.cast import Cast
from portal.sandbox.scripts.scenarios import cast_of
from portal.sandbox.stage import actors_of, register, withdraw
from portal.sandbox.state import State
from portal.sandbox.world import Enterprise

MOST = 100_000

control_scenarios = Blueprint("control_scenarios", __name__, url_prefix="/_sandbox/scenarios")

PEOPLE, SEED = 40, 1


@control_scenarios.get("/<int:scenario>")
def describe(scenario: int) -> Response:
    """Tell what the organiser knows of a scenario; `enterprise` (an app id) chooses whose staff."""
    state = sandbox_state()
    people, seed = whole(request.args, "people", PEOPLE, MOST), whole(request.args, "seed", SEED)
    with state.lock:
        enterprise = _enterprise(state, request.args.get("enterprise", ""))
        return jsonify(cast_of(scenario, people, seed, state.world, enterprise).described())


@control_scenarios.post("/<int:scenario>/register")
def fill_in_forms(scenario: int) -> Response:
    """Let those who register by themselves fill in the form; then let the first `cancel` of them withdraw."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        meeting, _ = staged(state, body, any_occurrence=True)
        done = register(state, meeting, _cast(state, meeting, scenario, body))
        return jsonify(done | {"cancelled": withdraw(state, meeting, whole(body, "cancel", 0))})


@control_scenarios.post("/<int:scenario>/play")
def play_scenario(scenario: int) -> Response:
    """Let the people of a scenario come to a meeting that has begun."""
    state, body = sandbox_state(), json_body()
    with state.lock:
        meeting, sub_meeting_id = staged(state, body)
        cast = _cast(state, meeting, scenario, body)
        start, end = meeting.booked(sub_meeting_id)
        span = min(end, state.now()) - start
        actors = actors_of(meeting, cast, span, whole(body, "seed", SEED), body.get("links") or {})
        script = Script(actors, end_of(body), noise_of(body), waiting_of(body))
        return jsonify(play(state, meeting, sub_meeting_id, script))


def _cast(state: State, meeting: Meeting, scenario: int, body: dict[str, object]) -> Cast:
    enterprise = meeting.creator.enterprise or state.world.enterprises[0]
    people, seed = whole(body, "people", PEOPLE, MOST), whole(body, "seed", SEED)
    return cast_of(scenario, people, seed, state.world, enterprise)


def _enterprise(state: State, app_id: str) -> Enterprise:
    if not app_id:
        return state.world.enterprises[0]
    found = state.world.enterprise_of(app_id)
    if found is None:
        raise BadControl(f"no enterprise {app_id}")
    return found
