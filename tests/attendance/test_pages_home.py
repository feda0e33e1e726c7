"""The home page and the overview: what needs a member, what comes, how it went, and nothing of others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from attendance.visits import subject
from meetings.models import ExpectedPerson, Meeting, Occurrence
from meetings.work import subject_of
from portal.accounts.models import Installation, Membership
from portal.jobs.models import Job
from tests import factories
from tests.attendance import hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def needs(client: Client) -> list[tuple[str, str]]:
    return [(item["status"], item["meta"]) for item in client.get("/").context["board"].needs]


def park(meeting: Meeting, about: str, **fields: object) -> Job:
    defaults = {"task": "attendance.pull", "key": f"k{about}", "state": Job.State.FAILED, "error_code": "NotThere"}
    organisation = str(meeting.organisation_id)
    now = timezone.now()
    return Job.objects.create(subject=about, organisation=organisation, due_at=now, ended_at=now, **(defaults | fields))


def test_a_newcomer_is_led_through_the_first_steps(client: Client, member: Membership) -> None:
    steps = client.get("/").context["board"].first_steps
    assert [step["state"] for step in steps] == ["current", "todo", "todo", "todo", "todo"]
    Installation.objects.create(organisation=member.organisation, user=member.user, sdk_id="1", open_id="a")
    steps = client.get("/").context["board"].first_steps
    assert [step["state"] for step in steps] == ["done", "current", "todo", "todo", "todo"]


def test_somebody_who_may_only_look_is_told_to_ask(member: Membership) -> None:
    page = hall.browser(factories.make_member(member.organisation, "viewer")).get("/").content.decode()
    assert "Ask a colleague to share one." in page
    assert "Create a meeting" not in page


def test_doubtful_participants_are_counted_as_the_review_counts_them(client: Client, member: Membership) -> None:
    occurrence = hall.full_hall(member)
    item = client.get("/").context["board"].needs[0]
    assert (item["status"], item["end"], item["meta"]) == ("review", 1, occurrence.meeting.subject)
    assert client.get(item["url"]).context["shown"].paginator.count == 1


def test_results_appear_with_their_bar(client: Client, member: Membership) -> None:
    occurrence = hall.full_hall(member)
    recent = client.get("/").context["board"].recent
    assert [(each.occurrence, each.parts) for each in recent] == [
        (occurrence, [("attended", 1), ("partly", 1), ("absent", 1), ("undecided", 1)])
    ]


def test_stopped_work_says_why_and_starts_again(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member)
    job = park(occurrence.meeting, subject(occurrence))
    page = client.get("/").content.decode()
    assert "Tencent Meeting does not know this meeting (any more)." in page
    answer = client.post(f"/jobs/{job.pk}/again/")
    job.refresh_from_db()
    assert (answer["Location"], job.state) == (f"/meetings/{occurrence.meeting_id}/", Job.State.WAITING)
    assert needs(client) == []


def test_work_that_was_done_since_needs_nobody(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member)
    park(occurrence.meeting, subject(occurrence), key="same")
    park(occurrence.meeting, subject(occurrence), key="same", state=Job.State.DONE)
    assert needs(client) == []


def test_work_of_others_is_neither_shown_nor_started(client: Client, member: Membership) -> None:
    others = factories.make_meeting(factories.make_member(member.organisation))
    foreign = factories.make_meeting(factories.make_member())
    factories.make_meeting(member)
    jobs = [park(meeting, subject_of(meeting)) for meeting in (others, foreign)]
    assert needs(client) == []
    assert [client.post(f"/jobs/{job.pk}/again/").status_code for job in jobs] == [404, 404]
    viewer = hall.browser(factories.make_member(member.organisation, "viewer"))
    assert viewer.post(f"/jobs/{jobs[0].pk}/again/").status_code == 403


def test_a_connection_that_ended_is_told_to_its_owner_and_to_administrators(client: Client, member: Membership) -> None:
    Installation.objects.create(
        organisation=member.organisation, user=member.user, sdk_id="1", open_id="a", state=Installation.State.GONE
    )
    factories.make_meeting(member)
    colleague = factories.make_member(member.organisation, "organiser")
    administrator = factories.make_member(member.organisation, "administrator")
    assert [status for status, _meta in needs(client)] == ["lost"]
    assert needs(hall.browser(colleague)) == []
    assert [status for status, _meta in needs(hall.browser(administrator))] == ["lost"]


def test_lists_that_lack_something_are_told_while_it_matters(client: Client, member: Membership) -> None:
    coming = factories.make_meeting(member, start=hall.later())
    assert needs(client) == [("undecided", coming.subject)]
    factories.make_person(coming, "周晓梅", 1, imported=ExpectedPerson.Import.DROPPED)
    assert needs(client) == [("dropped", coming.subject)]
    long_ago = factories.make_meeting(member, start=timezone.now() - timedelta(days=9))
    factories.make_person(long_ago, "陈子涵", 2, imported=ExpectedPerson.Import.DROPPED)
    assert needs(client) == [("dropped", coming.subject)]


def test_what_comes_next_stands_in_order_and_cancelled_does_not(client: Client, member: Membership) -> None:
    second = factories.make_meeting(member, start=hall.later(2))
    first = factories.make_meeting(member, start=hall.later(1))
    factories.make_meeting(member, start=hall.later(1), state=Meeting.State.CANCELLED)
    factories.make_meeting(factories.make_member(), start=hall.later(1))
    assert [each.meeting for each in client.get("/").context["board"].coming] == [first, second]


@pytest.mark.parametrize("meetings", [1, 3])
def test_home_takes_the_same_few_queries_for_any_number_of_meetings(
    client: Client, member: Membership, meetings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(meetings):
        hall.full_hall(member)
        park(factories.make_meeting(member, start=hall.later()), subject(hall.hold(member)))
    with django_assert_num_queries(11):
        client.get("/")


def test_the_overview_says_what_cannot_be_proved(client: Client, member: Membership) -> None:
    meeting = factories.make_meeting(member, start=hall.later())
    lights = [(item["status"], item["title"]) for item in client.get(hall.address(meeting)).context["preparation"]]
    assert lights == [("red", "The list is missing"), ("red", "People are known by name only")]
    factories.make_person(meeting, "周晓梅", 1, enroll_id="7")
    Meeting.objects.filter(pk=meeting.pk).update(enrolment=True)
    lights = [(item["status"], item["title"]) for item in client.get(hall.address(meeting)).context["preparation"]]
    assert lights == [("green", "The list is there"), ("green", "Registered"), ("amber", "Telephone callers")]


def test_the_funnel_leads_to_its_rows(client: Client, member: Membership) -> None:
    occurrence = hall.full_hall(member)
    steps = client.get(hall.address(occurrence.meeting)).context["funnel"]
    assert [(step["label"], step["count"]) for step in steps] == [
        ("Expected", 4), ("With a personal way in", 0), ("Came", 2), ("Stayed long enough", 1)
    ]  # fmt: skip
    for step in (steps[0], *steps[2:]):
        assert client.get(step["url"]).context["table"].paginator.count == step["count"]


@pytest.mark.parametrize(("role", "words"), [("organiser", 1), ("assistant", 0), ("viewer", 0), ("compliance", 0)])
def test_only_planners_are_offered_changes(member: Membership, role: str, words: int) -> None:
    meeting = factories.make_meeting(member, start=hall.later())
    page = hall.browser(hall.colleague(meeting.occurrences.get(), role)).get(hall.address(meeting)).content.decode()
    assert page.count(f"/meetings/{meeting.pk}/cancel/") == words


def test_a_meeting_shows_its_work_whatever_it_is_about(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member)
    park(occurrence.meeting, subject_of(occurrence.meeting), task="meetings.issue_links")
    park(occurrence.meeting, subject(occurrence), state=Job.State.RUNNING)
    lines = client.get(hall.address(occurrence.meeting)).context["work"].lines
    assert [(str(line.title), line.moving) for line in lines] == [("Making exclusive links", False), ("Pulling attendance", True)]
    lines = client.get(hall.address(occurrence.meeting, "attendance/")).context["work"].lines
    assert [str(line.title) for line in lines] == ["Pulling attendance"]


def test_a_meeting_that_is_being_created_has_an_overview(client: Client, member: Membership) -> None:
    meeting = factories.make_meeting(member, start=hall.later(), state=Meeting.State.DRAFT, meeting_id="")
    Occurrence.objects.filter(meeting=meeting).delete()
    assert client.get(hall.address(meeting)).status_code == 200
