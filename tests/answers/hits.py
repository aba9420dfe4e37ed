"""Hits made by hand, with spans as real ones have."""

from __future__ import annotations

from collections.abc import Sequence

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passages import cut
from byline.retrieval.index.store import StoredPassage
from byline.retrieval.search import Hit
from tests.worlds.articles import header_of


def hits_of(*articles: Article, target_chars: int = 60) -> list[Hit]:
    """Every passage of the articles as a hit, earlier ones scoring higher."""
    passages = [(a, p) for a in articles for p in cut(a, target_chars=target_chars)]
    return [
        Hit(key, StoredPassage(passage, header_of(article)), 10.0 - key, 0.9 - key / 100, 5.0)
        for key, (article, passage) in enumerate(passages)
    ]


def long_article(sentence: str, values: Sequence[object], *, article_id: str = "long") -> Article:
    """An article of a passage for each value: the sentence with the value, between others that say nothing."""
    filler = "记者在现场看到,工作人员正在忙碌,附近的居民也来帮忙,大家都说这样的日子还会继续下去。"
    paragraphs = [f"{filler}{sentence.format(value)}" for value in values]
    return Article(article_id, "一年的账", "\n".join(paragraphs))
