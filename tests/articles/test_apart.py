"""One bad file costs itself: a reader that hangs, takes all memory or dies is stopped, and the next file is read."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from byline.retrieval.articles import apart
from byline.retrieval.articles.apart import BOUNDS, Bounds, read_bytes_apart, read_file_apart
from byline.retrieval.articles.packing import pack_reading, unpack_reading
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_paths
from tests.doubles import HashEmbedder
from tests.worlds.stores import open_embedded

GOOD = "新桥通车\n\n□本报记者 林舟\n\n新桥昨天通车,长620米。\n".encode()


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Readers of a process of its own that do what a file says; the parent's know nothing of it."""
    (tmp_path / "hostile_readers.py").write_text(
        "import os, time, sys\n"
        "from byline.retrieval.articles import reading\n"
        "whole = reading._read_whole\n"
        "def hostile(name, suffix, content):\n"
        "    what = content.decode(errors='replace').split()\n"
        "    if what[0] == 'COMPUTE':\n        while True: pass\n"
        "    if what[0] == 'SLEEP':\n        time.sleep(1000)\n"
        "    if what[0] == 'MEMORY':\n        held = [bytearray(2**26) for _ in range(1000)]\n"
        "    if what[0] == 'DIE':\n        os._exit(3)\n"
        "    if what[0] == 'PRINT':\n        print('noise' * 1000); os.write(1, b'noise' * 1000)\n"
        "    if what[0] == 'LIE':\n        os.write(int(what[1]), b'noise' * 1000)\n"
        "    if what[0] == 'MANY':\n"
        "        from byline.retrieval.articles.article import Article, Reading\n"
        "        while True: yield Reading((Article('x', 't', 'y' * 100_000),))\n"
        "    yield from whole(name, suffix, content)\n"
        "reading._read_whole = hostile\n",
        encoding="utf-8",
    )
    start = apart._start()
    extra = f"sys.path.insert(0, {str(tmp_path)!r}); import hostile_readers; from byline"
    apart._end()
    monkeypatch.setattr(apart, "_start", lambda: start.replace("from byline", extra, 1))
    yield
    apart._end()


def texts(name: str, content: bytes, bounds: Bounds = BOUNDS) -> list[str]:
    return [article.text for reading in read_bytes_apart(name, content, bounds) for article in reading.articles]


@pytest.mark.parametrize(
    ("content", "bounds", "why"),
    [
        (b"COMPUTE", replace(BOUNDS, cpu_s=1), "takes more than 1 s of computing"),
        (b"SLEEP", replace(BOUNDS, wall_s=1), "takes longer than 1 s"),
        (b"MEMORY", replace(BOUNDS, memory_bytes=2**30), "takes more than 1,024 MB of memory"),
        (b"DIE", BOUNDS, r"ended in the middle of it \(status 3\)"),
        (b"MANY", replace(BOUNDS, chars=1_000_000), "gives more than 1,000,000 characters"),
        (b"LIE 3", BOUNDS, "its reader"),
    ],
)
@pytest.mark.usefixtures("hostile")
def test_a_reader_that_takes_too_much_is_stopped_and_the_next_file_is_read(
    content: bytes, bounds: Bounds, why: str
) -> None:
    began = time.monotonic()
    with pytest.raises(UnreadableFile, match=why):
        texts("bad.txt", content + b" \n\n text", bounds)
    assert time.monotonic() - began < 30
    assert texts("good.txt", GOOD) == ["新桥昨天通车,长620米。"]


@pytest.mark.usefixtures("hostile")
def test_what_a_library_prints_is_no_answer() -> None:
    assert texts("a.txt", b"PRINT this\n\nand the rest of the article.")


@pytest.mark.usefixtures("hostile")
def test_a_run_goes_on_and_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BOUNDS", replace(BOUNDS, cpu_s=1))
    monkeypatch.setattr(read_file_apart, "__defaults__", (replace(BOUNDS, cpu_s=1),))
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"COMPUTE")
    (folder / "b.txt").write_bytes(GOOD)
    store = open_embedded(tmp_path / "data", HashEmbedder())
    report = index_paths([folder], store, HashEmbedder())
    assert [(Path(fault.path).name, "computing" in fault.reason) for fault in report.faults] == [("a.txt", True)]
    assert report.articles_added == 1
    assert store.matching("新桥", 5, Filters())
    store.close()


@pytest.mark.parametrize("kind", ["fifo", "device", "link to a device", "sparse", "folder"])
def test_kind_and_size_are_looked_at_before_content(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "a.txt"
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "device":
        place = Path("/dev/zero")
    elif kind == "link to a device":
        place.symlink_to("/dev/zero")
    elif kind == "sparse":
        with place.open("wb") as stream:
            stream.truncate(40 * 10**9)
    else:
        place.mkdir()
    found: list[str] = []

    def read() -> None:
        store = open_embedded(tmp_path / "data", HashEmbedder())
        found.extend(fault.reason for fault in index_paths([place], store, HashEmbedder()).faults)
        store.close()
        try:
            list(read_file_apart(place))
        except UnreadableFile as fault:
            found.append(fault.reason)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(20)
    assert not reading.is_alive()
    assert found
    assert all("no file but" in one or "too large" in one for one in found)


def test_a_link_out_of_an_indexed_folder_is_named_and_not_read(tmp_path: Path) -> None:
    folder, outside = tmp_path / "files", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_bytes(GOOD)
    (folder / "inside.txt").write_bytes(GOOD.replace(b"620", b"136"))
    (folder / "alias.txt").symlink_to("inside.txt")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "more").symlink_to(outside)
    embedder = HashEmbedder()
    store = open_embedded(tmp_path / "data", embedder)
    report = index_paths([folder], store, embedder)
    assert sorted(os.path.basename(fault.path) for fault in report.faults) == ["out.txt", "secret.txt"]
    assert all("leads out of the folder" in fault.reason for fault in report.faults)
    assert report.articles_added == 1
    assert index_paths([folder / "out.txt"], store, embedder).articles_added == 1  # named, it is meant
    store.close()


def test_what_comes_from_the_other_process_is_what_is_read_here() -> None:
    page = (
        "要闻\n\n第一篇\n□本报记者 林舟\n\n一条新闻。\n另一段\n接着写。\n\n第二篇\n□本报记者 何川\n\n再一条。".encode()
    )
    for name, content in (("a.txt", page), ("b.jsonl", b'{"text": "one"}\n{"text": "two", "editor": "x"}\n{}\n')):
        here = list(read_bytes(name, content))
        assert list(read_bytes_apart(name, content)) == here
        assert [unpack_reading(pack_reading(reading)) for reading in here] == here


def test_one_process_reads_many_files_and_ends_with_its_parent() -> None:
    apart._end()
    assert texts("a.txt", GOOD)
    (first,) = apart._idle
    assert texts("b.txt", GOOD)
    assert apart._idle == [first]
    first._process.stdin.close()  # type: ignore[union-attr]
    assert first._process.wait(10) == 0
    assert texts("c.txt", GOOD)  # one that ended meanwhile is replaced


def test_a_reading_that_is_given_up_leaves_no_process_at_work() -> None:
    apart._end()
    many = b"".join(b'{"text": "number %d"}\n' % number for number in range(3000))
    for _ in read_bytes_apart("a.jsonl", many):
        break
    assert apart._idle == []
