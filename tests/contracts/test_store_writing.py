"""Writing, the record of files and removals that can be undone, as every store promises them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from byline.retrieval.articles.article import Article, SourceSpan
from byline.retrieval.articles.passages import cut
from byline.retrieval.errors import IndexFault, IndexMismatch, NotFound
from byline.retrieval.index.originals import Originals
from byline.retrieval.index.store import Filters, Store
from byline.retrieval.index.writes import UPLOADS, FilePart, FileRecord, FileWriting, IndexedArticle
from byline.retrieval.indexing import index_articles, index_paths, index_upload
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import STORES, OpenStore

RECORD = FileRecord(10, 20, "d1", "[]")


@pytest.fixture(params=STORES)
def open_(request: pytest.FixtureRequest) -> OpenStore:
    return STORES[request.param]


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def store(open_: OpenStore, tmp_path: Path, embedder: HashEmbedder) -> Iterator[Store]:
    store = open_(tmp_path, embedder)
    yield store
    store.close()


def ready(embedder: HashEmbedder, *articles: Article) -> list[IndexedArticle]:
    return [
        IndexedArticle(a, cut(a), embedder.embed_passages([f"{a.title}\n{p.text}" for p in cut(a)])) for a in articles
    ]


def write_file(store: Store, embedder: HashEmbedder, path: str, articles: Sequence[Article]) -> int:
    """Write a file as one part, the way indexing does."""
    writer, file = store.writer(), FileWriting(path)
    missing = writer.missing(file, articles)
    known = [article for article in articles if article not in missing]
    return writer.write([FilePart(file, known, ready(embedder, *missing), RECORD)])


def ids(store: Store) -> set[str]:
    return {one.id for one in store.articles(limit=1_000).articles}


def test_one_write_brings_several_files_and_a_later_part_knows_what_an_earlier_brought(
    store: Store, embedder: HashEmbedder
) -> None:
    one, two, both = made_articles(3)
    writer = store.writer()
    first, second = FileWriting("/a"), FileWriting("/b")
    parts = [
        FilePart(first, new=ready(embedder, one, both), record=RECORD),
        FilePart(second, [both], ready(embedder, two), RECORD),
    ]
    generation = store.status().generation
    assert writer.write(parts) == 0
    assert store.status().generation > generation
    assert set(store.files().records()) == {"/a", "/b"}
    assert (first.seen, second.seen) == ({one.id, both.id}, {two.id, both.id})
    assert writer.forget_files(["/a"]) == 1
    assert ids(store) == {two.id, both.id}
    assert store.article(both.id).path == "/b"


def test_a_write_is_done_whole_or_not_at_all(store: Store, embedder: HashEmbedder) -> None:
    good, bad = made_articles(2)
    broken = replace(ready(embedder, bad)[0], vectors=embedder.embed_passages(["x"] * 9))
    file = FileWriting("/a")
    with pytest.raises(IndexFault, match="made-1"):
        store.writer().write([FilePart(file, new=[*ready(embedder, good), broken], record=RECORD)])
    assert ids(store) == set()
    assert store.files().records() == {}
    assert file.seen == set()
    assert store.status().healthy


def test_only_the_last_part_of_a_file_lets_go_of_what_it_no_longer_holds(store: Store, embedder: HashEmbedder) -> None:
    articles = made_articles(4)
    write_file(store, embedder, "/a", articles[:3])
    writer, file = store.writer(), FileWriting("/a")
    writer.write([FilePart(file, articles[:1])])
    assert ids(store) == {"made-0", "made-1", "made-2"}
    assert writer.write([FilePart(file, (), ready(embedder, articles[3]), RECORD)]) == 2
    assert ids(store) == {"made-0", "made-3"}


def test_what_is_removed_between_looking_and_writing_makes_the_file_be_read_again(
    store: Store, embedder: HashEmbedder
) -> None:
    (article,) = made_articles(1)
    write_file(store, embedder, "/a", [article])
    writer, file = store.writer(), FileWriting("/b")
    assert writer.missing(file, [article]) == []
    store.forget([article.id])
    writer.write([FilePart(file, [article], record=RECORD)])
    assert store.files().records()["/b"].digest == ""
    assert store.files().records()["/a"].digest == "d1"


def test_a_file_that_stays_says_what_an_article_is_before_one_that_leaves(store: Store, embedder: HashEmbedder) -> None:
    (article,) = made_articles(1)
    moved = replace(article, source="新的文件夹", published="2030-01-01", published_from="file", edition="第2版 要闻")
    write_file(store, embedder, "/old", [article])
    store.writer().write([FilePart(FileWriting("/new"), [moved], record=RECORD)], leaving={"/old"})
    store.writer().forget_files(["/old"])
    assert store.article(article.id) == replace(moved, path="/new")
    assert store.articles(limit=2, filters=Filters(source="新的")).total == 1


def test_another_models_vectors_are_refused(
    open_: OpenStore, tmp_path: Path, store: Store, embedder: HashEmbedder
) -> None:
    index_articles(made_articles(1), store, embedder)
    other = HashEmbedder(name="other")
    changed = open_(tmp_path, other)
    with pytest.raises(IndexMismatch, match="other-64"):
        changed.writer().write([FilePart(FileWriting("/a"), new=ready(other, *made_articles(1, first=5)))])
    changed.close()


def test_files_are_on_record_with_their_roots(store: Store, embedder: HashEmbedder) -> None:
    files = store.files()
    write_file(store, embedder, "/a/x", made_articles(1))
    assert files.records() == {"/a/x": RECORD}
    files.touch({"/a/x": 99, "/nowhere": 1})
    assert files.records() == {"/a/x": replace(RECORD, mtime_ns=99)}
    files.remember_roots(["/b", "/a", "/b"])
    assert files.roots() == ["/a", "/b"]
    files.forget_roots(["/b", "/c"])
    assert files.roots() == ["/a"]
    assert store.status().files == 1


def test_an_article_removed_from_a_file_is_missing_from_it_only_once_wanted_back(
    store: Store, embedder: HashEmbedder
) -> None:
    article, other = made_articles(2)
    write_file(store, embedder, "/a", [article, other])
    store.remove([article.id])
    assert store.writer().missing(FileWriting("/a"), [article]) == []
    assert store.writer().missing(FileWriting("/b"), [article]) == [article]
    assert store.files().want_back(["/a", "/b"]) == {"/a"}
    assert store.files().want_back(["/a"]) == set()
    assert store.writer().missing(FileWriting("/a"), [article, article]) == [article]


def test_a_restored_article_is_what_it_was(store: Store, open_: OpenStore, embedder: HashEmbedder) -> None:
    long = "。".join(f"第{number}句说的是{number * 37}号仓库" for number in range(200)) + "。"
    article = Article(
        "long",
        "长文章",
        long,
        byline="沈一舟",
        published="2021-05-05",
        subheads=((4, 9),),
        origin=(SourceSpan(0, 5, 3), SourceSpan(5, len(long), None, 2, (1.0, 2.0, 3.0, 4.0))),
        published_from="file",
    )
    assert len(cut(article)) > 3
    write_file(store, embedder, "/a", [article, *made_articles(5)])
    other = open_(store.folder, embedder)
    before, embedded = store.article("long"), embedder.embedded
    question = "第150句说的是5550号仓库"
    asked = embedder.embed_question(question)

    def found(one: Store) -> list[tuple[str, int, int, str, float]]:
        hits = one.nearest(asked, 1_000, Filters()) + one.matching(question, 1_000, Filters())
        stored = one.passages([key for key, _ in hits])
        return sorted((*_place(stored[key]), round(score, 4)) for key, score in hits)

    were = found(other)
    assert store.remove(["long"]) == ["long"]
    assert [(one.id, one.title) for one in other.removed()] == [("long", "长文章")]
    assert "long" not in {hit[0] for hit in found(store)}
    assert other.restore(["long", "long", "made-0"]) == ["long"]
    for one in (store, other):
        assert one.article("long") == before
        assert found(one) == were
        assert one.check() is None
        assert one.removed() == []
    assert embedder.embedded == embedded
    assert store.writer().missing(FileWriting("/a"), [article]) == []
    assert write_file(store, embedder, "/a", made_articles(5)) == 1
    other.close()


def _place(stored: object) -> tuple[str, int, int, str]:
    passage = stored.passage  # type: ignore[attr-defined]
    return passage.article_id, passage.start, passage.end, passage.text


def test_restoring_what_its_file_no_longer_has_keeps_it_as_if_handed_in(store: Store, embedder: HashEmbedder) -> None:
    write_file(store, embedder, "/a", made_articles(2))
    store.remove(["made-0"])
    store.writer().forget_files(["/a"])
    assert store.restore(["made-0"]) == ["made-0"]
    assert store.article("made-0") == made_articles(1)[0]
    assert ids(store) == {"made-0"}


def test_indexed_again_a_removed_article_stands_removed_no_more(store: Store, embedder: HashEmbedder) -> None:
    index_articles(made_articles(1), store, embedder)
    store.remove(["made-0"])
    assert index_articles(made_articles(1), store, embedder).ids == ("made-0",)
    assert store.removed() == []
    assert store.restore(["made-0"]) == []


def test_what_was_removed_long_ago_is_forgotten(store: Store, embedder: HashEmbedder) -> None:
    index_articles(made_articles(3), store, embedder)
    store.remove(["made-0", "made-1"])
    assert store.purge() == 0
    assert len(store.removed()) == 2
    assert store.purge(older_than_s=0.0) == 2
    assert store.removed() == []
    assert store.restore(["made-0"]) == []


@pytest.mark.parametrize("by", ["opening", "removing", "indexing"])
def test_a_removal_is_forgotten_by_itself_after_thirty_days(
    open_: OpenStore, store: Store, embedder: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    index_articles(made_articles(3), store, embedder)
    store.remove(["made-0"])
    now, days = time.time, 29.0
    monkeypatch.setattr(time, "time", lambda: now() + days * 86_400)

    def pass_by() -> None:
        if by == "opening":
            open_(store.folder, embedder).close()
        elif by == "removing":
            store.remove(["unknown"])
        else:
            index_paths([], store, embedder)

    pass_by()
    assert [one.id for one in store.removed()] == ["made-0"]
    days = 31.0
    pass_by()
    assert store.removed() == []


def test_a_restored_article_is_wanted_again_by_the_files_it_was_removed_from(
    store: Store, embedder: HashEmbedder
) -> None:
    (article,) = made_articles(1)
    write_file(store, embedder, "/a", [article])
    store.remove([article.id])
    store.restore([article.id])
    store.writer().forget_files(["/a"])
    assert store.writer().missing(FileWriting("/a"), [article]) == [article]


def test_forgotten_articles_cannot_be_restored_and_leave_no_text(
    store: Store, embedder: HashEmbedder, tmp_path: Path
) -> None:
    index_articles(made_articles(3), store, embedder)
    store.remove(["made-0"])
    assert store.forget(["made-1", "made-0", "unknown", "made-1"]) == ["made-1", "made-0"]
    assert store.removed() == []
    assert store.restore(["made-0", "made-1"]) == []
    with pytest.raises(NotFound):
        store.article("made-1")
    assert store.check() is None


def test_a_file_handed_in_is_kept_until_nothing_of_it_is_left(store: Store, embedder: HashEmbedder) -> None:
    originals = Originals(store.folder)
    taken = index_upload("三篇.jsonl", b"bytes", made_articles(3), store, embedder)
    (original,) = store.files().originals()
    assert (original.name, originals.read(original.digest)) == ("三篇.jsonl", b"bytes")
    assert store.files().records() == {}
    assert store.status().files == 0
    assert store.article(taken.ids[0]).path == ""
    store.forget(["made-0"])
    store.remove(["made-1", "made-2"])
    assert originals.read(original.digest) == b"bytes"
    store.restore(["made-2"])
    store.purge(older_than_s=0.0)
    assert originals.read(original.digest) == b"bytes"
    store.forget(["made-2"])
    assert store.files().originals() == []
    with pytest.raises(IndexFault):
        originals.read(original.digest)


def test_the_same_bytes_under_two_names_are_kept_until_both_are_gone(store: Store, embedder: HashEmbedder) -> None:
    originals = Originals(store.folder)
    index_upload("a.txt", b"bytes", made_articles(1), store, embedder)
    index_upload("b.txt", b"bytes", made_articles(1, first=1), store, embedder)
    digest = store.files().originals()[0].digest
    store.forget(["made-1"])
    assert [original.name for original in store.files().originals()] == ["a.txt"]
    assert originals.read(digest) == b"bytes"
    store.forget(["made-0"])
    assert store.files().originals() == []
    with pytest.raises(IndexFault):
        originals.read(digest)


def test_an_upload_takes_the_place_of_an_earlier_one_with_the_same_ids(store: Store, embedder: HashEmbedder) -> None:
    first = made_articles(2)
    second = [replace(first[0], text="这一篇改过了。")]
    index_upload("old.jsonl", b"old", first, store, embedder)
    (changed,) = index_upload("new.jsonl", b"new", second, store, embedder).ids
    assert ids(store) == {changed, "made-1"}
    old = next(original for original in store.files().originals() if original.name == "old.jsonl")
    assert store.writer().missing(FileWriting(old.path, old.digest), first) == []
    assert index_upload("old.jsonl", b"old", first, store, embedder).ids == ("made-0", "made-1")
    assert ids(store) == {"made-0", "made-1"}


def test_articles_from_no_file_have_no_path(store: Store, embedder: HashEmbedder) -> None:
    store.writer().write([FilePart(FileWriting(UPLOADS), new=ready(embedder, *made_articles(1)))])
    assert store.article("made-0").path == ""
    assert store.files().records() == {}
