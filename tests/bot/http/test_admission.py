"""The server under a flood: refused or answered, nothing done for who left, the loop never held up, a drained end."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from byline.bot.asking import ASK_AGAIN_IN_S, QUESTIONS_AT_ONCE, QUESTIONS_WAITING
from byline.bot.http import access, connections
from byline.bot.http.articles_in import MOST_ARTICLES, MOST_BYTES, MOST_PARTS
from byline.bot.settings import Settings
from tests.worlds.articles import ASK_FERRY
from tests.worlds.server import library, page_app, serving

SLOW_S = 0.3


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[str, object]]:
    app = page_app(tmp_path, delay_s=SLOW_S)
    with serving(app) as url:
        yield url, app


def test_a_flood_is_answered_or_refused_at_once(slow: tuple[str, object]) -> None:
    url, _ = slow

    def ask(_: int) -> tuple[int, str, float]:
        began = time.monotonic()
        answer = httpx.post(f"{url}/v1/ask", json={"question": ASK_FERRY}, timeout=30)
        return answer.status_code, answer.headers.get("retry-after", ""), time.monotonic() - began

    with ThreadPoolExecutor(60) as pool:
        found = list(pool.map(ask, range(60)))
    codes = [code for code, *_ in found]
    assert set(codes) == {200, 503}
    assert codes.count(200) >= QUESTIONS_AT_ONCE + QUESTIONS_WAITING
    assert {again for code, again, _ in found if code == 503} == {str(ASK_AGAIN_IN_S)}
    figures = httpx.get(f"{url}/metrics").text
    assert f"byline_questions_refused_total {codes.count(503)}.0" in figures
    assert "byline_questions_waiting 0.0" in figures


def test_a_refused_page_says_so_in_words(slow: tuple[str, object]) -> None:
    url, _ = slow
    with ThreadPoolExecutor(30) as pool:
        found = list(pool.map(lambda _: httpx.get(url, params={"q": ASK_FERRY}, timeout=30), range(30)))
    refused = [page for page in found if page.status_code == 503]
    assert refused
    assert "text/html" in refused[0].headers["content-type"]


@pytest.mark.parametrize("stream", [False, True])
def test_nothing_is_done_for_clients_that_left(tmp_path: Path, stream: bool) -> None:
    app = page_app(tmp_path, delay_s=SLOW_S)
    with serving(app) as url:
        port = int(url.rpartition(":")[2])
        body = json.dumps({"question": ASK_FERRY}).encode()
        head = "POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n"
        head += "Accept: text/event-stream\r\n" if stream else ""
        for _ in range(QUESTIONS_WAITING):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(head.encode() + b"\r\n" + body)
                time.sleep(0.005)
        began = time.monotonic()
        assert httpx.post(f"{url}/v1/ask", json={"question": ASK_FERRY}, timeout=30).status_code == 200
        assert time.monotonic() - began < SLOW_S * 4  # its own, and what was at work
        asked = app.state.server.service.asked
        assert len(asked) <= QUESTIONS_AT_ONCE + 1
        assert app.state.server.answer_log.latency().questions == 1


class LoopWatch:
    """The longest time /healthz took while something else went on."""

    def __init__(self, url: str) -> None:
        self._url, self._stop, self.longest_s = url, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        with httpx.Client() as client:
            while not self._stop.is_set():
                began = time.monotonic()
                client.get(f"{self._url}/healthz")
                self.longest_s = max(self.longest_s, time.monotonic() - began)

    def __enter__(self) -> LoopWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


EMPTY = b"[" + b",".join([b"{}"] * 300_000) + b"]"
BODIES = {
    "300,000 empty articles": (EMPTY, 413),
    "as many as there may be parts": (b"[" + b",".join([b"{}"] * (MOST_PARTS // 2 - 9)) + b"]", 413),
    "too large": (b'[{"text": "' + b"x" * MOST_BYTES + b'"}]', 413),
    "too many characters": (b'[{"text": "' + b"x" * (MOST_BYTES - 100) + b'"}]', 413),
    "too many articles": (b"[" + b",".join([b'{"text":"x"}'] * (MOST_ARTICLES + 1)) + b"]", 413),
    "deep": (b"[" * 100_000, 400),
    "a long number": (b'[{"text": ' + b"1" * 900_000 + b"}]", 400),
    "blanks": (b'[{"text": " \\n\\t\xe3\x80\x80 "}]', 422),
    "wrong ones": (b"[" + b",".join([b"{}"] * 999) + b"]", 422),
}


@pytest.mark.parametrize("name", BODIES)
def test_large_json_is_refused_and_holds_nobody_up(tmp_path: Path, name: str) -> None:
    body, status = BODIES[name]
    with library(tmp_path) as client, LoopWatch(str(client.base_url).rstrip("/")) as watch:
        time.sleep(0.05)
        answer = client.post("/v1/articles", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, answer.text[:200]
        assert len(answer.content) < 10_000
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert watch.longest_s < 1.0  # on a busy machine; a loop that parses was silent for seconds


def test_questions_are_answered_while_others_upload(tmp_path: Path) -> None:
    app = page_app(tmp_path)
    held = threading.Event()
    add = app.state.server.uploads.add_file

    def slowly(name: str, content: bytes) -> object:
        held.wait(10)
        return add(name, content)

    app.state.server.uploads.add_file = slowly
    with serving(app) as url, ThreadPoolExecutor(4) as pool:
        uploads = [
            pool.submit(httpx.post, f"{url}/v1/articles", files={"f": ("a.txt", b"t\ntext")}, timeout=30)
            for _ in range(4)
        ]
        time.sleep(0.2)
        assert httpx.post(f"{url}/v1/ask", json={"question": ASK_FERRY}, timeout=5).status_code == 200
        held.set()
        assert [one.result().status_code for one in uploads] == [200] * 4


def test_a_file_of_too_many_characters_is_named_and_costs_nothing(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, max_upload_chars=500)  # type: ignore[call-arg]
    with library(tmp_path, settings) as client:
        text = "新桥\n\n" + "新桥长620米。" * 100
        (added,) = client.post("/v1/articles", files={"f": ("a.txt", text.encode())}).json()["files"]
        assert added["articles"] == []
        assert "500 characters" in added["faults"][0]


def raw(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))


def closed_within(client: socket.socket, seconds: float) -> bool:
    client.settimeout(seconds)
    try:
        while client.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_who_says_nothing_whole_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN_S", 0.5)
    monkeypatch.setattr(access, "BODY_WITHIN_S", 0.5)
    with serving(page_app(tmp_path)) as url:
        said = {
            "nothing": b"",
            "half a head": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
            "half a body": b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b'Content-Length: 50\r\n\r\n{"question"',
            "half an upload": b"POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
            "half a second head": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HTTP/1.1\r\nHo",
        }
        for name, sent in said.items():
            with raw(url) as client:
                client.sendall(sent)
                assert closed_within(client, 5), name
        with raw(url) as client:  # a head that comes in pieces is fine as long as it comes
            for piece in (b"GET /healthz HT", b"TP/1.1\r\nHost: 127.0.0.1\r\nConn", b"ection: close\r\n\r\n"):
                client.sendall(piece)
                time.sleep(0.1)
            assert b"200 OK" in client.recv(4096)


def test_more_connections_than_there_is_room_for_are_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byline.bot.http.serving.most_connections", lambda: 20)
    with serving(page_app(tmp_path)) as url:
        held = [raw(url) for _ in range(20)]
        time.sleep(0.2)
        with raw(url) as client:
            client.settimeout(5)
            assert re.match(rb"HTTP/1.1 503 .*Retry-After: 5", client.recv(4096), re.DOTALL)
        for one in held:
            one.close()
        time.sleep(0.2)
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_a_client_that_streams_and_waits_is_not_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN_S", 0.2)
    monkeypatch.setattr(access, "BODY_WITHIN_S", 0.2)
    with serving(page_app(tmp_path, delay_s=1.0)) as url:
        streamed = {"Accept": "text/event-stream"}
        answer = httpx.post(f"{url}/v1/ask", json={"question": ASK_FERRY}, headers=streamed, timeout=10)
        assert "event: done" in answer.text
