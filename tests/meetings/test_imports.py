"""Importing the list into the platform's enrolment, against the sandbox over HTTP."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from meetings import imports
from meetings.models import ExpectedPerson, Meeting
from portal.accounts.models import Membership
from portal.jobs.models import Job
from tests.conftest import Sandbox, own_platform
from tests.factories import make_person
from tests.meetings.booked import IMPORT, book, calm, moods

sandbox_process = own_platform("imported")
pytestmark = pytest.mark.django_db(transaction=True)

LOST = {"call": IMPORT, "kind": "cut_after_commit", "nth": 1}


@pytest.fixture(autouse=True)
def unhurried(sandbox: Sandbox) -> Iterator[None]:
    with calm(sandbox):
        yield


@pytest.fixture
def member(install: Callable[..., Membership]) -> Membership:
    return install(user="organiser")


def listed(meeting: Meeting, count: int) -> None:
    for number in range(count):
        make_person(meeting, f"客户{number}", number)


def ask(meeting: Meeting, again: bool = False) -> Job:
    return imports.ask(meeting, by=meeting.owner, again=again)


def states(meeting: Meeting) -> dict[str, str]:
    return dict(meeting.people.values_list("name", "imported"))


def due_now(job: Job) -> None:
    """Let a postponed job be due: time is not waited for."""
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())


def test_every_person_gets_their_enrolment_id(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 30)
    with moods(sandbox, import_drop_every=0):
        job = ask(meeting)
        run_jobs()
    job.refresh_from_db()
    ids = list(meeting.people.values_list("enroll_id", flat=True))
    assert (job.state, job.wanted, job.made, job.refused) == ("done", 30, 30, 0)
    assert (set(states(meeting).values()), len(set(ids)), "" in ids) == ({"done"}, 30, False)


def test_rows_the_platform_drops_are_named(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 10)
    make_person(meeting, "外人", userid="nobody-here")
    make_person(meeting, "无号")
    with moods(sandbox, import_drop_every=4):
        job = ask(meeting)
        run_jobs()
    job.refresh_from_db()
    dropped = [name for name, state in states(meeting).items() if state == "dropped"]
    assert dropped == ["客户3", "客户7"]
    assert (states(meeting)["外人"], states(meeting)["无号"]) == ("unknown_user", "not_yet")
    assert (job.wanted, job.made, job.refused) == (11, 8, 3)


def test_dropped_rows_are_sent_again_when_asked(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 4)
    with moods(sandbox, import_drop_every=4):
        ask(meeting)
        run_jobs()
    assert states(meeting)["客户3"] == "dropped"
    with moods(sandbox, import_drop_every=0):
        ask(meeting, again=True)
        run_jobs()
    assert set(states(meeting).values()) == {"done"}


@pytest.mark.parametrize("repeated", ["same", "duplicate"])
def test_a_lost_answer_doubles_nobody(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int], repeated: str
) -> None:
    meeting = book(member)
    listed(meeting, 20)
    make_person(meeting, "客户1", 4001)
    with moods(sandbox, LOST, import_drop_every=7, repeated_import=repeated):
        job = ask(meeting)
        run_jobs()
        job.refresh_from_db()
        assert (job.state, job.error_code) == ("waiting", "AnswerLost")
        assert set(states(meeting).values()) == {"asked"}
        due_now(job)
        run_jobs()
        ledger = sandbox.get("ledger")
    job.refresh_from_db()
    done = meeting.people.filter(imported="done")
    assert job.state == "done"
    assert len(set(done.values_list("enroll_id", flat=True))) == done.count() == 21
    assert approvals(meeting) == 21
    assert ledger["calls"][IMPORT] >= 2


def approvals(meeting: Meeting) -> int:
    """Count the registrations the platform has."""
    client = imports.client_of(meeting, "enrolment.approvals")
    return len(list(imports.wire.approvals(client, meeting.meeting_id, kind="meetings")))


def test_an_answer_lost_before_anything_happened_is_sent_again(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 5)
    with moods(sandbox, {"call": IMPORT, "kind": "cut_before", "nth": 1}, import_drop_every=0):
        job = ask(meeting)
        run_jobs()
        due_now(job)
        run_jobs()
    assert (set(states(meeting).values()), approvals(meeting)) == ({"done"}, 5)


def test_an_empty_answer_drops_nobody_who_was_taken(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 8)
    with moods(sandbox, {"call": IMPORT, "kind": "empty_body", "nth": 1}, import_drop_every=4):
        job = ask(meeting)
        run_jobs()
    job.refresh_from_db()
    found = sorted(states(meeting).items())
    assert [name for name, state in found if state == "dropped"] == ["客户3", "客户7"]
    assert (job.state, job.made, job.refused, approvals(meeting)) == ("done", 6, 2, 6)


def test_a_second_import_sends_only_who_is_new(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member)
    listed(meeting, 3)
    with moods(sandbox, import_drop_every=0, repeated_import="duplicate"):
        ask(meeting)
        run_jobs()
        make_person(meeting, "后来", 900)
        ask(meeting)
        run_jobs()
    assert (set(states(meeting).values()), approvals(meeting)) == ({"done"}, 4)


def test_two_who_press_at_once_make_one_job(member: Membership, sandbox: Sandbox) -> None:
    meeting = book(member)
    listed(meeting, 3)
    assert ask(meeting).pk == ask(meeting).pk


def test_enrolment_switched_off_is_named_and_nothing_is_marked(
    sandbox: Sandbox, member: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(member, enrolment=False)
    listed(meeting, 3)
    job = ask(meeting)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error_detail["reason"]) == ("failed", "Refused", "enrolment_off")
    assert set(states(meeting).values()) == {"not_yet"}


def test_what_fits_into_the_quota_is_imported_and_the_rest_named(
    sandbox: Sandbox, install: Callable[..., Membership], run_jobs: Callable[[], int]
) -> None:
    business = next(each for each in sandbox.world["enterprises"] if each["edition"] == "business")
    organiser = next(user for user in business["users"] if user["organises"])
    meeting = book(install(user=organiser["open_id"]))
    listed(meeting, 1010)
    with moods(sandbox, import_drop_every=0):
        first = ask(meeting)
        run_jobs()
    first.refresh_from_db()
    assert (first.state, first.error_code, first.made) == ("failed", "import_quota", 1000)
    assert meeting.people.filter(imported=ExpectedPerson.Import.DONE).count() == 1000
    assert meeting.people.filter(imported=ExpectedPerson.Import.NOT_YET).count() == 10


def test_twins_are_imported_under_nicknames_that_differ(member: Membership, sandbox: Sandbox) -> None:
    meeting = book(member)
    people = [
        make_person(meeting, "张三", 1),
        make_person(meeting, "张三", 2),
        make_person(meeting, "李四", 3),
    ]
    nicks = imports.nicknames(meeting, people)
    assert (nicks[2], len(set(nicks)), all(nick.startswith("张三") for nick in nicks[:2])) == (
        "李四",
        3,
        True,
    )
