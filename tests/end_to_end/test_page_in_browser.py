"""The page in a real browser: asked, followed, reloaded, gone back from, on a phone, by keyboard, in Chinese."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page, expect

from byline.retrieval.articles.article import Article
from tests.end_to_end.browser import PHONE, ask, in_view
from tests.worlds.articles import (
    ASK_FAULT,
    ASK_FERRY,
    ASK_HOSTILE,
    ASK_LIBRARY,
    ASK_MILL,
    ASK_TRAIN,
    ASK_UNKNOWN,
    FERRY,
    FERRY_QUOTE,
    FERRY_SECOND,
    HOSTILE,
    HOSTILE_QUOTE,
    LIBRARY_QUOTE,
    beyond_the_first_passage,
    cite,
)
from tests.worlds.server import PAGE_ARTICLES, page_app, serving

LONG = "\n".join(f"第{n}段：渡口的船每二十分钟一班，风浪大时停航，请旅客看告示。" for n in range(60))


def test_answer_arrives_with_each_marker_beside_its_sentence(page: Page, url: str) -> None:
    ask(page, url, ASK_FERRY)
    expect(page.locator(".short")).to_have_text("680万元")
    assert page.locator(".words").text_content() == f"{FERRY_QUOTE}[1]\n{FERRY_SECOND}[2]"
    assert page.locator(".words strong").text_content() == "680万元"
    assert page.locator("#answer").get_attribute("aria-busy") is None
    assert page.locator("#status").text_content() == f"{FERRY_QUOTE}[1]\n{FERRY_SECOND}[2]"


def test_what_arrives_by_events_is_what_the_server_writes_at_once(page: Page, url: str) -> None:
    def shown() -> list[object]:
        text = page.locator("#answer").inner_text()
        links = page.locator("#answer a").evaluate_all(
            "links => links.map(a => [a.href, a.getAttribute('aria-label')])"
        )
        languages = page.locator("#answer [lang]").evaluate_all("parts => parts.map(part => part.lang)")
        return [re.sub(r"\s+", " ", text), links, languages]

    for question in (ASK_FERRY, ASK_LIBRARY, ASK_HOSTILE, ASK_UNKNOWN, ASK_TRAIN):
        ask(page, url, question)
        arrived = shown()
        page.reload()
        assert shown() == arrived


def test_answer_is_seen_while_it_is_being_read(browser: Browser, tmp_path: Path) -> None:
    with serving(page_app(tmp_path, delay_s=0.6)) as url:
        page = browser.new_page(locale="en-GB")
        page.goto(url)
        page.fill("#q", ASK_FERRY)
        page.keyboard.press("Enter")
        expect(page.locator(".progress")).to_have_text("Found 2 passages, reading…")
        assert page.locator("#answer").get_attribute("aria-busy") == "true"
        expect(page.locator(".words")).to_contain_text("680万元")
        page.close()


def test_citation_deep_in_an_article_opens_it_at_the_marked_quote(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    ask(page, url, ASK_MILL)
    href = page.locator(".marker").first.get_attribute("href") or ""
    start, end = (int(number) for number in re.findall(r"(?:start|end)=(\d+)", href))
    page.click(".marker >> nth=0")
    mark = page.locator("#panel mark")
    expect(mark).to_be_visible()
    assert beyond_the_first_passage(start, end, mark.text_content() or "")


def test_citation_opens_the_article_in_place_at_the_marked_quote(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})  # too low for the quote to be in view by itself
    ask(page, url, ASK_FERRY)
    page.click(".marker >> nth=1")
    expect(page.locator("#panel mark")).to_have_text(FERRY_SECOND)
    assert page.url == f"{url}{cite(FERRY, FERRY_SECOND).url}#quote"
    assert in_view(page, "#panel mark")
    expect(page.locator("#panel h2.headline")).to_have_text(FERRY.title)
    expect(page.locator(".words")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "quote"


def test_back_closes_the_article_and_forward_opens_it_again(page: Page, url: str) -> None:
    ask(page, url, ASK_FERRY)
    asked = page.url
    page.click(".marker >> nth=0")
    expect(page.locator("#panel mark")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    assert page.url == asked
    expect(page.locator(".short")).to_have_text("680万元")
    page.go_forward()
    expect(page.locator("#panel mark")).to_have_text(FERRY_QUOTE)


def test_address_of_an_open_article_can_be_reloaded_shared_and_left(page: Page, url: str) -> None:
    ask(page, url, ASK_FERRY)
    page.click(".marker >> nth=1")
    expect(page.locator("#panel mark")).to_be_visible()
    shared = page.url
    page.reload()
    expect(page.locator("main mark")).to_have_text(FERRY_SECOND)
    assert in_view(page, "main mark")
    page.go_back()
    expect(page.locator(".short")).to_have_text("680万元")
    page.goto(shared)
    expect(page.locator("main mark")).to_have_text(FERRY_SECOND)


def test_questions_asked_one_after_the_other_are_found_again_by_back_without_asking(page: Page, tmp_path: Path) -> None:
    app = page_app(tmp_path)
    with serving(app) as url:
        ask(page, url, ASK_FERRY)
        page.fill("#q", ASK_LIBRARY)
        page.click(".ask-row button")
        expect(page.locator(".short")).to_have_text("£1.2 million")
        page.go_back()
        expect(page.locator(".short")).to_have_text("680万元")
        assert page.locator("#q").input_value() == ASK_FERRY
        page.go_back()
        expect(page.locator("#answer .answer")).to_have_count(0)
        page.go_forward()
        expect(page.locator(".short")).to_have_text("680万元")
        assert [question for question, _ in app.state.server.service.asked] == [ASK_FERRY, ASK_LIBRARY]
        page.go_forward()
        page.reload()
        page.go_back()
        expect(page.locator(".short")).to_have_text("680万元")


def test_quote_far_down_a_long_article_is_scrolled_to(browser: Browser, tmp_path: Path) -> None:
    article = Article("long", "长文", LONG)
    wanted = cite(article, "第50段：渡口的船每二十分钟一班，风浪大时停航，请旅客看告示。")
    with serving(page_app(tmp_path, articles=[*PAGE_ARTICLES, article])) as url:
        for script in (True, False):
            context = browser.new_context(viewport=PHONE, java_script_enabled=script)
            page = context.new_page()
            page.goto(url + wanted.url + ("" if script else "#quote"))  # a fragment is all a browser has without script
            box = page.locator("mark").bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= PHONE["height"] - box["height"]
            context.close()


def test_on_a_phone_the_article_is_a_sheet_and_nothing_scrolls_sideways(browser: Browser, url: str) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN")
    page = context.new_page()
    for path in ("/", f"/?q={quote(ASK_HOSTILE)}", "/articles", "/insights", cite(HOSTILE, HOSTILE_QUOTE).url):
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    ask(page, url, ASK_FERRY)
    page.tap(".marker >> nth=0")
    expect(page.locator("#panel mark")).to_have_text(FERRY_QUOTE)
    assert page.locator("#panel").get_attribute("aria-modal") == "true"
    assert page.locator("main").evaluate("e => e.inert")
    assert in_view(page, "#panel mark")
    page.touchscreen.tap(200, 20)
    expect(page.locator("#panel")).to_be_hidden()
    assert not page.locator("main").evaluate("e => e.inert")
    context.close()


def test_keyboard_alone_asks_follows_and_returns(page: Page, url: str) -> None:
    page.goto(url)
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("How much did the night library cost?")
    page.keyboard.press("Enter")
    expect(page.locator(".answer-foot")).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "marker":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#panel mark")).to_have_text(LIBRARY_QUOTE)
    asked = f"{url}/?q="
    page.evaluate(
        "for (const _ of [1, 2]) document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))"
    )
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "marker"
    assert page.url.startswith(asked)


def test_skip_link_is_the_first_stop_and_leads_past_the_navigation(page: Page, url: str) -> None:
    page.goto(f"{url}/articles")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_enter_that_accepts_chinese_input_does_not_ask(page: Page, context: BrowserContext, url: str) -> None:
    page.goto(url)
    page.focus("#q")
    keyboard = context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "dukou", "selectionStart": 5, "selectionEnd": 5})
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    keyboard.send("Input.insertText", {"text": ASK_FERRY})
    assert page.locator("#q").input_value() == ASK_FERRY
    assert page.locator("#answer .answer").count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_have_text("680万元")


def test_abstention_is_shown_as_one(page: Page, url: str) -> None:
    ask(page, url, ASK_UNKNOWN)
    expect(page.locator(".answer.abstained .words")).to_have_text("文章里没有说到这个问题。")
    expect(page.locator(".sources h2")).to_have_text("Nearest passages (not an answer)")
    assert page.locator(".marker").count() == 0
    expect(page.locator(".quote").first).to_be_visible()


def test_failure_is_told_in_words(page: Page, url: str) -> None:
    page.goto(url)
    page.fill("#q", ASK_FAULT)
    page.keyboard.press("Enter")
    expect(page.locator("#answer .fault")).to_contain_text("That did not work")
    page.route("**/v1/ask", lambda route: route.abort())
    page.fill("#q", ASK_FERRY)
    page.keyboard.press("Enter")
    expect(page.locator("#answer .fault")).to_have_text("The server cannot be reached; try again in a moment.")


def follow(page: Page, question: str) -> None:
    page.locator("#follow-q").fill(question)
    page.locator("#follow-q").press("Enter")
    expect(page.locator(".turn-question").last).to_have_text(question)
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")


def test_a_question_asked_on_stands_below_the_first_and_is_there_after_a_reload(page: Page, url: str) -> None:
    expect_hidden = page.locator("#follow")
    page.goto(url)
    expect(expect_hidden).to_be_hidden()
    ask(page, url, ASK_FERRY)
    follow(page, ASK_LIBRARY)
    expect(page.locator("#answer .answer")).to_have_count(2)
    texts = page.locator("#answer .words").all_inner_texts()
    page.reload()
    expect(page.locator("#answer .answer")).to_have_count(2)
    assert page.locator("#answer .words").all_inner_texts() == texts
    page.get_by_role("link", name="New conversation").click()
    expect(page.locator("#answer .answer")).to_have_count(0)
    expect(page.locator("#follow")).to_be_hidden()


def test_a_conversation_can_be_forgotten_from_the_page(page: Page, url: str) -> None:
    ask(page, url, ASK_FERRY)
    follow(page, ASK_LIBRARY)
    kept = page.locator("#follow [name=c]").input_value()
    page.get_by_role("button", name="Forget this conversation").click()
    expect(page.locator("#answer")).to_have_text("Its questions and answers are gone.")
    assert page.request.get(f"{url}/v1/conversations/{kept}").status == 404
