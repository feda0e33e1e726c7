"""Creating meetings and webinars: one on the platform for each form, whatever happens to the answer."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from meetings import create, recurrence
from meetings.errors import MeetingError
from meetings.models import Meeting, Occurrence
from meetings.plan import forced
from portal.accounts.models import Membership
from portal.jobs.models import Job
from portal.tencent import enrolment, meetings, webinars
from portal.tencent.enrolment_form import Special
from tests.conftest import Sandbox
from tests.factories import make_meeting, make_member
from tests.meetings.booked import moods
from tests.meetings.planned import CREATE, CREATE_WEBINAR, LIST, grant_of, soon, typed, wall

PAGE = reverse("meetings:create")


def listed(planner: Membership, subject: str) -> list[meetings.Meeting]:
    return [each for each in meetings.list_upcoming(grant_of(planner)) if each.subject == subject]


def test_a_sent_form_makes_a_meeting_with_one_occurrence(client: Client, planner: Membership) -> None:
    start = soon()

    answer = client.post(PAGE, typed(start, subject=" 秋季  策略会 ", password="2468"))

    meeting = Meeting.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("attendance:meeting", args=[meeting.pk]))
    assert (meeting.subject, meeting.start_at, meeting.password) == ("秋季 策略会", start, "2468")
    assert (meeting.state, meeting.origin, meeting.owner) == ("planned", "oauth", planner.user)
    assert meeting.creator_open_id == planner.user.open_id
    assert [(each.sub_meeting_id, each.start_at) for each in meeting.occurrences.all()] == [("", start)]
    there = meetings.read(grant_of(planner), meeting.meeting_id)
    assert (there.subject, there.start_time, there.meeting_code) == (
        "秋季 策略会",
        start,
        meeting.meeting_code,
    )


def test_enrolment_asks_for_name_phone_and_company(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    client.post(PAGE, typed(enrolment="on", approval="2", staff_need_no_enrolment="on"))
    run_jobs()

    meeting = Meeting.objects.get()
    config = enrolment.read_config(grant_of(planner), meeting.meeting_id, kind="meetings")
    asked = [(question.special_type, question.is_required) for question in config.questions]
    assert sorted(asked) == [(Special.PHONE, True), (Special.NAME, True), (Special.COMPANY, False)]
    assert (config.approve_by_hand, config.no_registration_needed_for_staff) == (True, True)


def test_a_form_sent_twice_makes_one_meeting(client: Client, planner: Membership) -> None:
    form = typed(subject="只要一个")

    first, second = client.post(PAGE, form), client.post(PAGE, form)

    assert first["Location"] == second["Location"]
    assert len(listed(planner, "只要一个")) == Meeting.objects.count() == 1


def test_a_lost_answer_is_looked_for_and_not_repeated(
    client: Client, planner: Membership, sandbox: Sandbox
) -> None:
    with moods(sandbox, {"call": CREATE, "kind": "cut_after_commit", "times": 1}):
        client.post(PAGE, typed(subject="答复丢失"))

    meeting = Meeting.objects.get()
    there = listed(planner, "答复丢失")
    assert (meeting.state, [each.meeting_id for each in there]) == ("planned", [meeting.meeting_id])
    assert Occurrence.objects.filter(meeting=meeting).count() == 1


def test_a_lost_answer_about_a_meeting_in_the_past_is_found_in_the_history(
    client: Client, planner: Membership, sandbox: Sandbox
) -> None:
    with moods(sandbox, {"call": CREATE, "kind": "cut_after_commit", "times": 1}):
        client.post(PAGE, typed(soon(-5), subject="补建的会议"))

    meeting = Meeting.objects.get()
    assert (meeting.state, bool(meeting.meeting_id)) == ("planned", True)


def test_what_cannot_be_looked_for_at_once_is_found_by_a_job(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    lost = {"call": CREATE, "kind": "cut_after_commit", "times": 1}
    with moods(sandbox, lost, {"call": LIST, "kind": "status", "status": 503, "times": 20}):
        answer = client.post(PAGE, typed(subject="稍后确认"))
    meeting = Meeting.objects.get()
    assert (meeting.state, answer["Location"]) == (
        "unconfirmed",
        reverse("meetings:unconfirmed", args=[meeting.pk]),
    )

    Job.objects.filter(task="meetings.look_for").update(due_at=timezone.now())
    run_jobs()

    meeting.refresh_from_db()
    assert (meeting.state, len(listed(planner, "稍后确认"))) == ("planned", 1)


def test_a_request_that_never_arrived_stays_unconfirmed_until_a_human_says_so(
    client: Client, planner: Membership, sandbox: Sandbox
) -> None:
    with moods(sandbox, {"call": CREATE, "kind": "cut_before", "times": 1}):
        client.post(PAGE, typed(subject="没有送达"))
    meeting = Meeting.objects.get()
    page = reverse("meetings:unconfirmed", args=[meeting.pk])
    assert (meeting.state, client.get(page).status_code) == ("unconfirmed", 200)

    client.post(page, {"action": "look"})
    meeting.refresh_from_db()
    assert (meeting.state, listed(planner, "没有送达")) == ("unconfirmed", [])

    client.post(page, {"action": "again"})
    meeting.refresh_from_db()
    assert (meeting.state, len(listed(planner, "没有送达"))) == ("planned", 1)


def test_of_two_meetings_that_look_alike_none_is_taken_over(
    client: Client, planner: Membership, sandbox: Sandbox
) -> None:
    start = soon()
    for _ in range(2):
        with moods(sandbox, {"call": CREATE, "kind": "cut_after_commit", "times": 1}):
            meetings_before = Meeting.objects.count()
            create.create(row(planner, start), by=planner.user)
            assert Meeting.objects.count() == meetings_before + 1
        Meeting.objects.update(meeting_id="", state="unconfirmed")

    meeting = create.look_for(Meeting.objects.first())

    assert (meeting.state, meeting.meeting_id) == ("unconfirmed", "")


def row(planner: Membership, start: object) -> Meeting:
    times = {"start_at": start, "end_at": start + timedelta(hours=1)}
    return Meeting(organisation=planner.organisation, subject="双胞胎", **times)


def test_a_webinar_whose_answer_was_lost_is_confirmed_by_its_code(
    client: Client, planner: Membership, sandbox: Sandbox
) -> None:
    start = soon()
    with moods(sandbox, {"call": CREATE_WEBINAR, "kind": "cut_after_commit", "times": 1}):
        client.post(f"{PAGE}?kind=webinar", typed(start, subject="公开课"))
    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.state) == ("webinar", "unconfirmed")
    code = code_in_the_client(sandbox, "公开课")
    page = reverse("meetings:unconfirmed", args=[meeting.pk])

    other = webinars.create(grant_of(planner), plan=webinars.WebinarPlan(
        subject="另一场", start_time=start, end_time=start + timedelta(hours=2), admission_type=0))  # fmt: skip
    refused = client.post(page, {"action": "code", "code": other.meeting_code}, follow=True)
    assert "另一场" in refused.content.decode()
    client.post(page, {"action": "code", "code": f"{code[:3]} {code[3:6]}-{code[6:]}"})

    meeting.refresh_from_db()
    assert (meeting.state, meeting.meeting_code) == ("planned", code)


def code_in_the_client(sandbox: Sandbox, subject: str) -> str:
    """Read a code off the sandbox's own page, as the organiser reads it in the client."""
    page = requests.get(f"{sandbox.url}/_sandbox/", timeout=10).text
    row = next(row for row in page.split("<tr>") if subject in row)
    return re.search(r"\b\d{9}\b", row)[0]


def test_a_webinar_has_two_links_and_either_enrolment_or_password(
    client: Client, planner: Membership
) -> None:
    both = client.post(f"{PAGE}?kind=webinar", typed(enrolment="on", approval="1", password="1234"))
    assert (both.status_code, Meeting.objects.count()) == (200, 0)

    client.post(f"{PAGE}?kind=webinar", typed(enrolment="on", approval="1", guest_link="on"))

    meeting = Meeting.objects.get()
    there = webinars.read(grant_of(planner), meeting_id=meeting.meeting_id)
    assert there.admission_type == webinars.Admission.REGISTRATION
    assert (meeting.join_url, meeting.guest_url) == (there.audience_join_link, there.guest_join_link)


def test_a_series_gets_its_occurrences_from_the_platform(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    start = soon()

    client.post(PAGE, typed(start, subject="每周例会", repeats="2", count="5"))
    run_jobs()

    meeting = Meeting.objects.get()
    assert (meeting.recurring, meeting.recurring_rule["recurring_type"]) == (True, recurrence.Repeat.WEEKLY)
    starts = list(meeting.occurrences.values_list("start_at", flat=True))
    assert starts == [start + timedelta(weeks=week) for week in range(5)]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "聚众赌博"}, "subject"),
        ({"subject": "会" * 180}, "subject"),
        ({"start": "gestern"}, "start"),
        ({"start": wall(soon(-30)), "end": wall(soon(-29))}, "start"),
        ({"end": wall(soon(1))}, "end"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"password": "12"}, "password"),
        ({"password": "１２３４"}, "password"),
        ({"repeats": "3", "count": "60"}, "count"),
        ({"repeats": "0", "last_day": "2020-01-01"}, "last_day"),
        ({"repeats": "2"}, "__all__"),
        ({"repeats": "2", "count": "3", "last_day": "2030-01-01"}, "__all__"),
        ({"only_user_join_type": "9"}, "only_user_join_type"),
    ],
)  # fmt: skip
def test_a_wrong_form_names_the_place_and_makes_nothing(
    client: Client, planner: Membership, fields: dict[str, str], place: str
) -> None:
    answer = client.post(PAGE, typed(subject="不该出现") | fields)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [place])
    assert (Meeting.objects.count(), listed(planner, "不该出现")) == (0, [])


def test_a_start_a_little_in_the_past_is_made_with_a_warning(client: Client, planner: Membership) -> None:
    answer = client.post(PAGE, typed(soon(-2)))

    levels = [message.level_tag for message in answer.wsgi_request._messages]
    assert (Meeting.objects.count(), levels) == (1, ["success", "warning"])


def test_a_busy_platform_leaves_nothing_behind(client: Client, planner: Membership, sandbox: Sandbox) -> None:
    with moods(sandbox, {"call": CREATE, "kind": "code", "status": 500, "error_code": 190311}):
        answer = client.post(PAGE, typed())

    assert (answer.status_code, Meeting.objects.count()) == (200, 0)
    assert answer.context["form"].non_field_errors()


def test_without_a_connection_the_form_says_what_is_missing(client: Client, db: None) -> None:
    lonely = make_member()
    client.force_login(lonely.user)

    answer = client.post(PAGE, typed())

    assert (answer.status_code, Meeting.objects.count()) == (200, 0)
    assert answer.context["form"].non_field_errors()


def test_a_confirmed_meeting_is_not_created_again(client: Client, planner: Membership) -> None:
    client.post(PAGE, typed(subject="只建一次"))

    with pytest.raises(MeetingError) as refused:
        create.create_again(Meeting.objects.get(), by=planner.user)

    assert (refused.value.code, len(listed(planner, "只建一次"))) == ("confirmed_meanwhile", 1)


def test_a_setting_the_enterprise_forces_is_named(db: None) -> None:
    meeting = make_meeting(make_member(), asked={"auto_record_type": "none", "auto_in_waiting_room": True},
                           settings={"auto_record_type": "cloud", "auto_in_waiting_room": True})  # fmt: skip

    with translation.override("en"):
        assert [str(each.held) for each in forced(meeting)] == ["in the cloud"]


def test_a_second_form_sent_while_the_first_is_under_way_waits_for_it(
    client: Client, planner: Membership
) -> None:
    start = soon()
    form = typed(start, subject="同时点了两次")
    times = {"start_at": start, "end_at": start + timedelta(hours=1), "subject": form["subject"], "attempt": form["attempt"]}
    first = Meeting.objects.create(
        organisation=planner.organisation, owner=planner.user, state="draft", **times
    )

    answer = client.post(PAGE, form, follow=True)

    assert (Meeting.objects.get(), listed(planner, "同时点了两次")) == (first, [])
    assert 'value="again"' not in answer.content.decode()
