"""A browser and a server of known answers, shared by the tests of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.end_to_end.browser import DESKTOP, TIMEOUT_MS, chromium
from tests.worlds.server import page_app, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: Playwright keeps an event loop running, and other tests need their own."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(page_app(tmp_path_factory.mktemp("data"))) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=DESKTOP, locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose script may fail nowhere and that the security policy may stop nowhere."""
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield opened
    assert faults == []
