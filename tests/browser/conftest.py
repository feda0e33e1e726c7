"""A real Chromium. Every page a test opens is watched, and whatever it complained of fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.watch import Watch

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HEIGHT, WIDER_THAN_PHONES = 900, 768
# Milliseconds. Two cores also run the web server, the worker, the scheduler and the sandbox.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

Visit = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Run one Chromium for all tests of this room."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed, and CI must not go without it")
    if path is None:
        pytest.skip("Chromium is not installed")
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; Django would take its own tests for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            yield browser
            browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Give a function that opens a browser of one's own: `visit(language, width, scripts=, expected=) -> Page`.

    Each has its own cookies. At the end of the test none of them may have seen an error other than the expected.
    """
    opened: list[tuple[Page, Watch]] = []

    def open_browser(
        language: str = "zh-CN", width: int = 1440, *, scripts: bool = True, expected: tuple[int, ...] = ()
    ) -> Page:
        context = chromium.new_context(
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": HEIGHT},
            has_touch=width < WIDER_THAN_PHONES,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        watch = Watch(context)
        watch.expected |= set(expected)
        page = context.new_page()
        opened.append((page, watch))
        return page

    yield open_browser
    for page, _watch in opened:
        page.context.close()
    assert [fault for _page, watch in opened for fault in watch.faults] == []
