"""`byline serve` as a process of its own, with the bundled model, asked over HTTP."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from byline.bot.sample_archive import SAMPLE
from tests.worlds.articles import ASK_MILL, MILL, beyond_the_first_passage
from tests.worlds.bot_api import TOKEN, TelegramApi
from tests.worlds.process import BYLINE, clean_environment

READY_WITHIN_S = 120  # making the model's graph for the first time on a busy machine
STOP_WITHIN_S = 10
ARTICLES = [
    {
        "id": "ferry",
        "title": "沙湾渡口复航",
        "byline": "林舟",
        "published": "2024-11-20",
        "text": "停航两年的沙湾渡口昨天复航。县交通局投入1860万元,新建栈桥136米。渡口每天开行二十六班,票价两元。",
    },
    {"id": "food", "title": "社区食堂开张", "text": "石桥社区食堂开张一百天,平均每天供餐430份。"},
    {"id": "light", "title": "Heron Point", "text": "The new lamp at Heron Point draws 80 watts and saves money."},
    {"id": MILL.id, "title": MILL.title, "text": MILL.text},
]
ASK_FERRY = "沙湾渡口新建的栈桥有多少米?"


@dataclass
class Served:
    """A running server: what it said so far is in `said`."""

    data: Path
    process: subprocess.Popen[str]
    client: httpx.Client
    said: list[str]

    def until_ready(self) -> None:
        give_up = time.monotonic() + READY_WITHIN_S
        while self.client.get("/readyz").status_code != 200:
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < give_up
            time.sleep(0.1)

    def until_said(self, words: str) -> None:
        assert self.process.stdout is not None
        while not any(words in line for line in self.said):
            line = self.process.stdout.readline()
            assert line, "".join(self.said)
            self.said.append(line)


def byline(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end over a data folder."""
    return subprocess.run(
        [*BYLINE, *arguments],
        env=clean_environment(BYLINE_DATA=str(data)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


@contextmanager
def serve(data: Path, *paths: Path, **settings: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [*BYLINE, "serve", "--port", "0", *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=clean_environment(BYLINE_DATA=str(data), **settings),
        cwd=data.parent,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        while not (found := re.search(r"listening on (http://\S+)", said[-1] if said else "")):
            line = process.stdout.readline()
            assert line, "".join(said)
            said.append(line)
        with httpx.Client(base_url=found[1], timeout=60) as client:
            yield Served(data, process, client, said)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            said += process.communicate(timeout=STOP_WITHIN_S)[0].splitlines(keepends=True)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    papers = folder / "papers.jsonl"
    papers.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in ARTICLES), encoding="utf-8")
    with serve(folder / "data", papers) as running:
        assert running.client.get("/healthz").json() == {"status": "ok"}
        running.until_ready()
        yield running


@pytest.fixture
def served_apart(tmp_path: Path) -> Iterator[Served]:
    """A server of one test, which may stop it."""
    with serve(tmp_path / "data") as running:
        running.until_ready()
        yield running


def test_a_question_is_answered_with_its_exact_sentence(served: Served) -> None:
    answer = served.client.post("/v1/ask", json={"question": ASK_FERRY}).json()
    assert answer["answered"] is True
    assert "136米" in answer["answer"]
    first = answer["citations"][0]
    assert first["article_id"] == "ferry"
    assert ARTICLES[0]["text"][first["start"] : first["end"]] == first["quote"]


def test_a_citation_from_deep_in_an_article_is_its_span(served: Served) -> None:
    answer = served.client.post("/v1/ask", json={"question": ASK_MILL}).json()
    first = answer["citations"][0]
    assert (answer["answered"], first["article_id"]) == (True, "mill")
    assert beyond_the_first_passage(first["start"], first["end"], first["quote"])


def test_what_the_articles_do_not_say_is_not_answered(served: Served) -> None:
    answer = served.client.post("/v1/ask", json={"question": "谁获得了1987年的诺贝尔物理学奖?"}).json()
    assert (answer["answered"], answer["reason"]) == (False, "not_in_articles")
    assert all(citation["evidence"] is False for citation in answer["citations"])


def test_a_deleted_article_never_answers_again_and_an_uploaded_one_does_at_once(served: Served) -> None:
    question = {"question": "青屿大桥的主跨有多长?"}
    upload = {
        "files": (
            "bridge.txt",
            "青屿大桥昨天合龙\n\n□本报记者 何川\n\n青屿大桥昨天合龙,主跨长620米。".encode("gb18030"),
        )
    }
    (added,) = served.client.post("/v1/articles", files=upload).json()["files"]
    (found,) = added["articles"]
    assert "620米" in served.client.post("/v1/ask", json=question).json()["answer"]
    assert served.client.delete(f"/v1/articles/{found['id']}").status_code == 200
    for _ in range(3):
        answer = served.client.post("/v1/ask", json=question).json()
        assert found["id"] not in {citation["article_id"] for citation in answer["citations"]}
        hits = served.client.post("/v1/search", json={**question, "top_k": 100}).json()["hits"]
        assert found["id"] not in {hit["article_id"] for hit in hits}


def test_another_process_that_removes_is_seen_at_once(served: Served) -> None:
    question = {"question": "社区食堂每天供餐多少份?"}
    assert served.client.post("/v1/search", json=question).json()["hits"][0]["article_id"] == "food"
    assert byline(served.data, "articles", "remove", "food").stdout == "removed 1\n"
    hits = served.client.post("/v1/search", json=question).json()["hits"]
    assert "food" not in {hit["article_id"] for hit in hits}


def test_the_answer_streams_as_events_that_end_with_the_whole_body(served: Served) -> None:
    headers = {"Accept": "text/event-stream"}
    with served.client.stream("POST", "/v1/ask", json={"question": ASK_FERRY}, headers=headers) as response:
        events = [line.removeprefix("event: ") for line in response.iter_lines() if line.startswith(("event", "data"))]
    names, bodies = events[::2], [json.loads(line.removeprefix("data: ")) for line in events[1::2]]
    assert (names[0], names[-1]) == ("hits", "done")
    assert {"token", "citation"} <= set(names)
    assert (
        "".join(body["text"] for name, body in zip(names, bodies, strict=True) if name == "token")
        == (bodies[-1]["answer"])
    )


def test_errors_are_problems(served: Served) -> None:
    for response, status in (
        (served.client.post("/v1/ask", content=b"{", headers={"Content-Type": "application/json"}), 400),
        (served.client.post("/v1/ask", json={"question": ""}), 422),
        (served.client.get("/v1/articles/none"), 404),
    ):
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_a_burst_of_questions_is_a_queue_and_not_an_error(served: Served) -> None:
    def ask(_: int) -> int:
        return served.client.post("/v1/ask", json={"question": ASK_FERRY}).status_code

    with ThreadPoolExecutor(20) as at_once:
        assert set(at_once.map(ask, range(20))) == {200}


def test_a_server_that_is_told_to_stop_answers_who_is_at_work_and_tells_the_rest(served_apart: Served) -> None:
    def ask(number: int) -> int:
        question = {"question": f"{ASK_FERRY}({number})"}
        return httpx.post(f"{served_apart.client.base_url}/v1/ask", json=question, timeout=60).status_code

    with ThreadPoolExecutor(60) as at_once:
        asking = [at_once.submit(ask, number) for number in range(60)]
        time.sleep(0.3)
        asked = time.monotonic()
        served_apart.process.send_signal(signal.SIGTERM)
        codes = [one.result() for one in asking if not isinstance(one.exception(), httpx.ConnectError)]
        assert served_apart.process.wait(timeout=STOP_WITHIN_S) == 0
    assert time.monotonic() - asked < STOP_WITHIN_S
    assert set(codes) <= {200, 503}
    assert 200 in codes


def test_what_a_server_keeps_is_its_owners_alone(served_apart: Served) -> None:
    served_apart.client.post("/v1/ask", json={"question": ASK_FERRY})
    modes = {place.name: place.stat().st_mode & 0o077 for place in (served_apart.data, *served_apart.data.rglob("*"))}
    assert {name for name, mode in modes.items() if mode} == set()


def test_a_server_for_others_without_keys_does_not_start(tmp_path: Path) -> None:
    for more, status in (({}, 1), ({"BYLINE_API_KEYS": "short"}, 1), ({"BYLINE_API_KEYS": ""}, 1)):
        environment = clean_environment(BYLINE_DATA=str(tmp_path / "data"), **more)
        command = [*BYLINE, "serve", "--host", "0.0.0.0", "--port", "0"]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=tmp_path)
        assert found.returncode == status
        assert "BYLINE_API_KEYS" in found.stderr
        assert "listening" not in found.stdout


def test_with_nothing_to_index_the_sample_is_taken_and_said_and_a_stop_is_no_failure(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as running:
        running.until_ready()
        assert running.client.get("/v1/articles").json()["total"] == 5
        running.process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert running.process.wait(timeout=STOP_WITHIN_S) == 0
        assert time.monotonic() - asked < STOP_WITHIN_S / 2
    said = "".join(running.said)
    assert "nothing is indexed: serving the sample" in said
    assert "ready: ask at http://" in said
    assert "Traceback" not in said
    own = json.loads(byline(tmp_path / "data", "status", "--json").stdout)
    assert own["articles"] == 0


def test_the_sample_is_gone_as_soon_as_an_upload_brings_a_real_article(tmp_path: Path) -> None:
    bridge = "青屿大桥昨天合龙\n\n□本报记者 何川\n\n青屿大桥昨天合龙,主跨长620米。"
    with serve(tmp_path / "data") as running:
        running.until_ready()
        sampled = running.client.post("/v1/ask", json={"question": ASK_FERRY}).json()["citations"][0]
        running.client.post("/v1/articles", files={"files": ("bridge.txt", bridge.encode())})
        assert running.client.get("/v1/articles").json()["total"] == 1
        assert "620米" in running.client.post("/v1/ask", json={"question": "青屿大桥的主跨有多长?"}).json()["answer"]
        assert running.client.post("/v1/ask", json={"question": ASK_FERRY}).json()["answered"] is False
        assert running.client.get(f"/v1/articles/{sampled['article_id']}").status_code == 404
    assert "the sample no longer does" in "".join(running.said)


def test_the_sample_is_gone_as_soon_as_another_process_indexes(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text(json.dumps(ARTICLES[1], ensure_ascii=False), encoding="utf-8")
    with serve(tmp_path / "data") as running:
        running.until_ready()
        assert running.client.get("/v1/articles").json()["total"] == 5
        assert "1 added" in byline(tmp_path / "data", "index", str(papers)).stdout
        answer = running.client.post("/v1/ask", json={"question": "社区食堂每天供餐多少份?"}).json()
        assert [citation["article_id"] for citation in answer["citations"]] == ["food"]
        assert running.client.get("/v1/articles").json()["total"] == 1
    with serve(tmp_path / "data") as again:
        again.until_ready()
        assert again.client.get("/v1/articles").json()["total"] == 1
    assert "sample" not in "".join(again.said)


def test_a_stop_in_the_middle_of_the_start_is_heard(tmp_path: Path) -> None:
    lines = (json.dumps({"text": f"第{n}号渡口今天复航,新建栈桥{n}米。" * 8}, ensure_ascii=False) for n in range(3000))
    (tmp_path / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with serve(tmp_path / "data", tmp_path / "many.jsonl") as running:
        assert running.client.get("/readyz").status_code == 503
        time.sleep(1)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=STOP_WITHIN_S) == 0
    assert "Traceback" not in "".join(running.said)


@pytest.fixture
def telegram() -> Iterator[tuple[TelegramApi, dict[str, str]]]:
    api = TelegramApi()
    settings = {
        "BYLINE_TELEGRAM_API": api.start(),
        "BYLINE_TELEGRAM_TOKEN": TOKEN,
        "BYLINE_TELEGRAM_ASKERS": "anyone",
    }
    yield api, settings
    api.stop()


def answer_to(api: TelegramApi, question: str) -> str:
    """Ask as a user does, and wait for the message that answers."""
    before = len(api.named("sendMessage"))
    api.say(question)
    api.wait(lambda: len(api.named("sendMessage")) > before, READY_WITHIN_S)
    return str(api.named("sendMessage")[before].given["text"])


def test_the_first_minute_in_telegram(tmp_path: Path, telegram: tuple[TelegramApi, dict[str, str]]) -> None:
    api, settings = telegram
    settings = {name: value for name, value in settings.items() if name != "BYLINE_TELEGRAM_ASKERS"}
    with serve(tmp_path / "data", **settings) as running:
        running.until_said("within ten minutes to be its owner")
        (link,) = re.findall(r"https://t\.me/byline_bot\?start=\S+", running.said[-1])
        assert "沙湾渡口复航" not in answer_to(api, ASK_FERRY)
        assert "主人" in answer_to(api, f"/start {link.partition('=')[2]}")
        api.wait(lambda: len(api.named("sendMessage")) == 3)
        assert "沙湾渡口复航" in answer_to(api, ASK_FERRY)


def test_the_telegram_bot_runs_beside_the_server_and_the_token_is_in_no_line(
    tmp_path: Path, telegram: tuple[TelegramApi, dict[str, str]]
) -> None:
    api, settings = telegram
    with serve(tmp_path / "data", **settings) as running:
        running.until_ready()
        assert "沙湾渡口复航" in answer_to(api, ASK_FERRY)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=STOP_WITHIN_S) == 0
    assert TOKEN not in "".join(running.said)
    assert "ready: ask @byline_bot in Telegram, or at http://" in "".join(running.said)


def test_a_server_whose_telegram_is_out_of_reach_is_ready_without_it(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        settings = {"BYLINE_TELEGRAM_API": nowhere, "BYLINE_TELEGRAM_TOKEN": TOKEN}
        with serve(tmp_path / "data", **settings) as running:
            running.until_ready()
            running.until_said("ready: ask at http://")
            assert running.client.post("/v1/ask", json={"question": ASK_FERRY}).status_code == 200
    assert "cannot be reached" in "".join(running.said)


def test_the_telegram_bot_runs_alone(tmp_path: Path, telegram: tuple[TelegramApi, dict[str, str]]) -> None:
    api, settings = telegram
    with subprocess.Popen(
        [*BYLINE, "telegram", str(SAMPLE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=clean_environment(BYLINE_DATA=str(tmp_path / "data"), **settings),
    ) as process:
        try:
            assert "沙湾渡口复航" in answer_to(api, ASK_FERRY)
            process.terminate()
            said, _ = process.communicate(timeout=STOP_WITHIN_S)
            assert process.returncode == 0
        finally:
            process.kill()
    assert TOKEN.encode() not in said
    assert b"ready: ask @byline_bot in Telegram" in said


def test_the_telegram_bot_does_not_say_ready_with_a_token_that_is_refused(
    tmp_path: Path, telegram: tuple[TelegramApi, dict[str, str]]
) -> None:
    settings = {**telegram[1], "BYLINE_TELEGRAM_TOKEN": "1:wrong-token-of-nobody"}
    found = subprocess.run(
        [*BYLINE, "telegram", str(SAMPLE)],
        env=clean_environment(
            BYLINE_DATA=str(tmp_path / "data"), **{**settings, "BYLINE_TELEGRAM_TOKEN": "1:wrong-token-of-nobody"}
        ),
        capture_output=True,
        text=True,
        timeout=READY_WITHIN_S,
    )
    assert found.returncode == 1
    assert "ready" not in found.stdout
    assert "refuses BYLINE_TELEGRAM_TOKEN" in found.stderr


def test_a_refused_token_costs_the_bot_and_not_the_server(
    tmp_path: Path, telegram: tuple[TelegramApi, dict[str, str]]
) -> None:
    _, settings = telegram
    with serve(tmp_path / "data", **{**settings, "BYLINE_TELEGRAM_TOKEN": "1:wrong-token-of-nobody"}) as running:
        running.until_said("ready: ask at http://")
        assert running.client.post("/v1/ask", json={"question": ASK_FERRY}).status_code == 200
    said = "".join(running.said)
    assert 0 < said.index("no Telegram bot") < said.index("ready: ask at")
    assert "wrong-token" not in said


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found = subprocess.run(
            [*BYLINE, "serve", "--port", port],
            env=clean_environment(BYLINE_DATA=str(tmp_path)),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in found.stderr
    assert "BYLINE_PORT" in found.stderr
