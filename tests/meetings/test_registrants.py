"""Registrants: pulled whole, decided in bulk, expected when approved, nobody twice."""

from collections.abc import Callable, Iterable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import enrolment
from meetings.expecting import IMPORT
from meetings.models import ExpectedPerson, Meeting, Registrant
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.crypto import index_hash
from portal.jobs import queue
from portal.jobs.models import Job
from portal.tencent import enrolment as wire
from portal.tencent.enrolment import Action, ImportRow, State
from portal.tencent.enrolment_form import Special
from portal.webhooks.models import Delivery, PlatformEvent
from tests.conftest import Sandbox
from tests.factories import make_meeting, make_member, make_person, phone
from tests.meetings.booked import book, moods
from tests.meetings.planned import grant_of

PEOPLE = 40


def pull(run_jobs: Callable[[], int], meeting: Meeting) -> None:
    enrolment.ask_pull(meeting)
    run_jobs()


def booked(planner: Membership, run_jobs: Callable[[], int], *, by_hand: bool = True) -> Meeting:
    """Book a meeting with enrolment whose form stands on the platform."""
    meeting = book(planner, approval=2 if by_hand else 1)
    run_jobs()
    return meeting


def enrol(sandbox: Sandbox, meeting: Meeting, people: int = PEOPLE) -> None:
    """Let people fill in the form."""
    sandbox.post("scenarios/2/register", meeting_id=meeting.meeting_id, people=people, seed=3)


def on_platform(planner: Membership, meeting: Meeting, status: State = State.ALL) -> list[wire.Registrant]:
    return list(wire.approvals(grant_of(planner), meeting.meeting_id, kind="meetings", status=status))


def page(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def decide(client: Client, meeting: Meeting, action: str, chosen: Iterable[Registrant]) -> None:
    rows = [each.enroll_id for each in chosen]
    client.post(page("registrants_decide", meeting), {"action": action, "row": rows})


def test_a_pull_brings_everybody_with_their_answers(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    enrol(sandbox, meeting, 130)

    pull(run_jobs, meeting)

    there = on_platform(planner, meeting)
    assert len(there) > 100
    here = {int(row.enroll_id): row for row in meeting.registrants.all()}
    assert {each.enroll_id: each.answer(Special.NAME) for each in there} == {
        enroll_id: row.name for enroll_id, row in here.items()
    }
    first = there[0]
    assert here[first.enroll_id].phone.endswith(first.answer(Special.PHONE)[-8:])
    assert here[first.enroll_id].company == first.answer(Special.COMPANY)
    assert {row.status for row in here.values()} == {Registrant.Status.PENDING}
    assert ExpectedPerson.objects.count() == 0


def test_approved_people_are_expected_and_refused_ones_are_not(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    everybody = list(meeting.registrants.order_by("enroll_id"))

    decide(client, meeting, "approve", everybody[:5])
    decide(client, meeting, "refuse", everybody[5:7])

    assert len(on_platform(planner, meeting, State.APPROVED)) == 5
    assert len(on_platform(planner, meeting, State.REJECTED)) == 2
    expected = meeting.people.present()
    assert sorted(expected.values_list("enroll_id", flat=True)) == sorted(
        each.enroll_id for each in everybody[:5]
    )
    assert set(expected.values_list("source", flat=True)) == {"registrant"}
    run_jobs()
    assert (meeting.people.present().count(), meeting.registrants.filter(status=3).count()) == (5, 5)
    actions = Entry.objects.filter(action__startswith="registrants.").values_list("action", flat=True)
    assert list(actions.order_by("number")) == ["registrants.approved", "registrants.refused"]


def test_a_changed_mind_moves_people_on_and_off_the_list(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    one = meeting.registrants.first()
    decide(client, meeting, "approve", [one])
    person = meeting.people.get()

    decide(client, meeting, "refuse", [one])
    assert meeting.people.present().count() == 0
    decide(client, meeting, "approve", [one])

    assert [each.pk for each in meeting.people.present()] == [person.pk]


def test_automatic_approval_expects_people_at_once(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting)

    pull(run_jobs, meeting)
    pull(run_jobs, meeting)

    count = len(on_platform(planner, meeting))
    assert (meeting.people.present().count(), meeting.registrants.count()) == (count, count)


def test_somebody_on_the_list_is_recognised_by_phone_and_not_doubled(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting)
    known = on_platform(planner, meeting)[0]
    number = "+86" + known.answer(Special.PHONE)[-11:]
    listed = ExpectedPerson.objects.create(meeting=meeting, name="名单上的名字", tag="t1", phone=number,
                                           phone_index=index_hash("phone", number))  # fmt: skip

    pull(run_jobs, meeting)

    registrant = meeting.registrants.get(enroll_id=str(known.enroll_id))
    listed.refresh_from_db()
    assert (registrant.person, listed.enroll_id, listed.name) == (
        listed,
        str(known.enroll_id),
        "名单上的名字",
    )
    assert meeting.people.count() == len(on_platform(planner, meeting))


def test_a_cancelled_registration_takes_its_person_off_and_coming_back_does_not_double(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    before = meeting.people.present().count()
    one = meeting.registrants.exclude(phone="").first()

    wire.unregister(grant_of(planner), meeting.meeting_id, kind="meetings", enroll_ids=[int(one.enroll_id)])
    pull(run_jobs, meeting)
    one.refresh_from_db()
    assert (one.status, meeting.people.present().count()) == (Registrant.Status.CANCELLED, before - 1)

    again = Registrant.objects.create(
        meeting=meeting,
        enroll_id="77",
        status=3,
        name=one.name,
        phone=one.phone,
        phone_index=one.phone_index,
        seen_at=timezone.now(),
    )
    enrolment.expecting.follow(meeting, {one.enroll_id: 9}, now=timezone.now())
    again.refresh_from_db()
    assert (again.person, meeting.people.present().count()) == (one.person, before)
    assert ExpectedPerson.objects.get(pk=one.person_id).enroll_id == "77"


def test_somebody_of_the_list_who_cancels_stays_expected_and_may_be_imported_again(
    planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    rows = [ImportRow(area="86", phone_number=phone(5)[3:], nick_name="何静姝")]
    imported = wire.import_rows(grant_of(planner), meeting.meeting_id, kind="meetings", rows=rows).rows[0]
    person = make_person(meeting, "何静姝", 5, enroll_id=str(imported.enroll_id), imported="done")
    pull(run_jobs, meeting)
    assert meeting.registrants.get().person == person

    wire.unregister(grant_of(planner), meeting.meeting_id, kind="meetings", enroll_ids=[imported.enroll_id])
    pull(run_jobs, meeting)

    person.refresh_from_db()
    assert (person.removed_at, person.enroll_id, person.imported) == (None, "", "not_yet")


def test_somebody_the_organiser_took_off_stays_off(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    before = meeting.people.present().count()
    meeting.people.filter(pk=meeting.people.first().pk).update(removed_at=timezone.now())

    pull(run_jobs, meeting)

    assert (meeting.people.present().count(), meeting.people.count()) == (before - 1, before)


def test_an_import_under_way_is_not_taken_for_a_stranger(
    planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    rows = [ImportRow(area="86", phone_number=phone(6)[3:], nick_name="沈既明")]
    wire.import_rows(grant_of(planner), meeting.meeting_id, kind="meetings", rows=rows)
    later = timezone.now().replace(year=2099)
    queue.enqueue(IMPORT, subject=f"meeting:{meeting.pk}", due_at=later, meeting_id=meeting.pk)

    pull(run_jobs, meeting)
    assert (meeting.registrants.count(), meeting.people.count()) == (1, 0)

    Job.objects.filter(task=IMPORT).delete()
    pull(run_jobs, meeting)
    assert meeting.people.get().name == "沈既明"


NAMELESS = ["nick_name", "answer_list", "enroll_source_type"]
APPROVALS = "GET /v1/meetings/{meeting_id}/enroll/approvals"


def test_who_registered_without_a_name_gets_it_with_the_next_pull_and_is_not_doubled(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting, people=20)
    numbers = {each.answer(Special.PHONE)[-11:]: each for each in on_platform(planner, meeting)}
    listed = make_person(meeting, "名单上的名字", int(min(numbers)[-4:]))
    with moods(sandbox, {"call": APPROVALS, "kind": "missing_fields", "fields": NAMELESS}):
        pull(run_jobs, meeting)
    assert set(meeting.people.exclude(pk=listed.pk).values_list("name", flat=True)) == set(
        meeting.registrants.values_list("enroll_id", flat=True)
    )

    pull(run_jobs, meeting)

    present = meeting.people.present()
    assert (present.count(), meeting.registrants.exclude(person__in=present).count()) == (len(numbers), 0)
    assert set(present.exclude(pk=listed.pk).values_list("name", flat=True)) == set(
        meeting.registrants.exclude(person=listed).values_list("name", flat=True)
    )
    assert meeting.registrants.get(person=listed).phone == listed.phone


def test_a_registration_imported_elsewhere_joins_the_only_person_of_its_name(
    planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    person = make_person(meeting, "欧阳若谷", 8)
    rows = [ImportRow(area="86", phone_number=phone(8)[3:], nick_name="欧阳若谷")]
    wire.import_rows(grant_of(planner), meeting.meeting_id, kind="meetings", rows=rows)

    pull(run_jobs, meeting)

    assert (meeting.registrants.get().person, meeting.people.count()) == (person, 1)


def test_a_nickname_that_is_a_phone_becomes_the_phone_and_is_never_shown(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    rows = [ImportRow(area="86", phone_number=phone(9)[3:])]
    wire.import_rows(grant_of(planner), meeting.meeting_id, kind="meetings", rows=rows)

    pull(run_jobs, meeting)

    registrant = meeting.registrants.get()
    assert (registrant.name, registrant.phone, meeting.people.get().name) == ("", phone(9), "138****0009")
    shown = client.get(page("registrants", meeting)).content.decode()
    assert ("138****0009" in shown, phone(9)[3:] in shown) == (True, False)


def test_an_event_pulls_once_and_a_burst_waits(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting)
    Job.objects.all().delete()
    for number in range(3):
        event = PlatformEvent.objects.create(source="app", trace_id=str(number), event="enroll.enroll",
                                             meeting_id=meeting.meeting_id, body="{}")  # fmt: skip
        Delivery.objects.create(event=event, consumer="meetings.note_enrolment")
        queue.enqueue("meetings.note_enrolment", subject="event", about=meeting.meeting_id)
        run_jobs()

    pulls = Job.objects.filter(task="meetings.pull_registrants").order_by("pk")
    assert [job.state for job in pulls] == ["done", "waiting"]
    assert pulls[1].due_at > timezone.now()
    assert (Delivery.objects.filter(done_at=None).count(), meeting.registrants.count() > 0) == (0, True)


def test_a_broken_page_changes_nothing_and_is_read_again(
    planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs, by_hand=False)
    enrol(sandbox, meeting, 130)
    fault = {"call": "GET /v1/meetings/{meeting_id}/enroll/approvals", "kind": "code", "status": 500,
             "error_code": 190311, "nth": 2}  # fmt: skip
    with moods(sandbox, fault):
        pull(run_jobs, meeting)
    job = Job.objects.filter(task="meetings.pull_registrants").latest("pk")
    assert (job.state, meeting.registrants.count(), meeting.people.count()) == ("waiting", 0, 0)

    Job.objects.update(due_at=timezone.now())
    run_jobs()

    assert meeting.registrants.count() == len(on_platform(planner, meeting))


def test_the_page_has_a_tab_for_each_state_and_finds_by_name_company_and_phone(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    one = meeting.registrants.exclude(phone="").first()
    decide(client, meeting, "approve", [one])
    everybody = meeting.registrants.count()

    states = client.get(page("registrants", meeting)).context["states"]
    assert [state["count"] for state in states] == [everybody, everybody - 1, 1, 0, 0]
    for question in (one.name, one.phone, f"{one.phone[3:6]} {one.phone[6:10]} {one.phone[10:]}"):
        rows = client.get(page("registrants", meeting), {"q": question}).context["table"].data
        assert one.pk in [row.pk for row in rows], question
    approved = client.get(page("registrants", meeting), {"status": "3", "q": one.name}).context["table"].data
    assert [row.pk for row in approved] == [one.pk]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_needs_the_same_number_of_queries_whatever_its_length(
    client: Client, db: None, django_assert_num_queries: Callable, number: int
) -> None:
    member = make_member()
    meeting = make_meeting(member, enrolment=True)
    for each in range(number):
        Registrant.objects.create(
            meeting=meeting, enroll_id=str(each), status=1, name=f"人{each}", seen_at=timezone.now()
        )
    client.force_login(member.user)

    with django_assert_num_queries(10):
        client.get(page("registrants", meeting))


def test_deciding_nothing_asks_to_choose(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)

    answer = client.post(page("registrants_decide", meeting), {"action": "approve"}, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]


def test_a_refusal_by_the_platform_leaves_everything_as_it_was(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = booked(planner, run_jobs)
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    fault = {"call": "PUT /v1/meetings/{meeting_id}/enroll/approvals", "kind": "code", "status": 500,
             "error_code": 129}  # fmt: skip

    with moods(sandbox, fault):
        decide(client, meeting, "approve", meeting.registrants.all())

    assert set(meeting.registrants.values_list("status", flat=True)) == {1}
    assert (meeting.people.count(), Entry.objects.filter(action__startswith="registrants.").count()) == (0, 0)


def test_registrants_of_a_webinar_come_the_same_way(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner, kind="webinar", approval=2)
    run_jobs()
    enrol(sandbox, meeting)
    pull(run_jobs, meeting)
    everybody = list(meeting.registrants.all())

    handled = enrolment.decide(
        meeting, [each.enroll_id for each in everybody], action=Action.APPROVE, by=planner.user
    )

    assert handled == len(everybody) == meeting.people.present().count() > 10
