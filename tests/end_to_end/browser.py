"""The system's Chromium, driven by Playwright, for tests of what people see."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# `--no-sandbox`: the tests' machine may be a container run as root. The rest keeps it off the network.
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium_path() -> str | None:
    """Where a Chromium is: what the variable `CHROMIUM` names, or the first found on this system."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = (shutil.which(name) for name in names)
    return os.environ.get("CHROMIUM") or next((path for path in found if path), None)


def browser() -> Iterator[Browser]:
    """Run a browser; skips the test where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium is installed; put one on the PATH, or name it in CHROMIUM, to test the page")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield opened
        opened.close()
