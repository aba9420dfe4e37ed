"""An article cited for what its fields say, or by a sentence of its own."""

from __future__ import annotations

from byline.retrieval.answers.answer import Citation
from byline.retrieval.articles.article import Article
from byline.retrieval.text.folding import fold
from byline.retrieval.text.sentences import sentences


def naming(text: str, about: str) -> tuple[int, int]:
    """The first sentence of a text that names something, else its first; half-open."""
    spans = sentences(text)
    wanted = fold(about)
    named = next((span for span in spans if wanted and wanted in fold(text[span[0] : span[1]])), None)
    return named or (spans[0] if spans else (0, 0))


def cite(number: int, article: Article, span: tuple[int, int]) -> Citation:
    """Cite a span of an article as evidence."""
    return Citation(
        number=number,
        article_id=article.id,
        passage_id=f"{article.id}:{span[0]}-{span[1]}",
        title=article.title,
        byline=article.byline,
        source=article.source,
        published=article.published,
        quote=article.text[span[0] : span[1]],
        start=span[0],
        end=span[1],
        score=1.0,
        evidence=True,
        confidence=1.0,
    )
