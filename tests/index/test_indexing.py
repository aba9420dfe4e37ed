"""Files and folders in step with the index."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from byline.embeddings.embedder import Vectors
from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.reading import read_file
from byline.retrieval.batches import BATCH_PASSAGES
from byline.retrieval.errors import IndexLocked, NotFound
from byline.retrieval.index import lock
from byline.retrieval.index.database import Database
from byline.retrieval.index.embedded import DATABASE, EmbeddedStore, open_store
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import IndexReport, index_articles, index_paths
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import open_embedded

LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def store(tmp_path: Path, embedder: HashEmbedder) -> Iterator[EmbeddedStore]:
    store = open_embedded(tmp_path / "kept", embedder)
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of articles with ids, one plain text, all last changed long ago."""
    folder = tmp_path / "articles"
    (folder / "inner").mkdir(parents=True)
    write_lines(folder / "a.jsonl", made_articles(5))
    write_lines(folder / "inner" / "b.jsonl.gz", made_articles(5, first=5))
    write_text(folder / "note.txt", "柳林村的春天\n\n柳林村今年春天种下了三百棵柳树。村民们都来帮忙。\n")
    return folder


def write_lines(path: Path, articles: list[Article]) -> None:
    lines = "".join(
        json.dumps(
            {
                "id": a.id,
                "title": a.title,
                "byline": a.byline,
                "source": a.source,
                "published": a.published,
                "text": a.text,
            },
            ensure_ascii=False,
        )
        + "\n"
        for a in articles
    ).encode()
    path.write_bytes(gzip.compress(lines, mtime=0) if path.suffix == ".gz" else lines)
    age(path)


def write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    age(path)


def age(path: Path, ns: int = LONG_AGO_NS) -> None:
    os.utime(path, ns=(ns, ns))


def ids(store: EmbeddedStore) -> set[str]:
    return {one.id for one in store.articles(limit=10_000).articles}


def holdings(folder: Path) -> list[tuple[object, ...]]:
    """Everything an index holds, but for the numbers its rows happen to have."""
    connection = sqlite3.connect(folder / DATABASE)
    try:
        return connection.execute(
            "SELECT file.path, file.digest, article.id, article.title, article.text, passage.start, passage.end, "
            "passage.text, hex(vector.numbers), (SELECT sum(passages) - (SELECT count(*) FROM dead) FROM segment) "
            "FROM article "
            "JOIN occurrence ON occurrence.article_key = article.key JOIN file ON file.key = occurrence.file_key "
            "LEFT JOIN passage ON passage.article_key = article.key "
            "LEFT JOIN vector ON vector.passage_key = passage.key ORDER BY 1, 3, 6"
        ).fetchall()
    finally:
        connection.close()


def test_a_folder_is_indexed_and_again_costs_nothing(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    report = index_paths([folder], store, embedder)
    assert (report.files_added, report.articles_added, report.faults) == (3, 11, ())
    assert store.status().files == 3
    assert report.passages_embedded == embedder.embedded == store.status().passages
    generation = store.status().generation
    again = index_paths([folder], store, embedder)
    assert replace(again, took_s=0.0) == IndexReport(files_unchanged=3)
    assert embedder.embedded == report.passages_embedded
    assert store.status().generation == generation


def test_what_was_not_read_is_counted_by_kind_and_a_failing_reader_costs_one_file(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_markdown(content: bytes, *, path: str) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("byline.retrieval.articles.formats.markdown.read_markdown", read_markdown)
    monkeypatch.setattr("byline.retrieval.indexing.read_file_apart", read_file)  # in this process, with that reader
    for name in ("0.md", "b.caj", "c.caj", "d.xyz", "e.docx", "~$e.docx", "Thumbs.db"):
        (folder / name).write_text("x")
    report = index_paths([folder], store, embedder)
    assert (report.files_added, report.articles_added) == (3, 11)
    assert {(kind.kind, kind.count, kind.failed) for kind in report.not_read} == {
        (".caj", 2, 0), (".xyz", 1, 0), (".md", 1, 1), (".docx", 1, 1),
    }  # fmt: skip
    assert report.not_read[0].kind == ".caj"
    assert [Path(fault.path).name for fault in report.faults] == ["0.md", "e.docx"]


def test_an_article_without_headline_is_stored_under_a_title_that_is_not_indexed(
    store: EmbeddedStore, embedder: HashEmbedder, tmp_path: Path
) -> None:
    write_lines(tmp_path / "a.jsonl", [Article("given", "", "西站停电，改乘5路。")])
    index_paths([tmp_path / "a.jsonl"], store, embedder)
    article = store.article("given")
    assert (article.title, article.title_from) == ("西站停电，改乘5路", "text")
    (listed,) = store.articles(limit=9).articles
    assert (listed.title, listed.title_from, listed.printed_title) == ("西站停电，改乘5路", "text", "")
    assert index_paths([tmp_path / "a.jsonl"], store, embedder, again=True).articles_added == 0
    assert store.check() is None


def test_a_touched_file_is_not_read_again(store: EmbeddedStore, embedder: HashEmbedder, folder: Path) -> None:
    index_paths([folder], store, embedder)
    age(folder / "a.jsonl", LONG_AGO_NS + 5)
    assert index_paths([folder], store, embedder).files_unchanged == 3
    assert store.files().records()[str(folder / "a.jsonl")].mtime_ns == LONG_AGO_NS + 5


def test_only_what_changed_in_a_file_is_embedded(store: EmbeddedStore, embedder: HashEmbedder, folder: Path) -> None:
    index_paths([folder], store, embedder)
    before = embedder.embedded
    articles = made_articles(6)[1:]
    write_lines(
        folder / "a.jsonl", [replace(articles[0], text="改过的一句。"), *articles[1:], *made_articles(1, first=30)]
    )
    report = index_paths([folder], store, embedder)
    assert (report.files_updated, report.files_unchanged, report.articles_added, report.articles_removed) == (
        1,
        2,
        2,
        2,
    )
    assert embedder.embedded - before == report.passages_embedded
    kept = ids(store)
    assert "made-0" not in kept
    assert "made-1" not in kept
    assert {"made-2", "made-3", "made-4", "made-5", "made-30"} < kept
    (changed,) = store.articles(limit=5, query="改过的一句").articles
    assert changed.id.startswith("made-1@")


def test_a_change_that_keeps_size_and_date_of_a_fresh_file_is_seen(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    fresh = folder / "fresh.txt"
    fresh.write_text("题目\n\n甲处有一座桥。\n", encoding="utf-8")
    state = fresh.stat()
    index_paths([folder], store, embedder)
    fresh.write_text("题目\n\n乙处有一座桥。\n", encoding="utf-8")
    os.utime(fresh, ns=(state.st_mtime_ns, state.st_mtime_ns))
    assert index_paths([folder], store, embedder).files_updated == 1
    assert store.articles(limit=1, query="乙处").total == 1
    assert store.articles(limit=1, query="甲处").total == 0


def test_files_gone_from_the_folder_go_from_the_index(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    index_paths([folder], store, embedder)
    shutil.rmtree(folder / "inner")
    report = index_paths([folder], store, embedder)
    assert (report.files_removed, report.articles_removed) == (1, 5)
    assert ids(store).isdisjoint(article.id for article in made_articles(5, first=5))
    assert store.status().healthy


def test_files_outside_the_folder_given_stay(store: EmbeddedStore, embedder: HashEmbedder, folder: Path) -> None:
    index_paths([folder], store, embedder)
    beside = folder.with_name("articles-2")
    beside.mkdir()
    write_text(beside / "x.txt", "题目\n\n旁边的文件夹里有一句话。\n")
    index_paths([beside], store, embedder)
    (folder / "a.jsonl").unlink()
    assert index_paths([beside], store, embedder).files_removed == 0
    assert "made-0" in ids(store)
    assert index_paths([], store, embedder).files_removed == 1
    assert "made-0" not in ids(store)


def test_a_folder_that_is_missing_is_a_fault_and_loses_nothing(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    index_paths([folder], store, embedder)
    folder.rename(folder.with_name("elsewhere"))
    report = index_paths([folder], store, embedder)
    assert [fault.path for fault in report.faults] == [str(folder)]
    assert store.status().articles == 11


def test_the_same_article_in_two_files_is_one_until_both_are_gone(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    shutil.copy2(folder / "a.jsonl", folder / "z.jsonl")
    index_paths([folder], store, embedder)
    assert store.status().articles == 11
    assert store.article("made-0").path == str(folder / "a.jsonl")
    (folder / "a.jsonl").unlink()
    index_paths([folder], store, embedder)
    assert store.article("made-0").path == str(folder / "z.jsonl")
    (folder / "z.jsonl").unlink()
    index_paths([folder], store, embedder)
    with pytest.raises(NotFound):
        store.article("made-0")


def test_of_two_files_with_one_article_the_first_says_what_it_is(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    write_lines(folder / "z.jsonl", [replace(article, source="别处转载") for article in made_articles(5)])
    index_paths([folder], store, embedder)
    assert store.article("made-0").source == made_articles(1)[0].source
    assert store.articles(limit=5, filters=Filters(source="别处")).total == 0


def test_an_article_removed_by_hand_stays_away_until_its_file_is_named(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    index_paths([folder], store, embedder)
    store.remove(["made-1"])
    write_lines(folder / "a.jsonl", made_articles(5) + made_articles(1, first=40))
    index_paths([folder], store, embedder)
    assert "made-40" in ids(store)
    assert "made-1" not in ids(store)
    index_paths([folder / "a.jsonl"], store, embedder)
    assert "made-1" in ids(store)


def test_an_upload_survives_the_folder_and_the_folder_the_upload(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    assert index_articles(made_articles(1), store, embedder).new == {"made-0"}
    index_paths([folder], store, embedder)
    (folder / "a.jsonl").unlink()
    index_paths([folder], store, embedder)
    assert "made-0" in ids(store)
    assert "made-1" not in ids(store)


def test_what_cannot_be_read_is_named_each_time_and_the_rest_indexed(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    with (folder / "a.jsonl").open("ab") as stream:
        stream.write(b'{"id": "no text"}\n{"id": "half", "text": "half \\ud83d of a pair"}\n')
    age(folder / "a.jsonl")
    (folder / "empty.jsonl").write_bytes(b"")
    for _ in range(2):
        report = index_paths([folder], store, embedder)
        assert {Path(fault.path).name for fault in report.faults} == {"a.jsonl", "empty.jsonl"}
        assert all("\n" not in fault.reason for fault in report.faults)
    assert "made-4" in ids(store)


def test_a_file_that_changed_while_it_was_read_is_read_again_even_if_it_is_what_it_was(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = folder / "note.txt"
    before = note.read_bytes()

    def read_while_it_changes(path: Path) -> Iterator[Reading]:
        if path == note:
            note.write_bytes(before.replace("三百".encode(), "九百".encode()))
        yield from read_file(path)
        if path == note:
            note.write_bytes(before)

    monkeypatch.setattr("byline.retrieval.indexing.read_file_apart", read_while_it_changes)
    index_paths([folder], store, embedder)
    monkeypatch.undo()
    assert store.articles(limit=9, query="九百棵").total == 1
    index_paths([folder], store, embedder)
    assert (store.articles(limit=9, query="九百棵").total, store.articles(limit=9, query="三百棵").total) == (0, 1)


def test_a_run_does_not_count_the_time_it_waited_for_another(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    held_s = 1.5
    held = threading.Event()

    def hold() -> None:
        with lock.write_lock(store.folder, "byline index elsewhere"):
            held.set()
            time.sleep(held_s)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    assert index_paths([folder], store, embedder, wait_s=30).took_s < held_s / 2
    holder.join()


def test_progress_counts_files_and_passages_to_their_totals(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    said: list[tuple[int, int, str, str]] = []
    write_lines(folder / "big.jsonl", made_articles(200, first=100))
    index_paths([folder], store, embedder, progress=lambda *one: said.append(one))
    files = [(done, total) for done, total, unit, _ in said if unit == "files"]
    assert files == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    big = [(done, total) for done, total, unit, file in said if unit == "passages" and file.endswith("big.jsonl")]
    assert len(big) > 2
    assert big[-1][0] == big[-1][1] == max(total for _, total in big)
    assert all(later[0] - earlier[0] <= 2 * BATCH_PASSAGES for earlier, later in itertools.pairwise(big))


class Counting(HashEmbedder):
    """Notes how many passages come with each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(len(texts))
        return super().embed_passages(texts)


def note_writes(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything a store begins to write from now on; grows."""
    begun: list[str] = []
    transaction = Database._transaction

    def noted(database: Database, begin: str) -> AbstractContextManager[sqlite3.Connection]:
        if begin == "BEGIN IMMEDIATE":
            begun.append(begin)
        return transaction(database, begin)

    monkeypatch.setattr(Database, "_transaction", noted)
    return begun


def test_small_files_share_embedding_calls_and_transactions(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        write_text(folder / f"{number}.txt", f"第{number}号通知\n\n第{number}座桥今天通车，全长{number * 7}米。\n")
    embedder = Counting()
    begun = note_writes(store, monkeypatch)
    report = index_paths([folder], store, embedder)
    assert (report.files_added, report.articles_added) == (150, 150)
    assert embedder.calls == [64, 64, 22]
    assert len(begun) <= 3 + 4  # the batches; mending, the root and the model's turn
    begun.clear()
    for number in range(150):
        age(folder / f"{number}.txt", LONG_AGO_NS + 5)
    assert index_paths([folder], store, embedder).files_unchanged == 150
    assert len(begun) <= 4
    assert len(embedder.calls) == 3


def test_the_same_new_article_in_two_files_of_a_batch_is_embedded_once(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    shutil.copy2(folder / "note.txt", folder / "note-2.txt")
    shutil.copy2(folder / "a.jsonl", folder / "c.jsonl")
    report = index_paths([folder], store, embedder)
    assert report.articles_added == 11
    assert embedder.embedded == store.status().passages
    assert index_paths([folder], store, embedder).files_unchanged == 5


@pytest.mark.parametrize("named", [True, False])
def test_a_renamed_and_a_moved_file_are_not_embedded_again(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path, named: bool
) -> None:
    index_paths([folder], store, embedder)
    before, embedded = ids(store), embedder.embedded
    (folder / "a.jsonl").rename(folder / "z.jsonl")
    (folder / "note.txt").rename(folder / "inner" / "note.txt")
    report = index_paths([folder] if named else [], store, embedder)
    assert (report.files_added, report.files_removed, report.articles_removed) == (2, 2, 0)
    assert ids(store) == before
    assert embedder.embedded == embedded
    assert store.article("made-0").path == str(folder / "z.jsonl")
    assert index_paths([], store, embedder).files_unchanged == 3


def test_a_moved_file_says_what_its_new_place_says(store: EmbeddedStore, embedder: HashEmbedder, folder: Path) -> None:
    for day in ("2021-03-04", "2021-05-06"):
        (folder / day).mkdir()
    write_text(folder / "2021-03-04" / "bridge.txt", "桥\n\n青石桥今天通车，全长八十米。\n")
    index_paths([folder], store, embedder)
    (folder / "2021-03-04" / "bridge.txt").rename(folder / "2021-05-06" / "bridge.txt")
    index_paths([folder], store, embedder)
    (found,) = store.articles(limit=5, query="青石桥").articles
    assert found.published == "2021-05-06"


def test_a_folder_that_was_moved_is_not_embedded_again_and_answers_from_its_new_place_alone(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    index_paths([folder], store, embedder)
    embedded, elsewhere = embedder.embedded, folder.with_name("elsewhere")
    folder.rename(elsewhere)
    report = index_paths([elsewhere], store, embedder)
    assert (report.files_added, report.files_removed, report.articles_removed, report.faults) == (3, 3, 0, ())
    assert embedder.embedded == embedded
    assert set(store.files().records()) == {str(path) for path in elsewhere.rglob("*.*")}
    assert store.files().roots() == [str(elsewhere)]
    (elsewhere / "a.jsonl").unlink()
    index_paths([], store, embedder)
    assert "made-0" not in ids(store)


def test_of_a_folder_that_is_missing_only_what_is_found_elsewhere_leaves(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path, tmp_path: Path
) -> None:
    index_paths([folder], store, embedder)
    copied = tmp_path / "copied"
    copied.mkdir()
    shutil.copy2(folder / "a.jsonl", copied / "a.jsonl")
    folder.rename(folder.with_name("not-mounted"))
    assert index_paths([copied], store, embedder).files_removed == 1
    assert store.status().articles == 11
    assert store.article("made-0").path == str(copied / "a.jsonl")
    report = index_paths([], store, embedder)
    assert [fault.path for fault in report.faults] == [str(folder)]
    assert store.status().articles == 11


def test_another_model_takes_over_all_vectors_before_anything_is_added(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    index_paths([folder], store, embedder)
    other = HashEmbedder(48, name="other")
    changed = open_store(store.folder, fingerprint=other.fingerprint, dimension=other.dimension)
    report = index_paths([folder], changed, other)
    assert report.passages_reembedded == other.embedded == changed.status().passages
    assert report.files_unchanged == 3
    assert (changed.status().model, changed.status().healthy) == ("other-48", True)
    note = changed.articles(limit=1, query="柳树").articles[0]
    text = f"{note.title}\n{changed.article(note.id).text}"
    ((key, cosine),) = changed.nearest(other.embed_question(text), 1, Filters())
    assert changed.passages([key])[key].article.id == note.id
    assert cosine == pytest.approx(1.0, abs=1e-5)
    changed.close()


def test_a_lexical_index_that_lost_passages_is_made_again(
    store: EmbeddedStore, embedder: HashEmbedder, folder: Path
) -> None:
    index_paths([folder], store, embedder)
    whole = store.matching("柳林村", 100, Filters())
    connection = sqlite3.connect(store.folder / DATABASE)
    connection.execute("DELETE FROM segment")
    connection.commit()
    connection.close()
    assert "index again" in str(store.status().problem)
    index_paths([], store, embedder)
    assert store.check() is None
    assert store.matching("柳林村", 100, Filters()) == whole


def test_a_second_run_says_who_holds_the_index(store: EmbeddedStore, embedder: HashEmbedder, folder: Path) -> None:
    with lock.write_lock(store.folder, "indexing /elsewhere"):
        with pytest.raises(IndexLocked, match=rf"process {os.getpid()} on .*indexing /elsewhere"):
            index_paths([folder], store, embedder)
        began = time.monotonic()
        with pytest.raises(IndexLocked):
            index_paths([folder], store, embedder, wait_s=0.3)
        assert time.monotonic() - began >= 0.3
        assert len(index_articles(made_articles(2), store, embedder).new) == 2
        store.remove(["made-0"])
    assert index_paths([folder], store, embedder).articles_added == 10


INDEX = """
import sys, time
from pathlib import Path
from byline.retrieval.indexing import index_paths
from tests.worlds.stores import open_embedded
from tests.doubles import HashEmbedder

class Slow(HashEmbedder):
    def embed_passages(self, texts):
        time.sleep(0.02)
        return super().embed_passages(texts)

embedder = Slow(name=sys.argv[3])
store = open_embedded(Path(sys.argv[1]), embedder)
index_paths([Path(sys.argv[2])], store, embedder, wait_s=5, progress=lambda *said: print(*said, flush=True))
store.close()
"""


def index_until(kept: Path, folder: Path, steps: int, model: str = "hash") -> bool:
    """Index in a process of its own, killed after so many words of progress; whether it came to its end."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", INDEX, str(kept), str(folder), model], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        for _ in range(steps):
            if not process.stdout.readline():
                break
        else:
            process.kill()
        process.stdout.read()
    return process.wait() == 0


def test_killed_again_and_again_the_index_becomes_the_one_made_in_one_go(tmp_path: Path, folder: Path) -> None:
    write_lines(folder / "big.jsonl", made_articles(300, first=100))
    assert index_until(tmp_path / "whole", folder, 10_000)
    passages = len(holdings(tmp_path / "whole"))
    for steps in (1, 3, 4, 2, 5):
        assert not index_until(tmp_path / "killed", folder, steps)
    before = len({row[2] for row in holdings(tmp_path / "killed")})
    assert before > 0
    embedder = HashEmbedder()
    store = open_embedded(tmp_path / "killed", embedder)
    held = store.status().passages
    report = index_paths([folder], store, embedder)
    assert report.passages_embedded == embedder.embedded == passages - held
    assert store.check() is None
    store.close()
    assert holdings(tmp_path / "killed") == holdings(tmp_path / "whole")


def test_killed_while_the_model_is_replaced_the_old_one_answers_and_the_next_run_goes_on(
    tmp_path: Path, folder: Path
) -> None:
    write_lines(folder / "big.jsonl", made_articles(300, first=100))
    kept = tmp_path / "kept"
    assert index_until(kept, folder, 10_000)
    embedder = HashEmbedder()
    old = open_embedded(kept, embedder)
    question = embedder.embed_question("柳林村的柳树")
    before = old.nearest(question, 50, Filters())
    assert not index_until(kept, folder, 3, "other")
    assert old.nearest(question, 50, Filters()) == before
    assert old.status().healthy
    other = HashEmbedder(name="other")
    new = open_store(kept, fingerprint=other.fingerprint, dimension=other.dimension)
    report = index_paths([folder], new, other)
    assert 0 < other.embedded == report.passages_reembedded <= new.status().passages - 2 * BATCH_PASSAGES
    assert new.check() is None
    assert index_until(tmp_path / "afresh", folder, 10_000, "other")
    assert holdings(kept) == holdings(tmp_path / "afresh")
    new.close()
    old.close()
