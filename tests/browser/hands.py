"""What an organiser does by hand on the Chinese pages, step by step."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.stack import Stack

ZONE = "Asia/Shanghai"
SUBJECT = "秋季策略路演"
KEY_FIELDS = ("app_id", "sdk_id", "secret_id", "secret_key")


def sign_in(page: Page, stack: Stack, person: dict) -> None:
    """Be sent to the sign-in page, go to the platform, agree there, and stand on the dashboard."""
    page.goto(stack.url)
    page.get_by_role("button", name="用腾讯会议登录").click()
    # Whose account it is the platform knows of its own; the sandbox asks.
    page.locator(f"input[name=as][value='{person['open_id']}']").check()
    page.get_by_role("button", name="同意授权").click()
    expect(page).to_have_url(f"{stack.url}/")


def become_administrator(page: Page, stack: Stack) -> None:
    """Wait until the platform's own event has told the portal that this person administers the enterprise."""
    page.goto(f"{stack.url}/account/")
    refresh_until(page, page.get_by_role("link", name="企业凭证")).first.click()


def refresh_until(page: Page, wanted: Locator) -> Locator:
    """Load a page again until it has something, as one does where it cannot do so by itself."""
    for _half_second in range(40):
        if wanted.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return wanted


def enter_credential(page: Page, company: dict, person: dict) -> str:
    """Type the keys of the enterprise's own app; gives the address for its events."""
    values = {name: str(company[name]) for name in KEY_FIELDS} | {"operator_userid": person["userid"]}
    values |= {"webhook_token": company["webhook"]["token"], "webhook_aes_key": company["webhook"]["aes_key"]}
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="校验并保存").click()
    page.goto(page.url.partition("/account/")[0] + "/account/credential/")
    return page.get_by_text("/hooks/tencent/").inner_text()


def create_meeting(page: Page) -> str:
    """Book a meeting of an hour that began 75 minutes ago, with enrolment; gives its address."""
    start = datetime.now(ZoneInfo(ZONE)).replace(second=0, microsecond=0) - timedelta(minutes=75)
    page.get_by_role("link", name="会议", exact=True).first.click()
    page.locator("a[href$='/meetings/create/']").first.click()
    page.get_by_label("主题").fill(SUBJECT)
    page.locator("[name=start]").fill(f"{start:%Y-%m-%dT%H:%M}")
    page.locator("[name=end]").fill(f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    enrolment = page.locator("[name=enrolment]")
    if not enrolment.is_visible():
        page.locator("summary", has_text="报名").click()
    enrolment.check()
    page.get_by_role("button", name="创建", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    return page.url


def as_file(rows: list[list[str]], name: str = "名单.csv") -> dict[str, object]:
    """Write a list as Excel in China saves it: CSV in GB18030."""
    text = io.StringIO()
    csv.writer(text).writerows([["姓名", "手机号", "公司", "编号"], *rows])
    return {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode("gb18030")}


def open_tab(page: Page, word: str) -> None:
    """Go to another tab of the meeting."""
    page.locator(".rc-tabs").get_by_role("link", name=word).click()


def figure(page: Page, word: str) -> Locator:
    """Find the figure of a tile."""
    return page.locator(".rc-stat").filter(has_text=word).locator(".rc-stat-value").first


def case_of(page: Page, name: str) -> Locator:
    """Find the card of a doubtful participant."""
    return page.get_by_role("article", name=name, exact=True)
