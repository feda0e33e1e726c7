"""Charts and groups: every figure leads to exactly as many rows, whatever was drawn together."""

import re
from html import unescape

import pytest
from django.test import Client

from attendance import figures, groups, runs
from attendance.models import MatchRun, Outcome
from meetings.models import Occurrence
from portal.accounts.models import Membership
from tests import factories
from tests.attendance import hall

pytestmark = pytest.mark.django_db

CHARTED = re.compile(r'<a href="([^"]*)" aria-label="[^"]*: (\d+)"')
GROUPED = re.compile(r'<td data-label="(?:Expected|Attended|Partly|Absent|Undecided)"[^>]*><a href="([^"]*)">(\d+)</a>')


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """Eight expected by two lists: one came an hour early, three minute by minute, two late; one on a telephone."""
    occurrence = hall.hold(member, [f"来宾{number}" for number in range(8)])
    vips = factories.make_list(occurrence.meeting, "贵宾", kind="vip")
    factories.make_person(occurrence.meeting, "贵客", 50, on=vips)
    stays = {"来宾0": (-60, 5), "来宾1": (0, 60), "来宾2": (1, 31), "来宾3": (1, 59), "来宾4": (25, 54), "贵客": (40, 60)}
    for name, (join, leave) in stays.items():
        hall.come_by_link(occurrence, name, join, leave, instanceid=0 if name == "贵客" else 4)
    hall.match(occurrence)
    return occurrence


@pytest.fixture
def run(occurrence: Occurrence) -> MatchRun:
    return runs.current_run(occurrence)


def rows(client: Client, address: str) -> int:
    return client.get(unescape(address)).context["table"].paginator.count


def test_every_column_leads_to_as_many_rows_and_all_of_them_are_drawn(member: Membership, occurrence: Occurrence) -> None:
    client = hall.browser(member)
    found = CHARTED.findall(client.get(hall.address(occurrence.meeting, "attendance/")).content.decode())
    assert [rows(client, url) for url, _count in found] == [int(count) for _url, count in found]
    # Six came; they stand in the chart of arrivals and in that of minutes.
    assert sum(int(count) for _url, count in found) == 12


def test_every_figure_of_a_group_leads_to_as_many_rows(member: Membership, occurrence: Occurrence) -> None:
    client = hall.browser(member)
    for page, groups_shown in (("attendance/companies/", 3), ("attendance/lists/", 2)):
        found = GROUPED.findall(client.get(hall.address(occurrence.meeting, page)).content.decode())
        assert len(found) >= 2 * groups_shown
        assert [rows(client, url) for url, _count in found] == [int(count) for _url, count in found]


def test_who_came_long_before_is_drawn_with_the_first(run: MatchRun) -> None:
    chart = figures.arrivals(run, lambda name, **query: str(query))
    first = chart.columns[0]
    assert first.end > run.window_start - figures.EARLY >= first.start
    assert (first.count, chart.total, "since" in first.url) == (1, 6, False)
    assert len(chart.columns) <= figures.MOST_COLUMNS + 1


def test_the_length_the_rule_asks_for_is_the_larger_of_share_and_minutes(run: MatchRun) -> None:
    run.rule = {"min_share": 0.5, "min_minutes": 0}
    assert figures.needed(run) == run.window_seconds / 2
    run.rule["min_minutes"] = 40
    assert figures.needed(run) == 2400


def test_a_group_counts_states_and_means_over_those_who_came(run: MatchRun) -> None:
    found = {row["label"]: row for row in groups.by(run, "list")}
    assert {name: (row["expected"], row["came"], row["share"]) for name, row in found.items()} == {
        "名单": (8, 5, 0.625), "贵宾": (1, 1, 1.0),
    }  # fmt: skip
    assert found["贵宾"]["seconds"] == 20 * 60
    assert [row["label"] for row in groups.by(run, "company", "公司1")] == ["公司1"]


def test_walk_ins_are_counted_by_the_company_they_show(member: Membership, occurrence: Occurrence) -> None:
    occurrence.meeting.people.filter(company="公司1").update(company="星河证券股份有限公司")
    for number, name in enumerate(("星河证券-张三", "李四@星河证券", "星河", "路人")):
        hall.come(occurrence, name, ms_open_id=f"w{number}")
    hall.match(occurrence)
    client = hall.browser(member)
    page = client.get(hall.address(occurrence.meeting, "attendance/companies/")).content.decode()
    (url, count), *others = re.findall(r'<td data-label="Walk-ins who show it"[^>]*><a href="([^"]*)">(\d+)</a>', page)
    assert (count, rows(client, url), others) == ("2", 2, [])
    assert groups.shown_as("公司1") == "公司1"


def test_groups_are_sorted_as_asked(member: Membership, occurrence: Occurrence) -> None:
    client = hall.browser(member)
    table = client.get(hall.address(occurrence.meeting, "attendance/companies/?sort=-share")).context["table"]
    shares = [row.record["share"] for row in table.page]
    assert shares == sorted(shares, reverse=True) and len(shares) == 3


def names(client: Client, occurrence: Occurrence, query: str) -> list[str]:
    table = client.get(hall.address(occurrence.meeting, f"attendance/?{query}")).context["table"]
    return [row.record.person.name for row in table.page]


def test_people_are_found_by_device_minutes_punctuality_and_missing_company(member: Membership, occurrence: Occurrence) -> None:
    client = hall.browser(member)
    assert names(client, occurrence, "device=0") == ["贵客"]
    assert names(client, occurrence, "least=30&below=59") == ["来宾2", "来宾3"]
    assert names(client, occurrence, "late=late") == ["来宾2", "来宾3", "来宾4", "贵客"]
    assert names(client, occurrence, "late=on_time") == ["来宾0", "来宾1"]
    assert names(client, occurrence, "company=-") == ["贵客"]


@pytest.mark.parametrize("query", ["least=99999999999999999999", "since=x", "device=77", "below=-1", "until=1e99", "company=%00"])
def test_a_nonsensical_filter_shows_a_page_and_no_error(member: Membership, occurrence: Occurrence, query: str) -> None:
    assert hall.browser(member).get(hall.address(occurrence.meeting, f"attendance/?{query}")).status_code == 200


def test_participants_are_found_by_device_and_minutes_too(member: Membership, occurrence: Occurrence) -> None:
    client = hall.browser(member)
    for query, count in (("device=0", 1), ("least=30", 3), ("key=tag", 6), ("below=10", 1)):
        assert rows(client, hall.address(occurrence.meeting, f"attendance/participants/?{query}")) == count, query


def test_where_nobody_came_the_charts_say_so(member: Membership) -> None:
    occurrence = hall.hold(member)
    hall.match(occurrence)
    page = hall.browser(member).get(hall.address(occurrence.meeting, "attendance/")).content.decode()
    assert page.count("Nobody of the list has come yet.") == 2
    Outcome.objects.all().delete()
    page = hall.browser(member).get(hall.address(occurrence.meeting, "attendance/")).content.decode()
    assert "Without a list nobody is expected." in page


def test_live_figures_say_how_old_they_are(member: Membership, occurrence: Occurrence) -> None:
    address = hall.address(occurrence.meeting, "attendance/")
    assert "The charts show what was read" not in hall.browser(member).get(address).content.decode()
    MatchRun.objects.update(live=True)
    assert "The charts show what was read" in hall.browser(member).get(address).content.decode()
