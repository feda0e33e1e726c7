"""What follows a changed list on the platform, against the sandbox over HTTP."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from meetings import enrolment, imports
from meetings.lists import batches, consequences, people
from meetings.models import ExpectedList, Meeting
from portal.accounts.models import Membership
from portal.jobs.models import Job
from tests.conftest import Sandbox, own_platform
from tests.factories import make_list, phone
from tests.meetings.batched import NOW, bring, receive
from tests.meetings.booked import IMPORT, book, calm, moods

sandbox_process = own_platform("followed")
pytestmark = pytest.mark.django_db(transaction=True)

UNREGISTER = "DELETE /v1/meetings/{meeting_id}/enroll/unregistration"
TWO = "姓名,编号,手机号\n张三,A1,13800000001\n李四,A2,13800000002\n"
MOVED = "姓名,编号,手机号\n张三,A1,13800000003\n李四,A2,13800000002\n"
Jobs = Callable[[], int]


@pytest.fixture(autouse=True)
def unhurried(sandbox: Sandbox) -> Iterator[None]:
    with calm(sandbox), moods(sandbox, import_drop_every=0):
        yield


@pytest.fixture
def meeting(install: Callable[..., Membership]) -> Meeting:
    return book(install(user="administrator", credential=True))


@pytest.fixture
def guests(meeting: Meeting, run_jobs: Jobs) -> ExpectedList:
    """A list of two whose import is done."""
    guests = make_list(meeting)
    bring(guests, TWO, imports=True)
    run_jobs()
    assert states(meeting) == {"张三": "done", "李四": "done"}
    return guests


def states(meeting: Meeting) -> dict[str, str]:
    return dict(meeting.people.order_by("code").values_list("name", "imported"))


def enrolled(meeting: Meeting) -> set[str]:
    """Give the registrations the platform has."""
    client = imports.client_of(meeting, "enrolment.approvals")
    return {str(each.enroll_id) for each in imports.wire.approvals(client, meeting.meeting_id, kind="meetings")}


def ids(meeting: Meeting) -> set[str]:
    return set(meeting.people.exclude(enroll_id="").values_list("enroll_id", flat=True))


def test_new_people_are_imported_and_linked_only_when_that_was_asked_for(
    meeting: Meeting, guests: ExpectedList, run_jobs: Jobs
) -> None:
    bring(guests, TWO + "王五,A3,13800000004\n")
    run_jobs()
    assert (states(meeting)["王五"], meeting.links.count()) == ("not_yet", 0)
    bring(guests, TWO + "王五,A3,13800000004\n赵六,A4,13800000005\n", imports=True, links=True)
    run_jobs()
    assert set(states(meeting).values()) == {"done"}
    assert list(meeting.links.values_list("person__name", "state")) == [("赵六", "made")]


@pytest.mark.parametrize("by", ["batch", "hand"])
def test_a_changed_phone_is_imported_again_and_the_former_registration_taken_back(
    meeting: Meeting, guests: ExpectedList, run_jobs: Jobs, by: str
) -> None:
    before = meeting.people.get(code="A1")
    if by == "batch":
        bring(guests, MOVED)
    else:
        values = {"name": "张三", "code": "A1", "phone": phone(3)}
        people.change(before, values, as_seen=people.seen(before), by=meeting.owner, now=NOW)
    assert states(meeting)["张三"] == "stale"
    run_jobs()
    after = meeting.people.get(code="A1")
    assert (after.pk, after.imported, after.tag) == (before.pk, "done", before.tag)
    assert after.enroll_id not in ("", before.enroll_id)
    assert enrolled(meeting) == ids(meeting)


def test_a_changed_phone_imports_nobody_who_was_not_asked_for(
    meeting: Meeting, guests: ExpectedList, run_jobs: Jobs
) -> None:
    bring(guests, MOVED + "王五,A3,13800000004\n")
    run_jobs()
    assert states(meeting) == {"张三": "done", "李四": "done", "王五": "not_yet"}


MEANWHILE = {
    "another phone": {"name": "张三", "code": "A1", "phone": phone(3)},
    "another name": {"name": "章三", "code": "A1", "phone": phone(1)},
    "another name and phone": {"name": "章三", "code": "A1", "phone": phone(3)},
    "no phone": {"name": "张三", "code": "A1"},
}


@pytest.mark.parametrize("pulled", [False, True])
@pytest.mark.parametrize("values", MEANWHILE.values(), ids=MEANWHILE.keys())
def test_a_change_while_the_answer_to_an_import_is_lost_leaves_no_former_registration(
    sandbox: Sandbox, meeting: Meeting, run_jobs: Jobs, values: dict[str, str], pulled: bool
) -> None:
    guests = make_list(meeting)
    with moods(sandbox, {"call": IMPORT, "kind": "cut_after_commit", "nth": 1}, import_drop_every=0):
        bring(guests, TWO, imports=True)
        run_jobs()
    former = enrolled(meeting)
    assert (set(states(meeting).values()), len(former)) == ({"asked"}, 2)
    before = meeting.people.get(code="A1")
    people.change(before, values, as_seen=people.seen(before), by=meeting.owner, now=NOW)
    if pulled:
        enrolment.ask_pull(meeting)
        run_jobs()
    Job.objects.filter(task=imports.TASK, state="waiting").update(due_at=timezone.now())
    run_jobs()
    after = meeting.people.get(code="A1")
    assert (after.imported, meeting.people.get(code="A2").imported) == ("done" if "phone" in values else "not_yet", "done")
    assert enrolled(meeting) == ids(meeting)
    # Under the phone they were asked with it stays the same registration, and only then.
    assert (after.enroll_id in former) == (values.get("phone") == phone(1))


def test_a_lost_answer_to_taking_back_doubles_nobody(
    sandbox: Sandbox, meeting: Meeting, guests: ExpectedList, run_jobs: Jobs
) -> None:
    with moods(sandbox, {"call": UNREGISTER, "kind": "cut_after_commit", "nth": 1}, import_drop_every=0):
        bring(guests, MOVED)
        run_jobs()
        job = Job.objects.filter(task=imports.TASK, state="waiting").first()
        if job:
            Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
            run_jobs()
        calls = sandbox.get("ledger")["calls"][UNREGISTER]
    assert calls >= 2
    assert (set(states(meeting).values()), enrolled(meeting)) == ({"done"}, ids(meeting))


def test_a_pull_between_taking_back_and_importing_again_forgets_nothing(
    meeting: Meeting, guests: ExpectedList, run_jobs: Jobs
) -> None:
    enrolment.ask_pull(meeting)
    run_jobs()
    bring(guests, MOVED)
    numbers = [int(each.enroll_id) for each in meeting.people.filter(imported="stale")]
    client = imports.client_of(meeting, "enrolment.unregister")
    imports.wire.unregister(client, meeting.meeting_id, kind="meetings", enroll_ids=numbers)
    Job.objects.filter(task=imports.TASK, state="waiting").update(due_at=timezone.now() + timezone.timedelta(hours=1))
    enrolment.ask_pull(meeting)
    run_jobs()
    assert states(meeting)["张三"] == "wanted"
    Job.objects.filter(task=imports.TASK, state="waiting").update(due_at=timezone.now())
    run_jobs()
    assert (set(states(meeting).values()), enrolled(meeting)) == ({"done"}, ids(meeting))


def test_the_import_of_those_who_leave_is_taken_back_only_when_that_was_asked_for(
    meeting: Meeting, guests: ExpectedList, run_jobs: Jobs
) -> None:
    bring(guests, "姓名,编号,手机号\n张三,A1,13800000001\n", gone=True)
    run_jobs()
    assert len(enrolled(meeting)) == 2
    bring(guests, TWO)
    bring(guests, "姓名,编号,手机号\n张三,A1,13800000001\n", gone=True, withdraw=True)
    run_jobs()
    assert enrolled(meeting) == set(meeting.people.filter(code="A1").values_list("enroll_id", flat=True))
    assert (meeting.people.get(code="A2").enroll_id, meeting.people.get(code="A2").imported) == ("", "not_yet")


def test_a_pull_brings_nobody_back_whose_only_registration_we_imported(
    meeting: Meeting, guests: ExpectedList, run_jobs: Jobs
) -> None:
    bring(guests, "姓名,编号,手机号\n张三,A1,13800000001\n", gone=True)
    enrolment.ask_pull(meeting)
    run_jobs()
    assert list(meeting.people.present().values_list("name", flat=True)) == ["张三"]


def test_what_follows_is_said_before_the_yes(meeting: Meeting, guests: ExpectedList, run_jobs: Jobs) -> None:
    vips = make_list(meeting, "贵宾", kind="vip")
    upload = receive(guests, "姓名,编号,手机号\n张三,A1,13800000003\n")
    assert told(upload) == {"张三": ["import_again"], "李四": ["leaves", "import_stays"]}
    vips.listings.create(person=meeting.people.get(code="A2"))
    assert told(upload)["李四"] == ["stays_on"]
    assert told(receive(vips, "姓名,编号\n张三,A1\n"))["张三"] == ["becomes_vip", "on_others"]


def told(upload: batches.Upload) -> dict[str, list[str]]:
    lines = list(upload.lines.select_related("person"))
    found = consequences.of_lines(upload, lines)
    assert all(str(each) for line in found.values() for each in line)
    return {line.person.name: [each.code for each in found[line.pk]] for line in lines if line.person}
