"""What a changed list does to results: said before the yes, come true after it, and never against what humans decided."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from attendance import changes, course
from attendance.models import Match, Outcome
from attendance.review import Verb, decide
from meetings import imports
from meetings.lists import batches, standing
from meetings.models import ExpectedList, Kind, Listing, Occurrence, Registrant, Upload
from portal.accounts.models import Membership
from tests import factories
from tests.attendance import hall, stage
from tests.conftest import Sandbox
from tests.meetings.batched import NOW, bring, confirm, read, receive

pytestmark = pytest.mark.django_db

HEAD = "姓名,手机号,公司\n"
ALL = ("周晓梅", "陈子涵", "王建国", "赵思远")


def csv_of(*names: str, **phones: int) -> str:
    """Give the list as it stands, of some people; a phone may be another."""
    lines = (f"{name},{factories.phone(phones.get(name, ALL.index(name) + 1))[3:]},公司{ALL.index(name) % 2}" for name in names)
    return HEAD + "\n".join(lines) + "\n"


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    return hall.full_hall(member)


@pytest.fixture
def listed(occurrence: Occurrence) -> ExpectedList:
    return factories.make_list(occurrence.meeting)


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def told(upload: Upload) -> dict[str, list[str]]:
    """Give the codes of what each line's person meets, by name."""
    lines = list(upload.lines.select_related("person"))
    found = changes.of_lines(upload, lines, changes.runs_of(upload))
    return {line.person.name: [effect.code for effect in found[line.pk]] for line in lines if line.pk in found}


def said(upload: Upload, name: str) -> list[str]:
    line = upload.lines.get(person__name=name)
    with translation.override("en"):
        return [str(effect) for effect in changes.of_lines(upload, [line], changes.runs_of(upload))[line.pk]]


def part(client: Client, upload: Upload, show: str) -> str:
    return client.get(hall.address(upload.meeting, f"upload/{upload.pk}/results/?show={show}")).content.decode()


def test_it_says_what_becomes_of_everybody_who_would_leave(listed: ExpectedList) -> None:
    upload = receive(listed, csv_of("赵思远"))
    assert told(upload) == {"周晓梅": ["walk_in"], "陈子涵": ["walk_in"], "王建国": ["undecided_leaves"]}
    assert said(upload, "周晓梅") == ["Was matched with 60 minutes: becomes a walk-in."]


def test_what_was_said_of_people_who_leave_comes_true(occurrence: Occurrence, listed: ExpectedList) -> None:
    bring(listed, csv_of("赵思远"), gone=True)
    run = hall.match(occurrence)
    assert (run.counts["expected"], run.counts["absent"], run.counts["matched"], run.counts["walk_in"]) == (1, 1, 0, 4)
    assert Outcome.objects.filter(run__number=1, person__name="周晓梅").get().state == "attended"


def test_whoever_stays_by_another_list_or_their_registration_loses_nothing(occurrence: Occurrence, listed: ExpectedList) -> None:
    meeting = occurrence.meeting
    first, second = hall.listed(occurrence, "周晓梅"), hall.listed(occurrence, "陈子涵")
    Listing.objects.create(expected_list=factories.make_list(meeting, "贵宾", kind=Kind.VIP), person=first)
    Registrant.objects.create(meeting=meeting, person=second, enroll_id="7", status=3, seen_at=timezone.now())
    standing.settle(meeting, now=timezone.now())
    upload = receive(listed, csv_of("赵思远", "王建国"))
    assert told(upload) == {"周晓梅": [], "陈子涵": []}


def test_whoever_stays_by_a_list_of_own_staff_is_expected_no_more(occurrence: Occurrence, listed: ExpectedList) -> None:
    staff = factories.make_list(occurrence.meeting, "员工", kind=Kind.STAFF)
    Listing.objects.create(expected_list=staff, person=hall.listed(occurrence, "周晓梅"))
    upload = receive(listed, csv_of("陈子涵", "王建国", "赵思远"))
    assert told(upload) == {"周晓梅": ["becomes_staff"]}
    batches.choose_all_missing(upload, "take")
    upload.refresh_from_db()
    confirm(upload)
    run = hall.match(occurrence)
    assert (run.counts["expected"], run.counts["staff"], run.counts["walk_in"]) == (3, 1, 1)


def test_people_put_onto_a_list_of_the_barred_become_an_alarm(occurrence: Occurrence) -> None:
    barred = factories.make_list(occurrence.meeting, "禁入", kind=Kind.BARRED)
    upload = receive(barred, csv_of("周晓梅", "赵思远"))
    assert told(upload) == {"周晓梅": ["becomes_barred"], "赵思远": ["absent_leaves"]}
    confirm(upload)
    assert hall.match(occurrence).counts["barred"] == 1


def test_a_key_that_is_not_read_from_the_list_holds_when_the_list_changes(listed: ExpectedList) -> None:
    upload = receive(listed, HEAD + f"周晓梅,{factories.phone(1)[3:]},另一家\n")
    assert said(upload, "周晓梅") == ["Was matched by exclusive link with 60 minutes, and stays so."]


@pytest.mark.parametrize(("key", "code"), [("phone_hash", "looked_again"), ("pstn", "looked_again"), ("userid", "stays")])
def test_a_new_phone_shakes_what_was_matched_by_phone(occurrence: Occurrence, listed: ExpectedList, key: str, code: str) -> None:
    Match.objects.filter(person__name="周晓梅").update(key=key)
    upload = receive(listed, csv_of("周晓梅", "陈子涵"))
    line = upload.lines.get(person__name="周晓梅")
    line.effect, line.changes = "changed", "phone"
    assert [each.code for each in changes.of_lines(upload, [line], changes.runs_of(upload))[line.pk]] == [code]


def test_whoever_was_not_found_is_looked_for_again(listed: ExpectedList) -> None:
    upload = receive(listed, HEAD + f"赵思源,{factories.phone(4)[3:]},公司1\n")
    assert told(upload)["赵思远"] == ["looked_for"]


def test_of_a_series_every_meeting_is_told(member: Membership) -> None:
    occurrence = hall.full_hall(member)
    before = occurrence.start_at - timedelta(days=1)
    times = {"start_at": before, "end_at": before + timedelta(hours=1)}
    earlier = Occurrence.objects.create(meeting=occurrence.meeting, sub_meeting_id="1", **times)
    hall.come_by_link(earlier, "周晓梅", 0, 30)
    hall.match(earlier)
    upload = receive(factories.make_list(occurrence.meeting), csv_of("赵思远"))
    assert said(upload, "周晓梅") == [f"Was matched with {minutes} minutes: becomes a walk-in." for minutes in (60, 30)]


def test_the_part_of_the_page_says_it(client: Client, listed: ExpectedList) -> None:
    text = part(client, receive(listed, csv_of("赵思远")), "missing")
    assert "Of these people 2 were in the meeting." in text
    assert text.count("becomes a walk-in") == 2
    assert "final" not in text


def test_it_says_that_a_new_version_of_final_results_is_proposed(
    client: Client, occurrence: Occurrence, listed: ExpectedList, member: Membership
) -> None:
    course.finalise(occurrence, member.user, timezone.now())
    assert "These results are final" in part(client, receive(listed, csv_of("赵思远")), "missing")
    occurrence.refresh_from_db()
    bring(listed, csv_of("赵思远"), gone=True)
    proposed = hall.match(occurrence)
    assert (proposed.number, proposed.proposed, proposed.current) == (2, True, False)


@pytest.mark.parametrize("show", ["same", "faulty", ""])
def test_there_is_nothing_to_say_of_other_sections(client: Client, listed: ExpectedList, show: str) -> None:
    assert part(client, receive(listed, csv_of("赵思远")), show) == ""


def test_there_is_nothing_to_say_before_the_meeting(client: Client, member: Membership) -> None:
    listed = factories.make_list(factories.make_meeting(member))
    factories.make_person(listed.meeting, "周晓梅", 1)
    assert part(client, receive(listed, csv_of("赵思远")), "missing") == ""


def test_the_part_takes_the_same_few_queries_for_any_number_of_lines(
    client: Client, occurrence: Occurrence, listed: ExpectedList, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        factories.make_person(occurrence.meeting, f"某人{number}", 100 + number)
    hall.match(occurrence)
    upload = receive(listed, csv_of("赵思远"))
    with django_assert_max_num_queries(20):
        part(client, upload, "missing")


def test_whoever_is_taken_off_and_restored_is_the_same_person_with_the_same_results(
    occurrence: Occurrence, listed: ExpectedList
) -> None:
    bring(listed, csv_of(*ALL))
    before = hall.match(occurrence).counts
    who = hall.listed(occurrence, "周晓梅").pk
    bring(listed, csv_of("赵思远"), gone=True)
    assert hall.match(occurrence).counts["expected"] == 1
    version = listed.versions.get(people=4)
    confirm(read(batches.receive_version(version, by=occurrence.meeting.owner, now=NOW)))
    assert hall.match(occurrence).counts == before
    assert hall.listed(occurrence, "周晓梅").pk == who


def test_decisions_outlive_that_somebody_leaves_and_comes_back(
    occurrence: Occurrence, listed: ExpectedList, member: Membership
) -> None:
    decide(hall.seen(occurrence, "外星来客"), Verb.ASSIGN, hall.listed(occurrence, "赵思远"), member.user)
    decide(hall.seen(occurrence, "王建国"), Verb.REJECT, hall.listed(occurrence, "王建国"), member.user)
    before = stage.tiers(occurrence)
    assert before["外星来客"] == ("certain", "human", "赵思远")
    bring(listed, csv_of("周晓梅", "陈子涵"), gone=True)
    hall.match(occurrence)
    assert stage.tiers(occurrence)["外星来客"] == ("none", "", None)
    upload = receive(listed, csv_of(*ALL))
    assert told(upload) == {"赵思远": ["decided"], "王建国": ["decided"]}
    confirm(upload)
    hall.match(occurrence)
    assert stage.tiers(occurrence) == before


def test_a_confirmed_batch_orders_new_results_by_itself(occurrence: Occurrence, listed: ExpectedList, run_jobs) -> None:
    upload = receive(listed, csv_of("赵思远"))
    batches.choose_all_missing(upload, "take")
    upload.refresh_from_db()
    batches.confirm(upload, upload.digest, by=upload.by)
    run_jobs()
    assert stage.current(occurrence).counts["expected"] == 1


def test_a_phone_corrected_afterwards_does_not_lose_whom_the_registration_proved(install, sandbox: Sandbox, run_jobs) -> None:
    occurrence = stage.book(install(), enrolment=True)
    listed = factories.make_list(occurrence.meeting)
    bring(listed, "姓名,手机号,编号\n周晓梅,13800000301,K1\n")
    imports.ask(occurrence.meeting, by=None)
    run_jobs()
    assert hall.listed(occurrence, "周晓梅").imported == "done"
    stage.play(sandbox, occurrence, [{"key": "a", "name": "iPhone", "stays": [stage.stay(0, 60)],
                                      "phone": "13800000301", "enroll_phone": "13800000301"}])  # fmt: skip
    stage.pull(occurrence, run_jobs)
    assert stage.tiers(occurrence)["iPhone"] == ("certain", "enroll_id", "周晓梅")
    upload = receive(listed, "姓名,手机号,编号\n周晓梅,13800000302,K1\n")
    assert told(upload) == {"周晓梅": ["stays"]}
    confirm(upload)
    run_jobs()
    assert stage.tiers(occurrence)["iPhone"] == ("certain", "enroll_id", "周晓梅")
