"""What a changed list does to results, as it stands on the page in a real browser, with the alarm for the barred."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from meetings.models import Kind
from tests.attendance import hall
from tests.browser.conftest import Visit
from tests.browser.test_lists import enter
from tests.browser.test_pages import DESK, PHONE, sticking_out
from tests.factories import make_list, make_member, make_person
from tests.meetings.batched import receive

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_dry_run_and_the_results_say_it(visit: Visit, live_server: LiveServer, width: int) -> None:
    occurrence = hall.full_hall(make_member())
    meeting = occurrence.meeting
    make_person(meeting, "外星来客", on=make_list(meeting, "禁入", kind=Kind.BARRED))
    make_person(meeting, "雷万钧", on=make_list(meeting, "禁入"))
    hall.come_by_link(occurrence, "雷万钧")
    hall.match(occurrence)
    upload = receive(make_list(meeting), "姓名,手机号,公司\n赵思远,13800000004,公司1\n")
    page = visit("en-GB", width)
    for name, place, words in (
        ("missing", f"upload/{upload.pk}/?show=missing", "Was matched with 60 minutes: becomes a walk-in."),
        ("results", "attendance/", "Barred and was there: 雷万钧"),
    ):
        enter(page, live_server, meeting, place)
        expect(page.get_by_text(words)).to_have_count(1)
        assert sticking_out(page) == []
        if folder := os.environ.get("ROLLCALL_LOOK"):
            page.screenshot(path=Path(folder) / f"changes-{name}-{width}.png", full_page=True)
