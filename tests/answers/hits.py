"""Hits made by hand, with spans as real ones have."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.articles.article import Article
from retrieval.articles.passages import cut
from retrieval.index.store import Header, StoredPassage
from retrieval.search import Hit


def header(article: Article) -> Header:
    """What a store keeps beside a passage of `article`."""
    return Header(
        id=article.id,
        title=article.title,
        subtitle=article.subtitle,
        byline=article.byline,
        source=article.source,
        published=article.published,
        url=article.url,
        path=article.path,
        kind=article.kind,
        length=len(article.text),
    )


def hits_of(*articles: Article, target_chars: int = 60) -> list[Hit]:
    """Every passage of the articles as a hit, earlier ones scoring higher."""
    passages = [(a, p) for a in articles for p in cut(a, target_chars=target_chars)]
    return [
        Hit(key, StoredPassage(passage, header(article)), 10.0 - key, 0.9 - key / 100, 5.0)
        for key, (article, passage) in enumerate(passages)
    ]


def long_article(sentence: str, values: Sequence[object], *, article_id: str = "long") -> Article:
    """An article of a passage for each value: the sentence with the value, between others that say nothing."""
    filler = "记者在现场看到,工作人员正在忙碌,附近的居民也来帮忙,大家都说这样的日子还会继续下去。"
    paragraphs = [f"{filler}{sentence.format(value)}" for value in values]
    return Article(article_id, "一年的账", "\n".join(paragraphs))
