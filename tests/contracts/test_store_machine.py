"""Any order of adding, changing and removing, against a dictionary."""

from __future__ import annotations

import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.passages import cut
from byline.retrieval.errors import NotFound
from byline.retrieval.index.store import Filters, Store
from byline.retrieval.indexing import index_articles
from byline.retrieval.text.folding import terms
from tests.doubles import HashEmbedder
from tests.worlds.stores import STORES, OpenStore

SENTENCES = [
    "青石镇修了一座桥。",
    "白河縣的圖書館開了！",
    "“走吧。”他说。",
    "Rain fell for 3.5 days.",
    "",
    "　\n",
    "𠀀𪚥字",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=4).map("\n".join)
NAMES = st.sampled_from(["one", "two", "三", "a/b?c#d", ""])


class Machine(RuleBasedStateMachine):
    """A store, another opened on the same folder, and what should be in both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.embedder = HashEmbedder(16)
        self.store = type(self).open_store(Path(self.folder.name), self.embedder)
        self.other = type(self).open_store(Path(self.folder.name), self.embedder)
        self.texts: dict[str, str] = {}
        self.ever: dict[str, str] = {}
        self.removed: dict[str, str] = {}

    @staticmethod
    def open_store(folder: Path, embedder: HashEmbedder) -> Store:
        raise NotImplementedError

    @rule(name=NAMES, text=TEXTS)
    def put(self, name: str, text: str) -> None:
        article = Article(name or content_id("", "", text), "", text)
        (article_id,) = index_articles([article], self.store, self.embedder).ids
        if name and article_id not in self.texts:
            for held in [held for held in self.texts if held.partition("@")[0] == name]:
                del self.texts[held]
        self.texts[article_id] = text
        self.removed.pop(article_id, None)
        assert self.ever.setdefault(article_id, text) == text

    @rule(picks=st.lists(st.integers(0, 99), max_size=3))
    def remove(self, picks: list[int]) -> None:
        held = sorted(self.texts)
        wanted = list(dict.fromkeys(held[pick % len(held)] for pick in picks)) if held else []
        assert self.store.remove([*wanted, "unknown"]) == wanted
        for article_id in wanted:
            self.removed[article_id] = self.texts.pop(article_id)

    @rule(picks=st.lists(st.integers(0, 99), max_size=3))
    def restore(self, picks: list[int]) -> None:
        held = sorted(self.removed)
        wanted = list(dict.fromkeys(held[pick % len(held)] for pick in picks)) if held else []
        assert self.other.restore([*wanted, "unknown"]) == wanted
        for article_id in wanted:
            self.texts[article_id] = self.removed.pop(article_id)

    @rule(pick=st.integers(0, 99))
    def forget(self, pick: int) -> None:
        held = sorted(self.removed.keys() | self.texts.keys())
        if held:
            gone = held[pick % len(held)]
            assert self.store.forget([gone, "unknown"]) == [gone]
            self.texts.pop(gone, None)
            self.removed.pop(gone, None)

    @rule()
    def swap(self) -> None:
        self.store, self.other = self.other, self.store

    @invariant()
    def both_hold_what_they_should(self) -> None:
        expected = {(i, p.start, p.end, p.text) for i, t in self.texts.items() for p in cut(Article(i, "", t))}
        for store in (self.store, self.other):
            assert {one.id for one in store.articles(limit=100).articles} == set(self.texts)
            assert {one.id for one in store.removed()} == set(self.removed)
            found = dict(store.nearest(self.embedder.embed_question("桥"), 1000, Filters()))
            passages = [stored.passage for stored in store.passages(list(found)).values()]
            assert len(passages) == len(found) == len(expected)
            assert {(p.article_id, p.start, p.end, p.text) for p in passages} == expected
            holding = {(p.article_id, p.start) for p in passages if {"一座", "rain"} & set(terms(p.text))}
            matched = store.passages([key for key, _ in store.matching("一座 rain", 1000, Filters())]).values()
            assert {(one.passage.article_id, one.passage.start) for one in matched} == holding
        for gone in self.ever.keys() - self.texts.keys():
            with pytest.raises(NotFound):
                self.other.article(gone)

    def teardown(self) -> None:
        assert self.store.status().healthy
        self.store.close()
        self.other.close()
        self.folder.cleanup()


@pytest.mark.parametrize("open_", STORES.values(), ids=STORES)
def test_a_store_holds_exactly_what_was_put_and_not_removed(open_: OpenStore) -> None:
    machine = type("OfStore", (Machine,), {"open_store": staticmethod(open_)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
