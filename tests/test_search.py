from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article
from byline.retrieval.index.embedded import EmbeddedStore, open_store
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_articles
from byline.retrieval.search import RUNNERS_UP, fuse, search
from tests.doubles import HashEmbedder

ARTICLES = [
    Article("ferry", "渡口复航", "沙湾渡口昨天复航。改造总投资1860万元,栈桥长136米。", published="2024-05-01"),
    Article("canteen", "食堂开张", "社区食堂开张一百天。平均每天供餐430份。", source="青屿晚报"),
    Article("quiz", "问答", "你知道什么?什么时候开始?"),
    Article("birds", "观鸟节", "湿地观鸟节闭幕,共记录到鸟类187种。"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedStore, HashEmbedder]]:
    embedder = HashEmbedder()
    store = open_store(
        tmp_path_factory.mktemp("search"), fingerprint=embedder.fingerprint, dimension=embedder.dimension
    )
    index_articles(ARTICLES, store, embedder)
    yield store, embedder
    store.close()


def test_hits_come_best_first_with_both_figures(world: tuple[EmbeddedStore, HashEmbedder]) -> None:
    hits = search(*world, "渡口改造总投资", k=3, filters=Filters()).hits
    assert hits[0].stored.article.id == "ferry"
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert hits[0].lexical > 0


def test_dense_is_the_cosine_also_for_what_only_words_found(world: tuple[EmbeddedStore, HashEmbedder]) -> None:
    store, embedder = world
    question = "每天供餐"
    vector = embedder.embed_question(question)
    for hit in search(store, embedder, question, k=10, filters=Filters()).hits:
        title = hit.stored.article.title
        own = embedder.embed_passages([f"{title}\n{hit.stored.passage.text}"])[0]
        assert hit.dense == pytest.approx(float(np.dot(own, vector)), abs=1e-5)


def test_filters_hold_for_every_hit(world: tuple[EmbeddedStore, HashEmbedder]) -> None:
    found = search(*world, "开张", k=10, filters=Filters(source="青屿晚报")).hits
    assert [h.stored.article.id for h in found] == ["canteen"]
    assert search(*world, "渡口", k=10, filters=Filters(after="2024-05-02")).hits == ()


def test_no_more_hits_than_asked_for(world: tuple[EmbeddedStore, HashEmbedder]) -> None:
    assert len(search(*world, "开张 渡口 湿地", k=2, filters=Filters()).hits) == 2


def test_words_decide_where_one_passage_stands_out() -> None:
    lexical = [0.1] * RUNNERS_UP + [12.0]
    scores = fuse([0.90] + [0.80] * (RUNNERS_UP - 1) + [0.80], lexical)
    assert max(range(len(scores)), key=scores.__getitem__) == len(scores) - 1


def test_vectors_decide_where_words_fit_many_alike() -> None:
    lexical = [11.0] * RUNNERS_UP + [12.0]
    scores = fuse([0.90] + [0.80] * (RUNNERS_UP - 1) + [0.80], lexical)
    assert scores[0] == max(scores)


def test_fused_score_by_hand() -> None:
    # best 10, runners up 5 and 0: standout 1 - 2.5 / 10 = 0.75
    fused = fuse([0.8, 0.9, 0.7], [10.0, 5.0, 0.0], cosine_weight=2.0, standout_power=2.0)
    assert fused == pytest.approx([1.6 + 0.75**2, 1.8 + 0.5 * 0.75**2, 1.4])


def test_words_that_only_ask_find_no_other_question(world: tuple[EmbeddedStore, HashEmbedder]) -> None:
    lexical = {h.stored.article.id: h.lexical for h in search(*world, "什么时候供餐?", k=9, filters=Filters()).hits}
    assert lexical["canteen"] > 0
    assert lexical["quiz"] == 0


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 100)), max_size=30))
def test_better_by_both_figures_is_never_ranked_below(figures: list[tuple[float, float]]) -> None:
    scores = fuse([d for d, _ in figures], [w for _, w in figures])
    for (d1, w1), s1 in zip(figures, scores, strict=True):
        for (d2, w2), s2 in zip(figures, scores, strict=True):
            if d1 >= d2 and w1 >= w2:
                assert s1 >= s2 - 1e-9
