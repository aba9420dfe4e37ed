"""One answer, four front ends: the same list of citations, the same quotes, each at its place in the article."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest

from byline.bot.asking import Asker
from byline.bot.cli.output import answer_lines
from byline.bot.telegram.rendering import Outgoing, answer_messages, nearest_messages
from byline.bot.telegram.words import words_for
from byline.embeddings.embedder import Vectors
from byline.retrieval.answers.answer import Answer
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passages import cut
from byline.retrieval.service import AskRequest, Service
from tests.doubles import HashEmbedder
from tests.end_to_end.browser import ask, chromium
from tests.worlds.articles import MILL
from tests.worlds.server import real_app, serving

QUESTION = "青石桥修缮工程投入了多少钱？"
ARTICLES = [
    Article(
        "bridge-1",
        "青石桥修缮完工",
        MILL.text[: MILL.text.rindex("\n")]
        + "\n昨天上午，江城最老的桥重新开放。"
        + "\n青石桥修缮工程投入资金320万元，桥面全部重铺。\n市民说，走起来稳当多了。",
        byline="本报记者 何一舟",
        source="江城晚报",
        published="2024-04-02",
    ),
    Article(
        "bridge/2 & more",
        "老桥新生<b>",
        "记者获悉，青石桥修缮工程一共投入320万元，\n历时七个月。通车当天，不少老人来桥上拍照。[1]",
        source="江城日报",
        published="2024-04-03",
    ),
    Article("park", "公园夜间开放", "滨江公园从五月起夜间开放到十点，园内新装了路灯。", published="2024-05-01"),
]


class AmountReader(OverlapReader):
    """Marks the amount wherever it stands, so that two articles say the same."""

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        marked = []
        for passage in passages:
            at = passage.text.find("320万元")
            marked.append(AnswerSpan(at, at + 5, 4.0, 4.0) if at >= 0 else AnswerSpan(0, 0, -4.0, -4.0))
        return marked


class Cited(NamedTuple):
    """A citation as a reader meets it; `place` is None where the front end shows none."""

    number: int
    title: str
    quote: str
    place: tuple[str, int, int] | None


class CountingEmbedder(HashEmbedder):
    """Counts the questions it embeds."""

    questions = 0

    def embed_question(self, question: str) -> Vectors:
        self.questions += 1
        return super().embed_question(question)


class World(NamedTuple):
    """A server, the asker behind it, and how often a question was embedded and searched for."""

    url: str
    asker: Asker
    embedder: CountingEmbedder
    searched: list[str]

    @property
    def service(self) -> Service:
        return self.asker.service


@pytest.fixture(scope="module", params=[0.0, 1.0], ids=["answered", "abstained"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("data")
    embedder, searched = CountingEmbedder(), []
    with real_app(folder, ARTICLES, reader=AmountReader, threshold=request.param, embedder=embedder) as app:
        asker = app.state.server.asker
        matching = asker.service.store.matching
        asker.service.store.matching = lambda question, *rest: searched.append(question) or matching(question, *rest)
        with serving(app) as url:
            yield World(url, asker, embedder, searched)


def by_json(world: World) -> list[Cited]:
    body = httpx.post(f"{world.url}/v1/ask", json={"question": QUESTION}).json()
    return [_of_body(citation) for citation in body["citations"]]


def by_events(world: World) -> list[Cited]:
    response = httpx.post(f"{world.url}/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    events = re.findall(r"^event: citation\ndata: (.*)$", response.text, re.MULTILINE)
    return [_of_body(json.loads(event)) for event in events]


def _of_body(citation: dict[str, str | int]) -> Cited:
    place = (str(citation["article_id"]), int(citation["start"]), int(citation["end"]))
    return Cited(int(citation["number"]), str(citation["title"]), str(citation["quote"]), place)


class _Sources(HTMLParser):
    """Reads the list of sources out of a page: numbers, addresses, titles, quotes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.numbers: list[int] = []
        self.addresses: list[str] = []
        self.texts: dict[str, list[str]] = {"source-title": [], "quote": []}
        self._in: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("class") or ""
        if tag == "li":
            self.numbers.append(int(given["data-number"] or 0))
        if name == "source-link":
            self.addresses.append(given["href"] or "")
        if name in self.texts:
            self._in = name
            self.texts[name].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("cite", "blockquote"):
            self._in = None

    def handle_data(self, data: str) -> None:
        if self._in:
            self.texts[self._in][-1] += data

    def cited(self) -> list[Cited]:
        rows = zip(self.numbers, self.texts["source-title"], self.texts["quote"], self.addresses, strict=True)
        return [Cited(number, title, quote, _place(address)) for number, title, quote, address in rows]


def _place(address: str) -> tuple[str, int, int]:
    parts = urlsplit(address)
    asked = parse_qs(parts.query)
    return unquote(parts.path.removeprefix("/articles/")), int(asked["start"][0]), int(asked["end"][0])


def by_page(world: World) -> list[Cited]:
    html = httpx.get(world.url, params={"q": QUESTION}).text
    return _Sources(html.partition("<template")[0]).cited()


def by_page_with_script(world: World) -> list[Cited]:
    with chromium() as browser:
        page = browser.new_page()
        ask(page, world.url, QUESTION)
        return _Sources(page.locator(".sources").inner_html()).cited()


def by_telegram(world: World) -> list[Cited]:
    answer = world.asker.ask(AskRequest(QUESTION), channel="telegram")
    words = words_for("zh")
    shown = answer_messages(answer, words) if answer.answered else nearest_messages(answer, words)
    return [cited for message in shown for cited in _of_message(message, answer)]


def _of_message(message: Outgoing, answer: Answer) -> Iterator[Cited]:
    """Each quotation of a message with the source line under it; entities count UTF-16 units."""
    units = message.text.encode("utf-16-le")
    titles = {citation.number: citation.title for citation in answer.citations}
    for entity in sorted(message.entities, key=lambda entity: entity.offset):
        if "blockquote" in entity.type:
            end = entity.offset + entity.length
            quote = units[2 * entity.offset : 2 * end].decode("utf-16-le")
            line = units[2 * end :].decode("utf-16-le").lstrip("\n").split("\n")[0]
            number = int(line[1 : line.index("]")])
            assert titles[number] in line
            yield Cited(number, titles[number], quote, None)


def by_terminal(world: World) -> list[Cited]:
    answer = world.asker.ask(AskRequest(QUESTION), channel="terminal")
    lines = [line.plain for line in answer_lines(answer)]
    cited = []
    for citation in answer.citations:
        line = next(line for line in lines if line.startswith(f"[{citation.number}] "))
        said = "\n".join(lines)
        assert " ".join(citation.quote.split()) in said
        assert citation.title in line
        cited.append(Cited(citation.number, citation.title, citation.quote, None))
    return cited


FRONT_ENDS = [by_json, by_events, by_page, by_page_with_script, by_telegram, by_terminal]


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_question_is_embedded_and_searched_for_once_in_every_front_end(
    world: World, front_end: Callable[[World], list[Cited]]
) -> None:
    embedded, searched = world.embedder.questions, len(world.searched)
    front_end(world)
    assert (world.embedder.questions - embedded, len(world.searched) - searched) == (1, 1)


def test_words_parts_and_confidence_are_the_same_in_json_and_events(world: World) -> None:
    body = httpx.post(f"{world.url}/v1/ask", json={"question": QUESTION}).json()
    response = httpx.post(f"{world.url}/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    done = json.loads(re.findall(r"^event: done\ndata: (.*)$", response.text, re.MULTILINE)[0])
    differing = {"answer_id", "took_ms"}
    assert {k: v for k, v in body.items() if k not in differing} == {
        k: v for k, v in done.items() if k not in differing
    }
    answer = world.asker.ask(AskRequest(QUESTION), channel="terminal")
    assert "".join(p["text"] if "text" in p else f"[{p['marker']}]" for p in body["parts"]) == answer.answer
    assert body["confidence"] == body["citations"][0]["confidence"] == answer.confidence
    told = "\n".join(line.plain for line in answer_lines(answer))
    assert answer.answer in told
    assert f"{answer.confidence:.2f}" in told
    page = httpx.get(world.url, params={"q": QUESTION}).text
    shown = re.search(r'<p class="words"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert shown is not None
    words = html.unescape(re.sub(r"<[^>]+>", "", shown[1]))
    assert "".join(words.split()) == "".join(answer.answer.split())


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_every_front_end_shows_the_citations_of_the_answer(
    world: World, front_end: Callable[[World], list[Cited]]
) -> None:
    answer = world.service.ask(QUESTION)
    texts = {article.id: article.text for article in ARTICLES}
    expected = [Cited(c.number, c.title, c.quote, (c.article_id, c.start, c.end)) for c in answer.citations]
    assert len(expected) >= 2
    assert any(c.start > cut(ARTICLES[0])[0].end for c in answer.citations)
    assert all(texts[c.article_id][c.start : c.end] == c.quote for c in answer.citations)
    shown = front_end(world)
    assert [cited[:3] for cited in shown] == [cited[:3] for cited in expected]
    assert all(cited.place in (None, wanted.place) for cited, wanted in zip(shown, expected, strict=True))


def test_every_address_of_a_citation_marks_its_quote(world: World) -> None:
    for citation in world.service.ask(QUESTION).citations:
        html = httpx.get(world.url + citation.url).text
        marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL))
        assert "".join(marked.split()) == "".join(citation.quote.split())
