"""The answer as events: the same words, the same citations, in an order a page can draw."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.bot.http import stream as ask_stream
from byline.bot.http.bodies import AnswerBody
from byline.bot.http.stream import answer_events
from byline.retrieval.answers.answer import Answer, Citation, Marker, TookMs
from tests.answers.said import quotes, words
from tests.worlds.articles import ASK_FAULT, ASK_FERRY, ASK_MILL, ASK_UNKNOWN, beyond_the_first_passage
from tests.worlds.server import page_app, serving

SENTENCE = st.text(alphabet="渡口a1 2[]\n。😀", min_size=1, max_size=12).filter(str.strip)


def events_of(raw: bytes) -> list[tuple[str, Any]]:
    """Read a stream as the specification of server-sent events has it, independently of the page's script."""
    events = []
    for block in raw.decode().split("\n\n"):
        fields = [line.partition(": ") for line in block.split("\n") if line and not line.startswith(":")]
        if fields:
            named = {name: value for name, _, value in fields}
            events.append((named["event"], json.loads(named["data"])))
    return events


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    said = draw(st.lists(SENTENCE, min_size=1, max_size=4))
    citations = []
    at = 0
    for number, quote in enumerate(said, start=1):
        citations.append(
            Citation(number, "a", f"a:{at}", "t", "b", "s", None, quote, at, at + len(quote), 1.0, evidence=True)
        )
        at += len(quote)
    first = said[0]
    start = draw(st.integers(0, len(first) - 1))
    short = first[start : draw(st.integers(start + 1, len(first)))]
    known = bool(short.strip()) and short == short.strip()
    return Answer(
        "id",
        "q",
        True,
        quotes(citations, short=short if known else None),
        short if known else None,
        start if known else None,
        None,
        0.5,
        tuple(citations),
        _TOOK,
    )


_TOOK = TookMs(1.0, 1.0, 1.0, 3.0)


def test_a_streamed_citation_from_deep_in_an_article_is_its_span(tmp_path: Path) -> None:
    with serving(page_app(tmp_path)) as url:
        raw = httpx.post(f"{url}/v1/ask", json={"question": ASK_MILL}, headers={"Accept": "text/event-stream"}).content
    events = events_of(raw)
    streamed = [body for name, body in events if name == "citation"]
    done = next(body for name, body in events if name == "done")
    for citation in (streamed[0], done["citations"][0]):
        assert beyond_the_first_passage(citation["start"], citation["end"], citation["quote"])


@given(answers())
def test_parts_of_the_body_joined_are_its_answer(answer: Answer) -> None:
    body = AnswerBody.of(answer).model_dump(mode="json")
    assert (
        "".join(part["text"] if "text" in part else f"[{part['marker']}]" for part in body["parts"]) == body["answer"]
    )


@given(answers())
def test_tokens_together_are_the_answer_and_each_marker_comes_after_its_citation(answer: Answer) -> None:
    events = events_of(b"".join(answer_events(answer)))
    assert "".join(content["text"] for name, content in events if name == "token") == answer.answer
    known: set[int] = set()
    for name, content in events:
        if name == "citation":
            known.add(content["number"])
        if name == "token" and content.get("citation"):
            assert content["citation"] in known
    assert [content for name, content in events if name == "citation"] == sorted(
        AnswerBody.of(answer).model_dump(mode="json")["citations"], key=lambda c: c["number"]
    )
    assert events[-1] == ("done", AnswerBody.of(answer).model_dump(mode="json"))


def test_number_in_brackets_that_the_article_prints_is_no_marker() -> None:
    quote = "He noted [1] and [2] there."
    citation = Citation(1, "a", "a:0", "t", "", "", None, quote, 0, len(quote), 1.0, evidence=True)
    answer = Answer("id", "q", True, quotes([citation]), None, None, None, 0.9, (citation,), _TOOK)
    tokens = [content for name, content in events_of(b"".join(answer_events(answer))) if name == "token"]
    assert [token["text"] for token in tokens if "citation" in token] == ["[1]"]
    assert "".join(token["text"] for token in tokens if "citation" not in token) == quote


def test_passages_that_say_the_same_each_get_their_marker() -> None:
    said = ["投入680万元。", "共投入\n680万元。"]
    cited = tuple(Citation(n, "a", "p", "", "", "", None, q, 0, len(q), 1.0, True) for n, q in enumerate(said, 1))
    parts = (*quotes(cited[:1], short="680万元"), Marker(2))
    answer = Answer("id", "q", True, parts, "680万元", 2, None, 0.9, cited, _TOOK)
    tokens = [content for name, content in events_of(b"".join(answer_events(answer))) if name == "token"]
    assert tokens == [
        {"text": "投入", "short": False},
        {"text": "680万元", "short": True},
        {"text": "。", "short": False},
        {"text": "[1]", "citation": 1},
        {"text": "[2]", "citation": 2},
    ]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(page_app(tmp_path_factory.mktemp("data"))) as address:
        yield address


def stream(url: str, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{url}/v1/ask", json=body, headers={"Accept": "text/event-stream"})


def test_hits_come_first_and_done_last_with_the_body_of_json(url: str) -> None:
    response = stream(url, {"question": ASK_FERRY})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.content)
    assert events[0][0] == "hits"
    assert {"article_id", "passage_id", "text", "start", "end", "dense", "lexical"} <= set(events[0][1]["hits"][0])
    plain = httpx.post(f"{url}/v1/ask", json={"question": ASK_FERRY}).json()
    assert events[-1][0] == "done"
    assert {**events[-1][1], "answer_id": ""} == {**plain, "answer_id": ""}


def test_abstention_comes_as_events_without_markers(url: str) -> None:
    events = events_of(stream(url, {"question": ASK_UNKNOWN}).content)
    assert not any(content.get("citation") for name, content in events if name == "token")
    assert [content["evidence"] for name, content in events if name == "citation"] == [False, False]


def test_question_that_cannot_be_asked_is_refused_before_the_stream_begins(url: str) -> None:
    response = stream(url, {"question": " ？ "})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_failure_after_the_stream_began_is_its_last_event(url: str) -> None:
    events = events_of(stream(url, {"question": ASK_FAULT}).content)
    assert [name for name, _ in events] == ["hits", "error"]
    assert events[-1][1]["status"] == 500
    assert "fell over" not in json.dumps(events)


def test_silence_is_filled_so_that_no_proxy_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_stream, "KEEP_ALIVE_S", 0.01)

    async def collect() -> bytes:
        async def ask() -> Answer:
            await asyncio.sleep(0.05)
            return Answer("id", "q", False, words("no"), None, None, "no_articles", 0.0, (), _TOOK)

        response = ask_stream.stream_answer([], ask, lambda error: {})
        return b"".join([bytes(piece) async for piece in response.body_iterator])  # type: ignore[arg-type]

    raw = asyncio.run(collect())
    assert b"\n\n: reading\n\n" in raw
    assert [name for name, _ in events_of(raw)] == ["hits", "token", "done"]


def test_reading_is_cancelled_when_the_client_goes_away() -> None:
    cancelled = []

    async def leave() -> None:
        async def ask() -> Answer:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(True)
                raise
            raise AssertionError("nobody waits for this")

        response = ask_stream.stream_answer([], ask, lambda error: {})
        stream = aiter(response.body_iterator)
        await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])
        await asyncio.sleep(0.01)
        assert cancelled == [True]  # before the loop's own end cancels everything

    asyncio.run(leave())


def test_client_that_hangs_up_leaves_the_server_answering(tmp_path: Any) -> None:
    app = page_app(tmp_path, delay_s=0.2)
    with serving(app) as url:
        for _ in range(3):
            with httpx.stream(
                "POST", f"{url}/v1/ask", json={"question": ASK_FERRY}, headers={"Accept": "text/event-stream"}
            ) as response:
                next(response.iter_raw())
        began = time.monotonic()
        assert httpx.post(f"{url}/v1/ask", json={"question": ASK_FERRY}).json()["answered"]
        assert time.monotonic() - began < 5
