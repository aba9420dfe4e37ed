"""Putting one model in another's place while the index is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from byline.retrieval.errors import IndexMismatch
from byline.retrieval.index.store import Filters
from byline.retrieval.index.writes import Replacement
from byline.retrieval.indexing import index_articles
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import STORES, OpenStore, filled


def embed_all(replacement: Replacement, embedder: HashEmbedder) -> None:
    while batch := replacement.lacking(7):
        texts = [f"{passage.title}\n{passage.text}" for passage in batch]
        replacement.put([passage.key for passage in batch], embedder.embed_passages(texts))


@pytest.fixture(params=STORES)
def open_(request: pytest.FixtureRequest) -> OpenStore:
    return STORES[request.param]


def test_what_is_added_and_removed_meanwhile_is_neither_missed_nor_brought_back(
    open_: OpenStore, tmp_path: Path
) -> None:
    with filled(open_, tmp_path, 12) as (old, first):
        second = HashEmbedder(32, name="second")
        new = open_(tmp_path, second)
        replacement = new.replacement()
        assert replacement.needed()
        assert replacement.begin() == old.status().passages
        batch = replacement.lacking(10_000)
        index_articles(made_articles(3, first=50), old, first)
        old.remove(["made-0"])
        replacement.put([p.key for p in batch], second.embed_passages([f"{p.title}\n{p.text}" for p in batch]))
        assert not replacement.finish()
        assert old.status().healthy
        embed_all(replacement, second)
        assert replacement.finish()
        assert not replacement.needed()
        assert new.status().healthy
        assert new.check() is None
        found = new.nearest(second.embed_question("青石镇"), 1_000, Filters())
        assert {s.article.id for s in new.passages([key for key, _ in found]).values()} == {
            article.id for article in made_articles(12)[1:] + made_articles(3, first=50)
        }
        new.close()


def test_the_old_model_answers_until_the_switch_and_is_refused_after(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 5) as (old, first):
        second = HashEmbedder(name="second")
        new = open_(tmp_path, second)
        question = first.embed_question("青石镇")
        before = old.nearest(question, 5, Filters())
        replacement = new.replacement()
        replacement.begin()
        embed_all(replacement, second)
        assert old.nearest(question, 5, Filters()) == before
        with pytest.raises(IndexMismatch, match="hash-64"):
            new.nearest(second.embed_question("青石镇"), 5, Filters())
        assert replacement.finish()
        with pytest.raises(IndexMismatch, match="second-64"):
            old.nearest(question, 5, Filters())
        assert len(new.nearest(second.embed_question("青石镇"), 5, Filters())) == 5
        new.close()


def test_a_third_model_drops_what_the_second_left_half_done(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 5) as (old, _):
        second, third = HashEmbedder(name="second"), HashEmbedder(name="third")
        half = open_(tmp_path, second)
        abandoned = half.replacement()
        abandoned.begin()
        embed_all(abandoned, second)
        new = open_(tmp_path, third)
        replacement = new.replacement()
        assert replacement.begin() == old.status().passages
        embed_all(replacement, third)
        assert replacement.finish()
        assert abandoned.begin() == new.status().passages
        assert new.status().model == "third-64"
        half.close()
        new.close()


def test_what_stands_removed_is_restored_under_the_new_model(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 4) as (old, _):
        old.remove(["made-1"])
        second = HashEmbedder(48, name="second")
        new = open_(tmp_path, second)
        replacement = new.replacement()
        assert replacement.begin() > new.status().passages
        embed_all(replacement, second)
        assert replacement.finish()
        assert new.restore(["made-1"]) == ["made-1"]
        article = new.article("made-1")
        ((key, cosine),) = new.nearest(second.embed_question(f"{article.title}\n{article.text}"), 1, Filters())
        assert new.passages([key])[key].article.id == "made-1"
        assert cosine == pytest.approx(1.0, abs=1e-5)
        assert new.check() is None
        new.close()


def test_an_article_removed_between_looking_and_keeping_is_not_left_behind(open_: OpenStore, tmp_path: Path) -> None:
    with filled(open_, tmp_path, 4) as (old, _):
        second = HashEmbedder(48, name="second")
        new = open_(tmp_path, second)
        replacement = new.replacement()
        replacement.begin()
        batch = replacement.lacking(1_000)
        old.remove(["made-1"])
        replacement.put([p.key for p in batch], second.embed_passages([f"{p.title}\n{p.text}" for p in batch]))
        assert not replacement.finish()
        embed_all(replacement, second)
        assert replacement.finish()
        assert new.restore(["made-1"]) == ["made-1"]
        assert new.check() is None
        new.close()
