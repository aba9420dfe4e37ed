"""The system's Chromium, driven by Playwright, for tests of what people see."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

# `--no-sandbox`: the tests' machine may be a container run as root. The rest keeps it off the network.
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
TIMEOUT_MS = 20_000  # the machine may be busy with other things; a passing test waits for none of it
expect.set_options(timeout=TIMEOUT_MS)


def chromium_path() -> str | None:
    """Where a Chromium is: what the variable `CHROMIUM` names, or the first found on this system."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = (shutil.which(name) for name in names)
    return os.environ.get("CHROMIUM") or next((path for path in found if path), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser; skips the test where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium is installed; put one on the PATH, or name it in CHROMIUM, to test the page")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield opened
        opened.close()


def ask(page: Page, url: str, question: str) -> None:
    """Ask on the front page and wait until the answer is complete."""
    page.goto(url)
    page.fill("#q", question)
    page.keyboard.press("Enter")
    expect(page.locator(".answer-foot")).to_be_visible()


def in_view(page: Page, selector: str) -> bool:
    """Whether the whole of an element stands inside the window."""
    return bool(
        page.locator(selector).evaluate(
            "e => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight && b.width > 0 }"
        )
    )
