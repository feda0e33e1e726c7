"""Every main page on a phone and on a desk, in both languages, with the keyboard, and without scripts."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal import processes
from tests.browser import hall, hands
from tests.browser.conftest import HEIGHT, Visit
from tests.browser.hall import Hall
from tests.stack import running

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(180)]

PAGES = (
    "sign-in", "dashboard", "meetings", "create", "meeting", "coming", "people", "upload", "upload-preview", "links",
    "attendance", "companies", "participants", "participant", "person", "exports", "rule", "windows", "default-rule",
    "versions", "difference", "replaced", "review", "case", "several", "remembered", "account", "credential", "members", "help",
    "privacy",
)  # fmt: skip
PHONE, DESK, NARROWEST = 375, 1440, 320
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SIGNED_OUT = {"sign-in"}
# Pages that put their first card into the hand at once.
IN_HAND = {"review"}
# Pages with something to do; the rest is for reading.
DOING = ("sign-in", "dashboard", "meetings", "create", "people", "upload", "upload-preview", "review", "credential")
PICTURES = (
    "sign-in", "dashboard", "account", "meeting", "upload-preview", "people", "links", "attendance", "person", "participant",
    "rule", "windows", "review", "several", "difference",
)  # fmt: skip
# People call themselves as they like, and staff have userids.
WITH_NICKNAMES = {
    "participants", "participant", "review", "case", "person", "upload-preview", "difference", "several", "remembered",
}  # fmt: skip
# Addresses, masked secrets, the platform's codes, and the names of what is the same in every language.
NOT_WORDS = re.compile(r"\S*(?:://|@)\S*|\S*(?:\*{4}|…)\S*|[A-Z]+_[A-Z_]+")
KEPT_LATIN = {
    "English", "PDF", "CSV", "TSV", "XLSX", "XLS", "ODS", "UTF", "UTC", "Excel", "AppId", "SdkId", "SecretId", "SecretKey",
    "userid", "Token", "EncodingAESKey", "OpenID", "Cookie", "Webhook", "iPhone", "iPad", "Windows", "Mac", "chengang",
}  # fmt: skip
# How much of a long page a picture shows, by width.
TALLEST = {PHONE: 1600, DESK: 1400}


@pytest.fixture(scope="module")
def full_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Seed a portal once for all pages; it has a database of its own, because others empty theirs after each test."""
    place = tmp_path_factory.mktemp("hall")
    database = f"sqlite:///{place / 'rollcall.sqlite3'}"
    with processes.house(place, DATABASE_URL=database) as house:
        processes.migrate(house)
    # A broker of its own too: two workers at one broker would take each other's work.
    with running(place, database, REDIS_URL="") as stack:
        yield hall.fill(stack)


def enter(page: Page, full_hall: Hall, name: str) -> None:
    """Open a page by name, signed in where it needs that."""
    if name not in SIGNED_OUT:
        page.context.add_cookies([{"name": "sessionid", "value": full_hall.session, "url": full_hall.url}])
    page.goto(full_hall.at(name))
    page.wait_for_load_state("load")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_its_screen(visit: Visit, full_hall: Hall, name: str, language: str) -> None:
    page = visit(LANGUAGES[language], PHONE)
    enter(page, full_hall, name)
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-hans", "en": "en"}[language])
    expect(page.locator("h1")).to_have_count(1)
    # One load is looked at in every width: what differs is style alone.
    for width in (PHONE, NARROWEST, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert sticking_out(page) == [], width
        take_picture(page, name, width, language)
    if language == "zh" and name not in WITH_NICKNAMES:
        assert english_words(page) == set()


def english_words(page: Page) -> set[str]:
    """Give what a Chinese page says in English."""
    text = NOT_WORDS.sub("", page.locator("body").inner_text())
    return set(re.findall(r"[A-Za-z]{3,}", text)) - KEPT_LATIN


def sticking_out(page: Page) -> list[str]:
    """Name what makes a page wider than its screen; nothing, where it can only be scrolled up and down."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const wide = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > width);
            return ["page", ...wide.map(one => `${one.tagName}.${one.className}`)];
        }"""
    )


def take_picture(page: Page, name: str, width: int, language: str) -> None:
    """Write a screenshot where ROLLCALL_SCREENSHOTS says, for the documents."""
    folder = os.environ.get("ROLLCALL_SCREENSHOTS")
    if not folder or name not in PICTURES or width not in TALLEST:
        return
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST[width])
    # The navigation at the foot of a phone stays where the picture ends.
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=Path(folder) / f"{name}-{width}-{language}.png")


@pytest.mark.parametrize("name", DOING)
def test_the_main_action_is_reached_with_the_keyboard(visit: Visit, full_hall: Hall, name: str) -> None:
    page = visit()
    enter(page, full_hall, name)
    if name not in IN_HAND:
        page.keyboard.press("Tab")
        expect(page.locator(".rc-skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('main .btn-primary')"):
            return
    pytest.fail("80 times Tab, and the main action was not reached")


def test_a_list_is_uploaded_without_scripts(visit: Visit, full_hall: Hall) -> None:
    page = visit(scripts=False)
    enter(page, full_hall, "upload")
    page.locator("input[type=file]").set_input_files(hands.as_file([["周晓梅", "13800000001", "星河证券", "K1"]]))
    page.get_by_role("button", name="检查名单").click()
    hands.refresh_until(page, page.locator("button[form=confirm]")).click()
    hands.refresh_until(page, page.get_by_role("link", name="查看名单")).click()
    expect(page.locator("table tbody tr")).to_have_count(1)
    expect(page.locator("table tbody")).to_contain_text("周晓梅")


def test_a_match_is_decided_and_taken_back_without_scripts(visit: Visit, full_hall: Hall) -> None:
    page = visit(scripts=False)
    enter(page, full_hall, "review")
    first = page.locator(".rc-case").first
    name = first.get_attribute("aria-label")
    first.get_by_role("button", name="确认").first.click()
    done = page.locator(".rc-alert[role=status]").filter(has_text=str(name))
    expect(hands.case_of(page, str(name))).to_have_count(0)
    done.get_by_role("button", name="撤销").click()
    expect(hands.case_of(page, str(name))).to_have_count(1)
