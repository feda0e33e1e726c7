"""Lists in a real browser: brought in three ways, repaired by keyboard in the grid, compared, saved, on a phone and a desk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from meetings.lists import batches, rosters
from meetings.models import ExclusiveLink, ExpectedList, ExpectedPerson, Meeting, Upload
from tests.browser.conftest import Visit
from tests.browser.test_pages import DESK, LANGUAGES, NARROWEST, PHONE, TALLEST, sticking_out
from tests.factories import make_meeting, make_member
from tests.meetings.sheets import xlsx_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

Jobs = Callable[[], int]
HEAD = ["姓名", "手机号", "公司", "职务", "编号", "餐食"]
BEFORE = [
    ["周晓梅", "13800000001", "星河证券", "总监", "K001", "素食"],
    ["陈子涵", "13800000002", "银河资本", "经理", "K002", ""],
    ["王建国", "13800000003", "海王集团", "董事", "K003", ""],
    ["赵思远", "13800000004", "天狼基金", "分析师", "K004", ""],
    ["吴浩然", "13800000005", "星河证券", "经理", "K005", ""],
]
AFTER = [
    ["周晓梅", "13800000011", "星河证券", "董事总经理", "K001", "素食"],
    ["陈子涵", "13800000002", "银河资本", "经理", "K002", ""],
    ["王建国", "13800000003", "海王集团", "董事长", "K003", "清真"],
    ["欧阳雪", "138OOOO0006", "北斗咨询", "合伙人", "K006", ""],
    ["", "13800000007", "北斗咨询", "经理", "K007", ""],
    ["马俊杰", "1380000008", "天狼基金", "总监", "K008", ""],
    ["罗文静", "13800000009", "招商局", "总监", "K009", ""],
    ["罗文静", "13800000009", "招商局", "", "K010", ""],
    ["林涛", "", "海王集团", "", "", ""],
    ["林涛", "", "海王集团", "", "", ""],
    ["Emma Zhang", "010-62340000", "Polaris", "Partner", "K012", ""],
    ["司马光明", "13800000013", "北斗咨询", "顾问", "K013", ""],
]


@pytest.fixture
def meeting(live_server: LiveServer) -> Meeting:
    return make_meeting(make_member(name="林小满"), subject="秋季策略路演")


@pytest.fixture
def batch(meeting: Meeting, run_jobs: Jobs) -> Upload:
    """Give a second upload that waits: with faults, duplicates, changes and people who are missing."""
    into = rosters.make(meeting, name="客户", kind="expected", by=meeting.owner)
    staff = rosters.make(meeting, name="本公司同事", kind="staff", by=meeting.owner)
    received(into, [HEAD, *BEFORE], "名单.xlsx", run_jobs, confirmed=True)
    linked = meeting.people.filter(name__in=["周晓梅", "赵思远"])
    linked.update(imported=ExpectedPerson.Import.DONE)
    for person in linked:
        ExclusiveLink.objects.create(meeting=meeting, person=person, state="made", url=f"https://example.com/{person.pk}")
    received(staff, [HEAD[:2], ["林小满", "13800000099"]], "同事.xlsx", run_jobs, confirmed=True)
    return received(into, [HEAD, *AFTER], "名单 第二版.xlsx", run_jobs)


def received(
    into: ExpectedList, rows: list[list[str]], name: str, run_jobs: Jobs, *, confirmed: bool = False
) -> Upload:
    upload = batches.receive(into, xlsx_file(rows), name=name, origin="file", by=into.by, now=timezone.now())
    run_jobs()
    upload.refresh_from_db()
    if confirmed:
        batches.confirm(upload, upload.digest, by=into.by)
        run_jobs()
    return upload


def enter(page: Page, live_server: LiveServer, meeting: Meeting, place: str) -> None:
    """Open a page of the meeting, signed in as who plans it."""
    client = Client()
    client.force_login(meeting.owner)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/meetings/{meeting.pk}/{place}")
    page.wait_for_load_state("load")


def take_picture(page: Page, name: str, width: int, language: str) -> None:
    """Write a screenshot where ROLLCALL_SCREENSHOTS says, for the documents."""
    folder = os.environ.get("ROLLCALL_SCREENSHOTS")
    if not folder or name not in PICTURES:
        return
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST[width])
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=Path(folder) / f"list-{name}-{width}-{language}.png")


# What the documents show.
PICTURES = ("mapping", "faulty", "changed")
PLACES = {
    "people": "people/",
    "people-of-list": "people/?list={list}",
    "add": "upload/?list={list}",
    "paste": "upload/?way=paste&list=new",
    "faulty": "upload/{batch}/",
    "twice": "upload/{batch}/?show=twice",
    "doubt": "upload/{batch}/?show=doubt",
    "changed": "upload/{batch}/?show=changed",
    "missing": "upload/{batch}/?show=missing",
    "new": "upload/{batch}/?show=new",
    "mapping": "upload/{batch}/?show=new",
    "settings": "lists/{list}/",
    "versions": "lists/{list}/versions/",
    "version": "lists/{list}/versions/1/",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_of_lists_fits_its_screen(
    visit: Visit, live_server: LiveServer, batch: Upload, width: int, language: str
) -> None:
    page = visit(LANGUAGES[language], width)
    for name, place in PLACES.items():
        page.set_viewport_size({"width": width, "height": 900})
        enter(page, live_server, batch.meeting, place.format(list=batch.expected_list_id, batch=batch.pk))
        expect(page.locator("h1")).to_have_count(1)
        if name == "mapping":
            page.locator("#columns > summary").click()
        assert (name, sticking_out(page)) == (name, [])
        take_picture(page, name, width, language)
        if width == PHONE:
            page.set_viewport_size({"width": NARROWEST, "height": 640})
            assert (name, sticking_out(page)) == (name, [])


def counted(page: Page, word: str) -> Locator:
    """Find the figure of a section."""
    return page.locator(".rc-stat").filter(has_text=word).locator(".rc-stat-value")


def test_faulty_rows_are_repaired_with_the_keyboard_alone(
    visit: Visit, live_server: LiveServer, batch: Upload, run_jobs: Jobs
) -> None:
    page = visit("en-GB", DESK)
    enter(page, live_server, batch.meeting, f"upload/{batch.pk}/")
    first = page.locator("[data-grid] input[type=text]").first
    first.focus()
    # Down to the name that is missing, then along the row and back.
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Anna")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cell-6-1")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#cell-6-0")).to_be_focused()
    # A cell that is left again with Escape is as it was.
    page.locator("#cell-7-2").focus()
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    expect(page.locator("#cell-7-2")).to_have_value("天狼基金")
    # Enter in the last row sends the form.
    page.keyboard.press("Enter")
    expect(counted(page, "Faulty")).to_have_text("2")
    page.get_by_role("button", name="Take 138****0006").click()
    expect(counted(page, "Faulty")).to_have_text("1")
    page.get_by_role("button", name="Leave out line 7").click()
    expect(counted(page, "Faulty")).to_have_text("0")
    page.get_by_role("button", name="Save to the list").click()
    run_jobs()
    expect(page.get_by_text("The list is saved")).to_be_visible()
    present = set(batch.meeting.people.present().values_list("name", flat=True))
    assert {"Anna", "欧阳雪"} <= present
    assert "马俊杰" not in present


def test_a_long_reason_stands_beside_its_sign_on_a_phone(
    visit: Visit, live_server: LiveServer, batch: Upload, run_jobs: Jobs
) -> None:
    page = visit("en-GB", NARROWEST)
    enter(page, live_server, batch.meeting, f"upload/{batch.pk}/")
    boxes = [(why.locator(".rc-icon").first.bounding_box(), why.locator("> span").bounding_box())
             for why in page.locator(".rc-sheet-why p").all()]  # fmt: skip
    assert boxes
    assert [text["y"] < sign["y"] + sign["height"] for sign, text in boxes] == [True] * len(boxes)


def test_everything_can_be_done_without_scripts(
    visit: Visit, live_server: LiveServer, meeting: Meeting, run_jobs: Jobs
) -> None:
    page = visit("en-GB", PHONE, scripts=False)
    enter(page, live_server, meeting, "people/")
    page.get_by_role("link", name="Add people").first.click()
    page.get_by_role("link", name="Paste text").click()
    page.locator("textarea").fill(
        "姓名\t手机号\n张三\t13800000001\n李四\t138OOOO0002\n张三\t13800000001"
    )
    page.locator("[name=list_name]").fill("群接龙")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("Reading the list")).to_be_visible()
    run_jobs()
    page.get_by_role("link", name="Refresh").click()
    # Three rows, one of them faulty, one twice.
    page.get_by_role("button", name="Take 138****0002").click()
    page.locator(".rc-stat").filter(has_text="Duplicates").click()
    page.get_by_role("button", name="The same person").click()
    expect(page.get_by_text("Not one person after all")).to_be_visible()
    page.get_by_role("button", name="Save to the list").click()
    run_jobs()
    page.get_by_role("link", name="Refresh").click()
    page.get_by_role("link", name="To the list").click()
    expect(page.locator(".rc-person")).to_have_count(2)


CHAIN = """#接龙
周五路演，请接龙
例 姓名 单位 手机

1. 孙晓燕 华泰证券 13800000021
2、李文博13800000022 中信建投
3. 欧阳娜 招商银行 138 0000 0023
"""
WAYS = {
    "excel-with-phones-as-numbers": (
        "表格.xlsx", xlsx_file([HEAD[:3], ["张伟", 13800000031, "海王集团"], ["王芳", 13800000032, ""]])
    ),
    "gb18030": ("名单.csv", "姓名,手机,单位\n陈𠮷,13800000041,星河证券\n䶮师傅,13800000042,银河资本\n".encode("gb18030")),
    "chain": ("", CHAIN.encode()),
}  # fmt: skip


def test_what_people_have_becomes_three_lists_without_reading_the_help(
    visit: Visit, live_server: LiveServer, meeting: Meeting, run_jobs: Jobs
) -> None:
    page = visit("en-GB", PHONE)
    for name, (file_name, body) in WAYS.items():
        enter(page, live_server, meeting, "people/")
        page.get_by_role("link", name="Add people").first.click()
        if file_name:
            file = {"name": file_name, "mimeType": "application/octet-stream", "buffer": body}
            page.locator("input[type=file]").set_input_files(file)
        else:
            page.get_by_role("link", name="Paste text").click()
            page.locator("textarea").fill(body.decode())
        if page.get_by_label("List", exact=True).count():
            page.get_by_label("List", exact=True).select_option(label="A new list")
        page.locator("[name=list_name]").fill(name)
        page.get_by_role("button", name="Check it").click()
        expect(page.get_by_text("Reading the list")).to_be_visible()
        run_jobs()
        expect(counted(page, "New")).to_have_text("3" if name == "chain" else "2")
        page.get_by_role("button", name="Save to the list").click()
        run_jobs()
        expect(page.get_by_role("link", name="To the list")).to_be_visible()
    told = {each.name: list(each.listings.values_list("person__name", "person__phone")) for each in meeting.lists.all()}
    assert told == {
        "excel-with-phones-as-numbers": [("张伟", "+8613800000031"), ("王芳", "+8613800000032")],
        "gb18030": [("陈𠮷", "+8613800000041"), ("䶮师傅", "+8613800000042")],
        "chain": [("孙晓燕", "+8613800000021"), ("李文博", "+8613800000022"), ("欧阳娜", "+8613800000023")],
    }


def test_the_progress_goes_on_by_itself(
    visit: Visit, live_server: LiveServer, meeting: Meeting, run_jobs: Jobs
) -> None:
    page = visit("en-GB", PHONE)
    enter(page, live_server, meeting, "upload/")
    file = {"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx_file([HEAD, *BEFORE])}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("Reading the list")).to_be_visible()
    run_jobs()
    expect(counted(page, "New")).to_have_text("5")
