"""A summary in an article's own sentences: its lead and the most central ones, in order, each cited."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.answer import Citation, Marker, Part, Text
from byline.retrieval.answers.compose import Composed
from byline.retrieval.answers.coverage import coverage
from byline.retrieval.archive_questions.citing import cite
from byline.retrieval.archive_questions.words import Words
from byline.retrieval.articles.article import Article
from byline.retrieval.text.folding import terms
from byline.retrieval.text.sentences import sentences

SENTENCES = 4  # with the lead; about what a reader takes in before deciding to open the article
SHORTEST, LONGEST = 12, 220  # characters of a sentence that can stand for itself
EMBEDDED_AT_MOST = 40  # sentences of an article compared; news says what matters in its first ones
MOST_ALIKE = 0.95  # cosine of two sentences of which the second says nothing new; mE5 puts unlike ones at .8
_NO_CONTENT = re.compile(
    r"责任编辑|返回搜狐|版权|报料|广告声明|转载|客户端|原标题[:：]|扫码|点击|图为|图片来源|欢迎|下载|编辑[:：】]|热线|本文为"
)


def summary_of(articles: Sequence[Article], embedder: Embedder, words: Words, about: str = "") -> Composed | None:
    """Sum an article or the articles of one event up in their own words.

    Args:
        articles: in the order they are to be told; one is enough.
        embedder: tells which sentences are central.
        words: of the language to reply in.
        about: what was asked about; sentences that speak of it come before others as central.

    Returns:
        None where there is no sentence to quote.
    """
    cited: list[Citation] = []
    for article in articles:
        for span in central_sentences(article, embedder, about):
            cited.append(cite(len(cited) + 1, article, span))
    if not cited:
        return None
    parts: list[Part] = [Text(words.summary)]
    for citation in cited:
        parts += [Text(" ".join(citation.quote.split()), citation.number), Marker(citation.number), Text(" ")]
    return Composed(True, tuple(parts[:-1]), citations=tuple(cited))


def central_sentences(article: Article, embedder: Embedder, about: str = "") -> list[tuple[int, int]]:
    """The lead and the sentences nearest to the middle of the whole article, in order; half-open spans."""
    text = article.text
    spans = [
        (start, end)
        for start, end in sentences(text)
        if SHORTEST <= end - start <= LONGEST and not _NO_CONTENT.search(text[start:end])
    ][:EMBEDDED_AT_MOST]
    if len(spans) <= SENTENCES:
        return spans or sentences(text)[:1]
    vectors = embedder.embed_passages([text[start:end] for start, end in spans])
    middle = vectors.mean(axis=0)
    weights = {term: 1.0 for term in terms(f"{article.title} {about}")}
    scores = vectors @ (middle / np.linalg.norm(middle))
    scores = scores + np.array([0.1 * coverage(text[start:end], weights) for start, end in spans])
    chosen = [0]
    for index in np.argsort(-scores):
        if len(chosen) == SENTENCES:
            break
        if index not in chosen and max(float(vectors[index] @ vectors[other]) for other in chosen) < MOST_ALIKE:
            chosen.append(int(index))
    return [spans[index] for index in sorted(chosen)]

