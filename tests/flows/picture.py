"""What the portal and the platform hold of one meeting, told without the ids that are drawn at random."""

from typing import Any

from attendance.models import Match, MatchRun, Outcome, Participant
from meetings.credentials import client_of
from meetings.models import ExpectedPerson
from meetings.plan import kind_of
from portal.tencent import enrolment, links
from portal.tencent.enrolment_form import Special
from portal.tencent.wire import decode_tag
from tests.flows.scene import Scene

VISIT = ("instanceid", "join_type", "ordinal", "user_name", "userid", "phone_hash", "is_enterprise_user", "user_role",
         "webinar_member_role", "missing_since")  # fmt: skip
PARTICIPANT = ("name", "names", "userid", "phone_hash", "pstn", "is_enterprise_user", "is_host", "seconds", "entries",
               "devices", "still_in")  # fmt: skip
OUTCOME = ("state", "seconds", "entries", "devices", "late_by", "still_in", "key")
PLAN = ("kind", "state", "enrolment", "approval", "staff_need_no_enrolment", "connected", "settings", "error_code")


class Names:
    """What stands for the ids in the picture: people by what the list says of them, identities by the sandbox's key."""

    def __init__(self, scene: Scene) -> None:
        self.began = int(scene.meeting.start_at.timestamp())
        people = list(scene.meeting.people.all())
        self.person = {each.pk: f"{each.name}/{each.phone[-4:]}/{each.userid}/{each.code}" for each in people}
        self.tag = {each.tag: self.person[each.pk] for each in people} | {"": ""}
        truth = scene.sandbox.get(f"truth/{scene.meeting.meeting_id}")["people"]
        self.who = {who: each["key"] for each in truth for who in each["ms_open_ids"]}
        # Who was imported need not stand among the registrants yet.
        self.enrolment = {each.enroll_id: f"imported {self.person[each.pk]}" for each in people if each.enroll_id}
        self.enrolment |= {row.enroll_id: self._of(row) for row in scene.meeting.registrants.all()} | {"": ""}

    def _of(self, row: Any) -> str:
        return f"{row.name.split(' #')[0]}/{row.phone[-4:]}/{row.source}/{self.person.get(row.person_id, '')}"

    def since(self, stamp: int | None) -> int | None:
        """Give a moment as seconds since the scheduled start."""
        return None if stamp is None else stamp - self.began


def picture(scene: Scene) -> dict[str, Any]:
    """Tell everything that a run with faults must have in common with a run without."""
    scene.meeting.refresh_from_db()
    names = Names(scene)
    run = MatchRun.objects.get(current=True, occurrence__meeting=scene.meeting)
    return {
        "plan": [getattr(scene.meeting, name) for name in PLAN],
        "occurrences": [_occurrence(each, names) for each in scene.meeting.occurrences.all()],
        "people": _sorted(_person(each, names) for each in scene.meeting.people.present()),
        "registrants": _sorted(_registrant(each, names) for each in scene.meeting.registrants.all()),
        "links": _sorted(_link(each, names) for each in scene.meeting.links.all()),
        "visits": _sorted(_visit(each, names) for each in run.occurrence.visits.all()),
        "participants": _sorted(_participant(each, names) for each in run.occurrence.participants.all()),
        "matches": _sorted(_match(each, names) for each in run.matches.all()),
        "outcomes": _sorted(_outcome(each, names) for each in run.outcomes.all()),
        "run": [run.counts, run.final, run.live, run.rule, run.window_seconds],
        "platform": _platform(scene, names),
    }


def _sorted(rows: Any) -> list[list]:
    return sorted((list(row) for row in rows), key=str)


def _occurrence(each: Any, names: Names) -> list:
    moments = (each.start_at, each.end_at, each.started_at, each.ended_at)
    return [each.state, *(names.since(moment and int(moment.timestamp())) for moment in moments)]


def _person(each: ExpectedPerson, names: Names) -> list:
    enrolled = names.enrolment.get(each.enroll_id, each.enroll_id and "unknown")
    return [names.person[each.pk], each.source, each.imported, enrolled, bool(each.removed_at), each.company, each.title]


def _registrant(each: Any, names: Names) -> list:
    return [names.enrolment[each.enroll_id], each.status, each.company, each.email, each.userid, bool(each.answers)]


def _link(each: Any, names: Names) -> list:
    return [names.person[each.person_id], each.state, bool(each.url), names.tag[decode_tag(each.customer_data)]]


def _visit(each: Any, names: Names) -> list:
    times = [names.since(each.join_time), names.since(each.left_time), names.tag[decode_tag(each.customer_data)]]
    return [names.who[each.ms_open_id], *times, *(getattr(each, name) for name in VISIT)]


def _participant(each: Participant, names: Names) -> list:
    keys = [[names.tag[decode_tag(tag)] for tag in each.tags], names.enrolment.get(each.enroll_id, each.enroll_id)]
    times = [names.since(each.first_join), names.since(each.last_leave), each.enroll_looked_up, bool(each.phone_indexes)]
    return [names.who[each.ms_open_id], *keys, *times, *(getattr(each, name) for name in PARTICIPANT)]


def _match(each: Match, names: Names) -> list:
    candidates = [(names.person[one["person"]], one["weight"]) for one in each.candidates]
    reasons = [told[0] for told in each.evidence]
    decided = [each.tier, each.key, round(each.confidence, 4), names.person.get(each.person_id, "")]
    return [names.who[each.participant.ms_open_id], *decided, sorted(candidates), reasons]


def _outcome(each: Outcome, names: Names) -> list:
    times = [names.since(each.first_join), names.since(each.last_leave)]
    return [names.person[each.person_id], *times, *(getattr(each, name) for name in OUTCOME)]


def _platform(scene: Scene, names: Names) -> dict[str, Any]:
    """Tell what the platform has: each meeting, registration and link once."""
    same = [each for each in scene.sandbox.get("meetings") if each["subject"] == scene.subject]
    told: dict[str, Any] = {"meetings": len(same)}
    about = {"meeting_id": scene.meeting.meeting_id, "kind": kind_of(scene.meeting)}
    if scene.story.enrolment:
        rows = enrolment.approvals(client_of(scene.meeting, "enrolment.approvals"), **about)
        told["registrations"] = _sorted((r.nick_name.split(" #")[0], r.status, r.answer(Special.PHONE)[-4:],
                                         r.enroll_source_type) for r in rows)  # fmt: skip
    if scene.story.links:
        there = links.list_all(client_of(scene.meeting, "links.list_all"), **about)
        told["links"] = sorted(names.tag.get(each.tag, "nobody's") for each in there)
    return told
