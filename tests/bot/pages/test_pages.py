"""The pages as a browser without script gets them, from a real server."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from string import Formatter
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from jinja2 import StrictUndefined

from byline.bot.pages.language import page_language, text_language, words
from byline.bot.pages.rendering import Templates
from byline.retrieval.articles.article import Article
from tests.worlds.articles import (
    ASK_FERRY,
    ASK_HOSTILE,
    ASK_LIBRARY,
    ASK_MILL,
    ASK_UNKNOWN,
    FERRY,
    FERRY_QUOTE,
    FERRY_SECOND,
    HOSTILE,
    HOSTILE_QUOTE,
    LIBRARY,
    beyond_the_first_passage,
    cite,
)
from tests.worlds.server import PAGE_ARTICLES, page_app, serving

PAGES = (
    "/",
    f"/?q={quote(ASK_FERRY)}",
    "/articles",
    f"/articles/{FERRY.id}",
    "/insights",
    "/sign-in",
    "/articles/none",
)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, each with the text inside it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in ("meta", "link", "input", "line", "rect", "br"):
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self.elements[self._open.pop()][0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for at in self._open:
            self.elements[at][2].append(data)

    def texts(self, tag: str, name: str = "") -> list[str]:
        return ["".join(text) for found, attrs, text in self.elements if found == tag and name in _classes(attrs)]

    def attributes(self, tag: str, name: str = "") -> list[dict[str, str | None]]:
        return [attrs for found, attrs, _ in self.elements if found == tag and name in _classes(attrs)]


def _classes(attrs: dict[str, str | None]) -> list[str]:
    return ["", *(attrs.get("class") or "").split()]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        serving(page_app(tmp_path_factory.mktemp("data"))) as url,
        httpx.Client(base_url=url, headers={"Accept-Language": "en", "Accept": "text/html"}) as open_client,
    ):
        yield open_client


def ask(client: httpx.Client, question: str, **filters: str) -> Page:
    return Page(client.get("/", params={"q": question, **filters}).text.partition("<template")[0])


def test_answer_is_on_the_page_without_any_script(client: httpx.Client) -> None:
    page = ask(client, ASK_FERRY)
    assert page.texts("p", "short") == ["680万元"]
    assert page.texts("strong") == ["680万元"]
    assert [words.strip() for words in page.texts("p", "words")] == [f"{FERRY_QUOTE}[1]\n{FERRY_SECOND}[2]"]


def test_each_marker_leads_to_the_quote_it_stands_for(client: httpx.Client) -> None:
    page = ask(client, ASK_FERRY)
    expected = [cite(FERRY, FERRY_QUOTE).url, cite(FERRY, FERRY_SECOND, 2).url]
    assert [link["href"] for link in page.attributes("a", "marker")] == [f"{url}#quote" for url in expected]
    assert [link["href"] for link in page.attributes("a", "source-link")] == [f"{url}#quote" for url in expected]


def test_followed_citation_marks_exactly_its_quote(client: httpx.Client) -> None:
    for citation in (cite(FERRY, FERRY_SECOND), cite(HOSTILE, HOSTILE_QUOTE)):
        page = Page(client.get(citation.url).text)
        assert page.texts("mark") == [citation.quote]
        assert page.attributes("mark")[0]["id"] == "quote"


def test_followed_citation_marks_its_quote_deep_in_an_article(client: httpx.Client) -> None:
    (link,) = ask(client, ASK_MILL).attributes("a", "source-link")
    asked = parse_qs(urlsplit(link["href"] or "").query)
    (quoted,) = Page(client.get(link["href"] or "").text).texts("mark")
    assert beyond_the_first_passage(int(asked["start"][0]), int(asked["end"][0]), quoted)


def test_abstention_shows_the_nearest_passages_as_no_answer(client: httpx.Client) -> None:
    page = ask(client, ASK_UNKNOWN)
    assert "Nearest passages (not an answer)" in page.texts("h2")
    assert page.attributes("a", "marker") == []
    assert len(page.attributes("li", "nearby")) == 2
    assert not any("hidden" in shown for shown in page.attributes("blockquote", "quote"))
    assert not any("sure" in part for part in page.texts("span", "part"))


def test_filters_reach_the_search_and_stay_in_the_form(tmp_path: Path) -> None:
    app = page_app(tmp_path)
    with serving(app) as url:
        html = httpx.get(url, params={"q": ASK_FERRY, "source": "双河", "after": "2024-01-01"}).text
    asked, filters = app.state.server.service.asked[-1]
    assert (asked, filters.source, filters.after, filters.before) == (ASK_FERRY, "双河", "2024-01-01", "")
    fields = {field.get("name"): field.get("value") for field in Page(html).attributes("input")}
    assert fields["source"] == "双河"


@pytest.mark.parametrize("query", [{"q": "？？"}, {"q": ASK_FERRY, "after": "soon"}, {"q": "a" * 3000}])
def test_question_that_cannot_be_asked_is_told_on_the_page(client: httpx.Client, query: dict[str, str]) -> None:
    response = client.get("/", params=query)
    assert response.status_code == 422
    assert len(Page(response.text).texts("p", "fault")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_pages_allow_nothing_but_their_own_script_and_style(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    policy = dict(part.strip().partition(" ")[::2] for part in response.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", [*PAGES, f"/?q={quote(ASK_HOSTILE)}", cite(HOSTILE, HOSTILE_QUOTE).url])
def test_hostile_text_is_text_and_nothing_is_inline(client: httpx.Client, path: str) -> None:
    page = Page(client.get(path).text)
    assert [attrs for attrs in page.attributes("script") if "src" not in attrs] == []
    assert len(page.attributes("script")) == 1
    assert page.attributes("style") == page.attributes("img") == page.attributes("b") == []
    for tag, attrs, _ in page.elements:
        assert not any(name == "style" or name.startswith("on") for name in attrs), (tag, attrs)
        assert not (attrs.get("href") or attrs.get("src") or "").lower().startswith(("javascript:", "data:", "//"))


def test_hostile_title_is_shown_as_it_is(client: httpx.Client) -> None:
    page = Page(client.get(f"/articles/{quote(HOSTILE.id, safe='')}").text)
    assert page.texts("h1") == [HOSTILE.title]
    assert page.attributes("h1")[0]["dir"] == "auto"


def test_half_a_surrogate_pair_does_not_take_the_page_down(tmp_path: Path) -> None:
    broken = replace(LIBRARY, id="broken", title="half \ud83d pair", text="text \udc00 here.")
    with serving(page_app(tmp_path, articles=[broken])) as url:
        for path in ("/articles/broken?start=0&end=6", "/articles"):
            assert "half ? pair" in httpx.get(url + path).text


def test_article_that_is_gone_says_so(client: httpx.Client) -> None:
    response = client.get("/articles/x?start=0&end=3")
    assert response.status_code == 404
    assert Page(response.text).texts("h1") == ["This article is not here"]
    assert "已被删除" in client.get("/articles/x", headers={"Accept-Language": "zh"}).text


@pytest.mark.parametrize("place", ["start=5", "start=x&end=y", "start=-1&end=4", "start=9&end=3", "start=1e3&end=2e3"])
def test_place_outside_the_article_is_told_politely(client: httpx.Client, place: str) -> None:
    response = client.get(f"/articles/{FERRY.id}?{place}")
    page = Page(response.text)
    assert response.status_code == 200
    assert page.texts("mark") == []
    assert page.texts("p", "note") == ["This address points to a place outside the article, so nothing is marked."]


def test_list_searches_and_filters(client: httpx.Client) -> None:
    def titles(**query: str) -> list[str]:
        return Page(client.get("/articles", params=query).text).texts("a", "header-title")

    assert titles() == [article.title for article in PAGE_ARTICLES]
    assert titles(q="渡轮") == [FERRY.title]
    assert titles(byline="Fenwick") == [LIBRARY.title]
    assert titles(after="2024-01-01") == [FERRY.title]
    assert titles(source="nowhere") == []
    assert client.get("/articles", params={"before": "yesterday"}).status_code == 422


def test_every_word_reaches_a_page_as_it_is_written(client: httpx.Client) -> None:
    assert "Clear" in Page(client.get("/articles", params={"q": "library"}).text).texts("a")
    assert "built-in" not in client.get("/articles", params={"q": "library"}).text
    says = Templates(undefined=StrictUndefined).from_string
    for language in ("zh", "en"):
        written = {**words(language), **dict.fromkeys(dir(dict), "a word named like a method")}
        for name, word in written.items():
            assert says(f"{{{{ w.{name} }}}}").render(w=written) == word


def test_list_pages_hold_every_article_once(tmp_path: Path) -> None:
    many = [Article(f"id{n:03d}", f"Title {n}", "text", published="2024-01-01") for n in range(67)]
    with serving(page_app(tmp_path, articles=many)) as url:
        address, titles = "/articles?after=2023-01-01", list[str]()
        while address:
            page = Page(httpx.get(url + address).text)
            titles += page.texts("a", "header-title")
            onward = [link["href"] or "" for link in page.attributes("a") if link.get("rel") == "next"]
            address = onward[0] if onward else ""
    assert sorted(titles) == sorted(article.title for article in many)


def test_page_speaks_the_browsers_language(client: httpx.Client) -> None:
    chinese = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert Page(chinese.text).attributes("html")[0]["lang"] == "zh-Hans"
    assert Page(client.get("/").text).attributes("html")[0]["lang"] == "en"
    assert "Accept-Language" in chinese.headers["vary"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-TW,en;q=0.9", "zh"),
        ("en-GB,zh;q=0.9", "en"),
        ("zh;q=0.3,en;q=0.7", "en"),
        ("de,zh;q=0.5", "zh"),
        ("fr", "en"),
        ("zh;q=0", "en"),
        (";;q=,,zh;q=x", "en"),
        ("en;q=0.5, ZH-Hans;q=0.8", "zh"),
    ],
)
def test_language_follows_the_weights_of_the_header(header: str, language: str) -> None:
    assert page_language(header) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("渡口恢复通航，这是两岸的大事。", "zh-Hans"),
        ("渡口恢復通航，這是兩岸的大事。", "zh-Hant"),
        ("Night library opens", "en"),
        ("华为发布 HarmonyOS NEXT", "zh-Hans"),
        ("The word 渡口 means ferry", "en"),
        ("", "zh-Hans"),
    ],
)
def test_script_of_a_text_is_told(text: str, language: str) -> None:
    assert text_language(text) == language


def test_both_languages_say_the_same_things_with_the_same_figures() -> None:
    table = tomllib.loads(files("byline.bot.pages").joinpath("words.toml").read_text(encoding="utf-8"))
    for name, both in table.items():
        fields = [{field for _, field, _, _ in Formatter().parse(both[language])} for language in ("zh", "en")]
        assert fields[0] == fields[1], name
        assert all(both.values()), name


def test_every_word_is_used() -> None:
    table = tomllib.loads(files("byline.bot.pages").joinpath("words.toml").read_text(encoding="utf-8"))
    folder = Path(str(files("byline.bot.pages")))
    written = [*folder.glob("*.py"), *folder.glob("*/*.html"), *folder.glob("*/*.js")]
    code = "".join(path.read_text(encoding="utf-8") for path in written)
    code = re.sub(r"^\w+ = \{ zh.*$", "", code, flags=re.MULTILINE)
    made = ("nav_", "channel_", "note_")
    unused = [
        name
        for name in table
        if not name.startswith(made)
        and not re.search(rf'(w\.|words\.|["]){name.removesuffix("_one").removesuffix("_many")}\b', code)
    ]
    assert unused == []


def test_assets_come_from_here_alone_and_are_kept_by_version(client: httpx.Client) -> None:
    page = Page(client.get("/").text)
    addresses = [page.attributes("script")[0]["src"], *(link["href"] for link in page.attributes("link"))]
    for address in addresses:
        assert address is not None
        response = client.get(address)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]
        assert not re.search(r"(https?:)?//(?!www\.w3\.org/2000/svg)[a-z]", response.text)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", response.text)
    assert "immutable" not in client.get("/assets/page.css?v=old").headers["cache-control"]
    assert client.get("/assets/words.toml").status_code == 404


def test_insights_show_what_the_ledger_counts(tmp_path: Path) -> None:
    with serving(page_app(tmp_path)) as url:
        english = {"Accept-Language": "en"}
        assert "Nobody has asked anything yet." in httpx.get(f"{url}/insights", headers=english).text
        for question in (ASK_FERRY, ASK_LIBRARY, ASK_UNKNOWN):
            httpx.get(url, params={"q": question})
        httpx.post(f"{url}/v1/ask", json={"question": ASK_UNKNOWN})
        page = Page(httpx.get(f"{url}/insights", headers=english).text)
    assert page.texts("dd")[:2] == ["4", "50%"]
    rows = [re.sub(r"\s+", " ", row).strip() for row in page.texts("tr")]
    assert any(row.startswith(ASK_UNKNOWN) for row in rows)
    cells = page.texts("td")
    assert cells[12:14] == ["2", "2"]  # the last of the seven days
    assert [head for head in page.texts("th") if head in ("Page", "HTTP API")] == ["Page", "HTTP API"]
    assert len(page.attributes("svg")) == 2


KEY = "a key of some length"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[httpx.Client]:
    app = page_app(tmp_path, keys=[KEY])
    with serving(app) as url, httpx.Client(base_url=url, headers={"Accept": "text/html"}) as open_client:
        yield open_client


def test_key_is_asked_for_and_opens_pages_and_program_routes(locked: httpx.Client) -> None:
    turned_away = locked.get("/?q=x&after=2024-01-01")
    assert turned_away.status_code == 303
    assert turned_away.headers["location"] == "/sign-in?next=%2F%3Fq%3Dx%26after%3D2024-01-01"
    opened = locked.post("/sign-in", data={"key": KEY, "next": "/?q=x&after=2024-01-01"})
    assert (opened.status_code, opened.headers["location"]) == (303, "/?q=x&after=2024-01-01")
    assert locked.get("/articles").status_code == 200
    assert locked.post("/v1/ask", json={"question": ASK_FERRY}).status_code == 200
    locked.post("/sign-out")
    assert locked.get("/articles").status_code == 303
    assert locked.post("/v1/ask", json={"question": ASK_FERRY}).status_code == 401


def test_session_cookie_is_out_of_reach_and_does_not_hold_the_key(locked: httpx.Client) -> None:
    cookie = locked.post("/sign-in", data={"key": KEY}).headers["set-cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert KEY not in cookie
    assert quote(KEY) not in cookie


def test_wrong_key_is_told_and_opens_nothing(locked: httpx.Client) -> None:
    response = locked.post("/sign-in", data={"key": "another"})
    assert response.status_code == 401
    assert "set-cookie" not in response.headers
    assert locked.get("/articles").status_code == 303
    locked.cookies.set("byline_session", "0" * 64)
    assert locked.get("/articles").status_code == 303


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\n/x"]
)
def test_signing_in_leads_nowhere_else(locked: httpx.Client, onward: str) -> None:
    assert locked.post("/sign-in", data={"key": KEY, "next": onward}).headers["location"] == "/"


def test_known_articles_are_all_reachable_from_the_list(client: httpx.Client) -> None:
    page = Page(client.get("/articles").text)
    for link, article in zip(page.attributes("a", "header-title"), PAGE_ARTICLES, strict=True):
        assert Page(client.get(link["href"] or "").text).texts("h1") == [article.title]


def test_asking_without_the_script_counts_against_the_rate_too(tmp_path: Path) -> None:
    with serving(page_app(tmp_path, rate_per_minute=2)) as url:
        assert [httpx.get(url, params={"q": ASK_FERRY}).status_code for _ in range(3)] == [200, 200, 429]
        assert (httpx.get(url).status_code, httpx.get(f"{url}/articles?q=x").status_code) == (200, 429)
