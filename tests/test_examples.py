"""Every example does what it says, from another folder, as a process of its own."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.worlds.process import BYLINE, ROOT, clean_environment

EXAMPLES = ROOT / "examples"
QUESTION = "沙湾渡口改造总投资是多少?"
UNKNOWN = "青石镇灯会有多少盏灯?"
FERRY = "沙湾渡口复航\n\n停航两年的沙湾渡口昨天复航。县交通局启动改造,总投资1860万元,新建栈桥136米。\n"
QUOTE = "县交通局启动改造,总投资1860万元,新建栈桥136米。"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    return folder


def run(name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.run(command, cwd=cwd, env=clean_environment(), capture_output=True, text=True, timeout=120)


@contextlib.contextmanager
def server(*command: str, ready: str, **settings: str) -> Iterator[str]:
    """A server on a free port until the end of the block, once `ready` answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([*command, "--port", str(port)], env=clean_environment(**settings))
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(url + ready).status_code == 200:
                    break
            assert process.poll() is None
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_every_example_stands_in_the_list_and_is_run_here() -> None:
    listed = re.findall(r"^\| \[([\w.]+)\]", (EXAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == ["ask.py", "nightly.py", "mounted.py", "stream.py"]
    assert sorted(listed) == sorted(path.name for path in EXAMPLES.glob("*.py"))


def test_asking_from_python_shows_the_quote_in_its_place(papers: Path, tmp_path: Path) -> None:
    done = run("ask.py", str(papers), QUESTION, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, shown = done.stdout.splitlines()
    assert first == "1860万元"
    assert shown == f"[1] 沙湾渡口复航: …停航两年的沙湾渡口昨天复航。【{QUOTE}】…"
    assert run("ask.py", str(papers), UNKNOWN, cwd=tmp_path).returncode == 1


def test_the_nightly_run_speaks_only_when_something_changed(papers: Path, tmp_path: Path) -> None:
    arguments = (str(papers), "--data", str(tmp_path / "data"))
    first = run("nightly.py", *arguments, cwd=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("1 articles added, 0 removed")
    again = run("nightly.py", *arguments, cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    (papers / "broken.pdf").write_bytes(b"no PDF")
    (papers / "ferry.txt").unlink()
    broken = run("nightly.py", *arguments, cwd=tmp_path)
    assert broken.returncode == 1
    assert broken.stdout.startswith("0 articles added, 1 removed")
    assert broken.stderr.startswith(f"left out: {papers / 'broken.pdf'}: ")


def test_a_stream_prints_the_answer_and_its_sources(papers: Path, tmp_path: Path) -> None:
    with server(*BYLINE, "serve", str(papers), ready="/readyz", BYLINE_DATA=str(tmp_path / "data")) as url:
        done = run("stream.py", QUESTION, "--server", url, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        said, source = done.stdout.splitlines()
        assert said == f"{QUOTE}[1]"
        assert source.startswith(f"[1] 沙湾渡口复航 {url}/articles/")
        refused = run("stream.py", "??", "--server", url, cwd=tmp_path)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert re.match(r"4\d\d: ", refused.stderr)


def test_mounted_in_another_application_it_answers_beside_its_routes(papers: Path, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    assert run("nightly.py", str(papers), "--data", data, cwd=tmp_path).returncode == 0
    uvicorn = [sys.executable, "-m", "uvicorn", "--app-dir", str(EXAMPLES), "mounted:app", "--log-level", "warning"]
    with server(*uvicorn, ready="/readyz", BYLINE_DATA=data) as url:
        assert httpx.get(f"{url}/own/count").json() == {"articles": 1}
        answer = httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, timeout=60).json()
        assert answer["short_answer"] == "1860万元"
        assert answer["citations"][0]["quote"] == QUOTE
        page = httpx.get(f"{url}/")
        assert page.status_code == 200
        style = re.search(r'href="([^"]+\.css)', page.text)
        assert style is not None
        assert httpx.get(str(httpx.URL(f"{url}/").join(style[1]))).status_code == 200
