"""Damage that SQLite does not notice: seen, named, never answered from, mended from what is sound."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.errors import IndexDamaged, IndexFault
from byline.retrieval.index.embedded import DATABASE, EmbeddedStore
from byline.retrieval.index.notes import DAMAGE, HIGH_WATER
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_articles, index_paths, index_upload
from byline.retrieval.service import Service
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import open_embedded

RIGHT, WRONG = "总投资3423万元", "总投资2423万元"
TEXT = "县交通局去年启动改造。\n" + "渡口的栈桥很长,每天都有人走。" * 60 + f"\n青屿渡口改造{RIGHT},新建栈桥136米。"
ASK = "青屿渡口改造总投资多少?"


class Folder:
    """Articles in files, the index of them, and one handed in."""

    def __init__(self, folder: Path) -> None:
        self.files, self.data = folder / "files", folder / "data"
        self.files.mkdir()
        (self.files / "ferry.txt").write_text("青屿渡口复航\n\n□本报记者 林舟\n\n" + TEXT, encoding="utf-8")
        for number in range(5):
            words = f"{number}号桥昨天通车,长{number + 3}0米。" * 40
            (self.files / f"{number}.txt").write_text(f"桥{number}\n\n{words}", encoding="utf-8")
        self.embedder = HashEmbedder()
        with self.store() as store:
            index_paths([self.files], store, self.embedder)

    @property
    def database(self) -> Path:
        return self.data / DATABASE

    def store(self) -> _Closing:
        return _Closing(open_embedded(self.data, self.embedder))

    def change(self, statement: str, *values: object) -> None:
        """Change rows and leave their checksums as they were, as a disk does."""
        connection = sqlite3.connect(self.database)
        assert connection.execute(statement, values).rowcount > 0
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def answer(self) -> str:
        with self.store() as store:
            reader = OverlapReader(self.embedder, store.document_frequencies)
            answer = Service(store, self.embedder, reader, threshold=0.0).ask(ASK)
            for citation in answer.citations:
                assert store.article(citation.article_id).text[citation.start : citation.end] == citation.quote
            return "".join(part.text for part in answer.parts) + "".join(one.quote for one in answer.citations)


class _Closing:
    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store

    def __enter__(self) -> EmbeddedStore:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def flip(column: str, table: str) -> str:
    return f"UPDATE {table} SET {column} = replace({column}, '{RIGHT}', '{WRONG}') WHERE {column} LIKE '%{RIGHT}%'"


@pytest.mark.parametrize("where", ["article", "passage", "both"])
def test_a_digit_that_turned_over_is_never_answered(folder: Folder, where: str) -> None:
    assert RIGHT in folder.answer()
    for table in ("article", "passage") if where == "both" else (where,):
        folder.change(flip("text", table))
    assert WRONG not in folder.answer()
    with folder.store() as store:
        status = store.status()
        assert not status.healthy
        assert "is not what was written" in (status.problem or "")
        if where != "passage":
            (ferry,) = [one.id for one in store.articles(limit=9).articles if "渡口" in one.title]
            with pytest.raises(IndexDamaged, match="damaged on the disk"):
                store.article(ferry)


@pytest.mark.parametrize("where", ["article", "passage", "both"])
@pytest.mark.parametrize("seen_by", ["asking", "checking"])
def test_a_digit_that_turned_over_is_put_right(folder: Folder, where: str, seen_by: str) -> None:
    with folder.store() as store:
        before = {one.id: store.article(one.id) for one in store.articles(limit=9).articles}
    for table in ("article", "passage") if where == "both" else (where,):
        folder.change(flip("text", table))
    if seen_by == "asking":
        folder.answer()
    with folder.store() as store:
        if seen_by == "checking":
            assert "is not what was written" in (store.check() or "")
        index_paths([], store, folder.embedder)
        assert store.check() is None
        assert store.status().healthy
        assert {one.id: store.article(one.id) for one in store.articles(limit=9).articles} == before
    assert RIGHT in folder.answer()


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("UPDATE article SET published = '1999-01-01'", ()),
        ("UPDATE article SET byline = byline || '?'", ()),
        ("UPDATE article SET checksum = 'x'", ()),
        ("UPDATE article SET edition = '第9版'", ()),
        ("UPDATE passage SET start = start + 1", ()),
        ("UPDATE passage SET end = 1000000", ()),
        ("UPDATE vector SET numbers = zeroblob(length(numbers))", ()),
        ("UPDATE vector SET numbers = substr(numbers, 1, 100)", ()),
        ("UPDATE posting SET entries = zeroblob(length(entries))", ()),
        ("UPDATE posting SET term = term || '?'", ()),
        ("DELETE FROM posting WHERE term < '中'", ()),
    ],
)
def test_every_part_is_checked_and_made_again(folder: Folder, statement: str, values: tuple[object, ...]) -> None:
    folder.change(statement, *values)
    with folder.store() as store:
        assert store.check() is not None
        assert not store.status().healthy
    with folder.store() as store:  # another process knows as well
        assert not store.status().healthy
        index_paths([], store, folder.embedder)
        assert store.check() is None
        assert store.status().healthy
    assert RIGHT in folder.answer()


def test_a_damaged_vector_is_not_searched_and_the_passage_is_found_by_words(folder: Folder) -> None:
    folder.change("UPDATE vector SET numbers = zeroblob(length(numbers))")
    with folder.store() as store:
        assert store.nearest(folder.embedder.embed_question(ASK), 9, Filters()) == []
        assert "vector" in (store.status().problem or "")
    assert RIGHT in folder.answer()


def test_what_a_running_server_holds_is_out_of_date_once_vectors_are_mended(folder: Folder) -> None:
    folder.change("UPDATE vector SET numbers = zeroblob(length(numbers))")
    with folder.store() as running, folder.store() as store:
        assert running.nearest(folder.embedder.embed_question(ASK), 9, Filters()) == []
        index_paths([], store, folder.embedder)
        assert len(running.nearest(folder.embedder.embed_question(ASK), 9, Filters())) == 9


def test_what_was_handed_in_is_read_again_from_what_was_kept(folder: Folder) -> None:
    content = "新桥\n\n新桥长620米。".encode()
    article = made_articles(1)[0]
    with folder.store() as store:
        from byline.retrieval.articles.reading import read_bytes

        read = [a for reading in read_bytes("b.txt", content) for a in reading.articles]
        (kept,) = index_upload("b.txt", content, read, store, folder.embedder).ids
        index_articles([article], store, folder.embedder)
    folder.change("UPDATE article SET text = replace(text, '620', '920'), title = 'x' WHERE id = ?", kept)
    folder.change("UPDATE article SET title = 'x' WHERE id = ?", article.id)
    with folder.store() as store:
        assert store.check() is not None
        index_paths([], store, folder.embedder)
        assert store.article(kept).text == "新桥长620米。"
        problem = store.check() or ""  # the other came as JSON: nothing is left to read it from
        assert article.id in problem
        assert kept not in problem
        store.forget([article.id])
        index_paths([], store, folder.embedder)
        assert store.check() is None
        assert store.status().healthy


def test_a_bit_turned_over_anywhere_in_a_page_of_text_is_seen(folder: Folder) -> None:
    content = folder.database.read_bytes()
    text = "桥".encode()
    places = [at for at in range(len(content)) if content.startswith(text, at)]
    chosen = random.Random(3).sample(places, 25)
    unseen = []
    for at in chosen:
        folder.database.write_bytes(content[: at + 1] + bytes([content[at + 1] ^ 1]) + content[at + 2 :])
        (folder.data / DAMAGE).unlink(missing_ok=True)
        try:
            with folder.store() as store:
                if store.check() is None:
                    unseen.append(at)
        except IndexFault:
            pass
    # What is folded for the article list is made from the text and answers nothing.
    assert all("桥" in content[at - 60 : at + 60].decode(errors="replace") for at in unseen)
    assert len(unseen) < len(chosen) / 2


def killed_with_a_log(folder: Folder, more: int) -> None:
    """Write in a process that is killed, so that what it wrote is in the log only."""
    code = (
        "import os, sqlite3\n"
        "from pathlib import Path\n"
        "from byline.retrieval.index import database\n"
        "database.Database._checkpoint = lambda self: None\n"
        "from tests.doubles import HashEmbedder\n"
        "from tests.worlds.stores import open_embedded\n"
        "from tests.worlds.articles import made_articles\n"
        "from byline.retrieval.indexing import index_articles\n"
        f"store = open_embedded(Path({str(folder.data)!r}), HashEmbedder())\n"
        f"[index_articles([one], store, HashEmbedder()) for one in made_articles({more})]\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False, timeout=120)


@pytest.mark.parametrize("how", ["lost", "cut", "turned over", "another's"])
def test_a_log_that_was_lost_or_cut_is_said_until_the_next_run(folder: Folder, how: str) -> None:
    killed_with_a_log(folder, 6)
    log = folder.data / f"{DATABASE}-wal"
    content = log.read_bytes()
    assert len(content) > 10_000
    (folder.data / f"{DATABASE}-shm").unlink()
    if how == "lost":
        log.unlink()
    elif how == "cut":
        log.write_bytes(content[: len(content) // 2])
    elif how == "turned over":
        log.write_bytes(content[:9000] + bytes([content[9000] ^ 1]) + content[9001:])
    else:
        log.write_bytes(os.urandom(len(content)))
    with folder.store() as store:
        assert store.articles(limit=1).total < 12
        assert "writes are gone" in (store.status().problem or "")
        index_articles([made_articles(9)[8]], store, folder.embedder)  # one more write does not hide it
        assert "writes are gone" in (store.status().problem or "")
        index_paths([], store, folder.embedder)
        assert store.status().healthy
        assert store.check() is None


def test_nothing_is_said_of_a_log_that_is_there(folder: Folder) -> None:
    killed_with_a_log(folder, 6)
    with folder.store() as store:
        assert store.articles(limit=1).total == 12
        assert store.status().healthy


def test_after_a_run_or_an_upload_the_file_alone_is_whole(folder: Folder, tmp_path: Path) -> None:
    with folder.store() as store:
        index_articles(made_articles(3), store, folder.embedder)
        assert not (folder.data / f"{DATABASE}-wal").stat().st_size
        (tmp_path / "copy").mkdir()
        shutil.copy(folder.database, tmp_path / "copy")
        with _Closing(open_embedded(tmp_path / "copy", folder.embedder)) as copy:
            assert copy.articles(limit=1).total == store.articles(limit=1).total == 9
            assert copy.check() is None


def test_the_notes_are_no_danger(folder: Folder) -> None:
    for content in ("", "rubbish", "9" * 40):
        (folder.data / HIGH_WATER).write_text(content)
        (folder.data / DAMAGE).write_bytes(b"\xff\xfe")
        with folder.store() as store:
            index_articles(made_articles(2), store, folder.embedder)
            store.status()
    (folder.data / HIGH_WATER).write_text("0")
    (folder.data / DAMAGE).unlink()
    with folder.store() as store:
        index_paths([], store, folder.embedder)
        assert store.status().healthy


def as_nobody(work: Callable[[], list[object]]) -> list[object]:
    """Do something in a child process whom file modes bind, and give what it found."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            found = json.dumps(work())
        except BaseException as fault:
            found = json.dumps([repr(fault)])
        os.write(writing, found.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        found = stream.read()
    os.waitpid(child, 0)
    return list(json.loads(found))


@pytest.mark.parametrize("mode", [0o444, 0o644])
def test_an_archive_on_a_read_only_disk_can_be_asked_and_says_so_of_the_rest(folder: Folder, mode: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        copy = Path(place) / "data"
        shutil.copytree(folder.data, copy)
        for file in copy.iterdir():
            file.chmod(mode)
        copy.chmod(0o555)

        def ask() -> list[object]:
            store = open_embedded(copy, folder.embedder)
            found: list[object] = [
                len(store.nearest(folder.embedder.embed_question(ASK), 9, Filters())),
                len(store.matching("桥", 9, Filters())),
                store.read_only,
                store.status().healthy,
                store.check(),
            ]
            try:
                store.remove([store.articles(limit=1).articles[0].id])
            except IndexFault as fault:
                found.append(str(fault))
            store.close()
            return found

        found = as_nobody(ask)
    assert found[:5] == [9, 9, True, True, None], found
    assert "nothing can be written" in str(found[5])
