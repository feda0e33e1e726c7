"""The pages and files of results: list and count agree, rows are found, numbers stay masked, pages stay cheap."""

import csv
import io
import re
from datetime import timedelta
from urllib.parse import quote

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from attendance.models import Pull
from meetings.models import Meeting, Occurrence
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.jobs.models import Job
from tests import factories
from tests.attendance import hall

pytestmark = pytest.mark.django_db

FULL = "13800000001"
TILE = re.compile(r'class="rc-stat" href="([^"]*)".*?rc-stat-value">(\d+)<', re.DOTALL)


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    return hall.full_hall(member)


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def rows(client: Client, address: str) -> int:
    answer = client.get(address)
    if "table" in answer.context:
        return answer.context["table"].paginator.count
    return answer.context["shown"].paginator.count


@pytest.mark.parametrize("page", ["attendance/", "attendance/participants/", ""])
def test_every_figure_leads_to_as_many_rows(client: Client, occurrence: Occurrence, page: str) -> None:
    tiles = TILE.findall(client.get(hall.address(occurrence.meeting, page)).content.decode())
    assert len(tiles) >= 5
    assert [rows(client, url.replace("&amp;", "&")) for url, _count in tiles] == [int(count) for _url, count in tiles]


def test_the_figures_of_a_hall(client: Client, occurrence: Occurrence) -> None:
    stats = client.get(hall.address(occurrence.meeting, "attendance/")).context["stats"]
    found = {stat["status"]: stat["value"] for stat in stats}
    assert found == {"expected": 4, "attended": 1, "partly": 1, "absent": 1, "undecided": 1, "walk_in": 1, "review": 1}


def names(client: Client, occurrence: Occurrence, query: str) -> list[str]:
    answer = client.get(hall.address(occurrence.meeting, f"attendance/{query}"))
    return [row.record.person.name for row in answer.context["table"].page]


def test_rows_are_found_by_name_company_ending_state_and_key(client: Client, occurrence: Occurrence) -> None:
    assert names(client, occurrence, "?q=晓梅") == ["周晓梅"]
    assert names(client, occurrence, "?q=公司1") == ["陈子涵", "赵思远"]
    assert names(client, occurrence, "?q=0003") == ["王建国"]
    assert names(client, occurrence, "?state=absent") == ["赵思远"]
    assert names(client, occurrence, "?state=came") == ["周晓梅", "陈子涵"]
    assert names(client, occurrence, "?company=公司0&key=tag") == ["周晓梅"]
    assert names(client, occurrence, "?q=nobody") == []


def test_rows_are_sorted_as_asked(client: Client, occurrence: Occurrence) -> None:
    assert names(client, occurrence, "?sort=-seconds")[:2] == ["周晓梅", "陈子涵"]
    assert names(client, occurrence, "?sort=person") == sorted(["周晓梅", "陈子涵", "王建国", "赵思远"])


def test_an_odd_page_number_shows_the_nearest_page(client: Client, occurrence: Occurrence) -> None:
    assert len(names(client, occurrence, "?page=99")) == 4
    assert len(names(client, occurrence, "?page=x")) == 4


def test_no_page_holds_a_whole_number(client: Client, occurrence: Occurrence) -> None:
    person = hall.listed(occurrence, "周晓梅").pk
    for path in ("attendance/", f"attendance/people/{person}/", "review/", "attendance/export.csv"):
        answer = client.get(hall.address(occurrence.meeting, path))
        text = answer.getvalue().decode()
        assert FULL not in text, path
        assert "138****000" in text, path


@pytest.mark.parametrize("people", [1, 3])
def test_results_take_the_same_few_queries_for_any_number_of_rows(
    client: Client, member: Membership, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    occurrence = hall.hold(member, ["周晓梅", "陈子涵", "王建国"][:people])
    for person in occurrence.meeting.people.all():
        hall.come_by_link(occurrence, person.name)
    hall.match(occurrence)
    with django_assert_num_queries(22):
        client.get(hall.address(occurrence.meeting, "attendance/"))
    with django_assert_num_queries(12):
        client.get(hall.address(occurrence.meeting, "attendance/participants/"))


@pytest.mark.parametrize("people", [1, 3])
def test_review_takes_the_same_few_queries_for_any_number_of_cases(
    client: Client, member: Membership, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    occurrence = hall.hold(member, ["周晓梅", "陈子涵", "王建国"][:people])
    for person in occurrence.meeting.people.all():
        hall.come(occurrence, person.name)
    hall.match(occurrence)
    with django_assert_num_queries(15):
        answer = client.get(hall.address(occurrence.meeting, "review/"))
    assert len(answer.context["cases"]) == people


def test_before_the_meeting_the_pages_say_so(client: Client, member: Membership) -> None:
    meeting = factories.make_meeting(member, start=hall.later())
    for path in ("attendance/", "attendance/participants/"):
        assert "The meeting has not begun" in client.get(hall.address(meeting, path)).content.decode()
    assert "Nothing to review yet" in client.get(hall.address(meeting, "review/")).content.decode()
    assert client.get(hall.address(meeting, "attendance/export.csv")).status_code == 404


def test_a_series_without_occurrences_has_pages_too(client: Client, member: Membership) -> None:
    meeting = factories.make_meeting(member, start=hall.later(), recurring=True)
    assert {client.get(hall.address(meeting, path)).status_code for path in ("", "attendance/", "review/")} == {200}
    assert client.post(hall.address(meeting, "attendance/pull/")).status_code == 404


def test_a_series_shows_the_last_occurrence_that_began_and_any_other_when_asked(client: Client, member: Membership) -> None:
    start = timezone.now().replace(microsecond=0) - timedelta(days=2)
    meeting = factories.make_meeting(member, start=start, recurring=True)
    days = [
        Occurrence.objects.create(meeting=meeting, sub_meeting_id=f"s{day}", start_at=start + timedelta(days=day),
                                  end_at=start + timedelta(days=day, hours=1))
        for day in range(4)
    ]  # fmt: skip
    assert client.get(hall.address(meeting)).context["occurrence"] == days[2]
    asked = client.get(hall.address(meeting, f"?occurrence={days[0].pk}"))
    assert asked.context["occurrence"] == days[0]
    assert f"attendance/?occurrence={days[0].pk}" in asked.content.decode()


def test_times_stand_in_the_zone_of_the_meeting(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member, zone="Europe/London")
    hall.come_by_link(occurrence, "周晓梅")
    hall.match(occurrence)
    page = client.get(hall.address(occurrence.meeting, "attendance/")).content.decode()
    assert "Europe/London" in page
    assert f"{occurrence.start_at:%H:%M}–" in page or f"{occurrence.start_at + timedelta(hours=1):%H:%M}–" in page


def test_a_pull_that_lacks_rows_is_told(client: Client, occurrence: Occurrence) -> None:
    assert "Some rows may be missing" not in client.get(hall.address(occurrence.meeting, "attendance/")).content.decode()
    Pull.objects.create(occurrence=occurrence, state=Pull.State.DONE, started_at=timezone.now(), rows=1, total=5)
    assert "Some rows may be missing" in client.get(hall.address(occurrence.meeting, "attendance/")).content.decode()


def test_the_button_queues_one_pull_and_the_page_follows_it(client: Client, occurrence: Occurrence) -> None:
    for _click in range(2):
        client.post(hall.address(occurrence.meeting, "attendance/pull/"))
    job = Job.objects.get(task="attendance.pull")
    fragment = client.get(hall.address(occurrence.meeting, "progress/?scope=results"))
    assert (fragment.status_code, "hx-get" in fragment.content.decode()) == (200, True)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    fragment = client.get(hall.address(occurrence.meeting, "progress/?scope=results"))
    assert (fragment.status_code, fragment["HX-Trigger"]) == (286, "work-done")


def test_csv_is_named_after_the_meeting_and_holds_the_filtered_rows(client: Client, occurrence: Occurrence) -> None:
    Meeting.objects.filter(pk=occurrence.meeting_id).update(subject="季度路演")
    answer = client.get(hall.address(occurrence.meeting, "attendance/export.csv?state=absent"))
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Name", "赵思远"]
    assert quote("季度路演") in answer["Content-Disposition"]
    assert "filename*=utf-8''" in answer["Content-Disposition"]


def test_the_workbook_speaks_the_readers_language(member: Membership, occurrence: Occurrence) -> None:
    client = hall.browser(member, "en")
    book = openpyxl.load_workbook(io.BytesIO(client.get(hall.address(occurrence.meeting, "attendance/export.xlsx")).getvalue()))
    assert book.sheetnames[0] == "Results"
    assert [row[0].value for row in book["Results"].iter_rows(min_row=2)] == ["周晓梅", "陈子涵", "王建国", "赵思远"]


def test_who_was_there_only_before_the_window_is_told_and_is_late_for_nothing(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member, ("宋岚艳", "吕勇杰"))
    hall.come_by_link(occurrence, "宋岚艳", -20, -10)
    hall.match(occurrence)
    who = hall.listed(occurrence, "宋岚艳").pk
    card = client.get(hall.address(occurrence.meeting, f"attendance/people/{who}/")).content.decode()
    assert "Only outside the counting window, so nothing of it counts." in card
    file = client.get(hall.address(occurrence.meeting, "attendance/export.csv")).getvalue().decode("utf-8-sig")
    heads = ("Late by (minutes)", "Left early (minutes)", "Gaps")
    measured = [[line[head] for head in heads] for line in csv.DictReader(io.StringIO(file))]
    assert measured == [["", "", ""], ["", "", ""]]


def test_whole_numbers_leave_only_for_a_reason_that_is_logged(client: Client, occurrence: Occurrence) -> None:
    address = hall.address(occurrence.meeting, "attendance/export/")
    refused = client.post(address, {"kind": "csv", "reason": ""})
    assert (refused.status_code, Entry.objects.filter(action="results.exported").count()) == (200, 0)
    answer = client.post(address, {"kind": "csv", "reason": "回访 13800000001"})
    assert FULL in answer.getvalue().decode()
    assert Entry.objects.get(action="results.exported").detail["reason"] == "回访 138****0001"


@pytest.mark.parametrize("role", ["organiser", "assistant", "viewer"])
def test_whole_numbers_are_not_for_those_it_is_merely_shared_with(occurrence: Occurrence, role: str) -> None:
    client = hall.browser(hall.colleague(occurrence, role))
    address = hall.address(occurrence.meeting, "attendance/export/")
    assert client.get(address).status_code == 403
    assert client.post(address, {"kind": "csv", "reason": "because"}).status_code == 403


def test_a_final_result_can_be_opened_again(client: Client, occurrence: Occurrence) -> None:
    client.post(hall.address(occurrence.meeting, "attendance/final/"))
    assert client.get(hall.address(occurrence.meeting)).context["run"].final
    client.post(hall.address(occurrence.meeting, "attendance/reopen/"))
    assert not client.get(hall.address(occurrence.meeting)).context["run"].final
