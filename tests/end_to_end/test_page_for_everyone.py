"""The page in a real browser: feedback, hostile text, uploads, keys, and what a screen reader needs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, FilePayload, Page, ViewportSize, expect

from tests.end_to_end.browser import DESKTOP, PHONE, ask
from tests.worlds.articles import (
    ASK_FERRY,
    ASK_HOSTILE,
    ASK_LIBRARY,
    ASK_UNKNOWN,
    FERRY,
    FERRY_QUOTE,
    HOSTILE,
    HOSTILE_QUOTE,
    cite,
)
from tests.worlds.server import page_app, serving


def text_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def test_feedback_reaches_the_ledger(browser: Browser, tmp_path: Path) -> None:
    app = page_app(tmp_path)
    with serving(app) as url:
        page = browser.new_page(locale="en-GB")
        ask(page, url, ASK_FERRY)
        page.click("[data-useful=false]")
        expect(page.locator("[data-feedback]")).to_have_text("Thank you, noted.")
        given = app.state.server.answer_log.feedbacks()
        assert [(word.question, word.useful, word.channel) for word in given] == [(ASK_FERRY, False, "page")]
        page.close()


def test_hostile_article_does_nothing(page: Page, url: str) -> None:
    alerts: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    ask(page, url, ASK_HOSTILE)
    expect(page.locator(".source-title")).to_have_text(HOSTILE.title)
    page.click(".marker")
    expect(page.locator("#panel mark")).to_have_text(HOSTILE_QUOTE)
    page.goto(f"{url}/articles")
    page.locator(".delete").last.click()
    expect(page.locator(".delete-title")).to_have_text(HOSTILE.title)
    assert alerts == []


def test_uploaded_file_is_listed_and_can_be_deleted(browser: Browser, tmp_path: Path) -> None:
    with serving(page_app(tmp_path)) as url:
        page = browser.new_page(locale="en-GB")
        page.goto(f"{url}/articles")
        page.set_input_files(
            "#files",
            [text_file("新.txt", "桥修好了\n昨天通车。".encode()), text_file("empty.txt", b"nothing")],
        )
        page.click("#upload button")
        expect(page.locator("#upload-outcome")).to_contain_text("Indexed 1 article:")
        expect(page.locator("#upload-outcome .fault")).to_have_text("empty.txt: there is no text in it")
        expect(page.locator(".header-title", has_text="桥修好了")).to_have_count(1)
        page.click("#upload-outcome a")
        expect(page.locator("h1")).to_have_text("桥修好了")
        gone = page.url
        page.goto(f"{url}/articles?q={quote('桥修好了')}")
        page.click(".delete")
        page.click("#delete-dialog button[value=cancel]")
        expect(page.locator(".headers li")).to_have_count(1)
        page.click(".delete")
        page.click("#delete-dialog button[value=delete]")
        expect(page.locator(".headers li")).to_have_count(0)
        expect(page.locator("#status")).to_have_text("Deleted “桥修好了”.")
        page.click("#undo")
        expect(page.locator("#status")).to_have_text("Restored “桥修好了”.")
        expect(page.locator("#undo")).to_be_hidden()
        expect(page.locator(".header-title", has_text="桥修好了")).to_be_focused()
        page.click(".delete")
        page.click("#delete-dialog button[value=delete]")
        expect(page.locator("#undo")).to_be_visible()
        response = page.goto(gone)
        assert response is not None
        assert response.status == 404
        page.close()


def test_upload_shows_how_far_it_is(browser: Browser, tmp_path: Path) -> None:
    with serving(page_app(tmp_path)) as url:
        page = browser.new_page(locale="en-GB")
        page.goto(f"{url}/articles")
        page.evaluate(
            "window.told = []; const line = document.querySelector('#upload-outcome');"
            "new MutationObserver(() => told.push(line.textContent)).observe(line, {childList: true})"
        )
        content = "大标题\n".encode() + "正文。".encode() * 200_000
        page.set_input_files("#files", [text_file("large.txt", content)])
        page.click("#upload button")
        expect(page.locator("#upload-outcome")).to_contain_text("Indexed 1 article:")
        told = page.evaluate("told")
        percents = [
            int(line.removeprefix("Uploading: ").rstrip("%")) for line in told if line.startswith("Uploading: ")
        ]
        assert percents == sorted(percents)
        assert "Uploaded, indexing…" in told
        expect(page.locator("#upload-progress")).to_be_hidden()
        page.close()


def test_key_is_typed_once_and_the_page_works(browser: Browser, tmp_path: Path) -> None:
    with serving(page_app(tmp_path, keys=["open sesame, then shut"])) as url:
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(f"{url}/?q={quote(ASK_FERRY)}")
        page.fill("#key", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#wrong")).to_be_visible()
        page.fill("#key", "open sesame, then shut")
        page.keyboard.press("Enter")
        expect(page.locator(".short")).to_have_text("680万元")
        assert page.evaluate("document.cookie") == ""
        ask(page, url, ASK_LIBRARY)
        context.clear_cookies()
        page.fill("#q", ASK_FERRY)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in?**")
        context.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_axe_finds_no_violations(browser: Browser, url: str, size: ViewportSize, scheme: str) -> None:
    context = browser.new_context(
        viewport=size, locale="zh-CN", color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    axe = Axe()

    def check(where: str) -> None:
        results = axe.run(page)
        assert results.violations_count == 0, f"{where}: {results.generate_report()}"

    for path in ("/", f"/?q={quote(ASK_FERRY)}", f"/?q={quote(ASK_UNKNOWN)}", "/articles", "/insights", "/sign-in"):
        page.goto(url + path)
        check(path)
    for path in (cite(FERRY, FERRY_QUOTE).url, f"/articles/{FERRY.id}?start=x", "/articles/x"):
        page.goto(url + path)
        check(path)
    ask(page, url, ASK_FERRY)
    page.click(".marker >> nth=0")
    expect(page.locator("#panel mark")).to_be_visible()
    check("an open article")
    page.goto(f"{url}/articles")
    page.click(".delete >> nth=0")
    check("the question before deleting")
    context.close()


def test_page_loads_little_and_nothing_from_elsewhere(page: Page, url: str) -> None:
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for path in ("/", "/articles", "/insights", f"/articles/{FERRY.id}"):
        page.goto(url + path)
        sizes = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.decodedBodySize)")
        assert sum(sizes) < 64 * 1024
    assert hosts == {url.removeprefix("http://")}
