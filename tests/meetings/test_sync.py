"""Bringing in what exists on the platform, also what was made elsewhere, and keeping it like there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import occurrences, pulling, sync
from meetings.models import Forgotten, Meeting, Occurrence
from portal.accounts.models import Installation, Membership
from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.words import REASONS
from portal.tencent import meetings, webinars
from portal.tencent.plans import RecurringRule
from portal.webhooks.models import Delivery, PlatformEvent
from tests import rounds
from tests.conftest import Sandbox, platform_of_its_own
from tests.factories import make_member
from tests.meetings.booked import book, moods
from tests.meetings.planned import grant_of, keys_client, plan, soon

LIST, READ = "GET /v1/meetings", "GET /v1/meetings/{meeting_id}"
WEEKLY = RecurringRule(recurring_type=2, until_type=1, until_count=4)



@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Sandbox]:
    """Run a platform of its own: each test here pulls all meetings there are, also those other tests left."""
    with platform_of_its_own("pulled") as sandbox:
        yield sandbox

def pull(client: Client, run_jobs: Callable[[], int]) -> Job:
    """Press the button and wait."""
    client.post(reverse("meetings:sync"))
    run_jobs()
    return Job.objects.filter(task="meetings.sync_grant").latest("id")


def named(subject: str) -> Meeting:
    return Meeting.objects.get(subject=subject)


def test_a_meeting_the_portal_did_not_make_is_found_with_its_owner_and_times(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    start = soon()
    made = meetings.create(
        grant_of(planner), plan=plan("别处建的", start, password="9876", enable_enroll=True)
    )

    job = pull(client, run_jobs)

    found = named("别处建的")
    assert (found.meeting_id, found.meeting_code, found.owner) == (
        made.meeting_id,
        made.meeting_code,
        planner.user,
    )
    assert (found.start_at, found.password, found.enrolment, found.zone) == (
        start,
        "9876",
        True,
        "Asia/Shanghai",
    )
    assert [(each.sub_meeting_id, each.start_at) for each in found.occurrences.all()] == [("", start)]
    assert (job.state, job.made >= 1) == ("done", True)


def test_pulling_twice_changes_nothing(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meetings.create(grant_of(planner), plan=plan("拉两次", recurring_rule=WEEKLY))
    pull(client, run_jobs)
    before = list(Meeting.objects.order_by("pk").values("pk", "meeting_id", "version", "state", "start_at"))
    held = list(Occurrence.objects.order_by("pk").values())

    pull(client, run_jobs)

    assert (
        list(Meeting.objects.order_by("pk").values("pk", "meeting_id", "version", "state", "start_at"))
        == before
    )
    assert list(Occurrence.objects.order_by("pk").values()) == held


def test_a_meeting_that_is_over_comes_from_the_history(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    start = soon(-70)
    meetings.create(grant_of(planner), plan=plan("上周已开", start))

    pull(client, run_jobs)

    found = named("上周已开")
    assert (found.state, found.start_at, found.occurrences.count()) == ("planned", start, 1)


def test_a_series_comes_with_all_its_occurrences(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    start = soon()
    meetings.create(grant_of(planner), plan=plan("系列", start, recurring_rule=WEEKLY))

    pull(client, run_jobs)

    found = named("系列")
    assert (found.recurring, found.recurring_rule["until_count"]) == (True, 4)
    starts = [each.start_at for each in found.occurrences.all()]
    assert starts == [start + timedelta(weeks=week) for week in range(4)]


def test_a_webinar_made_elsewhere_is_added_by_its_code(client: Client, planner: Membership) -> None:
    start = soon()
    made = webinars.create(grant_of(planner), plan=webinars.WebinarPlan(
        subject="外部公开课", start_time=start, end_time=start + timedelta(hours=2), admission_type=1))  # fmt: skip
    code = f"{made.meeting_code[:3]}-{made.meeting_code[3:6]}-{made.meeting_code[6:]}"

    client.post(reverse("meetings:add"), {"code": code})

    found = named("外部公开课")
    assert (found.kind, found.enrolment, found.meeting_id) == ("webinar", True, made.meeting_id)
    again = client.post(reverse("meetings:add"), {"code": code})
    assert ("外部公开课" in str(again.context["form"].errors), Meeting.objects.count()) == (True, 1)


def test_an_unknown_code_is_named_as_such(client: Client, planner: Membership) -> None:
    answers = [client.post(reverse("meetings:add"), {"code": code}) for code in ("000000001", "12", "abc")]

    assert [list(answer.context["form"].errors) for answer in answers] == [["code"]] * 3
    assert Meeting.objects.count() == 0


def test_what_was_cancelled_elsewhere_is_cancelled_here(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner)
    meetings.cancel(grant_of(planner), meeting.meeting_id)

    pull(client, run_jobs)

    meeting.refresh_from_db()
    assert (meeting.state, list(meeting.occurrences.values_list("state", flat=True))) == (
        "cancelled",
        ["cancelled"],
    )


def test_only_a_credential_sees_what_was_made_without_the_app(
    client: Client, install: Callable[..., Membership], sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    with moods(sandbox):
        administrator = install(user="administrator", credential=True)
        Job.objects.all().delete()
        client.force_login(administrator.user)
        userid = administrator.organisation.installations.get().userid
        made = meetings.create(keys_client(administrator, userid), plan=plan("用密钥建的"))
        pulling.ask_grant(administrator.organisation.installations.get())
        run_jobs()
        assert not Meeting.objects.filter(subject="用密钥建的").exists()

        pull(client, run_jobs)

    found = named("用密钥建的")
    assert (found.origin, found.creator_userid, found.owner) == ("elsewhere", userid, administrator.user)
    assert found.meeting_id == made.meeting_id


def test_a_meeting_somebody_is_only_invited_to_is_not_taken_for_theirs(
    client: Client, install: Callable[..., Membership], sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    with moods(sandbox):
        administrator = install(user="administrator", credential=True)
        client.force_login(administrator.user)
        own = administrator.organisation.installations.get().userid
        colleague = next(
            each["userid"]
            for each in rounds.people(sandbox.world)
            if each["enterprise"] and each["organises"] and each["userid"] != own
        )
        made = meetings.create(keys_client(administrator, colleague), plan=plan("受邀的会", invitees=(own,)))
        roles = {each.meeting_id: each.join_meeting_role for each in listed(administrator, own)}
        assert roles[made.meeting_id] == "invitee"

        pull(client, run_jobs)

    assert not Meeting.objects.filter(subject="受邀的会").exists()


def listed(administrator: Membership, userid: str) -> list[meetings.Meeting]:
    return list(meetings.list_upcoming(keys_client(administrator, userid)))


def test_a_colleague_s_meetings_stay_with_the_colleague(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    others = [each for each in rounds.people(sandbox.world) if each["enterprise"] and each["organises"]]
    company = next(each["enterprise"]["app_id"] for each in others if each["open_id"] == planner.user.open_id)
    same = [each for each in others if each["enterprise"]["app_id"] == company]
    colleague = next(
        each for each in same if each["open_id"] != planner.user.open_id and not each["role_type"]
    )
    theirs = rounds.install(sandbox.world, colleague["open_id"])
    meetings.create(grant_of(theirs), plan=plan("同事的会"))
    Job.objects.all().delete()

    pull(client, run_jobs)
    assert not Meeting.objects.filter(subject="同事的会").exists()
    client.force_login(theirs.user)
    pull(client, run_jobs)

    assert named("同事的会").owner == theirs.user
    assert not Meeting.objects.visible_to(planner).filter(subject="同事的会").exists()


def test_a_pull_while_a_meeting_is_being_created_does_not_double_it(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    made = meetings.create(grant_of(planner), plan=plan("正在创建"))
    times = {"start_at": made.start_time, "end_at": made.end_time, "subject": "正在创建"}
    draft = Meeting.objects.create(
        organisation=planner.organisation, owner=planner.user, state="draft", **times
    )

    pull(client, run_jobs)
    assert list(Meeting.objects.filter(subject="正在创建").values_list("meeting_id", flat=True)) == [""]
    Meeting.objects.filter(pk=draft.pk).update(state="unconfirmed")
    pull(client, run_jobs)

    assert (named("正在创建").pk, named("正在创建").meeting_id) == (draft.pk, made.meeting_id)


def test_a_colleague_s_meeting_of_the_same_name_and_time_confirms_nothing(
    planner: Membership,
) -> None:
    made = meetings.create(grant_of(planner), plan=plan("同名同时"))
    colleague = make_member(planner.organisation)
    times = {"start_at": made.start_time, "end_at": made.end_time, "subject": "同名同时"}
    theirs = Meeting.objects.create(
        organisation=planner.organisation, owner=colleague.user, state="unconfirmed", **times
    )

    taken = sync.take(made, organisation=planner.organisation, owner=planner.user, client=grant_of(planner))

    theirs.refresh_from_db()
    assert (taken.owner, theirs.state, theirs.meeting_id) == (planner.user, "unconfirmed", "")


def test_a_webinar_cancelled_elsewhere_is_cancelled_here(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner, kind="webinar", enrolment=False)
    webinars.cancel(grant_of(planner), meeting.meeting_id)

    pull(client, run_jobs)

    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


def test_a_pull_without_a_connection_says_so(client: Client, db: None) -> None:
    client.force_login(make_member().user)

    answer = client.post(reverse("meetings:sync"), follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert Job.objects.count() == 0


def test_a_pull_on_a_busy_platform_waits_and_shows_why(
    client: Client, planner: Membership, sandbox: Sandbox, run_jobs: Callable[[], int]
) -> None:
    with moods(sandbox, {"call": LIST, "kind": "code", "status": 500, "error_code": 190311, "times": 1}):
        job = pull(client, run_jobs)
        assert (job.state, job.error_code) == ("waiting", "TryAgain")
        fragment = client.get(reverse("meetings:sync_progress"))
        assert (fragment.status_code, "every 2s" in fragment.content.decode()) == (200, True)

        Job.objects.update(due_at=timezone.now())
        run_jobs()

    done = client.get(reverse("meetings:sync_progress"))
    assert (done.status_code, done["HX-Refresh"]) == (286, "true")


def test_a_withdrawn_grant_leaves_its_meetings_readable_and_coming_back_connects_them(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner)
    installation = Installation.objects.get(user=planner.user)

    pulling.disconnect(installation)
    meeting.refresh_from_db()
    assert (meeting.connected, meeting in Meeting.objects.visible_to(planner)) == (False, True)

    pull(client, run_jobs)
    meeting.refresh_from_db()
    assert meeting.connected is True


def test_a_meeting_the_platform_no_longer_knows_is_lost(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    Meeting.objects.filter(pk=meeting.pk).update(meeting_id="9999999999999999999")

    client.post(reverse("meetings:refresh", args=[meeting.pk]))

    meeting.refresh_from_db()
    assert (meeting.state, meeting.error_code) == ("lost", "NotThere")


def test_a_lost_meeting_says_so_and_offers_to_ask_again(client: Client, planner: Membership) -> None:
    meeting = book(planner)
    known = meeting.meeting_id
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.LOST)
    again = reverse("meetings:refresh", args=[meeting.pk])

    page = client.get(reverse("attendance:meeting", args=[meeting.pk])).content.decode()
    client.post(again)

    meeting.refresh_from_db()
    assert (str(REASONS["NotThere"]) in page, f'action="{again}"' in page) == (True, True)
    assert (meeting.state, meeting.meeting_id) == ("planned", known)


def test_an_answer_without_settings_takes_none_back(planner: Membership, sandbox: Sandbox) -> None:
    meeting = book(planner)
    sync.refresh(meeting)
    held = dict(meeting.settings)
    with moods(sandbox, {"call": READ, "kind": "missing_fields", "fields": ["settings"]}):
        sync.refresh(meeting)
    assert (meeting.settings, held != {}) == (held, True)


def deliver(organisation: object, name: str, meeting_id: str, task: str) -> Delivery:
    event = PlatformEvent.objects.create(source="app", trace_id=f"{name}-{meeting_id}", event=name,
                                         meeting_id=meeting_id, body="{}")  # fmt: skip
    delivery = Delivery.objects.create(event=event, consumer=task)
    queue.enqueue(task, subject=f"event:{event.pk}", about=meeting_id)
    return delivery


def test_an_event_about_a_changed_meeting_reads_it_again(
    planner: Membership, run_jobs: Callable[[], int]
) -> None:
    meeting = book(planner)
    Job.objects.all().delete()
    changed = meetings.MeetingPlan(subject="会中改名")
    meetings.change(grant_of(planner), meeting.meeting_id, plan=changed, series=False)

    delivery = deliver(planner.organisation, "meeting.updated", meeting.meeting_id, "meetings.note_change")
    run_jobs()

    meeting.refresh_from_db()
    delivery.refresh_from_db()
    assert (meeting.subject, delivery.done_at is not None) == ("会中改名", True)


def test_an_event_about_an_unknown_meeting_creates_nothing(
    planner: Membership, run_jobs: Callable[[], int]
) -> None:
    delivery = deliver(planner.organisation, "meeting.updated", "1234567890123456789", "meetings.note_change")
    run_jobs()

    delivery.refresh_from_db()
    assert (Meeting.objects.count(), Job.objects.count(), delivery.done_at is not None) == (0, 1, True)


def test_an_occurrence_in_which_something_happened_survives_its_disappearance(
    client: Client, planner: Membership, run_jobs: Callable[[], int]
) -> None:
    made = meetings.create(grant_of(planner), plan=plan("变短的系列", recurring_rule=WEEKLY))
    pull(client, run_jobs)
    found = named("变短的系列")
    last, third = found.occurrences.all()[3], found.occurrences.all()[2]
    Occurrence.objects.filter(pk=last.pk).update(started_at=timezone.now())
    shorter = meetings.read(grant_of(planner), made.meeting_id)

    with_two = replace(shorter, sub_meetings=shorter.sub_meetings[:2])
    occurrences.hold(found, with_two, now=timezone.now())

    left = set(found.occurrences.values_list("pk", flat=True))
    assert (last.pk in left, third.pk in left, len(left)) == (True, False, 3)


def test_an_ended_status_means_deleted_and_null_means_over(planner: Membership) -> None:
    meeting = book(planner)
    found = sync.read(meeting)

    states = [
        sync.apply(meeting, replace(found, status=f"MEETING_STATE_{status}")).state
        for status in ("NULL", "RECYCLED", "STARTED", "ENDED")
    ]

    assert states == ["planned", "planned", "planned", "lost"]
    assert meeting.occurrences.get().state == "running"


def test_the_nightly_work_asks_for_every_grant_credential_and_open_enrolment(
    install: Callable[..., Membership], sandbox: Sandbox
) -> None:
    with moods(sandbox):
        administrator = install(user="administrator", credential=True)
        meeting = book(administrator)
    Job.objects.all().delete()

    pulling.queue_all()

    asked = sorted(Job.objects.values_list("task", "subject"))
    assert asked == [
        ("meetings.pull_registrants", f"meeting:{meeting.pk}"),
        ("meetings.sync_credential", f"credential:{administrator.organisation.enterprise_credential.pk}"),
        ("meetings.sync_grant", f"installation:{administrator.organisation.installations.get().pk}"),
    ]


@pytest.mark.parametrize("start", [None, soon(2)])
def test_odd_times_make_no_row(planner: Membership, start: object) -> None:
    made = meetings.create(grant_of(planner), plan=plan("时间不对", soon(2)))

    odd = replace(made, start_time=start, end_time=start)
    taken = sync.take(odd, organisation=planner.organisation, owner=planner.user, client=grant_of(planner))

    assert (taken, Meeting.objects.filter(subject="时间不对").count(), Forgotten.objects.count()) == (
        None,
        0,
        0,
    )
