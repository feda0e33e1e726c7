"""Changing, moving, cancelling, deleting and sharing: on the platform and here, nobody overwritten unseen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from meetings import change
from meetings.errors import Clash, MeetingError
from meetings.models import ExpectedPerson, Forgotten, Meeting, Occurrence
from meetings.plan import SETTINGS
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.jobs.models import Job
from portal.tencent import enrolment, meetings, webinars
from tests.conftest import Sandbox
from tests.factories import make_member, make_person
from tests.meetings.booked import book, moods
from tests.meetings.planned import grant_of, soon, typed, wall

CHANGE = "PUT /v1/meetings/{meeting_id}"


def there(planner: Membership, meeting: Meeting) -> meetings.Meeting:
    return meetings.read(grant_of(planner), meeting.meeting_id)


def form_of(meeting: Meeting, **fields: object) -> dict[str, object]:
    return typed(meeting.start_at, subject=meeting.subject, version=meeting.version, **fields)


def page(name: str, meeting: Meeting, *more: object) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk, *more])


def series(planner: Membership, run_jobs: Callable[[], int], **fields: object) -> Meeting:
    rule = {"recurring_type": 2, "until_type": 1, "until_count": 4}
    start = soon()
    times = {"start_at": start, "end_at": start + timedelta(hours=1)}
    meeting = book(planner, recurring=True, recurring_rule=rule, **times, **fields)
    run_jobs()
    return meeting


def test_a_change_reaches_the_platform_and_comes_back(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting, later = book(planner, password="1234"), soon(30)
    form = form_of(meeting, password="", auto_in_waiting_room="True", enrolment="on", approval="2")

    answer = client.post(
        page("change", meeting), form | {"subject": "改期", "start": wall(later), "end": wall(later + timedelta(hours=1))}
    )
    run_jobs()

    meeting.refresh_from_db()
    now = there(planner, meeting)
    assert answer["Location"] == reverse("attendance:meeting", args=[meeting.pk])
    assert (now.subject, now.start_time, now.password, now.settings.auto_in_waiting_room) == (
        "改期",
        later,
        "",
        True,
    )
    assert (meeting.subject, meeting.start_at, meeting.password, meeting.approval) == ("改期", later, "", 2)
    assert [each.start_at for each in meeting.occurrences.all()] == [later]
    assert (
        enrolment.read_config(grant_of(planner), meeting.meeting_id, kind="meetings").approve_by_hand is True
    )


def test_of_two_changes_the_second_is_told_of_the_first(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    form = form_of(meeting)
    client.post(page("change", meeting), form | {"subject": "第一个人改的"})

    answer = client.post(page("change", meeting), form | {"subject": "第二个人改的"})

    assert str(planner.user) in str(answer.context["form"].non_field_errors())
    assert there(planner, meeting).subject == "第一个人改的"
    again = client.post(
        page("change", meeting), form | {"subject": "第二个人改的", "version": version_in(answer)}
    )
    assert (again.status_code, there(planner, meeting).subject) == (302, "第二个人改的")


def version_in(answer: object) -> str:
    return answer.context["form"]["version"].value()


def test_a_change_elsewhere_makes_an_open_form_stale(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    form = form_of(meeting)
    changed = meetings.MeetingPlan(subject="在客户端改的")
    meetings.change(grant_of(planner), meeting.meeting_id, plan=changed, series=False)
    client.post(page("refresh", meeting))

    with pytest.raises(Clash):
        change.change(meeting, version=int(str(form["version"])), by=planner.user)

    assert there(planner, meeting).subject == "在客户端改的"


def test_a_refused_change_changes_nothing_and_can_be_sent_again(client: Client, planner: Membership) -> None:
    meeting = book(planner)

    answer = client.post(page("change", meeting), form_of(meeting) | {"subject": "赌博大会"})

    assert list(answer.context["form"].errors) == ["subject"]
    meeting.refresh_from_db()
    assert (meeting.subject, meeting.version) == (there(planner, meeting).subject, 1)


def test_a_change_with_a_lost_answer_is_read_again_by_a_job(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner)
    with moods(sandbox, {"call": CHANGE, "kind": "cut_after_commit", "times": 4}):
        answer = client.post(page("change", meeting), form_of(meeting) | {"subject": "其实已改"})
    assert (answer.status_code, there(planner, meeting).subject) == (200, "其实已改")

    run_jobs()

    meeting.refresh_from_db()
    assert meeting.subject == "其实已改"


def test_a_changed_series_stays_a_series(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = series(planner, run_jobs)
    meeting.refresh_from_db()

    client.post(page("change", meeting), form_of(meeting, repeats="2", count="6") | {"subject": "新名字"})
    run_jobs()

    meeting.refresh_from_db()
    now = there(planner, meeting)
    assert (now.is_series, now.subject, meeting.recurring, meeting.occurrences.count()) == (
        True,
        "新名字",
        True,
        6,
    )


def test_one_occurrence_is_moved_and_the_others_stay(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = series(planner, run_jobs)
    second = meeting.occurrences.all()[1]
    later = second.start_at + timedelta(hours=5)
    before = [each.start_at for each in meeting.occurrences.all()]

    client.post(page("occurrence_change", meeting, second.pk),
                {"start": wall(later), "end": wall(later + timedelta(hours=2))})  # fmt: skip
    run_jobs()

    starts = [sub.start_time for sub in there(planner, meeting).sub_meetings]
    assert starts == [before[0], later, *before[2:]]
    assert [each.start_at for each in meeting.occurrences.all()] == starts


def test_one_occurrence_is_cancelled_and_the_others_stay(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = series(planner, run_jobs)
    second = meeting.occurrences.all()[1]

    client.post(page("occurrence_cancel", meeting, second.pk), {"reason": "国庆"})
    run_jobs()

    meeting.refresh_from_db()
    states = list(meeting.occurrences.values_list("state", flat=True))
    assert (meeting.state, states) == ("planned", ["planned", "cancelled", "planned", "planned"])
    with pytest.raises(MeetingError):
        change.cancel_occurrence(Occurrence.objects.get(pk=second.pk), by=planner.user)


def test_a_cancelled_meeting_stays_here_with_its_list(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    make_person(meeting, "周予安", 1)
    assert client.get(page("cancel", meeting)).status_code == 200

    client.post(page("cancel", meeting), {"reason": "讲者生病"})

    meeting.refresh_from_db()
    assert (meeting.state, there(planner, meeting).status) == ("cancelled", "MEETING_STATE_CANCELLED")
    assert list(meeting.occurrences.values_list("state", flat=True)) == ["cancelled"]
    assert meeting.people.count() == 1
    assert Entry.objects.get(action="meeting.cancel").detail == {"reason": "讲者生病"}


def test_a_whole_series_is_cancelled(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = series(planner, run_jobs)

    client.post(page("cancel", meeting), {"reason": ""})

    assert there(planner, meeting).status == "MEETING_STATE_CANCELLED"
    assert set(meeting.occurrences.values_list("state", flat=True)) == {"cancelled"}


def test_a_webinar_is_changed_and_cancelled(client: Client, planner: Membership) -> None:
    start = soon()
    client.post(f"{reverse('meetings:create')}?kind=webinar", typed(start, subject="公开课"))
    meeting = Meeting.objects.get()

    client.post(page("change", meeting), form_of(meeting, guest_link="on") | {"subject": "公开课（二）"})
    now = webinars.read(grant_of(planner), meeting_id=meeting.meeting_id)
    assert (now.subject, now.enable_guest_invite_link) == ("公开课（二）", True)
    client.post(page("cancel", meeting), {"reason": ""})

    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


def test_a_meeting_that_runs_is_not_cancelled(client: Client, planner: Membership, sandbox: Sandbox) -> None:
    meeting = book(planner, start_at=soon(-0.5), end_at=soon(1))
    person = {
        "key": "h",
        "name": "主持人",
        "stays": [{"device": 1, "join_type": 1, "join": 0, "leave": None}],
    }
    sandbox.post("play", meeting_id=meeting.meeting_id, people=[person], end=False)

    answer = client.post(page("cancel", meeting), {"reason": ""})

    meeting.refresh_from_db()
    assert (answer.status_code, meeting.state) == (200, "planned")
    assert "13602" in str(answer.context["form"].non_field_errors())


def test_deleting_says_what_goes_and_the_next_pull_leaves_it_out(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner, subject="删掉我")
    for number in range(3):
        make_person(meeting, f"客户{number}", number)
    run_jobs()
    question = client.get(page("delete", meeting))
    assert [line.split(" ")[0] for line in question.context["goes"]] == ["1", "3", "1"]

    client.post(page("delete", meeting))
    client.post(reverse("meetings:sync"))
    run_jobs()

    assert not Meeting.objects.filter(subject="删掉我").exists()
    assert (ExpectedPerson.objects.count(), Forgotten.objects.get().meeting_id) == (0, meeting.meeting_id)
    assert meetings.read(grant_of(planner), meeting.meeting_id).subject == "删掉我"
    client.post(reverse("meetings:add"), {"code": meeting.meeting_code})
    assert (Meeting.objects.get(subject="删掉我").meeting_id, Forgotten.objects.count()) == (
        meeting.meeting_id,
        0,
    )


def test_deleting_stops_the_meeting_s_jobs(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    assert Job.objects.open().filter(subject=f"meeting:{meeting.pk}").exists()

    client.post(page("delete", meeting))

    assert not Job.objects.open().filter(subject=f"meeting:{meeting.pk}").exists()


def test_under_a_legal_hold_nothing_is_deleted(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    type(planner.organisation).objects.update(legal_hold=True)

    answer = client.post(page("delete", meeting))

    assert (answer.status_code, Meeting.objects.count()) == (200, 1)


def test_a_colleague_may_not_delete_what_is_only_shared(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    colleague = make_member(planner.organisation)
    client.post(page("share", meeting), {"user": colleague.user.pk})
    client.force_login(colleague.user)

    assert client.post(page("delete", meeting)).status_code == 403
    assert Meeting.objects.count() == 1


def test_sharing_shows_a_meeting_and_ending_it_hides_it(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    colleague = make_member(planner.organisation, role="viewer")
    stranger = make_member()

    client.post(page("share", meeting), {"user": stranger.user.pk})
    client.post(page("share", meeting), {"user": colleague.user.pk})
    assert [share.user for share in meeting.shares.all()] == [colleague.user]
    assert list(Meeting.objects.visible_to(colleague)) == [meeting]

    client.post(page("share", meeting), {"remove": meeting.shares.get().pk})
    assert list(Meeting.objects.visible_to(colleague)) == []


def test_a_forced_setting_stands_on_the_change_page_and_a_wish_does_not(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner)
    client.post(page("change", meeting), form_of(meeting, auto_record_type="cloud"))
    assert client.get(page("change", meeting)).context["forced"] == []
    run_jobs()
    assert client.get(page("change", meeting)).context["forced"] == []

    meeting.refresh_from_db()
    Meeting.objects.update(settings=meeting.settings | {"auto_record_type": "none"})

    assert [each.label for each in client.get(page("change", meeting)).context["forced"]] == [
        SETTINGS["auto_record_type"].label
    ]
