"""Lists of several kinds: only the awaited are counted, own staff are known, and the barred raise an alarm."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from attendance import files, report, tiles
from attendance.models import MatchRun, Outcome, Participant
from attendance.review import Verb, decide
from meetings.lists import rosters, standing
from meetings.models import ExpectedList, Kind, Listing, Occurrence
from portal.accounts.models import Membership
from tests import factories
from tests.attendance import hall, stage

pytestmark = pytest.mark.django_db

STAFF, BARRED, VIP = "林小满", "雷万钧", "欧阳靖宇"


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """Two expected, one of them VIP; own staff and somebody barred are there by their links; one walked in."""
    occurrence = hall.hold(member, ("周晓梅",))
    meeting = occurrence.meeting
    for number, (name, kind) in enumerate(((VIP, Kind.VIP), (STAFF, Kind.STAFF), (BARRED, Kind.BARRED)), start=20):
        factories.make_person(meeting, name, number, factories.make_list(meeting, f"名单 {kind}", kind=kind))
    for name in ("周晓梅", STAFF, BARRED):
        hall.come_by_link(occurrence, name)
    hall.come(occurrence, "外星来客")
    hall.match(occurrence)
    return occurrence


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def page(client: Client, occurrence: Occurrence, rest: str = "") -> str:
    return client.get(hall.address(occurrence.meeting, rest)).content.decode()


def names(client: Client, occurrence: Occurrence, rest: str) -> set[str]:
    table = client.get(hall.address(occurrence.meeting, rest)).context["table"]
    return {getattr(row.record, "person", None) and row.record.person.name for row in table.rows}


def test_both_sides_add_up_with_staff_and_the_barred_beside_the_expected(occurrence: Occurrence) -> None:
    counts = stage.current(occurrence).counts
    assert counts == {
        "expected": 2, "attended": 1, "partly": 0, "absent": 1, "undecided": 0,
        "participants": 4, "matched": 1, "staff": 1, "barred": 1, "walk_in": 1, "review": 0, "conflict": 0, "ignored": 0,
        "maybe_barred": 0, "without": [],
    }  # fmt: skip
    assert stage.states(occurrence) == {"周晓梅": "attended", VIP: "absent"}


def test_the_tiles_are_counted_by_the_query_that_lists_their_rows(client: Client, occurrence: Occurrence) -> None:
    run = stage.current(occurrence)
    told = {tile.get("status"): tile["value"] for tile in tiles.participant_tiles(run, lambda name, **query: name)}
    assert told == {None: 4, "matched": 1, "barred": 1, "staff": 1, "walk_in": 1, "review": 0, "ignored": 0}
    for kind, expected in (("certain", {"周晓梅"}), ("staff", {STAFF}), ("barred", {BARRED}), ("none", {None})):
        assert names(client, occurrence, f"attendance/participants/?kind={kind}") == expected


def test_somebody_of_two_lists_counts_by_the_strongest(occurrence: Occurrence) -> None:
    meeting = occurrence.meeting
    staff = hall.listed(occurrence, STAFF)
    Listing.objects.create(expected_list=factories.make_list(meeting), person=staff)
    standing.settle(meeting, [staff.pk], now=timezone.now())
    run = hall.match(occurrence)
    assert (run.number, run.counts["expected"], run.counts["staff"], run.counts["attended"]) == (2, 3, 0, 2)


def test_a_list_that_changes_its_kind_makes_a_new_run(occurrence: Occurrence, member: Membership) -> None:
    staff = ExpectedList.objects.get(kind=Kind.STAFF)
    rosters.change(staff, name=staff.name, kind=Kind.EXPECTED, by=member.user, now=timezone.now())
    run = hall.match(occurrence)
    assert (run.counts["expected"], run.counts["staff"]) == (3, 0)
    assert MatchRun.objects.filter(occurrence=occurrence).count() == 2


def test_own_staff_are_looked_for_by_name_once_a_list_is_about_them(member: Membership) -> None:
    occurrence = hall.hold(member)
    hall.come(occurrence, STAFF, is_enterprise_user=True)
    assert hall.match(occurrence).counts["ignored"] == 1
    factories.make_person(occurrence.meeting, STAFF, on=factories.make_list(occurrence.meeting, "员工", kind=Kind.STAFF))
    assert hall.match(occurrence).counts["review"] == 1


@pytest.mark.parametrize("rest", ["", "attendance/", "attendance/participants/"])
def test_a_barred_person_is_an_alarm_with_the_evidence(client: Client, occurrence: Occurrence, rest: str) -> None:
    text = page(client, occurrence, rest)
    case = hall.address(occurrence.meeting, f"review/{hall.seen(occurrence, BARRED).pk}/")
    assert f"Barred and was there: {BARRED}" in text
    assert "The exclusive link is this person&#x27;s, and nobody else&#x27;s." in text
    assert case in text


def test_whoever_is_still_inside_is_said_to_be(client: Client, occurrence: Occurrence) -> None:
    Participant.objects.filter(name=BARRED).update(still_in=True)
    assert f"Barred and in the meeting: {BARRED}" in page(client, occurrence)


def test_a_name_alone_warns_that_somebody_may_be_barred(client: Client, occurrence: Occurrence) -> None:
    Participant.objects.filter(name=BARRED).delete()
    occurrence.visits.filter(user_name=BARRED).update(customer_data="")
    assert hall.match(occurrence).counts["maybe_barred"] == 1
    text = page(client, occurrence)
    assert "1 participant may be a barred person" in text
    assert "Barred and was there" not in text


def test_home_raises_the_alarm_and_lets_it_rest_after_some_days(client: Client, occurrence: Occurrence) -> None:
    item = client.get("/").context["board"].needs[0]
    assert (item["status"], item["title"], item["end"]) == ("barred", "1 barred person was there", 1)
    before = timezone.now() - timedelta(days=10)
    Occurrence.objects.update(start_at=before, end_at=before + timedelta(hours=1))
    assert [item["status"] for item in client.get("/").context["board"].needs] == []


def test_a_participant_set_aside_is_an_alarm_no_more(client: Client, occurrence: Occurrence, member: Membership) -> None:
    decide(hall.seen(occurrence, BARRED), Verb.IGNORE, None, member.user)
    assert stage.current(occurrence).counts["barred"] == 0
    assert "Barred and was there" not in page(client, occurrence)


def test_a_meeting_without_barred_people_shows_no_alarm(client: Client, member: Membership) -> None:
    assert "barred" not in page(client, hall.full_hall(member), "attendance/").lower()


def test_results_are_narrowed_by_list_and_kind(client: Client, occurrence: Occurrence) -> None:
    vips = ExpectedList.objects.get(kind=Kind.VIP)
    assert names(client, occurrence, f"attendance/?list={vips.pk}") == {VIP}
    assert names(client, occurrence, "attendance/?kind=vip") == {VIP}
    assert names(client, occurrence, "attendance/?kind=expected") == {"周晓梅"}
    text = page(client, occurrence, "attendance/")
    assert ('name="list"' in text, 'name="kind"' in text, "VIP" in text) == (True, True, True)


def test_a_meeting_of_one_list_is_not_asked_which(client: Client, member: Membership) -> None:
    text = page(client, hall.full_hall(member), "attendance/")
    assert ('name="list"' in text, 'name="kind"' in text) == (False, False)


def test_files_name_lists_and_kinds(client: Client, occurrence: Occurrence) -> None:
    vip = hall.listed(occurrence, VIP)
    Listing.objects.create(expected_list=factories.make_list(occurrence.meeting), person=vip)
    run = stage.current(occurrence)
    with translation.override("en"):
        text = "".join(files.csv_lines(run, results=report.result_rows(run))).removeprefix("\ufeff")
    told = {row["Name"]: (row["List"], row["Kind"]) for row in csv.DictReader(io.StringIO(text))}
    assert told == {"周晓梅": ("名单", "expected"), VIP: ("名单 / 名单 vip", "VIP")}


def test_a_walk_in_is_assigned_to_the_barred_person_it_is(client: Client, occurrence: Occurrence, member: Membership) -> None:
    decide(hall.seen(occurrence, "外星来客"), Verb.ASSIGN, hall.listed(occurrence, BARRED), member.user)
    assert stage.current(occurrence).counts["barred"] == 2
    assert Outcome.objects.filter(person__name=BARRED).count() == 0


def test_the_overview_expects_only_the_awaited(client: Client, occurrence: Occurrence) -> None:
    MatchRun.objects.all().delete()
    assert client.get(hall.address(occurrence.meeting)).context["funnel"][0]["count"] == 2
