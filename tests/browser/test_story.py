"""The whole story by hand: install, plan, list, links, attendance, review, export, and what strangers see of it."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.attendance.stage import stay
from tests.browser import hands
from tests.browser.conftest import Visit
from tests.rounds import find
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(180)]

BY_LINK = ("周晓梅", "陈子涵", "王建国", "赵思远")
BY_NAME = ("李文博", "孙雅琴")
MISSING = "吴浩然"
LISTED = [*BY_LINK, *BY_NAME, MISSING]
STAYS = {
    "周晓梅": [stay(0, 60)],
    "陈子涵": [stay(5, 40), stay(30, 55, device=4)],
    "王建国": [stay(10, 20)],
    "赵思远": [stay(0, 12), stay(20, 58)],
    "李文博": [stay(2, 59)],
    "孙雅琴": [stay(3, 60)],
    "外星来客": [stay(0, 30)],
}
WORDS = {"attended": "已到", "partly": "部分参会", "absent": "缺席", "undecided": "待定"}


def rows() -> list[list[str]]:
    people = [[name, f"1380000{number:04d}", "星河证券", f"K{number}"] for number, name in enumerate(LISTED, start=1)]
    return [*people[:3], ["错号码", "1380000ABCD", "星河证券", "K99"], *people[3:]]


def test_two_clicks_lead_a_first_time_visitor_to_the_dashboard(stack: Stack, visit: Visit) -> None:
    page = visit()
    page.goto(stack.url)
    page.get_by_role("button", name="用腾讯会议登录").click()
    page.get_by_role("button", name="同意授权").click()
    expect(page).to_have_url(f"{stack.url}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(find(stack.sandbox.world, "organiser")["name"])


def test_the_whole_story_by_hand(stack: Stack, visit: Visit, tmp_path: Path) -> None:
    page = visit()
    company = stack.sandbox.world["enterprises"][0]
    person = find(stack.sandbox.world, "administrator")
    hands.sign_in(page, stack, person)
    hands.become_administrator(page, stack)
    events = hands.enter_credential(page, company, person)
    stack.sandbox.post("portal", enterprise_urls={company["app_id"]: events})
    address = hands.create_meeting(page)
    upload_the_list(page)
    links = issue_links(page)
    meeting_id = hold(stack, person, links)
    page.get_by_role("link", name="参会情况").first.click()
    page.get_by_role("button", name="拉取参会数据").click()
    told = truth(stack, meeting_id)
    expect(hands.figure(page, "待定")).to_have_text("2")
    assert figures(page) == told
    review(page)
    assert figures(page) == told | {"attended": told["attended"] + 2, "undecided": 0}
    see_the_person(page)
    assert exported(page, tmp_path) == figures(page)
    see_nothing_as_a_stranger(visit, stack, address)
    change_the_language_and_leave(page, stack)


def upload_the_list(page: Page) -> None:
    hands.open_tab(page, "名单")
    page.get_by_role("link", name="导入名单").first.click()
    page.locator("input[type=file]").set_input_files(hands.as_file(rows()))
    page.get_by_role("button", name="检查名单").click()
    fault = page.locator("[data-grid] [aria-invalid]")
    expect(fault).to_have_count(1)
    # The phone in the fifth line of the file, its headings being the first.
    expect(fault).to_have_attribute("id", "cell-5-1")
    page.locator("button[form=confirm]").click()
    page.get_by_role("link", name="查看名单").click()
    expect(page.locator("table tbody tr")).to_have_count(len(LISTED))


def issue_links(page: Page) -> dict[str, str]:
    hands.open_tab(page, "专属链接")
    page.get_by_role("button", name="为所有没有链接的人生成").click()
    fields = page.locator("table input[type=text][readonly]")
    expect(fields).to_have_count(len(LISTED))
    found = {field.get_attribute("aria-label"): field.input_value() for field in fields.all()}
    return {name: next(url for label, url in found.items() if name in label) for name in LISTED}


def hold(stack: Stack, host: dict, links: dict[str, str]) -> str:
    """Let people come, those of BY_NAME without their links; gives the platform's id of the meeting."""
    meeting_id = stack.sandbox.get("meetings")[-1]["meeting_id"]
    people = [
        {"key": name, "name": name, "link": links[name] if name in BY_LINK else "", "stays": stays}
        for name, stays in STAYS.items()
    ]
    leader = {"key": "host", "name": host["name"], "kind": "host", "userid": host["userid"], "stays": [stay(0, 60)]}
    stack.sandbox.post("play", meeting_id=meeting_id, people=[leader, *people], events={"send": True}, end=True)
    return meeting_id


def truth(stack: Stack, meeting_id: str) -> dict[str, int]:
    """Count what really happened; who came without a link cannot be told apart from a namesake yet."""
    told = stack.sandbox.get(f"truth/{meeting_id}")
    window = told["window"]["ended"] - told["window"]["started"]
    seconds = {each["key"]: each["seconds"] for each in told["people"]}
    states = ["attended" if 2 * seconds[name] >= window else "partly" for name in BY_LINK]
    return {
        "attended": states.count("attended"),
        "partly": states.count("partly"),
        "absent": len([name for name in LISTED if not seconds.get(name)]),
        "undecided": len(BY_NAME),
    }


def figures(page: Page) -> dict[str, int]:
    hands.open_tab(page, "参会情况")
    return {state: int(hands.figure(page, word).inner_text()) for state, word in WORDS.items()}


def review(page: Page) -> None:
    """Confirm one with a click and take it back, then confirm both with the keyboard."""
    first, second = BY_NAME
    hands.open_tab(page, "待确认")
    expect(page.locator(".rc-case")).to_have_count(2)
    hands.case_of(page, first).get_by_role("button", name="确认").click()
    expect(page.locator(".rc-case")).to_have_count(1)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".rc-case")).to_have_count(2)
    hands.case_of(page, second).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rc-case")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator(".rc-case")).to_have_count(2)
    for left in (1, 0):
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator(".rc-case")).to_have_count(left)


def see_the_person(page: Page) -> None:
    """Look at who came on two devices: 50 minutes, the overlap counted once."""
    page.get_by_role("link", name="陈子涵").click()
    expect(page.get_by_text("陈子涵").first).to_be_visible()
    expect(page.locator(".rc-facts")).to_contain_text("50")
    expect(page.locator("svg[role=img]").first).to_be_visible()


def exported(page: Page, place: Path) -> dict[str, int]:
    """Take the results away as a workbook and count the states in it."""
    hands.open_tab(page, "参会情况")
    page.locator("summary", has_text="导出").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel（含依据）").click()
    file = place / "results.xlsx"
    waiting.value.save_as(file)
    heading, *lines = openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True)
    said = [dict(zip(heading, line, strict=True))["状态"] for line in lines]
    assert len(said) == len(LISTED)
    return {state: said.count(word) for state, word in WORDS.items()}


def see_nothing_as_a_stranger(visit: Visit, stack: Stack, address: str) -> None:
    stranger = visit(expected=(404,))
    hands.sign_in(stranger, stack, stack.sandbox.world["enterprises"][1]["users"][0])
    for rest in ("", "people/", "links/", "attendance/", "review/", "attendance/export.xlsx"):
        answer = stranger.goto(address + rest)
        assert (answer.status, rest) == (404, rest)
    stranger.goto(f"{stack.url}/meetings/")
    expect(stranger.get_by_text("还没有会议")).to_be_visible()
    expect(stranger.get_by_text(hands.SUBJECT)).to_have_count(0)


def change_the_language_and_leave(page: Page, stack: Stack) -> None:
    bar = page.get_by_role("banner")
    for language, other in (("en", "English"), ("zh-hans", "简体中文")):
        bar.locator("details").last.click()
        bar.get_by_role("button", name=other).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
    bar.locator("details").last.click()
    bar.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.goto(f"{stack.url}/meetings/")
    expect(page).to_have_url(re.compile("/sign-in/"))
