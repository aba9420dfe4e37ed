"""What people hand in is kept, and read again by a better reader."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from byline.bot.uploads import Uploads
from byline.retrieval import indexing
from byline.retrieval.articles.article import Article, Reading, content_id
from byline.retrieval.errors import IndexFault, NotFound, UnreadableFile
from byline.retrieval.index import originals as originals_module
from byline.retrieval.index.originals import HANDING_IN_S, Originals
from byline.retrieval.index.store import Store
from byline.retrieval.indexing import index_paths
from tests.doubles import HashEmbedder
from tests.worlds.stores import open_embedded

NOTE = "柳林村的春天\n\n柳林村今年春天种下了三百棵柳树。村民们都来帮忙。\n"


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def store(tmp_path: Path, embedder: HashEmbedder) -> Iterator[Store]:
    store = open_embedded(tmp_path / "kept", embedder)
    yield store
    store.close()


def places(store: Store) -> list[Path]:
    return [place for place in (store.folder / "originals").rglob("*") if place.is_file()]


def read_differently(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    """Put a better reader in: one that finds `text`; None for one that cannot read the file."""

    def read(name: str, content: bytes) -> Iterator[Reading]:
        if text is None:
            raise UnreadableFile(name, "it is torn")
        title = "柳林村的春天"
        yield Reading((Article(content_id(title, "", text), title, text, path=name),) if text else ())

    monkeypatch.setattr(indexing, "read_bytes_apart", read)


def test_a_file_handed_in_is_kept_for_its_owner_alone_under_its_digest(store: Store, embedder: HashEmbedder) -> None:
    Uploads(store, embedder).add_file("note.txt", NOTE.encode())
    (place,) = places(store)
    (original,) = store.files().originals()
    assert place.read_bytes() == NOTE.encode()
    assert place.name == original.digest
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_it_is_on_the_disk_before_its_articles_are_in_the_index(
    store: Store, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    class Watching(HashEmbedder):
        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            held.append(len(places(store)))
            return super().embed_passages(texts)

    Uploads(store, Watching()).add_file("note.txt", NOTE.encode())
    assert held == [1]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(originals_module.os, "fsync", full)
    with pytest.raises(IndexFault, match="No space left"):
        Uploads(store, embedder).add_file("other.txt", NOTE.replace("柳", "杨").encode())
    assert store.status().articles == 1


def test_a_file_in_which_nothing_was_found_is_not_kept(store: Store, embedder: HashEmbedder) -> None:
    added = Uploads(store, embedder).add_file("movie.mp4", b"\0\1")
    assert added.faults
    assert places(store) == []


def test_read_again_alike_nothing_changes_and_nothing_is_embedded(store: Store, embedder: HashEmbedder) -> None:
    (article,) = Uploads(store, embedder).add_file("note.txt", NOTE.encode()).articles
    embedded = embedder.embedded
    report = index_paths([], store, embedder, again=True)
    assert (report.articles_added, report.articles_removed, report.faults) == (0, 0, ())
    assert store.article(article.id).text == article.text
    assert embedder.embedded == embedded


def test_read_better_the_article_has_a_new_id_and_the_old_one_is_gone(
    store: Store, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = Uploads(store, embedder).add_file("note.txt", NOTE.encode()).articles
    read_differently(monkeypatch, "柳林村今年春天种下了三百棵柳树。")
    index_paths([], store, embedder)
    assert store.article(old.id).text == old.text
    report = index_paths([], store, embedder, again=True)
    assert (report.articles_added, report.articles_removed) == (1, 1)
    (new,) = store.articles(limit=5).articles
    assert new.id != old.id
    with pytest.raises(NotFound):
        store.article(old.id)
    assert len(places(store)) == 1


def test_what_a_user_removed_from_it_does_not_come_back_with_a_new_reading(
    store: Store, embedder: HashEmbedder
) -> None:
    lines = '{"id": "a", "text": "桥修好了。"}\n{"id": "b", "text": "路也修好了。"}\n'
    uploads = Uploads(store, embedder)
    uploads.add_file("two.jsonl", lines.encode())
    store.remove(["a"])
    index_paths([], store, embedder, again=True)
    assert [one.id for one in store.articles(limit=5).articles] == ["b"]
    assert [one.id for one in store.removed()] == ["a"]
    assert uploads.add_file("two.jsonl", lines.encode()).new == {"a"}


@pytest.mark.parametrize(("text", "said"), [(None, "it is torn"), ("", "no article is found")])
def test_a_reader_that_finds_nothing_any_more_loses_nothing(
    store: Store, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch, text: str | None, said: str
) -> None:
    (article,) = Uploads(store, embedder).add_file("note.txt", NOTE.encode()).articles
    read_differently(monkeypatch, text)
    report = index_paths([], store, embedder, again=True)
    assert [(fault.path, said in fault.reason) for fault in report.faults] == [("note.txt", True)]
    assert store.article(article.id) == replace(article, path="")


def test_of_two_versions_handed_in_the_later_stays_after_a_new_reading(store: Store, embedder: HashEmbedder) -> None:
    uploads = Uploads(store, embedder)
    uploads.add_file("z-first.jsonl", '{"id": "a", "text": "桥在修。"}\n{"id": "b", "text": "路也修好了。"}\n'.encode())
    uploads.add_file("second.jsonl", '{"id": "a", "text": "桥修好了。"}\n'.encode())
    held = {one.id: store.article(one.id).text for one in store.articles(limit=5).articles}
    assert "桥修好了。" in held.values()
    index_paths([], store, embedder, again=True)
    assert {one.id: store.article(one.id).text for one in store.articles(limit=5).articles} == held


def test_files_that_did_not_change_are_read_again_too(store: Store, embedder: HashEmbedder, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    os.utime(folder / "note.txt", (1_600_000_000, 1_600_000_000))
    index_paths([folder], store, embedder)
    embedded = embedder.embedded
    assert index_paths([folder], store, embedder).files_unchanged == 1
    report = index_paths([folder], store, embedder, again=True)
    assert (report.files_updated, report.articles_added, report.articles_removed) == (1, 0, 0)
    assert embedder.embedded == embedded


def test_an_original_that_is_gone_or_torn_is_named(store: Store, embedder: HashEmbedder) -> None:
    (article,) = Uploads(store, embedder).add_file("note.txt", NOTE.encode()).articles
    (place,) = places(store)
    place.write_bytes(b"something else")
    (fault,) = index_paths([], store, embedder, again=True).faults
    assert "is not what was handed in" in fault.reason
    place.unlink()
    (fault,) = index_paths([], store, embedder, again=True).faults
    assert "cannot be read" in fault.reason
    assert store.article(article.id).text == article.text


def test_what_a_killed_process_left_behind_is_swept_and_what_is_being_handed_in_is_not(
    store: Store, embedder: HashEmbedder
) -> None:
    Uploads(store, embedder).add_file("note.txt", NOTE.encode())
    originals = Originals(store.folder)
    left, fresh = originals.keep(b"left behind"), originals.keep(b"just coming in")
    long_ago = time.time() - HANDING_IN_S - 5
    for place in places(store):
        if place.name != fresh:
            os.utime(place, (long_ago, long_ago))
    index_paths([], store, embedder)
    names = {place.name for place in places(store)}
    assert left not in names
    assert names == {fresh, store.files().originals()[0].digest}
