"""What the embedded store says when its file or folder is not as it should be, and that it stays whole."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.retrieval.articles.passages import cut
from byline.retrieval.errors import IndexDamaged, IndexFault, IndexMismatch
from byline.retrieval.index import schema
from byline.retrieval.index.embedded import DATABASE, EmbeddedStore, open_store
from byline.retrieval.index.store import Filters
from byline.retrieval.index.writes import FilePart, FileWriting, IndexedArticle
from byline.retrieval.indexing import index_articles
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import filled, open_embedded


def pragma(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute(f"PRAGMA {statement}")
    connection.close()


def test_a_newer_bylines_index_is_refused_by_both_versions(tmp_path: Path) -> None:
    with filled(open_embedded, tmp_path, 1):
        pass
    pragma(tmp_path, f"user_version = {schema.VERSION + 1}")
    with pytest.raises(IndexMismatch, match=rf"version {schema.VERSION + 1}, this one reads {schema.VERSION}"):
        open_store(tmp_path)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("CREATE TABLE article (theirs)")
    connection.commit()
    connection.close()
    with pytest.raises(IndexDamaged, match="another program"):
        open_store(tmp_path)
    connection = sqlite3.connect(tmp_path / DATABASE)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("article",)]
    connection.close()


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database, whatever its name says" * 300)
    with pytest.raises(IndexDamaged, match="damaged"):
        open_store(tmp_path)


def test_a_torn_database_is_called_damaged_and_never_a_traceback(tmp_path: Path) -> None:
    with filled(open_embedded, tmp_path, 40):
        pass
    place = tmp_path / DATABASE
    whole = place.read_bytes()
    page = 4096
    embedder = HashEmbedder()
    asks: list[Callable[[EmbeddedStore], object]] = [
        lambda store: store.nearest(embedder.embed_question("?"), 5, Filters()),
        lambda store: store.matching("青石镇", 5, Filters()),
        lambda store: index_articles(made_articles(1, first=77), store, embedder),
        lambda store: store.remove(["made-3"]),
        EmbeddedStore.status,
        EmbeddedStore.check,
    ]
    damaged = 0
    for torn in range(len(whole) // page):
        place.write_bytes(whole[: torn * page] + b"\xa5" * page + whole[(torn + 1) * page :])
        with contextlib.suppress(IndexFault):
            store = open_embedded(tmp_path, embedder)
            for ask in asks:
                with contextlib.suppress(IndexDamaged):
                    ask(store)
            damaged += store.check() is not None
            store.close()
    assert damaged > len(whole) // page // 2


def test_a_full_disk_keeps_what_was_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled(open_embedded, tmp_path, 5) as (_, embedder):
        connect = sqlite3.connect

        def nearly_full(*args: object, **more: object) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*args, **more)  # type: ignore[call-overload]
            connection.execute("PRAGMA max_page_count = 90")
            return connection

        monkeypatch.setattr(sqlite3, "connect", nearly_full)
        store = open_embedded(tmp_path, embedder)

        def fill() -> None:
            for number in range(10, 400):
                index_articles(made_articles(1, first=number), store, embedder)

        with pytest.raises(IndexFault, match="disk is full"):
            fill()
        kept = store.status()
        assert 5 < kept.articles < 395
        assert kept.healthy
        assert store.check() is None
        store.close()


AS_NOBODY = """
import os, sys
from pathlib import Path
from byline.retrieval.errors import IndexFault
from byline.retrieval.index.embedded import open_store
from byline.retrieval.index.lock import write_lock
from byline.retrieval.index.store import Filters
from tests.doubles import HashEmbedder
embedder = HashEmbedder()
embedder.embed_question("?")
if os.geteuid() == 0:
    os.setuid(65534)
for folder in map(Path, sys.argv[1:]):
    try:
        store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
        store.nearest(embedder.embed_question("?"), 1, Filters())
        print("found")
    except IndexFault as fault:
        print(fault)
    try:
        with write_lock(folder, "byline index"):
            print("locked")
    except IndexFault as fault:
        print(fault)
"""


def test_a_folder_that_may_not_be_written_is_said_so() -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        kept, empty = Path(open_to_all, "kept"), Path(open_to_all, "empty")
        with filled(open_embedded, kept, 3):
            empty.mkdir()
        for folder in (Path(open_to_all), kept, empty):
            folder.chmod(0o555)
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", AS_NOBODY, str(kept), str(empty)], capture_output=True, text=True
        )
        for folder in (Path(open_to_all), kept, empty):
            folder.chmod(0o755)
        said = ran.stdout.splitlines()
        assert len(said) == 4, ran.stderr
        assert all("choose another folder" in line for line in said)
        assert all(str(folder) in line for folder, line in zip((kept, kept, empty, empty), said, strict=True))


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexFault, match="choose another folder"):
        open_store(tmp_path / "file" / "index")


def test_no_index_is_made_where_none_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(IndexFault, match="index articles first"):
        open_store(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_without_a_model_it_lists_and_removes_but_does_not_write(tmp_path: Path) -> None:
    with filled(open_embedded, tmp_path, 3):
        pass
    store = open_store(tmp_path)
    assert store.articles(limit=5).total == 3
    assert store.remove(["made-0"]) == ["made-0"]
    assert store.status().model == "hash-64"
    with pytest.raises(IndexFault, match="without an embedding model"):
        store.writer()
    store.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    with filled(open_embedded, tmp_path, 1) as (store, embedder):
        store.close()
        with pytest.raises(IndexFault, match="closed"):
            store.nearest(embedder.embed_question("?"), 1, Filters())


def test_many_threads_may_open_the_same_new_folder(tmp_path: Path) -> None:
    faults: list[BaseException] = []

    def open_and_write(number: int) -> None:
        try:
            embedder = HashEmbedder()
            store = open_embedded(tmp_path, embedder)
            index_articles(made_articles(1, first=number), store, embedder)
            store.close()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=open_and_write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    store = open_store(tmp_path)
    assert store.status().articles == 6
    assert store.check() is None
    store.close()


def test_vectors_of_the_wrong_shape_are_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    embedder = HashEmbedder()
    store = open_embedded(tmp_path, embedder)
    writer = store.writer()
    articles = made_articles(2)
    items = [
        IndexedArticle(article, cut(article), embedder.embed_passages(["x"] * len(cut(article))))
        for article in articles
    ]
    items[1] = IndexedArticle(articles[1], cut(articles[1]), items[1].vectors[:, :10])
    with pytest.raises(IndexFault, match=r"\(\d+, 10\)"):
        writer.write([FilePart(FileWriting("upload:x/y", "x"), new=items)])
    assert store.status().articles == 0
    store.close()
