"""What every store promises, whatever keeps it; checked against oracles that share no code with it."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from byline.retrieval.articles.passages import cut
from byline.retrieval.errors import BadQuestion, IndexMismatch, NotFound
from byline.retrieval.index.store import Filters, Store, StoredPassage
from byline.retrieval.indexing import index_articles
from byline.retrieval.text.folding import terms
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import STORES, OpenStore, filled

ALL = 10_000
QUESTIONS = ["青石镇修好了几座桥？", "Who counted 143?", "白河縣第77天", "图书馆"]
FILTERS = [
    Filters(),
    Filters(source="青石日报"),
    Filters(source="evening"),
    Filters(byline="ADA"),
    Filters(byline="沈　一 舟"),
    Filters(after="2021-06-01"),
    Filters(before="2021-03-31"),
    Filters(source="日報", byline="沈", after="2021-02-01", before="2021-11-30"),
]


@pytest.fixture(params=STORES, scope="module")
def open_(request: pytest.FixtureRequest) -> OpenStore:
    return STORES[request.param]


@pytest.fixture(scope="module")
def still(open_: OpenStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, HashEmbedder]]:
    """A filled store for tests that only read."""
    with filled(open_, tmp_path_factory.mktemp("still")) as world:
        yield world


@pytest.fixture
def world(open_: OpenStore, tmp_path: Path) -> Iterator[tuple[Store, HashEmbedder]]:
    """A filled store for tests that write."""
    with filled(open_, tmp_path) as world:
        yield world


def everything(store: Store, embedder: HashEmbedder) -> dict[int, StoredPassage]:
    return store.passages([key for key, _ in store.nearest(embedder.embed_question(""), ALL, Filters())])


def allows(filters: Filters, stored: StoredPassage) -> bool:
    """The filters once more, by hand, for the few forms the made articles use."""
    sources = {"青石日报": "青石日報", "日報": "青石日報", "evening": "Ｅvening Post", "": stored.article.source}
    bylines = {"ADA": "Ada Grey", "沈": "沈一舟", "沈　一 舟": "沈一舟", "": stored.article.byline}
    dated = stored.article.published or ""
    return (
        stored.article.source == sources[filters.source]
        and stored.article.byline == bylines[filters.byline]
        and (not filters.after or (dated != "" and dated >= filters.after))
        and (not filters.before or (dated != "" and dated <= filters.before))
    )


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_nearest_agrees_with_exhaustive_numpy(
    still: tuple[Store, HashEmbedder], question: str, filters: Filters
) -> None:
    store, embedder = still
    allowed = {key: stored for key, stored in everything(store, embedder).items() if allows(filters, stored)}
    assert allowed
    vector = embedder.embed_question(question)
    rows = embedder.embed_passages([f"{s.article.title}\n{s.passage.text}" for s in allowed.values()])
    cosines = dict(zip(allowed, (rows.astype(np.float64) @ vector.astype(np.float64)).tolist(), strict=True))
    found = store.nearest(vector, 7, filters)
    assert len(found) == min(7, len(allowed))
    for key, cosine in found:
        assert cosine == pytest.approx(cosines[key], abs=1e-5)
    assert [cosine for _, cosine in found] == pytest.approx(
        sorted(cosines.values(), reverse=True)[: len(found)], abs=1e-5
    )


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_matching_agrees_with_the_formula_of_bm25(
    still: tuple[Store, HashEmbedder], question: str, filters: Filters
) -> None:
    store, embedder = still
    held = {key: (s, terms(f"{s.article.title}\n{s.passage.text}")) for key, s in everything(store, embedder).items()}
    average = sum(len(cut_) for _, cut_ in held.values()) / len(held)
    expected: dict[int, float] = {}
    for key, (stored, passage_terms) in held.items():
        score, counts = 0.0, Counter(passage_terms)
        for term in set(terms(question)) & set(counts):
            holding = sum(term in others for _, others in held.values())
            idf = max(math.log((len(held) - holding + 0.5) / (holding + 0.5)), 1e-6)
            norm = 1.2 * (1 - 0.75 + 0.75 * len(passage_terms) / average)
            score += idf * counts[term] * 2.2 / (counts[term] + norm)
        if score > 0 and allows(filters, stored):
            expected[key] = score
    found = store.matching(question, ALL, filters)
    assert dict(found) == pytest.approx(expected, rel=1e-6)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert store.matching(question, 3, filters) == found[:3]


def test_a_question_without_words_matches_nothing(still: tuple[Store, HashEmbedder]) -> None:
    store, _ = still
    for question in ("", "。？！", '"', "' OR *"):
        assert all(score > 0 for _, score in store.matching(question, 5, Filters()))
    assert store.matching("。？！", 5, Filters()) == []


def test_fts_syntax_in_a_question_is_words(still: tuple[Store, HashEmbedder]) -> None:
    store, _ = still
    plain = store.matching("count 143", 5, Filters())
    assert plain
    assert store.matching('"count" AND (143*) NEAR: -terms', 5, Filters()) != []


def test_traditional_finds_simplified_and_the_passage_keeps_its_characters(open_: OpenStore, tmp_path: Path) -> None:
    embedder = HashEmbedder()
    store = open_(tmp_path, embedder)
    article = replace(made_articles(1)[0], text="颱風過後，臺灣鐵路全線停駛。")
    index_articles([article], store, embedder)
    ((key, _),) = store.matching("台湾铁路停驶", 1, Filters())
    assert store.passages([key])[key].passage.text == "颱風過後，臺灣鐵路全線停駛。"
    store.close()


def test_cosines_come_in_the_order_asked_and_removed_ones_give_minus_one(
    world: tuple[Store, HashEmbedder],
) -> None:
    store, embedder = world
    vector = embedder.embed_question(QUESTIONS[0])
    found = store.nearest(vector, 5, Filters())
    gone_key = found[2][0]
    store.remove([store.passages([gone_key])[gone_key].article.id])
    removed = {key for key, _ in found} - set(store.passages([key for key, _ in found]))
    keys = [key for key, _ in reversed(found)] + [987_654, found[0][0]]
    expected = [-1.0 if key in removed else cosine for key, cosine in reversed(found)]
    assert store.cosines(vector, keys)[:5] == pytest.approx(expected, abs=1e-6)
    assert store.cosines(vector, keys)[5] == -1.0
    assert store.cosines(vector, []) == []


def test_document_frequencies_count_passages(still: tuple[Store, HashEmbedder]) -> None:
    store, embedder = still
    held = [set(terms(f"{s.article.title}\n{s.passage.text}")) for s in everything(store, embedder).values()]
    wanted = ["青石", "图书", "count", "143", "没有"]
    assert store.document_frequencies(wanted) == {term: sum(term in one for one in held) for term in wanted}


def test_passages_are_the_articles_own_characters(still: tuple[Store, HashEmbedder]) -> None:
    store, embedder = still
    by_article: dict[str, list[StoredPassage]] = {}
    for stored in everything(store, embedder).values():
        by_article.setdefault(stored.article.id, []).append(stored)
    assert set(by_article) == {article.id for article in made_articles(40)}
    for article in made_articles(40):
        fetched = store.article(article.id)
        assert fetched == article
        passages = sorted((stored.passage for stored in by_article[article.id]), key=lambda passage: passage.start)
        assert tuple(passages) == cut(article)
        for passage in passages:
            assert fetched.text[passage.start : passage.end] == passage.text


def test_articles_are_listed_newest_first_page_by_page(still: tuple[Store, HashEmbedder]) -> None:
    store, _ = still
    listed: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        page = store.articles(limit=7, cursor=cursor)
        assert page.total == 40
        listed.extend((one.published or "", one.id) for one in page.articles)
        cursor = page.cursor
        if cursor is None:
            break
    expected = sorted(made_articles(40), key=lambda article: article.id)
    expected.sort(key=lambda article: article.published or "", reverse=True)
    assert listed == [(article.published or "", article.id) for article in expected]


def test_the_list_goes_on_where_it_was_though_articles_left_meanwhile(
    world: tuple[Store, HashEmbedder],
) -> None:
    store, _ = world
    first = store.articles(limit=10)
    rest = [one.id for one in store.articles(limit=100, cursor=first.cursor).articles]
    store.remove([first.articles[0].id, first.articles[9].id, rest[0]])
    assert [one.id for one in store.articles(limit=100, cursor=first.cursor).articles] == rest[1:]


def test_articles_are_found_by_title_byline_or_text_in_any_form(still: tuple[Store, HashEmbedder]) -> None:
    store, _ = still
    for query in ("圖書館", "ａｄａ gREY", "共有31人"):
        page = store.articles(limit=100, query=query)
        assert 0 < page.total == len(page.articles) < 40
    assert store.articles(limit=5, query="%").total == 0
    narrowed = store.articles(limit=100, query="图书馆", filters=Filters(source="青石"))
    assert 0 < narrowed.total < store.articles(limit=100, query="图书馆").total


def test_a_cursor_that_is_none_is_refused_in_words(still: tuple[Store, HashEmbedder]) -> None:
    store, _ = still
    for cursor in ("x", "é", "WzFd", "e30="):
        with pytest.raises(BadQuestion, match="no cursor"):
            store.articles(limit=1, cursor=cursor)


def test_removed_article_never_answers_again_at_once_in_another_open_store(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path) as (store, embedder):
        other = open_(tmp_path, embedder)
        vector = embedder.embed_question(made_articles(1)[0].text)
        ((key, _),) = other.nearest(vector, 1, Filters())
        gone = other.passages([key])[key].article.id
        assert store.remove([gone, "never-was", gone]) == [gone]
        for one in (store, other):
            assert key not in [found for found, _ in one.nearest(vector, ALL, Filters())]
            assert key not in [found for found, _ in one.matching(made_articles(1)[0].text, ALL, Filters())]
            assert one.passages([key]) == {}
            assert one.cosines(vector, [key]) == [-1.0]
            with pytest.raises(NotFound, match=gone):
                one.article(gone)
        assert len(other.nearest(vector, 5, Filters())) == 5
        other.close()


def test_a_key_is_never_given_again(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 6) as (store, embedder):
        before = set(everything(store, embedder))
        store.remove([article.id for article in made_articles(6)])
        index_articles(made_articles(6), store, embedder)
        assert before.isdisjoint(everything(store, embedder))


def test_adding_the_same_again_changes_nothing(world: tuple[Store, HashEmbedder]) -> None:
    store, embedder = world
    before, embedded = everything(store, embedder), embedder.embedded
    taken = index_articles(made_articles(40), store, embedder)
    assert taken.new == frozenset()
    assert everything(store, embedder) == before
    assert embedder.embedded == embedded


def test_changed_text_gets_a_new_id_and_the_old_one_is_gone(world: tuple[Store, HashEmbedder]) -> None:
    store, embedder = world
    changed = replace(made_articles(1)[0], text="全文已更正，改为每日开放。")
    (new_id,) = index_articles([changed], store, embedder).ids
    assert new_id.startswith("made-0@")
    assert store.article(new_id).text == changed.text
    with pytest.raises(NotFound):
        store.article("made-0")
    assert index_articles([changed], store, embedder).new == frozenset()
    assert store.status().articles == 40


def test_an_id_given_once_never_stands_for_another_text(world: tuple[Store, HashEmbedder]) -> None:
    store, embedder = world
    original = made_articles(1)[0]
    store.remove(["made-0"])
    (other,) = index_articles([replace(original, text="完全不同的一篇。")], store, embedder).ids
    assert other != "made-0"
    store.remove([other])
    assert index_articles([original], store, embedder).ids == ("made-0",)


def test_header_fields_follow_the_latest_copy_of_the_same_text(world: tuple[Store, HashEmbedder]) -> None:
    store, embedder = world
    corrected = replace(made_articles(1)[0], source="東港晚報", published="2022-05-05")
    assert index_articles([corrected], store, embedder).ids == ("made-0",)
    assert store.article("made-0") == corrected
    assert store.articles(limit=5, filters=Filters(source="东港晚报", after="2022-01-01")).total == 1


def test_a_vector_of_another_width_is_refused(still: tuple[Store, HashEmbedder]) -> None:
    store, _ = still
    with pytest.raises(IndexMismatch, match="64-wide"):
        store.nearest(HashEmbedder(32).embed_question("?"), 1, Filters())


def test_another_models_questions_and_articles_are_refused(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 3):
        other = HashEmbedder(name="other")
        store = open_(tmp_path, other)
        with pytest.raises(IndexMismatch, match=r'"hash-64".*"other-64".*index again'):
            store.nearest(other.embed_question("?"), 1, Filters())
        with pytest.raises(IndexMismatch, match="other-64"):
            index_articles(made_articles(1, first=9), store, other)
        assert not store.status().healthy
        assert store.matching("青石镇", 1, Filters())
        store.close()


def test_an_empty_store_finds_nothing_and_is_healthy(open_: OpenStore, tmp_path: Path) -> None:
    embedder = HashEmbedder()
    store = open_(tmp_path, embedder)
    assert store.nearest(embedder.embed_question("?"), 5, Filters()) == []
    assert store.matching("青石镇", 5, Filters()) == []
    assert store.cosines(embedder.embed_question("?"), [1]) == [-1.0]
    assert store.articles(limit=5).articles == ()
    status = store.status()
    assert (status.articles, status.passages, status.healthy) == (0, 0, True)
    store.close()


def test_status_counts_what_is_there(world: tuple[Store, HashEmbedder], tmp_path: Path) -> None:
    store, embedder = world
    status = store.status()
    assert status.articles == 40
    assert status.passages == len(everything(store, embedder)) == sum(len(cut(a)) for a in made_articles(40))
    assert (status.model, status.dimension, status.location) == ("hash-64", 64, str(tmp_path))
    assert status.size_bytes > 10_000
    assert status.healthy


WRITE = """
import sys
from pathlib import Path
from byline.retrieval.indexing import index_articles
from tests.worlds.articles import made_articles
from tests.worlds.stores import STORES
from tests.doubles import HashEmbedder
kind, folder, first, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
embedder = HashEmbedder()
store = STORES[kind](folder, embedder)
for article in made_articles(count, first=first):
    index_articles([article], store, embedder)
store.close()
"""


def writing_process(folder: Path, first: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WRITE, "embedded", str(folder), str(first), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_processes_write_at_once_and_an_open_reader_sees_both(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 2) as (reader, embedder):
        assert len(everything(reader, embedder)) == sum(len(cut(a)) for a in made_articles(2))
        processes = [writing_process(tmp_path, first, 15) for first in (100, 200)]
        for process in processes:
            output, _ = process.communicate(timeout=60)
            assert process.returncode == 0, output
        written = made_articles(2) + made_articles(15, first=100) + made_articles(15, first=200)
        assert {stored.article.id for stored in everything(reader, embedder).values()} == {a.id for a in written}
        assert reader.status().healthy


def test_threads_search_while_others_write_and_remove(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 20) as (store, embedder):
        stop = threading.Event()
        wrong: list[object] = []

        def search() -> None:
            vector = embedder.embed_question("青石镇")
            try:
                while not stop.is_set():
                    found = store.nearest(vector, 10, Filters())
                    if len(found) != 10 or [c for _, c in found] != sorted((c for _, c in found), reverse=True):
                        wrong.append(found)
                    store.passages([key for key, _ in found])
                    store.matching("青石镇", 10, Filters())
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=search) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(20, 50):
            index_articles(made_articles(1, first=number), store, embedder)
            store.remove([f"made-{number - 20}"])
        stop.set()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert {stored.article.id for stored in everything(store, embedder).values()} == {
            article.id for article in made_articles(20, first=30)
        }
