"""A summary in the articles' own sentences: the lead and the most central ones, in order, each cited."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.answer import Marker, Part, Text
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.coverage import coverage
from byline.retrieval.archive_questions.citing import cite
from byline.retrieval.archive_questions.words import Words
from byline.retrieval.articles.article import Article
from byline.retrieval.text.folding import terms
from byline.retrieval.text.sentences import sentences

SENTENCES = 4  # with the lead; about what a reader takes in before deciding to open the article
SHORTEST, LONGEST = 12, 160  # characters of a sentence that can stand for itself
EMBEDDED_AT_MOST = 40  # sentences of an article compared; news says what matters in its first ones
SPEAKS_OF_IT = 0.1  # what speaking of the title, or of what was asked about, is worth in cosines
LEADS = 0.03  # and being the first sentence
MOST_ALIKE = 0.95  # cosine of two sentences of which the second says nothing new; mE5 puts unlike ones at .8
_NO_CONTENT = re.compile(
    r"责任编辑|返回搜狐|版权|报料|广告声明|转载|客户端|原标题[:：]|扫码|点击|图为|图片来源|欢迎|下载|编辑[:：】]|热线"
    r"|本文为"
)


def summary_of(articles: Sequence[Article], embedder: Embedder, words: Words, about: str = "") -> Composed | None:
    """Sum an article, or the articles of one event, up in their own words.

    Args:
        articles: one, or the tellings of one event.
        embedder: tells which sentences are central.
        words: of the language to reply in.
        about: what was asked about; sentences that speak of it come before others as central.

    Returns:
        The chosen sentences by the dates of their articles and in their order there; None where there are none.
    """
    dated = sorted(articles, key=lambda article: article.published or "9999")
    chosen = central_sentences(dated, embedder, about)
    if not chosen:
        return None
    cited = [cite(number, dated[at], span) for number, (at, span) in enumerate(chosen, start=1)]
    parts: list[Part] = [Text(words.summary)]
    for citation in cited:
        parts += [Text(" ".join(citation.quote.split()), citation.number), Marker(citation.number), Text(" ")]
    return Composed(True, tuple(parts[:-1]), citations=tuple(cited))


def central_sentences(
    articles: Sequence[Article], embedder: Embedder, about: str = ""
) -> list[tuple[int, tuple[int, int]]]:
    """Choose the sentences nearest to the middle of all, none like another; of one article its lead among them.

    Returns:
        The place of the article and a half-open span in its text, in order.
    """
    spans = [
        (at, span)
        for at, article in enumerate(articles)
        for span in _sayable(article.text)[: EMBEDDED_AT_MOST // len(articles)]
    ]
    if len(spans) <= SENTENCES:
        return spans
    said = [articles[at].text[start:end] for at, (start, end) in spans]
    vectors = embedder.embed_passages(said)
    middle = vectors.mean(axis=0)
    titles = " ".join(article.title for article in articles)
    weights = dict.fromkeys(terms(f"{titles} {about}"), 1.0)
    scores = vectors @ (middle / np.linalg.norm(middle))
    leads = [n == 0 or spans[n - 1][0] != spans[n][0] for n in range(len(spans))]
    scores = scores + np.array([SPEAKS_OF_IT * coverage(one, weights) for one in said]) + LEADS * np.array(leads)
    chosen = [0] if len(articles) == 1 else []
    for index in map(int, np.argsort(-scores)):
        if len(chosen) == SENTENCES:
            break
        if index not in chosen and all(float(vectors[index] @ vectors[other]) < MOST_ALIKE for other in chosen):
            chosen.append(index)
    return [spans[index] for index in sorted(chosen)]


def _sayable(text: str) -> list[tuple[int, int]]:
    """The sentences that can stand for themselves; where there are none, the first."""
    spans = sentences(text)
    fit = [
        (start, end)
        for start, end in spans
        if SHORTEST <= end - start <= LONGEST and not _NO_CONTENT.search(text[start:end])
    ]
    return fit or spans[:1]
