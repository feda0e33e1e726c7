"""Exclusive links, against the sandbox over HTTP: one a person, whatever gets lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import links
from meetings.models import ExclusiveLink, ExpectedPerson, Meeting, Share
from portal.accounts.models import Membership
from portal.jobs.models import Job
from portal.tencent.wire import decode_tag
from tests import factories
from tests.conftest import Sandbox, own_platform
from tests.factories import make_person
from tests.meetings.booked import LINK, WEBINAR_LINK, book, calm, moods
from tests.meetings.sheets import xlsx_file

sandbox_process = own_platform("linked")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unhurried(sandbox: Sandbox) -> Iterator[None]:
    with calm(sandbox):
        yield


@pytest.fixture
def member(install: Callable[..., Membership]) -> Membership:
    return install(user="administrator", credential=True)


def listed(meeting: Meeting, count: int) -> list[ExpectedPerson]:
    return [make_person(meeting, f"客户{number}") for number in range(count)]


def ask(meeting: Meeting) -> Job:
    links.ask(meeting, meeting.people.without_link(), by=meeting.owner)
    return Job.objects.filter(task=links.TASK).latest("id")


def on_platform(meeting: Meeting) -> list[str]:
    """Give the tags of all links the platform has."""
    client = links.client_of(meeting, "links.list_all")
    return [
        each.tag for each in links.wire.list_all(client, meeting.meeting_id, kind=links.plan.kind_of(meeting))
    ]


def until_done(job: Job, run_jobs: Callable[[], int]) -> None:
    """Do the job, and what of it was postponed, without waiting."""
    for _ in range(20):
        run_jobs()
        job.refresh_from_db()
        if not job.is_open:
            return
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    raise AssertionError(f"{job} does not come to an end: {job.error_code}")


def test_everybody_without_a_link_gets_their_own(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 5)
    job = ask(meeting)
    until_done(job, run_jobs)
    made = ExclusiveLink.objects.filter(meeting=meeting, state="made")
    assert (job.state, job.wanted, job.made, job.refused) == ("done", 5, 5, 0)
    assert sorted(on_platform(meeting)) == sorted(person.tag for person in people)
    assert [decode_tag(link.customer_data) == link.person.tag for link in made.select_related("person")] == [
        True
    ] * 5
    assert len({link.url for link in made}) == 5


def test_a_webinar_has_links_of_its_own(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member, kind=Meeting.Kind.WEBINAR)
    listed(meeting, 3)
    with moods(sandbox, {"call": WEBINAR_LINK, "kind": "cut_after_commit", "nth": 2}, repeated_link="new"):
        until_done(ask(meeting), run_jobs)
    assert (meeting.links.filter(state="made").count(), len(on_platform(meeting))) == (3, 3)


def test_lost_answers_give_nobody_a_second_link(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 60)
    fault = {"call": LINK, "kind": "cut_after_commit", "rate": 0.25}
    with moods(sandbox, fault, repeated_link="new"):
        job = ask(meeting)
        until_done(job, run_jobs)
    tags = on_platform(meeting)
    assert (len(tags), len(set(tags)), meeting.links.filter(state="made").count()) == (60, 60, 60)


def test_after_a_lost_answer_the_others_go_on_and_nobody_looks_too_soon(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 3)
    with moods(sandbox, {"call": LINK, "kind": "cut_after_commit", "nth": 1}, repeated_link="new"):
        job = ask(meeting)
        run_jobs()
        job.refresh_from_db()
        states = meeting.links.order_by("person_id").values_list("person_id", "state")
        assert list(states) == [(people[0].pk, "asked"), (people[1].pk, "made"), (people[2].pk, "made")]
        assert (job.state, job.error_code) == ("waiting", "AnswerLost")
        assert job.due_at - timezone.now() > timedelta(seconds=links.LOOK_AFTER - 2)
        until_done(job, run_jobs)
    assert (len(on_platform(meeting)), meeting.links.filter(state="made").count()) == (3, 3)


def test_a_full_meeting_refuses_nobody_whose_answer_was_lost(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 4)
    with moods(sandbox, {"call": LINK, "kind": "cut_after_commit", "nth": 1}, links_per_meeting=2):
        until_done(ask(meeting), run_jobs)
    states = meeting.links.order_by("person_id").values_list("person_id", "state")
    assert list(states) == [(person.pk, "made" if place < 2 else "refused") for place, person in enumerate(people)]


def test_the_three_hundred_and_first_gets_an_error_and_the_others_stay(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 302)
    with moods(sandbox):
        job = ask(meeting)
        until_done(job, run_jobs)
    refused = meeting.links.filter(state="refused")
    assert (job.state, job.made, job.refused) == ("done", 300, 2)
    assert [(link.person_id, link.error_code, link.url) for link in refused.order_by("person_id")] == [
        (people[300].pk, "link_quota", ""),
        (people[301].pk, "link_quota", ""),
    ]
    assert len(on_platform(meeting)) == 300


def test_a_crash_in_the_middle_is_taken_up_where_it_was(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 12)
    fault = {"call": LINK, "kind": "code", "error_code": 190311, "status": 500, "nth": 7, "times": 4}
    with moods(sandbox, fault, repeated_link="new"):
        job = ask(meeting)
        run_jobs()
        job.refresh_from_db()
        assert (job.state, job.error_code, job.made) == ("waiting", "TryAgain", 6)
        assert meeting.links.filter(state="asked").count() == 1
    with moods(sandbox, repeated_link="new"):
        until_done(job, run_jobs)
    assert (len(on_platform(meeting)), meeting.links.filter(state="made").count()) == (12, 12)


def test_a_link_made_by_a_worker_that_died_is_found_again(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 3)
    job = ask(meeting)
    client = links.client_of(meeting, "links.create")
    there = links.wire.create(client, meeting.meeting_id, kind="meetings", tag=people[0].tag)
    meeting.links.filter(person=people[0]).update(state="asked")
    with moods(sandbox, repeated_link="new"):
        until_done(job, run_jobs)
    assert people[0].link.url == there.url
    assert len(on_platform(meeting)) == 3


def test_pressing_twice_wants_nothing_twice(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 3)
    counts = [links.ask(meeting, people, by=meeting.owner) for _ in range(2)]
    assert (counts, Job.objects.filter(task=links.TASK).count()) == ([3, 0], 1)
    until_done(Job.objects.get(task=links.TASK), run_jobs)
    assert links.ask(meeting, people, by=meeting.owner) == 0


def test_a_refused_link_may_be_asked_for_again(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 2)
    with moods(sandbox, links_per_meeting=1):
        until_done(ask(meeting), run_jobs)
    assert meeting.links.filter(state="refused").count() == 1
    assert links.ask(meeting, people, by=meeting.owner) == 1
    until_done(Job.objects.filter(task=links.TASK).latest("id"), run_jobs)
    assert meeting.links.filter(state="made").count() == 2


def test_nobody_who_left_the_list_gets_a_link(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    people = listed(meeting, 2)
    job = ask(meeting)
    meeting.people.filter(pk=people[0].pk).update(removed_at=timezone.now())
    until_done(job, run_jobs)
    assert on_platform(meeting) == [people[1].tag]


def test_without_the_enterprise_credential_the_job_says_so(
    sandbox: Sandbox, install: Callable[..., Membership], run_jobs: Callable[[], int]
) -> None:
    meeting = book(install(user="organiser"))
    listed(meeting, 1)
    job = ask(meeting)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error_detail["reason"]) == ("failed", "no_credential", "no_keys")
    assert meeting.links.get().state == "wanted"


def test_a_list_goes_from_the_file_to_the_links_through_the_pages(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int], client: Client
) -> None:
    meeting = book(member)
    client.force_login(member.user)
    pages = {
        name: reverse(f"meetings:{name}", args=[meeting.pk])
        for name in ("upload", "people_import", "links_issue")
    }
    file = SimpleUploadedFile(
        "list.xlsx", xlsx_file([["姓名", "手机号"], ["张三", 13800000001], ["李四", 13800000002]])
    )
    preview = client.post(pages["upload"], {"file": file, "into": "new", "list_name": "客户", "kind": "expected"})["Location"]
    run_jobs()
    client.post(f"{preview}confirm/", {"digest": client.get(preview).context["upload"].digest})
    run_jobs()
    client.post(pages["people_import"])
    client.post(pages["links_issue"], {"action": "all"})
    run_jobs()
    done = [
        (person.name, person.imported, person.link.state) for person in meeting.people.select_related("link")
    ]
    assert done == [("张三", "done", "made"), ("李四", "done", "made")]
    assert len(on_platform(meeting)) == 2


@pytest.mark.parametrize("role", ["viewer", "assistant"])
def test_who_may_not_change_a_meeting_never_gets_anybodys_link(client: Client, role: str) -> None:
    owner = factories.make_member(role="organiser")
    meeting = factories.make_meeting(owner)
    person = factories.make_person(meeting, "林一")
    url = "https://meeting.example/dm/only-for-lin"
    ExclusiveLink.objects.create(meeting=meeting, person=person, state="made", url=url)
    reader = factories.make_member(owner.organisation, role=role)
    Share.objects.create(meeting=meeting, user=reader.user, shared_by=owner.user)
    client.force_login(reader.user, backend="django.contrib.auth.backends.ModelBackend")
    seen = client.get(reverse("meetings:links", args=[meeting.pk]))
    assert (seen.status_code, url in seen.content.decode()) == (200, False)
    listed = client.post(reverse("meetings:people_export", args=[meeting.pk]), {"kind": "csv"})
    assert (listed.status_code, url in listed.content.decode()) == (200, False)
    for name, arguments in (("links_qr", []), ("link_qr", [person.pk]), ("links_export", [])):
        assert client.get(reverse(f"meetings:{name}", args=[meeting.pk, *arguments])).status_code == 403
