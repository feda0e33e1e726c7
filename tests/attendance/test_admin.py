"""The admin's desk: facts cannot be changed, work can be ordered again, decisions taken back."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from attendance import review
from attendance.models import Decision, MatchRun, Pull, Visit
from attendance.review import Verb
from meetings.models import Occurrence
from portal.audit.models import Entry
from portal.jobs.models import Job
from tests.attendance import stage
from tests.factories import make_meeting, make_member, make_person

pytestmark = pytest.mark.django_db

PAGES = ("pull", "visit", "participant", "matchrun", "match", "decision", "attendancerule", "countingwindows", "signin")


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root", password="a-long-invented-one"))
    return client


@pytest.fixture
def occurrence() -> Occurrence:
    meeting = make_meeting(make_member())
    occurrence = meeting.occurrences.get()
    make_person(meeting, "张三")
    start = int(occurrence.start_at.timestamp())
    Visit.objects.create(occurrence=occurrence, ms_open_id="m1", join_time=start, left_time=start + 60, user_name="张三")
    stage.rematch(occurrence)
    who = occurrence.participants.get()
    review.decide(who, Verb.CONFIRM, meeting.people.get(), meeting.owner)
    Pull.objects.create(occurrence=occurrence, started_at=stage.now(), state=Pull.State.DONE)
    Job.objects.all().delete()
    return occurrence


@pytest.mark.parametrize("page", PAGES)
def test_every_list_and_form_opens_and_none_can_be_changed(desk, occurrence, page: str) -> None:
    listed = desk.get(reverse(f"admin:attendance_{page}_changelist"), {"q": "张"})
    assert listed.status_code == 200
    model = {"matchrun": MatchRun, "visit": Visit, "decision": Decision, "pull": Pull}.get(page)
    if model is None:
        return
    form = desk.get(reverse(f"admin:attendance_{page}_change", args=[model.objects.first().pk]))
    assert (form.status_code, b'<input type="text"' in form.content) == (200, False)


@pytest.mark.parametrize(("action", "task"), [("pull_again", "attendance.pull"), ("match_again", "attendance.match")])
def test_work_is_ordered_again_once_for_each_occurrence_and_logged(desk, occurrence, action: str, task: str) -> None:
    chosen = list(MatchRun.objects.values_list("pk", flat=True))
    desk.post(reverse("admin:attendance_matchrun_changelist"), {"action": action, "_selected_action": chosen})
    assert list(Job.objects.values_list("task", flat=True)) == [task]
    assert Entry.objects.filter(action=task).count() == 1


def test_a_decision_is_taken_back_by_the_noun_of_the_page(desk, occurrence) -> None:
    chosen = [Decision.objects.get().pk]
    desk.post(reverse("admin:attendance_decision_changelist"), {"action": "undo", "_selected_action": chosen})
    assert (Decision.objects.standing().count(), stage.tiers(occurrence)["张三"][0]) == (0, "likely")
