"""A title for an article that has none: the beginning of its text, or the name of its file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from byline.retrieval.articles.article import Article, TitleFrom, content_id
from byline.retrieval.articles.layout.bylines import opening_of

MAX_TITLE_CHARS = 36
"""Web headlines end at about 35 characters; what is longer is cut at a comma."""

_FEWEST = 6
_SENTENCE_END = re.compile(r"[。！？!?；;…\n]|(?<![A-Z\d])\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[，,：:、—]")
_WORTHLESS_NAME = re.compile(
    r"[\W\d_]*|[0-9a-fA-F_-]{8,}|(?:upload|document|file|page|untitled|新建|未命名|文档|无标题)[\W\d_]*", re.IGNORECASE
)


def named(article: Article) -> Article:
    """Give an article without a title one, and say in `title_from` what it is from; others come back as they are.

    An id made from the content is made anew, since the title is part of it; any other is kept.
    """
    if article.title:
        return article
    stem = " ".join(PurePath(article.path).stem.split())
    title_from: TitleFrom = "text"
    title = first_words(article.text)
    if not title and not _WORTHLESS_NAME.fullmatch(stem):
        title, title_from = stem, "file"
    if not title:
        return article
    is_made = article.id == content_id("", article.byline, article.text)
    made = content_id(title, article.byline, article.text) if is_made else article.id
    return replace(article, id=made, title=title, title_from=title_from)


def first_words(text: str) -> str:
    """The first sentence without its dateline, cut at a clause where it is long; empty where there is none."""
    opening = opening_of(text)
    rest = text[opening.end :] if opening else text
    rest = rest.lstrip(" \u3000，,：:。—-")
    end = _SENTENCE_END.search(rest)
    sentence = " ".join(rest[: end.start() if end else len(rest)].split())
    if len(sentence) > MAX_TITLE_CHARS:
        if sentence.isascii() or sentence[:MAX_TITLE_CHARS].isascii():
            return _cut_at_word(sentence)
        places = [found.start() for found in _CLAUSE_END.finditer(sentence[: MAX_TITLE_CHARS + 1])]
        cut = max((place for place in places if place >= _FEWEST), default=MAX_TITLE_CHARS)
        sentence = sentence[:cut] + ("…" if cut == MAX_TITLE_CHARS else "")
    return sentence.strip("“”‘’\"' ") if sentence.count("“") != sentence.count("”") else sentence


def _cut_at_word(sentence: str) -> str:
    """Cut English at the last word that fits in twice the room of Chinese."""
    if len(sentence) <= 2 * MAX_TITLE_CHARS:
        return sentence
    return sentence[: 2 * MAX_TITLE_CHARS].rsplit(" ", 1)[0] + "…"
