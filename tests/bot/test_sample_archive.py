"""The sample that answers until the archive gains articles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from byline.bot.sample_archive import SampleFirst
from byline.retrieval.articles.article import Article
from byline.retrieval.index.embedded import EmbeddedStore
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_articles
from byline.retrieval.text.folding import terms
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import open_embedded

SAMPLES = made_articles(6)
REAL = made_articles(9, first=100)
QUESTION = SAMPLES[0].title


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def archive(tmp_path: Path, embedder: HashEmbedder) -> EmbeddedStore:
    return open_embedded(tmp_path, embedder)


@pytest.fixture
def first(tmp_path: Path, archive: EmbeddedStore, embedder: HashEmbedder) -> Iterator[SampleFirst]:
    sample = open_embedded(tmp_path / "sample", embedder)
    index_articles(SAMPLES, sample, embedder)
    first = SampleFirst(archive, sample)
    yield first
    first.close()


def listed(store: SampleFirst) -> set[str]:
    return {header.id for header in store.articles(limit=100).articles}


def ids(articles: list[Article]) -> set[str]:
    return {article.id for article in articles}


def test_the_sample_is_searched_like_any_store(first: SampleFirst, embedder: HashEmbedder) -> None:
    vector = embedder.embed_question(QUESTION)
    nearest, matching = first.nearest(vector, 3, Filters()), first.matching(QUESTION, 3, Filters())
    keys = [key for key, _ in nearest]
    assert first.cosines(vector, keys) == pytest.approx([cosine for _, cosine in nearest])
    best = first.passages([*keys, *(key for key, _ in matching)])[matching[0][0]]
    assert best.passage.text in first.article(best.article.id).text
    (term, *_) = terms(QUESTION)
    assert first.document_frequencies([term])[term] > 0
    assert (first.status().articles, listed(first)) == (6, ids(SAMPLES))


def test_the_first_real_article_ends_the_sample_for_good(
    first: SampleFirst, archive: EmbeddedStore, embedder: HashEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    assert first.sampling
    index_articles(REAL, archive, embedder)
    assert listed(first) == ids(REAL)
    assert caplog.text.count("the sample no longer does") == 1
    first.remove([article.id for article in REAL])
    assert listed(first) == set()


def test_what_was_found_in_the_sample_never_names_a_real_passage(
    first: SampleFirst, archive: EmbeddedStore, embedder: HashEmbedder
) -> None:
    vector = embedder.embed_question(QUESTION)
    keys = [key for key, _ in first.nearest(vector, 100, Filters())]
    keys += [key for key, _ in first.matching(QUESTION, 100, Filters())]
    assert keys
    index_articles(REAL, archive, embedder)
    assert first.passages(keys) == {}
    assert set(first.cosines(vector, keys)) == {-1.0}


def test_articles_that_were_there_before_do_not_end_a_sample_that_was_asked_for(
    tmp_path: Path, archive: EmbeddedStore, embedder: HashEmbedder
) -> None:
    index_articles(REAL[:2], archive, embedder)
    sample = open_embedded(tmp_path / "sample", embedder)
    index_articles(SAMPLES, sample, embedder)
    first = SampleFirst(archive, sample)
    assert listed(first) == ids(SAMPLES)
    index_articles(REAL[2:3], archive, embedder)
    assert listed(first) == ids(REAL[:3])
    first.close()
