"""An archive into one file and back, while servers have it open."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from byline.bot.answer_log import AnswerLog
from byline.bot.backup import MANIFEST, BackupFault, back_up, bring_back
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.index.embedded import DATABASE, EmbeddedStore
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_articles, index_upload
from tests.bot.test_answer_log import said
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import open_embedded

EMBEDDER = HashEmbedder()
ARTICLES = made_articles(40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = open_embedded(tmp_path / "data", EMBEDDER)
    index_articles(ARTICLES[:20], store, EMBEDDER)
    content = "新桥\n\n新桥长620米。".encode()
    read = [one for reading in read_bytes("b.txt", content) for one in reading.articles]
    index_upload("b.txt", content, read, store, EMBEDDER)
    log = AnswerLog(tmp_path / "data")
    log.record(said("a"), channel="http")
    log.close()
    yield store
    store.close()


def everything(store: EmbeddedStore) -> dict[str, object]:
    return {one.id: store.article(one.id) for one in store.articles(limit=200).articles}


def nearest(store: EmbeddedStore) -> list[tuple[str, str]]:
    found = store.nearest(EMBEDDER.embed_question("桥"), 30, Filters())
    stored = store.passages([key for key, _ in found])
    return [(stored[key].passage.id, stored[key].passage.text) for key, _ in found]


def test_a_backup_brought_back_elsewhere_is_the_same_archive(store: EmbeddedStore, tmp_path: Path) -> None:
    made = back_up(store.folder, tmp_path / "b.byline")
    assert made.articles == 21
    assert (tmp_path / "b.byline").stat().st_mode & 0o777 == 0o600
    bring_back(tmp_path / "b.byline", tmp_path / "new")
    copy = open_embedded(tmp_path / "new", EMBEDDER)
    assert everything(copy) == everything(store)
    assert nearest(copy) == nearest(store)
    assert copy.check() is None
    assert [(one.digest, one.name) for one in copy.files().originals()] == [
        (one.digest, one.name) for one in store.files().originals()
    ]
    assert AnswerLog(tmp_path / "new").answer("a") == said("a")
    assert {place.name for place in tmp_path.iterdir()} == {"data", "new", "b.byline"}
    copy.close()


def test_a_running_server_answers_from_what_was_brought_back(store: EmbeddedStore, tmp_path: Path) -> None:
    log = AnswerLog(store.folder)
    before, found = everything(store), nearest(store)
    back_up(store.folder, tmp_path / "b.byline")
    store.forget([one.id for one in ARTICLES[:20]])
    index_articles(ARTICLES[20:], store, EMBEDDER)  # passage keys that the backup gives to nothing
    log.record(said("b"), channel="http")
    assert nearest(store) != found
    bring_back(tmp_path / "b.byline", store.folder)
    assert everything(store) == before
    assert nearest(store) == found
    index_articles(ARTICLES[20:], store, EMBEDDER)
    assert len(everything(store)) == 41
    assert store.check() is None
    assert store.status().healthy
    assert log.latency().questions == 1
    log.record(said("c"), channel="http")
    assert log.answer("c") == said("c")
    log.close()


def test_a_backup_made_while_articles_come_is_of_one_moment(store: EmbeddedStore, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        for one in ARTICLES[20:]:
            index_articles([one], store, EMBEDDER)
        done.set()

    writing = threading.Thread(target=write)
    writing.start()
    counts = []
    while not done.is_set() or not counts:
        counts.append(back_up(store.folder, tmp_path / "b.byline").articles)
    writing.join()
    assert counts == sorted(counts)
    assert back_up(store.folder, tmp_path / "b.byline").articles == 41


def damaged(content: bytes, how: str) -> bytes:
    if how == "cut":
        return content[: len(content) // 2]
    if how == "a bit":
        return content[:2000] + bytes([content[2000] ^ 1]) + content[2001:]
    return b"no zip at all"


@pytest.mark.parametrize("how", ["cut", "a bit", "something else"])
def test_a_damaged_backup_changes_nothing(store: EmbeddedStore, tmp_path: Path, how: str) -> None:
    back_up(store.folder, tmp_path / "b.byline")
    (tmp_path / "b.byline").write_bytes(damaged((tmp_path / "b.byline").read_bytes(), how))
    index_articles(ARTICLES[20:], store, EMBEDDER)
    before = everything(store)
    with pytest.raises(BackupFault, match="nothing was changed"):
        bring_back(tmp_path / "b.byline", store.folder)
    assert everything(store) == before


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "originals/ab/../../../x", "index.sqlite3-wal"])
def test_a_backup_writes_nowhere_else(store: EmbeddedStore, tmp_path: Path, name: str) -> None:
    back_up(store.folder, tmp_path / "b.byline")
    with zipfile.ZipFile(tmp_path / "b.byline") as pack:
        about = pack.read(MANIFEST)
    with zipfile.ZipFile(tmp_path / "evil.byline", "w") as pack:
        pack.writestr(MANIFEST, about.replace(b'"ledger.sqlite"', f'"{name}"'.encode()))
        pack.writestr(name, "x")
    with pytest.raises(BackupFault):
        bring_back(tmp_path / "evil.byline", tmp_path / "new")
    assert not (tmp_path / "outside").exists()


def test_a_damaged_archive_is_not_backed_up_over_a_sound_one(store: EmbeddedStore, tmp_path: Path) -> None:
    import sqlite3

    back_up(store.folder, tmp_path / "b.byline")
    sound = (tmp_path / "b.byline").read_bytes()
    with sqlite3.connect(store.folder / DATABASE) as connection:
        connection.execute("UPDATE article SET text = text || '?' WHERE key = 3")
    connection.close()
    with pytest.raises(BackupFault, match="is not what was written"):
        back_up(store.folder, tmp_path / "b.byline")
    assert (tmp_path / "b.byline").read_bytes() == sound
