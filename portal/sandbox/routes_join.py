"""The page behind a join link, where the meeting client would open."""

from flask import Blueprint, abort, render_template

from portal.sandbox.calls import sandbox_state
from portal.sandbox.meeting import Meeting
from portal.sandbox.state import State

join = Blueprint("join", __name__)


@join.get("/dm/<slug>")
def open_link(slug: str) -> str:
    """Show which meeting a link leads to; opening it makes nobody present."""
    state = sandbox_state()
    with state.lock:
        meeting = _led_to(state, slug)
        if meeting is None:
            abort(404, "链接不存在或已失效")
        return render_template("join.html", meeting=meeting, exclusive=slug != meeting.code)


def _led_to(state: State, slug: str) -> Meeting | None:
    url = f"{state.address}/dm/{slug}"
    for meeting in state.meetings.values():
        if url == meeting.join_url or any(link.url == url for link in meeting.links):
            return meeting
    return None
